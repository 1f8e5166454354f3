"""The usual mistakes of a call: the same call asked otherwise, whose exact answers are compared with what came back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from lossref import arrays, options
from lossref.bits import as_float, as_fraction, narrowed
from lossref.conventions.formula import Clip
from lossref.conventions.grammar import parse
from lossref.exact.numbers import System
from lossref.float64.evaluate import gradient, value
from lossref.judge.ask import array
from lossref.judge.live import Asked, Inputs, check, read_inputs
from lossref.judge.measure import DEFAULT_LEVEL, meets
from lossref.judge.outcome import Outcome
from lossref.options import PROBABILITY, refusals
from lossref.spec import Loss

MOST = 512  # numbers of the distinct examples up to which every other question is certified, and not those alone that are near
LONG = 1000  # terms from which their sum in order is looked at
OVER = {
    "weights": "the sum of the weights",
    "count": "the number of all examples",
    "kept": "the number of examples kept",
    "batch": "the length of the first axis",
}
EPS = ("1e-3", "1e-4", "1e-5", "1e-6", "1e-7", "1e-8", "1e-9", "1e-10", "1e-12", "1e-15", "1e-16", "eps")
SLOPES = ("zero outside", "unclipped", "through")


def same_as(inputs: Inputs, part: str, found: Any) -> list[str]:
    """The first way to ask otherwise of which what came back is the right answer; that of a sum taken in order besides."""
    said = list(_in_order(inputs, found)) if part == "value" else []
    if said:
        return said
    is_undefined = _has_nan(part, found) and not any(_has_nan(name, inputs.asked.named[name]) for name in inputs.loss.arguments)
    for asked, sentence in _otherwise(inputs.asked):
        if is_undefined and asked.sentences != inputs.asked.sentences:
            continue  # no bound makes a NaN of numbers
        if _is_near(asked, part, found, inputs) and _is_right(asked, part, found):
            return [f"right for another question: {sentence}"]
    return []


def of_outcome(loss: Loss, found: Outcome, sentences: Sequence[str] = ()) -> str:
    """The same for an answer to a golden question, which is right for another one; nothing where it is for none of these."""
    question = found.vector.question
    inputs = {name: array(x, question.form) for name, x in question.inputs.items()}
    if found.got is None or not any(math.isfinite(x) and as_fraction(x) for x in found.got):  # 0 is the answer to many questions
        return ""
    asked = Asked(loss, {**inputs, **question.options}, tuple(sentences))
    shapes = [inputs[name].shape for name in loss.differentiable]
    if found.part == "value":
        shapes = [inputs[loss.first].shape[:1] if question.options.get("reduction") == "none" else ()]
    arrays, start = [], 0
    for shape in shapes:
        arrays.append(narrowed(found.got[start : start + math.prod(shape)], question.format).reshape(shape))
        start += math.prod(shape)
    try:
        said = same_as(read_inputs(asked), found.part, arrays[0] if len(arrays) == 1 else tuple(arrays))
    except (ValueError, TypeError):  # outside of what can be asked live
        return ""
    return next(iter(said), "")


def _otherwise(asked: Asked) -> Iterator[tuple[Asked, str]]:
    """Each other question with what it would mean, the likeliest first."""
    named = asked.named

    def given(**changed: Any) -> Asked:
        return replace(asked, named={**named, **changed})

    reduction, over = named.get("reduction", "none"), named.get("denominator", "weights")
    if reduction == "mean":
        for other, words in OVER.items():
            if other != over:
                yield given(denominator=other), f"the mean is divided by {words}, and not by {OVER.get(over, over)}"
        yield given(reduction="sum"), "a sum, where a mean is asked for"
    if reduction == "sum":
        for other, words in OVER.items():
            yield given(reduction="mean", denominator=other), f"a mean over {words}, where a sum is asked for"
    for name in ("sample_weight", "class_weight", "mask", "upstream", "label_smoothing"):
        if named.get(name) is not None:
            yield replace(asked, named={k: x for k, x in named.items() if k != name}), f"{name} is left out"
            if reduction == "mean":
                for other in OVER:
                    less = {k: x for k, x in named.items() if k != name}
                    yield replace(asked, named={**less, "denominator": other}), f"{name} is left out, and the mean is over {OVER[other]}"
    if named.get("label_smoothing"):
        mine, other = ("all", "others") if named.get("smoothing", "all") == "all" else ("others", "all")
        yield given(smoothing=other), f"labels are smoothed over {other} classes, and not over {mine}"
        yield from _other_counts(asked)
    if named.get("pos_weight") is not None:
        yield from _positive(asked)
    yield from _clipped(asked)


def _other_counts(asked: Asked) -> Iterator[tuple[Asked, str]]:
    """Smoothing by a / n in place of a / K: n the length of another axis than that of the classes."""
    loss, amount = asked.loss, as_fraction(float(asked.named["label_smoothing"]))
    first = np.shape(asked.named[loss.first])
    if loss.arguments[loss.first].rank != 1 or len(first) < 2 or asked.named.get("smoothing", "all") != "all":
        return
    classes = first[asked.class_axis]
    for n in dict.fromkeys(first):
        if n in (classes, 0, 1):
            continue
        if asked.named.get("target_form", "index" if loss.soft_target else "soft") == "index" and loss.soft_target:
            sentence = f"label smoothing divides by {n}, the length of another axis, and not by {classes} classes"
            yield _with_shares(asked, amount, n), sentence


def _with_shares(asked: Asked, amount: Fraction, n: int) -> Asked:
    """The call with its smoothed labels written out, as rows that sum to whatever they do."""
    loss = asked.loss
    definition = loss.definition

    def smoothed(m: System, target: int, **values: Any) -> Any:
        classes = len(values[loss.first])
        each = [definition(m, target=k, **values) for k in range(classes)]
        return (1 - m.lift(amount)) * each[target] + m.lift(amount) * m.sum(each) / n

    named = {k: x for k, x in asked.named.items() if k != "label_smoothing"}
    return replace(asked, loss=replace(loss, definition=smoothed, value=None, gradient=None, hessian=None), named=named)


def _positive(asked: Asked) -> Iterator[tuple[Asked, str]]:
    """The weight of label 1 left out, on both labels, or on the logarithm of the stable formula alone."""
    loss, weight = asked.loss, asked.named["pos_weight"]
    named = {k: x for k, x in asked.named.items() if k != "pos_weight"}
    yield replace(asked, named=named), "pos_weight is left out"
    if np.ndim(weight) or loss.target != PROBABILITY or "pos_weight" in refusals(loss):
        return
    amount, definition = as_fraction(float(weight)), loss.definition

    def other(rule: Any) -> Loss:
        def changed(m: System, target: Any, **values: Any) -> Any:
            one, zero = (definition(m, target=m.lift(y), **values) for y in (1, 0))
            return rule(m, target, one, zero)

        return replace(loss, definition=changed, value=None, gradient=None, hessian=None)

    both = other(lambda m, y, one, zero: amount * (y * one + (1 - y) * zero))
    yield replace(asked, loss=both, named=named), "pos_weight multiplies both labels, and not label 1 alone"
    swapped = other(lambda m, y, one, zero: y * one + amount * (1 - y) * zero)
    yield replace(asked, loss=swapped, named=named), "pos_weight multiplies label 0, and not label 1"
    if "logits" in loss.arguments:
        curved = other(lambda m, y, one, zero: y * one + (1 - y) * zero + (amount - 1) * y * m.min(one, zero))
        yield (
            replace(asked, loss=curved, named=named),
            "pos_weight multiplies log(1 + exp(-|z|)) alone, and misses the linear part max(-z, 0) of label 1",
        )


def _clipped(asked: Asked) -> Iterator[tuple[Asked, str]]:
    """A probability cut at one of the usual bounds, or a logarithm clamped as PyTorch does."""
    if asked.sentences:
        return
    sentences = []
    for name, space in asked.loss.arguments.items():
        slopes = SLOPES if name in asked.loss.differentiable else SLOPES[:1]
        if (space.low, space.high) == (-1, 1) and not space.is_discrete:
            ends = [as_float(Fraction(1) - Fraction(eps)) for eps in EPS if eps != "eps"]
            sentences += [f"clip {name} to [{-end!r}, {end!r}], gradient {slope}" for end in ends for slope in slopes]
        if (space.low, space.high) == (0, 1) and not space.is_discrete and name != "target":
            sentences += [f"clip {name} to [{eps}, 1 - {eps}], gradient {slope}" for eps in EPS for slope in slopes]
            sentences.append("clamp log at -100")
    for sentence in sentences:
        yield replace(asked, sentences=(sentence,)), f"of the function that convention={sentence!r} declares"


def _is_near(asked: Asked, part: str, found: Any, inputs: Inputs) -> bool:
    """Whether our float64 code, asked otherwise, is near what came back; where it cannot be asked whether the call is small."""
    clips = [c for c in map(parse, asked.sentences) if isinstance(c, Clip)]
    if len(clips) < len(asked.sentences) or asked.loss.value is None or asked.loss.gradient is None:
        return inputs.size <= MOST
    chosen = options.split(asked.named)[1]
    given: dict[str, Any] = {name: x if name in chosen else arrays.read(name, x).array for name, x in asked.named.items()}
    before = dict(given)
    for clip in clips:
        if part == "value" or clip.gradient != "unclipped":
            low, high = (float(bound.of(inputs.form)) for bound in (clip.low, clip.high))
            given[clip.argument] = np.clip(given[clip.argument], low, high)
    try:
        with np.errstate(all="ignore"):
            near = (value if part == "value" else gradient)(asked.loss, **given, class_axis=asked.class_axis)
            for clip in clips:
                if part == "gradient" and clip.gradient == "zero outside" and not isinstance(near, tuple):
                    near = np.where(before[clip.argument] == given[clip.argument], near, 0)
            pairs = zip(near, found, strict=True) if isinstance(near, tuple) else ((near, found),)
            tolerance = 2.0 ** -(inputs.form.precision // 2)
            return all(np.allclose(arrays.read(part, y).array, x, rtol=tolerance, atol=0, equal_nan=True) for x, y in pairs)
    except (ValueError, TypeError):
        return False


def _has_nan(name: str, numbers: Any) -> bool:
    return any(bool(np.isnan(arrays.read(name, x).array).any()) for x in (numbers if isinstance(numbers, tuple) else (numbers,)))


def _is_right(asked: Asked, part: str, found: Any) -> bool:
    try:
        return all(meets(m.outcome.grade, DEFAULT_LEVEL) for m in check(read_inputs(asked), part, found))
    except (ValueError, TypeError, ArithmeticError, AssertionError):  # not a question, or not to be answered
        return False


def _in_order(inputs: Inputs, found: Any) -> Iterator[str]:
    """Whether the error is that of adding the terms one after the other in the format."""
    total, count = inputs.total, len(inputs.which)
    if total is None or count < LONG or total.answer.value.rounded is None or inputs.form.name not in ("float64", "float32", "float16"):
        return
    kind = np.dtype(inputs.form.name)
    terms = np.array([v.answer.value.rounded[0] if v.answer.value.rounded else np.nan for v in inputs.vectors])[inputs.which]
    exact, got = total.answer.value.rounded[0], float(found)
    with np.errstate(all="ignore"):
        summed = float(np.add.accumulate((terms * inputs.denominator).astype(kind), dtype=kind)[-1]) / inputs.denominator
    wrong, mine = abs(got - exact), abs(summed - exact)
    if mine and wrong and mine / 8 <= wrong <= 8 * mine:
        yield (
            f"the error is that of adding {count} {inputs.form.name} numbers one after the other, {mine / abs(exact):.1g} of their sum "
            "here: a sequential sum loses digits as it grows; add pairwise, compensated, or in a wider format"
        )

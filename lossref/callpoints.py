"""Which calls to ask: every option alone, every pair of options, and the degenerate batches, for each kind of target."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from lossref import catalog
from lossref.formats import Format
from lossref.points import draw
from lossref.spec import Loss, Values
from lossref.stream import Stream

# One loss for each kind of target: a class index, weights, a probability, a sign, a number. Options act on targets and
# weights, not on formulas: every pair of them is asked of these, each alone of all losses.
PAIRED = ("softmax_cross_entropy", "soft_target_cross_entropy", "sigmoid_cross_entropy", "hinge", "absolute_error")
EXAMPLES, CLASSES = 4, 3
IGNORED = -100

REASONS = {
    "plain": "a reduction alone: the mean divides by what it says, and is not a mean of means",
    "one": "one option alone: its effect on value and gradient",
    "pair": "two options together: which of them enters the denominator, and in which order they act",
    "left_out": "everything is left out, or weighs nothing: NaN or 0 as asked, a gradient of 0, no 0 / 0 in it",
    "hidden": "a weight or mask of 0 over NaN, infinity or a label that does not exist: nothing of it may leak",
    "single": "one example, one class, or none at all",
    "uneven": "weights from 0 to 2^40: a mean of chunk means, or an unweighted denominator, shows",
    "overflow": "the sum overflows, or one term of it: the mean does not",
    "upstream": "an upstream gradient with zeros, signs and powers of two: each example has its own",
}


# Shown beside the headline grade: the ends of the format, and zero weights on what is not a number.
APART = {"overflow": "range", "hidden": "special"}


def losses() -> list[str]:
    """The losses that calls are asked of: those with a target, so of a batch of examples."""
    return [name for name in catalog.names() if (loss := catalog.get(name)).family != "function" and len(loss.arguments) > 1]


@dataclass(frozen=True)
class CallPoint:
    """One call: the batch as tuples with one entry an example, the options, and why it is asked."""

    batch: Values
    options: Mapping[str, Any]
    flag: str


def generate(loss: Loss, form: Format) -> Iterator[CallPoint]:
    """All calls of a loss in a format, in a fixed order."""
    target = tuple(loss.arguments.values())[1]
    base = _batch(loss, form, "calls", EXAMPLES)
    for reduction in ("none", "sum", "mean"):
        yield CallPoint(base, {"reduction": reduction}, "plain")
    alone = _choices(loss)
    for option in alone:
        batch = _for(loss, form, base, option)
        yield CallPoint(batch, {"reduction": "mean"} | option, "one")
        if "denominator" not in option:
            yield CallPoint(batch, {"reduction": "none"} | option, "one")
        if loss.name in PAIRED:
            yield CallPoint(batch, {"reduction": "sum"} | option, "one")
    for first, second in combinations(alone if loss.name in PAIRED else (), 2):
        if not first.keys() & second.keys() and not {"target_form", "ignore_index"} <= first.keys() | second.keys():
            options = first | second
            yield CallPoint(_for(loss, form, base, options), {"reduction": "mean"} | options, "pair")
    hidden = [True, False, True, True]
    for empty in ("nan", "zero"):
        yield CallPoint(base, {"reduction": "mean", "empty": empty, "mask": (False,) * EXAMPLES}, "left_out")
        yield CallPoint(base, {"reduction": "mean", "empty": empty, "sample_weight": (0.0,) * EXAMPLES}, "left_out")
    yield CallPoint(base, {"reduction": "mean", "denominator": "count", "mask": (False,) * EXAMPLES}, "left_out")
    if target.label_of:
        nobody = {**base, "target": (IGNORED,) * EXAMPLES}
        for empty in ("nan", "zero"):
            yield CallPoint(nobody, {"reduction": "mean", "ignore_index": IGNORED, "empty": empty}, "left_out")
        yield CallPoint(nobody, {"reduction": "sum", "ignore_index": IGNORED}, "left_out")
    for bad in (math.nan, math.inf):
        spoilt = _spoilt(loss, base, 1, bad)
        yield CallPoint(spoilt, {"reduction": "mean", "mask": tuple(hidden)}, "hidden")
        yield CallPoint(spoilt, {"reduction": "none", "sample_weight": tuple(map(float, hidden))}, "hidden")
    single = _batch(loss, form, "single", 1)
    yield CallPoint(single, {"reduction": "mean", "sample_weight": (0.25,)}, "single")
    yield CallPoint(single, {"reduction": "sum", "sample_weight": (0.25,)}, "single")
    uneven = {"sample_weight": (1.0, 2.0**40, 0.0, 2.0**-20)}
    for denominator in ("weights", "kept", "count", 0.5):
        yield CallPoint(base, {"reduction": "mean", "denominator": denominator} | uneven, "uneven")
    yield CallPoint(base, {"reduction": "none", "upstream": (0.0, -1.0, 0.5, 4.0)}, "upstream")
    yield CallPoint(base, {"reduction": "none", "upstream": (2.0, 0.0, -0.25, 1.0)} | uneven, "upstream")
    yield CallPoint(base, {"reduction": "mean", "upstream": -3.0}, "upstream")
    yield CallPoint(base, {"reduction": "mean", "upstream": 0.0}, "upstream")
    if not target.is_discrete and target.low == -math.inf:
        yield from _overflowing(loss, form)


def _overflowing(loss: Loss, form: Format) -> Iterator[CallPoint]:
    """Residuals near the largest number and near its root, for losses that grow like them and like their squares."""
    largest = float(form.largest)
    for far in (largest, math.sqrt(largest)):
        numbers = {name: (form.nearest(sign * 0.45 * far),) * EXAMPLES for name, sign in zip(loss.arguments, (1, -1), strict=True)}
        yield CallPoint(numbers, {"reduction": "mean"}, "overflow")
    one = form.nearest(1.5 * math.sqrt(largest))
    first, second = loss.arguments
    yield CallPoint({first: (one, 1.0, 2.0, 3.0), second: (0.0,) * EXAMPLES}, {"reduction": "mean"}, "overflow")


def _choices(loss: Loss) -> list[dict[str, Any]]:
    """Settings of one option each that mean something for the loss's kind of target."""
    target = tuple(loss.arguments.values())[1]
    choices: list[dict[str, Any]] = [
        {"denominator": "count"},
        {"denominator": "kept"},
        {"denominator": 8.0},
        {"sample_weight": (0.5, 2.0, 0.0, 3.0)},
        {"mask": (True, True, False, True)},
        {"upstream": -2.0},
    ]
    if target.label_of or (target.rank and not target.sums_to_one):
        choices += [{"class_weight": (0.25, 1.0, 4.0)}]
    if loss.soft_target or target.rank:
        choices += [{"label_smoothing": 0.125}, {"label_smoothing": 0.125, "smoothing": "others"}]
    if target.label_of:
        choices += [{"ignore_index": IGNORED}, {"target_form": "one_hot"}]
    if loss.soft_target:
        choices += [{"target_form": "soft"}]
    if (target.low, target.high) == (0.0, 1.0) and not target.rank:
        choices += [{"pos_weight": 3.0}, {"label_smoothing": 0.125}, {"target_form": "sign"}]
        choices += [{"label_smoothing": 0.125, "smoothing": "others"}]
    if target.values == (-1.0, 1.0):
        choices += [{"target_form": "binary"}]
    return choices


def _batch(loss: Loss, form: Format, seed: str, count: int) -> dict[str, Any]:
    """Ordinary examples, and one that is sure and right where the first argument is a vector."""
    rows = []
    for i in range(count):
        stream = Stream(f"{seed}/{loss.name}", form, i, CLASSES)
        rows.append({name: draw(space, stream) for name, space in loss.arguments.items()})
    if (target := tuple(loss.arguments.values())[1]).low == 0 and target.high == 1 and not target.rank:
        rows = [row | {"target": float(i % 2)} for i, row in enumerate(rows)]  # hard labels, as most are
    if target.values == (-1.0, 1.0):
        rows = [row | {"target": (-1.0, 1.0)[i % 2]} for i, row in enumerate(rows)]
    return {name: tuple(row[name] for row in rows) for name in loss.arguments}


def _for(loss: Loss, form: Format, base: Values, options: Mapping[str, Any]) -> Values:
    """The batch with its target in the form that the options name, one example ignored where they can ignore."""
    target = base["target"]
    width = len(base[loss.differentiable][0]) if isinstance(base[loss.differentiable][0], tuple) else 0
    shape = options.get("target_form")
    if "ignore_index" in options:
        target = (*target[:1], IGNORED, *target[2:])
    if shape == "one_hot":
        target = tuple(tuple(float(k == y) for k in range(width)) for y in target)
    if shape == "soft":
        streams = [Stream(f"soft/{loss.name}", form, i, width) for i in range(len(target))]
        target = tuple(stream.simplex() for stream in streams)
    if shape == "sign":
        target = tuple(2 * y - 1 for y in target)
    if shape == "binary":
        target = tuple((y + 1) / 2 for y in target)
    return {**base, "target": target}


def _spoilt(loss: Loss, base: Values, i: int, bad: float) -> Values:
    """Example i with a bad number in its first argument."""
    rows = list(base[loss.differentiable])
    rows[i] = (bad, *rows[i][1:]) if isinstance(rows[i], tuple) else bad
    return {**base, loss.differentiable: tuple(rows)}

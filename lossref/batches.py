"""Which calls to ask: every option alone, every pair of options, degenerate batches, kinks and parameters, for each kind of target."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import combinations, cycle, islice
from typing import Any

from lossref import families
from lossref.formats import Format
from lossref.options import CLASS, FORMS, NUMBER, PROBABILITY, SIGN, forms, refusals
from lossref.spaces import Space
from lossref.spec import Loss, Region, Values
from lossref.stream import Nearest, Stream
from lossref.values import filled, flat, mapped, replaced

EXAMPLES, CLASSES = 4, 3
FEW = 8  # numbers in an example
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
    "parameter": "a parameter away from its default, in a call: it reaches every example",
    "kinks": "examples at kinks and beside them: each slope is inside its own interval, whatever the others do",
}
APART: Mapping[str, Region] = {"overflow": "range", "hidden": "special"}  # shown beside the headline grade
Call = tuple[Values, dict[str, Any], str]  # the batch, the options, and the flag


def calls(loss: Loss, form: Format, seed: str, nearest: Nearest) -> Iterator[Call]:
    """All calls of a loss in a format, in a fixed order."""
    base = ordinary(loss, form, seed, EXAMPLES)
    for reduction in ("none", "sum", "mean"):
        yield base, {"reduction": reduction}, "plain"
    alone = _choices(loss)
    for option in alone:
        batch = _for(loss, form, seed, base, option)
        yield batch, {"reduction": "mean"} | option, "one"
        if "denominator" not in option:
            yield batch, {"reduction": "none"} | option, "one"
        if loss.stands_for_its_kind:
            yield batch, {"reduction": "sum"} | option, "one"
    yield from _mirrored(loss, base)
    for first, second in combinations(alone if loss.stands_for_its_kind else (), 2):
        if not first.keys() & second.keys() and not {"target_form", "ignore_index"} <= first.keys() | second.keys():
            yield _for(loss, form, seed, base, first | second), {"reduction": "mean"} | first | second, "pair"
    yield from _left_out(loss, base)
    hidden = (True, False, True, True)
    for bad in (math.nan, math.inf):
        spoilt = _spoilt(loss, base, 1, bad)
        yield spoilt, {"reduction": "mean", "mask": hidden}, "hidden"
        yield spoilt, {"reduction": "none", "sample_weight": tuple(map(float, hidden))}, "hidden"
    single = ordinary(loss, form, seed.replace("calls", "single"), 1)
    yield single, {"reduction": "mean", "sample_weight": (0.25,)}, "single"
    yield single, {"reduction": "sum", "sample_weight": (0.25,)}, "single"
    uneven = {"sample_weight": (1.0, 2.0 ** min(40, form.bias * 2 // 3), 0.0, 2.0**-20)}  # which float16 holds too
    for denominator in ("weights", "kept", "count", 0.5):
        yield base, {"reduction": "mean", "denominator": denominator} | uneven, "uneven"
    yield base, {"reduction": "none", "upstream": (0.0, -1.0, 0.5, 4.0)}, "upstream"
    yield base, {"reduction": "none", "upstream": (2.0, 0.0, -0.25, 1.0)} | uneven, "upstream"
    yield base, {"reduction": "mean", "upstream": -3.0}, "upstream"
    yield base, {"reduction": "mean", "upstream": 0.0}, "upstream"
    for name, parameter in loss.parameters.items():
        for x in parameter.grid:
            if x != parameter.default:
                yield base, {"reduction": "mean", name: within(parameter.space, form, x)}, "parameter"
    yield from _kinks(loss, form, seed, nearest)
    if loss.target == NUMBER and len(loss.arguments) == 2 and all(
        space.rank == 0 and space.low == -math.inf == -space.high for space in loss.arguments.values()
    ):
        yield from _overflowing(loss, form)


def _mirrored(loss: Loss, base: Values) -> Iterator[Call]:
    """The other label for each sign of a logit, weighted: a formula may weigh the logarithm of label 1 and miss its linear part."""
    space = loss.arguments[loss.first]
    if "pos_weight" not in refusals(loss) and space.low == -math.inf == -space.high:
        turned = {**base, loss.first: mapped(lambda x: -x, base[loss.first])}
        for reduction in ("none", "mean"):
            yield turned, {"reduction": reduction, "pos_weight": 3.0}, "one"


def _left_out(loss: Loss, base: Values) -> Iterator[Call]:
    """Nothing is kept, or all of it weighs nothing."""
    for empty in ("nan", "zero"):
        yield base, {"reduction": "mean", "empty": empty, "mask": (False,) * EXAMPLES}, "left_out"
        yield base, {"reduction": "mean", "empty": empty, "sample_weight": (0.0,) * EXAMPLES}, "left_out"
    yield base, {"reduction": "mean", "denominator": "count", "mask": (False,) * EXAMPLES}, "left_out"
    if loss.target == CLASS:
        nobody = {**base, "target": (IGNORED,) * EXAMPLES}
        for empty in ("nan", "zero"):
            yield nobody, {"reduction": "mean", "ignore_index": IGNORED, "empty": empty}, "left_out"
        yield nobody, {"reduction": "sum", "ignore_index": IGNORED}, "left_out"


def _kinks(loss: Loss, form: Format, seed: str, nearest: Nearest) -> Iterator[Call]:
    """A batch of each reason that a point may lie at a kink: not every kink of a family is one of the loss."""
    for hard in families.hard_points(loss):
        if hard.region == "kink":
            rows = [hard.draw(Stream(f"{seed}/kinks/{loss.name}", form, i, CLASSES, nearest=nearest)) for i in range(EXAMPLES)]
            if sum(len(flat(rows[0][name])) for name in loss.arguments) > FEW:
                rows = rows[:2]  # every kink of an example is a piece of the whole call
            batch = {name: tuple(rounded(row[name], form) for row in rows) for name in loss.arguments}
            parameters = {name: within(p.space, form, rows[0].get(name, p.default)) for name, p in loss.parameters.items()}
            for reduction in ("none", "mean"):
                yield batch, {"reduction": reduction} | {name: x for name, x in parameters.items() if x != loss.defaults[name]}, "kinks"


def _overflowing(loss: Loss, form: Format) -> Iterator[Call]:
    """Residuals near the largest number and near its root, for losses that grow like them and like their squares."""
    largest = float(form.largest)
    for far in (largest, math.sqrt(largest)):
        numbers = {name: (form.nearest(sign * 0.45 * far),) * EXAMPLES for name, sign in zip(loss.arguments, (1, -1), strict=True)}
        yield numbers, {"reduction": "mean"}, "overflow"
    one = form.nearest(1.5 * math.sqrt(largest))
    first, second = loss.arguments
    yield {first: (one, 1.0, 2.0, 3.0), second: (0.0,) * EXAMPLES}, {"reduction": "mean"}, "overflow"


def _choices(loss: Loss) -> list[dict[str, Any]]:
    """Settings of one option each that mean something for the loss's kind of target."""
    refused = refusals(loss)
    choices: list[dict[str, Any]] = [
        {"denominator": "count"},
        {"denominator": "kept"},
        {"denominator": 8.0},
        {"sample_weight": (0.5, 2.0, 0.0, 3.0)},
        {"mask": (True, True, False, True)},
        {"upstream": -2.0},
    ]
    if "class_weight" not in refused:
        choices += [{"class_weight": (0.25, 1.0, 4.0)}]
    if "label_smoothing" not in refused:
        choices += [{"label_smoothing": 0.125}, {"label_smoothing": 0.125, "smoothing": "others"}]
    if "ignore_index" not in refused:
        choices += [{"ignore_index": IGNORED}]
    choices += [{"target_form": form} for form in forms(loss)[1:]]
    if "pos_weight" not in refused:
        choices += [{"pos_weight": 3.0}]
    return choices


def ordinary(loss: Loss, form: Format, seed: str, count: int, classes: int = CLASSES) -> dict[str, Any]:
    """Ordinary examples; labels of two classes are hard, as most are, and take turns."""
    rows = [families.example(loss, Stream(f"{seed}/{loss.name}", form, i, classes)) for i in range(count)]
    if loss.target in (PROBABILITY, SIGN):
        pair = (0.0, 1.0) if loss.target == PROBABILITY else (-1.0, 1.0)
        rows = [row | {"target": filled(row["target"], islice(cycle(pair), i % 2, None))} for i, row in enumerate(rows)]
    return {name: tuple(row[name] for row in rows) for name in loss.arguments}


def _for(loss: Loss, form: Format, seed: str, base: Values, chosen: Mapping[str, Any]) -> Values:
    """The batch with its target in the form that the options name, one example ignored where they can ignore."""
    if "ignore_index" in chosen:
        target = base["target"]
        return {**base, "target": (*target[:1], IGNORED, *target[2:])}
    shape = chosen.get("target_form")
    return base if shape is None else in_form(loss, form, seed, base, shape)


def in_form(loss: Loss, form: Format, seed: str, base: Values, shape: str) -> Values:
    """The batch with its target in a form."""
    if shape == FORMS[loss.target][0]:
        return base
    target, width = base["target"], len(base[loss.first][0]) if loss.target == CLASS else 0
    if shape == "one_hot":
        target = tuple(tuple(float(k == y) for k in range(width)) for y in target)
    if shape == "soft":
        streams = [Stream(f"{seed.replace('calls', 'soft')}/{loss.name}", form, i, width) for i in range(len(target))]
        target = tuple(stream.simplex() for stream in streams)
    if shape == "sign":
        target = mapped(lambda y: 2 * y - 1, target)
    if shape == "binary":
        target = tuple((y + 1) / 2 for y in target)
    return {**base, "target": target}


def within(space: Space, form: Format, x: float) -> float:
    """A parameter in the format; the least number of it where a short one has only 0 for what is above 0."""
    y = form.nearest(x)
    return y if y or not space.low_is_open or space.low else 2.0**form.least_exponent


def rounded(x: Any, form: Format) -> Any:
    """Numbers as the nearest of the format; whole numbers stay."""
    return mapped(lambda y: y if isinstance(y, int) or math.isnan(y) else form.nearest(float(y)), x)


def _spoilt(loss: Loss, base: Values, i: int, bad: float) -> Values:
    """Example i with a bad number in its first argument."""
    place = (i,) + (0,) * loss.arguments[loss.first].rank
    return {**base, loss.first: replaced(base[loss.first], place, bad)}

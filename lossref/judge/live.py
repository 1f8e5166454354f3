"""Answers at inputs of one's own choosing, judged: each example certified where it stands, each number measured."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from lossref import arrays, catalog, golden
from lossref.calls import bind, evaluate
from lossref.formats import FORMATS, Format
from lossref.judge.errors import Error, Truth, measure
from lossref.judge.grades import grade
from lossref.judge.verdict import Outcome
from lossref.judge.verdict import truths as golden_truths
from lossref.points import flat
from lossref.spec import Loss, Values

if TYPE_CHECKING:
    from lossref.exact.answers import Certified
    from lossref.exact.settle import Correct

NO_ANSWER = Error(math.inf, math.inf, math.inf, False, False, True, False)  # NaN where no exact answer is certain


@dataclass(frozen=True)
class Inputs:
    """The examples of a batch: plain numbers, one mapping a row, and the shape that the rows had."""

    loss: Loss
    form: Format
    rows: tuple[Values, ...]
    shape: tuple[int, ...]
    width: tuple[int, ...]  # of the first argument of one example: () or (components,)


@dataclass(frozen=True)
class Checked:
    """One number that came back, and its error. Without `truth` no exact answer is certain there."""

    part: str
    place: tuple[int, ...]
    component: int
    values: Values
    got: float
    truth: Truth | None
    error: Error
    region: str = "ordinary"  # of one's own inputs nobody knows it
    why: str = ""

    @cached_property
    def grade(self) -> str:
        return grade([self.error], self.region)


def read_inputs(loss: Loss, named: Mapping[str, Any]) -> Inputs:
    """Arguments and parameters by name, broadcast to rows.

    Raises TypeError for missing, unknown or unreadable arguments, ValueError for different formats, for shapes that do not fit
    and for points outside the domain.
    """
    bound = bind(loss, (), named)
    labels = [name for name, space in loss.arguments.items() if space.label_of]
    given = {name: arrays.read(f"{loss.name}: {name}", x) for name, x in bound.items()}
    form = arrays.common_format({name: x for name, x in given.items() if name in loss.arguments and name not in labels})
    plain = {name: x.array for name, x in given.items()}
    shape = np.shape(evaluate(loss, "value", plain))
    first = plain[loss.differentiable].shape
    width = first[len(first) - loss.arguments[loss.differentiable].rank :]
    for name, x in plain.items():
        space = loss.arguments[name] if name in loss.arguments else loss.parameters[name].space
        inside = space.contains(x, precision=form.precision, classes=width[0] if width else 0)
        inside = inside if name in loss.arguments else inside & np.isfinite(x)
        if not inside.all():
            where = tuple(map(int, np.argwhere(~inside)[0]))
            hint = f" ({space.hint})" if space.hint else ""
            raise ValueError(f"{loss.name}: {name} must be {space.description}, and is {x[where].tolist()} at {list(where)}{hint}")
    spread = {}
    for name, x in plain.items():
        rank = loss.arguments[name].rank if name in loss.arguments else 0
        own = x.shape[x.ndim - rank :]
        spread[name] = [_plain(y) for y in np.broadcast_to(x, shape + own).reshape(-1, *own)]
    rows = tuple(dict(zip(spread, row, strict=True)) for row in zip(*spread.values(), strict=True))
    return Inputs(loss, form, rows, shape, width)


def check(inputs: Inputs, part: str, answers: Any) -> Iterator[Checked]:
    """Every number of an answer, measured; nothing where the loss jumps and has no slope.

    Raises AssertionError for an answer of the wrong shape.
    """
    __tracebackhide__ = True
    read = arrays.read(part, answers).array
    wanted = inputs.shape + (inputs.width if part == "gradient" else ())
    if read.shape != wanted:
        of = "one slope for each number of the first argument" if part == "gradient" else "one loss an example, unreduced"
        raise AssertionError(f"{inputs.loss.name}: the {part} has shape {read.shape}, and {wanted} is wanted: {of}")
    columns = read.reshape(len(inputs.rows), -1)
    for k, (values, column) in enumerate(zip(inputs.rows, columns, strict=True)):
        truths = truths_at(inputs.loss, part, values, inputs.form)
        row = tuple(map(int, np.unravel_index(k, inputs.shape))) if inputs.shape else ()
        for i, got in enumerate(column.tolist()):
            place = row + ((i,) if part == "gradient" and inputs.width else ())
            if truths is None:
                if math.isnan(got):
                    yield Checked(part, place, i, values, got, None, NO_ANSWER)
            elif truths:
                yield Checked(part, place, i, values, float(got), truths[i], measure(float(got), truths[i], inputs.form))


def of_outcome(outcome: Outcome, form: Format) -> Iterator[Checked]:
    """The numbers of a golden vector's answer, already measured."""
    v = outcome.vector
    values, why = {**v.arguments, **v.parameters}, f"golden vector {v.id} is there because: {v.reason}"
    for i, (truth, error) in enumerate(zip(golden_truths(v, outcome.part, form), outcome.errors, strict=True)):
        got = outcome.got[i] if outcome.got else math.nan
        yield Checked(outcome.part, (i,) if len(outcome.errors) > 1 else (), i, values, got, truth, error, v.region, why)


def truths_at(loss: Loss, part: str, values: Values, form: Format) -> tuple[Truth, ...] | None:
    """The exact answers of one example; () where the loss jumps, None where none is certain or the allowances overflow."""
    numbers = flat({name: values[name] for name in loss.arguments})
    width = np.size(values[loss.differentiable]) if part == "gradient" else 1
    if any(math.isnan(x) for x in flat(values)):
        return tuple(_special(math.nan) for _ in range(width))
    if any(math.isinf(x) for x in numbers):
        return _limit(loss, part, values)
    answer = _certified(loss.name, tuple(values.items()), form.name)
    if answer is None or any(math.isinf(end) for ends in answer.box or () for end in ends):
        return None
    if part == "value":
        allowance, size = Fraction(answer.value_allowance), Fraction(answer.value_size)
        return (Truth(_exact(answer.value, form), float(answer.value.rounded), None, allowance, size),)
    if not (answer.gradient or answer.box):
        return ()
    return tuple(_slope(answer, i, form) for i in range(width))


def _slope(answer: Certified, i: int, form: Format) -> Truth:
    slope = answer.gradient[i] if answer.gradient else None
    box = (float(answer.box[i][0]), float(answer.box[i][1])) if answer.box else None
    allowance, size = Fraction(answer.gradient_allowance[i]), Fraction(answer.gradient_size)
    if slope is None:
        return Truth(None, None, box, allowance, size)
    return Truth(_exact(slope, form), float(slope.rounded), box, allowance, size)


def _limit(loss: Loss, part: str, values: Values) -> tuple[Truth, ...]:
    """The limit that the loss file states for an infinite point."""
    witness = next((w for w in loss.witnesses if all(values[name] == x for name, x in w.at.items())), None)
    if witness is None or (part == "gradient" and witness.gradient is None):
        known = "; ".join(str(dict(w.at)) for w in loss.witnesses if "inf" in str(w.at)) or "none"
        raise ValueError(f"{loss.name}: no limit of the {part} is stated at {dict(values)}; limits are stated at: {known}")
    value, slopes = witness.stated()
    return tuple(_special(float(x)) for x in ((value,) if part == "value" else slopes or ()))


def _special(x: float) -> Truth:
    exact = x if not math.isfinite(x) else Fraction(x)
    return Truth(exact, x, None, Fraction(0), Fraction(0))


@lru_cache(maxsize=4096)  # value and gradient of the same examples are asked for one after the other
def _certified(name: str, values: tuple[tuple[str, Any], ...], form: str) -> Certified | None:
    from lossref.exact.answers import AllowanceOverflowError, answer_over
    from lossref.exact.floats import Floats
    from lossref.exact.numbers import NoValueError
    from lossref.exact.settle import UnsettledError

    loss, point = catalog.get(name), dict(values)
    try:
        if find_spec("flint"):
            from lossref.exact.certify import certify

            return certify(loss, point, FORMATS[form])
        return answer_over(Floats, loss, point, FORMATS[form])[2]
    except (UnsettledError, AllowanceOverflowError, NoValueError):
        return None


def _exact(correct: Correct, form: Format) -> Fraction | float:
    return correct.rounded if isinstance(correct.rounded, float) else golden.exact(float(correct.rounded), correct.rest, form)


def _plain(x: Any) -> Any:
    """A number, an integer label, or a tuple of numbers."""
    y = x.tolist()
    return tuple(y) if isinstance(y, list) else y

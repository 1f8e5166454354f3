"""What a NaN among the inputs does not reach: there the answer without it is as right as NaN."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from lossref.bits import as_float, as_fraction, order
from lossref.exact.answer import answer
from lossref.exact.numbers import NoAnswerError
from lossref.formats import Format
from lossref.spec import Answer, Loss, Part, Vector
from lossref.values import flat, mapped

FAR = (-100.0, 100.0, -3.0, 3.0, 0.25, -0.75, -1.0, 1.0)
NEAR = (0.0, 0.5, -0.5)  # from every other input: a loss may bend there


def unspoilt(loss: Loss, v: Vector, form: Format) -> Vector:
    """The vector with what is right beside NaN: each number that is the same whatever stands in place of the NaN."""
    if v.question.is_call or not any(map(math.isnan, flat(tuple(v.question.inputs.values())))):
        return v
    found: list[Answer] = []
    for one in _answers(loss, v, form):
        found.append(one)
        if len(found) > 1 and all(map(math.isnan, _numbers(_common(found)))):
            return v
    return replace(v, unspoilt=_common(found)) if len(found) > 1 else v


def _answers(loss: Loss, v: Vector, form: Format) -> Iterator[Answer]:
    """The answers with numbers that the argument may hold in place of its NaN."""
    inputs = v.question.inputs
    spaces = [loss.arguments[name] for name, x in inputs.items() if any(map(math.isnan, flat(x)))]
    numbers = [as_fraction(x) for x in flat(tuple(inputs.values())) if math.isfinite(x)]
    others = {as_fraction(form.nearest(x + as_fraction(step))) for x in numbers for step in NEAR}
    for number in (*map(as_fraction, FAR), *sorted(others)):
        if all(number in space.choices if space.choices else space.low < number < space.high for space in spaces):
            mended = {name: mapped(partial(_mended, as_float(number)), x) for name, x in inputs.items()}
            try:
                yield answer(loss, mended, v.question.options, form)
            except NoAnswerError:
                continue


def _mended(number: float, x: float) -> float:
    return number if math.isnan(x) else x


def _common(found: Sequence[Answer]) -> Answer:
    """What all answers agree in, and NaN elsewhere; where one has a kink, or no slope, it says nothing."""
    slopes = {name: _agreed([a.gradient[name] for a in found]) for name in found[0].gradient}
    return Answer(_agreed([a.value for a in found]), slopes)


def _agreed(parts: Sequence[Part]) -> Part:
    rows = [list(zip(p.rounded, p.residual, strict=True)) for p in parts if p.rounded is not None and p.residual is not None]
    agreed = [
        column[0] if len(column) > 1 and len({(order(x), rest) for x, rest in column}) == 1 else (math.nan, 0)
        for column in zip(*rows, strict=True)
    ]
    agreed = agreed or [(math.nan, 0)] * len(parts[0])
    return replace(parts[0], rounded=tuple(x for x, _ in agreed), residual=tuple(r for _, r in agreed), interval=None)


def _numbers(found: Answer) -> list[float]:
    return [x for p in (found.value, *found.gradient.values()) for x in p.rounded or ()]

"""Points near a point: a number stepped, scaled, tied to another or rounded, a label changed, a simplex tilted, a parameter moved."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from lossref import questions
from lossref.bits import as_fraction, shortened
from lossref.formats import Format
from lossref.spaces import Space
from lossref.spec import Loss, Question, Values
from lossref.stream import Stream
from lossref.values import filled, flat, mapped, shape

T = TypeVar("T")
TRIES = 4  # moves of which one must stay in the domain
ONE_IN = 4  # how often two numbers move, or one number everywhere in an argument


def moved(loss: Loss, parent: Question, parameters: Values, d: Stream) -> Question | None:
    """A point near another one, with parameters in place of its own; None where no move stayed in the domain."""
    for _ in range(TRIES):
        inputs = dict(parent.inputs)
        for _ in range(1 + _chance(d)):
            name = _choice(d, list(inputs))
            if all(map(math.isfinite, flat(inputs))):  # a first step may have left the format
                inputs[name] = _argument(loss.arguments[name], inputs, name, d)
        found = at(loss, parent, inputs, parameters)
        if (found.inputs, found.options) != (parent.inputs, parent.options) and questions.is_inside(loss, d.format, found):
            return found
    return None


def resized(loss: Loss, parent: Question, most: int, d: Stream) -> Question:
    """A point, or sometimes one of another length along an axis, made of its entries; of so many numbers at most."""
    axes = sorted({axis for space in loss.arguments.values() for axis in space.axes})
    if not axes or not _chance(d):
        return parent
    axis = _choice(d, axes)
    lengths = {a: n for name, space in loss.arguments.items() for a, n in zip(space.axes, shape(parent.inputs[name]), strict=True)}
    kept = [d.integer(0, lengths[axis] - 1) for _ in range(d.integer(1, 1 << d.integer(1, most.bit_length())))]
    inputs = {}
    for name, space in loss.arguments.items():
        x = parent.inputs[name]
        if space.label_of and loss.arguments[space.label_of].axes[-1] == axis:
            inputs[name] = mapped(lambda y: d.integer(0, len(kept) - 1), x)
        else:
            x = chosen(x, [a == axis for a in space.axes], kept)
            inputs[name] = normalised(x, d.format) if space.sums_to_one else x
    found = at(loss, parent, inputs, parent.parameters)
    return found if len(flat(inputs)) <= most and questions.is_inside(loss, d.format, found) else parent


def moved_parameters(loss: Loss, parent: Question, d: Stream) -> Values:
    """The parameters of a point; sometimes one of them is another."""
    found = dict(parent.parameters)
    if found and _chance(d):
        name = _choice(d, list(found))
        space = loss.parameters[name].space
        known = [d.number(x) for x in (*loss.parameters[name].grid, loss.parameters[name].default)]
        x = _choice(d, space.choices or known) if space.choices or _chance(d) else _number(found[name], known, space, d)
        if space.holds(as_fraction(x), precision=d.format.precision):
            found[name] = x
    return found


def at(loss: Loss, origin: Question, inputs: Values, parameters: Values) -> Question:
    """The question at other inputs; its flag remembers what the search began from."""
    return replace(questions.of_inputs(loss, origin.format, inputs, parameters), flag=origin.flag)


def decimals(x: float, digits: int, form: Format) -> list[float]:
    """The numbers of a format that are meant by decimals of so many digits next to x, the nearest first."""
    if not x:
        return [0.0]
    middle = Decimal(shortened(x, digits))
    unit = Decimal(1).scaleb(middle.adjusted() - digits + 1)
    near = sorted((middle, middle + unit, middle - unit), key=lambda y: abs(Fraction(y) - as_fraction(x)))
    return [form.nearest(Fraction(y)) for y in near]


def normalised(rows: Any, form: Format) -> Any:
    """Weights, or rows of them, divided by their exact sum; as they are where that is 0."""
    if rows and isinstance(rows[0], tuple):
        return tuple(normalised(row, form) for row in rows)
    total = sum(map(as_fraction, rows))
    return tuple(form.nearest(as_fraction(w) / total) for w in rows) if total else rows


def chosen(x: Any, are_along: Sequence[bool], kept: Sequence[int]) -> Any:
    """Nested tuples with the entries that are kept along some axes."""
    if not are_along:
        return x
    return tuple(chosen(y, are_along[1:], kept) for y in ([x[k] for k in kept] if are_along[0] else x))


def _argument(space: Space, inputs: Values, name: str, d: Stream) -> Any:
    """One argument of a point with a number of it moved, or all of them alike."""
    x = inputs[name]
    numbers = flat(x)
    i = d.integer(0, len(numbers) - 1)
    if space.label_of:
        numbers[i] = d.integer(0, shape(inputs[space.label_of])[-1] - 1)
    elif space.choices:
        numbers[i] = _choice(d, space.choices)
    elif space.sums_to_one:
        numbers[i] = 0.0 if _chance(d) else d.number(as_fraction(numbers[i] or 1.0) * Fraction(2) ** d.integer(-40, 40))
        return normalised(filled(x, iter(numbers)), d.format)
    elif len(numbers) > 1 and _chance(d):
        return _everywhere(x, d)
    else:
        others = [y for other in inputs.values() for y in flat(other) if isinstance(y, float)]
        numbers[i] = _number(numbers[i], others, space, d)
    return filled(x, iter(numbers))


def _everywhere(x: Any, d: Stream) -> Any:
    """All numbers of an argument scaled, turned or shifted alike."""
    factor, shift = Fraction(2) ** d.integer(-12, 12) * int(d.sign()), as_fraction(d.sign() * d.scaled(-4, 20)) * d.integer(0, 1)
    return mapped(lambda y: d.number(as_fraction(y) * factor + shift), x)


def _number(x: float, others: Sequence[float], space: Space, d: Stream) -> float:
    """Another number, by one of some kinds of step."""
    form, exact = d.format, as_fraction(x)
    half = form.bias // 2
    kind = d.integer(0, 10)
    if kind < 3:
        return form.step(x, int(d.sign()) * d.integer(1, 1 << d.integer(0, form.precision)))
    if kind == 3:
        return form.step(x, d.integer(-3, 3))
    if kind == 4:
        return d.number(exact * Fraction(2) ** d.integer(-8, 8))
    if kind == 5:
        return d.number(-exact)
    if kind == 6:
        return form.step(d.number(_choice(d, others)), d.integer(-2, 2))
    if kind == 7:
        return _choice(d, decimals(x, d.integer(1, 3), form))
    if kind == 8:
        return d.uniform(max(space.low, -4.0), min(space.high, 4.0)) if d.integer(0, 1) else d.uniform(-1000, 1000)
    if kind == 9:
        return d.sign() * d.magnitude(d.integer(-half, half))
    ends = [float(end) for end in (space.low, space.high) if abs(end) < float("inf")]
    return form.step(d.number(_choice(d, [*ends, 0.0])), d.integer(-2, 2))


def _chance(d: Stream) -> bool:
    return d.integer(1, ONE_IN) == 1


def _choice(d: Stream, of: Sequence[T]) -> T:
    return of[d.integer(0, len(of) - 1)]

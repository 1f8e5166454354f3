"""What was found made simple: fewer numbers, defaults, zeros, short decimals, while it stays as wrong as it was.

An outcome is as wrong as another where its grade is no better, and it is lost if that one is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from lossref import questions
from lossref.bits import as_fraction, shortened
from lossref.formats import Format
from lossref.judge.measure import LEVELS
from lossref.judge.outcome import Outcome
from lossref.search.examine import Examiner
from lossref.search.moves import at, chosen, decimals, normalised
from lossref.spaces import Space
from lossref.spec import Loss, Question
from lossref.values import filled, flat, mapped, shape

TRIES = 600  # points that are asked at most
FEW = 6  # digits that a person types; more only where no few bits do either
WIDTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)  # bits
MOST = 17  # digits
POWERS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)  # of ten
Way = Callable[[Question], Iterator[Question]]


def minimised(examiner: Examiner, found: Outcome) -> Iterator[Outcome]:
    """The simplest outcome so far, after each point that was tried; the first is that of the point as it was found, asked alone.

    Nothing comes where that is not as wrong when it is asked alone.
    """
    loss, form, tries = examiner.loss, examiner.form, 0
    asked = examiner.alone(found.vector.question)
    if asked is None or not _is_as_wrong(asked, found):
        return
    best = asked

    def first_of(points: Iterator[Question]) -> Iterator[Outcome]:
        """The first point that is as wrong becomes the best; the best itself ends them, for what follows is no simpler."""
        nonlocal best, tries
        for point in points:
            if _is_same(point, best.vector.question) or tries >= TRIES:
                return
            tries += 1
            tried = examiner.alone(point) if questions.is_inside(loss, form, point) else None
            if tried and _is_as_wrong(tried, found):
                best = tried
                yield best
                return
            yield best

    yield best
    while True:
        before = best
        yield from first_of(_shorter(loss, best.vector.question, form))
        if best is not before:
            continue
        for way in _ways(loss, best.vector.question, form):
            yield from first_of(way(best.vector.question))
        if best is before:
            return


def _is_as_wrong(this: Outcome, other: Outcome) -> bool:
    return LEVELS.index(this.grade) >= LEVELS.index(other.grade) and (this.is_lost or not other.is_lost)


def _is_same(this: Question, other: Question) -> bool:
    return (this.inputs, this.options) == (other.inputs, other.options)


def _shorter(loss: Loss, question: Question, form: Format) -> Iterator[Question]:
    """The same without one entry along an axis, in all arguments that have it; a label that counts along it counts on."""
    lengths = {a: n for name, space in loss.arguments.items() for a, n in zip(space.axes, shape(question.inputs[name]), strict=True)}
    for axis, length in lengths.items():
        for i in reversed(range(length if length > 1 else 0)):
            inputs: dict[str, Any] = {}
            for name, space in loss.arguments.items():
                x = chosen(question.inputs[name], [a == axis for a in space.axes], [k for k in range(length) if k != i])
                if space.label_of and loss.arguments[space.label_of].axes[-1] == axis:
                    x = mapped(lambda y: y - (y > i or y == length - 1), x)  # noqa: B023 - used at once
                inputs[name] = normalised(x, form) if space.sums_to_one else x
            yield at(loss, question, inputs, question.parameters)


def _ways(loss: Loss, question: Question, form: Format) -> Iterator[Way]:
    """What can be made simpler of a question besides its length, each by itself."""
    for name in loss.parameters:
        yield partial(_with_parameter, loss, name, form)
    yield partial(_shifted, loss, form)
    for name, space in loss.arguments.items():
        if space.sums_to_one:
            yield partial(_rounded, loss, name, form)
            continue
        if space.rank and not space.is_discrete:
            yield partial(_alike, loss, name)
        for i in range(len(flat(question.inputs[name]))):
            yield partial(_positive, loss, name, i)
            yield partial(_with_number, loss, name, i, form)


def _with_parameter(loss: Loss, name: str, form: Format, question: Question) -> Iterator[Question]:
    """A parameter at its default, or a plain number."""
    parameter = loss.parameters[name]
    for x in (form.nearest(parameter.default), *_plainer(question.parameters[name], parameter.space, form)):
        yield at(loss, question, question.inputs, {**question.parameters, name: x})


def _shifted(loss: Loss, form: Format, question: Question) -> Iterator[Question]:
    """Two real numbers with the second one taken from both; vectors with their least entry at 0."""
    real = [name for name, space in loss.arguments.items() if space.kind in ("real", "vector", "corner")]
    for k, name in enumerate(real):
        numbers = flat(question.inputs[name])
        for other in real[k + 1 :]:
            beside = flat(question.inputs[other])
            if len(beside) == len(numbers) and any(beside):
                moved = [form.nearest(as_fraction(x) - as_fraction(y)) for x, y in zip(numbers, beside, strict=True)]
                inputs = {name: filled(question.inputs[name], iter(moved)), other: mapped(lambda y: 0.0, question.inputs[other])}
                yield at(loss, question, {**question.inputs, **inputs}, question.parameters)
        if len(numbers) > 1 and min(numbers):
            least = as_fraction(min(numbers))
            moved = [form.nearest(as_fraction(x) - least) for x in numbers]
            yield at(loss, question, {**question.inputs, name: filled(question.inputs[name], iter(moved))}, question.parameters)


def _alike(loss: Loss, name: str, question: Question) -> Iterator[Question]:
    """An argument of zeros, or of ones."""
    for x in (0.0, 1.0):
        inputs = {**question.inputs, name: mapped(lambda y: x, question.inputs[name])}  # noqa: B023 - used at once
        yield at(loss, question, inputs, question.parameters)


def _positive(loss: Loss, name: str, i: int, question: Question) -> Iterator[Question]:
    """One number of an argument without its minus."""
    numbers = flat(question.inputs[name])
    if numbers[i] < 0:
        inputs = {**question.inputs, name: filled(question.inputs[name], iter([*numbers[:i], -numbers[i], *numbers[i + 1 :]]))}
        yield at(loss, question, inputs, question.parameters)


def _with_number(loss: Loss, name: str, i: int, form: Format, question: Question) -> Iterator[Question]:
    """One number of an argument made plain; a label nearer to 0."""
    numbers, space = flat(question.inputs[name]), loss.arguments[name]
    for x in range(numbers[i]) if space.label_of else _plainer(numbers[i], space, form):
        inputs = {**question.inputs, name: filled(question.inputs[name], iter([*numbers[:i], x, *numbers[i + 1 :]]))}
        yield at(loss, question, inputs, question.parameters)


def _rounded(loss: Loss, name: str, form: Format, question: Question) -> Iterator[Question]:
    """A simplex of one class alone, of all alike, or of weights of few digits."""
    x = question.inputs[name]
    numbers = flat(x)
    if len(numbers) == len(x):
        for k in range(len(x)):
            yield at(loss, question, {**question.inputs, name: tuple(float(j == k) for j in range(len(x)))}, question.parameters)
    for digits in range(FEW):
        weights = [decimals(y, digits, form)[0] if digits else 1.0 for y in numbers]
        inputs = {**question.inputs, name: normalised(filled(x, iter(weights)), form)}
        yield at(loss, question, inputs, question.parameters)


def _plainer(x: float, space: Space, form: Format) -> Iterator[float]:
    """Numbers that are simpler than one, the simplest first: 0 and 1, powers of ten on the way, short decimals next to it, few bits."""
    if space.choices:
        yield from space.choices
        return
    yield from (0.0, 1.0, -1.0)
    exponent = Decimal(shortened(x, 1)).adjusted()
    for k in POWERS:
        if k <= abs(exponent):
            yield form.nearest(Fraction(10) ** (k if exponent > 0 else -k)) * (-1 if x < 0 else 1)
    for digits in range(1, FEW + 1):
        yield from decimals(x, digits, form)
    for width in WIDTHS:
        unit = form.ulp(as_fraction(x)) * Fraction(2) ** (form.precision - width)
        if width < form.precision:
            yield form.nearest(round(as_fraction(x) / unit) * unit)
    for digits in range(FEW + 1, MOST):
        yield from decimals(x, digits, form)

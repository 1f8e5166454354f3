"""The answer at a point, rounded to a format, with what judging allows around it: over any one number system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lossref.exact.base import Base
from lossref.exact.evaluate import Branch, branches
from lossref.exact.numbers import Number
from lossref.exact.settle import CAP, Correct, Ends, correct, correct_rational, ends_of, rational, settle
from lossref.formats import FLOAT64, INFINITY, Format, Rounded
from lossref.spec import Loss, Values


class AllowanceOverflowError(ArithmeticError):
    """K or S is beyond float64: there is nothing to judge by."""


@dataclass(frozen=True)
class Certified:
    """The exact answer at a point in a format.

    `gradient` is None at an exact kink, and where the loss jumps; `box` has one [left, right] a component wherever a kink
    is within reach.
    Allowances and sizes are float64 numbers just above the exact ones.
    """

    value: Correct
    gradient: tuple[Correct, ...] | None
    hessian: tuple[Correct, ...] | None
    box: tuple[tuple[Rounded, Rounded], ...] | None
    value_allowance: Rounded
    gradient_allowance: tuple[Rounded, ...]
    value_size: Rounded
    gradient_size: Rounded
    hessian_size: Rounded


def answer_over(system: type[Base], loss: Loss, values: Values, form: Format) -> tuple[int, list[list[Ends]], Certified]:
    """The answer, the bits at which it settled, and the enclosures it was read off; raises UnsettledError, AllowanceOverflowError
    or NoValueError, never guesses.
    """

    def compute(base: Base) -> tuple[int, list[list[Ends]], Certified] | None:
        found = list(branches(loss, values, base, form))
        exactly = list(branches(loss, values, base)) if found[0].exact_ties else []
        answer = _round(base, found, exactly, form)
        ends = [[ends_of(base, n) for n in branch.numbers] for branch in found]
        return (base.precision, ends, answer) if answer else None

    return settle(system, compute)


def _round(base: Base, found: Sequence[Branch], exactly: Sequence[Branch], form: Format) -> Certified | None:
    """All branches rounded; `exactly` has those that meet at the point itself, not within reach of it."""
    rounded = [[correct(base, n, form) for n in branch.numbers] for branch in found]
    above = [[_above(base, n) for n in _sensitivities(branch)] for branch in found]
    meeting = [[correct(base, n, form) for n in [branch.value, *branch.gradient]] for branch in exactly]
    if any(x is None for row in rounded + above + meeting for x in row):
        return None
    width = len(found[0].gradient)
    answers = [[x for x in row if x] for row in rounded]
    allowances = [max(column) for column in zip(*above, strict=True)]
    gradients = list(zip(*(row[1 : width + 1] for row in answers), strict=True))
    pieces_agree = all(row == answers[0] for row in answers)
    box = tuple((min(g.rounded for g in column), max(g.rounded for g in column)) for column in gradients)
    at_a_kink = any(row != meeting[0] for row in meeting)  # or where the loss jumps
    return Certified(
        value=answers[0][0],
        gradient=None if at_a_kink else tuple(answers[0][1 : width + 1]),
        hessian=tuple(answers[0][width + 1 :]) if pieces_agree else None,
        box=None if all(low == high for low, high in box) else box,
        value_allowance=allowances[0],
        gradient_allowance=tuple(allowances[1 : width + 1]),
        value_size=allowances[width + 1],
        gradient_size=max(allowances[width + 2 : 2 * width + 2]),
        hessian_size=max(allowances[2 * width + 2 :]),
    )


def _sensitivities(branch: Branch) -> list[Number]:
    s = branch.sensitivity
    assert s is not None
    return [s.value_allowance, *s.gradient_allowance, s.value_size, *s.gradient_sizes, *s.hessian_sizes]


def _above(base: Base, n: Number) -> Rounded | None:
    """The float64 after the nearest one: above n, and the same however n was enclosed. 0 stays, infinity is unused."""
    if isinstance(n.data, float):
        return Fraction(0)
    nearest = correct(base, n, FLOAT64)
    if nearest is None and base.precision >= CAP:  # within 2**-16000 of a midpoint: the larger end is above it
        nearest = correct_rational(max(map(rational, base.ends(base.near(n.data)))), FLOAT64)
    if nearest is None or nearest.rounded == 0:
        return None if nearest is None else Fraction(0)
    if nearest.rounded == INFINITY:
        raise AllowanceOverflowError("an allowance or a size overflows float64")
    return Fraction(FLOAT64.step(float(nearest.rounded), 1))

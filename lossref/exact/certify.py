"""Ziv's loop: raise the precision until every number rounds one way, then let mpmath vote at twice that precision."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from lossref.exact.base import Base
from lossref.exact.evaluate import Branch, branches
from lossref.exact.floats import Floats
from lossref.exact.numbers import NoValueError, Number, Operand, System, UndecidedError
from lossref.formats import FLOAT64, INFINITY, REST_STEPS, Format, Rounded
from lossref.spec import Loss, Values

START, CAP = 128, 16_384  # bits
T = TypeVar("T")


class UnsettledError(ArithmeticError):
    """No precision up to the cap decides the answer; never a guess."""


class DisagreementError(ArithmeticError):
    """mpmath and Arb enclose different numbers: one of them, or this code, is wrong."""


@dataclass(frozen=True)
class Correct:
    """A correctly rounded number and what rounding took away, in 1 / REST_STEPS of its ulp."""

    rounded: Rounded
    rest: int = 0


@dataclass(frozen=True)
class Certified:
    """The exact answer at a point in a format.

    `gradient` is None at an exact kink; `box` has one [left, right] a component wherever a kink is within reach.
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


def settle(system: type[Base], compute: Callable[[Base], T | None], start: int = START) -> T:
    """The first result that is not None and not UndecidedError, at 128, 256 ... bits, up to the cap or the start."""
    reason, precision = "", start
    while precision <= max(CAP, start):
        with system.working(precision):
            try:
                result = compute(system(precision))
            except UndecidedError as undecided:
                result, reason = None, f" ({undecided})"
            if result is not None:
                return result
        precision *= 2
    raise UnsettledError(f"{precision // 2} bits do not settle it{reason}")


def nearest(formula: Callable[[System], Operand], form: Format) -> float:
    """The correctly rounded value of a closed form."""
    from lossref.exact.balls import Balls

    return float(settle(Balls, lambda base: _correct(base, base.lift(formula(base)), form)).rounded)


def certify(loss: Loss, values: Values, form: Format) -> Certified:
    """The certified answer; raises UnsettledError, DisagreementError, NoValueError or UndecidedError, never guesses."""
    from lossref.exact.balls import Balls  # python-flint is optional, and only certificates need it

    def compute(base: Base) -> tuple[int, list[list[_Ends]], Certified] | None:
        found = list(branches(loss, values, base, form))
        answer = _round(base, found, form)
        ends = [[_ends(base, n) for n in branch.numbers] for branch in found]
        return (base.precision, ends, answer) if answer else None

    precision, ends, answer = settle(Balls, compute)
    _vote(loss, values, form, ends, 2 * precision)
    return answer


def _round(base: Base, found: Sequence[Branch], form: Format) -> Certified | None:
    rounded = [[_correct(base, n, form) for n in branch.numbers] for branch in found]
    above = [[_above(base, n) for n in _sensitivities(branch)] for branch in found]
    if any(x is None for row in rounded + above for x in row):
        return None
    width = len(found[0].gradient)
    answers = [[x for x in row if x] for row in rounded]
    allowances = [max(column) for column in zip(*above, strict=True)]
    gradients = list(zip(*(row[1 : width + 1] for row in answers), strict=True))
    pieces_agree = all(row == answers[0] for row in answers)
    box = tuple((min(g.rounded for g in column), max(g.rounded for g in column)) for column in gradients)
    at_a_kink = bool(found[0].exact_ties) and any(low != high for low, high in box)
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


def _correct(base: Base, n: Number, form: Format) -> Correct | None:
    x = n.data
    if isinstance(x, float):
        return Correct(x)
    if isinstance(x, Fraction):
        return _correct_rational(x, form)
    low, high = base.ends(base.near(x))
    first, second = form.round_dyadic(*low), form.round_dyadic(*high)
    if first != second:
        return None
    if isinstance(first, float) or _magnitude_bits(high) < form.least_exponent - 64:
        return Correct(first)
    answers = {_correct_rational(_rational(end), form) for end in (low, high)}
    return answers.pop() if len(answers) == 1 else None


def _correct_rational(x: Fraction, form: Format) -> Correct:
    rounded = form.round(x)
    if isinstance(rounded, float):
        return Correct(rounded)
    return Correct(rounded, round((x - rounded) / form.ulp(rounded) * REST_STEPS))


def _above(base: Base, n: Number) -> Rounded | None:
    """The float64 after the nearest one: above n, and the same however n was enclosed. 0 stays, infinity is unused."""
    if isinstance(n.data, float):
        return Fraction(0)
    nearest = _correct(base, n, FLOAT64)
    if nearest is None or nearest.rounded == 0:
        return None if nearest is None else Fraction(0)
    if nearest.rounded == INFINITY:
        raise NoValueError("an allowance or a size overflows float64")
    return Fraction(FLOAT64.step(float(nearest.rounded), 1))


_Dyadic = tuple[int, int]
_Ends = tuple[_Dyadic, _Dyadic] | Fraction | float


def _ends(base: Base, n: Number) -> _Ends:
    x = n.data
    return x if isinstance(x, (Fraction, float)) else base.ends(base.near(x))


def _vote(loss: Loss, values: Values, form: Format, ours: list[list[_Ends]], precision: int) -> None:
    """Every number again over mpmath with margins: its enclosure must meet the ball."""

    def compute(base: Base) -> list[list[_Ends]]:
        return [[_ends(base, n) for n in branch.numbers] for branch in branches(loss, values, base, form)]

    theirs = settle(Floats, compute, start=precision)
    if [len(row) for row in ours] != [len(row) for row in theirs] or not all(
        _meet(a, b) for row, other in zip(ours, theirs, strict=True) for a, b in zip(row, other, strict=True)
    ):
        raise DisagreementError(f"{loss.name} at {dict(values)}: Arb and mpmath disagree at {precision // 2} bits")


def _meet(a: _Ends, b: _Ends) -> bool:
    if not (isinstance(a, tuple) and isinstance(b, tuple)):
        return a == b
    return not _less(a[1], b[0]) and not _less(b[1], a[0])


def _less(a: _Dyadic, b: _Dyadic) -> bool:
    """a < b, without building the integer 2 ** exponent when one is far larger."""
    signs = [(m > 0) - (m < 0) for m, _ in (a, b)]
    if signs[0] != signs[1] or signs[0] == 0:
        return signs[0] < signs[1]
    sizes = [_magnitude_bits(x) for x in (a, b)]
    if sizes[0] != sizes[1]:
        return (sizes[0] < sizes[1]) == (signs[0] > 0)
    least = min(a[1], b[1])
    return a[0] << (a[1] - least) < b[0] << (b[1] - least)


def _magnitude_bits(x: _Dyadic) -> float:
    """|x| < 2 ** this."""
    return x[1] + x[0].bit_length() if x[0] else -math.inf


def _rational(x: _Dyadic) -> Fraction:
    return Fraction(x[0]) * Fraction(2) ** x[1]

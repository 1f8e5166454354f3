"""Ziv's loop and rounding: raise the precision until every number rounds one way, with integers only."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from lossref import bits
from lossref.exact.numbers import NoAnswerError, Number, UndecidedError
from lossref.exact.systems import Base
from lossref.formats import FLOAT64, INFINITY, RESIDUAL_STEPS, Format, Rounded

START, CAP = 128, 16_384  # bits

T = TypeVar("T")
Dyadic = tuple[int, int]  # mantissa * 2 ** exponent
Ends = tuple[Dyadic, Dyadic] | Fraction | float  # an enclosure, or an exact number


class UnsettledError(NoAnswerError):
    """No precision up to the cap decides the answer; never a guess."""


class AllowanceOverflowError(NoAnswerError):
    """K or S is beyond float64: there is nothing to judge by."""


@dataclass(frozen=True)
class Correct:
    """A correctly rounded number and the residual, what rounding took away, in 1 / RESIDUAL_STEPS of its ulp."""

    rounded: Rounded
    residual: int = 0


def settle(system: type[Base], compute: Callable[[Base], T | None], start: int = START, growth: int = 2) -> T:
    """The first result that is not None and not UndecidedError, at 128, 256 ... bits, up to the cap or the start."""
    last: UndecidedError | None = None
    precision = start
    while precision <= max(CAP, start):
        with system.working(precision):
            try:
                if (result := compute(system(precision))) is not None:
                    return result
                last = None
            except UndecidedError as undecided:
                last = undecided
        precision *= growth
    raise UnsettledError(f"{precision // growth} bits do not settle it{f' ({last})' if last else ''}") from last


def correct(base: Base, n: Number, form: Format) -> Correct | None:
    """The number rounded to the format; None while the ends of its enclosure round apart."""
    x = n.data
    if isinstance(x, float):
        return Correct(x)
    if isinstance(x, Fraction):
        return correct_rational(x, form)
    low, high = base.ends(base.near(x))
    first, second = form.round_dyadic(*low), form.round_dyadic(*high)
    if first != second:
        return None
    if isinstance(first, float) or max(map(_magnitude_bits, (low, high))) < form.least_exponent - 64:
        return Correct(first)
    answers = {correct_rational(rational(end), form) for end in (low, high)}
    return answers.pop() if len(answers) == 1 else None


def above(base: Base, n: Number) -> float | None:
    """The float64 after the nearest one: above n, and the same however n was enclosed; None while the ends round apart.

    0 stays, and an infinity, which nothing is judged by, gives 0.
    """
    x = n.data
    if isinstance(x, float):
        return 0.0
    ends = (FLOAT64.round(x),) if isinstance(x, Fraction) else tuple(FLOAT64.round_dyadic(*end) for end in base.ends(base.near(x)))
    if ends[0] != ends[-1] and base.precision < CAP:
        return None
    largest = max(ends)  # within 2**-16000 of a midpoint the larger end is above it
    if largest == INFINITY:
        raise AllowanceOverflowError("an allowance or a size overflows float64")
    return FLOAT64.step(bits.as_float(largest), 1) if largest else 0.0


def correct_rational(x: Fraction, form: Format) -> Correct:
    rounded = form.round(x)
    if isinstance(rounded, float):
        return Correct(rounded)
    return Correct(rounded, round((x - rounded) / form.ulp(rounded) * RESIDUAL_STEPS))


def ends_of(base: Base, n: Number) -> Ends:
    """An exact number itself, or both ends of its enclosure."""
    x = n.data
    return x if isinstance(x, (Fraction, float)) else base.ends(base.near(x))


def meet(a: Ends, b: Ends) -> bool:
    """Two enclosures overlap; exact numbers are equal."""
    if not (isinstance(a, tuple) and isinstance(b, tuple)):
        return a == b
    return not _less(a[1], b[0]) and not _less(b[1], a[0])


def _less(a: Dyadic, b: Dyadic) -> bool:
    """a < b, without building the integer 2 ** exponent when one is far larger."""
    signs = [(m > 0) - (m < 0) for m, _ in (a, b)]
    if signs[0] != signs[1] or signs[0] == 0:
        return signs[0] < signs[1]
    sizes = [_magnitude_bits(x) for x in (a, b)]
    if sizes[0] != sizes[1]:
        return (sizes[0] < sizes[1]) == (signs[0] > 0)
    least = min(a[1], b[1])
    return a[0] << (a[1] - least) < b[0] << (b[1] - least)


def _magnitude_bits(x: Dyadic) -> float:
    """|x| < 2 ** this."""
    return x[1] + x[0].bit_length() if x[0] else -math.inf


def rational(x: Dyadic) -> Fraction:
    return Fraction(x[0]) * Fraction(2) ** x[1]

"""The error of one returned number, E1 in ulps, E2 for the inputs' rounding, E3 for term sizes; and the grade that many are worth.

The thresholds are calibrated by scripts/calibrate.py.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lossref.formats import Format, Rounded

E1_OF_A = 1
E2_OF_B = 8  # up to here an error is one that the rounding of the inputs could have made
E3_OF_C = 16
LEVELS = ("A+", "A", "B", "C", "D", "F")  # best first
DEFAULT_LEVEL = "B"  # a check passes at this one unless its user asks for another
PASSABLE = ("A+", "A", "B")  # nothing is lost: shown after everything that lost something
MEANING = {
    "A+": "every bit is that of the correctly rounded answer",
    "A": "within one ulp of the exact answer everywhere",
    "B": "componentwise stable: as good as the rounding of the inputs allows, no tail lost",
    "C": "normwise stable: as good as the printed formula, each step rounded; tails may be lost",
    "D": "at least half the digits, beside the terms that the printed formula adds",
    "F": "fewer than that, or NaN, an infinity or a number in place of another of the three",
}


@dataclass(frozen=True)
class Truth:
    """The exact answer of one component: a finite number, an infinity or NaN; None at an exact kink.

    `interval` holds the one-sided derivatives near a kink; from -infinity to infinity it says that any number is right, for none
    is certain. `allowance` is K, `size` is S.
    """

    exact: Rounded | None
    rounded: float | None
    interval: tuple[float, float] | None
    allowance: Fraction
    size: Fraction


@dataclass(frozen=True)
class Error:
    """How wrong one number is.

    E1 = |y - y*| / ulp(y*);  E2 = |y - y*| / (ulp(y*)/2 + K/2);  E3 = |y - y*| / (u S + K/2), S at least the least
    normal number, below which one rounding is no longer u.
    Near a kink E2 and E3 measure from the interval, and E1 from the exact slope where there is one. `lost`: 0, not finite or
    of the wrong sign where the exact answer is a normal number that its inputs' rounding does not reach.
    """

    E1: float
    E2: float
    E3: float
    is_exact: bool
    is_lost: bool
    is_absurd: bool  # NaN or infinite where the exact answer is something else
    half_right: bool  # right sign, half the digits


def measure(got: float, truth: Truth, form: Format) -> Error:
    """Compare a number with its exact answer; signed zeros are equal, and so are all NaNs."""
    exact = truth.exact
    if isinstance(exact, float):
        same = got == exact or (math.isnan(got) and math.isnan(exact))
        error = 0.0 if same else math.inf
        absurd = not same and not math.isfinite(got)  # NaN, or the other infinity
        return Error(error, error, error, same, False, absurd, same)
    if truth.interval and not all(map(math.isfinite, truth.interval)):
        return _within(got, truth.interval)
    low, high = (Fraction(truth.interval[0]), Fraction(truth.interval[1])) if truth.interval else (exact, exact)
    assert low is not None
    assert high is not None
    if math.isnan(got):
        return Error(math.inf, math.inf, math.inf, False, _matters(low, high, truth, form), True, False)
    # A returned infinity counts as the first power of two beyond the format.
    y = Fraction(got) if math.isfinite(got) else (1 if got > 0 else -1) * Fraction(2) ** form.largest.numerator.bit_length()
    outside = max(low - y, y - high, Fraction(0))
    distance = outside if exact is None else abs(y - exact)
    ulp = form.ulp(max(abs(low), abs(high)))
    half_allowance = truth.allowance / 2
    ulp_of_exact = ulp if exact is None else form.ulp(exact)
    return Error(
        E1=_ratio(distance, ulp_of_exact),
        E2=_ratio(outside, ulp / 2 + half_allowance),
        E3=_ratio(outside, form.unit * max(truth.size, form.least_normal) + half_allowance),
        is_exact=got == truth.rounded or (exact is None and outside == 0),
        is_lost=_matters(low, high, truth, form) and bool(outside) and (y == 0 or y * low <= 0 or not math.isfinite(got)),
        is_absurd=not math.isfinite(got),
        half_right=outside == 0 or (y * low > 0 and outside**2 <= form.unit * min(abs(low), abs(high)) ** 2),
    )


def _within(got: float, interval: tuple[float, float]) -> Error:
    """In an interval with an infinite end there is no unit to measure by: a number is inside or it is not."""
    inside = interval[0] <= got <= interval[1]
    error = 0.0 if inside else math.inf
    return Error(error, error, error, inside, False, not inside, inside)


def _matters(low: Fraction, high: Fraction, truth: Truth, form: Format) -> bool:
    """The answer is a normal number of one sign, and 0 would be worse than level B allows rounded inputs to be."""
    least = min(abs(low), abs(high))
    return low * high > 0 and least >= form.least_normal and least > E2_OF_B * truth.allowance / 2


def _ratio(a: Fraction, b: Fraction) -> float:
    if a == 0:
        return 0.0
    try:
        return float(a / b)
    except (OverflowError, ZeroDivisionError):
        return math.inf


def grade(errors: Sequence[Error], form: Format) -> str:
    """The grade that numbers are worth together, the same in every region."""
    if all(e.is_exact for e in errors):
        return "A+"
    if not any(e.is_lost for e in errors):
        if all(e.E1 <= E1_OF_A for e in errors):
            return "A"
        if all(e.E2 <= E2_OF_B for e in errors):
            return "B"
    if all(e.E3 <= E3_OF_C for e in errors):
        return "C"
    if any(e.is_absurd and e.E3 > E3_OF_C for e in errors):
        return "F"
    E3_OF_D = 2.0 ** (form.precision / 2)
    return "D" if all(e.E3 <= E3_OF_D for e in errors) else "F"


def worst(grades: Sequence[str]) -> str:
    return max(grades, key=LEVELS.index)


def meets(achieved: str, level: str) -> bool:
    return LEVELS.index(achieved) <= LEVELS.index(level)

"""The error of one returned number, E1 in ulps, E2 for the inputs' rounding, E3 for term sizes; and the grade that many are worth.

The thresholds are calibrated by scripts/calibrate.py.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from lossref.bits import LEAST_NORMAL, as_float, as_fraction, order
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
    "D": "at least half the digits, beside the terms that the printed formula adds; the report says how many are left",
    "F": "fewer than that, or NaN, an infinity or a number in place of another of the three",
}


@dataclass(frozen=True)
class Truth:
    """The exact answer of one component: a finite number, an infinity or NaN; None at an exact kink.

    `interval` holds the one-sided derivatives near a kink; from -infinity to infinity it says that any number is right, for none
    is certain. `allowance` is K, `size` is S. Where a NaN among the inputs reaches nothing, `otherwise` is the answer without it, and
    either is right.
    """

    exact: Rounded | None
    rounded: float | None
    interval: tuple[float, float] | None
    allowance: Fraction
    size: Fraction
    otherwise: Truth | None = None


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


EXACT = Error(0.0, 0.0, 0.0, True, False)
FAILED = Error(math.inf, math.inf, math.inf, False, False)


def measure(got: float, truth: Truth, form: Format) -> Error:
    """Compare a number with its exact answer; signed zeros are equal, and so are all NaNs."""
    if truth.otherwise and not math.isnan(got):
        return measure(got, truth.otherwise, form)
    exact = truth.exact
    if isinstance(exact, float):
        return _either(got == exact or (math.isnan(got) and math.isnan(exact)) or _is_saturated(got, exact, form))
    if truth.interval and not all(map(math.isfinite, truth.interval)):
        return _either(order(truth.interval[0]) <= order(got) <= order(truth.interval[1]))  # there is no unit to measure by
    low, high = (as_fraction(truth.interval[0]), as_fraction(truth.interval[1])) if truth.interval else (exact, exact)
    assert low is not None
    assert high is not None
    if math.isnan(got):
        return replace(FAILED, is_lost=_matters(low, high, truth, form))
    # A returned infinity counts as the first power of two beyond the format.
    y = as_fraction(got) if math.isfinite(got) else (1 if got > 0 else -1) * Fraction(2) ** form.largest.numerator.bit_length()
    outside = max(low - y, y - high, Fraction(0))
    distance = outside if exact is None else abs(y - exact)
    ulp = form.ulp(max(abs(low), abs(high)))
    half_allowance = truth.allowance / 2
    E3 = _ratio(outside, form.unit * max(truth.size, form.least_normal) + half_allowance)
    ulp_of_exact = ulp if exact is None else form.ulp(exact)
    return Error(
        E1=_ratio(distance, ulp_of_exact),
        E2=_ratio(outside, ulp / 2 + half_allowance),
        E3=E3 if math.isfinite(got) or E3 <= E3_OF_C else math.inf,  # where rounding did not make it, an infinity has no digits
        is_exact=outside == 0 if truth.rounded is None else order(got) == order(truth.rounded),
        is_lost=_matters(low, high, truth, form) and bool(outside) and (y == 0 or y * low <= 0 or not math.isfinite(got)),
    )


def _is_saturated(got: float, exact: float, form: Format) -> bool:
    """Whether a format without infinities has what stands for one: NaN, or its largest number, as its user chose to convert."""
    return form.specials != "ieee" and math.isinf(exact) and (math.isnan(got) or got == math.copysign(float(form.largest), exact))


def _either(is_right: bool) -> Error:
    return EXACT if is_right else FAILED


def _matters(low: Fraction, high: Fraction, truth: Truth, form: Format) -> bool:
    """The answer is a normal number of one sign, and 0 would be worse than level B allows rounded inputs to be."""
    least = min(abs(low), abs(high))
    return low * high > 0 and least >= form.least_normal and least > E2_OF_B * truth.allowance / 2


def _ratio(a: Fraction, b: Fraction) -> float:
    """A quotient of nothing below the normal numbers."""
    if a == 0:
        return 0.0
    try:
        return y if (y := as_float(a / b)) >= LEAST_NORMAL else 0.0
    except (OverflowError, ZeroDivisionError):
        return math.inf


def grade(errors: Sequence[Error], form: Format) -> str:
    """The grade that numbers are worth together, the same in every region."""
    if all(e.is_exact for e in errors):
        return "A+"
    is_lost = any(e.is_lost for e in errors)
    if all(e.E1 <= E1_OF_A for e in errors) and not is_lost:
        return "A"
    if all(e.E2 <= E2_OF_B for e in errors) and not is_lost:
        return "B"
    if all(e.E3 <= E3_OF_C for e in errors):
        return "C"
    half_the_digits = math.sqrt(2**form.precision)
    return "D" if all(e.E3 <= half_the_digits for e in errors) else "F"


def digits_left(errors: Sequence[Error], form: Format) -> int:
    """How many decimal digits are right in each number, beside the terms that its formula adds."""
    worst_E3 = max((e.E3 for e in errors), default=0.0)
    return 0 if math.isinf(worst_E3) else max(0, math.floor(form.precision * math.log10(2) - math.log10(max(worst_E3, 1.0))))


def worst(grades: Sequence[str]) -> str:
    return max(grades, key=LEVELS.index)


def meets(achieved: str, level: str) -> bool:
    return LEVELS.index(achieved) <= LEVELS.index(level)

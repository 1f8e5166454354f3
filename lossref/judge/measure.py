"""The error of one returned number, E1 in ulps, E2 for the inputs' rounding, E3 for term sizes; and the grade that many are worth.

The thresholds are calibrated by scripts/calibrate.py.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from lossref.bits import GRID, LEAST_NORMAL, on_grid, order
from lossref.formats import RESIDUAL_STEPS, Format, Rounded

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

    @cached_property
    def on_grid(self) -> tuple[int, int, int | None, int, int]:
        """Both ends of what is right, the exact answer if there is one, K and S, in steps of the grid: of finite answers alone."""
        assert not isinstance(self.exact, float)
        middle = None if self.exact is None else on_grid(self.exact)
        low, high = map(on_grid, self.interval) if self.interval else (middle, middle)
        assert low is not None
        assert high is not None
        return low, high, middle, on_grid(self.allowance), on_grid(self.size)


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
    if math.isnan(got):
        return replace(FAILED, is_lost=_matters(truth, form))
    low, high, middle, allowance, size = truth.on_grid
    # A returned infinity counts as the first power of two beyond the format.
    y = on_grid(got) if math.isfinite(got) else (1 if got > 0 else -1) << form.largest.numerator.bit_length() + GRID
    outside = max(low - y, y - high, 0)
    ulp = _ulp(max(abs(low), abs(high)), form)
    least = 1 << form.least_normal_exponent + GRID
    E3 = _ratio(2 * outside, (max(size, least) >> form.precision - 1) + allowance)
    return Error(
        E1=_ratio(outside, ulp) if middle is None else _ratio(abs(y - middle), _ulp(abs(middle), form)),
        E2=_ratio(2 * outside, ulp + allowance),
        E3=E3 if math.isfinite(got) or E3 <= E3_OF_C else math.inf,  # where rounding did not make it, an infinity has no digits
        is_exact=outside == 0 if truth.rounded is None else order(got) == order(truth.rounded),
        is_lost=bool(outside) and (y == 0 or (y > 0) != (low > 0) or not math.isfinite(got)) and _matters(truth, form),
    )


def of_rounding(x: float, residual: int, form: Format) -> float:
    """E1 of a correctly rounded number. Below a power of two the ulps are half as large, down to the least normal number."""
    is_edge = (residual < 0) == (x > 0) and form.least_normal < abs(x) < math.inf and math.frexp(x)[0] in (-0.5, 0.5)
    return abs(residual) * (2 if is_edge else 1) / RESIDUAL_STEPS


def _ulp(x: int, form: Format) -> int:
    """The spacing of the format at x, both on the grid."""
    return 1 << max(x.bit_length() - form.precision, form.least_exponent + GRID)


def _is_saturated(got: float, exact: float, form: Format) -> bool:
    """Whether a format without infinities has what stands for one: NaN, or its largest number, as its user chose to convert."""
    return form.specials != "ieee" and math.isinf(exact) and (math.isnan(got) or got == math.copysign(float(form.largest), exact))


def _either(is_right: bool) -> Error:
    return EXACT if is_right else FAILED


def _matters(truth: Truth, form: Format) -> bool:
    """The answer is a normal number of one sign, and 0 would be worse than level B allows rounded inputs to be."""
    low, high, _, allowance, _ = truth.on_grid
    if low <= 0 <= high:
        return False
    least = min(abs(low), abs(high))
    return least >= 1 << form.least_normal_exponent + GRID and 2 * least > E2_OF_B * allowance


def _ratio(a: int, b: int) -> float:
    """A quotient of nothing below the normal numbers; of integers beyond 2 ** 53 the processor divides none."""
    try:
        return y if a and (y := a / b) >= LEAST_NORMAL else 0.0
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

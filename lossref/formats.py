"""Floating-point formats as data: rounding, spacing and bit strings, in exact integer arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

from lossref.bits import as_fraction, of_word

INFINITY = math.inf
RESIDUAL_STEPS = 1 << 16  # what rounding took away is counted in these parts of an ulp
Rounded = Fraction | float  # an exact finite number, or an infinity or NaN as a Python float


@dataclass(frozen=True)
class Format:
    """One binary format.

    `precision` counts the hidden bit. `specials` says how infinities and NaN are spelled: "ieee" (the top exponent
    holds them), "fn" (no infinities, NaN is all ones) or "fnuz" (no infinities, NaN is the negative zero).
    """

    name: str
    width: int
    precision: int
    bias: int
    specials: Literal["ieee", "fn", "fnuz"] = "ieee"

    @cached_property
    def least_exponent(self) -> int:
        """The least positive number is 2 ** least_exponent."""
        return 2 - self.bias - self.precision

    @property
    def least_normal_exponent(self) -> int:
        return 1 - self.bias

    @cached_property
    def least_normal(self) -> Fraction:
        return Fraction(2) ** self.least_normal_exponent

    @cached_property
    def largest(self) -> Fraction:
        top = (1 << (self.width - self.precision)) - 1 - self.bias - (self.specials == "ieee")
        steps = (1 << self.precision) - 1 - (self.specials == "fn")
        return steps * Fraction(2) ** (top - self.precision + 1)

    @property
    def unit(self) -> Fraction:
        """u = 2 ** -precision, the largest relative error of one rounding."""
        return Fraction(1, 1 << self.precision)

    def ulp(self, x: Fraction) -> Fraction:
        """The spacing of the format at |x|, never below its least positive number."""
        return Fraction(2) ** self._ulp_exponent(abs(x.numerator), x.denominator)

    def round(self, x: Fraction) -> Rounded:
        """The nearest number of the format, ties to even; an infinity where |x| rounds beyond the largest."""
        steps, shift = self._steps(abs(x.numerator), x.denominator)
        value = Fraction(steps << shift) if shift > 0 else Fraction(steps, 1 << -shift)
        return (-1 if x < 0 else 1) * (INFINITY if value > self.largest else value)

    def round_dyadic(self, mantissa: int, exponent: int) -> Rounded:
        """`round(mantissa * 2 ** exponent)`; exponents far outside the format never become large integers."""
        size = exponent + mantissa.bit_length()
        if mantissa == 0 or size < self.least_exponent - 8:
            return Fraction(0)
        if size > self.largest.numerator.bit_length() + 8:
            return INFINITY if mantissa > 0 else -INFINITY
        return self.round(Fraction(mantissa << exponent) if exponent >= 0 else Fraction(mantissa, 1 << -exponent))

    def encode(self, x: Rounded) -> str:
        """The bits of a number of the format, as lower-case big-endian hexadecimal digits of fixed width."""
        return f"{self._bits(x):0{self.width // 4}x}"

    def decode(self, digits: str) -> float:
        """The number that a bit string of the format stands for; every format here fits in a Python float."""
        bits = int(digits, 16)
        magnitude = bits & ((1 << (self.width - 1)) - 1)
        if self.specials == "fnuz" and bits == 1 << (self.width - 1):
            return math.nan
        field, fraction = magnitude >> (self.precision - 1), magnitude & ((1 << (self.precision - 1)) - 1)
        if self.specials == "ieee" and field == (1 << (self.width - self.precision)) - 1:
            value = math.nan if fraction else INFINITY
        elif self.specials == "fn" and magnitude == (1 << (self.width - 1)) - 1:
            value = math.nan
        elif self.width == 64:
            value = of_word(magnitude)
        elif field == 0:
            value = math.ldexp(fraction, self.least_exponent)
        else:
            value = math.ldexp(fraction | 1 << (self.precision - 1), field - 1 + self.least_exponent)
        return math.copysign(value, -1.0 if bits >> (self.width - 1) else 1.0)

    def holds(self, x: float | Fraction) -> bool:
        """Whether x, not NaN, is a number of the format."""
        return self.specials == "ieee" if isinstance(x, float) and math.isinf(x) else self.round(y := as_fraction(x)) == y

    def nearest(self, x: float | Fraction) -> float:
        """The nearest number of the format, as a Python float."""
        return x if isinstance(x, float) and not math.isfinite(x) else self.quotient(*as_fraction(x).as_integer_ratio())

    def quotient(self, p: int, q: int) -> float:
        """The number of the format nearest to p / q, for q above 0, as a Python float: fractions take several times as long."""
        steps, shift = self._steps(abs(p), q)
        if (shift, steps) > self._most:
            return INFINITY if p > 0 else -INFINITY
        size = steps << shift - FLOAT64.least_exponent if shift < FLOAT64.least_exponent + 64 else 0
        found = of_word(size) if 0 < size < 1 << FLOAT64.precision - 1 else math.ldexp(steps, shift)  # no processor flushes a word
        return -found if p < 0 and steps else found

    def is_subnormal(self, x: float) -> bool:
        """Whether x is below the normal numbers of the format, and not 0."""
        return math.isfinite(x) and 0 < abs(as_fraction(x)) < self.least_normal

    def step(self, x: float, ulps: int) -> float:
        """x moved by so many numbers of the format; stops at the largest, and an infinity stays."""
        if math.isinf(x):
            return x
        zero, y = 1 << (self.width - 1), as_fraction(x)
        bits = self._bits(abs(y)) * (-1 if y < 0 else 1) + ulps
        return self.decode(f"{min(abs(bits), self._bits(self.largest)) | (zero if bits < 0 else 0):x}")

    def _steps(self, p: int, q: int) -> tuple[int, int]:
        """p / q, at least 0, rounded as steps of a power of two, whose exponent is the second."""
        shift = self._ulp_exponent(p, q)
        numerator, denominator = (p, q << shift) if shift > 0 else (p << -shift, q)
        steps, rest = divmod(numerator, denominator)
        return steps + (2 * rest > denominator or (2 * rest == denominator and steps & 1)), shift

    @cached_property
    def _most(self) -> tuple[int, int]:
        """The largest number: the exponent of its last place, and how many of those."""
        shift = self._ulp_exponent(self.largest.numerator, self.largest.denominator)
        return shift, int(self.largest / Fraction(2) ** shift)

    def _ulp_exponent(self, p: int, q: int) -> int:
        if p == 0:
            return self.least_exponent
        exponent = p.bit_length() - q.bit_length()  # 2**(exponent - 1) < p/q < 2**(exponent + 1)
        if (p << max(-exponent, 0)) < (q << max(exponent, 0)):
            exponent -= 1
        return max(exponent - self.precision + 1, self.least_exponent)

    def _bits(self, x: Rounded) -> int:
        sign = 1 << (self.width - 1)
        if isinstance(x, float):
            if math.isnan(x) or (math.isinf(x) and self.specials != "ieee"):
                return self._nan()
            if math.isinf(x):
                return self._top() | (sign if x < 0 else 0)
            is_negative, x = math.copysign(1.0, x) < 0, as_fraction(x)
            if not x:
                return sign if is_negative and self.specials != "fnuz" else 0
        shift = self._ulp_exponent(abs(x.numerator), x.denominator)
        steps = abs(x) / Fraction(2) ** shift
        if steps.denominator != 1 or abs(x) > self.largest:
            raise ValueError(f"{x} is not a number of {self.name}")
        hidden = 1 << (self.precision - 1)
        bits = steps.numerator + (shift - self.least_exponent) * hidden
        return bits | (sign if x < 0 else 0)

    def _top(self) -> int:
        return ((1 << (self.width - self.precision)) - 1) << (self.precision - 1)

    def _nan(self) -> int:
        sign = 1 << (self.width - 1)
        return {"ieee": self._top() | 1 << (self.precision - 2), "fn": sign - 1, "fnuz": sign}[self.specials]


FORMATS = {
    f.name: f
    for f in (
        Format("float64", 64, 53, 1023),
        Format("float32", 32, 24, 127),
        Format("float16", 16, 11, 15),
        Format("bfloat16", 16, 8, 127),
        Format("float8_e5m2", 8, 3, 15),
        Format("float8_e4m3", 8, 4, 7),
        Format("float8_e3m4", 8, 5, 3),
        Format("float8_e4m3fn", 8, 4, 7, "fn"),
        Format("float8_e5m2fnuz", 8, 3, 16, "fnuz"),
        Format("float8_e4m3fnuz", 8, 4, 8, "fnuz"),
        Format("float8_e4m3b11fnuz", 8, 4, 11, "fnuz"),
    )
}
JUDGED = ("float64", "float32", "float16", "bfloat16", "float8_e5m2", "float8_e4m3fn")  # those that code is asked in and judged by
FLOAT64 = FORMATS["float64"]

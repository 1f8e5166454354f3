"""Settled numbers as mpmath numbers: the nearest of so many bits, the nearest float64, and both ends of an enclosure."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
from mpmath.libmp import from_float, from_man_exp

from lossref.bits import as_float, as_fraction, is_subnormal
from lossref.exact.balls import Balls
from lossref.exact.numbers import Number
from lossref.exact.settle import correct
from lossref.exact.systems import Base
from lossref.formats import FLOAT64


def to_bits(base: Base, n: Number, bits: int) -> Any:
    """The nearest number of so many significant bits, as an mpf of full length; None while the ends differ."""
    x = n.data
    if isinstance(x, float):
        return mpf(x)
    if isinstance(x, Fraction):
        return _rational(x, bits)
    low, high = base.ends(base.near(x))
    ends = {_shortened(*end, bits) for end in (low, high)}
    return mpf(ends.pop()) if len(ends) == 1 else None


def nearest_told(base: Base, n: Number, bits: int) -> Any:
    """What can be told of a number that has no nearest one of so many bits: twice as many, where it lies next to the middle of two.

    Of one too small for its digits to be told it is the nearest float64, and None where that is undecided too.
    """
    if (longer := to_bits(base, n, 2 * bits)) is not None:
        return longer
    return None if (found := correct(base, n, FLOAT64)) is None else mpf(as_float(found.rounded))


def ball_to_bits(base: Balls, ball: Any, bits: int) -> Any:
    """The same of a ball: where it is good to many more bits and its middle is no near half, the middle decides."""
    if ball.rel_accuracy_bits() >= bits + 30 and not ball.is_zero():
        mantissa, exponent = ball.mid().man_exp()
        whole = int(mantissa)
        excess = whole.bit_length() - bits
        if excess <= 0:
            return mpf((whole, int(exponent)))
        half = 1 << (excess - 1)
        if abs((abs(whole) & (2 * half - 1)) - half) >> max(excess - 29, 0):
            return mpmath.mp.make_mpf(from_man_exp(whole, int(exponent), bits, "n"))
    return to_bits(base, Number(base, ball), bits)


def _rational(x: Fraction, bits: int) -> Any:
    if x == 0:
        return mpf(0.0)
    shift = bits - x.numerator.bit_length() + x.denominator.bit_length()
    shift -= abs(x) * Fraction(2) ** shift >= 1 << bits
    return mpf((round(x * Fraction(2) ** shift), -shift))


def _shortened(mantissa: int, exponent: int, bits: int) -> tuple[int, int]:
    excess = mantissa.bit_length() - bits
    if excess > 0:
        mantissa, exponent = round(Fraction(mantissa, 1 << excess)), exponent + excess
    zeros = (mantissa & -mantissa).bit_length() - 1 if mantissa else 0
    return mantissa >> zeros, exponent + zeros if mantissa else 0


def enclosure(base: Base, n: Number) -> tuple[Any, Any]:
    if isinstance(n.data, float):
        return mpf(n.data), mpf(n.data)
    low, high = base.ends(base.near(n.data))
    return mpf(low), mpf(high)


def mpf(x: float | tuple[int, int]) -> Any:
    """An mpmath number of the user's context with all its digits, whatever its precision is set to."""
    if isinstance(x, float) and is_subnormal(x):
        fraction = as_fraction(x)
        x = fraction.numerator, 1 - fraction.denominator.bit_length()
    return mpmath.mp.make_mpf(from_float(x) if isinstance(x, float) else from_man_exp(*x))

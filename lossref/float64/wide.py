"""Numbers m * 2**e of any size: their products neither overflow nor underflow on the way, and their sums are exact."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref.float64.kernels import two_product
from lossref.formats import FLOAT64

Array = NDArray[np.float64]
BLOCK = 1 << 20  # so many halves of 27 bits add up to less than 2**53
REACH = 900  # a factor of 2**-900 to 2**900 is multiplied directly


@dataclass(frozen=True)
class Wide:
    """The numbers `mantissa * 2**exponent`; the exponent is one for all of them, or one for each."""

    mantissa: Array
    exponent: Any = 0

    def at(self, rows: Any) -> Wide:
        """Some of them; one number stands for all."""
        whole = np.ndim(self.mantissa) == 0
        return self if whole else Wide(self.mantissa[rows], self.exponent[rows] if np.ndim(self.exponent) else self.exponent)


def normal(x: Wide) -> Wide:
    """The same numbers with mantissas from 1/2 to 1, or 0, or not finite."""
    mantissa, more = np.frexp(x.mantissa)
    return Wide(mantissa, more + x.exponent)


def times(x: Wide, y: Wide) -> Wide:
    """Products, each rounded once."""
    x, y = normal(x), normal(y)
    return Wide(x.mantissa * y.mantissa, x.exponent + y.exponent)


def over(x: Wide, divisor: Fraction) -> Wide:
    """Quotients by one exact number above 0, which is rounded first."""
    exponent = divisor.numerator.bit_length() - divisor.denominator.bit_length()
    x = normal(x)
    return Wide(x.mantissa / float(FLOAT64.round(divisor / Fraction(2) ** exponent)), x.exponent - exponent)


def narrow(x: Wide) -> Array:
    """The nearest float64 numbers."""
    return np.asarray(np.ldexp(x.mantissa, x.exponent))


def scaled(factors: Wide, x: Wide) -> Array:
    """Factors, one for each row, times arrays, as float64; a factor of 0 hides NaN and infinity."""
    factors = normal(factors)
    if np.ndim(factors.mantissa):
        columns = (-1, *(1,) * (x.mantissa.ndim - 1))
        factors = Wide(factors.mantissa.reshape(columns), factors.exponent.reshape(columns))
    if np.ndim(x.exponent) == 0 and x.exponent == 0 and (np.abs(factors.exponent) <= REACH).all():
        found = narrow(factors) * x.mantissa
    else:
        found = narrow(times(factors, x))
    return found if np.all(factors.mantissa) else np.where(factors.mantissa == 0, 0.0, found)


def total(terms: Wide, weights: Wide) -> Fraction | float:
    """The sum of weights times terms without any rounding, so the same in any order; infinite or NaN as a float."""
    terms, weights = normal(terms), normal(weights)
    if not np.isfinite(terms.mantissa).all():
        return float(terms.mantissa[~np.isfinite(terms.mantissa)].sum())
    exponents = terms.exponent + weights.exponent
    if np.isin(weights.mantissa, (0.0, 0.5)).all():  # powers of two
        return exact_sum(Wide(terms.mantissa * weights.mantissa, exponents))
    product, lost = two_product(terms.mantissa, weights.mantissa)
    return exact_sum(Wide(product, exponents)) + exact_sum(Wide(lost, exponents))


def exact_sum(x: Wide) -> Fraction:
    """The sum of finite numbers: each is cut into halves, which add up without rounding among those of one exponent."""
    x = normal(x)
    least = int(np.min(x.exponent, initial=0))
    found = 0
    for start in range(0, x.mantissa.size, BLOCK):
        part = x.at(slice(start, start + BLOCK))
        places = np.broadcast_to(part.exponent - least, part.mantissa.shape)
        whole = part.mantissa * 2.0**26
        high = np.trunc(whole)
        for half, shift in ((high, 27), ((whole - high) * 2.0**27, 0)):
            sums = np.bincount(places, weights=half)
            found += sum(int(sums[place]) << int(place) + shift for place in np.flatnonzero(sums))
    return Fraction(found) * Fraction(2) ** (least - 53)

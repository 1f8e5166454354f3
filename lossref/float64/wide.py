"""Numbers m * 2**e of any size: their products neither overflow nor underflow on the way, and their sums are exact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref.float64.kernels import two_product
from lossref.formats import FLOAT64

Array = NDArray[np.float64]
BLOCK = 1 << 15  # numbers that stay in a processor's cache; so many halves of 27 bits add up to less than 2**53
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
    if np.ndim(y.mantissa) == 0 and y.mantissa == 1 and y.exponent == 0:
        return x
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
    finite = np.isfinite(terms.mantissa)
    if not finite.all():
        return float(normal(terms).mantissa[~finite].sum())
    return _summed(part for rows in _blocks(terms.mantissa.size) for part in _products(terms.at(rows), weights.at(rows)))


def exact_sum(x: Wide) -> Fraction:
    """The sum of finite numbers without any rounding."""
    return _summed(x.at(rows) for rows in _blocks(x.mantissa.size))


def _products(x: Wide, y: Wide) -> tuple[Wide, ...]:
    """Finite numbers whose sum is that of the products, exactly."""
    x, y = normal(x), normal(y)
    exponents = x.exponent + y.exponent
    if np.ndim(y.mantissa) == 0 and y.mantissa in (0.0, 0.5):  # a power of two
        return (Wide(x.mantissa * y.mantissa, exponents),)
    product, lost = two_product(x.mantissa, y.mantissa)
    return Wide(product, exponents), Wide(lost, exponents)


def _blocks(size: int) -> Iterator[slice]:
    return (slice(start, start + BLOCK) for start in range(0, size, BLOCK))


def _summed(blocks: Iterable[Wide]) -> Fraction:
    """The exact sum of finite numbers: each is cut into halves, which add up without rounding among those of one exponent."""
    found, unit = 0, 0  # found * 2**unit
    for block in blocks:
        x = normal(block)
        least = int(np.min(x.exponent, initial=0))
        places = np.broadcast_to(x.exponent - least, x.mantissa.shape)
        whole = x.mantissa * 2.0**26
        high = np.trunc(whole)
        if least < unit:
            found, unit = found << unit - least, least
        for half, shift in ((high, 27), ((whole - high) * 2.0**27, 0)):
            sums = np.bincount(places, weights=half)
            found += sum(int(sums[place]) << int(place) + shift + least - unit for place in np.flatnonzero(sums))
    return Fraction(found) * Fraction(2) ** (unit - 53)

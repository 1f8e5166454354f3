"""Numbers m * 2**e of any size: their products neither overflow nor underflow on the way, and their sums are exact."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref.float64.kernels import parted, two_product_of_moderate
from lossref.formats import FLOAT64

Array = NDArray[np.float64]
BLOCK = 1 << 14  # numbers that stay in a processor's cache
PLAIN = 450  # two numbers from 2**-450 to 2**450 have a product, and one that rounding takes from it, within the format
LARGE = 900  # the power of two up to which a block of numbers is added as it is
LEAST, UNIT = -1022, -1074  # the least normal number, and the unit of all numbers, as powers of two
FAR = 512  # powers of two by which exponents are told apart in a sum


@dataclass(frozen=True)
class Wide:
    """The numbers `mantissa * 2**exponent`; the exponent is one for all of them, or one for each."""

    mantissa: Array
    exponent: Any = 0

    def at(self, rows: Any) -> Wide:
        """Some of them; one number stands for all."""
        whole = np.ndim(self.mantissa) == 0
        return self if whole else Wide(self.mantissa[rows], self.exponent[rows] if np.ndim(self.exponent) else self.exponent)

    @cached_property
    def extent(self) -> tuple[float, float]:
        """The least and the greatest magnitude of the mantissas; NaN where one is."""
        x = np.ravel(self.mantissa)
        ends = [(sizes.min(), sizes.max()) for sizes in (np.abs(x[rows]) for rows in _blocks(x.size))]
        least, greatest = zip(*ends, strict=True) if ends else ((1.0,), (1.0,))
        return float(np.min(least)), float(np.max(greatest))

    @cached_property
    def is_plain(self) -> bool:
        """Whether all of them are 0 or moderate, and without an exponent."""
        if np.ndim(self.exponent) or self.exponent or not self.extent[1] <= 2.0**PLAIN:
            return False
        return self.extent[0] >= 2.0**-PLAIN or not np.any((np.abs(self.mantissa) < 2.0**-PLAIN) & (self.mantissa != 0))


def normal(x: Wide) -> Wide:
    """The same numbers with mantissas from 1/2 to 1, or 0, or not finite."""
    mantissa, more = np.frexp(x.mantissa)
    return Wide(mantissa, more + x.exponent)


def times(x: Wide, y: Wide) -> Wide:
    """Products, each rounded once."""
    if np.ndim(y.mantissa) == 0 and y.mantissa == 1 and y.exponent == 0:
        return x
    if x.is_plain and y.is_plain:
        return Wide(x.mantissa * y.mantissa)
    x, y = normal(x), normal(y)
    return Wide(x.mantissa * y.mantissa, x.exponent + y.exponent)


def over(x: Wide, divisor: Fraction) -> Wide:
    """Quotients by one exact number above 0, which is rounded first."""
    exponent = divisor.numerator.bit_length() - divisor.denominator.bit_length()
    bottom = float(FLOAT64.round(divisor / Fraction(2) ** exponent))
    if abs(exponent) < PLAIN and x.is_plain:
        return Wide(x.mantissa / (bottom * 2.0**exponent))
    x = normal(x)
    return Wide(x.mantissa / bottom, x.exponent - exponent)


def narrow(x: Wide) -> Array:
    """The nearest float64 numbers."""
    if np.ndim(x.exponent) == 0 and x.exponent == 0:
        return np.asarray(x.mantissa)
    return np.asarray(np.ldexp(x.mantissa, x.exponent))


def scaled(factors: Wide, x: Wide) -> Array:
    """Factors, one for each row, times arrays, as float64; a factor of 0 hides NaN and infinity."""
    factors = factors if factors.is_plain else normal(factors)
    if np.ndim(factors.mantissa):
        columns = (-1, *(1,) * (x.mantissa.ndim - 1))
        exponent = factors.exponent.reshape(columns) if np.ndim(factors.exponent) else factors.exponent
        factors = Wide(factors.mantissa.reshape(columns), exponent)
    if np.ndim(x.exponent) == 0 and x.exponent == 0 and (np.abs(factors.exponent) <= 2 * PLAIN).all():
        found = narrow(factors) * x.mantissa
    else:
        found = narrow(times(factors, x))
    return found if np.all(factors.mantissa) else np.where(factors.mantissa == 0, 0.0, found)


def total(terms: Wide, weights: Wide) -> Fraction | float:
    """The sum of weights times terms without any rounding, so the same in any order; infinite or NaN as a float."""
    if not np.isfinite(terms.extent[1]):
        return float(normal(terms).mantissa[~np.isfinite(terms.mantissa)].sum())
    are_plain = terms.is_plain and weights.is_plain
    multiplied = _products if are_plain else lambda x, y: _products(normal(x), normal(y))
    return _summed(part for rows in _blocks(terms.mantissa.size) for part in multiplied(terms.at(rows), weights.at(rows)))


def compensated(terms: Wide, weights: Wide) -> Fraction | float:
    """The sum of weights times terms, of which each product is rounded, and their sum about once; infinite or NaN as a float."""
    if np.any(terms.exponent) or np.any(weights.exponent):
        return total(terms, weights)
    sums: list[float] = []
    for rows in _blocks(terms.mantissa.size):
        x, weight = terms.mantissa[rows], weights.at(rows).mantissa
        if weight.ndim or weight != 1:
            x = x * weight
        largest = max(float(x.max()), -float(x.min()))
        if not 2.0**-LARGE < largest < 2.0**LARGE:  # a product may have lost digits, or be an infinity
            return total(terms, weights)
        whole, rest = parted(x, 2.0 ** (math.frexp(largest)[1] + x.size.bit_length() + 1))
        sums += [float(whole), float(rest.sum())]
    return Fraction(math.fsum(sums))


def exact_sum(x: Wide) -> Fraction:
    """The sum of finite numbers without any rounding."""
    return _summed(x.at(rows) for rows in _blocks(x.mantissa.size))


def _products(x: Wide, y: Wide) -> tuple[Wide, ...]:
    """Finite numbers, moderate ones or mantissas from 1/2 to 1, whose sum is that of the products, exactly."""
    exponents = x.exponent + y.exponent
    if np.ndim(y.mantissa) == 0 and y.mantissa in (0.0, 0.5, 1.0):
        return (Wide(x.mantissa if y.mantissa == 1 else x.mantissa * y.mantissa, exponents),)
    product, lost = two_product_of_moderate(x.mantissa, y.mantissa)
    return Wide(product, exponents), Wide(lost, exponents)


def _blocks(size: int) -> Iterator[slice]:
    return (slice(start, start + BLOCK) for start in range(0, size, BLOCK))


def _summed(blocks: Iterable[Wide]) -> Fraction:
    """The exact sum of finite numbers."""
    found: dict[int, int] = {}  # for each exponent the sum in units of 2**UNIT
    for block in blocks:
        for x, largest, exponent in _of_one_exponent(block):
            found[exponent] = found.get(exponent, 0) + sum(map(_in_units, _partial_sums(x, largest)))
    return sum((Fraction(units) * Fraction(2) ** (exponent + UNIT) for exponent, units in found.items()), Fraction(0))


def _of_one_exponent(block: Wide) -> Iterator[tuple[Array, float, int]]:
    """The numbers in groups that have one exponent, with the largest mantissa of each; their sums do not overflow."""
    if np.ndim(block.exponent) == 0 and (largest := np.abs(block.mantissa).max(initial=0.0)) <= 2.0**LARGE:
        yield np.ravel(block.mantissa), largest, int(block.exponent)
        return
    x = normal(block)
    groups = np.broadcast_to(x.exponent // FAR, x.mantissa.shape)
    for group in np.unique(groups):
        which = groups == group
        rest = np.broadcast_to(x.exponent, which.shape)[which] - int(group) * FAR
        yield np.ldexp(x.mantissa[which], rest), 2.0**FAR, int(group) * FAR


def _partial_sums(x: Array, largest: float) -> Iterator[float]:
    """Floats whose sum is that of the numbers: what lies above a power of two, then of what is left; with a bit to spare, for a processor
    that does not round to nearest leaves twice as much."""
    room, exponent = x.size.bit_length() + 1, math.frexp(largest)[1]
    rest = x
    while rest.any():
        whole, rest = parted(rest, 2.0 ** max(exponent + room, LEAST))
        yield float(whole)
        exponent += room - 53


def _in_units(x: float) -> int:
    """A float in units of 2**UNIT."""
    numerator, denominator = x.as_integer_ratio()
    return numerator << (1 - UNIT - denominator.bit_length())

"""Numbers of twice float64's precision: pairs of arrays (high, low) whose sum is meant, right to about 100 bits of their terms.

Products below 1e-280 have float64's own precision.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lossref.float64.kernels import Array, product_in_two, sum_in_two, two_difference

Doubled = tuple[Array, Array]

LOG_2 = (0.6931471805599453, 2.3190468138462996e-17)
LEAST = -5000.0  # 2**lift exp of less is 0
HALVINGS, TERMS = 8, 10


def doubled(x: Array) -> Doubled:
    """A float64 number as it is."""
    return np.asarray(x, float), np.zeros(np.shape(x))


def joined(high: Array, low: Array) -> Doubled:
    """high + low for a low that is not larger (Dekker)."""
    whole = high + low
    lost = low - (whole - high)
    return whole, np.where(np.isfinite(lost), lost, 0.0)


def each(function: Callable[[Array], Array], a: Doubled) -> Doubled:
    """The same rearrangement of both arrays."""
    return function(a[0]), function(a[1])


def either(where: Array, a: Doubled, b: Doubled) -> Doubled:
    """a where it is so, and b elsewhere."""
    return np.where(where, a[0], b[0]), np.where(where, a[1], b[1])


def plus(a: Doubled, b: Doubled) -> Doubled:
    high, low = two_difference(a[0], -b[0])
    return joined(high, low + (a[1] + b[1]))


def minus(a: Doubled, b: Doubled) -> Doubled:
    return plus(a, (-b[0], -b[1]))


def times(a: Doubled, b: Doubled) -> Doubled:
    high, low = product_in_two(a[0], *b)
    return joined(high, low + a[1] * b[0])


def over(a: Doubled, b: Doubled) -> Doubled:
    """a / b; 0 / 0 is 0."""
    bottom = np.where(b[0] == 0, 1.0, b[0])
    first = a[0] / bottom
    return joined(first, minus(a, times(doubled(first), b))[0] / bottom)


def root(a: Doubled) -> Doubled:
    first = np.sqrt(a[0])
    return joined(first, minus(a, times(doubled(first), doubled(first)))[0] / np.where(first == 0, 1.0, 2.0 * first))


def total(a: Doubled) -> Doubled:
    """The sum along the last axis."""
    high, low = (y[..., 0] for y in sum_in_two(a[0]))
    return joined(high, low + a[1].sum(axis=-1))


def exponential(a: Doubled, lift: int = 0) -> Doubled:
    """2**lift exp(a), for a <= 0."""
    a = np.maximum(a[0], LEAST), np.where(a[0] < LEAST, 0.0, a[1])
    twos = np.rint(a[0] / LOG_2[0])
    small = each(lambda y: np.ldexp(y, -HALVINGS), minus(a, times(doubled(twos), LOG_2)))
    # m = exp - 1 by its series, then (1 + m)^2 - 1 = 2 m + m^2 as often as the argument was halved.
    series = doubled(np.ones(np.shape(twos)))
    for k in range(TERMS, 1, -1):
        series = plus(doubled(1.0), over(times(small, series), doubled(float(k))))
    less = times(small, series)
    for _ in range(HALVINGS):
        less = plus((2.0 * less[0], 2.0 * less[1]), times(less, less))
    return each(lambda y: np.ldexp(y, twos.astype(int) + lift), plus(doubled(1.0), less))


def one_less_exponential(x: Array) -> Doubled:
    """1 - exp x for x < 0; the least x have float64's own precision."""
    return either(x > -(2.0**-40), doubled(-np.expm1(x)), minus(doubled(1.0), exponential(doubled(x))))

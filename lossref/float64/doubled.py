"""Numbers of twice float64's precision: pairs of arrays (high, low) whose sum is meant, right to about 100 bits of their terms.

Products below 1e-280 have float64's own precision.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lossref.float64.kernels import Array, as_array, product_in_two, sum_in_two, two_difference

Doubled = tuple[Array, Array]

LOG_2 = (0.6931471805599453, 2.3190468138462996e-17)
LEAST = -5000.0  # 2**lift exp of less is 0
HALVINGS, TERMS = 8, 10


def doubled(x: Array) -> Doubled:
    """A float64 number as it is."""
    return as_array(x), np.zeros(np.shape(x))


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


TABLE = exponential(doubled(-np.arange(46) / 64))
LOG_2_HEAD, LOG_2_REST = 0.6931471803691238, 1.9082149292705877e-10  # the first has 32 bits


def brief_exponential(a: Doubled) -> Doubled:
    """exp(a), for a <= 0, right to 58 bits: many times as fast as the other."""
    high = np.fmax(a[0], LEAST)
    twos = np.ceil(high / LOG_2[0])
    rest, low = high - twos * LOG_2_HEAD, np.where(high > LEAST, a[1], 0.0) - twos * LOG_2_REST
    step = np.clip(np.rint(-64.0 * rest), 0, 45).astype(int)
    r = (rest + step / 64) + low
    series = r * (1 + r / 2 * (1 + r / 3 * (1 + r / 4 * (1 + r / 5 * (1 + r / 6 * (1 + r / 7))))))
    whole, part = joined(TABLE[0][step], TABLE[1][step] + TABLE[0][step] * series)
    return np.ldexp(whole, twos.astype(int)), np.ldexp(part, twos.astype(int))


def logarithm(a: Doubled) -> Doubled:
    """log(a), right to 58 bits beside the larger of 1 and itself; of what is not above 0 or not finite it is NumPy's."""
    proper = np.isfinite(a[0]) & (a[0] > 0)
    high, low = either(proper, a, doubled(1.0))
    mantissa, twos = np.frexp(high)
    twos = twos - (mantissa == 0.5)  # so that the logarithm of 1 is 0
    mantissa = np.ldexp(high, -twos)
    rough = np.log(mantissa)
    there = brief_exponential(doubled(rough))
    correction = ((mantissa - there[0]) + (np.ldexp(low, -twos) - there[1])) / mantissa
    return either(proper, plus(joined(rough, correction), times(doubled(twos), LOG_2)), doubled(np.log(a[0])))


def raised(a: Doubled, exponent: Array) -> Array:
    """a**exponent for a of at least 0 and an exponent of at least 0, as one number that neither costs digits; 0**0 is 1."""
    # The power of two of a is raised apart, so that what goes into exp is about as large as the exponent.
    exponent, proper = np.asarray(exponent, float), np.isfinite(a[0]) & (a[0] > 0)
    high, low = either(proper, a, doubled(1.0))
    mantissa, twos = np.frexp(high)
    twos = twos - (mantissa == 0.5)  # so that a power of two is raised exactly
    lifted, missed = product_in_two(twos.astype(float), exponent)
    whole = np.rint(lifted)
    rest = times(doubled(exponent), logarithm((np.ldexp(high, -twos), np.ldexp(low, -twos))))
    rest = plus(times(joined(lifted - whole, missed), LOG_2), rest)
    usual = np.ldexp(np.exp(rest[0]) * (1.0 + rest[1]), np.clip(whole, -5000, 5000).astype(int))
    return np.where(proper, usual, np.where((exponent == 0) & ~np.isnan(a[0]), 1.0, a[0]))


def shares(logits: Array, target: Array) -> tuple[Doubled, Array]:
    """Softmax's share of all classes but one, in two parts that are right to 57 bits, and the share of that one."""
    z = np.asarray(logits, float)
    classes = np.arange(z.shape[-1])
    z, truth, leader = np.broadcast_arrays(z, classes == np.asarray(target)[..., None], classes == z.argmax(axis=-1)[..., None])
    lag = two_difference(z, z.max(axis=-1, keepdims=True))
    powers = either(leader, doubled(1.0), brief_exponential(either(leader, doubled(0.0), lag)))
    others, own = (total(either(these, powers, doubled(0.0))) for these in (~truth, truth))
    whole = plus(others, own)
    return over(others, whole), own[0] / whole[0]

"""What pairs of a ranked list weigh in float64 NumPy: by how much a measure of the ranking changes when two items change places.

Weights are in two parts, for what pushes an item and what pulls it may cancel to as little as their last digit.
"""

from __future__ import annotations

import numpy as np

from lossref.float64.doubled import LOG_2, Doubled, doubled, each, either, exponential, minus, over, plus, times, total
from lossref.float64.kernels import Array


def gain(grade: Array) -> Array:
    """2**grade - 1."""
    return np.ldexp(1.0, np.asarray(grade, int)) - 1.0


def discount(rank: Array) -> Doubled:
    """1 / log2(2 + rank), right to 100 bits."""
    n = 2.0 + np.asarray(rank, float)
    rough = np.log(n)
    return over((np.full_like(n, LOG_2[0]), np.full_like(n, LOG_2[1])),
                plus(doubled(rough), minus(times(doubled(n), exponential(doubled(-rough))), doubled(1.0))))


def best_gain(target: Array) -> Doubled:
    """The discounted cumulative gain of the list in its best order."""
    gains = -np.sort(-gain(target), axis=-1)
    return total(times(doubled(gains), each(lambda x: np.broadcast_to(x, gains.shape), discount(np.arange(gains.shape[-1])))))


def change_of_gain(gain: Array, other_gain: Array, high: Array, other_high: Array, low: Array, other_low: Array) -> Doubled:
    """By how much the discounted gain changes when two items, each of a gain and a discount in two parts, change places."""
    way = minus((high, low), (other_high, other_low))
    return times(doubled(np.abs(gain - other_gain)), each(lambda x: np.where(way[0] < 0, -x, x), way))


def powers(base: Array, exponent: Array) -> Doubled:
    """base**exponent for whole exponents of at least 0, by squares; 0**0 is 1."""
    left = np.asarray(exponent, int)
    square, found = doubled(np.asarray(base, float)), doubled(np.ones(np.broadcast_shapes(np.shape(base), left.shape)))
    while left.any():
        found = either(left % 2 == 1, times(found, square), found)
        square, left = times(square, square), left // 2
    return found

"""What losses of pairs share in float64 NumPy: a weighted difference of several numbers in two parts, and logistic functions of one.

Log-probabilities of long answers are large and the difference of four of them is small, and what rounding takes from an argument of
exp is a relative error of the tail: so differences stay in two parts until the end.
"""

from __future__ import annotations

import numpy as np

from lossref.float64.doubled import Doubled, doubled, each, either, minus, over, plus, times
from lossref.float64.kernels import (
    Array,
    exact_sum,
    finite_residuals,
    leader_and_tails,
    over_square,
    product_in_two,
    sigmoid,
    sigmoid_slope,
    softplus,
    sum_in_two,
    times_exp,
)

FAR = 650.0  # beyond, 1 + exp(-x) has long been 1, and exp(-x) will be subnormal


def lead(weight: Array, *terms: Array) -> tuple[Array, Array]:
    """weight times the sum of the terms, and what rounding took from it; nothing from an infinite one."""
    x = np.stack(np.broadcast_arrays(*(np.asarray(term, float) for term in terms)), axis=-1)
    shrink = np.where(np.abs(x).max(axis=-1) > 2.0**1000, 0.125, 1.0)  # so that no sum on the way overflows
    total, lost = (y[..., 0] for y in sum_in_two(shrink[..., None] * x))
    high, low = product_in_two(np.asarray(weight, float), total, lost)
    return high / shrink, np.where(np.isfinite(high), low, 0.0) / shrink


def beyond(beta: Array, *terms: Array) -> Array:
    """The sum of the terms less 1 / (2 beta), a difference that may be small: both in two parts."""
    high, low = minus(lead(1.0, *terms), over(doubled(0.5), doubled(beta)))
    return high + low


def behind_the_farthest(similarity: Array, sign: float, scale: Array, base: Array) -> tuple[Array, Array, Array]:
    """How far the farthest of 0 and of all lies on the wrong side of the base; and scale times what each is behind it, in two parts."""
    whole, parts = finite_residuals(np.asarray(similarity, float), np.asarray(base, float)[..., None])
    wrong, lost = (np.concatenate([np.zeros_like(x[..., :1]), sign * x], axis=-1) for x in parts)
    at = wrong.argmax(axis=-1)[..., None]
    top, top_lost = (np.take_along_axis(x, at, axis=-1) for x in (wrong, lost))
    high, low = (np.where(np.arange(wrong.shape[-1]) == at, 0.0, x) for x in minus((wrong, lost), (top, top_lost)))
    high, low = product_in_two(np.asarray(scale, float)[..., None], high, low)
    return ((top + top_lost) / whole)[..., 0], high / whole, np.where(np.isfinite(high), low, 0.0) / whole


def between_squares(x: Doubled, weight: Array, margin: Array) -> Doubled:
    """weight (x^2 - margin^2), or 0 where x is at most -margin."""
    found = times(doubled(weight), times(minus(x, doubled(margin)), plus(x, doubled(margin))))
    return each(lambda y: np.where(x[0] > -margin, y, 0.0), found)


def log_of_sum(exponents: Doubled) -> tuple[Doubled, Array, Array]:
    """The logarithm of a sum of exponentials along the last axis, as the largest exponent and what the others add; and each one's share."""
    top = each(lambda x: np.take_along_axis(x, exponents[0].argmax(axis=-1)[..., None], axis=-1), exponents)
    shifted = either(np.isinf(top[0]), (exponents[0], np.zeros_like(exponents[0])), minus(exponents, top))
    leader, tails, _ = leader_and_tails(*shifted)
    rest = exact_sum(tails)
    return each(lambda x: x[..., 0], top), np.log1p(rest), (leader + tails) / (1.0 + rest)[..., None]


def logistic(behind: Array, low: Array) -> Array:
    """log(1 + exp x) of x = behind + low."""
    return softplus(behind) + sigmoid(behind) * low


def logistic_slope(behind: Array, low: Array, weight: Array = 1.0) -> Array:
    """weight / (1 + exp(-x)) of x = behind + low."""
    return np.where(behind < -FAR, _tail(behind, low, weight), weight * (sigmoid(behind) + sigmoid_slope(behind) * low))


def logistic_slope_in_two(behind: Array, low: Array) -> tuple[Array, Array]:
    """1 / (1 + exp(-x)) of x = behind + low, as 0, 1/2 or 1 and what that lacks: of several that cancel the first parts do exactly."""
    tail = np.where(behind < 0, 1.0, -1.0) * logistic_slope(-np.abs(behind), np.where(behind < 0, low, -low))
    more = np.expm1(np.where(np.abs(behind) < 1, behind, 0.0))
    near = 0.5 * more / (2.0 + more) + sigmoid_slope(behind) * low
    is_near = np.abs(behind) < 1
    return np.where(is_near, 0.5, np.where(behind < 0, 0.0, 1.0)), np.where(is_near, near, tail)


def logistic_curvature(behind: Array, low: Array, weight: Array = 1.0) -> Array:
    """weight^2 exp x / (1 + exp x)^2 of x = behind + low: the second derivative in what was multiplied by the weight, rounded thrice."""
    square, missed = product_in_two(weight, weight)
    share = missed / np.where(square == 0, 1.0, square) - np.tanh(0.5 * behind) * low
    t = np.exp(-np.abs(behind))
    whole = 1.0 + t
    usual = over_square(*product_in_two(square, t, t * share), whole, t - (whole - 1.0))
    return np.where(np.abs(behind) > FAR, _tail(-np.abs(behind), share, square), usual)


def logistic_bend(behind: Array, low: Array, weight: Array = 1.0) -> Array:
    """weight^2 times the second derivative of 1 / (1 + exp(-x)) at x = behind + low: s (1 - s) (1 - 2 s)."""
    return logistic_curvature(behind, low, weight) * -np.tanh(0.5 * behind)


def _tail(x: Array, low: Array, weight: Array) -> Array:
    """weight exp(x + low): an exponential that is a subnormal number would lose digits that its weight brings back."""
    return times_exp(weight, x) * (1.0 + low)

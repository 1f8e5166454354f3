"""The scalar kernels that carry the numerical difficulty of many losses, in float64 NumPy.

Only exp, log, log1p and expm1 of NumPy are used. Each kernel adds terms of one sign and never forms 1 - p from a
rounded p, so its relative error stays within a few ulps to the last subnormal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = Any  # float64 arrays or numbers: NumPy broadcasts both alike

LOG_2 = 0.6931471805599453
SERIES_REACH = 0.35
SERIES_TERMS = 17
LINE_TERMS = 20


def as_array(x: Array) -> Array:
    """Numbers as an array of float64; what is an array already stays itself, also one whose operations are written down (`recorded`)."""
    return x if hasattr(x, "shape") else np.asarray(x, float)


def softplus(x: Array) -> Array:
    """log(1 + exp x)."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)); 1 - sigmoid(x) is sigmoid(-x)."""
    tail = np.exp(-np.abs(x))
    return np.maximum(tail, np.sign(x)) / (1.0 + tail)


def log_loss_of_logit(x: Array, no: Array, yes: Array) -> tuple[Array, Array]:
    """no log(1 + exp x) + yes log(1 + exp(-x)) for shares of sum 1, at least 0; and its slope, no s(x) - yes s(-x)."""
    # With t = exp(-|x|) and x above 0 that is no x + log(1 + t), of one sign, and (no - yes t) / (1 + t): a hard label leaves one tail.
    tail, is_up, against = np.exp(-np.abs(x)), np.greater(x, 0), np.negative(yes)
    far, near = np.where(is_up, no, against), np.where(is_up, against, no)
    return np.where(np.equal(far, 0), 0.0, far * x) + np.log1p(tail), (far + near * tail) / (1.0 + tail)


def sigmoid_slope(x: Array) -> Array:
    """s (1 - s) for s = sigmoid(x), the same for x and -x."""
    # t / (1 + t)^2 with t = exp(-|x|): no difference of rounded numbers, and what 1 + t rounds away is put back.
    t = np.exp(-np.abs(x))
    whole = 1.0 + t
    lost = t - (whole - 1.0)
    return t / (whole * whole + 2.0 * whole * lost)


def xlogy(x: Array, y: Array) -> Array:
    """x log y, with 0 log 0 = 0."""
    return np.where(np.equal(x, 0), 0.0, x * np.log(y))


def xlog1py(x: Array, y: Array) -> Array:
    """x log(1 + y), with 0 log 0 = 0."""
    return np.where(np.equal(x, 0), 0.0, x * np.log1p(y))


def log1mexp(x: Array) -> Array:
    """log(1 - exp x) for x <= 0; -inf at 0."""
    # Where exp x is more than a half, 1 - exp x is -expm1 x without rounding exp x first (Maechler's switch at log 2).
    return np.where(np.greater(x, -LOG_2), np.log(-np.expm1(x)), np.log1p(-np.exp(x)))


def exp_less_line(x: Array) -> Array:
    """exp x - 1 - x, at least 0."""
    # Next to 0 by its series, x^2 / 2 (1 + x / 3 (1 + x / 4 (1 + ...))): there both differences cancel.
    near = np.abs(x) < 1.0
    y, series = np.where(near, x, 0.0), np.ones(np.shape(x))
    for k in range(LINE_TERMS, 2, -1):
        series = 1.0 + y / k * series
    return np.where(near, (0.5 * y) * y * series, np.expm1(x) - np.minimum(x, 710.0))


def nats(base: Array) -> Array:
    """The logarithm's unit: log base, and 1 for base 1, which stands for the natural logarithm."""
    return np.where(np.equal(base, 1), 1.0, np.log(np.where(np.equal(base, 1), 2.0, base)))


def xlogratio(x: Array, y: Array) -> Array:
    """x log(x / y), with 0 log 0 = 0; infinite for y = 0 < x."""
    ratio = np.divide(x, y)
    usual = (ratio > 0) & np.isfinite(ratio)
    logarithm = np.where(usual, np.log(np.where(usual, ratio, 1.0)), np.log(x) - np.log(y))
    return np.where(np.equal(x, 0), 0.0, x * logarithm)


def are_close(x: Array, y: Array) -> Array:
    """Where x and y, at least 0, are within a factor of about 2, so that log(x / y) is small beside them."""
    return np.abs(np.subtract(x, y)) < SERIES_REACH * np.add(x, y)


def bregman_log(x: Array, y: Array) -> Array:
    """x log(x / y) - x + y for close x and y: the divergence of one entry, at least 0."""
    return _bregman_log(x, np.subtract(x, y), np.add(x, y))


def log1p_less(u: Array) -> Array:
    """u - log(1 + u) for u from -1/2 to 1, at least 0."""
    return _bregman_log(1.0, np.negative(u), np.add(2.0, u))


def _bregman_log(x: Array, difference: Array, total: Array) -> Array:
    """x log(x / y) - x + y of close x and y, from x - y and x + y."""
    # Loader's expansion: x log(x/y) = 2x (v + v^3/3 + v^5/5 + ...), whose first term minus (x - y) is (x - y) v.
    v = difference / total
    square, series = v * v, np.zeros_like(v)
    for k in range(SERIES_TERMS, 0, -1):
        series = (series + 1.0 / (2 * k + 1)) * square
    return difference * v + 2.0 * x * v * series


def exact_sum(terms: Array) -> Array:
    """The sum along the last axis, rounded once (twice at worst): pairwise, what rounds away put back."""
    x, lost = np.asarray(terms, float), 0.0
    while (half := x.shape[-1] // 2) > 0:
        a, b, odd = x[..., :half], x[..., half : 2 * half], x[..., 2 * half :]
        total = a + b
        virtual = total - a
        lost = lost + ((a - (total - virtual)) + (b - virtual)).sum(axis=-1)
        x = np.concatenate([total, odd], axis=-1) if odd.shape[-1] else total
    total = x[..., 0]
    return total + np.where(np.isfinite(total), lost, 0.0)


def sum_of_positives(terms: Array, axis: int = -1, room: Any = None) -> Array:
    """The sum along an axis, which stays with one entry, of terms that are at least 0: rounded once, but for parts in 2**53 of that.

    An array may be there to work in.
    """
    largest = terms.max(axis=axis, keepdims=True)
    total, rest = parted(terms, np.ldexp(1.0, np.frexp(largest)[1] + terms.shape[axis].bit_length()), axis, room)
    return total + rest.sum(axis=axis, keepdims=True)


def parted(terms: Array, above: Array, axis: int | None = None, room: Any = None) -> tuple[Array, Array]:
    """The sum of what the terms have in the places of a power of two, and what is left of each.

    Of n < 2**j numbers below 2**k what lies at or above the last place of 2**(k + j) adds up to less than 2**53 such places, so the
    sum is exact in any order, and what is left of each is below 2**(k + j - 53) (S. M. Rump, T. Ogita and S. Oishi, Accurate
    floating-point summation, 2008).
    """
    part = np.add(terms, above, out=room)
    part -= above
    total = part.sum(axis=axis, keepdims=axis is not None)
    return total, np.subtract(terms, part, out=part)


def sum_in_two(terms: Array) -> tuple[Array, Array]:
    """The sum along the last axis, which stays with one entry, and what rounding took from it; nothing from an infinite sum."""
    x = np.asarray(terms, float)
    total = exact_sum(x)[..., None]
    lost = exact_sum(np.concatenate([x, -total], axis=-1))[..., None]
    return total, np.where(np.isfinite(lost), lost, 0.0)


def two_difference(a: Array, b: Array) -> tuple[Array, Array]:
    """a - b and what rounding took from it (Knuth); nothing where a step on the way is infinite."""
    difference = np.subtract(a, b)
    virtual = difference - a
    lost = (a - (difference - virtual)) - (b + virtual)
    return difference, np.where(np.isfinite(lost), lost, 0.0)


def finite_residual(prediction: Array, target: Array, scale: Array) -> tuple[Array, tuple[Array, Array], Array]:
    """A factor that keeps the residual finite, the residual times it, in two parts, and the scale times it."""
    whole = np.where(np.maximum(np.abs(prediction), np.abs(target)) > 2.0**1000, 0.5, 1.0)
    return whole, two_difference(whole * prediction, whole * as_array(target)), whole * as_array(scale)


def finite_residuals(prediction: Array, target: Array) -> tuple[Array, tuple[Array, Array]]:
    """A factor for each row of the last axis that keeps its residuals finite, and the residuals times it, in two parts."""
    largest = np.maximum(np.abs(prediction), np.abs(target)).max(axis=-1, keepdims=True)
    whole = np.where((largest > 2.0**1000) & np.isfinite(largest), 0.5, 1.0)
    return whole, two_difference(whole * prediction, whole * as_array(target))


def two_product(a: Array, b: Array) -> tuple[Array, Array]:
    """a b and what rounding took from it (Dekker); NaN where a number is too large or too small to be split."""
    product, lost = two_product_of_moderate(a, b)
    exact_zero = np.equal(a, 0) | np.equal(b, 0)
    return product, np.where(exact_zero, 0.0, np.where(np.abs(product) > 1e-280, lost, np.nan))


def two_product_of_moderate(a: Array, b: Array) -> tuple[Array, Array]:
    """The same of numbers that are 0 or moderate, of which none is too large or too small."""
    product = np.multiply(a, b)
    (a_high, a_low), (b_high, b_low) = _halves(a), _halves(b)
    return product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


def product_in_two(a: Array, b: Array, b_low: Array = 0.0) -> tuple[Array, Array]:
    """a times the number b + b_low, in two parts; where a product is too small to be split its rounding stays."""
    product, lost = two_product(a, b)
    return product, np.nan_to_num(lost) + a * b_low


def over_square(top: Array, top_low: Array, whole: Array, whole_low: Array) -> Array:
    """(top + top_low) / (whole + whole_low)^2 of numbers in two parts, rounded twice."""
    square, lost = product_in_two(whole, whole, 2.0 * whole_low)
    return (top + (top_low - top * (lost / square))) / square


def _halves(x: Array) -> tuple[Array, Array]:
    shifted = np.multiply(x, 2.0**27 + 1)
    high = shifted - (shifted - x)
    return high, x - high


def sum_of_others(weights: Array) -> Array:
    """For each entry of the last axis, weights >= 0, the sum of the others; where it is the largest nothing is subtracted."""
    w = np.asarray(weights, float)
    largest = np.arange(w.shape[-1]) == w.argmax(axis=-1)[..., None]
    rest = exact_sum(np.where(largest, 0.0, w))[..., None]
    return np.where(largest, rest, w.max(axis=-1, keepdims=True) + (rest - w))


def leader_and_tails(logits: Array, low: Array = 0.0) -> tuple[Array, Array, Array]:
    """Softmax's parts along the last axis: where one leader (a largest entry) is, exp(z_j - z_max), and z_max - z_j.

    The leader's exponential, 1, is left out (0 stands there), so that a sum of the others keeps small tails. What the
    subtraction rounds away (Knuth's two-sum) is put back, as a relative error of exp; `low` is what rounding had taken from
    the logits themselves.
    """
    z = np.asarray(logits, float)
    first, rooms = z.argmax(axis=-1)[..., None], [np.empty(z.shape) for _ in range(3)]
    lows = low - np.take_along_axis(low, first, axis=-1) if np.ndim(low) else None
    behind_the_largest(z, np.take_along_axis(z, first, axis=-1), lows, rooms)
    difference, lost, _ = rooms
    leader, tails = np.arange(z.shape[-1]) == first, np.exp(difference)
    tails = np.where(leader, 0.0, tails + tails * lost)
    return leader, tails, np.where(leader, 0.0, -difference - lost)


def behind_the_largest(z: Array, top: Array, low: Any, rooms: Sequence[Array]) -> None:
    """In the first two of three arrays z_j - z_max, and what rounding took from it, which `low` adds to if it is there.

    What is infinite on the way has lost nothing.
    """
    difference, lost, virtual, *_ = rooms
    # As `two_difference` has it, in place: what takes the time is arrays, and not arithmetic.
    np.subtract(z, top, out=difference)
    np.subtract(difference, z, out=virtual)
    np.subtract(difference, virtual, out=lost)
    np.subtract(z, lost, out=lost)
    virtual += top
    lost -= virtual
    if low is not None:
        lost += low
    if not np.isfinite(lost.sum()):  # a step on the way was infinite
        lost[~(np.isfinite(lost) & np.isfinite(difference))] = 0.0


def one_hot(index: Array, classes: int) -> Array:
    """Rows with a 1 at each index."""
    return np.asarray(np.asarray(index)[..., None] == np.arange(classes), float)


def softmax_slope(logits: Array, weight: Any = 1.0) -> Array:
    """weight p (1 - p) for p = softmax(logits), from the smaller of the two; the leader's 1 - p is the sum of the others."""
    leader, tails, _ = leader_and_tails(logits)
    rest = exact_sum(tails)[..., None]
    t = np.where(leader, np.minimum(rest, 1.0), tails) / (1.0 + rest)
    z = np.asarray(logits, float)
    difference, lost = two_difference(z, z.max(axis=-1, keepdims=True))
    half = np.exp(0.5 * difference)
    tiny = half * weight * half  # a subnormal tail would lose digits that its weight brings back
    product = np.where(~leader & (tails < 1e-290), tiny + tiny * lost, weight * np.where(leader, np.minimum(rest, 1.0), tails))
    return product / (1.0 + rest) * (1.0 - t)


def weighted_tails(lag: Array, weights: Array) -> Array:
    """exp(-lag) times weights >= 0, where the exponential alone would lose digits as a subnormal number."""
    tails, half = np.exp(-lag), np.exp(-0.5 * lag)
    return np.where(tails < 1e-290, (half * weights) * half, tails * weights)


def times_exp(weights: Array, x: Array) -> Array:
    """weights exp(x) for weights >= 0, where the exponential alone would leave the format and the product does not."""
    far = np.abs(x) > 700.0
    q = np.exp(0.25 * np.where(far, np.maximum(x, -2800.0), 0.0))
    product = np.where(far, weights * q * q * q * q, weights * np.exp(np.where(far, 0.0, x)))
    return np.where(np.equal(weights, 0), 0.0, product)


def within_reach(weights: Any, others: Any) -> tuple[Array, Array, Array]:
    """Weights whose sums do not overflow, by a power of two, the other array broadcast with them, and the factor that leads back."""
    weights, others = np.broadcast_arrays(as_array(weights), others)
    factor = np.where(weights.max(axis=-1, keepdims=True) > 2.0**960, 2.0**64, 1.0)
    return weights / factor, others, factor


def with_first_order(cross: Array, miss: Array, hit: Array, epsilon: Array) -> tuple[Array, Array]:
    """Cross-entropy plus epsilon >= -1 times the miss, 1 - p of the hit p, and what the slope of cross-entropy is multiplied by."""
    # Terms of one sign: for an epsilon below 0 those of (1 + epsilon) c - epsilon (c - (1 - p)), and of 1 + epsilon - epsilon (1 - p).
    whole = np.add(1.0, epsilon)
    # c - (1 - p) is u - log(1 + u) for u = p - 1; next to p = 1/2 it is log 2 - 1/2, and two terms of one sign for p = (1 + u) / 2.
    below = np.clip(2.0 * hit - 1.0, -0.5, 0.0)
    middle = (LOG_2 - 0.5) + (log1p_less(below) - 0.5 * below)
    excess = np.where(miss < 0.5, log1p_less(-np.minimum(miss, 0.5)), np.where(miss < 0.75, middle, cross - miss))
    scaled = np.where(whole == 0, 0.0, whole * cross)
    value = np.where(np.less(epsilon, 0), scaled - epsilon * excess, cross + epsilon * miss)
    return value, np.where(np.less(epsilon, 0), whole - epsilon * miss, 1.0 + epsilon * hit)


def power(exponent: Array, logarithm: Array, twos: Array = 0.0) -> Array:
    """(2**twos exp(logarithm)) to a power: a large exponent times a long logarithm in one number would lose its digits in exp."""
    (high, low), (places, rest) = two_product(exponent, logarithm), two_product(exponent, twos)
    whole = np.rint(places)
    found = np.exp(high + LOG_2 * ((places - whole) + np.nan_to_num(rest))) * (1.0 + np.nan_to_num(low))
    return np.ldexp(found, np.clip(whole, -5000, 5000).astype(int))

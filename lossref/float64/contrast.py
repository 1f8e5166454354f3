"""The softmax of every vector of a batch over its cosines with all others, in float64 NumPy: the loss of two views, and its slopes.

A slope is a sum of many directions that cancel, the more so the more alike the vectors are, and softmax's shares depend on differences of
cosines. So cosines, shares and sums have twice float64's precision. Where even that is lost all vectors point nearly one way, and
what is left is made of differences, of directions, of cosines and of shares, each formed before anything is rounded.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lossref.float64.doubled import Doubled, doubled, each, exponential, minus, over, plus, root, times, total
from lossref.float64.kernels import Array, exact_sum
from lossref.float64.softmax import log_loss_of_logits
from lossref.float64.vectors import across, cosine, is_leader, norm, scaled

LIFT = 512  # shares are kept times this power of two: where a vector is short its slope may be large, and the share subnormal
BLOCK = 1 << 18  # products made at a time
REACH = 2.0**-40  # of the terms of a sum of twice the precision: what is less is left to differences


def contrast(first: Array, second: Array, temperature: Array, at_zero: Array) -> Array:
    """The mean over all vectors of -log of the other view's share in the softmax of c / T over all others."""
    x = np.concatenate(np.broadcast_arrays(first, second), axis=-2)
    high, low = _logits(_cosines(_directions(x), at_zero), temperature)
    return exact_sum(log_loss_of_logits(high, _partners(x), low)[0]) / x.shape[-2]


def contrast_slopes(first: Array, second: Array, temperature: Array, at_zero: Array) -> tuple[Array, Array]:
    """Its slopes in both views.

    With s_ik the share of k in the softmax of i, p the other view of i, k all others and v_ik the slope of c_ik in x_i, the slope in x_i is
    1 / (2 n T) times the sum over k of (s_ik + s_ki) v_ik - (s_ik + s_pk) v_ip.
    """
    x, exponent = scaled(np.concatenate(np.broadcast_arrays(first, second), axis=-2))
    u = _directions(x)
    c = _cosines(u, at_zero)
    shares = lifted_shares(_logits(c, temperature))
    slopes, terms = _summed(u, c, shares)
    is_lost = ~((np.abs(slopes) > REACH * terms) & (np.abs(slopes) > 1e-100))
    if is_lost.any():
        slopes = np.where(is_lost, _of_differences(x, shares[0], temperature, at_zero), slopes)
    mantissa, power = np.frexp(np.asarray(temperature)[..., None, None])
    slopes = slopes / (x.shape[-2] * mantissa) / np.where(norm(x) == 0, 1.0, norm(x))
    slopes, half = np.ldexp(slopes, -power - exponent - LIFT), x.shape[-2] // 2
    return slopes[..., :half, :], slopes[..., half:, :]


def _partners(x: Array) -> Array:
    """For each vector the index of its other view."""
    return np.roll(np.arange(x.shape[-2]), x.shape[-2] // 2)


def _are_others(x: Array) -> Array:
    """Whether k is neither i nor its other view."""
    me = np.arange(x.shape[-2])
    return (me != me[:, None]) & (me != _partners(x)[:, None])


def _are_zero(x: Array) -> Array:
    """Whether i or k is a vector of zeros."""
    zero = (x == 0).all(axis=-1)
    return zero[..., :, None] | zero[..., None, :]


def _directions(x: Array) -> Doubled:
    """Vectors of length 1; a vector of zeros stays."""
    y = doubled(scaled(x)[0])
    return over(y, each(lambda z: z[..., None], root(total(times(y, y)))))


def _cosines(u: Doubled, at_zero: Array) -> Doubled:
    high, low = by_rows(lambda rows: total(times(each(lambda y: y[..., rows, None, :], u), each(_of_k, u))), u[0])
    c, zero = (high, low), _are_zero(u[0])
    return np.where(zero, np.asarray(at_zero)[..., None, None], c[0]), np.where(zero, 0.0, c[1])


def by_rows(function: Callable[[slice], tuple[Array, ...]], x: Array) -> tuple[Array, ...]:
    """Arrays with a row for each vector i, made of few i at a time: what is made of their products with all k has an entry for each."""
    step = max(1, BLOCK // max(1, x.size))
    blocks = [function(slice(start, start + step)) for start in range(0, x.shape[-2], step)]
    return tuple(np.concatenate(parts, axis=-2) for parts in zip(*blocks, strict=True))


def _of_i(x: Array) -> Array:
    return x[..., :, None, :]


def _of_k(x: Array) -> Array:
    return x[..., None, :, :]


def _logits(c: Doubled, temperature: Array) -> Doubled:
    """(c_ik - max_k c_ik) / T; -inf for a vector and itself."""
    itself = np.eye(c[0].shape[-1], dtype=bool)
    top = np.where(itself, -np.inf, c[0]).argmax(axis=-1)[..., None]
    high, low = over(minus(c, each(lambda y: np.take_along_axis(y, top, axis=-1), c)), doubled(np.asarray(temperature)[..., None, None]))
    return np.where(itself, -np.inf, high), np.where(itself, 0.0, low)


def lifted_shares(logits: Doubled) -> Doubled:
    """exp of each logit, at most 0, over their sum, times 2**LIFT."""
    powers = exponential(logits, LIFT)
    return over(powers, each(lambda y: np.ldexp(y, -LIFT)[..., None], total(powers)))


def _summed(u: Doubled, c: Doubled, shares: Doubled) -> tuple[Array, Array]:
    """The sum over k for vectors of length 1, and that of the sizes of its terms."""
    others, partner = _are_others(u[0]), _partners(u[0])
    away = total(each(lambda y: np.where(others, y, 0.0), shares))
    away = plus(away, each(lambda y: y[..., partner], away))
    pull = plus(shares, each(lambda y: np.swapaxes(y, -1, -2), shares))
    to_partner = np.arange(len(partner)) == partner[:, None]
    weights = minus(each(lambda y: np.where(others, y, 0.0), pull), each(lambda y: np.where(to_partner, y[..., None], 0.0), away))
    zero = _are_zero(u[0])

    def summed(rows: slice) -> tuple[Array, Array, Array]:
        of_i, of_k = each(lambda y: y[..., rows, None, :], u), each(_of_k, u)
        c_i, weights_i = (each(lambda y: y[..., rows, :, None], x) for x in (c, weights))
        slopes = each(lambda y: np.where(zero[..., rows, :, None], 0.0, y), minus(of_k, times(c_i, of_i)))
        sums = total(each(lambda y: np.swapaxes(y, -1, -2), times(weights_i, slopes)))
        return *sums, (np.abs(weights_i[0]) * (np.abs(of_k[0]) + np.abs(of_i[0]))).sum(axis=-2)

    high, low, sizes = by_rows(summed, u[0])
    sums = high, low
    # The sum has no part along u_i, which tells its entry where that of u_i is largest by its other entries.
    top = is_leader(u[0])
    largest = each(lambda y: np.where(top, y, 0.0).sum(axis=-1), u)
    beside, beside_sizes = each(lambda y: np.where(top, 0.0, y), times(sums, u)), np.where(top, 0.0, sizes * np.abs(u[0]))
    high, low = each(lambda y: y[..., None], over(total(beside), (-largest[0], -largest[1])))
    sizes = np.where(top, (beside_sizes.sum(axis=-1) / np.where(largest[0] == 0, 1.0, np.abs(largest[0])))[..., None], sizes)
    return np.where(top, high + low, sums[0] + sums[1]), sizes


def _of_differences(x: Array, shares: Array, temperature: Array, at_zero: Array) -> Array:
    """The sum over k of (s_ik + s_ki) (v_ik - v_ip) + (s_ki - s_pk) v_ip, for vectors of length 1."""
    partner, me, others, length = _partners(x), np.arange(x.shape[-2]), _are_others(x), norm(x)[..., None, :]
    whole, rest, slope, _ = cosine(_of_i(x), _of_k(x), np.asarray(at_zero)[..., None, None])
    slope = slope * length
    # u_k = (u_k across u_p) + c_pk u_p, and of v_ik - v_ip the part across u_p, less (1 - c_pk) v_ip, has nothing of i's own to cancel.
    to_partner = slope[..., me, partner, :][..., None, :]
    beside, power = scaled(slope[..., partner, :, :])
    turn = np.ldexp(across(_of_i(x), beside), power) + rest[..., partner, :, None] * to_partner
    turn = np.where(whole[..., partner, :, None] == 1, turn, slope - to_partner)
    pull = shares + np.swapaxes(shares, -1, -2)
    push = np.stack([_gain(whole, rest, shares, i, partner[i], temperature) for i in me], axis=-2)
    terms = np.concatenate([pull[..., None] * turn, push[..., None] * to_partner], axis=-2)
    return exact_sum(np.swapaxes(np.where(np.tile(others, 2)[..., None], terms, 0.0), -1, -2))


def _gain(whole: Array, rest: Array, shares: Array, i: int, p: int, temperature: Array) -> Array:
    """s_ki - s_pk for every k: the share of i in the softmax of k less that of k in the softmax of p."""
    me, ours, T = np.arange(whole.shape[-1]), shares[..., p, :], np.asarray(temperature)[..., None, None]
    nearer = ((whole - whole[..., p, None, :]) + (rest - rest[..., p, None, :])) / T  # (c_kl - c_pl) / T for every k and l
    closer = nearer[..., i, :]  # (c_ik - c_pk) / T
    # s_ki / s_pk is exp of the latter, less what the softmax of k adds up to more than that of p: l by l, each term from the larger one.
    less = np.expm1(-np.abs(nearer)) * np.where(nearer < 0, ours[..., None, :], shares)
    less = np.ldexp(np.where((me == p) | (me == me[:, None]), 0.0, less), -LIFT)
    lower, higher = (exact_sum(np.where(which, less, 0.0)) for which in (nearer < 0, nearer > 0))
    is_alike = (np.abs(closer) < 0.5) & (lower > -0.5) & (higher > -0.5)
    return np.where(is_alike, ours * np.expm1(closer + np.log1p(higher) - np.log1p(lower)), shares[..., i] - ours)

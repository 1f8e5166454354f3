"""Cross-entropy of linear scores, the layer and the loss in one, in float64 NumPy: scores are sums of products in two parts."""

from __future__ import annotations

import numpy as np

from lossref.float64.kernels import Array, exact_sum, leader_and_tails, product_in_two, sum_in_two, two_difference


def linear_cross(hidden: Array, weight: Array, bias: Array, target: Array) -> Array:
    """The mean over rows x of log(sum_j exp z_j) - z_y for z = W x + b."""
    _, tails, lag = leader_and_tails(*_scores(hidden, weight, bias))
    cross = np.where(_truth(lag, target), lag, 0.0).sum(axis=-1) + np.log1p(exact_sum(tails))
    return exact_sum(cross / cross.shape[-1])


def linear_slopes(hidden: Array, weight: Array, bias: Array, target: Array) -> tuple[Array, Array, Array]:
    """Its slopes in the rows, in W and in b."""
    leader, tails, _ = leader_and_tails(*_scores(hidden, weight, bias))
    truth, rest = _truth(tails, target), exact_sum(tails)[..., None]
    (x, x_places), (w, w_places) = _within(hidden), _within(weight)
    # A row's slope is the sum of each other class's share times how far its weights are from the target's.
    shares = np.where(truth, 0.0, np.where(leader, 1.0, tails) / (1.0 + rest))
    fitted, places = _fitted(w, np.asarray(target)[..., None], axes=2)
    own = np.take_along_axis(fitted, places, axis=-2)
    apart = two_difference(w[..., None, :, :], own[..., None, :])
    of_hidden = exact_sum(np.concatenate([np.swapaxes(shares[..., None] * part, -1, -2) for part in apart], axis=-1))
    # Slopes in the scores as whole numbers and small ones: between rows the whole ones cancel.
    is_sure = leader & (rest < 1.0)
    several = _fitted(np.where(is_sure, 1.0, 0.0) - truth, np.where(is_sure, -rest, np.where(leader, 1.0, tails)) / (1.0 + rest))
    slopes = np.concatenate(several, axis=-2)
    of_weight = exact_sum(np.moveaxis(slopes[..., None] * np.concatenate([x, x], axis=-2)[..., None, :], -3, -1))
    rows = tails.shape[-2]
    return np.ldexp(of_hidden / rows, w_places), np.ldexp(of_weight / rows, x_places), exact_sum(np.swapaxes(slopes, -1, -2)) / rows


def _truth(scores: Array, target: Array) -> Array:
    return np.arange(scores.shape[-1]) == np.asarray(target)[..., None]


def _within(rows: Array) -> tuple[Array, Array]:
    """Rows whose sums do not overflow, and the powers of two that this took from their columns."""
    places = np.where(np.abs(rows).max(axis=-2, keepdims=True, initial=0.0) > 2.0**990, 30, 0)
    return np.ldexp(np.asarray(rows, float), -places), places


def _scores(hidden: Array, weight: Array, bias: Array) -> tuple[Array, Array]:
    """Each row's scores less the largest, which no product overflows on the way to, and what rounding took from them."""
    x, w, b = np.asarray(hidden, float), np.asarray(weight, float), np.asarray(bias, float)[..., None, :, None]
    places = np.frexp(np.abs(w).max(axis=-2, keepdims=True, initial=0.0))[1]
    over = np.maximum((np.frexp(x)[1] + places).max(axis=-1, keepdims=True), np.frexp(np.abs(b).max(axis=-2))[1])
    over = np.maximum(over - 900, 0)
    pairs = product_in_two(np.ldexp(x, places - over)[..., None, :], np.ldexp(w, -places)[..., None, :, :])
    scores, low = sum_in_two(np.concatenate(_fitted(*pairs, np.ldexp(b, -over[..., None])), axis=-1))
    scores, low = scores[..., 0], low[..., 0]
    leader = scores.argmax(axis=-1)[..., None]
    gap, lost = two_difference(scores, np.take_along_axis(scores, leader, axis=-1))
    return np.ldexp(gap, over), np.ldexp(lost + (low - np.take_along_axis(low, leader, axis=-1)), over)


def _fitted(*several: Array, axes: int = 1) -> list[Array]:
    """Arrays that differ in the last axes alone, broadcast in all others."""
    leading = np.broadcast_shapes(*(x.shape[:-axes] for x in several))
    return [np.broadcast_to(x, leading + x.shape[-axes:]) for x in several]

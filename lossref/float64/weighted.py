"""Softmax cross-entropy with a weight for every class, in float64 NumPy: weights of any sum, which need not be distributions."""

from __future__ import annotations

import numpy as np

from lossref.float64.kernels import Array, exact_sum, leader_and_tails, weighted_tails, within_reach


def weighted_cross(logits: Array, target: Array, low: Array = 0.0) -> Array:
    """S log(sum_j exp z_j) - sum_j t_j z_j for S = sum_j t_j; `low` is what rounding had taken from the logits."""
    # The sum of t_j (z_max - z_j) + S log1p(sum of the others): terms of one sign.
    leader, tails, lag = leader_and_tails(logits, low)
    weight, lag, factor = within_reach(target, lag)
    rest, total = exact_sum(tails), exact_sum(weight)
    tiny = exact_sum(np.where(leader, 0.0, weighted_tails(lag, total[..., None])))
    behind = exact_sum(np.where(weight == 0, 0.0, _times_lag(weight, lag, logits)))
    return (behind + np.where(rest < 1e-290, tiny, total * np.log1p(rest))) * factor[..., 0]


def _times_lag(weight: Array, lag: Array, logits: Array) -> Array:
    """Weight times lag, where the lag of finite logits overflows by its half."""
    if not np.isinf(lag).any():
        return weight * lag
    half = 0.5 * np.max(logits, axis=-1, keepdims=True) - 0.5 * np.asarray(logits)
    return np.where(np.isinf(lag), 2.0 * (weight * half), weight * lag)

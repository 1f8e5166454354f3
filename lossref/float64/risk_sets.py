"""Partial likelihoods of survival in float64 NumPy: for each time the softmax of those at risk, weighted by who has the event then."""

from __future__ import annotations

import numpy as np

from lossref.float64.doubled import doubled, each, either, exponential, minus, over, plus, times, total
from lossref.float64.kernels import Array, exact_sum, softmax_slope, two_difference
from lossref.float64.weighted import weighted_cross
from lossref.spaces import Times

TIMES = Times("n").choices


def partial_cost(log_hazard: Array, event: Array, time: Array) -> Array:
    """The sum over events of the logarithm of the hazards at risk, less one's own."""
    return exact_sum(weighted_cross(*_at_risk(log_hazard, event, time)))


def partial_slopes(log_hazard: Array, event: Array, time: Array) -> Array:
    """Its slopes, in two parts until the end: what several events pull and push one subject by may cancel, be it all shares of one."""
    logits, weights = _at_risk(log_hazard, event, time)
    leader = np.arange(logits.shape[-1]) == logits.argmax(axis=-1)[..., None]
    behind = two_difference(logits, logits.max(axis=-1, keepdims=True))
    tails = either(leader | (logits == -np.inf), doubled(0.0), exponential(behind))
    rest, events = each(lambda y: y[..., None], total(tails)), weights.sum(axis=-1, keepdims=True)
    whole = plus(doubled(1.0), rest)
    # S p_j - t_j, and of the largest, whose p may be next to 1, S - t_j less t_j times the sum of the others.
    own = minus(times(doubled(events), tails), times(doubled(weights), whole))
    largest = minus(doubled(events - weights), times(doubled(weights), rest))
    found = total(each(lambda y: np.swapaxes(y, -1, -2), over(either(leader, largest, own), whole)))
    return found[0] + found[1]


def partial_bends(log_hazard: Array, event: Array, time: Array) -> Array:
    """Its second derivatives."""
    logits, weights = _at_risk(log_hazard, event, time)
    return exact_sum(np.swapaxes(softmax_slope(logits, exact_sum(weights)[..., None]), -1, -2))


def _at_risk(log_hazard: Array, event: Array, time: Array) -> tuple[Array, Array]:
    """A row for each time: the hazards from then on, and 1 for each event then. Without events a row counts nothing, but for NaN."""
    x, e, t = (y[..., None, :] for y in np.broadcast_arrays(np.asarray(log_hazard, float), event, time))
    times = np.array(TIMES)[:, None]
    weights = np.where(t == times, e, 0.0)
    logits = np.where(t < times, -np.inf, x)
    alone = (t >= times) & (logits.max(axis=-1, keepdims=True) == -np.inf)  # with others that are as unlikely, at most
    counts = weights.any(axis=-1, keepdims=True)
    return np.where(alone | ~(counts | np.isnan(x)), 0.0, logits), weights

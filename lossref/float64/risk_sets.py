"""Partial likelihoods of survival in float64 NumPy: for each time the softmax of those at risk, weighted by who has the event then."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

import numpy as np

from lossref.float64.doubled import Doubled, brief_exponential, doubled, each, either, minus, over, plus, times, total
from lossref.float64.kernels import Array, exact_sum, softmax_slope, two_difference
from lossref.float64.lists import block, portion_by_portion
from lossref.float64.weighted import weighted_cross

Rows = Iterator[tuple[Array, Array]]


def partial_cost(log_hazard: Array, event: Array, time: Array) -> Array:
    """The sum over events of the logarithm of the hazards at risk, less one's own."""

    def sums(*cohorts: Array) -> Array:
        return exact_sum(np.concatenate([weighted_cross(*rows) for rows in _at_risk(*cohorts)], axis=-1))

    return portion_by_portion(sums, log_hazard, event, time)


def partial_slopes(log_hazard: Array, event: Array, time: Array) -> Array:
    """Its slopes, in two parts until the end: what several events pull and push one subject by may cancel, be it all shares of one."""

    def sums(*cohorts: Array) -> Array:
        found = reduce(plus, (_slopes(*rows) for rows in _at_risk(*cohorts)))
        return found[0] + found[1]

    return portion_by_portion(sums, log_hazard, event, time)


def partial_bends(log_hazard: Array, event: Array, time: Array) -> Array:
    """Its second derivatives."""

    def sums(*cohorts: Array) -> Array:
        bends = (softmax_slope(logits, exact_sum(weights)[..., None]) for logits, weights in _at_risk(*cohorts))
        return exact_sum(np.stack([exact_sum(np.swapaxes(of_all, -1, -2)) for of_all in bends], axis=-1))

    return portion_by_portion(sums, log_hazard, event, time)


def _slopes(logits: Array, weights: Array) -> Doubled:
    """Those of all events of some times together."""
    leader = np.arange(logits.shape[-1]) == logits.argmax(axis=-1)[..., None]
    behind = two_difference(logits, logits.max(axis=-1, keepdims=True))
    tails = either(leader | (logits == -np.inf), doubled(0.0), brief_exponential(behind))
    rest, events = each(lambda y: y[..., None], total(tails)), weights.sum(axis=-1, keepdims=True)
    whole = plus(doubled(1.0), rest)
    # S p_j - t_j, and of the largest, whose p may be next to 1, S - t_j less t_j times the sum of the others.
    own = minus(times(doubled(events), tails), times(doubled(weights), whole))
    largest = minus(doubled(events - weights), times(doubled(weights), rest))
    return total(each(lambda y: np.swapaxes(y, -1, -2), over(either(leader, largest, own), whole)))


def _at_risk(log_hazard: Array, event: Array, time: Array) -> Rows:
    """Of some times at once a row each: the hazards from then on, and 1 for each event then. Rows without events count nothing but NaN."""
    x, e, t = (y[..., None, :] for y in (log_hazard, event, time))
    length = x.shape[-1]
    for k in range(0, length, block(length)):
        now = np.arange(k, min(length, k + block(length)))[:, None]
        weights = np.where(t == now, e, 0.0)
        logits = np.where(t < now, -np.inf, x)
        alone = (t >= now) & (logits.max(axis=-1, keepdims=True) == -np.inf)  # with others that are as unlikely, at most
        counts = weights.any(axis=-1, keepdims=True)
        yield np.where(alone | ~(counts | np.isnan(x)), 0.0, logits), weights

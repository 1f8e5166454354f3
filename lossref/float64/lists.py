"""What losses of lists share in float64 NumPy: sums over the pairs of a list, a block of items against all at a time.

So memory grows with the list, though time grows with its square.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from lossref.float64.doubled import Doubled
from lossref.float64.kernels import Array, exact_sum, two_difference
from lossref.float64.pairs import logistic, logistic_curvature, logistic_slope_in_two

PAIRS = 1 << 18  # in a block, of all rows together

# Of the scores of an item and of others; of 1 where its mark is above theirs, -1 below, or 0; and of whatever else each has, in turn.
Term = Callable[..., Array]
Weigh = Callable[..., Doubled]  # of what an item and others have, in turn


def over_others(term: Term, scores: Array, target: Array, *besides: Array) -> Array:
    """For each item of the last axis the sum, rounded once, of what the term gives for it and each other; along its last axis."""

    def sums(*rows: Array) -> Array:
        return np.concatenate([exact_sum(found) for found in _blocks(term, *rows)], axis=-1)

    return portion_by_portion(sums, scores, target, *besides)


def over_pairs(term: Term, scores: Array, target: Array, *besides: Array) -> Array:
    """The sum over all pairs, each taken once, as the better item and the other; rounded once for each block."""

    def once(item: Array, other: Array, order: Array, *each: Array) -> Array:
        return np.where(order > 0, term(item, other, order, *each), 0.0)

    def sums(*rows: Array) -> Array:
        flat = (found.reshape(len(found), math.prod(found.shape[1:])) for found in _blocks(once, *rows))
        return exact_sum(np.stack([exact_sum(terms) for terms in flat], axis=-1))

    return portion_by_portion(sums, scores, target, *besides)


def portion_by_portion(sums: Callable[..., Array], *arrays: Array) -> Array:
    """What a function gives for some rows at a time; a row is always cut alike, so that its sum does not depend on the others."""
    rows = np.broadcast_arrays(*(np.asarray(x, float) for x in arrays))
    *ahead, length = rows[0].shape
    count, flat = math.prod(ahead), [x.reshape((math.prod(ahead), length)) for x in rows]
    step = max(1, PAIRS // max(1, length * block(length)))
    found = np.concatenate([sums(*(x[k : k + step] for x in flat)) for k in range(0, max(1, count), step)])
    return found.reshape((*ahead, *found.shape[1:]))


def block(length: int) -> int:
    """How many items of a list are taken together with all of them."""
    return max(1, min(length, PAIRS // max(1, length)))


def _blocks(term: Term, s: Array, y: Array, *more: Array) -> Iterator[Array]:
    """The terms of some items, the last axis but one, and all others."""
    step = block(s.shape[-1])
    for k in range(0, s.shape[-1], step):
        item, mark, *its = (x[..., k : k + step, None] for x in (s, y, *more))
        each = (x for own, x_of_all in zip(its, more, strict=True) for x in (own, x_of_all[..., None, :]))
        yield term(item, s[..., None, :], np.sign(mark - y[..., None, :]), *each)


def logistic_of_pairs(scores: Array, target: Array, *besides: Array, weigh: Weigh | None = None) -> Array:
    """The sum over pairs of log(1 + exp(-lead)) for the lead of the better item, each pair times its weight."""

    def term(item: Array, other: Array, order: Array, *each: Array) -> Array:
        cost = logistic(*_behind(item, other, order))
        return cost if weigh is None else _times(weigh(*each)[0], cost)

    return over_pairs(term, scores, target, *besides)


def slopes_of_pairs(scores: Array, target: Array, *besides: Array, weigh: Weigh | None = None) -> Array:
    """Its slopes: what pushes and pulls an item by a half, as many do that score alike, cancels exactly."""

    def term(item: Array, other: Array, order: Array, *each: Array) -> Array:
        whole, rest = logistic_slope_in_two(*_behind(item, other, order))
        parts: tuple[Array, ...] = whole, rest
        if weigh is not None:
            high, low = weigh(*each)
            parts = high * whole, low * whole, high * rest
        return np.concatenate([-order * x for x in parts], axis=-1)

    return over_others(term, scores, target, *besides)


def bends_of_pairs(scores: Array, target: Array, *besides: Array, weigh: Weigh | None = None) -> Array:
    """Its second derivatives, in each score alone."""

    def term(item: Array, other: Array, order: Array, *each: Array) -> Array:
        bend = np.where(order == 0, 0.0, logistic_curvature(*_behind(item, other, order)))
        return bend if weigh is None else weigh(*each)[0] * bend

    return over_others(term, scores, target, *besides)


def _behind(item: Array, other: Array, order: Array) -> tuple[Array, Array]:
    """By how much the better item trails the other, in two parts; 0 for what is no pair."""
    behind, low = two_difference(other, item)
    return np.where(order == 0, 0.0, order * behind), np.where(order == 0, 0.0, order * low)


def _times(weight: Array, cost: Array) -> Array:
    """A pair without weight costs nothing, be it wrong for ever."""
    return np.where(weight == 0, 0.0, weight * cost)


def half_short(item: Array, other: Array, order: Array) -> Array:
    """Half of what the lead of the better item lacks to 1, which does not overflow; 0 for what is no pair."""
    lead = np.stack(np.broadcast_arrays(-0.5 * order * item, 0.5 * order * other, 0.5), axis=-1)
    return np.where(order == 0, 0.0, np.maximum(0.0, exact_sum(lead)))


def slope_of_short(item: Array, other: Array, order: Array) -> Array:
    """The slope in the item's score of what the lead of the better one lacks to 1; 0 at the corner."""
    return np.where(half_short(item, other, order) > 0, -order, 0.0)

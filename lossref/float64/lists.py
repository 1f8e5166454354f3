"""What losses of lists share in float64 NumPy: sums over the pairs of a list, a block of items against all at a time.

So memory grows with the list, though time grows with its square.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from lossref.float64.kernels import Array, exact_sum

PAIRS = 1 << 18  # in a block, of all rows together

Term = Callable[[Array, Array, Array], Array]  # of the scores of an item and of others; of 1 where its mark is above theirs, -1 below, or 0


def over_others(term: Term, scores: Array, target: Array) -> Array:
    """For each item of the last axis the sum, rounded once, of what the term gives for it and each other; along its last axis."""
    return np.concatenate([exact_sum(found) for found in _blocks(term, scores, target)], axis=-1)


def over_pairs(term: Term, scores: Array, target: Array) -> Array:
    """The sum over all pairs, each taken once, as the better item and the other; rounded once for each block."""
    several = _blocks(lambda item, other, order: np.where(order > 0, term(item, other, order), 0.0), scores, target)
    sums = [exact_sum(found.reshape(*found.shape[:-2], found.shape[-2] * found.shape[-1])) for found in several]
    return exact_sum(np.stack(sums, axis=-1))


def _blocks(term: Term, scores: Array, target: Array) -> Iterator[Array]:
    """The terms of some items, the last axis but one, and all others."""
    s, y = np.broadcast_arrays(np.asarray(scores, float), np.asarray(target, float))
    step = max(1, PAIRS // max(1, s.size))
    for k in range(0, s.shape[-1], step):
        item, mark = s[..., k : k + step, None], y[..., k : k + step, None]
        yield term(item, s[..., None, :], np.sign(mark - y[..., None, :]))


def half_short(item: Array, other: Array, order: Array) -> Array:
    """Half of what the lead of the better item lacks to 1, which does not overflow; 0 for what is no pair."""
    lead = np.stack(np.broadcast_arrays(-0.5 * order * item, 0.5 * order * other, 0.5), axis=-1)
    return np.where(order == 0, 0.0, np.maximum(0.0, exact_sum(lead)))


def slope_of_short(item: Array, other: Array, order: Array) -> Array:
    """The slope in the item's score of what the lead of the better one lacks to 1; 0 at the corner."""
    return np.where(half_short(item, other, order) > 0, -order, 0.0)

"""What losses of lists share in float64 NumPy: pairs of which the first, a row, counts for more than the second, a column."""

from __future__ import annotations

import numpy as np

from lossref.float64.kernels import Array, exact_sum


def are_pairs(target: Array) -> Array:
    """Whether the mark of the row is above that of the column."""
    return target[..., :, None] > target[..., None, :]


def sum_over_pairs(terms: Array) -> Array:
    """The sum along both last axes, rounded once."""
    return exact_sum(terms.reshape(*terms.shape[:-2], terms.shape[-2] * terms.shape[-1]))


def slopes_of_pairs(*slopes: Array) -> Array:
    """The slope in each score, from those of each pair in its lead: plus where it is the first, minus where it is the second."""
    return exact_sum(np.concatenate([y for x in slopes for y in (x, -np.swapaxes(x, -1, -2))], axis=-1))


def half_short(scores: Array, target: Array) -> Array:
    """Half of what the lead of each pair lacks to 1, which does not overflow; 0 for what is no pair."""
    s, y = np.broadcast_arrays(0.5 * np.asarray(scores, float), target)
    short = exact_sum(np.stack(np.broadcast_arrays(s[..., None, :], -s[..., :, None], 0.5), axis=-1))
    return np.where(are_pairs(y), np.maximum(0.0, short), 0.0)

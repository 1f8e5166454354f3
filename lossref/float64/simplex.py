"""The nearest point of the simplex to a vector along the last axis, in float64 NumPy."""

from __future__ import annotations

import numpy as np

from lossref.float64.doubled import Doubled, doubled, each, either, minus, over, plus
from lossref.float64.kernels import Array, two_difference


def projected(vector: Array) -> tuple[Doubled, Doubled, Array]:
    """max(0, z - s), which sum to 1; by how much each z is below the threshold s, or 0; and how many are above it."""
    z = np.asarray(vector, float)
    # A leader at infinity is not behind itself; one that is NaN makes NaN of all.
    leads = (np.arange(z.shape[-1]) == z.argmax(axis=-1)[..., None]) & ~np.isnan(z)
    lag = either(leads, doubled(0.0), two_difference(z, z.max(axis=-1, keepdims=True)))
    order = np.lexsort((-lag[1], -lag[0]), axis=-1)
    ranked = each(lambda x: np.take_along_axis(x, order, axis=-1), lag)
    # The k largest are above it if 1 + sum_{i <= k} (z_k - z_i) is above 0; then s is (sum - 1) / k.
    sums, count, threshold = doubled(np.zeros(z.shape[:-1])), np.zeros(z.shape[:-1]), doubled(np.full(z.shape[:-1], np.nan))
    for k in range(z.shape[-1]):
        at = ranked[0][..., k], ranked[1][..., k]
        sums = plus(sums, at)
        candidate = over(minus(sums, doubled(1.0)), doubled(k + 1.0))
        is_in = minus(at, candidate)[0] > 0
        if not is_in.any():  # nor will those behind it be
            break
        threshold, count = either(is_in, candidate, threshold), np.where(is_in, k + 1.0, count)
    above, nothing = minus(lag, each(lambda x: x[..., None], threshold)), doubled(0.0)
    return either(~(above[0] <= 0), above, nothing), either(above[0] < 0, each(np.negative, above), nothing), count[..., None]

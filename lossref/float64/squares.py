"""The root of the mean square of the residuals of a batch, or of what they differ by from their mean, in float64 NumPy, of any size."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lossref.float64.doubled import Doubled, doubled, each, either, minus, over, root, times, total
from lossref.float64.kernels import Array, finite_residuals


class Parts(NamedTuple):
    """Residuals in a unit of their own, and the root of their mean square."""

    exponent: Array  # of the power of two that they are divided by
    whole: Array  # the factor that they are multiplied by
    is_endless: Array  # whether one is infinite, which counts alone
    residuals: Doubled
    root: Doubled


def residual_parts(prediction: Array, target: Array, *, centred: bool = False) -> Parts:
    """Of `centred` residuals the mean is taken off; no infinite one has a mean."""
    whole, r = finite_residuals(prediction, target)
    is_endless = np.isinf(r[0]).any(axis=-1, keepdims=True)
    r = either(is_endless, doubled(np.where(np.isinf(r[0]), np.nan if centred else np.sign(r[0]), 0.0)), r)
    exponent = np.frexp(np.abs(r[0]).max(axis=-1, keepdims=True))[1]
    u = each(lambda x: np.ldexp(x, -exponent), r)
    count = doubled(float(np.shape(u[0])[-1]))
    if centred:  # behind the first of them: equal ones are exactly 0
        u = minus(u, each(lambda x: x[..., :1], u))
        u = minus(u, each(lambda x: x[..., None], over(total(u), count)))
    return Parts(exponent, whole, is_endless, u, each(lambda x: x[..., None], root(over(total(times(u, u)), count))))


def root_mean_square(parts: Parts) -> Array:
    return np.ldexp(np.where(parts.is_endless & (parts.root[0] > 0), np.inf, parts.root[0]), parts.exponent)[..., 0] / parts.whole[..., 0]


def root_mean_square_slopes(parts: Parts) -> Array:
    """In each residual; 0 where all are 0."""
    return over(parts.residuals, times(doubled(np.shape(parts.residuals[0])[-1]), parts.root))[0]

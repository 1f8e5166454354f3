"""w log(1 + (r / c)^2 / n), of which losses with heavy tails are made, and its slopes in the residual r, in float64 NumPy."""

from __future__ import annotations

import numpy as np

from lossref.float64.doubled import doubled, either, minus, over, plus, times
from lossref.float64.kernels import Array, finite_residual


def logarithm(prediction: Array, target: Array, scale: Array, n: Array, w: Array = 1.0) -> Array:
    _, (r, _), c = finite_residual(prediction, target, scale)
    u = np.abs(r / c)
    far = 2.0 * (np.log(np.where(r == 0, 1.0, np.abs(r))) - np.log(c)) - np.log(n)
    return w * np.where(u > 2.0**500, far, np.log1p(np.square(np.minimum(u, 2.0**500)) / n))


def slope(prediction: Array, target: Array, scale: Array, n: Array, w: Array = 1.0) -> Array:
    whole, (r, _), c = finite_residual(prediction, target, scale)
    near, far = r / c / c / (n + np.square(r / c)), 1.0 / r / (1.0 + n * np.square(c / r))
    return 2.0 * w * whole * np.where(np.abs(r) < c, near, far)


def bend(prediction: Array, target: Array, scale: Array, n: Array, w: Array = 1.0) -> Array:
    # Next to sqrt(n) c the numerator is a difference: of numbers of twice the precision.
    whole, (r, low), c = finite_residual(prediction, target, scale)
    near, exact, one = np.abs(r) < c, (np.clip(r, -(2.0**1000), 2.0**1000), low), doubled(c)
    ratio = either(near, over(exact, one), over(one, exact))
    square = times(ratio, ratio)
    square = either(near, over(square, doubled(n)), times(square, doubled(n)))
    top, bottom = minus(doubled(1.0), square), plus(doubled(1.0), square)
    shape = times(over(top, times(bottom, bottom)), doubled(2.0 * np.asarray(w)))
    inner, outer = over(shape, doubled(n))[0] / c / c, -shape[0] / r / r
    return whole * whole * np.where(near, inner, outer)

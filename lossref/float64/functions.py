"""The functions that losses are made of, in float64, of arrays of any rank: each is judged by golden data like a loss.

All take real numbers of any dtype (integers and booleans too) and return float64. NaN gives NaN, infinity the limit; finite
input inside the domain never gives NaN, and what lies outside gives it. The ones that run along an axis take one axis, several,
or None for all of them together. Exact answers: `lossref.oracle("sigmoid", 40)`, and so on by name.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossref import catalog
from lossref.arrays import doubles, plain, shown
from lossref.float64 import kernels
from lossref.float64.evaluate import bind, evaluate
from lossref.float64.kernels import exact_sum, leader_and_tails
from lossref.options import number

Axis = int | tuple[int, ...] | None
Array = NDArray[np.float64]


def sigmoid(x: ArrayLike) -> Any:
    """1 / (1 + exp(-x)), down to the last subnormal; 1 - sigmoid(x) is sigmoid(-x)."""
    return _part("value", "sigmoid", x)


def sigmoid_derivative(x: ArrayLike) -> Any:
    """sigmoid(x) sigmoid(-x), of x itself and not of sigmoid(x)."""
    return _part("gradient", "sigmoid", x)


def log_sigmoid(x: ArrayLike) -> Any:
    """log(sigmoid(x)) = -softplus(-x)."""
    return _part("value", "log_sigmoid", x)


def log_sigmoid_derivative(x: ArrayLike) -> Any:
    """sigmoid(-x)."""
    return _part("gradient", "log_sigmoid", x)


def softplus(x: ArrayLike) -> Any:
    """log(1 + exp x)."""
    return _part("value", "softplus", x)


def softplus_derivative(x: ArrayLike) -> Any:
    """sigmoid(x)."""
    return _part("gradient", "softplus", x)


def tanh(x: ArrayLike) -> Any:
    """Hyperbolic tangent."""
    return _part("value", "tanh", x)


def tanh_derivative(x: ArrayLike) -> Any:
    """1 - tanh(x)^2, without the cancellation of that formula."""
    return _part("gradient", "tanh", x)


def relu(x: ArrayLike) -> Any:
    """max(0, x)."""
    return _part("value", "relu", x)


def relu_derivative(x: ArrayLike, at_zero: float = 0.0) -> Any:
    """0 below 0, 1 above, and at 0 the slope chosen from [0, 1]."""
    slope, array = number("relu_derivative: at_zero", at_zero, "a slope in [0, 1]", 0, 1), plain("relu_derivative: x", x)
    return np.where(np.equal(array, 0), float(slope), _part("gradient", "relu", array))[()]


def log1mexp(x: ArrayLike) -> Any:
    """log(1 - exp x) for x <= 0."""
    return _part("value", "log1mexp", x)


def log1mexp_derivative(x: ArrayLike) -> Any:
    """-exp x / (1 - exp x)."""
    return _part("gradient", "log1mexp", x)


def logit(x: ArrayLike) -> Any:
    """log(x / (1 - x)) of probabilities, the inverse of the sigmoid."""
    return _part("value", "logit", x)


def logit_derivative(x: ArrayLike) -> Any:
    """1 / (x (1 - x))."""
    return _part("gradient", "logit", x)


def log1p(x: ArrayLike) -> Any:
    """log(1 + x) for x >= -1."""
    return _part("value", "log1p", x)


def log1p_derivative(x: ArrayLike) -> Any:
    """1 / (1 + x)."""
    return _part("gradient", "log1p", x)


def expm1(x: ArrayLike) -> Any:
    """exp x - 1."""
    return _part("value", "expm1", x)


def expm1_derivative(x: ArrayLike) -> Any:
    """exp x, of x itself and not of expm1(x)."""
    return _part("gradient", "expm1", x)


def xlogy(x: ArrayLike, y: ArrayLike) -> Any:
    """x log y, 0 for x = 0; y >= 0."""
    return _part("value", "xlogy", x, y)


def xlogy_derivatives(x: ArrayLike, y: ArrayLike) -> tuple[Any, Any]:
    """In x and in y: (log y, x / y), the second 0 for x = 0."""
    above, below = plain("xlogy_derivatives: x", x), plain("xlogy_derivatives: y", y)
    slope = _part("gradient", "xlogy", above, below)
    with np.errstate(all="ignore"):
        ratio = np.divide(above, np.add(below, 0.0), dtype=np.float64)
    return slope, np.where(np.equal(above, 0) & ~np.isnan(below), 0.0, ratio)[()]


def xlog1py(x: ArrayLike, y: ArrayLike) -> Any:
    """x log(1 + y), 0 for x = 0; y >= -1."""
    return _part("value", "xlog1py", x, y)


def logmeanexp(x: ArrayLike, axis: Axis = -1) -> Any:
    """log(mean exp x) along the axis, which disappears; its gradient is softmax."""
    return _part("value", "logmeanexp", _last("logmeanexp", x, axis)[0])


def logsumexp(x: ArrayLike, axis: Axis = -1) -> Any:
    """log(sum exp x) along the axis, which disappears."""
    return _part("value", "logsumexp", _last("logsumexp", x, axis)[0])


def softmax(x: ArrayLike, axis: Axis = -1) -> Any:
    """exp(x) / sum exp(x) along the axis: the gradient of logsumexp."""
    z, back = _last("softmax", x, axis)
    return back(_part("gradient", "logsumexp", z))


def log_softmax(x: ArrayLike, axis: Axis = -1) -> Any:
    """x - logsumexp(x) along the axis, without the cancellation of that formula."""
    z, back = _last("log_softmax", x, axis)
    with np.errstate(all="ignore"):
        _, tails, lag = leader_and_tails(z)
        return back(0.0 - (lag + np.log1p(exact_sum(tails))[..., None]))


def softmax_jacobian(x: ArrayLike) -> Any:
    """p_i ([i = j] - p_j) of vectors along the last axis: of shape (..., n, n), symmetric."""
    z, _ = _last("softmax_jacobian", x, -1)
    return _part("gradient", "softmax", z[..., None, :], np.arange(z.shape[-1]))


def softmax_jvp(x: ArrayLike, v: ArrayLike, axis: Axis = -1) -> Any:
    """Jacobian of softmax at x, times v of the same shape: p (v - p v), and no (n, n) array is built."""
    z, back = _last("softmax_jvp", x, axis)
    w, back_v = _last("softmax_jvp", v, axis, "v")
    if z.shape != w.shape:
        raise ValueError(f"softmax_jvp: v must have the shape of x, {back(z).shape}, and has {back_v(w).shape}")
    with np.errstate(all="ignore"):
        leader, tails, lag = leader_and_tails(z)
        whole = (1.0 + exact_sum(tails))[..., None]
        scale = np.where(np.abs(w).max(axis=-1, keepdims=True) > 1e300, 0.125, 1.0)  # so that differences do not overflow
        # Seen from the leader's v, which counts with a share next to 1, the others' differences are all that is left.
        w = scale * w - np.where(leader, scale * w, 0.0).sum(axis=-1, keepdims=True)
        mean = exact_sum(_shares(tails, lag, w))[..., None] / whole
        return back(_shares(tails + leader, lag, w - mean) / whole / scale)


def softmax_vjp(x: ArrayLike, v: ArrayLike, axis: Axis = -1) -> Any:
    """v times the Jacobian of softmax at x, which is symmetric: `softmax_jvp` by its other name."""
    return softmax_jvp(x, v, axis)


def one_hot(labels: ArrayLike, classes: int, axis: int = -1) -> Any:
    """Rows of 0 with a 1 at each label, counted from 0; the new axis has length `classes`."""
    y = plain("one_hot: labels", labels)
    if y.size == 0:
        y = y.astype(np.int64)
    if isinstance(classes, bool) or not isinstance(classes, (int, np.integer)) or not 1 <= classes < 2**31:
        raise ValueError(f"one_hot: classes must be an integer of at least 1, and is {shown(classes)}")
    if isinstance(axis, bool) or not isinstance(axis, (int, np.integer)) or not -y.ndim - 1 <= axis <= y.ndim:
        raise ValueError(f"one_hot: axis must be one of the {y.ndim + 1} axes of the result, and is {shown(axis)}")
    if y.dtype.kind not in "iu":
        raise ValueError(f"one_hot: labels must be integers, not {y.dtype}")
    if y.size and not 0 <= y.min() <= y.max() < classes:
        raise ValueError(f"one_hot: labels must lie from 0 to {classes - 1}, and go from {y.min()} to {y.max()}")
    return np.moveaxis(kernels.one_hot(y, classes), -1, axis)


def _shares(tails: Array, lag: Array, v: Array) -> Array:
    """exp(-lag) times v, where the exponential alone is a subnormal number or 0 too."""
    return np.where(tails < 1e-290, np.sign(v) * kernels.weighted_tails(lag, np.abs(v)), tails * v)


def _last(name: str, x: ArrayLike, axis: Axis, of: str = "x") -> tuple[Array, Callable[[Array], Any]]:
    """x with the axis last (several flattened into one), and the way back for a result of the same shape."""
    array = plain(f"{name}: {of}", x)
    if array.ndim == 0:
        raise ValueError(f"{name}: x must have an axis to run along; a single number was given")
    axes = tuple(range(array.ndim)) if axis is None else tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)
    if not axes or not all(isinstance(a, (int, np.integer)) and not isinstance(a, bool) for a in axes):
        raise ValueError(f"{name}: axis must be an integer, several, or None, and is {shown(axis)}")
    if wrong := [a for a in axes if not -array.ndim <= a < array.ndim]:
        raise ValueError(f"{name}: x has {array.ndim} axes, and axis {wrong[0]} is none of them")
    chosen = sorted({a % array.ndim for a in axes})
    ends = list(range(array.ndim - len(chosen), array.ndim))
    moved = np.moveaxis(doubles(f"{name}: {of}", array), chosen, ends)
    flat = moved.reshape(*moved.shape[: ends[0]], math.prod(moved.shape[ends[0] :])) + 0.0
    if flat.shape[-1] == 0:
        raise ValueError(f"{name}: x is empty along axis {shown(axis)}")
    return flat, lambda y: np.moveaxis(y.reshape(moved.shape), ends, chosen)


def _part(part: str, name: str, *arguments: Any) -> Any:
    """The value or the gradient of one of these, NaN outside its domain."""
    loss = catalog.get(name)
    return evaluate(loss, part, bind(loss, arguments, {}))

"""Softmax cross-entropy of logits with an index for target, of rows of any width: value and gradient, exact to two ulps, or plain.

NumPy is slow along short rows: they are worked on class after class, as columns. What takes the time of long ones is arrays, and not
arithmetic: those that are worked in are used again.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from lossref.float64.kernels import Array, behind_the_largest, sum_of_positives

FEW = 64  # classes of short rows
LARGE = 1 << 17  # numbers of an array that is not kept
_kept = threading.local()  # arrays that the next call works in


def log_loss_of_logits(logits: Array, target: Array, low: Array = 0.0, *, exact: bool = True) -> tuple[Array, Array]:
    """The value, and the gradient in the logits; `low` is what rounding took from these.

    What is not `exact` is not compensated: a tail far below the largest loses digits as the difference of its logits does.
    """
    z, classes = np.asarray(logits, float), np.shape(logits)[-1]
    truth = np.clip(np.asarray(target), 0, classes - 1)  # of an index outside the loss is NaN anyhow
    batch = np.broadcast_shapes(z.shape[:-1], truth.shape)
    z, truth = np.broadcast_to(z, (*batch, classes)).reshape(-1, classes), np.broadcast_to(truth, batch).reshape(-1)
    low = np.broadcast_to(low, (*batch, classes)).reshape(-1, classes) if np.ndim(low) else None
    found = None
    if classes <= FEW:
        found = _of_columns(z, truth, low, exact)
    elif not exact:
        found = _of_rows_plainly(z, truth)
    value, slopes = _of_rows(z, truth, low) if found is None else found
    return value.reshape(batch)[()], slopes.reshape(*batch, classes)


def plain_log_loss_of_logits(logits: Array, target: Array) -> tuple[Array, Array]:
    """The same without compensation."""
    return log_loss_of_logits(logits, target, exact=False)


def _of_rows(z: Array, truth: Array, low: Any) -> tuple[Array, Array]:
    """Long rows, or any with infinite logits."""
    # (z_max - z_y) + log1p(sum over all but one leader of exp(z_j - z_max)): two terms of one sign.
    difference, lost, room, _ = rooms = _rooms(z.shape)
    behind_the_largest(z, low, rooms)
    row, first = np.arange(len(z)) * z.shape[1], z.argmax(axis=1)
    leads = first == truth
    behind = np.where(leads, 0.0, -(difference.take(row + truth) + lost.take(row + truth)))
    slopes = np.exp(difference, out=difference)
    lost *= slopes
    slopes += lost
    np.put(slopes, row + first, 0.0)
    rest = sum_of_positives(slopes, -1, room)[:, 0]
    of_target = _of_target(leads, rest, slopes.take(row + truth))
    np.put(slopes, row + first, 1.0)
    slopes = slopes / (1.0 + rest)[:, None]
    np.put(slopes, row + truth, of_target)
    return behind + np.log1p(rest), slopes


def _of_rows_plainly(z: Array, truth: Array) -> tuple[Array, Array] | None:
    """The same without compensation; None where logits are infinite."""
    row, first, top = np.arange(len(z)) * z.shape[1], z.argmax(axis=1), z.max(axis=1)
    slopes = z - top[:, None]
    behind = -slopes.take(row + truth)
    np.exp(slopes, out=slopes)
    np.put(slopes, row + first, 0.0)
    rest = slopes.sum(axis=1)
    of_target = _of_target(first == truth, rest, slopes.take(row + truth))
    np.put(slopes, row + first, 1.0)
    slopes *= (1.0 / (1.0 + rest))[:, None]
    np.put(slopes, row + truth, of_target)
    value = behind + np.log1p(rest)
    return (value, slopes) if np.isfinite(value.sum()) else None


def _of_columns(z: Array, truth: Array, low: Any, exact: bool) -> tuple[Array, Array] | None:
    """The same of short rows, where whatever has 1 for its exponential leads; None where logits are infinite."""
    slopes, lost, room, columns = _rooms(z.T.shape)
    hit = truth * len(z) + np.arange(len(z))
    np.copyto(columns, z.T)
    if exact:
        behind_the_largest(columns, None if low is None else low.T, (slopes, lost, room), axis=0)
        behind = -(slopes.take(hit) + lost.take(hit))
        np.exp(slopes, out=slopes)
        lost *= slopes
        slopes += lost
    else:
        np.subtract(columns, columns.max(axis=0), out=slopes)
        behind = -slopes.take(hit)
        np.exp(slopes, out=slopes)
    leaders = np.floor(slopes, out=lost)  # 1 or 0
    np.subtract(slopes, leaders, out=columns)
    rest = (sum_of_positives(columns, 0, room)[0] if exact else columns.sum(axis=0)) + (leaders.sum(axis=0) - 1.0)
    own = slopes.take(hit)
    of_target = _of_target(own == 1, rest, own)
    slopes /= 1.0 + rest
    np.put(slopes, hit, of_target)
    value = behind + np.log1p(rest)
    return (value, np.array(slopes.T, order="C")) if np.isfinite(value.sum()) else None


def _of_target(leads: Array, rest: Array, own: Array) -> Array:
    """The target's slope: minus the sum of the other shares, for p - 1 would cancel."""
    return -np.where(leads, rest, 1.0 + (rest - own)) / (1.0 + rest)


def _rooms(shape: tuple[int, int]) -> tuple[Any, ...]:
    """Four arrays of a shape to work in."""
    size = shape[0] * shape[1]
    if size > LARGE:
        return tuple(np.empty(shape) for _ in range(4))
    if not hasattr(_kept, "arrays"):
        _kept.arrays = [np.empty(LARGE) for _ in range(4)]
    return tuple(x[:size].reshape(shape) for x in _kept.arrays)

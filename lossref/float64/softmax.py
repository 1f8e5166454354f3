"""Softmax cross-entropy of logits with an index for target, of rows of any width: value and gradient, exact to two ulps, or plain.

NumPy is slow along short rows: they are worked on class after class, as columns. What takes the time of long ones is arrays, and not
arithmetic: those that are worked in are used again.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from lossref.float64.kernels import Array, behind_the_largest, sum_of_positives

FEW = 64  # classes of short rows
BLOCK = 1 << 17  # numbers that are worked on at a time
_kept = threading.local()  # arrays that the next call works in


def log_loss_of_logits(
    logits: Array, target: Array, low: Array = 0.0, *, exact: bool = True, out: Sequence[Array] = ()
) -> tuple[Array, Array]:
    """The value, and the gradient in the logits; `low` is what rounding took from these. Both are written to `out` where it is given.

    What is not `exact` is not compensated: a tail far below the largest loses digits as the difference of its logits does.
    """
    z, classes = np.asarray(logits, float), np.shape(logits)[-1]
    truth = np.clip(np.asarray(target), 0, classes - 1)  # of an index outside the loss is NaN anyhow
    batch = np.broadcast_shapes(z.shape[:-1], truth.shape)
    value, slopes = out or (np.empty(batch), np.empty((*batch, classes)))
    z, truth = np.broadcast_to(z, slopes.shape).reshape(-1, classes), np.broadcast_to(truth, batch).reshape(-1)
    low = np.broadcast_to(low, slopes.shape).reshape(-1, classes) if np.ndim(low) else None
    way = _of_columns if classes <= FEW else _of_rows
    values, rows = value.reshape(-1), slopes.reshape(-1, classes)
    step = max(1, BLOCK // classes)
    for some in (slice(start, start + step) for start in range(0, truth.size, step)):
        given = z[some], truth[some], low if low is None else low[some]
        values[some] = way(*given, exact, rows[some])
        if not (exact and way is _of_rows) and not np.isfinite(values[some].sum()):  # infinite logits have limits
            values[some] = _of_rows(*given, True, rows[some])
    return value[()], slopes


def plain_log_loss_of_logits(logits: Array, target: Array, out: Sequence[Array] = ()) -> tuple[Array, Array]:
    """The same without compensation."""
    return log_loss_of_logits(logits, target, exact=False, out=out)


def _of_rows(z: Array, truth: Array, low: Any, exact: bool, slopes: Array) -> Array:
    """The values, and the slopes where they are wanted: of long rows, or of any with infinite logits, which only the exact way takes."""
    # (z_max - z_y) + log1p(sum over all but one leader of exp(z_j - z_max)): two terms of one sign.
    row, first = np.arange(len(z)) * z.shape[1], z.argmax(axis=1)
    top, leads = z.take(row + first)[:, None], first == truth
    if exact:
        tails, lost, room, _ = rooms = _rooms(z.shape)
        behind_the_largest(z, top, None if low is None else low - low.take(row + first)[:, None], rooms)
        behind = -(tails.take(row + truth) + lost.take(row + truth))
        np.exp(tails, out=tails)
        lost *= tails
        tails += lost
    else:
        tails = np.subtract(z, top, out=slopes)
        behind = -tails.take(row + truth)
        np.exp(tails, out=tails)
    tails.reshape(-1)[row + first] = 0.0
    rest = sum_of_positives(tails, -1, room)[:, 0] if exact else tails.sum(axis=1)
    of_target = _of_target(leads, rest, tails.take(row + truth))
    tails.reshape(-1)[row + first] = 1.0
    if exact:
        np.divide(tails, (1.0 + rest)[:, None], out=slopes)
    else:
        slopes *= (1.0 / (1.0 + rest))[:, None]
    slopes.reshape(-1)[row + truth] = of_target
    return np.asarray(np.where(leads, 0.0, behind) + np.log1p(rest))


def _of_columns(z: Array, truth: Array, low: Any, exact: bool, slopes: Array) -> Array:
    """The same of short rows with finite logits, where whatever has 1 for its exponential leads."""
    lost, columns, room, shares = _rooms(z.T.shape)
    hit = truth * len(z) + np.arange(len(z))
    np.copyto(columns, z.T)
    top = columns.max(axis=0)
    if exact:
        lows = None if low is None else (low - np.take_along_axis(low, z.argmax(axis=1)[:, None], axis=1)).T
        behind_the_largest(columns, top, lows, (shares, lost, room))
        behind = -(shares.take(hit) + lost.take(hit))
        np.exp(shares, out=shares)
        lost *= shares
        shares += lost
    else:
        shares = np.subtract(columns, top, out=columns)
        behind = -shares.take(hit)
        np.exp(shares, out=shares)
    others = np.floor(shares, out=lost)  # 1 for a leader, or 0
    leaders = others.sum(axis=0)
    np.subtract(shares, others, out=others)
    rest = (sum_of_positives(others, 0, room)[0] if exact else others.sum(axis=0)) + (leaders - 1.0)
    own = shares.take(hit)
    of_target = _of_target(own == 1, rest, own)
    if exact:
        shares /= 1.0 + rest
    else:
        shares *= 1.0 / (1.0 + rest)
    shares.reshape(-1)[hit] = of_target
    np.copyto(slopes, shares.T)
    return np.asarray(behind + np.log1p(rest))


def _of_target(leads: Array, rest: Array, own: Array) -> Array:
    """The target's slope: minus the sum of the other shares, for p - 1 would cancel."""
    return -np.where(leads, rest, 1.0 + (rest - own)) / (1.0 + rest)


def _rooms(shape: tuple[int, int]) -> tuple[Any, ...]:
    """Four arrays of a shape to work in."""
    size = shape[0] * shape[1]
    if size > BLOCK:
        return tuple(np.empty(shape) for _ in range(4))
    if not hasattr(_kept, "arrays"):
        _kept.arrays = [np.empty(BLOCK) for _ in range(4)]
    return tuple(x[:size].reshape(shape) for x in _kept.arrays)

"""Sums over all alignments of steps with labels, forward and backward, in float64 NumPy.

A sum of products of exponentials is kept as the logarithm of its largest product, in two parts, and the sum of all others relative to
it, which is at least 0: so nothing overflows or vanishes, and what is small beside the largest is not lost.
"""

from __future__ import annotations

import numpy as np

from lossref.float64.doubled import doubled, plus
from lossref.float64.kernels import Array, exact_sum, two_difference, weighted_tails

Sum = tuple[Array, Array, Array]  # the logarithm of the largest term, what rounding took from it, and the others' sum over it
IMPOSSIBLE = -(2.0**1000)


def alignment_cost(log_probabilities: Array, target: Array, blank: Array) -> Array:
    """-log of the sum over all alignments; infinity where there is none."""
    states, _, ends, steps = _laid_out(log_probabilities, target, blank)
    high, low, rest = _ending(_forward(states, steps), ends)
    return np.where(high == -np.inf, np.inf, -(high + (low + np.log1p(rest))))


def alignment_slopes(log_probabilities: Array, target: Array, blank: Array) -> Array:
    """Minus the share of all alignments that are at each class at each step; 0 where there is none."""
    # Of alignments that are all impossible the shares are those of the limit: those with the fewest impossible classes have all.
    x = np.where(np.isneginf(log_probabilities), IMPOSSIBLE, log_probabilities)
    states, labels, ends, steps = _laid_out(x, target, blank)
    forward = _forward(states, steps)
    backward = [_none_but(ends)]
    for step in steps[:0:-1]:
        backward.append(_before(states, _longer(backward[-1], step)))
    high, low, rest = (x[..., None] for x in _ending(forward, ends))
    found = []
    for (a, a_low, a_rest), (b, b_low, b_rest) in zip(forward, backward[::-1], strict=True):
        through, through_low = plus((a, a_low), (b, b_low))
        lag, lost = two_difference(high, through)
        none = np.isneginf(a) | np.isneginf(b)
        shares = weighted_tails(np.where(none, np.inf, lag), (1.0 + a_rest) * (1.0 + b_rest)) * (1.0 - (lost + (low - through_low)))
        found.append(np.where(none, 0.0, shares / (1.0 + rest)))
    at = labels[..., None, :] == np.arange(np.shape(log_probabilities)[-1])[:, None]
    return -np.stack([exact_sum(np.where(at, shares[..., None, :], 0.0)) for shares in found], axis=-2)


def _laid_out(log_probabilities: Array, target: Array, blank: Array) -> tuple[tuple[Array, Array], Array, Array, list[Array]]:
    """Whether each state follows the one before it and the one before that, its label, which are the last, and the steps' terms."""
    x, y, none = np.asarray(log_probabilities, float), np.asarray(target), np.asarray(blank)[..., None]
    leading = np.broadcast_shapes(x.shape[:-2], y.shape[:-1], none.shape[:-1])
    x, y, none = (np.broadcast_to(z, leading + z.shape[z.ndim - k :]) for z, k in ((x, 2), (y, 1), (none, 1)))
    y = np.take_along_axis(y, np.argsort(y == none, axis=-1, kind="stable"), axis=-1)
    labels = np.repeat(none, 2 * y.shape[-1] + 1, axis=-1)
    labels[..., 1::2] = y
    place, last = np.arange(labels.shape[-1]), 2 * (y != none).sum(axis=-1)[..., None]
    skips = (place >= 2) & (labels != np.roll(labels, 2, axis=-1))
    steps = [np.take_along_axis(x[..., t, :], labels, axis=-1) for t in range(x.shape[-2])]
    return (place >= 1, skips), labels, (place == last) | (place == last - 1), steps


def _forward(states: tuple[Array, Array], steps: list[Array]) -> list[Sum]:
    """The sum over all that leads to each state, at each step."""
    place = np.arange(steps[0].shape[-1])
    found = [_longer(_none_but(place + 0 * steps[0] < 2), steps[0])]
    for step in steps[1:]:
        found.append(_longer(_after(states, found[-1]), step))
    return found


def _after(states: tuple[Array, Array], a: Sum) -> Sum:
    """The sum of what stays and of what comes from one or two states before."""
    return _added(a, *(_only(may, _moved(a, k)) for k, may in zip((1, 2), states, strict=True)))


def _before(states: tuple[Array, Array], a: Sum) -> Sum:
    """The sum of what stays and of what goes on one or two states."""
    return _added(a, *(_moved(_only(may, a), -k) for k, may in zip((1, 2), states, strict=True)))


def _moved(a: Sum, places: int) -> Sum:
    high, low, rest = (np.roll(x, places, axis=-1) for x in a)
    return high, low, rest


def _only(where: Array, a: Sum) -> Sum:
    """Nothing elsewhere."""
    return np.where(where, a[0], -np.inf), *a[1:]


def _none_but(where: Array) -> Sum:
    return np.where(where, 0.0, -np.inf), np.zeros(where.shape), np.zeros(where.shape)


def _longer(a: Sum, step: Array) -> Sum:
    return *plus(a[:2], doubled(step)), a[2]


def _added(*several: Sum) -> Sum:
    """The sum of sums."""
    high, low, rest = (np.stack(parts, axis=-1) for parts in zip(*several, strict=True))
    return _summed(high, low, rest)


def _ending(forward: list[Sum], ends: Array) -> Sum:
    """The sum over all that ends where it may."""
    return _summed(*_only(ends, forward[-1]))


def _summed(high: Array, low: Array, rest: Array) -> Sum:
    """The sum of sums along the last axis."""
    top = high.argmax(axis=-1)[..., None]
    is_top = np.arange(high.shape[-1]) == top
    most, most_low = (np.take_along_axis(x, top, axis=-1) for x in (high, low))
    lag, lost = two_difference(most, high)
    lag, lost = np.where(np.isneginf(high), np.inf, lag), lost + (most_low - low)
    others = exact_sum(np.where(is_top, rest, weighted_tails(np.where(is_top, 0.0, lag), 1.0 + rest) * (1.0 - lost)))
    return most[..., 0], most_low[..., 0], others

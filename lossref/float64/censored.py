"""Likelihoods of times that are not known exactly, of which the logarithm has a logistic distribution, in float64 NumPy.

The logarithm of a time is a long number, of which exp takes the last digits for its own: so it stays in two parts.
"""

from __future__ import annotations

import numpy as np

from lossref.float64.doubled import Doubled, doubled, either, logarithm, minus, over, plus
from lossref.float64.kernels import Array, log1mexp, two_difference
from lossref.float64.pairs import logistic, logistic_curvature, logistic_slope


def logistic_cost(prediction: Array, target: Array, censoring: Array, span: Array, scale: Array) -> Array:
    """-log of what is known of a time: that it is an event, later, earlier or within a span."""
    z, u = _places(prediction, target, span, scale)
    later, earlier = logistic(*z), logistic(-z[0], -z[1])
    within = later + logistic(-u[0], -u[1]) - log1mexp(-_apart(target, span, scale))
    return _by(censoring, earlier + later, later, earlier, within)


def logistic_cost_slope(prediction: Array, target: Array, censoring: Array, span: Array, scale: Array) -> Array:
    """Its slope in the prediction."""
    z, u = _places(prediction, target, span, scale)
    weight = np.divide(1.0, scale)
    later, earlier = -logistic_slope(*z, weight), logistic_slope(-z[0], -z[1], weight)
    # s(-u) - s(z) = s(-u) s(-z) (1 - exp(u + z)), and the same with -u and z exchanged where u + z is above 0.
    middle = plus(z, u)
    right, nearer, other = middle[0] > 0, either(middle[0] > 0, z, (-u[0], -u[1])), either(middle[0] > 0, u, (-z[0], -z[1]))
    lost = np.expm1(-np.abs(middle[0])) - np.exp(-np.abs(middle[0])) * np.abs(middle[1]) * np.sign(middle[0]) * np.sign(middle[1])
    within = np.where(right, 1.0, -1.0) * logistic_slope(*nearer, weight) * logistic_slope(*other) * lost
    return _by(censoring, -np.tanh(0.5 * z[0]) * weight, later, earlier, within)


def logistic_cost_bend(prediction: Array, target: Array, censoring: Array, span: Array, scale: Array) -> Array:
    """Its second derivative."""
    z, u = _places(prediction, target, span, scale)
    bend, other = (logistic_curvature(*x, np.divide(1.0, scale)) for x in (z, u))
    return _by(censoring, 2.0 * bend, bend, bend, bend + other)


def _places(prediction: Array, target: Array, span: Array, scale: Array) -> tuple[Doubled, Doubled]:
    """How far a time, and the end of an interval, lie above the prediction, in scales and in two parts."""
    ends = doubled(target), two_difference(target, np.negative(span))
    far = np.isinf(prediction)
    distances = [minus(logarithm(end), doubled(prediction)) for end in ends]
    z, u = (either(far, x, over(either(far, doubled(0.0), x), doubled(scale))) for x in distances)
    return z, u


def _apart(target: Array, span: Array, scale: Array) -> Array:
    """u - z, which is small where both are large."""
    ratio = np.divide(span, target)
    return np.where(np.isinf(ratio), np.log(span) - np.log(target), np.log1p(ratio)) / scale


def _by(censoring: Array, *several: Array) -> Array:
    """What is asked for in each case, also of arrays that are broadcast."""
    return sum(np.where(np.equal(censoring, c), x, 0.0) for c, x in enumerate(several))

"""How far two maps of probabilities overlap, in float64 NumPy: Tversky's index, of which Dice's and Jaccard's are special cases.

    1 - (TP + a) / (TP + alpha FP + beta FN + b),      TP = sum p t,      FP = sum p (1 - t),      FN = sum t (1 - p)

Sums are over both axes of a map. What is in one map and not in the other is of one sign; what rounding takes from sums is added.
"""

from __future__ import annotations

import numpy as np

from lossref.float64.doubled import Doubled, doubled, minus, plus, times
from lossref.float64.kernels import Array, exact_sum, over_square, product_in_two, sum_in_two, two_difference

MOST_LIFTED = 900


def apart(p: Array, t: Array, alpha: Array, beta: Array, a: Array, b: Array) -> Array:
    """The loss of each map."""
    p, t, alpha, beta, a, b = _rows(p, t, alpha, beta, a, b)
    missed = _missed(p, t, alpha, beta)
    return exact_sum(np.concatenate([*missed, b, -a], axis=-1)) / exact_sum(np.concatenate([*product_in_two(p, t), *missed, b], axis=-1))


def apart_slopes(p: Array, t: Array, alpha: Array, beta: Array, a: Array, b: Array) -> Array:
    """Its slopes in p: (c (TP + a) - t D) / D^2, D the denominator and c = alpha (1 - t) + (1 - beta) t: a difference that may be small."""
    shape = np.broadcast_shapes(np.shape(p), np.shape(t))
    p, t, alpha, beta, a, b = _rows(p, t, alpha, beta, a, b)
    # All over the size of TP + a, which may be tiny beside D.
    lift = np.clip(-np.frexp(exact_sum(np.concatenate([p * t, a], axis=-1)))[1], 0, MOST_LIFTED)[..., None]
    shared = sum_in_two(np.concatenate([*product_in_two(np.ldexp(p, lift), t), np.ldexp(a, lift)], axis=-1))
    whole = sum_in_two(np.concatenate([*product_in_two(p, t), *_missed(p, t, alpha, beta), b], axis=-1))
    c = plus(times(doubled(alpha), two_difference(1.0, t)), times(doubled(t), two_difference(1.0, beta)))
    top = minus(times(c, shared), times(whole, doubled(np.ldexp(t, lift))))
    return np.ldexp(over_square(*top, *whole), -lift).reshape(shape)


def _rows(p: Array, t: Array, *parameters: Array) -> tuple[Array, ...]:
    """The pixels of each map in a row, and each parameter as a column."""
    p, t = (x.reshape(*x.shape[:-2], x.shape[-2] * x.shape[-1]).astype(float) for x in np.broadcast_arrays(p, t))
    return p, t, *(np.broadcast_to(np.asarray(x, float), p.shape[:-1])[..., None] for x in parameters)


def _missed(p: Array, t: Array, alpha: Array, beta: Array) -> tuple[Array, ...]:
    """The terms of alpha FP and of beta FN."""
    return *_weighted(alpha, p, two_difference(1.0, t)), *_weighted(beta, t, two_difference(1.0, p))


def _weighted(weight: Array, x: Array, rest: Doubled) -> Doubled:
    return product_in_two(weight, *product_in_two(x, *rest))

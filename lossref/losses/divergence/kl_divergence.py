"""Kullback-Leibler divergence of a model's probabilities from target probabilities.

    L(q, t) = sum_j (t_j log t_j - t_j log q_j),      0 log 0 = 0,      dL/dq_j = -t_j / q_j

probabilities  q, the model's distribution along the last axis
target         t, the true distribution along the last axis
The logarithm is natural and nothing is clipped: q_j = 0 < t_j costs infinity. The gradient's entries are free (no
projection on the simplex). Rounded distributions miss the sum 1 by a little, so the law is L >= sum t - sum q.
"""

import numpy as np

from lossref.identities import convex, gibbs
from lossref.kernels import are_close, bregman_log, exact_sum, xlogratio
from lossref.spaces import Simplex
from lossref.spec import Hard, Loss, Witness


def value(probabilities, target):
    # Where t and q are close, t log(t/q) is t - q, summed without rounding, and a rest of one sign.
    q, t = np.broadcast_arrays(np.asarray(probabilities, float), np.asarray(target, float))
    close = are_close(t, q)
    terms = np.where(close, bregman_log(t, q), xlogratio(t, q))
    return exact_sum(terms) + exact_sum(np.where(np.concatenate([close, close], -1), np.concatenate([t, -q], -1), 0.0))


def gradient(probabilities, target):
    return np.where(np.asarray(target) == 0, 0.0, -np.divide(target, probabilities))


def hessian(probabilities, target):
    return np.where(np.asarray(target) == 0, 0.0, np.divide(target, probabilities) / probabilities)


def definition(m, probabilities, target):
    return m.sum(t * m.log(t) - t * m.log(q) for q, t in zip(probabilities, target, strict=True))


def _close(d, distance):
    """Two distributions that differ by a relative `distance`."""
    q = d.simplex()
    return {"probabilities": q, "target": d.normalised([p * (1 + distance * d.uniform(-1, 1)) for p in q])}


LOSS = Loss(
    name="kl_divergence",
    arguments={"probabilities": Simplex(), "target": Simplex()},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    identities=(convex, gibbs),
    hard=(
        Hard("rare", "tail", "a probability far below the others: clips at 1e-7 replace it",
             lambda d: {"probabilities": d.simplex(lambda: d.scaled(-60, 0)), "target": d.simplex()}, 20),
        Hard("rare_target", "tail", "target probabilities over many decades: small terms of both signs",
             lambda d: {"probabilities": d.simplex(), "target": d.simplex(lambda: d.scaled(-60, 0))}, 14),
        Hard("zero_target", "tail", "a target of 0: 0 log 0 is 0, not NaN, whatever the model says there",
             lambda d: {"probabilities": d.simplex(), "target": (1.0,) + (0.0,) * (d.size - 1)}, 8),
        Hard("impossible", "tail", "the model excludes a class: free if the target does too, else infinity",
             lambda d: {"probabilities": (0.5, 0.0, 0.5), "target": ((0.25, 0.0, 0.75), (0.25, 0.5, 0.25))[d.index]}, 2),
        Hard("close", "cancellation", "nearly equal distributions: the terms cancel to the square of their distance",
             lambda d: _close(d, 2.0 ** -(3 + d.index)), 24),
        Hard("equal", "cancellation", "equal distributions: exactly 0",
             lambda d: {"probabilities": (p := d.simplex()), "target": p}, 5),
    ),
    witnesses=(
        Witness({"probabilities": (0.5, 0.5), "target": (1.0, 0.0)}, lambda m: m.log(2), "one bit", ("-2", "0")),
        Witness({"probabilities": (0.25, 0.75), "target": (0.25, 0.75)}, "0", "no distance", ("-1", "-1")),
    ),
    source="S. Kullback and R. A. Leibler, On Information and Sufficiency, 1951",
    also_known_as={"torch": "kl_div (of log-probabilities)", "keras": "KLDivergence", "scipy": "sum of rel_entr", "optax": "kl_divergence"},
)

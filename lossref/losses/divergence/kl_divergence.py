"""Kullback-Leibler divergence of a model's probabilities from target probabilities.

    L(q, t) = sum_j (t_j log t_j - t_j log q_j),      0 log 0 = 0,      dL/dq_j = -t_j / q_j

probabilities  q, the model's distribution along the last axis
target         t, the true distribution along the last axis
The logarithm is natural and nothing is clipped: q_j = 0 < t_j costs infinity. The gradient's entries are free (no
projection on the simplex). Rounded distributions miss the sum 1 by a little, so the law is L >= sum t - sum q.
"""

import numpy as np

from lossref.float64.kernels import are_close, bregman_log, exact_sum, xlogratio
from lossref.laws import convex, gibbs
from lossref.options import WEIGHTS
from lossref.spaces import Simplex
from lossref.spec import Known, Loss


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


LOSS = Loss(
    name="kl_divergence",
    arguments={"probabilities": Simplex(), "target": Simplex()},
    target=WEIGHTS,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(convex, gibbs),
    known=(
        Known({"probabilities": (0.5, 0.5), "target": (1.0, 0.0)}, lambda m: m.log(2), "one bit", ("-2", "0")),
        Known({"probabilities": (0.25, 0.75), "target": (0.25, 0.75)}, "0", "no distance", ("-1", "-1")),
        Known({"probabilities": (0.125, 0.125, 0.75), "target": (0.5, 0.25, 0.25)}, "0.59178090353290421", "not symmetric", row="R12"),
        Known({"probabilities": (0.5, 0.25, 0.25), "target": (0.125, 0.125, 0.75)}, "0.56402902379110278", "not symmetric", row="R12"),
    ),
    source="S. Kullback and R. A. Leibler, On Information and Sufficiency, 1951",
)

"""Kullback-Leibler divergence of a model's log-probabilities from target probabilities.

    L(l, t) = sum_j (t_j log t_j - t_j l_j),      0 log 0 = 0,      dL/dl_j = -t_j

log_probabilities  l, logarithms of the model's probabilities along the last axis (not probabilities, not scores)
target             t, the true distribution along the last axis
With exp l it is `kl_divergence`. Nothing is normalised: that exp l sums to 1 is the caller's business. l_j = -inf costs
infinity where t_j is above 0, and nothing where t_j is 0.
"""

import numpy as np

from lossref.float64.kernels import exact_sum
from lossref.laws import convex
from lossref.options import WEIGHTS
from lossref.spaces import LogProbabilities, Simplex
from lossref.spec import Known, Loss


def value(log_probabilities, target):
    # One logarithm of t, whose rounding is no more than that of l beside it.
    t = np.asarray(target, float)
    return exact_sum(np.where(t == 0, np.where(np.isnan(log_probabilities), np.nan, 0.0), t * (np.log(t) - log_probabilities)))


def gradient(log_probabilities, target):
    return -np.asarray(target, float) + np.zeros_like(log_probabilities)


def definition(m, log_probabilities, target):
    return m.sum(t * m.log(t) - t * x for x, t in zip(log_probabilities, target, strict=True))


LOSS = Loss(
    name="kl_divergence_from_log_probabilities",
    arguments={"log_probabilities": LogProbabilities(), "target": Simplex()},
    target=WEIGHTS,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(convex,),
    known=(
        Known({"log_probabilities": (0.0, -1.0), "target": (0.0, 1.0)}, "1", "a certain target", ("0", "-1")),
        Known({"log_probabilities": (-2.0, -2.0), "target": (0.5, 0.5)}, lambda m: 2 - m.log(2), "two even halves", ("-0.5", "-0.5")),
        Known({"log_probabilities": (0.0, -np.inf), "target": (1.0, 0.0)}, "0", "an impossible class nobody wants", ("-1", "0")),
        Known({"log_probabilities": (-1.0, -np.inf), "target": (0.5, 0.5)}, "inf", "an impossible class somebody wants", ("-0.5", "-0.5")),
    ),
    source="S. Kullback and R. A. Leibler, On Information and Sufficiency, 1951",
)

"""Kullback-Leibler divergence of a model's log-probabilities from the true log-probabilities: both sides in logarithms.

    L(l, u) = sum_j exp(u_j) (u_j - l_j),      dL/dl_j = -exp(u_j)

log_probabilities  l, logarithms of the model's probabilities along the last axis (not probabilities, not scores)
log_target         u, logarithms of the true probabilities along the last axis
With exp u it is `kl_divergence_from_log_probabilities`, with exp l as well `kl_divergence`: what distillation makes of a teacher's
log_softmax. Nothing is normalised. u_j = -inf costs nothing, whatever l_j is; l_j = -inf costs infinity elsewhere.
"""

import numpy as np

from lossref.float64.kernels import exact_sum, times_exp
from lossref.laws import convex
from lossref.spaces import LogProbabilities
from lossref.spec import Hard, Known, Loss


def value(log_probabilities, log_target):
    x, u = np.broadcast_arrays(np.asarray(log_probabilities, float), np.asarray(log_target, float))
    gap = np.where(u == -np.inf, np.where(np.isnan(x), np.nan, 0.0), u - x)
    return exact_sum(np.sign(gap) * times_exp(np.abs(gap), u))


def gradient(log_probabilities, log_target):
    return -np.exp(log_target) + np.zeros_like(log_probabilities)


def _logarithms(d, p):
    return tuple(d.exactly(lambda m, x=x: m.log(m.lift(x))) for x in p)


def definition(m, log_probabilities, log_target):
    return m.sum(m.exp(u) * u - m.exp(u) * x for x, u in zip(log_probabilities, log_target, strict=True))


LOSS = Loss(
    name="kl_divergence_of_log_probabilities",
    arguments={"log_probabilities": LogProbabilities(), "log_target": LogProbabilities()},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(convex,),
    hard=(
        Hard("distributions", "ordinary", "logarithms of two distributions",
             lambda d: {"log_probabilities": _logarithms(d, d.simplex()), "log_target": _logarithms(d, d.simplex())}, 12),
        Hard("close", "cancellation", "nearly equal distributions: terms cancel to the square of their distance",
             lambda d: {"log_target": (u := _logarithms(d, d.simplex())),
                        "log_probabilities": tuple(d.number(y * (1 + 2.0 ** -(3 + d.index) * d.uniform(-1, 1))) for y in u)}, 20),
        Hard("rare", "tail", "log-probabilities far below every clip: the loss is linear in them, whatever exp of them is",
             lambda d: {"log_probabilities": d.vector(lambda: -d.uniform(50, 20 * d.underflow)),
                        "log_target": _logarithms(d, d.simplex())}, 12),
        Hard("rare_target", "tail", "a true class far below every clip: a small term counts, and its slope is small, not 0",
             lambda d: {"log_probabilities": d.vector(lambda: -d.uniform(0.1, 40)),
                        "log_target": d.vector(lambda: -d.uniform(d.saturation / 4, d.underflow - 12))}, 14),
        Hard("certain", "tail", "a log-probability next to 0: the loss is that tiny number, not 0",
             lambda d: {"log_probabilities": (-d.scaled(-60, -15), -d.uniform(20, 50)), "log_target": (0.0, -d.uniform(800, 900))}, 12),
    ),
    known=(
        Known({"log_probabilities": (-3.0, -1.0), "log_target": (0.0, -np.inf)}, "3", "a certain class", ("-1", "0")),
        Known({"log_probabilities": (-2.0,), "log_target": (-1.0,)}, lambda m: m.exp(-1), "exp(-1) (-1 + 2)"),
        Known({"log_probabilities": (-2.0, -5.0), "log_target": (-2.0, -5.0)}, "0", "no distance"),
        Known({"log_probabilities": (0.0, -np.inf), "log_target": (0.0, -np.inf)}, "0", "an impossible class nobody wants", ("-1", "0")),
        Known({"log_probabilities": (0.0, -np.inf), "log_target": (0.0, 0.0)}, "inf", "an impossible class somebody wants", ("-1", "-1")),
    ),
    source="S. Kullback and R. A. Leibler, On Information and Sufficiency, 1951",
)

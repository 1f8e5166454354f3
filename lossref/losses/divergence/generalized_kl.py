"""Generalised Kullback-Leibler divergence of rates from counts: the I-divergence, which fits numbers of any sum.

    L(q, t) = sum_j (t_j log(t_j / q_j) - t_j + q_j),      0 log 0 = 0,      dL/dq_j = 1 - t_j / q_j

rates   q, the model's expectations along the last axis, at least 0, of any sum
target  t, counts, weights or probabilities along the last axis, at least 0
Each term is at least 0, and 0 only for t_j = q_j. It is half a Poisson deviance, and of distributions the plain divergence with another
gradient. As printed the terms of close numbers cancel: of 1 and 1 + 1e-9 nothing is left. q_j = 0 < t_j costs infinity.
"""

import numpy as np

from lossref.float64.kernels import are_close, bregman_log, exact_sum, xlogratio
from lossref.laws import convex, homogeneous, nonnegative
from lossref.spaces import Weights
from lossref.spec import Hard, Known, Loss


def value(rates, target):
    q, t = np.broadcast_arrays(np.asarray(rates, float), np.asarray(target, float))
    apart = np.where(t == 0, q, xlogratio(t, q) + (q - t))
    return exact_sum(np.where(are_close(t, q) & (t > 0) & np.isfinite(q), bregman_log(t, q), np.where(np.isinf(q), np.inf, apart)))


def gradient(rates, target):
    # (q - t) / q: one rounding of the difference, where 1 - t / q would have two.
    q, t = np.broadcast_arrays(np.asarray(rates, float), np.asarray(target, float))
    return np.where((t == 0) | np.isinf(q), 1.0, (q - t) / q)


def hessian(rates, target):
    (q, i), (t, k) = np.frexp(rates), np.frexp(target)
    usual = np.isfinite(rates) & np.not_equal(target, 0)
    return np.where(usual, np.ldexp(t / q / q, np.clip(k - 2 * i, -5000, 5000)), 0.0)


def definition(m, rates, target):
    return m.sum(t * m.log(t) - t * m.log(q) - t + q for q, t in zip(rates, target, strict=True))


LOSS = Loss(
    name="generalized_kl",
    arguments={"rates": Weights(), "target": Weights()},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, homogeneous(1, "rates", "target")),
    hard=(
        Hard("one", "cancellation", "a rate next to a target of 1: the loss is half the square of their distance",
             lambda d: {"rates": (d.number(1 + d.cycle(1, -1) * 2.0 ** -(1 + 2 * d.index)),), "target": (1.0,)}, 12),
        Hard("middle", "ordinary", "rates of a quarter to four times the target, where a series gives way to logarithms",
             lambda d: {"rates": (q := d.vector(lambda: d.uniform(0.1, 9))),
                        "target": tuple(d.number(x * d.uniform(0.25, 4)) for x in q)}, 16),
        Hard("counts", "ordinary", "whole counts, 0 among them, beside moderate rates",
             lambda d: {"rates": d.vector(lambda: d.uniform(0.1, 9)), "target": d.vector(lambda: float(d.integer(0, 9)))}, 12),
        Hard("rare", "tail", "rates far below every clip and every added eps, and a target",
             lambda d: {"rates": d.vector(lambda: d.scaled(-100, -10)), "target": d.vector(lambda: d.uniform(0.1, 4))}, 12),
        Hard("both_rare", "tail", "all of them far below every clip: a small loss is a loss",
             lambda d: {"rates": (q := d.vector(lambda: d.number(2.0 ** -(10 + 4 * d.index) * d.uniform(1, 2)))),
                        "target": tuple(d.number(x * d.uniform(0.1, 9)) for x in q)}, 12),
        Hard("no_rate", "tail", "a rate of 0: free without a count, else infinite",
             lambda d: {"rates": (0.0, 1.0), "target": (d.cycle(0.0, 1.0, 0.0, 2.0**-40), d.cycle(1.0, 0.0))}, 4),
    ),
    known=(
        Known({"rates": (2.0, 1.0), "target": (1.0, 0.0)}, lambda m: 2 - m.log(2), "2 - 1 - log 2, and a rate of 1", ("0.5", "1")),
        Known({"rates": (0.5, 3.0), "target": (0.5, 3.0)}, "0", "no distance", ("0", "0")),
        Known({"rates": (0.0,), "target": (1.0,)}, "inf", "a count that was excluded", ("-inf",)),
        Known({"rates": (np.inf,), "target": (1.0,)}, "inf", "an infinite rate", ("1",)),
    ),
    source="I. Csiszar, Why Least Squares and Maximum Entropy?, 1991",
)

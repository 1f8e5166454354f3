"""Categorical cross-entropy of probabilities.

    L(p, t) = -sum_j t_j log p_j,      0 log 0 = 0,      dL/dp_j = -t_j / p_j

probabilities  p, the model's distribution along the last axis
target         t, one-hot rows, soft labels or counts, at least 0, of any sum
The logarithm is natural; nothing is clipped, so p_j = 0 < t_j costs infinity. The gradient's entries are free (no
projection on the simplex): a class with t_j = 0 has slope 0.
"""

import numpy as np

from lossref.identities import convex, nonnegative
from lossref.kernels import exact_sum
from lossref.spaces import Simplex, Weights
from lossref.spec import Hard, Loss, Witness


def value(probabilities, target):
    weight, logarithm = np.broadcast_arrays(target, np.log(probabilities))
    return exact_sum(np.where(weight == 0, 0.0, -weight * logarithm))


def gradient(probabilities, target):
    return np.where(np.asarray(target) == 0, 0.0, -np.divide(target, probabilities))


def hessian(probabilities, target):
    return np.where(np.asarray(target) == 0, 0.0, np.divide(target, probabilities) / probabilities)


def definition(m, probabilities, target):
    return -m.sum(t * m.log(p) for p, t in zip(probabilities, target, strict=True))


def _one_hot(d):
    y = d.label()
    return tuple(float(j == y) for j in range(d.size))


LOSS = Loss(
    name="categorical_cross_entropy",
    arguments={"probabilities": Simplex(), "target": Weights()},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    identities=(nonnegative, convex),
    hard=(
        Hard("one_hot", "ordinary", "a one-hot target: the other classes cost nothing and have no slope",
             lambda d: {"probabilities": d.simplex(), "target": _one_hot(d)}, 12),
        Hard("rare", "tail", "probabilities far below every clip and every added eps",
             lambda d: {"probabilities": d.simplex(lambda: d.scaled(-60, 0)), "target": d.simplex()}, 12),
        Hard("rare_weight", "tail", "weights over many decades: a small slope is a slope",
             lambda d: {"probabilities": d.simplex(), "target": d.vector(lambda: d.scaled(-60, 0))}, 8),
        Hard("rare_target", "tail", "a one-hot target that the model all but excludes",
             lambda d: {"probabilities": d.simplex(lambda: d.scaled(-100, 0)), "target": _one_hot(d)}, 8),
        Hard("sure_and_right", "tail", "a probability next to 1: its logarithm is tiny, not 0, and never negative as a loss",
             lambda d: {"probabilities": d.almost_certain(), "target": (1.0, 0.0)}, 10),
        Hard("certain", "tail", "p = t = one-hot: 0 log 0 is 0, not NaN; the target's slope is -1, not 0",
             lambda d: {"probabilities": (1.0,) + (0.0,) * (d.size - 1), "target": (d.cycle(1.0, 2.0),) + (0.0,) * (d.size - 1)}, 4),
        Hard("impossible", "tail", "the model excludes the target: the loss is infinite, whatever is clipped or added",
             lambda d: {"probabilities": (0.5, 0.0, 0.5), "target": ((0.0, 1.0, 0.0), (0.25, 0.5, 0.25))[d.index]}, 2),
    ),
    witnesses=(
        Witness({"probabilities": (0.5, 0.5), "target": (1.0, 0.0)}, lambda m: m.log(2), "one bit", ("-2", "0")),
        Witness({"probabilities": (1.0, 0.0), "target": (1.0, 0.0)}, "0", "certain and right", ("-1", "0")),
        Witness({"probabilities": (0.25, 0.75), "target": (1.0, 3.0)}, lambda m: 4 * m.log(4) - 3 * m.log(3), "counts", ("-4", "-4")),
    ),
    source="I. J. Good, Some Terminology and Notation in Information Theory, 1956",
    also_known_as={"keras": "CategoricalCrossentropy", "scikit-learn": "log_loss (a clipped mean)"},
)

"""Categorical cross-entropy of probabilities.

    L(p, t) = -sum_j t_j log p_j,      0 log 0 = 0,      dL/dp_j = -t_j / p_j

probabilities  p, the model's distribution along the last axis
target         t, one-hot rows, soft labels or counts, at least 0, of any sum
The logarithm is natural; nothing is clipped, so p_j = 0 < t_j costs infinity. The gradient's entries are free (no
projection on the simplex): a class with t_j = 0 has slope 0.
"""

import numpy as np

from lossref.float64.kernels import exact_sum
from lossref.laws import convex, nonnegative
from lossref.options import WEIGHTS
from lossref.spaces import Simplex, Weights
from lossref.spec import Known, Loss


def value(probabilities, target):
    weight, logarithm = np.broadcast_arrays(target, np.log(probabilities))
    return exact_sum(np.where(weight == 0, 0.0, -weight * logarithm))


def gradient(probabilities, target):
    return np.where(np.asarray(target) == 0, 0.0, -np.divide(target, probabilities))


def hessian(probabilities, target):
    return np.where(np.asarray(target) == 0, 0.0, np.divide(target, probabilities) / probabilities)


def definition(m, probabilities, target):
    return -m.sum(t * m.log(p) for p, t in zip(probabilities, target, strict=True))


LOSS = Loss(
    name="categorical_cross_entropy",
    arguments={"probabilities": Simplex(), "target": Weights()},
    target=WEIGHTS,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex),
    known=(
        Known({"probabilities": (0.5, 0.5), "target": (1.0, 0.0)}, lambda m: m.log(2), "one bit", ("-2", "0")),
        Known({"probabilities": (1.0, 0.0), "target": (1.0, 0.0)}, "0", "certain and right", ("-1", "0")),
        Known({"probabilities": (0.25, 0.75), "target": (1.0, 3.0)}, lambda m: 4 * m.log(4) - 3 * m.log(3), "counts", ("-4", "-4")),
        Known({"probabilities": (0.1, 0.7, 0.1, 0.1), "target": (0.0, 1.0, 0.0, 0.0)}, "0.35667494393873244",
              "0 log 0 = 0 and no eps", row="R06"),
        Known({"probabilities": (1.0, 0.0), "target": (1.0, 0.0)}, "0", "0 log 0 = 0 and no eps", ("-1", "0"), row="R06", region="tail"),
        Known({"probabilities": (0.5, 0.25, 0.25), "target": (1.0, 0.0, 0.0)}, "0.69314718055994531",
              "the gradient is -t / p, and nothing for the other classes", ("-2", "0", "0"), row="R07"),
        Known({"probabilities": ((0.3, 0.3, 0.4), (0.3, 0.4, 0.3), (0.1, 0.2, 0.7)),
               "target": ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)), "reduction": "mean"},
              "1.3783888522474519", "two models of three parties: one classification error, two losses", row="R21"),
        Known({"probabilities": ((0.1, 0.2, 0.7), (0.1, 0.7, 0.2), (0.3, 0.4, 0.3)),
               "target": ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)), "reduction": "mean"},
              "0.6391075640678003", "two models of three parties: one classification error, two losses", row="R21"),
    ),
    source="I. J. Good, Some Terminology and Notation in Information Theory, 1956",
)

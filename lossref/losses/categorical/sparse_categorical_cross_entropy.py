"""Cross-entropy of probabilities, with an integer target: minus the logarithm of the true class's probability.

    L(p, y) = -log p_y,      dL/dp_j = -[j = y] / p_y

probabilities  p, the model's distribution along the last axis (not logits, not logarithms)
target         y, the index of the true class, counted from 0
The logarithm is natural; nothing is clipped, so p_y = 0 costs infinity. The gradient's entries are free (no projection on the
simplex). With a row of weights for target it is `categorical_cross_entropy`.
"""

import numpy as np

from lossref.laws import convex, nonnegative
from lossref.options import CLASS
from lossref.spaces import Label, Simplex
from lossref.spec import Known, Loss


def value(probabilities, target):
    return np.where(_truth(probabilities, target), 0.0 - np.log(probabilities), 0.0).sum(axis=-1)


def gradient(probabilities, target):
    return np.where(_truth(probabilities, target), np.divide(-1.0, probabilities), 0.0)


def hessian(probabilities, target):
    return np.where(_truth(probabilities, target), np.divide(1.0, probabilities) / probabilities, 0.0)


def _truth(probabilities, target):
    return np.arange(np.shape(probabilities)[-1]) == np.asarray(target)[..., None]


def definition(m, probabilities, target):
    return -m.log(probabilities[target])


LOSS = Loss(
    name="sparse_categorical_cross_entropy",
    arguments={"probabilities": Simplex(), "target": Label("probabilities")},
    target=CLASS,
    soft_target="categorical_cross_entropy",
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex),
    known=(
        Known({"probabilities": (0.5, 0.5), "target": 0}, lambda m: m.log(2), "one bit", ("-2", "0")),
        Known({"probabilities": (1.0, 0.0), "target": 0}, "0", "certain and right", ("-1", "0")),
        Known({"probabilities": (0.25, 0.75), "target": 0}, lambda m: 2 * m.log(2), "two bits", ("-4", "0")),
        Known({"probabilities": (1.0, 0.0), "target": 1}, "inf", "certain and wrong", ("0", "-inf")),
    ),
    source="I. J. Good, Rational Decisions, 1952",
)

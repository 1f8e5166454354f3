"""Squared hinge loss.

    L(f, y) = max(0, 1 - y f)^2

prediction  f, a score, any real
target      y, -1 or 1 (not 0 or 1)
No factor 1/2: the gradient is -2 y max(0, 1 - y f), and continuous; only the second derivative jumps, from 2 to 0.
"""

import numpy as np

from lossref.laws import convex, even_in_both, nonnegative
from lossref.options import SIGN
from lossref.spaces import Real, Sign
from lossref.spec import Known, Loss


def value(prediction, target):
    return np.square(_shortfall(prediction, target))


def gradient(prediction, target):
    return np.multiply(-2.0, target) * _shortfall(prediction, target)


def hessian(prediction, target):
    return np.where(np.multiply(target, prediction) < 1, 2.0, 0.0)


def _shortfall(prediction, target):
    return np.maximum(0.0, 1.0 - np.multiply(target, prediction))


def definition(m, prediction, target):
    return m.max(0, 1 - target * prediction) ** 2


LOSS = Loss(
    name="squared_hinge",
    arguments={"prediction": Real(), "target": Sign()},
    target=SIGN,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, even_in_both),
    known=(
        Known({"prediction": 2.0, "target": 1.0}, "0", "beyond the margin", "0"),
        Known({"prediction": 0.5, "target": -1.0}, "2.25", "(1 + 0.5)^2", "3"),
        Known({"prediction": np.inf, "target": 1.0}, "0", "for ever beyond the margin", "0"),
        Known({"prediction": np.inf, "target": -1.0}, "inf", "for ever on the wrong side", "inf"),
    ),
    source="C. Cortes and V. Vapnik, Support-Vector Networks, 1995",
)

"""Squared epsilon-insensitive loss: the squared error beyond a tube in which nothing costs.

    L(f, y) = max(0, |f - y| - epsilon)^2

prediction  f, any real
target      y, any real
epsilon     half the width of the tube, at least 0; 0.1 by default
No factor 1/2: the gradient is 2 (|f - y| - epsilon) towards the tube, and continuous; only the second derivative jumps, from 0 to 2.
"""

import numpy as np

from lossref.families.scalars import tube
from lossref.laws import convex, even_in_residual, homogeneous, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import NonNegative, Real
from lossref.spec import Known, Loss, Parameter


def value(prediction, target, epsilon=0.1):
    _, beyond, whole = _parts(prediction, target, epsilon)
    return np.square(beyond) / (whole * whole)


def gradient(prediction, target, epsilon=0.1):
    r, beyond, whole = _parts(prediction, target, epsilon)
    return 2.0 * np.sign(r) * beyond / whole


def hessian(prediction, target, epsilon=0.1):
    return np.where(np.abs(np.subtract(prediction, target)) > epsilon, 2.0, 0.0)


def _parts(prediction, target, epsilon):
    """The residual and what of it is beyond the tube, times a factor that keeps them finite, and the factor."""
    whole = np.where(np.maximum(np.abs(prediction), np.abs(target)) > 2.0**1000, 0.5, 1.0)
    r = whole * prediction - whole * target
    return r, np.maximum(0.0, np.abs(r) - whole * epsilon), whole


def definition(m, prediction, target, epsilon):
    return m.max(0, abs(prediction - target) - epsilon) ** 2


LOSS = Loss(
    name="squared_epsilon_insensitive",
    arguments={"prediction": Real(), "target": Real()},
    parameters={"epsilon": Parameter(space=NonNegative(), default=0.1, grid=(0.1, 0.0, 2.0**-10, 1.0, 1000.0))},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, symmetric, even_in_residual, homogeneous(2, "prediction", "target", "epsilon")),
    hard=tube("prediction", "target", "epsilon", "the second derivative jumps"),
    known=(
        Known({"prediction": 3.0, "target": 1.0, "epsilon": 0.5}, "2.25", "the square of 2 less a half", "3"),
        Known({"prediction": 1.0, "target": 1.25, "epsilon": 0.5}, "0", "within the tube", "0"),
        Known({"prediction": np.inf, "target": 1.0, "epsilon": 0.5}, "inf", "an infinite residual", "inf"),
        Known({"prediction": 1.0, "target": np.inf, "epsilon": 0.5}, "inf", "an infinite residual", "-inf"),
    ),
    source="A. J. Smola and B. Schoelkopf, A tutorial on support vector regression, 2004",
)

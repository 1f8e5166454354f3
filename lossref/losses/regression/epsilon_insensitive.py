"""Epsilon-insensitive loss of support vector regression: the absolute error beyond a tube in which nothing costs.

    L(f, y) = max(0, |f - y| - epsilon)

prediction  f, any real
target      y, any real
epsilon     half the width of the tube, at least 0; 0.1 by default
At the tube's wall the loss has a corner: every slope between 0 and the sign of f - y is right there. This code returns 0.
"""

import numpy as np

from lossref.families.scalars import tube
from lossref.laws import convex, even_in_residual, homogeneous, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import NonNegative, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(prediction, target, epsilon=0.1):
    distance = np.abs(np.subtract(prediction, target))
    # Where the distance itself overflows, half of it does not.
    half = np.abs(np.multiply(0.5, prediction) - np.multiply(0.5, target))
    return np.maximum(0.0, np.where(np.isinf(distance), 2.0 * (half - 0.5 * np.asarray(epsilon)), distance - epsilon))


def gradient(prediction, target, epsilon=0.1):
    r = np.subtract(prediction, target)
    return np.where(np.abs(r) > epsilon, np.sign(r), 0.0)


def definition(m, prediction, target, epsilon):
    return m.max(0, abs(prediction - target) - epsilon)


LOSS = Loss(
    name="epsilon_insensitive",
    arguments={"prediction": Real(), "target": Real()},
    parameters={"epsilon": Parameter(space=NonNegative(), default=0.1, grid=(0.1, 0.0, 2.0**-10, 1.0, 1000.0))},
    target=NUMBER,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, convex, symmetric, even_in_residual, homogeneous(1, "prediction", "target", "epsilon")),
    hard=(
        *tube("prediction", "target", "epsilon", "any slope of the interval is right"),
        Hard("no_tube", "tail", "epsilon 0: the absolute error", lambda d: {"target": 0.0, "prediction": d.sign() * d.scaled(-60, 60),
                                                                         "epsilon": 0.0}, 8),
    ),
    known=(
        Known({"prediction": 3.0, "target": 1.0, "epsilon": 0.5}, "1.5", "2 less a half", "1"),
        Known({"prediction": 1.0, "target": 1.25, "epsilon": 0.5}, "0", "within the tube", "0"),
        Known({"prediction": np.inf, "target": 1.0, "epsilon": 0.5}, "inf", "an infinite residual", "1"),
        Known({"prediction": 1.0, "target": np.inf, "epsilon": 0.5}, "inf", "an infinite residual", "-1"),
    ),
    source="V. N. Vapnik, The Nature of Statistical Learning Theory, 1995",
)

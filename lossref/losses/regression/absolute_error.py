"""Absolute error.

    L(f, y) = |f - y|

prediction  f, any real
target      y, any real
At f = y the loss has a corner: every slope in [-1, 1] is right there. This code returns 0.
"""

import numpy as np

from lossref.identities import convex, even_in_residual, nonnegative, symmetric
from lossref.spaces import Real
from lossref.spec import Hard, Loss, Witness


def value(prediction, target):
    return np.abs(np.subtract(prediction, target))


def gradient(prediction, target):
    return np.sign(np.subtract(prediction, target))


def definition(m, prediction, target):
    return abs(prediction - target)


LOSS = Loss(
    name="absolute_error",
    arguments={"prediction": Real(), "target": Real()},
    value=value,
    gradient=gradient,
    definition=definition,
    identities=(nonnegative, convex, symmetric, even_in_residual),
    hard=(
        Hard("large_residual", "tail", "far off: the slope is still 1",
             lambda d: {"prediction": d.sign() * d.scaled(10, 60), "target": d.uniform(-2, 2)}, 16),
        Hard("small_residual", "tail", "a tiny residual: sqrt(r^2 + eps) rounds the corner off and the slope is lost",
             lambda d: {"prediction": d.sign() * d.scaled(-60, -15), "target": 0.0}, 16),
        Hard("close", "cancellation", "prediction close to target: the difference is exact, its digits are all there",
             lambda d: {"target": (y := d.uniform(1, 1000)), "prediction": d.format.step(y, d.integer(3, 1000))}, 20),
        Hard("corner", "kink", "residual 0 and one or two ulps beside it: any slope in the box is right",
             lambda d: {"target": (y := d.uniform(-8, 8)), "prediction": d.nudged(y)}, 15),
    ),
    witnesses=(
        Witness({"prediction": 0.5, "target": 3.0}, "2.5", "3 - 0.5", "-1"),
        Witness({"prediction": -np.inf, "target": 1.0}, "inf", "an infinite residual", "-1"),
        Witness({"prediction": 1.0, "target": -np.inf}, "inf", "an infinite residual", "1"),
    ),
    source="R. J. Boscovich, De litteraria expeditione per pontificiam ditionem, 1757",
    also_known_as={"torch": "l1_loss", "keras": "MeanAbsoluteError", "scikit-learn": "AbsoluteError"},
)

"""Absolute error.

    L(f, y) = |f - y|

prediction  f, any real
target      y, any real
At f = y the loss has a corner: every slope in [-1, 1] is right there. This code returns 0.
"""

import numpy as np

from lossref.laws import convex, even_in_residual, homogeneous, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import Real
from lossref.spec import Hard, Known, Loss


def value(prediction, target):
    return np.abs(np.subtract(prediction, target))


def gradient(prediction, target):
    return np.sign(np.subtract(prediction, target))


def definition(m, prediction, target):
    return abs(prediction - target)


LOSS = Loss(
    name="absolute_error",
    arguments={"prediction": Real(), "target": Real()},
    target=NUMBER,
    stands_for_its_kind=True,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, convex, symmetric, even_in_residual, homogeneous(1, "prediction", "target")),
    hard=(
        Hard("large_residual", "tail", "far off: the slope is still 1",
             lambda d: {"prediction": d.sign() * d.scaled(10, 60), "target": d.uniform(-2, 2)}, 16),
        Hard("close", "cancellation", "prediction close to target: the difference is exact, its digits are all there",
             lambda d: {"target": (y := d.uniform(1, 1000)), "prediction": d.format.step(y, d.integer(3, 1000))}, 20),
    ),
    known=(
        Known({"prediction": 0.5, "target": 3.0}, "2.5", "3 - 0.5", "-1"),
        Known({"prediction": -np.inf, "target": 1.0}, "inf", "an infinite residual", "-1"),
        Known({"prediction": 1.0, "target": -np.inf}, "inf", "an infinite residual", "1"),
        Known({"prediction": (1.0, 2.0, 3.0), "target": (1.0, 2.0, 5.0), "reduction": "mean"}, "0.66666666666666667", "a mean", row="R13"),
    ),
    source="R. J. Boscovich, De litteraria expeditione per pontificiam ditionem, 1757",
)

"""Modified Huber loss: a squared hinge whose square turns into a line on the wrong side.

    L(f, y) = max(0, 1 - y f)^2  if y f >= -1,  -4 y f  otherwise

prediction  f, a score, any real
target      y, -1 or 1 (not 0 or 1)
Far on the wrong side the slope is -4 y and no more, so an outlier counts as in a hinge. The gradient is continuous; only the second
derivative jumps, from 2 to 0, at both ends of the square. It is no Huber loss of a residual, and its line is four times as steep.
"""

import numpy as np

from lossref.laws import convex, even_in_both, nonnegative
from lossref.options import SIGN
from lossref.spaces import Real, Sign
from lossref.spec import Hard, Known, Loss


def value(prediction, target):
    margin = np.multiply(target, prediction)
    return np.where(margin < -1, -4.0 * margin, np.square(np.clip(1.0 - margin, 0.0, 2.0)))


def gradient(prediction, target):
    return np.multiply(-2.0, target) * np.clip(1.0 - np.multiply(target, prediction), 0.0, 2.0)


def hessian(prediction, target):
    return np.where(np.abs(np.multiply(target, prediction)) < 1, 2.0, 0.0)


def definition(m, prediction, target):
    return m.max(0, 1 - target * prediction) ** 2 if target * prediction >= -1 else -4 * target * prediction


LOSS = Loss(
    name="modified_huber",
    arguments={"prediction": Real(), "target": Sign()},
    target=SIGN,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, even_in_both),
    hard=(
        Hard("turn", "kink", "y f = -1 and one or two ulps beside it: the square must meet its line",
             lambda d: {"target": (s := d.cycle(1.0, -1.0)), "prediction": -s * d.nudged(1.0)}, 10),
        Hard("around_turn", "tail", "y f off -1 by 2^-1 to 2^-20, both ways: a turn elsewhere shows",
             lambda d: {"target": (s := d.sign()), "prediction": -s * d.number(1 + d.cycle(1, -1) * 2.0 ** -(1 + d.index))}, 20),
    ),
    known=(
        Known({"prediction": 2.0, "target": 1.0}, "0", "beyond the margin", "0"),
        Known({"prediction": 0.5, "target": -1.0}, "2.25", "(1 + 0.5)^2", "3"),
        Known({"prediction": -3.0, "target": 1.0}, "12", "4 times 3", "-4"),
        Known({"prediction": np.inf, "target": 1.0}, "0", "for ever beyond the margin", "0"),
        Known({"prediction": np.inf, "target": -1.0}, "inf", "for ever on the wrong side", "4"),
    ),
    source="T. Zhang, Solving Large Scale Linear Prediction Problems Using Stochastic Gradient Descent Algorithms, 2004",
)

"""Exponential loss, of AdaBoost.

    L(f, y) = exp(-y f)

prediction  f, a score, any real
target      y, -1 or 1 (not 0 or 1)
One outlier decides: float64 overflows where -y f passes 709.78. The gradient is -y L, the second derivative L.
"""

import numpy as np

from lossref.laws import convex, even_in_both, nonnegative
from lossref.options import SIGN
from lossref.spaces import Real, Sign
from lossref.spec import Hard, Known, Loss


def value(prediction, target):
    return np.exp(-np.multiply(target, prediction))


def gradient(prediction, target):
    return np.negative(target) * value(prediction, target)


def hessian(prediction, target):
    return value(prediction, target)


def definition(m, prediction, target):
    return m.exp(-prediction if target > 0 else prediction)  # a sign is turned, not multiplied by: nothing is rounded


LOSS = Loss(
    name="exponential",
    arguments={"prediction": Real(), "target": Sign()},
    target=SIGN,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, even_in_both),
    hard=(
        Hard("outlier", "tail", "far on the wrong side: the loss is huge and right to its last digits",
             lambda d: {"target": (y := d.sign()), "prediction": -y * d.uniform(10, d.underflow * 0.8)}, 16),
        Hard("wrong_side", "tail", "wrong by 1 to 64, as far as both formats hold the loss: an exponential, not a line",
             lambda d: {"target": (y := d.sign()), "prediction": -y * d.scaled(0, 6)}, 12),
        Hard("almost_overflow", "tail", "the largest losses that the format holds",
             lambda d: {"target": (y := d.sign()), "prediction": -y * d.uniform(d.underflow * 0.8, d.underflow * 0.84)}, 8),
    ),
    known=(
        Known({"prediction": 0.0, "target": 1.0}, "1", "undecided", "-1"),
        Known({"prediction": -10.0, "target": 1.0}, lambda m: m.exp(10), "an outlier"),
        Known({"prediction": np.inf, "target": 1.0}, "0", "right for ever", "0"),
        Known({"prediction": np.inf, "target": -1.0}, "inf", "for ever on the wrong side", "inf"),
        Known({"prediction": -10.0, "target": 1.0}, "22026.465794806717", "four losses of one margin", row="R15"),
    ),
    source="J. Friedman, T. Hastie and R. Tibshirani, Additive Logistic Regression: A Statistical View of Boosting, 2000",
)

"""Logistic loss in margin form.

    L(f, y) = log(1 + exp(-y f))

prediction  f, a score (log-odds of the label 1), any real
target      y, -1 or 1; with labels 0 and 1 it is `sigmoid_cross_entropy`
The logarithm is natural. L is -log P(y | f) of logistic regression.
"""

import numpy as np

from lossref.float64.kernels import sigmoid, sigmoid_slope, softplus
from lossref.laws import convex, even_in_both, nonnegative
from lossref.options import SIGN
from lossref.spaces import Real, Sign
from lossref.spec import Hard, Known, Loss


def value(prediction, target):
    return softplus(-np.multiply(target, prediction))


def gradient(prediction, target):
    return np.negative(target) * sigmoid(-np.multiply(target, prediction))


def hessian(prediction, target):
    return sigmoid_slope(np.multiply(target, prediction))


def definition(m, prediction, target):
    return m.log(1 + m.exp(-prediction if target > 0 else prediction))  # a sign is turned, not multiplied by: nothing is rounded


LOSS = Loss(
    name="logistic",
    arguments={"prediction": Real(), "target": Sign()},
    target=SIGN,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, even_in_both),
    hard=(
        Hard("tiny_score", "cancellation", "a score near 0: the loss is next to log 2, the slope next to 1/2",
             lambda d: {"target": d.sign(), "prediction": d.sign() * d.scaled(-50, -5)}, 6),
    ),
    known=(
        Known({"prediction": 0.0, "target": -1.0}, lambda m: m.log(2), "undecided", "0.5"),
        Known({"prediction": np.inf, "target": 1.0}, "0", "right for ever", "0"),
        Known({"prediction": np.inf, "target": -1.0}, "inf", "for ever on the wrong side", "1"),
        Known({"prediction": -10.0, "target": 1.0}, "10.000045398899217", "four losses of one margin", "-0.99995460213129757", row="R15"),
    ),
    source="J. Friedman, T. Hastie and R. Tibshirani, Additive Logistic Regression: A Statistical View of Boosting, 2000",
)

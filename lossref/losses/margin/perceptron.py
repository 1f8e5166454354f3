"""Perceptron loss.

    L(f, y) = max(0, -y f)

prediction  f, a score, any real
target      y, -1 or 1 (not 0 or 1)
At f = 0, where every model that starts from zero is, the loss has a corner: every slope between -y and 0 is right there.
This code returns 0.
"""

import numpy as np

from lossref.float64.kernels import as_array
from lossref.laws import convex, even_in_both, homogeneous, nonnegative
from lossref.options import SIGN
from lossref.spaces import Real, Sign
from lossref.spec import Known, Loss


def value(prediction, target):
    return np.maximum(0.0, -np.multiply(target, prediction))


def gradient(prediction, target):
    return np.where(np.multiply(target, prediction) < 0, -as_array(target), 0.0)


def definition(m, prediction, target):
    return m.max(0, -target * prediction)


LOSS = Loss(
    name="perceptron",
    arguments={"prediction": Real(), "target": Sign()},
    target=SIGN,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, convex, even_in_both, homogeneous(1, "prediction")),
    known=(
        Known({"prediction": -2.0, "target": 1.0}, "2", "wrong by 2", "-1"),
        Known({"prediction": 0.5, "target": 1.0}, "0", "right", "0"),
        Known({"prediction": np.inf, "target": 1.0}, "0", "right for ever", "0"),
        Known({"prediction": np.inf, "target": -1.0}, "inf", "for ever on the wrong side", "1"),
        Known({"prediction": -10.0, "target": 1.0}, "10", "four losses of one margin", "-1", row="R15"),
    ),
    source="F. Rosenblatt, The Perceptron, 1958",
)

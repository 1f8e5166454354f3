"""Hinge loss.

    L(f, y) = max(0, 1 - y f)

prediction  f, a score, any real
target      y, -1 or 1 (not 0 or 1)
At y f = 1 the loss has a corner: every slope between -y and 0 is right there. This code returns 0.
"""

import numpy as np

from lossref.float64.kernels import as_array
from lossref.laws import convex, even_in_both, nonnegative
from lossref.options import SIGN
from lossref.spaces import Real, Sign
from lossref.spec import Known, Loss


def value(prediction, target):
    return np.maximum(0.0, 1.0 - np.multiply(target, prediction))


def gradient(prediction, target):
    return np.where(np.multiply(target, prediction) < 1, -as_array(target), 0.0)


def definition(m, prediction, target):
    return m.max(0, 1 - target * prediction)


LOSS = Loss(
    name="hinge",
    arguments={"prediction": Real(), "target": Sign()},
    target=SIGN,
    stands_for_its_kind=True,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, convex, even_in_both),
    known=(
        Known({"prediction": 2.0, "target": 1.0}, "0", "beyond the margin", "0"),
        Known({"prediction": 0.5, "target": -1.0}, "1.5", "1 + 0.5", "1"),
        Known({"prediction": np.inf, "target": 1.0}, "0", "for ever beyond the margin", "0"),
        Known({"prediction": np.inf, "target": -1.0}, "inf", "for ever on the wrong side", "1"),
        Known({"prediction": -10.0, "target": 1.0}, "11", "four losses of one margin", "-1", row="R15"),
    ),
    source="C. Cortes and V. Vapnik, Support-Vector Networks, 1995",
)

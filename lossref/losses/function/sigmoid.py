"""Logistic sigmoid.

    s(x) = 1 / (1 + exp(-x)),      ds/dx = s(x) s(-x)

x  any real
1 - s(x) is s(-x), and must be computed so: s(x) rounds to 1 from 36.74 on, while s(-x) lives to the last subnormal.
"""

import numpy as np

from lossref.float64.kernels import sigmoid, sigmoid_slope
from lossref.laws import mirror_complement, nonnegative
from lossref.spaces import Real
from lossref.spec import Known, Loss


def value(x):
    return sigmoid(x)


def gradient(x):
    return sigmoid_slope(x)


def definition(m, x):
    return m.exp(x) / (1 + m.exp(x))


LOSS = Loss(
    name="sigmoid",
    arguments={"x": Real()},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, mirror_complement),
    known=(
        Known({"x": 0.0}, "0.5", "the middle", "0.25"),
        Known({"x": np.inf}, "1", "the right end", "0"),
        Known({"x": -np.inf}, "0", "the left end", "0"),
        Known({"x": -40.0}, "4.248354255291589e-18", "down to the last subnormal", row="R04", region="tail"),
        Known({"x": -710.0}, "4.47628622567513e-309", "down to the last subnormal", row="R04", region="tail"),
        Known({"x": 2.0}, "0.88079707797788244", "down to the last subnormal", "0.10499358540350652", row="R04"),
    ),
    source="P.-F. Verhulst, Notice sur la loi que la population suit dans son accroissement, 1838",
)

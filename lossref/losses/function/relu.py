"""Rectified linear unit.

    f(x) = max(0, x),      df/dx = 0  for x < 0,  1  for x > 0

x  any real
At 0 there is a corner: every slope between 0 and 1 is right there. This code returns 0, as most libraries do.
"""

import numpy as np

from lossref.laws import convex, nonnegative
from lossref.spaces import Real
from lossref.spec import Known, Loss


def value(x):
    return np.maximum(0.0, x)


def gradient(x):
    return np.where(np.greater(x, 0), 1.0, 0.0)


def definition(m, x):
    return m.max(0, x)


LOSS = Loss(
    name="relu",
    arguments={"x": Real()},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, convex),
    known=(
        Known({"x": 2.5}, "2.5", "passes", "1"),
        Known({"x": -2.5}, "0", "is stopped", "0"),
        Known({"x": np.inf}, "inf", "the right end", "1"),
        Known({"x": -np.inf}, "0", "the left end", "0"),
        Known({"x": 0.0}, "0", "at the corner", row="R05", region="kink"),
    ),
    source="V. Nair and G. E. Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines, 2010",
)

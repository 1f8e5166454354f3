"""Rectified linear unit.

    f(x) = max(0, x),      df/dx = 0  for x < 0,  1  for x > 0

x  any real
At 0 there is a corner: every slope between 0 and 1 is right there. This code returns 0, as most libraries do.
"""

import numpy as np

from lossref.identities import convex, nonnegative
from lossref.spaces import Real
from lossref.spec import Hard, Loss, Witness


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
    identities=(nonnegative, convex),
    hard=(
        Hard("positive", "tail", "large positive numbers pass unchanged: a cap (ReLU6) shows",
             lambda d: {"x": d.scaled(3, 60)}, 14),
        Hard("negative", "tail", "large negative numbers: exactly 0, no leak",
             lambda d: {"x": -d.scaled(3, 60)}, 14),
        Hard("small_positive", "tail", "tiny positive numbers pass unchanged, with a whole slope: smooth substitutes show",
             lambda d: {"x": d.scaled(-60, -5)}, 14),
        Hard("small_negative", "tail", "tiny negative numbers: exactly 0, and no slope",
             lambda d: {"x": -d.scaled(-60, -5)}, 14),
        Hard("corner", "kink", "0 and one or two of the least numbers beside it: at 0 any slope between 0 and 1 is right",
             lambda d: {"x": d.nudged(0.0)}, 5),
    ),
    witnesses=(
        Witness({"x": 2.5}, "2.5", "passes", "1"),
        Witness({"x": -2.5}, "0", "is stopped", "0"),
        Witness({"x": np.inf}, "inf", "the right end", "1"),
        Witness({"x": -np.inf}, "0", "the left end", "0"),
    ),
    source="V. Nair and G. E. Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines, 2010",
    also_known_as={"torch": "relu", "jax": "nn.relu", "keras": "relu"},
)

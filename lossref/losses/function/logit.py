"""Logit: the logarithm of the odds, the inverse of the logistic sigmoid.

    f(x) = log(x / (1 - x)),      df/dx = 1 / (x (1 - x))

x  a probability, in [0, 1]
Next to 1/2 the odds are next to 1, whose logarithm must be made of their difference, (2 x - 1) / (1 - x); of 0 it is -infinity.
"""

import numpy as np

from lossref.float64.kernels import as_array
from lossref.laws import odd_about_half
from lossref.spaces import Unit
from lossref.spec import Hard, Known, Loss


def value(x):
    p = as_array(x)
    middle = np.abs(p - 0.5) < 0.25
    return np.where(middle, np.log1p((2.0 * p - 1.0) / np.where(middle, 1.0 - p, 1.0)), np.log(p) - np.log1p(-p))


def gradient(x):
    return 1.0 / as_array(x) / np.subtract(1.0, x)


def definition(m, x):
    return m.log(x) - m.log(1 - x)


LOSS = Loss(
    name="logit",
    arguments={"x": Unit()},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(odd_about_half,),
    hard=(
        Hard("middle", "cancellation", "x next to 1/2: the odds are next to 1, and their logarithm is small, not 0",
             lambda d: {"x": d.number(0.5 + d.cycle(1, -1) * 2.0 ** -(2 + d.index) * d.uniform(0.5, 1))}, 24),
        Hard("switch", "ordinary", "x around 1/4 and 3/4, and other ordinary probabilities",
             lambda d: {"x": d.cycle(0.0, 0.5) + d.uniform(0.15, 0.35)}, 12),
        Hard("rare", "tail", "a tiny x: an added eps or a clip replaces it",
             lambda d: {"x": d.scaled(-100, -10)}, 16),
        Hard("near_one", "tail", "x a few ulps below 1: 1 - x is exact and small",
             lambda d: {"x": d.format.step(1.0, -(1 + d.index * d.index))}, 12),
    ),
    known=(
        Known({"x": 0.5}, "0", "even odds", "4"),
        Known({"x": 0.75}, lambda m: m.log(3), "odds of 3 to 1"),
        Known({"x": 0.0}, "-inf", "impossible", "inf"),
        Known({"x": 1.0}, "inf", "certain", "inf"),
    ),
    source="J. Berkson, Application of the Logistic Function to Bio-Assay, 1944",
)

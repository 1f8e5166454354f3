"""x log(1 + y), with 0 log 0 = 0: the term of which the likelihoods of what did not happen are made.

    f(x, y) = x log(1 + y),      df/dx = log(1 + y),      df/dy = x / (1 + y)

x  any real, a weight
y  at least -1: less a probability, say
For x = 0 the value is 0 whatever y is. The gradient is in x; a small y keeps its digits, which 1 + y would round away.
"""

import numpy as np

from lossref.float64.kernels import xlog1py
from lossref.laws import odd
from lossref.spaces import AtLeastMinusOne, Real
from lossref.spec import Hard, Known, Loss


def value(x, y):
    return xlog1py(x, y)


def gradient(x, y):
    return np.log1p(y) + np.zeros_like(x)


def definition(m, x, y):
    return x * m.log(1 + y)


LOSS = Loss(
    name="xlog1py",
    arguments={"x": Real(), "y": AtLeastMinusOne()},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(odd,),
    hard=(
        Hard("small", "cancellation", "a small y: 1 + y rounds its digits away",
             lambda d: {"x": d.uniform(-2, 2), "y": d.sign() * d.scaled(-60, -2)}, 28),
        Hard("next_to_minus_1", "tail", "y next to -1: the logarithm is large, and a clip shows",
             lambda d: {"x": d.uniform(-2, 2), "y": d.format.step(-1.0, 1 + d.index * d.index)}, 12),
        Hard("complement", "ordinary", "y = -p for a probability p, and its weight 1 - p",
             lambda d: {"x": 1 - (p := d.uniform(0.01, 0.99)), "y": -p}, 10),
        Hard("zero_weight", "tail", "x = 0: the value is 0 whatever y is",
             lambda d: {"x": 0.0, "y": d.cycle(-1.0, 0.0, 1.0, 2.0**-40, -(2.0**-100), 2.0**50)}, 6),
        Hard("end", "tail", "y = -1 with a weight: infinite, of the sign of -x",
             lambda d: {"x": d.cycle(1.0, -2.0), "y": -1.0}, 2),
        Hard("large", "tail", "a large y: a clip of probabilities shows",
             lambda d: {"x": d.uniform(-2, 2), "y": d.scaled(1, 100)}, 8),
    ),
    known=(
        Known({"x": 0.0, "y": -1.0}, "0", "0 log 0 = 0", "-inf"),
        Known({"x": 3.0, "y": 1.0}, lambda m: 3 * m.log(2), "three bits"),
        Known({"x": 2.0, "y": 0.0}, "0", "log 1 = 0", "0"),
    ),
    source="T. M. Cover and J. A. Thomas, Elements of Information Theory, section 2.1, 2006",
)

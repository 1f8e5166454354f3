"""x log y, with 0 log 0 = 0: the term of which entropies are made.

    f(x, y) = x log y,      df/dx = log y,      df/dy = x / y

x  any real, a weight
y  at least 0, a probability, say
For x = 0 the value is 0 whatever y is. The gradient is in x; log y next to y = 1 keeps its digits, for y is exact.
"""

import numpy as np

from lossref.float64.kernels import xlogy
from lossref.laws import odd
from lossref.spaces import NonNegative, Real
from lossref.spec import Hard, Known, Loss


def value(x, y):
    return xlogy(x, y)


def gradient(x, y):
    return np.log(y) + np.zeros_like(x)


def definition(m, x, y):
    return x * m.log(y)


LOSS = Loss(
    name="xlogy",
    arguments={"x": Real(), "y": NonNegative()},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(odd,),
    hard=(
        Hard("rare", "tail", "a small y: an added eps replaces it",
             lambda d: {"x": d.uniform(-2, 2), "y": d.scaled(-100, -10)}, 16),
        Hard("next_to_1", "tail", "y next to 1: its logarithm is small, not 0",
             lambda d: {"x": d.uniform(-2, 2), "y": d.number(1 + d.sign() * 2.0 ** -(4 + 2 * d.index))}, 10),
        Hard("both_small", "tail", "x and y alike and small: p log p, to the ends of the format",
             lambda d: {"x": (p := d.scaled(-100, -10)), "y": p}, 12),
        Hard("zero_weight", "tail", "x = 0: the value is 0 whatever y is",
             lambda d: {"x": 0.0, "y": d.cycle(0.0, 1.0, 2.0, 2.0**-40, 2.0**-100, 2.0**50)}, 6),
        Hard("zero", "tail", "y = 0 with a weight: infinite, of the sign of -x",
             lambda d: {"x": d.cycle(1.0, -2.0), "y": 0.0}, 2),
        Hard("large", "tail", "a large y: log 1p or a clip of probabilities shows",
             lambda d: {"x": d.uniform(-2, 2), "y": d.scaled(1, 100)}, 8),
    ),
    known=(
        Known({"x": 0.0, "y": 0.0}, "0", "0 log 0 = 0", "-inf"),
        Known({"x": 3.0, "y": 2.0}, lambda m: 3 * m.log(2), "three bits"),
        Known({"x": 2.0, "y": 1.0}, "0", "log 1 = 0", "0"),
    ),
    source="T. M. Cover and J. A. Thomas, Elements of Information Theory, section 2.1, 2006",
)

"""Logarithm of 1 + x, which keeps its digits for small x.

    f(x) = log(1 + x),      df/dx = 1 / (1 + x)

x  at least -1; f(-1) is -infinity
1 + x rounds to 1 for small x, and its logarithm to 0: every cross-entropy of a confident model ends in this function.
"""

import numpy as np

from lossref.laws import concave
from lossref.spaces import AtLeastMinusOne
from lossref.spec import Hard, Known, Loss


def value(x):
    return np.log1p(x)


def gradient(x):
    return 1.0 / np.add(1.0, x)


def hessian(x):
    return -1.0 / np.add(1.0, x) / np.add(1.0, x)


def definition(m, x):
    return m.log(1 + x)


LOSS = Loss(
    name="log1p",
    arguments={"x": AtLeastMinusOne()},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(concave,),
    hard=(
        Hard("next_to_0", "cancellation", "small numbers: 1 + x rounds, the logarithm is x - x^2 / 2",
             lambda d: {"x": d.sign() * d.scaled(-60, -4)}, 28),
        Hard("middle", "ordinary", "where series give way to logarithms",
             lambda d: {"x": d.sign() * d.uniform(0.05, 0.75)}, 12),
        Hard("next_to_the_end", "tail", "next to -1: 1 + x is exact, and small",
             lambda d: {"x": d.number(-1 + 2.0 ** -(2 + 2 * d.index))}, 12),
        Hard("large", "tail", "large numbers, beside which 1 is nothing", lambda d: {"x": d.scaled(10, 100)}, 8),
    ),
    known=(
        Known({"x": 0.0}, "0", "nothing", "1"),
        Known({"x": 1.0}, lambda m: m.log(2), "the logarithm of 2", "0.5"),
        Known({"x": -1.0}, "-inf", "the end", "inf"),
        Known({"x": np.inf}, "inf", "the other end", "0"),
    ),
    source="N. J. Higham, Accuracy and Stability of Numerical Algorithms, section 1.14, 2002",
)

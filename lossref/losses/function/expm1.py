"""Exponential less 1, which keeps its digits for small x.

    f(x) = exp x - 1,      df/dx = exp x

x  any real
exp x rounds to 1 for small x, and the difference to 0. Generalised cross-entropies, ELU and log(1 - exp x) are made of it.
"""

import numpy as np

from lossref.laws import convex
from lossref.spaces import Real
from lossref.spec import Hard, Known, Loss


def value(x):
    return np.expm1(x)


def gradient(x):
    return np.exp(x)


def hessian(x):
    return np.exp(x)


def definition(m, x):
    return m.exp(x) - 1


LOSS = Loss(
    name="expm1",
    arguments={"x": Real()},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(convex,),
    hard=(
        Hard("small", "cancellation", "small numbers: the exponential rounds to 1, the difference is x + x^2 / 2",
             lambda d: {"x": d.sign() * d.scaled(-100, -4)}, 20),
        Hard("middle", "cancellation", "where series give way to exponentials",
             lambda d: {"x": d.sign() * d.uniform(0.05, 1.2)}, 12),
        Hard("far_below", "tail", "far below 0: the value rounds to -1, the slope is an exponential",
             lambda d: {"x": -d.uniform(d.saturation / 2, d.underflow - 1)}, 12),
        Hard("overflow", "tail", "just below where the exponential overflows",
             lambda d: {"x": d.number(d.exactly(lambda m: m.log(d.format.largest)) * (1 - 2.0 ** -(3 + d.index)))}, 8),
    ),
    known=(
        Known({"x": 0.0}, "0", "nothing", "1"),
        Known({"x": 1.0}, lambda m: m.exp(1) - 1, "e - 1"),
        Known({"x": -np.inf}, "-1", "the left end", "0"),
        Known({"x": np.inf}, "inf", "the right end", "inf"),
    ),
    source="W. Kahan, Interval arithmetic options in the proposed IEEE floating point arithmetic standard, 1980",
)

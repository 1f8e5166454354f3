"""Softplus, the smooth maximum of 0 and x.

    f(x) = log(1 + exp x),      df/dx = 1 / (1 + exp(-x))

x  any real
There is no threshold beyond which it is x: it exceeds x by exp(-x), which at 20 is 2e-9.
"""

import numpy as np

from lossref.float64.kernels import sigmoid, sigmoid_slope, softplus
from lossref.laws import convex, nonnegative
from lossref.spaces import Real
from lossref.spec import Hard, Known, Loss


def value(x):
    return softplus(x)


def gradient(x):
    return sigmoid(x)


def hessian(x):
    return sigmoid_slope(x)


def definition(m, x):
    return m.log(1 + m.exp(x))


LOSS = Loss(
    name="softplus",
    arguments={"x": Real()},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex),
    hard=(
        Hard("lost_digits", "cancellation", "left of the middle: digits of exp(x) vanish in 1 + exp(x), and log gives back the others",
             lambda d: {"x": -d.uniform(d.saturation / 4, d.saturation)}, 14),
        Hard("overflow", "tail", "far to the right: exp overflows, the value is x",
             lambda d: {"x": d.uniform(d.underflow * 0.95, 4 * d.underflow)}, 8),
        Hard("threshold", "tail", "from 10 to 36 (float32: 4 to 16), where code gives up and returns x",
             lambda d: {"x": d.uniform(d.saturation / 4, d.saturation)}, 12),
    ),
    known=(
        Known({"x": 0.0}, lambda m: m.log(2), "1 + exp 0 = 2", "0.5"),
        Known({"x": np.inf}, "inf", "the right end", "1"),
        Known({"x": -np.inf}, "0", "the left end", "0"),
    ),
    source="C. Dugas, Y. Bengio, F. Belisle, C. Nadeau and R. Garcia, Incorporating Second-Order Functional Knowledge, 2001",
)

"""Hyperbolic tangent.

    f(x) = (exp x - exp(-x)) / (exp x + exp(-x)),      df/dx = 1 - tanh(x)^2 = 4 / (exp x + exp(-x))^2

x  any real
1 - tanh(x)^2 is 0 in float64 from 19 on, where the slope still has all its digits: 7e-35 at 40.
"""

import numpy as np

from lossref.float64.kernels import as_array, sigmoid_slope
from lossref.laws import odd
from lossref.spaces import Real
from lossref.spec import Hard, Known, Loss


def value(x):
    return np.tanh(x)


def gradient(x):
    # tanh(x) is 2 s(2x) - 1 for the logistic sigmoid s.
    return 4.0 * sigmoid_slope(2.0 * as_array(x))


def definition(m, x):
    return (m.exp(x) - m.exp(-x)) / (m.exp(x) + m.exp(-x))


LOSS = Loss(
    name="tanh",
    arguments={"x": Real()},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(odd,),
    hard=(
        Hard("slope_tail", "cancellation", "the value rounds to 1: 1 - tanh^2 is 0, the slope is 4 exp(-2 |x|)",
             lambda d: {"x": d.sign() * d.uniform(d.saturation / 2, d.underflow / 2 - 1)}, 20),
        Hard("lost_digits", "cancellation", "the value is next to 1: 1 - tanh^2 keeps only some digits of the slope",
             lambda d: {"x": d.sign() * d.uniform(d.saturation / 8, d.saturation / 2)}, 12),
        Hard("small", "tail", "small numbers: exp x - exp(-x) and 1 - 2 / (exp 2x + 1) cancel, the value is x",
             lambda d: {"x": d.sign() * d.scaled(-50, -3)}, 18),
    ),
    known=(
        Known({"x": 0.0}, "0", "the middle", "1"),
        Known({"x": np.inf}, "1", "the right end", "0"),
        Known({"x": -np.inf}, "-1", "the left end", "0"),
        Known({"x": 0.75}, "0.63514895238728732", "a value with its slope", "0.59658580828133143", row="R05"),
    ),
    source="V. Riccati, Opuscula ad res physicas et mathematicas pertinentia, 1757",
)

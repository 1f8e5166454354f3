"""Logarithm of the logistic sigmoid.

    f(x) = log(1 / (1 + exp(-x))),      df/dx = 1 / (1 + exp x)

x  any real
The logarithm of a sigmoid that has rounded to 1 is 0, of one that has rounded to 0 it is -inf; the function is neither.
"""

import numpy as np

from lossref.float64.kernels import sigmoid, softplus
from lossref.laws import concave
from lossref.spaces import Real
from lossref.spec import Hard, Known, Loss


def value(x):
    return -softplus(np.negative(x))


def gradient(x):
    return sigmoid(np.negative(x))


def definition(m, x):
    return -m.log(1 + m.exp(-x))


LOSS = Loss(
    name="log_sigmoid",
    arguments={"x": Real()},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(concave,),
    hard=(
        Hard("left_tail", "tail", "far to the left: the sigmoid underflows, its logarithm is x",
             lambda d: {"x": -d.uniform(d.underflow * 0.95, 4 * d.underflow)}, 10),
        Hard("last_subnormal", "tail", "the value is a subnormal number or half of one",
             lambda d: {"x": d.uniform(d.underflow - 2, d.underflow + 2)}, 6),
    ),
    known=(
        Known({"x": 0.0}, lambda m: -m.log(2), "the logarithm of a half", "0.5"),
        Known({"x": np.inf}, "0", "the right end", "0"),
        Known({"x": -np.inf}, "-inf", "the left end", "1"),
    ),
    source="C. M. Bishop, Pattern Recognition and Machine Learning, section 4.3.2, 2006",
)

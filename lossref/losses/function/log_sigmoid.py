"""Logarithm of the logistic sigmoid.

    f(x) = log(1 / (1 + exp(-x))),      df/dx = 1 / (1 + exp x)

x  any real
The logarithm of a sigmoid that has rounded to 1 is 0, of one that has rounded to 0 it is -inf; the function is neither.
"""

import numpy as np

from lossref.identities import concave
from lossref.kernels import sigmoid, softplus
from lossref.spaces import Real
from lossref.spec import Hard, Loss, Witness


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
    identities=(concave,),
    hard=(
        Hard("right_tail", "tail", "far to the right: the sigmoid rounds to 1, its logarithm is -exp(-x), not 0",
             lambda d: {"x": d.uniform(d.saturation, d.underflow - 1)}, 16),
        Hard("lost_digits", "cancellation", "right of the middle: the sigmoid keeps only some digits of its distance from 1",
             lambda d: {"x": d.uniform(d.saturation / 4, d.saturation)}, 16),
        Hard("left_tail", "tail", "far to the left: the sigmoid underflows, its logarithm is x",
             lambda d: {"x": -d.uniform(d.underflow * 0.95, 4 * d.underflow)}, 10),
        Hard("round_number", "tail", "numbers that people type, on either side",
             lambda d: {"x": d.cycle(1.0, -1.0) * (10.0, 20.0, 37.0, 40.0, 80.0)[d.index // 2]}, 10),
        Hard("last_subnormal", "tail", "the value is a subnormal number or half of one",
             lambda d: {"x": d.uniform(d.underflow - 2, d.underflow + 2)}, 6),
        Hard("middle", "cancellation", "next to 0: the value is next to -log 2",
             lambda d: {"x": d.sign() * d.scaled(-50, -5)}, 8),
    ),
    witnesses=(
        Witness({"x": 0.0}, lambda m: -m.log(2), "the logarithm of a half", "0.5"),
        Witness({"x": np.inf}, "0", "the right end", "0"),
        Witness({"x": -np.inf}, "-inf", "the left end", "1"),
    ),
    source="C. M. Bishop, Pattern Recognition and Machine Learning, section 4.3.2, 2006",
    also_known_as={"torch": "logsigmoid", "scipy": "log_expit", "jax": "nn.log_sigmoid", "keras": "log_sigmoid"},
)

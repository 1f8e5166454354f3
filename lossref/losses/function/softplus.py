"""Softplus, the smooth maximum of 0 and x.

    f(x) = log(1 + exp x),      df/dx = 1 / (1 + exp(-x))

x  any real
There is no threshold beyond which it is x: it exceeds x by exp(-x), which at 20 is 2e-9.
"""

import numpy as np

from lossref.identities import convex, nonnegative
from lossref.kernels import sigmoid, sigmoid_slope, softplus
from lossref.spaces import Real
from lossref.spec import Hard, Loss, Witness


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
    identities=(nonnegative, convex),
    hard=(
        Hard("left_tail", "tail", "far to the left: 1 + exp(x) rounds to 1, the value is exp(x), not 0",
             lambda d: {"x": -d.uniform(d.saturation, d.underflow - 1)}, 16),
        Hard("lost_digits", "cancellation", "left of the middle: digits of exp(x) vanish in 1 + exp(x), and log gives back the others",
             lambda d: {"x": -d.uniform(d.saturation / 4, d.saturation)}, 14),
        Hard("overflow", "tail", "far to the right: exp overflows, the value is x",
             lambda d: {"x": d.uniform(d.underflow * 0.95, 4 * d.underflow)}, 8),
        Hard("threshold", "tail", "from 10 to 36 (float32: 4 to 16), where code gives up and returns x",
             lambda d: {"x": d.uniform(d.saturation / 4, d.saturation)}, 12),
        Hard("round_number", "tail", "numbers that people type, on either side",
             lambda d: {"x": d.cycle(1.0, -1.0) * (10.0, 20.0, 37.0, 40.0, 80.0)[d.index // 2]}, 10),
        Hard("last_subnormal", "tail", "the value is a subnormal number or half of one",
             lambda d: {"x": d.uniform(2 - d.underflow, -2 - d.underflow)}, 6),
        Hard("middle", "cancellation", "next to 0: the value is next to log 2",
             lambda d: {"x": d.sign() * d.scaled(-50, -5)}, 8),
    ),
    witnesses=(
        Witness({"x": 0.0}, lambda m: m.log(2), "1 + exp 0 = 2", "0.5"),
        Witness({"x": np.inf}, "inf", "the right end", "1"),
        Witness({"x": -np.inf}, "0", "the left end", "0"),
    ),
    source="C. Dugas, Y. Bengio, F. Belisle, C. Nadeau and R. Garcia, Incorporating Second-Order Functional Knowledge, 2001",
    also_known_as={"torch": "softplus (x itself beyond 20)", "jax": "nn.softplus", "keras": "softplus", "numpy": "logaddexp(0, x)"},
)

"""Logistic sigmoid.

    s(x) = 1 / (1 + exp(-x)),      ds/dx = s(x) s(-x)

x  any real
1 - s(x) is s(-x), and must be computed so: s(x) rounds to 1 from 36.74 on, while s(-x) lives to the last subnormal.
"""

import numpy as np

from lossref.identities import mirror_complement, nonnegative
from lossref.kernels import sigmoid, sigmoid_slope
from lossref.spaces import Real
from lossref.spec import Hard, Loss, Witness


def value(x):
    return sigmoid(x)


def gradient(x):
    return sigmoid_slope(x)


def definition(m, x):
    return 1 / (1 + m.exp(-x))


LOSS = Loss(
    name="sigmoid",
    arguments={"x": Real()},
    value=value,
    gradient=gradient,
    definition=definition,
    identities=(nonnegative, mirror_complement),
    hard=(
        Hard("left_tail", "tail", "far to the left: exp(x) is small, not 0, to the last subnormal",
             lambda d: {"x": -d.uniform(d.saturation, d.underflow - 1)}, 16),
        Hard("right_tail", "cancellation", "far to the right: s is 1, and s (1 - s) is 0 where the slope is not",
             lambda d: {"x": d.uniform(d.saturation, d.underflow - 1)}, 16),
        Hard("lost_digits", "cancellation", "right of the middle: 1 - s keeps only some digits of the slope",
             lambda d: {"x": d.uniform(d.saturation / 4, d.saturation)}, 12),
        Hard("round_number", "tail", "numbers that people type, on either side",
             lambda d: {"x": d.cycle(1.0, -1.0) * (10.0, 20.0, 37.0, 40.0, 80.0)[d.index // 2]}, 10),
        Hard("last_subnormal", "tail", "the value is a subnormal number or half of one",
             lambda d: {"x": d.uniform(2 - d.underflow, -2 - d.underflow)}, 6),
        Hard("overflow", "tail", "exp(-x) overflows: inf / inf, or 0 where the value is a subnormal number",
             lambda d: {"x": d.cycle(1, -1) * d.uniform(0.9 * d.underflow, 4 * d.underflow)}, 8),
        Hard("middle", "tail", "next to 0: the value is next to 1/2",
             lambda d: {"x": d.sign() * d.scaled(-50, -5)}, 8),
    ),
    witnesses=(
        Witness({"x": 0.0}, "0.5", "the middle", "0.25"),
        Witness({"x": np.inf}, "1", "the right end", "0"),
        Witness({"x": -np.inf}, "0", "the left end", "0"),
    ),
    source="P.-F. Verhulst, Notice sur la loi que la population suit dans son accroissement, 1838",
    also_known_as={"torch": "sigmoid", "scipy": "expit", "jax": "nn.sigmoid", "keras": "sigmoid"},
)

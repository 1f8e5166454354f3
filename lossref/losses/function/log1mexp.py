"""Logarithm of 1 - exp x: the log-probability of what did not happen.

    f(x) = log(1 - exp x),      df/dx = -exp x / (1 - exp x)

x  a log-probability, at most 0 (some libraries take -x)
Two forms share the work: log(-expm1 x) next to 0, where 1 - exp x cancels, and log1p(-exp x) far out, where it rounds to 1.
"""

import numpy as np

from lossref.identities import concave
from lossref.kernels import log1mexp
from lossref.spaces import NonPositive
from lossref.spec import Hard, Loss, Witness


def value(x):
    return log1mexp(x)


def gradient(x):
    return -np.exp(x) / np.abs(np.expm1(x))


def definition(m, x):
    return m.log(1 - m.exp(x))


LOSS = Loss(
    name="log1mexp",
    arguments={"x": NonPositive()},
    value=value,
    gradient=gradient,
    definition=definition,
    identities=(concave,),
    hard=(
        Hard("next_to_0", "cancellation", "next to 0: 1 - exp x cancels, and is 0 below half an ulp of 1",
             lambda d: {"x": -d.scaled(-60, -5)}, 20),
        Hard("far_out", "tail", "far out: 1 - exp x rounds to 1, the value is -exp x, not 0",
             lambda d: {"x": -d.uniform(d.saturation, d.underflow - 1)}, 16),
        Hard("lost_digits", "tail", "on the way out: digits of exp x vanish in 1 - exp x",
             lambda d: {"x": -d.uniform(d.saturation / 4, d.saturation)}, 12),
        Hard("switch", "tail", "around -log 2, where the two forms meet",
             lambda d: {"x": -d.uniform(0.5, 0.9)}, 12),
        Hard("last_subnormal", "tail", "the value is a subnormal number or half of one",
             lambda d: {"x": -d.uniform(d.underflow - 2, d.underflow + 2)}, 6),
    ),
    witnesses=(
        Witness({"x": 0.0}, "-inf", "what was certain cannot fail to happen", "-inf"),
        Witness({"x": -1.0}, lambda m: m.log(1 - m.exp(-1)), "the formula"),
        Witness({"x": -np.inf}, "0", "what is impossible does not happen", "0"),
    ),
    source="M. Maechler, Accurately Computing log(1 - exp(-|a|)), 2012",
    also_known_as={"tensorflow": "math.log1mexp (of -x)", "jax": "nn.log1mexp (of -x)", "stan": "log1m_exp"},
)

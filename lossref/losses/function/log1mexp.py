"""Logarithm of 1 - exp x: the log-probability of what did not happen.

    f(x) = log(1 - exp x),      df/dx = -exp x / (1 - exp x)

x  a log-probability, at most 0 (some libraries take -x)
Two forms share the work: log(-expm1 x) next to 0, where 1 - exp x cancels, and log1p(-exp x) far out, where it rounds to 1.
"""

import numpy as np

from lossref.float64.kernels import log1mexp
from lossref.laws import concave
from lossref.spaces import NonPositive
from lossref.spec import Hard, Known, Loss


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
    laws=(concave,),
    hard=(
        Hard("switch", "tail", "around -log 2, where the two forms meet",
             lambda d: {"x": -d.uniform(0.5, 0.9)}, 12),
    ),
    known=(
        Known({"x": 0.0}, "-inf", "what was certain cannot fail to happen", "-inf"),
        Known({"x": -1.0}, lambda m: m.log(1 - m.exp(-1)), "the formula"),
        Known({"x": -np.inf}, "0", "what is impossible does not happen", "0"),
    ),
    source="M. Maechler, Accurately Computing log(1 - exp(-|a|)), 2012",
)

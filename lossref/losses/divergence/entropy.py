"""Entropy of a distribution.

    H(p) = -sum_j p_j log_b p_j,      0 log 0 = 0,      dH/dp_j = -(log p_j + 1) / log b

probabilities  p, a distribution along the last axis
base           b, of the logarithm: 2 gives bits, 10 bans; 1, the default, stands for the natural logarithm (nats)
H is concave, 0 for a certain outcome and log_b n at most. The gradient's entries are free; at p_j = 0 it is +infinity.
"""

import numpy as np

from lossref.float64.kernels import exact_sum, nats, xlogy
from lossref.laws import concave, nonnegative
from lossref.spaces import LogBase, Simplex
from lossref.spec import Known, Loss, Parameter


def value(probabilities, base=1.0):
    return exact_sum(-xlogy(probabilities, probabilities)) / nats(base)


def gradient(probabilities, base=1.0):
    return -(np.log(probabilities) + 1.0) / nats(base)[..., None]


def hessian(probabilities, base=1.0):
    return -1.0 / (np.asarray(probabilities) * nats(base)[..., None])


def definition(m, probabilities, base):
    total = -m.sum(p * m.log(p) for p in probabilities)
    return total / m.log(base) if base > 1 else total


LOSS = Loss(
    name="entropy",
    arguments={"probabilities": Simplex()},
    parameters={"base": Parameter(space=LogBase(), default=1.0, grid=(1.0, 2.0, 10.0))},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, concave),
    known=(
        Known({"probabilities": (0.5, 0.5)}, lambda m: m.log(2), "a fair coin"),
        Known({"probabilities": (0.5, 0.25, 0.125, 0.125), "base": 2.0}, "1.75", "codes of 1, 2, 3 and 3 bits"),
        Known({"probabilities": (1.0, 0.0)}, "0", "certain", ("-1", "inf")),
        Known({"probabilities": (0.5, 0.25, 0.125, 0.125)}, "1.2130075659799043", "in nats and in bits", row="R12"),
        Known({"probabilities": (0.5, 0.25, 0.125, 0.125), "base": 2.0}, "1.75", "in nats and in bits", row="R12"),
    ),
    source="C. E. Shannon, A Mathematical Theory of Communication, 1948",
)

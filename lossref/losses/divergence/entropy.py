"""Entropy of a distribution.

    H(p) = -sum_j p_j log_b p_j,      0 log 0 = 0,      dH/dp_j = -(log p_j + 1) / log b

probabilities  p, a distribution along the last axis
base           b, of the logarithm: 2 gives bits, 10 bans; 1, the default, stands for the natural logarithm (nats)
H is concave, 0 for a certain outcome and log_b n at most. The gradient's entries are free; at p_j = 0 it is +infinity.
"""

import numpy as np

from lossref.identities import concave, nonnegative
from lossref.kernels import exact_sum, nats, xlogy
from lossref.spaces import LogBase, Simplex
from lossref.spec import Hard, Loss, Parameter, Witness


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
    identities=(nonnegative, concave),
    hard=(
        Hard("rare", "tail", "probabilities far below every clip and every added eps",
             lambda d: {"probabilities": d.simplex(lambda: d.scaled(-60, 0))}, 24),
        Hard("almost_certain", "tail", "one probability next to 1: the entropy is small, not 0",
             lambda d: {"probabilities": d.almost_certain()}, 10),
        Hard("zero", "tail", "a probability of 0: 0 log 0 is 0, not NaN, and the slope is infinite",
             lambda d: {"probabilities": (0.5, 0.0, 0.5) if d.index == 0 else (1.0,) + (0.0,) * (d.size - 1)}, 4),
        Hard("even", "ordinary", "equal probabilities: the most there is, log n",
             lambda d: {"probabilities": d.normalised((1.0,) * d.size)}, 8),
        Hard("flat", "tail", "probabilities around 1/e: the slope passes through 0 and keeps its sign",
             lambda d: {"probabilities": (x := d.number(0.36787944117144233 * (1 + d.cycle(1, -1) * 2.0 ** -(2 + d.index))), 1 - x)}, 16),
    ),
    witnesses=(
        Witness({"probabilities": (0.5, 0.5)}, lambda m: m.log(2), "a fair coin"),
        Witness({"probabilities": (0.5, 0.25, 0.125, 0.125), "base": 2.0}, "1.75", "codes of 1, 2, 3 and 3 bits"),
        Witness({"probabilities": (1.0, 0.0)}, "0", "certain", ("-1", "inf")),
    ),
    source="C. E. Shannon, A Mathematical Theory of Communication, 1948",
    also_known_as={"scipy": "entropy (stats), entr (special)", "torch": "Categorical(probs=p).entropy()"},
)

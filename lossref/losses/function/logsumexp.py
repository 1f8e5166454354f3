"""Logarithm of a sum of exponentials, the smooth maximum.

    f(x) = log(sum_j exp x_j),      df/dx_j = softmax(x)_j

x  a vector along the last axis, any real
Where x holds log-probabilities f is nearly 0, a small difference of larger numbers: there rounding x itself moves it.
"""

import numpy as np

from lossref.float64.kernels import exact_sum, leader_and_tails
from lossref.laws import convex
from lossref.spaces import Vector
from lossref.spec import Known, Loss


def value(x):
    _, tails, _ = leader_and_tails(x)
    top = np.max(x, axis=-1)
    return np.where(np.isinf(top), top, top + np.log1p(exact_sum(tails)))


def gradient(x):
    leader, tails, _ = leader_and_tails(x)
    return (tails + leader) / (1.0 + exact_sum(tails))[..., None]


def definition(m, x):
    return m.log(m.sum(m.exp(y) for y in x))


LOSS = Loss(
    name="logsumexp",
    arguments={"x": Vector()},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(convex,),
    known=(
        Known({"x": (0.0, 0.0)}, lambda m: m.log(2), "two equal entries", ("0.5", "0.5")),
        Known({"x": (-7.0,)}, "-7", "one entry", ("1",)),
        Known({"x": (0.0, -np.inf)}, "0", "an entry that adds nothing", ("1", "0")),
        Known({"x": (0.0, np.inf)}, "inf", "an entry above all", ("0", "1")),
    ),
    source="P. Blanchard, D. J. Higham and N. J. Higham, Accurately Computing the Log-Sum-Exp and Softmax Functions, 2021",
)

"""Logarithm of a sum of exponentials, the smooth maximum.

    f(x) = log(sum_j exp x_j),      df/dx_j = softmax(x)_j

x  a vector along the last axis, any real
Where x holds log-probabilities f is nearly 0, a small difference of larger numbers: there rounding x itself moves it.
"""

import numpy as np

from lossref.identities import convex
from lossref.kernels import exact_sum, leader_and_tails
from lossref.spaces import Vector
from lossref.spec import Hard, Loss, Witness


def value(x):
    _, tails, _ = leader_and_tails(x)
    top = np.max(x, axis=-1)
    return np.where(top == -np.inf, top, top + np.log1p(exact_sum(tails)))


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
    identities=(convex,),
    hard=(
        Hard("overflow", "tail", "beyond log of the largest number: exp without a shift is infinite",
             lambda d: {"x": d.vector(lambda: d.uniform(d.underflow, 2 * d.underflow))}, 12),
        Hard("underflow", "tail", "far below: exp without a shift is 0, its logarithm -inf",
             lambda d: {"x": d.vector(lambda: -d.uniform(d.underflow, 2 * d.underflow))}, 12),
        Hard("leader", "tail", "one entry leads by more than the precision: the others' slopes are small, not 0",
             lambda d: {"x": (d.uniform(-1, 1) + d.uniform(d.saturation, d.underflow - 12), *d.vector(lambda: d.uniform(-1, 1)))}, 12),
        Hard("small_value", "tail", "a leader at 0: the value is the others' sum, which 1 + rounds away",
             lambda d: {"x": (0.0, *d.vector(lambda: -d.uniform(d.saturation, d.underflow - 12)))}, 12),
        Hard("log_probabilities", "cancellation", "log-probabilities: the value is a small difference, its sign must be right",
             lambda d: {"x": tuple(d.exactly(lambda m, p=p: m.log(m.lift(p))) for p in d.simplex())}, 16),
        Hard("ties", "ordinary", "equal entries: log n above them",
             lambda d: {"x": (d.uniform(-9, 9),) * d.size}, 6),
    ),
    witnesses=(
        Witness({"x": (0.0, 0.0)}, lambda m: m.log(2), "two equal entries", ("0.5", "0.5")),
        Witness({"x": (-7.0,)}, "-7", "one entry", ("1",)),
        Witness({"x": (0.0, -np.inf)}, "0", "an entry that adds nothing", ("1", "0")),
        Witness({"x": (0.0, np.inf)}, "inf", "an entry above all", ("0", "1")),
    ),
    source="P. Blanchard, D. J. Higham and N. J. Higham, Accurately Computing the Log-Sum-Exp and Softmax Functions, 2021",
    also_known_as={"torch": "logsumexp", "scipy": "special.logsumexp", "jax": "nn.logsumexp"},
)

"""Logarithm of a mean of exponentials: the log-likelihood of a mixture of equal shares, the value of an importance-weighted bound.

    f(x) = log(1/n sum_j exp x_j),      df/dx_j = softmax(x)_j

x  a vector along the last axis, any real, n numbers
It is logsumexp less log n, and between the mean and the largest entry: of equal entries it is that entry, to the last bit.
"""

import numpy as np

from lossref.float64.kernels import exact_sum, leader_and_tails
from lossref.laws import convex
from lossref.spaces import Vector
from lossref.spec import Hard, Known, Loss


def value(x):
    # The largest entry and the logarithm of the mean of exp(x_j - max); of 1 and a mean of expm1 where the entries are next to 0.
    _, tails, lag = leader_and_tails(x)
    top, n = np.max(x, axis=-1), np.shape(x)[-1]
    missing = exact_sum(-np.expm1(-lag)) / n
    below = np.where(missing < 0.5, np.log1p(-np.minimum(missing, 0.5)), np.log((1.0 + exact_sum(tails)) / n))
    mean = exact_sum(np.expm1(np.minimum(x, 2.0))) / n
    shifted = np.where(np.isinf(top), top, top + below)
    return np.where((np.abs(top) < 2.0) & (mean > -0.5), np.log1p(np.maximum(mean, -0.5)), shifted)


def gradient(x):
    leader, tails, _ = leader_and_tails(x)
    return (tails + leader) / (1.0 + exact_sum(tails))[..., None]


def definition(m, x):
    return m.log(m.sum(m.exp(y) for y in x) / len(x))


LOSS = Loss(
    name="logmeanexp",
    arguments={"x": Vector()},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(convex,),
    hard=(
        Hard("alike", "cancellation", "entries next to each other: logsumexp less log n keeps only the digits of log n",
             lambda d: {"x": d.vector(lambda: d.sign() * d.scaled(-40, -5))}, 16),
        Hard("crossing_0", "cancellation", "a mean of exponentials next to 1: the value is a small difference, of either sign",
             lambda d: {"x": ((y := d.uniform(0.1, 0.6)), d.exactly(lambda m: m.log(2 - m.exp(m.lift(y)))))}, 12),
    ),
    known=(
        Known({"x": (2.0, 2.0, 2.0)}, "2", "three equal entries"),
        Known({"x": (-7.0,)}, "-7", "one entry", ("1",)),
        Known({"x": (0.0, -np.inf)}, "-0.69314718055994531", "half of the mean is missing", ("1", "0")),
        Known({"x": (0.0, np.inf)}, "inf", "an entry above all", ("0", "1")),
    ),
    source="Y. Burda, R. Grosse and R. Salakhutdinov, Importance Weighted Autoencoders, 2016",
)

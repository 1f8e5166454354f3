"""Gamma loss: the part of a gamma negative log-likelihood that its mean has, from the logarithm of the mean.

    L(z, y) = z + y exp(-z)

log_mean  z, the logarithm of the expected target, any real
target    y, above 0
The shape is 1, and what does not depend on the mean is left out, so the loss may be negative: half the deviance is this less
log y + 1. The gradient is 1 - y exp(-z), the second derivative y exp(-z).
"""

import numpy as np

from lossref.float64.kernels import as_array, times_exp
from lossref.laws import convex
from lossref.options import NUMBER
from lossref.spaces import Positive, Real
from lossref.spec import Hard, Known, Loss


def value(log_mean, target):
    # Where z is -inf the ratio decides.
    return np.where(np.equal(log_mean, -np.inf), 0.0, log_mean) + _ratio(log_mean, target)


def gradient(log_mean, target):
    return 1.0 - _ratio(log_mean, target)


def hessian(log_mean, target):
    return _ratio(log_mean, target)


def _ratio(log_mean, target):
    """y exp(-z)."""
    return np.where(np.equal(log_mean, -np.inf), np.inf, times_exp(as_array(target), np.negative(log_mean)))


def definition(m, log_mean, target):
    return log_mean + target * m.exp(-log_mean)


LOSS = Loss(
    name="gamma",
    arguments={"log_mean": Real(), "target": Positive()},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(convex,),
    hard=(
        Hard("matched", "cancellation", "the mean next to the target: the slope is a small difference, its sign must be right",
             lambda d: {"target": (y := d.uniform(0.1, 50)), "log_mean": d.exactly(lambda m: m.log(m.lift(y)))}, 14),
        Hard("crossing_0", "cancellation", "y exp(-z) next to -z: the loss is a small difference, of either sign",
             lambda d: {"log_mean": (z := -d.uniform(0.2, 9)), "target": d.exactly(lambda m: -z * m.exp(m.lift(z)))}, 12),
        Hard("small_mean", "tail", "a mean far below the target: the ratio is huge and right to its last digits; a cap shows",
             lambda d: {"log_mean": -d.uniform(10, d.underflow * 0.8), "target": d.uniform(0.5, 4)}, 14),
        Hard("large_mean", "tail", "a mean far above: the second derivative is small, not 0, to the last subnormal",
             lambda d: {"log_mean": d.uniform(d.saturation, d.underflow - 1), "target": d.uniform(0.5, 4)}, 14),
        Hard("both_small", "tail", "a tiny target and a tiny mean: an exponential overflows, the ratio does not",
             lambda d: {"target": (y := d.scaled(-200, -60)),
                        "log_mean": d.number(d.exactly(lambda m: m.log(m.lift(y))) + d.uniform(-3, 3))}, 12),
        Hard("both_large", "tail", "a huge target and a huge mean: an exponential underflows, the ratio does not",
             lambda d: {"target": (y := d.scaled(60, 200)),
                        "log_mean": d.number(d.exactly(lambda m: m.log(m.lift(y))) + d.uniform(-3, 3))}, 12),
        Hard("around_0", "tail", "a mean next to 1 beside a target of 1: expm1 and exp are not the same",
             lambda d: {"log_mean": d.sign() * d.scaled(-50, -3), "target": d.cycle(1.0, 2.0, 0.5)}, 12),
    ),
    known=(
        Known({"log_mean": 0.0, "target": 3.0}, "3", "0 + 3", "-2"),
        Known({"log_mean": 2.0, "target": 1.0}, lambda m: 2 + m.exp(-2), "2 + exp(-2)"),
        Known({"log_mean": np.inf, "target": 2.0}, "inf", "an infinite mean", "1"),
        Known({"log_mean": -np.inf, "target": 2.0}, "inf", "no mean", "-inf"),
    ),
    source="P. McCullagh and J. A. Nelder, Generalized Linear Models, chapter 8, 1989",
)

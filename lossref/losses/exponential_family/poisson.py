"""Poisson negative log-likelihood of a count, from the logarithm of its rate.

    L(z, y) = exp(z) - y z

log_rate  z, the logarithm of the expected count, any real
target    y, the count, at least 0; it need not be whole
The constant log y! is left out, so the loss may be negative; half the deviance is this plus y log y - y. The gradient is
exp(z) - y, the second derivative exp(z). From the rate itself it is `poisson_from_rate`.
"""

import numpy as np

from lossref.float64.kernels import as_array
from lossref.laws import convex
from lossref.options import NUMBER
from lossref.spaces import NonNegative, Real
from lossref.spec import Hard, Known, Loss


def value(log_rate, target):
    z, y, whole = _parts(log_rate, target)
    rate = _rate(z, whole)
    paid = np.where(np.equal(y, 0) | np.equal(z, 0) | np.isinf(rate), 0.0, whole * y * z)  # which is nothing beside such a rate
    return (rate - paid) / whole


def gradient(log_rate, target):
    z, y, whole = _parts(log_rate, target)
    return (_rate(z, whole) - whole * y) / whole


def hessian(log_rate, target):
    return np.exp(log_rate) + np.zeros_like(target)


def _parts(log_rate, target):
    """Both as arrays, and a factor that keeps the rate finite where a huge count leaves a finite difference."""
    z, y = np.broadcast_arrays(as_array(log_rate), as_array(target))
    return z, y, np.where((z > 700) | (y > 2.0**1000), 0.125, 1.0)


def _rate(z, whole):
    half = np.exp(0.5 * np.where(whole < 1, z, 0.0))
    return np.where(whole < 1, whole * half * half, np.exp(np.where(whole < 1, 0.0, z)))


def definition(m, log_rate, target):
    return m.exp(log_rate) - target * log_rate


LOSS = Loss(
    name="poisson",
    arguments={"log_rate": Real(), "target": NonNegative()},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(convex,),
    hard=(
        Hard("counts", "ordinary", "whole counts beside moderate rates",
             lambda d: {"log_rate": d.uniform(-3, 5), "target": float(d.integer(0, 40))}, 12),
        Hard("no_event", "tail", "a count of 0: the loss is the rate, small and not 0, to the last subnormal",
             lambda d: {"log_rate": -d.uniform(d.saturation / 4, d.underflow - 1), "target": 0.0}, 16),
        Hard("rare", "tail", "a tiny rate and a count: the loss is y |z|, and an eps added to the rate shows",
             lambda d: {"log_rate": -d.uniform(10, d.underflow), "target": float(d.integer(1, 9))}, 12),
        Hard("matched", "cancellation", "the rate next to the count: the slope is a small difference, its sign must be right",
             lambda d: {"target": (y := d.uniform(0.5, 50)), "log_rate": d.exactly(lambda m: m.log(m.lift(y)))}, 14),
        Hard("crossing_0", "cancellation", "exp(z) next to y z: the loss is a small difference, of either sign",
             lambda d: {"log_rate": (z := d.uniform(0.2, 9)), "target": d.exactly(lambda m: m.exp(m.lift(z)) / z)}, 12),
        Hard("around_0", "tail", "a rate next to 1: expm1 and exp are not the same",
             lambda d: {"log_rate": d.sign() * d.scaled(-50, -3), "target": d.cycle(0.0, 1.0, 3.0)}, 12),
        Hard("largest", "tail", "rates up to the largest number: a cap shows",
             lambda d: {"log_rate": d.uniform(d.underflow * 0.1, d.underflow * 0.84), "target": d.uniform(0, 100)}, 14),
    ),
    known=(
        Known({"log_rate": 0.0, "target": 3.0}, "1", "1 - 3 0", "-2"),
        Known({"log_rate": -2.0, "target": 0.0}, lambda m: m.exp(-2), "no event: the rate"),
        Known({"log_rate": -np.inf, "target": 0.0}, "0", "no rate and no event", "0"),
        Known({"log_rate": -np.inf, "target": 2.0}, "inf", "events without a rate", "-2"),
        Known({"log_rate": np.inf, "target": 2.0}, "inf", "an infinite rate", "inf"),
    ),
    source="P. McCullagh and J. A. Nelder, Generalized Linear Models, chapter 6, 1989",
)

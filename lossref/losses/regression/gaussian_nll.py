"""Gaussian negative log-likelihood: a mean and a variance are predicted.

    L(f, y, v) = (log v + (f - y)^2 / v) / 2

prediction  f, the mean, any real
target      y, any real
variance    v, above 0
The constant log(2 pi) / 2 is left out, as libraries do unless asked for it. They also floor the variance (torch at 1e-6), which is
their convention, as is the slope of what is floored. With v = 1 this is half the squared error.
"""

import numpy as np

from lossref.laws import convex, even_in_residual
from lossref.options import NUMBER
from lossref.spaces import Positive, Real
from lossref.spec import Hard, Known, Loss


def value(prediction, target, variance):
    return 0.5 * np.log(variance) + _energy(prediction, target, variance)


def gradient(prediction, target, variance):
    whole = _whole(prediction, target)
    slope, energy = (whole * prediction - whole * target) / variance / whole, _energy(prediction, target, variance)
    # Where the square overflows, its share in 1/2 - (f - y)^2 / 2v is all there is.
    return slope, np.where(energy > 2.0**100, -0.5 * slope * slope, (0.5 - energy) / variance)


def hessian(prediction, target, variance):
    return 1.0 / np.asarray(variance) + np.zeros_like(np.subtract(prediction, target))


def _energy(prediction, target, variance):
    """(f - y)^2 / 2v, both scaled by powers of two, so that the square is as large as the quotient."""
    v, exponent = np.frexp(variance)
    half = exponent // 2
    whole = _whole(prediction, target)
    r = np.ldexp(whole * prediction - whole * target, -half) / whole
    return r * (0.5 * r / np.ldexp(v, exponent - 2 * half))


def _whole(prediction, target):
    """A factor that keeps the difference finite."""
    return np.where(np.maximum(np.abs(prediction), np.abs(target)) > 2.0**1000, 0.5, 1.0)


def definition(m, prediction, target, variance):
    return (m.log(variance) + (prediction - target) ** 2 / variance) / 2


LOSS = Loss(
    name="gaussian_nll",
    arguments={"prediction": Real(), "target": Real(), "variance": Positive()},
    differentiable=("prediction", "variance"),
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(convex, even_in_residual),
    hard=(
        Hard("small_variance", "tail", "a variance below every floor: log v and the quotient go on, and so do their slopes",
             lambda d: {"target": (y := d.uniform(-2, 2)), "prediction": d.format.step(y, d.integer(1, 9)), "variance": d.scaled(-60, -21)},
             12),
        Hard("small_both", "tail", "a tiny residual and a tiny variance: the square vanishes before the quotient does",
             lambda d: {"variance": (v := d.scaled(-40, -20)), "target": 0.0, "prediction": d.number(d.sign() * v * d.uniform(0.1, 4))}, 8),
        Hard("large_both", "tail", "a large residual and a large variance: the slope in v is what is left of two small terms",
             lambda d: {"variance": d.scaled(20, 60), "prediction": d.sign() * d.scaled(10, 50)}, 12),
        Hard("well_judged", "cancellation", "(f - y)^2 next to v: the slope in v is a small difference, its sign must be right",
             lambda d: {"prediction": (f := d.uniform(0.5, 3)), "target": 0.0,
                        "variance": d.number(f * f * (1 + d.sign() * 2.0 ** -(3 + 4 * d.index)))}, 12),
        Hard("exactly_judged", "cancellation", "(f - y)^2 = v: there is no slope in the variance",
             lambda d: {"prediction": (f := d.cycle(1.0, 1.5, -3.0, 0.25)), "target": 0.0, "variance": f * f}, 4),
        Hard("crossing_0", "cancellation", "log v next to -(f - y)^2 / v: the loss is a small difference, of either sign",
             lambda d: {"variance": (v := d.uniform(0.02, 0.9)), "target": 0.0,
                        "prediction": d.exactly(lambda m: m.sqrt(-v * m.log(m.lift(v))))}, 10),
        Hard("unit_variance", "cancellation", "v within ulps of 1: log v is small, and not 0",
             lambda d: {"variance": d.format.step(1.0, d.integer(-40, 40)), "target": 0.0, "prediction": d.sign() * d.scaled(-30, -20)}, 8),
    ),
    known=(
        Known({"prediction": 3.0, "target": 1.0, "variance": 4.0}, lambda m: m.log(2) + m.lift(1) / 2, "log 2 + 1/2", ("0.5", "0")),
        Known({"prediction": 1.0, "target": 1.0, "variance": 1.0}, "0", "perfect, at variance 1", ("0", "0.5")),
        Known({"prediction": 3.0, "target": 1.0, "variance": 1.0}, "2", "half of 2^2", ("2", "-1.5")),
        Known({"prediction": np.inf, "target": 1.0, "variance": 1.0}, "inf", "an infinite residual", ("inf", "-inf")),
        Known({"prediction": 0.0, "target": 1.0, "variance": np.inf}, "inf", "an infinite variance", ("0", "0")),
    ),
    source="D. A. Nix and A. S. Weigend, Estimating the mean and variance of the target probability distribution, 1994",
)

"""Smooth L1 loss: the absolute error with its corner rounded off by a parabola.

    L(f, y) = r^2 / (2 beta)  if |r| < beta,  |r| - beta / 2  otherwise,      r = f - y

prediction  f, any real
target      y, any real
beta        where the square turns into a line, at least 0; 1 by default
This is the Huber loss of delta = beta divided by beta: the line has slope 1 whatever beta is. With beta = 0 it is the absolute error,
corner included: every slope in [-1, 1] is right at f = y, and this code returns 0. The second derivative jumps from 1 / beta to 0.
"""

import numpy as np

from lossref.laws import convex, even_in_residual, homogeneous, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import NonNegative, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(prediction, target, beta=1.0):
    distance = np.abs(np.subtract(prediction, target))
    # Where the distance itself overflows, half of it does not.
    half = np.abs(np.multiply(0.5, prediction) - np.multiply(0.5, target))
    line = np.where(np.isinf(distance), 2.0 * (half - 0.25 * np.asarray(beta)), distance - 0.5 * np.asarray(beta))
    return np.where(distance < beta, 0.5 * distance * (distance / _above_0(beta)), line)


def gradient(prediction, target, beta=1.0):
    r = np.subtract(prediction, target)
    return np.where(np.abs(r) < beta, r / _above_0(beta), np.sign(r))


def hessian(prediction, target, beta=1.0):
    return np.where(np.abs(np.subtract(prediction, target)) < beta, 1.0 / _above_0(beta), 0.0)


def _above_0(beta):
    """Beta, and anything where no residual is below it."""
    return np.where(np.equal(beta, 0), 1.0, beta)


def definition(m, prediction, target, beta):
    r = abs(prediction - target)
    return r**2 / (2 * beta) if r < beta else r - beta / 2


LOSS = Loss(
    name="smooth_l1",
    arguments={"prediction": Real(), "target": Real()},
    parameters={"beta": Parameter(space=NonNegative(), default=1.0, grid=(1.0, 0.0, 2.0**-10, 0.1, 1000.0))},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, symmetric, even_in_residual, homogeneous(1, "prediction", "target", "beta")),
    hard=(
        Hard("linear", "tail", "far off: the discarded square overflows, and 0 times inf is NaN in a backward pass",
             lambda d: {"prediction": d.sign() * d.scaled(12, 60), "target": d.uniform(-2, 2)}, 8),
        Hard("threshold", "kink", "|r| = beta and one or two ulps beside it: the branches must meet",
             lambda d: {"target": 0.0, "beta": (x := (1.0, 0.5, 3.0)[d.index % 3]), "prediction": d.sign() * d.nudged(x)}, 15),
        Hard("around_threshold", "tail", "|r| off beta by 2^-1 to 2^-16 of it, both ways: a threshold elsewhere shows",
             lambda d: {"target": 0.0, "prediction": d.sign() * d.number(1 + d.cycle(1, -1) * 2.0 ** -(1 + d.index)), "beta": 1.0}, 16),
        Hard("steep", "tail", "a small beta: the parabola is steep, r / beta is all there, and beta / 2 is next to nothing beside |r|",
             lambda d: {"target": 0.0, "beta": (x := d.scaled(-60, -10)), "prediction": d.number(d.sign() * x * d.uniform(0.25, 4))}, 10),
        Hard("no_parabola", "kink", "beta = 0: the absolute error, and 0 / 0 where the discarded branch is asked for a slope",
             lambda d: {"target": (y := d.uniform(-8, 8)), "prediction": d.nudged(y), "beta": 0.0}, 5),
        Hard("beta_ends", "range", "a subnormal beta, or one near the largest number, and residuals on either side",
             lambda d: {"target": 0.0, "beta": (x := d.magnitude((-d.format.bias - 8, d.format.bias - 4)[d.index % 2])),
                        "prediction": d.sign() * d.number(x * (0.25, 0.25, 4.0, 4.0)[d.index % 4])}, 8),
    ),
    known=(
        Known({"prediction": 2.0, "target": 0.0, "beta": 0.5}, "1.75", "2 - 1/4", "1"),
        Known({"prediction": 0.5, "target": 0.0, "beta": 2.0}, "0.0625", "(1/2)^2 / 4", "0.25"),
        Known({"prediction": 1.0, "target": 3.0, "beta": 0.0}, "2", "the absolute error", "-1"),
        Known({"prediction": np.inf, "target": 1.0, "beta": 1.0}, "inf", "the line has slope 1 for ever", "1"),
        Known({"prediction": 1.0, "target": np.inf, "beta": 2.0}, "inf", "the line has slope 1 for ever", "-1"),
    ),
    source="R. Girshick, Fast R-CNN, 2015",
)

"""Huber loss.

    L(f, y) = r^2 / 2  if |r| <= delta,  delta (|r| - delta / 2)  otherwise,      r = f - y

prediction  f, any real
target      y, any real
delta       where the square turns into a line, above 0; 1 by default
The slope r is clipped to [-delta, delta] and is continuous; only the second derivative jumps, from 1 to 0.
"""

import numpy as np

from lossref.laws import convex, even_in_residual, homogeneous, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import Positive, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(prediction, target, delta=1.0):
    # One expression for both branches: with q = min(|r|, delta), L = q (|r| - q/2); no square of a huge r.
    distance = np.abs(np.subtract(prediction, target))
    clipped = np.minimum(distance, delta)
    # Where the distance itself overflows, half of it does not.
    half = np.abs(np.multiply(0.5, prediction) - np.multiply(0.5, target))
    return np.where(np.isinf(distance), 2.0 * (clipped * (half - 0.25 * clipped)), clipped * (distance - 0.5 * clipped))


def gradient(prediction, target, delta=1.0):
    return np.clip(np.subtract(prediction, target), -np.asarray(delta), delta)


def hessian(prediction, target, delta=1.0):
    return np.where(np.abs(np.subtract(prediction, target)) <= delta, 1.0, 0.0)


def definition(m, prediction, target, delta):
    r = abs(prediction - target)
    return r**2 / 2 if r <= delta else delta * (r - delta / 2)


LOSS = Loss(
    name="huber",
    arguments={"prediction": Real(), "target": Real()},
    parameters={"delta": Parameter(space=Positive(), default=1.0, grid=(1.0, 2.0**-10, 0.1, 1000.0))},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, symmetric, even_in_residual, homogeneous(2, "prediction", "target", "delta")),
    hard=(
        Hard("linear", "tail", "far off: the discarded square overflows, and 0 times inf is NaN in a backward pass",
             lambda d: {"prediction": d.sign() * d.scaled(12, 60), "target": d.uniform(-2, 2)}, 8),
        Hard("threshold", "kink", "|r| = delta and one or two ulps beside it: the branches must meet",
             lambda d: {"target": 0.0, "delta": (x := (1.0, 0.5, 3.0)[d.index % 3]), "prediction": d.sign() * d.nudged(x)}, 15),
        Hard("around_threshold", "tail", "|r| off delta by 2^-1 to 2^-16 of it, both ways: a threshold elsewhere shows",
             lambda d: {"target": 0.0, "prediction": d.sign() * d.number(1 + d.cycle(1, -1) * 2.0 ** -(1 + d.index)), "delta": 1.0}, 16),
        Hard("zero", "kink", "residual 0: |r| has a corner there, the loss has not",
             lambda d: {"target": (y := d.uniform(-8, 8)), "prediction": d.nudged(y)}, 5),
        Hard("delta_ends", "range", "a subnormal delta, or one whose square is near the largest number, and residuals on either side",
             lambda d: {"target": 0.0, "delta": (x := d.magnitude((-d.format.bias - 8, d.format.bias // 2 - 4)[d.index % 2])),
                        "prediction": d.sign() * d.number(x * (0.25, 0.25, 4.0, 4.0)[d.index % 4])}, 8),
    ),
    known=(
        Known({"prediction": 3.0, "target": 0.0, "delta": 1.0}, "2.5", "1 (3 - 1/2)", "1"),
        Known({"prediction": 0.5, "target": 0.0, "delta": 1.0}, "0.125", "(1/2)^2 / 2", "0.5"),
        Known({"prediction": np.inf, "target": 1.0, "delta": 1.0}, "inf", "the line has slope delta for ever", "1"),
        Known({"prediction": -np.inf, "target": 1.0, "delta": 2.0}, "inf", "the line has slope delta for ever", "-2"),
    ),
    source="P. J. Huber, Robust Estimation of a Location Parameter, 1964",
)

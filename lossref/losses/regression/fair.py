"""Fair loss: half the squared error near 0, a line of slope c far off, and smooth between them.

    L(f, y) = c^2 (|r| / c - log(1 + |r| / c)),      r = f - y

prediction  f, any real
target      y, any real
scale       c, the size of residual at which the square turns into a line, above 0; 1 by default
As printed the loss of a small residual cancels: of 1e-9 nothing is left of 5e-19. The line is approached slowly, with a logarithm. The
slope is r / (1 + |r| / c), the second derivative 1 / (1 + |r| / c)^2.
"""

import numpy as np

from lossref.families.scalars import robust
from lossref.float64.kernels import finite_residual, log1p_less
from lossref.laws import convex, even_in_residual, homogeneous, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import Positive, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(prediction, target, scale=1.0):
    whole, (r, _), c = finite_residual(prediction, target, scale)
    distance, u = np.abs(r), np.abs(r / c)
    logarithm = np.where(np.isinf(u), np.log(np.where(r == 0, 1.0, distance)) - np.log(c), np.log1p(u))
    far = np.where(np.isinf(r), np.inf, c * (distance - c * np.where(np.isinf(r), 0.0, logarithm)))
    return np.where(u < 1, c * (c * log1p_less(np.minimum(u, 1.0))), far) / whole / whole


def gradient(prediction, target, scale=1.0):
    whole, (r, _), c = finite_residual(prediction, target, scale)
    return np.where(np.abs(r) < c, r / (1.0 + np.abs(r) / c), np.sign(r) * (c / (1.0 + c / np.abs(r)))) / whole


def hessian(prediction, target, scale=1.0):
    _, (r, _), c = finite_residual(prediction, target, scale)
    return np.square(1.0 / (1.0 + np.abs(r) / c))


def definition(m, prediction, target, scale):
    r = abs(prediction - target)
    return scale**2 * (r / scale - m.log(1 + r / scale))


LOSS = Loss(
    name="fair",
    arguments={"prediction": Real(), "target": Real()},
    parameters={"scale": Parameter(space=Positive(), default=1.0, grid=(1.0, 2.0**-10, 0.1, 1000.0))},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, symmetric, even_in_residual, homogeneous(2, "prediction", "target", "scale")),
    hard=(
        *robust("prediction", "target", "scale", "u - log(1 + u) is 0 or has few digits, the loss is r^2 / 2", "turns into a line",
                "|r| / c overflows, or its logarithm is forgotten; the second derivative is (c / r)^2"),
        Hard("corner", "kink", "residual 0 and one or two ulps beside it: |r| has a corner there, the loss has not",
             lambda d: {"target": (y := d.uniform(-8, 8)), "prediction": d.nudged(y)}, 5),
    ),
    known=(
        Known({"prediction": 1.0, "target": 0.0}, lambda m: 1 - m.log(2), "1 - log 2", "0.5"),
        Known({"prediction": 0.0, "target": 3.0, "scale": 3.0}, lambda m: 9 - 9 * m.log(2), "9 (1 - log 2)", "-1.5"),
        Known({"prediction": 2.0, "target": 2.0}, "0", "a perfect prediction", "0"),
        Known({"prediction": np.inf, "target": 1.0, "scale": 0.5}, "inf", "a line, for ever", "0.5"),
    ),
    source="R. C. Fair, On the Robust Estimation of Econometric Models, 1974",
)

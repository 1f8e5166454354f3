"""Expectile loss: a squared error that weighs residuals of either sign differently; its least mean is at an expectile of the targets.

    L(f, y) = tau r^2  if r > 0,  (1 - tau) r^2  otherwise,      r = y - f

prediction  f, any real
target      y, any real
tau         the expectile, in [0, 1]; 1/2 by default
The residual is y - f, as for quantiles: tau is what a prediction that is too low costs. No factor 2, so at tau = 1/2 this is half the
squared error. The second derivative is 2 tau or 2 (1 - tau), and jumps at f = y; the slope does not.
"""

import numpy as np

from lossref.families.scalars import sides
from lossref.laws import convex, homogeneous, nonnegative, other_side
from lossref.options import NUMBER
from lossref.spaces import Real, Unit
from lossref.spec import Known, Loss, Parameter


def value(prediction, target, tau=0.5):
    share, r, whole = _parts(prediction, target, tau)
    # A tiny share makes the product small before the second factor does: it is lent a power of two.
    lent = np.where(share < 2.0**-500, 2.0**500, 1.0)
    found = (share * lent * r) * (r / lent) / (whole * whole)
    return np.where((share == 0) & ~np.isnan(r), 0.0, found)


def gradient(prediction, target, tau=0.5):
    share, r, whole = _parts(prediction, target, tau)
    return np.where((share == 0) & ~np.isnan(r), 0.0, 2.0 / whole * (share * -r))


def hessian(prediction, target, tau=0.5):
    return 2.0 * _parts(prediction, target, tau)[0]


def _parts(prediction, target, tau):
    """What a unit costs on this side, the residual times a factor that keeps it finite, and the factor."""
    whole = np.where(np.maximum(np.abs(prediction), np.abs(target)) > 2.0**1000, 0.5, 1.0)
    return np.where(np.less(prediction, target), tau, np.subtract(1.0, tau)), whole * target - whole * prediction, whole


def definition(m, prediction, target, tau):
    r = target - prediction
    return tau * r**2 if r > 0 else (1 - tau) * r**2


LOSS = Loss(
    name="expectile",
    arguments={"prediction": Real(), "target": Real()},
    parameters={"tau": Parameter(space=Unit(), default=0.5, grid=(0.5, 0.9, 0.1, 2.0**-10, 0.0, 1.0))},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(
        nonnegative,
        convex,
        homogeneous(2, "prediction", "target"),
        other_side,
    ),
    hard=sides("prediction", "target", "tau", "expectiles"),
    known=(
        Known({"prediction": 1.0, "target": 3.0, "tau": 0.75}, "3", "2 too low, 3/4 of 4", "-3"),
        Known({"prediction": 3.0, "target": 1.0, "tau": 0.75}, "1", "2 too high, 1/4 of 4", "1"),
        Known({"prediction": 3.0, "target": 1.0}, "2", "half the squared error", "2"),
        Known({"prediction": np.inf, "target": 1.0, "tau": 0.75}, "inf", "an infinite residual", "inf"),
        Known({"prediction": -np.inf, "target": 1.0, "tau": 0.0}, "0", "too low costs nothing", "0"),
    ),
    source="W. K. Newey and J. L. Powell, Asymmetric Least Squares Estimation and Testing, 1987",
)

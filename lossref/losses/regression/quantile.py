"""Quantile loss, also called pinball loss: its least mean is at a quantile of the targets.

    L(f, y) = max(tau r, (tau - 1) r),      r = y - f

prediction  f, any real
target      y, any real
tau         the quantile, in [0, 1]; 1/2 by default
The residual is y - f, as texts on quantiles have it: tau is what a prediction that is too low costs a unit, 1 - tau one too high.
At tau = 1/2 this is half the absolute error. At f = y there is a corner: every slope in [-tau, 1 - tau] is right. This code returns 0.
"""

import numpy as np

from lossref.families.scalars import sides
from lossref.laws import convex, homogeneous, nonnegative, other_side
from lossref.options import NUMBER
from lossref.spaces import Real, Unit
from lossref.spec import Known, Loss, Parameter


def value(prediction, target, tau=0.5):
    share = np.where(np.less(prediction, target), tau, np.subtract(1.0, tau))
    distance = np.abs(np.subtract(prediction, target))
    # Where the distance itself overflows, half of it does not; what costs nothing a unit costs nothing at infinity.
    half = np.abs(np.multiply(0.5, prediction) - np.multiply(0.5, target))
    cost = np.where(np.isinf(distance), 2.0 * (share * half), share * distance)
    return np.where((share == 0) & ~np.isnan(distance), 0.0, cost)


def gradient(prediction, target, tau=0.5):
    r = np.subtract(target, prediction)
    return np.where(r > 0, -np.asarray(tau), np.where(r < 0, np.subtract(1.0, tau), r))


def definition(m, prediction, target, tau):
    r = target - prediction
    return m.max(tau * r, (tau - 1) * r)


LOSS = Loss(
    name="quantile",
    arguments={"prediction": Real(), "target": Real()},
    parameters={"tau": Parameter(space=Unit(), default=0.5, grid=(0.5, 0.9, 0.1, 2.0**-10, 0.0, 1.0))},
    target=NUMBER,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(
        nonnegative,
        convex,
        homogeneous(1, "prediction", "target"),
        other_side,
    ),
    hard=sides("prediction", "target", "tau", "quantiles"),
    known=(
        Known({"prediction": 1.0, "target": 3.0, "tau": 0.75}, "1.5", "2 too low, 3/4 a unit", "-0.75"),
        Known({"prediction": 3.0, "target": 1.0, "tau": 0.75}, "0.5", "2 too high, 1/4 a unit", "0.25"),
        Known({"prediction": 3.0, "target": 1.0}, "1", "half the absolute error", "0.5"),
        Known({"prediction": np.inf, "target": 1.0, "tau": 0.75}, "inf", "an infinite residual", "0.25"),
        Known({"prediction": -np.inf, "target": 1.0, "tau": 0.0}, "0", "too low costs nothing", "0"),
        Known({"prediction": 1.0, "target": -np.inf, "tau": 0.75}, "inf", "an infinite residual", "0.25"),
    ),
    source="R. Koenker and G. Bassett, Regression Quantiles, 1978",
)

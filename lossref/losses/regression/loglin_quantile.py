"""Quantile loss of a prediction that is given by its logarithm, and so is above 0.

    L(a, y) = max(tau r, (tau - 1) r),      r = y - exp a,      dL/da = -tau exp a  if r > 0,  (1 - tau) exp a  if r < 0

log_prediction  a, any real
target          y, any real
tau             the quantile, in [0, 1]; 1/2 by default
It is `quantile` of exp a; as a quantile of log y is the logarithm of that quantile of y, `quantile` of a and log y has the same
optimum and another loss. It is not convex in a. At exp a = y there is a corner: every slope in [-tau y, (1 - tau) y] is right. This
code returns 0.
"""

import numpy as np

from lossref.families.scalars import sides
from lossref.float64.doubled import brief_exponential, doubled, either, minus, over, plus
from lossref.float64.kernels import as_array, times_exp
from lossref.laws import nonnegative
from lossref.options import NUMBER
from lossref.spaces import Real, Unit
from lossref.spec import Hard, Known, Loss, Parameter


def value(log_prediction, target, tau=0.5):
    r = _residual(log_prediction, target)
    weight = np.where(r[0] > 0, tau, np.subtract(tau, 1.0))
    usual = np.where(weight == 0, np.where(np.isnan(r[0]), np.nan, 0.0), weight * r[0] + weight * r[1])
    far = times_exp(-weight, as_array(log_prediction)) + np.where(weight == 0, 0.0, weight * target)
    return np.where((np.greater(log_prediction, _FAR)) & (r[0] < 0), far, usual)


def gradient(log_prediction, target, tau=0.5):
    r, a = _residual(log_prediction, target)[0], as_array(log_prediction)
    slope = np.where(r > 0, -1.0, 1.0) * times_exp(np.where(r > 0, tau, np.subtract(1.0, tau)), a)
    return np.where(r == 0, 0.0, np.where(np.isnan(r), r, slope))


def hessian(log_prediction, target, tau=0.5):
    return gradient(log_prediction, target, tau)


_FAR = 700.0  # beyond, the exponential alone is all that there is, or leaves the format


def _residual(log_prediction, target):
    """y - exp a in two parts; near 1 exp a is 1 and expm1 of a."""
    a, y = np.broadcast_arrays(as_array(log_prediction), as_array(target))
    tail = brief_exponential(doubled(-np.minimum(np.abs(a), _FAR)))
    far = either(a > 0, over(doubled(1.0), tail), tail)
    near = plus(doubled(1.0), doubled(np.expm1(np.clip(a, -1.0, 1.0))))
    return minus(doubled(y), either(np.abs(a) < 0.5, near, either(np.abs(a) < _FAR, far, doubled(np.exp(a)))))


def definition(m, log_prediction, target, tau):
    r = target - m.exp(log_prediction)
    return m.max(tau * r, (tau - 1) * r)


LOSS = Loss(
    name="loglin_quantile",
    arguments={"log_prediction": Real(), "target": Real()},
    parameters={"tau": Parameter(space=Unit(), default=0.5, grid=(0.5, 0.9, 0.1, 2.0**-10, 0.0, 1.0))},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative,),
    hard=(
        *sides("log_prediction", "target", "tau", "quantiles"),
        Hard("corner", "kink", "a = 0 and y = 1, and one or two of the least numbers beside it: any slope of the interval is right",
             lambda d: {"log_prediction": d.nudged(0.0), "target": 1.0}, 10),
        Hard("near", "cancellation", "targets some ulps off exp a: what rounding takes from the exponential is what is left",
             lambda d: {"log_prediction": (a := d.uniform(-3, 3)),
                        "target": d.format.step(d.exactly(lambda m: m.exp(m.lift(a))), d.integer(-40, 40))}, 14),
        Hard("near_1", "cancellation", "a next to 0 and y = 1: exp a - 1 cancels, and is 0 below half an ulp of 1",
             lambda d: {"log_prediction": d.sign() * d.scaled(-60, -4), "target": 1.0}, 12),
        Hard("tail", "tail", "far to the left: exp a is small, not 0, and so are the slopes, to the last subnormal",
             lambda d: {"log_prediction": -d.uniform(d.saturation, d.underflow - 2), "target": d.cycle(0.0, 1.0, -1.0)}, 12),
        Hard("large", "tail", "large predictions, up to where exp a overflows: a cap on a shows",
             lambda d: {"log_prediction": d.uniform(5, d.underflow * 0.9), "target": d.uniform(-2, 2)}, 14),
        Hard("below_0", "ordinary", "a target below 0: every prediction is too high",
             lambda d: {"log_prediction": d.uniform(-2, 2), "target": -d.uniform(0.1, 4)}, 6),
    ),
    known=(
        Known({"log_prediction": 0.0, "target": 3.0, "tau": 0.75}, "1.5", "2 too low, 3/4 a unit", "-0.75"),
        Known({"log_prediction": 0.0, "target": -1.0, "tau": 0.75}, "0.5", "2 too high, 1/4 a unit", "0.25"),
        Known({"log_prediction": -np.inf, "target": 2.0}, "1", "a prediction of 0", "0"),
        Known({"log_prediction": np.inf, "target": 2.0, "tau": 0.75}, "inf", "an infinite prediction", "inf"),
    ),
    source="CatBoost, LogLinQuantile; R. Koenker and G. Bassett, Regression Quantiles, 1978",
)

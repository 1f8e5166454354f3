"""Negative binomial loss: the part of an overdispersed count's negative log-likelihood that its mean has, from the mean's logarithm.

    L(z, y) = log(1 + a exp(z)) / a + y log(1 + exp(-z) / a)

log_mean    z, the logarithm of the expected count, any real
target      y, the count, at least 0; it need not be whole
dispersion  a, above 0: the variance is m + a m^2 for a mean m; 1 by default
The logarithms of gamma functions are left out, for the mean has no part in them. All terms are at least 0. For ever less dispersion
the slope, (exp(z) - y) / (1 + a exp(z)), becomes `poisson`'s, and the loss that one less y log a. statsmodels calls a alpha.
"""

import numpy as np

from lossref.float64.kernels import as_array, times_exp
from lossref.laws import convex, nonnegative
from lossref.options import NUMBER
from lossref.spaces import NonNegative, Positive, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(log_mean, target, dispersion=1.0):
    (a, inverse), z, (up, down) = _parts(log_mean, dispersion)
    mean = np.where(up < _TINY, times_exp(1.0, z), np.where(np.isinf(up), z + np.log(a), np.log1p(up)) / a)
    events = np.where(down < _TINY, _product(target, inverse, -z), target * np.where(np.isinf(down), -z - np.log(a), np.log1p(down)))
    return mean + np.where(np.equal(target, 0), 0.0, events)


def gradient(log_mean, target, dispersion=1.0):
    (_, inverse), z, (up, down) = _parts(log_mean, dispersion)
    low = (np.exp(np.minimum(z, 709.0)) - target) / (1.0 + np.minimum(up, 1.0))
    events = np.where(down < _TINY, _product(target, inverse, -z), target * np.minimum(down, 2.0))
    return np.where(up < 1, low, (inverse - events) / (1.0 + np.minimum(down, 2.0)))


def hessian(log_mean, target, dispersion=1.0):
    # (1 / a + y) t / (1 + t)^2 with t the less of a exp(z) and its inverse; what 1 + t rounds away is put back.
    (a, inverse), z, (up, down) = _parts(log_mean, dispersion)
    t, weight, is_low = np.minimum(up, down), inverse + target, up < down
    whole, lost = 1.0 + t, t - ((1.0 + t) - 1.0)
    tail = _product(weight, np.where(is_low, a, inverse), np.where(is_low, z, -z))
    return np.where(t < _TINY, tail, weight * (t / (whole * whole + 2.0 * whole * lost)))


_TINY = 2.0**-900  # to which log(1 + t) is t


def _parts(log_mean, dispersion):
    """a and 1 / a; z; a exp(z), and 1 / a exp(-z)."""
    a, z = as_array(dispersion), as_array(log_mean)
    return (a, 1.0 / a), z, (times_exp(a, z), times_exp(1.0 / a, -z))


def _product(weight, factor, x):
    """weight times a small factor exp(x), which alone may be subnormal."""
    return np.where(factor <= 1, times_exp(weight * factor, x), times_exp(factor, 0.5 * x) * times_exp(weight, 0.5 * x))


def definition(m, log_mean, target, dispersion):
    return m.log(1 + dispersion * m.exp(log_mean)) / dispersion + target * m.log(1 + m.exp(-log_mean) / dispersion)


LOSS = Loss(
    name="negative_binomial",
    arguments={"log_mean": Real(), "target": NonNegative()},
    parameters={"dispersion": Parameter(space=Positive(), default=1.0, grid=(1.0, 0.1, 2.0**-20, 5.0))},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex),
    hard=(
        Hard("counts", "ordinary", "whole counts beside moderate means",
             lambda d: {"log_mean": d.uniform(-2, 4), "target": float(d.integer(0, 40)), "dispersion": d.uniform(0.1, 3)}, 12),
        Hard("no_event", "tail", "a count of 0: the mean's term, small and not 0, to the last subnormal",
             lambda d: {"log_mean": -d.uniform(d.saturation / 4, d.underflow - 1), "target": 0.0}, 12),
        Hard("matched", "cancellation", "the mean next to the count: the slope is a small difference, its sign must be right",
             lambda d: {"target": (y := d.uniform(0.5, 50)), "log_mean": d.exactly(lambda m: m.log(m.lift(y))),
                        "dispersion": d.cycle(1.0, 0.25, 8.0)}, 14),
        Hard("far_apart", "tail", "a mean far below or above the count: exp overflows, its logarithm does not; bends are small, not 0",
             lambda d: {"log_mean": d.cycle(-1, 1) * d.uniform(10, 2 * d.underflow), "target": d.uniform(0.5, 4)}, 24),
        Hard("nearly_poisson", "cancellation", "hardly any dispersion: a logarithm of next to 1 is divided by next to nothing",
             lambda d: {"log_mean": d.uniform(-3, 3), "target": float(d.integer(0, 9)), "dispersion": d.scaled(-60, -8)}, 14),
        Hard("dispersed", "tail", "a large dispersion: the count's term is small, not 0",
             lambda d: {"log_mean": d.uniform(-3, 3), "target": float(d.integer(1, 9)), "dispersion": d.scaled(8, 60)}, 10),
    ),
    known=(
        Known({"log_mean": 0.0, "target": 3.0}, lambda m: 4 * m.log(2), "log 2 + 3 log 2", "-1"),
        Known({"log_mean": 0.0, "target": 1.0, "dispersion": 0.5}, lambda m: 3 * m.log(3) - 2 * m.log(2), "2 log 3/2 + log 3", "0"),
        Known({"log_mean": -np.inf, "target": 0.0}, "0", "no mean, and no event", "0"),
        Known({"log_mean": -np.inf, "target": 2.0}, "inf", "events without a mean", "-2"),
        Known({"log_mean": np.inf, "target": 2.0, "dispersion": 0.5}, "inf", "an infinite mean", "2"),
    ),
    source="J. M. Hilbe, Negative Binomial Regression, 2011; statsmodels, families.NegativeBinomial",
)

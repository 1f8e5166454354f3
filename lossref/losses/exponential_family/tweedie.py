"""Tweedie loss: the part of a compound Poisson-gamma negative log-likelihood that its mean has, from the logarithm of the mean.

    L(z, y) = exp((2 - p) z) / (2 - p) - y exp((1 - p) z) / (1 - p)

log_mean  z, the logarithm of the expected target, any real
target    y, at least 0: sums of claims, say, many of which are 0
power     p, of the mean to which the variance is proportional, in [1, 2]; 1.5 by default
What does not depend on the mean is left out, so the loss jumps to its ends: exp(z) - y z, `poisson`, for p = 1, and z + y exp(-z),
`gamma`, for p = 2. Half the deviance is this plus y^(2 - p) / ((1 - p) (2 - p)). The slope is exp((2 - p) z) - y exp((1 - p) z).
"""

import numpy as np

from lossref.float64.kernels import as_array, times_exp, two_product
from lossref.laws import convex
from lossref.options import NUMBER
from lossref.spaces import CompoundPoissonPower, NonNegative, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(log_mean, target, power=1.5):
    z, y, p, whole, mean, claims = _parts(log_mean, target, power)
    paid = np.where((y == 0) | (z == np.inf) | np.isinf(mean), 0.0, whole * y * z)
    gone = np.where((z == -np.inf) & (y > 0), 0.0, whole * z)  # the ratio decides
    return np.where(p == 1, mean - paid, np.where(p == 2, gone + claims, mean / (2.0 - p) + claims / (p - 1.0))) / whole


def gradient(log_mean, target, power=1.5):
    *_, whole, mean, claims = _parts(log_mean, target, power)
    return (mean - claims) / whole


def hessian(log_mean, target, power=1.5):
    _, _, p, whole, mean, claims = _parts(log_mean, target, power)
    return (np.where(p == 2, 0.0, (2.0 - p) * mean) + np.where(p == 1, 0.0, (p - 1.0) * claims)) / whole


def _parts(log_mean, target, power):
    """Arrays, a factor that keeps terms finite where they are huge, and times it exp((2 - p) z) and y exp((1 - p) z)."""
    z, y, p = np.broadcast_arrays(*(as_array(x) for x in (log_mean, target, power)))
    whole = np.where((np.abs(z) > 700) | (y > 2.0**1000), 0.125, 1.0)
    return z, y, p, whole, _raised(whole, 2.0 - p, z), _raised(whole * y, 1.0 - p, z)


def _raised(weight, exponent, z):
    high, low = two_product(exponent, z)
    return times_exp(weight, np.where(exponent == 0, 0.0, high)) * (1.0 + np.nan_to_num(low))


def definition(m, log_mean, target, power):
    if power == 1:
        return m.exp(log_mean) - target * log_mean
    if power == 2:
        return log_mean + target * m.exp(-log_mean)
    return m.exp((2 - power) * log_mean) / (2 - power) - target * m.exp((1 - power) * log_mean) / (1 - power)


LOSS = Loss(
    name="tweedie",
    arguments={"log_mean": Real(), "target": NonNegative()},
    parameters={"power": Parameter(space=CompoundPoissonPower(), default=1.5, grid=(1.5, 1.1, 1.9, 1.25, 1.0, 2.0))},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(convex,),
    hard=(
        Hard("claims", "ordinary", "claims that are 0 half of the time, beside moderate means",
             lambda d: {"log_mean": d.uniform(-3, 5), "target": d.cycle(0.0, 1.0) * d.uniform(0.1, 50)}, 12),
        Hard("no_claim", "tail", "a claim of 0: the mean's term, small and not 0, to the last subnormal",
             lambda d: {"log_mean": -d.uniform(d.saturation / 4, d.underflow - 1), "target": 0.0}, 12),
        Hard("matched", "cancellation", "the mean next to the target: the slope is a small difference, its sign must be right",
             lambda d: {"target": (y := d.uniform(0.5, 50)), "log_mean": d.exactly(lambda m: m.log(m.lift(y)))}, 14),
        Hard("far_apart", "tail", "a mean far below or above the target: one term is huge and right to its last digits; a cap shows",
             lambda d: {"log_mean": d.cycle(-1, 1) * d.uniform(10, d.underflow * 0.8), "target": d.uniform(0.5, 4)}, 24),
        Hard("both_small", "tail", "a tiny target and a tiny mean: a floor under either shows",
             lambda d: {"target": (y := d.scaled(-200, -60)), "log_mean": d.exactly(lambda m: m.log(m.lift(y)) + d.index % 5 - 2)}, 12),
        Hard("around_0", "tail", "a mean next to 1: expm1 and exp are not the same",
             lambda d: {"log_mean": d.sign() * d.scaled(-50, -3), "target": d.cycle(0.0, 1.0, 3.0)}, 9),
        Hard("power_ends", "tail", "a power next to 1 or 2: the loss is large, for no limit is taken; at 1 and 2 it is another one",
             lambda d: {"log_mean": d.uniform(-3, 3), "target": d.uniform(0.1, 9),
                        "power": d.number(1.5 + d.cycle(1, -1) * (0.5 - (0.0 if d.index < 4 else 2.0**-d.index)))}, 20),
    ),
    known=(
        Known({"log_mean": 0.0, "target": 3.0}, "8", "2 + 3 2", "-2"),
        Known({"log_mean": 0.0, "target": 3.0, "power": 1.0}, "1", "Poisson's: 1 - 3 0", "-2"),
        Known({"log_mean": 0.0, "target": 3.0, "power": 2.0}, "3", "the gamma distribution's: 0 + 3", "-2"),
        Known({"log_mean": 2.0, "target": 0.0}, lambda m: 2 * m.exp(1), "no claim: twice the root of the mean"),
        Known({"log_mean": -np.inf, "target": 2.0}, "inf", "claims without a mean", "-inf"),
        Known({"log_mean": np.inf, "target": 2.0}, "inf", "an infinite mean", "inf"),
    ),
    source="B. Jorgensen, Exponential Dispersion Models, 1987",
)

"""Inverse Gaussian deviance: the square of the residual, relative to the target and to the square of the mean.

    L(m, y) = (y - m)^2 / (y m^2)

mean    m, the expected target, above 0
target  y, above 0: waiting times, say
It is the part of twice an inverse Gaussian negative log-likelihood that the mean has, and the unit deviance of a power of 3
(`tweedie` ends at 2). Beyond 3/2 y it is not convex: the slope is 2 (m - y) / m^3, the second derivative 2 (3 y - 2 m) / m^4. As
printed m^2 vanishes below 1e-162, and the power below 1e-81.
"""

import numpy as np

from lossref.float64.doubled import doubled, minus, times
from lossref.float64.kernels import as_array
from lossref.laws import homogeneous, nonnegative
from lossref.options import NUMBER
from lossref.spaces import Positive
from lossref.spec import Hard, Known, Loss


def value(mean, target):
    # Of mantissas, whose products do not leave the format; their exponents are added.
    (m, i), (y, j), (r, k), _ = _parts(mean, target)
    found = np.ldexp(r / m * r / m / y, np.clip(2 * k - 2 * i - j, -5000, 5000))
    return np.where(np.isinf(mean), np.divide(1.0, target), np.where(np.isinf(target), np.inf, found))


def gradient(mean, target):
    (m, i), _, (r, k), _ = _parts(mean, target)
    return np.where(np.isinf(mean), 0.0, np.ldexp(-2.0 * r / m / m / m, np.clip(k - 3 * i, -5000, 5000)))


def hessian(mean, target):
    # 3 y - 2 m of numbers of twice the precision, for it passes through 0.
    (m, i), _, _, unit = _parts(mean, target)
    y, x = (np.ldexp(as_array(number), -unit) for number in (target, mean))
    top, k = np.frexp(minus(times(doubled(3.0), doubled(y)), doubled(2.0 * x))[0])
    return np.where(np.isinf(mean), 0.0, np.ldexp(2.0 * top / m / m / m / m, np.clip(k + unit - 4 * i, -5000, 5000)))


def _parts(mean, target):
    """Mean, target and y - m as mantissas and exponents, and the exponent of the larger of the two, which no difference of them exceeds."""
    m, y = (as_array(x) for x in (mean, target))
    unit = np.frexp(np.maximum(m, y))[1] + 1
    r, k = np.frexp(np.ldexp(y, -unit) - np.ldexp(m, -unit))
    return np.frexp(m), np.frexp(y), (r, k + unit), unit


def definition(m, mean, target):
    return (target - mean) ** 2 / (target * mean**2)


LOSS = Loss(
    name="inverse_gaussian",
    arguments={"mean": Positive(), "target": Positive()},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, homogeneous(-1, "mean", "target")),
    hard=(
        Hard("times", "ordinary", "moderate means and targets", lambda d: {"mean": d.uniform(0.1, 20), "target": d.uniform(0.1, 20)}, 12),
        Hard("matched", "cancellation", "the mean next to the target: residual and loss are small, and the sign of the slope must be right",
             lambda d: {"target": (y := d.uniform(0.5, 50)), "mean": d.format.step(y, d.integer(-1000, 1000))}, 14),
        Hard("perfect", "ordinary", "a perfect prediction costs nothing", lambda d: {"mean": (y := d.uniform(0.1, 9)), "target": y}, 4),
        Hard("bend", "cancellation", "a mean next to 3/2 of the target: the slope is greatest, the second derivative passes through 0",
             lambda d: {"target": (y := d.uniform(1, 9)), "mean": d.number(1.5 * y * (1 + d.cycle(0, 1, -1) * 4.0**-d.index))}, 12),
        Hard("small_mean", "tail", "a mean far below the target: the square, or the power of the slope, vanishes and divides",
             lambda d: {"mean": d.scaled(-40 - 4 * d.index, -10), "target": d.uniform(0.5, 4)}, 14),
        Hard("large_mean", "tail", "a mean far above: the loss ends at 1 / y, and the slope is small, not 0",
             lambda d: {"mean": d.scaled(10, 60), "target": d.uniform(0.5, 4)}, 14),
        Hard("both_small", "tail", "both tiny: m^2 y vanishes, the loss is huge",
             lambda d: {"mean": (x := d.scaled(-90, -40)), "target": d.number(x * d.uniform(0.25, 4))}, 12),
        Hard("both_large", "tail", "both huge: m^2 y overflows, the loss is small, not 0",
             lambda d: {"mean": (x := d.scaled(30, 90)), "target": d.number(x * d.uniform(0.25, 4))}, 12),
    ),
    known=(
        Known({"mean": 1.0, "target": 2.0}, "0.5", "1 / 2", "-2"),
        Known({"mean": 4.0, "target": 1.0}, "0.5625", "9 / 16", "0.09375"),
        Known({"mean": 3.0, "target": 3.0}, "0", "a perfect prediction", "0"),
    ),
    source="P. McCullagh and J. A. Nelder, Generalized Linear Models, chapter 2, 1989",
)

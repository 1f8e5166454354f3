"""Squared logarithmic error: the squared error of log(1 + x), so that ratios count and not differences.

    L(f, y) = (log(1 + f) - log(1 + y))^2

prediction  f, above -1
target      y, above -1
No factor 1/2. Libraries write log(1 + x) where log1p(x) keeps the digits of small numbers, and some replace predictions below 0, or
below -1 + 1e-6, by that number. It is not convex: with d the difference of the logarithms, the second derivative is
2 (1 - d) / (1 + f)^2, negative for d > 1.
"""

import numpy as np

from lossref.float64.doubled import doubled, exponential, minus, over, plus, times
from lossref.laws import mirror, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import AboveMinusOne
from lossref.spec import Hard, Known, Loss


def value(prediction, target):
    return np.square(_difference(prediction, target))


def gradient(prediction, target):
    slope = 2.0 * _difference(prediction, target) / np.add(1.0, prediction)
    return np.where(np.isposinf(prediction) & np.isfinite(target), 0.0, slope)


def hessian(prediction, target):
    difference, scale = _difference(prediction, target), np.add(1.0, prediction)
    d = np.clip(difference, 0.5, 2.0)
    # Near d = 1 the difference 1 - d needs more digits than d has: ratio exp(-d) - 1 is what d lacks.
    ratio = over(plus(doubled(1.0), doubled(prediction)), plus(doubled(1.0), doubled(target)))
    near = 1.0 - d - minus(times(ratio, exponential(doubled(-d))), doubled(1.0))[0]
    bend = 2.0 * np.where(d == difference, near, 1.0 - difference) / scale / scale
    return np.where(np.isposinf(prediction) & np.isfinite(target), 0.0, bend)


def _difference(prediction, target):
    """log(1 + f) - log(1 + y), by the logarithm of a ratio, so that neither two logarithms nor 1 + x cancel."""
    below = np.add(1.0, target)
    ratio = np.add(1.0, prediction) / below
    is_ratio = (ratio > 2.0**-1000) & np.isfinite(ratio)
    apart = np.where(is_ratio, np.log(np.where(is_ratio, ratio, 1.0)), np.log1p(prediction) - np.log1p(target))
    step = np.subtract(prediction, target) / below
    is_close = (ratio > 0.5) & (ratio < 2.0)
    return np.where(is_close, np.log1p(np.where(is_close, step, 0.0)), apart)


def definition(m, prediction, target):
    return (m.log(1 + prediction) - m.log(1 + target)) ** 2


LOSS = Loss(
    name="squared_logarithmic_error",
    arguments={"prediction": AboveMinusOne(), "target": AboveMinusOne()},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(
        nonnegative,
        symmetric,
        mirror("L(2 f + 1, 2 y + 1) = L(f, y): only the ratio of 1 + f and 1 + y counts",
               lambda prediction, target: {"prediction": 2 * prediction + 1, "target": 2 * target + 1}, 2),
    ),
    hard=(
        Hard("small", "cancellation", "both numbers far below 1: log(1 + x) rounds to 0 where log1p(x) is x",
             lambda d: {"prediction": d.sign() * d.scaled(-60, -10), "target": d.sign() * d.scaled(-60, -10)}, 16),
        Hard("close", "cancellation", "prediction next to target: two logarithms differ by little, all digits of that are there",
             lambda d: {"target": (y := d.uniform(0.5, 1000)), "prediction": d.format.step(y, d.integer(1, 1000))}, 12),
        Hard("perfect", "ordinary", "a perfect prediction costs 0", lambda d: {"target": (y := d.uniform(-0.9, 100)), "prediction": y}, 3),
        Hard("next_to_end", "tail", "next to -1: a floor under 1 + f, or one at 0, shows",
             lambda d: {"prediction": d.number(-1 + d.scaled(-d.format.precision, -2)), "target": d.uniform(-0.5, 8)}, 12),
        Hard("target_next_to_end", "tail", "a target next to -1, and predictions there and elsewhere",
             lambda d: {"target": d.number(-1 + d.scaled(-d.format.precision, -2)),
                        "prediction": d.number(-1 + d.scaled(-d.format.precision, 3))}, 10),
        Hard("negative", "ordinary", "predictions and targets below 0, which are no errors",
             lambda d: {"prediction": d.uniform(-0.95, 0), "target": d.uniform(-0.95, 1)}, 8),
        Hard("inflection", "cancellation", "1 + f next to e (1 + y): the second derivative is a small difference of either sign",
             lambda d: {"target": (y := d.uniform(0, 8)), "prediction": d.format.step(
                 d.exactly(lambda m: m.exp(m.lift(1)) * (1 + m.lift(y)) - 1), d.integer(-300, 300))}, 12),
        Hard("many_decades", "tail", "predictions and targets of any size: a ratio that overflows has a logarithm",
             lambda d: {"prediction": d.scaled(-20, d.format.bias - 1), "target": d.scaled(-20, d.format.bias - 1)}, 12),
    ),
    known=(
        Known({"prediction": 1.0, "target": 0.0}, lambda m: m.log(2) ** 2, "log(2)^2", "0.69314718055994531"),
        Known({"prediction": -0.5, "target": 1.0}, lambda m: 4 * m.log(2) ** 2, "log(1/4)^2", "-5.5451774444795625"),
        Known({"prediction": 1.0, "target": np.inf}, "inf", "a logarithm grows without end", "-inf"),
    ),
    source="Kaggle, Online Product Sales, 2012",
)

"""Accelerated failure time with a logistic distribution: -log of how likely what is known of a time is, of which a median is predicted.

    L(f, y, c, w) = -log s'(z)  if c = 0,  log(1 + exp z)  if c = 1,  log(1 + exp(-z))  if c = 2,  -log(s(u) - s(z))  if c = 3
    z = (log y - f) / b,      u = (log(y + w) - f) / b,      s(x) = 1 / (1 + exp(-x)),      s' = s (1 - s)

prediction  f, the logarithm of the median of the time, any real
target      y, a time above 0
censoring   c, 0 where the event came at y, 1 later than y (right-censored), 2 before y (left-censored), 3 from y to y + w (interval)
span       w, above 0; only intervals have one
scale       b, above 0; 1 by default
The logarithm of the time has a logistic distribution around f. With c = 0 it is the density of z: log b + log y, by which the density
of the time differs, are constants, left out. XGBoost and CatBoost take two ends, the second infinite where there is none, and have a
normal and an extreme-value distribution too; XGBoost keeps the likelihood above 1e-12 and the gradient within 15.
"""

import numpy as np

from lossref.float64 import censored
from lossref.laws import convex, nonnegative
from lossref.options import NUMBER
from lossref.spaces import Censoring, Positive, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(prediction, target, censoring, span, scale=1.0):
    return censored.logistic_cost(prediction, target, censoring, span, scale)


def gradient(prediction, target, censoring, span, scale=1.0):
    return censored.logistic_cost_slope(prediction, target, censoring, span, scale)


def hessian(prediction, target, censoring, span, scale=1.0):
    return censored.logistic_cost_bend(prediction, target, censoring, span, scale)


def _known(d, **given):
    return {"target": d.uniform(0.5, 2), "span": d.uniform(0.5, 2), "censoring": d.cycle(0.0, 1.0, 2.0, 3.0), **given}


def definition(m, prediction, target, censoring, span, scale):
    def s(x):
        return 1 / (1 + m.exp(-x))

    z = (m.log(target) - prediction) / scale
    if censoring == 0:
        return -m.log(s(z) * s(-z))
    if censoring == 3:
        return -m.log(s((m.log(target + span) - prediction) / scale) - s(z))
    return m.log(1 + m.exp(z if censoring == 1 else -z))


LOSS = Loss(
    name="aft",
    arguments={"prediction": Real(), "target": Positive(), "censoring": Censoring(), "span": Positive()},
    parameters={"scale": Parameter(space=Positive(), default=1.0, grid=(1.0, 0.5, 2.0, 0.1))},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex),
    hard=(
        Hard("far_off", "tail", "a prediction far off: likelihoods of 0 and 1, and tails of both, however they are clipped",
             lambda d: _known(d, prediction=d.sign() * d.uniform(d.saturation, d.underflow - 12)), 24),
        Hard("beyond", "tail", "a prediction so far off that exp overflows: the loss is the distance",
             lambda d: _known(d, prediction=d.sign() * d.uniform(d.underflow, 2 * d.underflow)), 12),
        Hard("times", "tail", "times of every size: what rounding takes from a long logarithm is a relative error of a tail",
             lambda d: _known(d, prediction=d.uniform(-2, 2), target=d.scaled(-110, 110), span=d.scaled(-110, 110)), 24),
        Hard("narrow", "cancellation", "a narrow interval: its likelihood is a small difference, and its slope that of a density",
             lambda d: _known(d, prediction=d.uniform(-3, 3), censoring=3.0, span=2.0 ** -(2 + 4 * d.index)), 12),
        Hard("wide", "tail", "a wide interval around the prediction: likely, and what is left is both tails",
             lambda d: _known(d, prediction=d.uniform(20, 40), censoring=3.0, span=d.scaled(60, 120)), 8),
        Hard("in_the_middle", "cancellation", "a prediction at an event, or in the middle of an interval, where two slopes cancel",
             lambda d: {"prediction": d.exactly(lambda m: m.log(m.lift(d.cycle(3.0, 4.0, 1.5, 2.0)))), "censoring": d.cycle(0.0, 3.0),
                        "target": d.cycle(3.0, 2.0, 1.5, 1.0), "span": d.cycle(1.0, 6.0, 1.0, 3.0)}, 4),
        Hard("scales", "tail", "scales from 2^-12 to 2^12: a narrow distribution makes any distance long",
             lambda d: _known(d, prediction=d.uniform(-1, 1), scale=d.scaled(-12, 12)), 12),
    ),
    known=(
        Known({"prediction": 0.0, "target": 1.0, "censoring": 0.0, "span": 1.0}, lambda m: 2 * m.log(2), "log 4 at the median", "0"),
        Known({"prediction": 0.0, "target": 1.0, "censoring": 1.0, "span": 1.0}, lambda m: m.log(2), "half are later", "-0.5"),
        Known({"prediction": 0.0, "target": 1.0, "censoring": 2.0, "span": 1.0}, lambda m: m.log(2), "half are earlier", "0.5"),
        Known({"prediction": 0.0, "target": 1.0, "censoring": 3.0, "span": 1.0}, lambda m: m.log(6), "2/3 - 1/2"),
        Known({"prediction": np.inf, "target": 1.0, "censoring": 1.0, "span": 1.0}, "0", "later for certain", "0"),
        Known({"prediction": np.inf, "target": 1.0, "censoring": 2.0, "span": 1.0}, "inf", "earlier, and thought impossible", "1"),
    ),
    source="L. J. Wei, The Accelerated Failure Time Model, 1992; XGBoost, survival analysis with accelerated failure time",
)

"""Cross-entropy of an event that a rate brings about in the course of an exposure: LightGBM's other parametrisation.

    L(f, y, w) = -y log(1 - exp(-w h)) + (1 - y) w h,      h = log(1 + exp f)

prediction  f, any real; h is the rate of the event
target      y, the probability of the event, in [0, 1]
exposure    w, above 0: how long, or how many times, the event could come; LightGBM takes the weight of an example for it
The event comes with probability p = 1 - exp(-w h). With w = 1 that is the sigmoid of f, and the loss that of `sigmoid_cross_entropy`;
with any other w it is not a loss times a weight.
"""

import numpy as np

from lossref.float64.exposure import expected_bend, expected_slope, log_of_some, parts, some_bend, some_slope
from lossref.float64.kernels import as_array
from lossref.laws import convex, nonnegative
from lossref.options import PROBABILITY
from lossref.spaces import Positive, Real, Unit
from lossref.spec import Hard, Known, Loss


def value(prediction, target, exposure, complement=None):
    no, yes = np.subtract(1.0, target) if complement is None else complement, as_array(target)
    found = parts(prediction, exposure)
    return np.where(yes == 0, 0.0, yes * -log_of_some(found)) + np.where(no == 0, 0.0, no * found.x)


def gradient(prediction, target, exposure, complement=None):
    no, found = np.subtract(1.0, target) if complement is None else complement, parts(prediction, exposure)
    return no * expected_slope(found) - target * some_slope(found)


def hessian(prediction, target, exposure, complement=None):
    no, found = np.subtract(1.0, target) if complement is None else complement, parts(prediction, exposure)
    return no * expected_bend(found) + target * some_bend(found)


def definition(m, prediction, target, exposure):
    expected = exposure * m.log(1 + m.exp(prediction))
    return (1 - target) * expected - (target * m.log(1 - m.exp(-expected)) if target != 0 else 0)


LOSS = Loss(
    name="cross_entropy_lambda",
    arguments={"prediction": Real(), "target": Unit(), "exposure": Positive()},
    target=PROBABILITY,
    is_affine=True,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex),
    hard=(
        Hard("certain", "tail", "an exposure that makes the event all but certain: 1 - p is exp(-w h), not 0",
             lambda d: {"prediction": d.uniform(-1, 3), "target": d.cycle(1.0, 0.0, 0.5), "exposure": d.uniform(d.saturation, 300)}, 12),
        Hard("short", "tail", "a short exposure: p is next to w h, and exp(-w h) rounds to 1",
             lambda d: {"prediction": d.uniform(-3, 3), "target": d.cycle(1.0, 0.0, 0.5), "exposure": d.scaled(-60, -20)}, 12),
        Hard("rare", "tail", "a rare event and a long exposure: exp f is a subnormal number or 0, and w exp f is not",
             lambda d: {"prediction": -d.uniform(d.underflow - 12, d.underflow + 9), "target": d.cycle(1.0, 0.0, 0.25),
                        "exposure": d.scaled(20, 100)}, 12),
        Hard("as_likely", "cancellation", "y next to p for an exposure of 2: the slope is a small difference, its sign must be right",
             lambda d: {"prediction": (x := d.uniform(-2, 2)), "exposure": 2.0,
                        "target": d.exactly(lambda m: 1 - 1 / (1 + m.exp(m.lift(x))) ** 2)}, 8),
    ),
    known=(
        Known({"prediction": 0.0, "target": 1.0, "exposure": 1.0}, lambda m: m.log(2), "one toss of a coin", "-0.5"),
        Known({"prediction": 0.0, "target": 1.0, "exposure": 2.0}, lambda m: m.log(4) - m.log(3), "one of two tosses, 3/4", None),
        Known({"prediction": 0.0, "target": 0.0, "exposure": 2.0}, lambda m: 2 * m.log(2), "neither of two, 1/4", "1"),
        Known({"prediction": np.inf, "target": 1.0, "exposure": 2.0}, "0", "certain and right", "0"),
        Known({"prediction": np.inf, "target": 0.0, "exposure": 2.0}, "inf", "certain and wrong", "2"),
        Known({"prediction": -np.inf, "target": 1.0, "exposure": 2.0}, "inf", "impossible, and it comes", "-1"),
    ),
    source="LightGBM, objective cross_entropy_lambda",
)

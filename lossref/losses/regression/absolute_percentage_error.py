"""Absolute percentage error: the absolute error as a share of the target, with a floor under the target's size.

    L(f, y) = |f - y| / max(|y|, floor)

prediction  f, any real
target      y, any real
floor       the least denominator, above 0; 2^-52 by default, the eps of float64, as scikit-learn has it
A share, not multiplied by 100. Floors differ: 2^-52, 1e-7 (Keras, in percent), or 1 (boosted trees), and at y = 0 so does the loss,
from |f| to 4.5e15 |f|. At f = y there is a corner: every slope from -1 to 1, over the denominator, is right. This code returns 0.
"""

import numpy as np

from lossref.laws import convex, even_in_both, homogeneous, nonnegative
from lossref.options import NUMBER
from lossref.spaces import Positive, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(prediction, target, floor=2.0**-52):
    size = np.maximum(np.abs(target), floor)
    distance = np.abs(np.subtract(prediction, target))
    # Where the distance itself overflows, half of it does not.
    half = np.abs(np.multiply(0.5, prediction) - np.multiply(0.5, target))
    share = np.where(np.isinf(distance), 2.0 * (half / size), distance / size)
    return np.where(np.isinf(target) & np.isfinite(prediction), 1.0, share)


def gradient(prediction, target, floor=2.0**-52):
    return np.sign(np.subtract(prediction, target)) / np.maximum(np.abs(target), floor)


def definition(m, prediction, target, floor):
    return abs(prediction - target) / m.max(abs(target), floor)


LOSS = Loss(
    name="absolute_percentage_error",
    arguments={"prediction": Real(), "target": Real()},
    parameters={"floor": Parameter(space=Positive(), default=2.0**-52, grid=(2.0**-52, 1e-7, 1.0, 2.0**-80, 1000.0))},
    target=NUMBER,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, convex, even_in_both, homogeneous(0, "prediction", "target", "floor")),
    hard=(
        Hard("target_zero", "tail", "a target of 0: the floor is all there is below the residual",
             lambda d: {"target": 0.0, "prediction": d.sign() * d.scaled(-20, 20), "floor": d.cycle(2.0**-52, d.number(1e-7), 1.0)}, 12),
        Hard("floor_ladder", "tail", "targets of either sign about the floor, at it and one or two ulps beside it",
             lambda d: {"floor": (x := d.cycle(2.0**-52, 1.0, d.number(1e-7))), "prediction": d.uniform(-2, 2),
                        "target": d.sign() * (d.nudged(x) if d.index < 15 else d.number(x * d.uniform(0.25, 4)))}, 27),
        Hard("target_sizes", "tail", "targets of every size above the floor, a prediction off by a part: a share of any size of number",
             lambda d: {"target": (y := d.sign() * d.scaled(-50, 100)), "prediction": d.number(y * d.uniform(-1, 3))}, 16),
        Hard("good", "cancellation", "predictions next to targets of any size: the share is small, all its digits are there",
             lambda d: {"target": (y := d.sign() * d.scaled(-40, 60)), "prediction": d.format.step(y, d.integer(1, 1000))}, 12),
    ),
    known=(
        Known({"prediction": 3.0, "target": 4.0}, "0.25", "1 of 4", "-0.25"),
        Known({"prediction": 5.0, "target": -4.0}, "2.25", "9 of 4", "0.25"),
        Known({"prediction": 0.5, "target": 0.25, "floor": 1.0}, "0.25", "1/4, the floor below", "1"),
        Known({"prediction": np.inf, "target": 4.0}, "inf", "an infinite residual", "0.25"),
        Known({"prediction": 1.0, "target": -np.inf}, "1", "of an infinite target all is missed", "0"),
    ),
    source="S. Makridakis, Accuracy measures: theoretical and practical concerns, 1993",
)

"""L_q loss: the absolute error to a power, between the absolute and the squared error, or beyond.

    L(f, y) = |r|^q,      dL/df = q |r|^(q - 1) sign(r),      r = f - y

prediction  f, any real
target      y, any real
power       q, at least 1; 3/2 by default
No root is taken: a norm is the root of a sum of them. For q = 1 the loss has a corner at r = 0, where every slope in [-1, 1] is right
and this code returns 0. Second derivatives are left out: they are infinite at r = 0 for 1 < q < 2. CatBoost has some for q >= 2 alone.
"""

import numpy as np

from lossref.float64.doubled import doubled, each, raised
from lossref.float64.kernels import as_array, finite_residuals
from lossref.laws import convex, even_in_residual, nonnegative
from lossref.options import NUMBER
from lossref.spaces import Power, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(prediction, target, power=1.5):
    _, size, whole = _parts(prediction, target)
    return raised(size, power) / raised(whole, power)


def gradient(prediction, target, power=1.5):
    side, size, whole = _parts(prediction, target)
    less = np.subtract(power, 1.0)
    return side * (power * (raised(size, less) / raised(whole, less)))


def _parts(prediction, target):
    """The sign of the residual, its size in two parts, times a factor that keeps it finite, and the factor."""
    whole, r = finite_residuals(*(as_array(x)[..., None] for x in (prediction, target)))
    r = each(lambda x: x[..., 0], r)
    side = np.sign(r[0])
    return side, each(lambda x: np.where(side < 0, -x, x), r), doubled(whole[..., 0])


def definition(m, prediction, target, power):
    return m.power(m.abs(prediction - target), power)


LOSS = Loss(
    name="lq",
    arguments={"prediction": Real(), "target": Real()},
    parameters={"power": Parameter(space=Power(), default=1.5, grid=(1.5, 1.0, 2.0, 3.0, 1.125, 4.5))},
    target=NUMBER,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, convex, even_in_residual),
    hard=(
        Hard("corner", "kink", "a power of 1 and no residual, or one or two ulps: any slope of the interval is right",
             lambda d: {"power": 1.0, "target": 1.0, "prediction": d.nudged(1.0)}, 10),
        Hard("near_1", "ordinary", "residuals about 1, below and above: there all powers meet",
             lambda d: {"prediction": 1.0, "target": d.number(2.0 + d.sign() * 2.0 ** -(1 + d.index))}, 10),
        Hard("small_residual", "tail", "residuals far below an added eps, whose powers the format holds",
             lambda d: {"prediction": d.number(d.sign() * 2.0 ** -(2 + 2 * d.index)), "target": 0.0}, 14),
        Hard("almost_1", "tail", "powers next to 1: the slope is next to its sign, and 0 at 0",
             lambda d: {"power": d.number(1 + 2.0 ** -(4 + 2 * d.index)), "prediction": d.cycle(0.0, 2.0**-9, -2.0, 2.0**-20),
                        "target": 0.0}, 8),
    ),
    known=(
        Known({"prediction": 6.0, "target": 2.0}, "8", "4 to the power of 3/2", "3"),
        Known({"prediction": 2.0, "target": 5.0, "power": 1.0}, "3", "the absolute error", "-1"),
        Known({"prediction": 2.0, "target": 5.0, "power": 2.0}, "9", "the squared error", "-6"),
        Known({"prediction": 2.0, "target": 4.0, "power": 3.0}, "8", "a cube", "-12"),
        Known({"prediction": 3.0, "target": 3.0}, "0", "right", "0"),
        Known({"prediction": np.inf, "target": 1.0}, "inf", "an infinite residual", "inf"),
        Known({"prediction": -np.inf, "target": 1.0, "power": 1.0}, "inf", "an infinite residual", "-1"),
    ),
    source="CatBoost, Lq",
)

"""Geman-McClure loss: half the square of r / c near 0, and 2 far off, which it approaches as 1 / r^2 vanishes.

    L(f, y) = 2 (r / c)^2 / ((r / c)^2 + 4),      r = f - y

prediction  f, any real
target      y, any real
scale       c, the size of residual at which the square gives way, above 0; 1 by default
As in Barron's general loss (alpha = -2) and kornia; Geman and McClure have r^2 / (r^2 + c^2), which is half of this one with 2 c
for c. Far outliers hardly count: the slope, 16 r c^2 / (r^2 + 4 c^2)^2, falls again beyond 2 c / sqrt(3), and the loss is not
convex.
"""

import numpy as np

from lossref.families.scalars import robust
from lossref.float64.doubled import doubled, either, minus, over, plus, times
from lossref.float64.kernels import finite_residual
from lossref.laws import even_in_residual, homogeneous, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import Positive, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(prediction, target, scale=1.0):
    is_near, t, _, bottom = _parts(prediction, target, scale)
    return np.where(is_near, 2.0 * t[0] * t[0], 2.0) / bottom[0]


def gradient(prediction, target, scale=1.0):
    _, t, lever, bottom = _parts(prediction, target, scale)
    return 2.0 * over(over(t, bottom), bottom)[0] * lever


def hessian(prediction, target, scale=1.0):
    # Next to 2 c / sqrt(3) the numerator is a difference: of numbers of twice the precision.
    is_near, t, lever, bottom = _parts(prediction, target, scale)
    square, three = times(t, t), doubled(3.0)
    top = either(is_near, minus(doubled(1.0), times(three, square)), minus(square, three))
    return lever * over(top, times(bottom, times(bottom, bottom)))[0] * lever


def _parts(prediction, target, scale):
    """Whether |r| is below 2 c; the smaller of r / 2 and c by the larger, t, in two parts; 1 / c, or t by r / 2; and 1 + t^2."""
    whole, r, c = finite_residual(prediction, target, scale)
    half, c = (0.5 * r[0], 0.5 * r[1]), doubled(c)
    is_near, is_endless = np.abs(half[0]) < c[0], np.isinf(half[0])
    larger = either(is_near, c, either(is_endless, doubled(1.0), half))
    t = over(either(is_near, half, either(is_endless, doubled(0.0), c)), larger)
    return is_near, t, whole * over(either(is_near, doubled(1.0), t), larger)[0], plus(doubled(1.0), times(t, t))


def definition(m, prediction, target, scale):
    square = ((prediction - target) / scale) ** 2
    return 2 * square / (square + 4)


LOSS = Loss(
    name="geman_mcclure",
    arguments={"prediction": Real(), "target": Real()},
    parameters={"scale": Parameter(space=Positive(), default=1.0, grid=(1.0, 2.0**-10, 0.1, 1000.0))},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, symmetric, even_in_residual, homogeneous(0, "prediction", "target", "scale")),
    hard=(
        *robust("prediction", "target", "scale", "2 less the rest is 0, the loss is r^2 / (2 c^2)", "gives way",
                "(r / c)^2 overflows, and inf / inf is NaN; slopes are small, not 0"),
        Hard("bend", "cancellation", "residuals next to 2 c / sqrt(3): the slope is greatest, the second derivative passes through 0",
             lambda d: {"target": 0.0, "scale": 1.0,
                        "prediction": d.number(d.exactly(lambda m: 2 / m.sqrt(m.lift(3))) * (1 + d.cycle(0, 1, -1) * 4.0**-d.index))}, 12),
    ),
    known=(
        Known({"prediction": 6.0, "target": 0.0}, "1.8", "72 / 40", "0.06"),
        Known({"prediction": 0.0, "target": 2.0, "scale": 2.0}, "0.4", "2 / 5", "-0.32"),
        Known({"prediction": 2.0, "target": 2.0}, "0", "a perfect prediction", "0"),
        Known({"prediction": -np.inf, "target": 2.0, "scale": 5.0}, "2", "whatever the residual", "0"),
    ),
    source="S. Geman and D. E. McClure, Statistical Methods for Tomographic Image Reconstruction, 1987",
)

"""Cauchy loss, also called Lorentzian: half the square of r / c near 0, twice its logarithm far off.

    L(f, y) = log(1 + (r / c)^2 / 2),      r = f - y

prediction  f, any real
target      y, any real
scale       c, the size of residual at which the square gives way, above 0; 1 by default
As in Barron's general loss (alpha = 0) and kornia; a Cauchy distribution's likelihood and SciPy's least_squares have (r / c)^2 without
the half. Far outliers hardly count: the slope, 2 r / (2 c^2 + r^2), falls again beyond sqrt(2) c, and the loss is not convex.
"""

from lossref.families.scalars import robust
from lossref.float64 import heavy_tails
from lossref.laws import even_in_residual, homogeneous, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import Positive, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(prediction, target, scale=1.0):
    return heavy_tails.logarithm(prediction, target, scale, 2.0)


def gradient(prediction, target, scale=1.0):
    return heavy_tails.slope(prediction, target, scale, 2.0)


def hessian(prediction, target, scale=1.0):
    return heavy_tails.bend(prediction, target, scale, 2.0)


def definition(m, prediction, target, scale):
    return m.log(1 + ((prediction - target) / scale) ** 2 / 2)


LOSS = Loss(
    name="cauchy",
    arguments={"prediction": Real(), "target": Real()},
    parameters={"scale": Parameter(space=Positive(), default=1.0, grid=(1.0, 2.0**-10, 0.1, 1000.0))},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, symmetric, even_in_residual, homogeneous(0, "prediction", "target", "scale")),
    hard=(
        *robust("prediction", "target", "scale", "1 + u rounds to 1, the loss is r^2 / (2 c^2)", "gives way",
                "(r / c)^2 overflows, its logarithm does not; slopes are small, not 0"),
        Hard("bend", "cancellation", "residuals next to sqrt(2) c: the slope is greatest, the second derivative passes through 0",
             lambda d: {"target": 0.0, "scale": 1.0,
                        "prediction": d.number(d.exactly(lambda m: m.sqrt(m.lift(2))) * (1 + d.cycle(0, 1, -1) * 4.0**-d.index))}, 9),
    ),
    known=(
        Known({"prediction": 2.0, "target": 0.0}, lambda m: m.log(3), "log(1 + 4 / 2)"),
        Known({"prediction": 0.0, "target": 2.0, "scale": 2.0}, lambda m: m.log(3) - m.log(2), "log(1 + 1 / 2)"),
        Known({"prediction": 2.0, "target": 2.0}, "0", "a perfect prediction", "0"),
    ),
    source="J. T. Barron, A General and Adaptive Robust Loss Function, 2019",
)

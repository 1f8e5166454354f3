"""Welsch loss, also called Leclerc's: half the square of r / c near 0, and 1 far off, whatever the residual.

    L(f, y) = 1 - exp(-(r / c)^2 / 2),      r = f - y

prediction  f, any real
target      y, any real
scale       c, the size of residual at which the square gives way, above 0; 1 by default
As in Barron's general loss (alpha = -infinity) and kornia; Holland and Welsch have c^2 / 2 times it, and (r / c)^2 without the half
in the exponent. Far outliers do not count: the slope, r / c^2 exp(-(r / c)^2 / 2), vanishes beyond some scales, and the loss is not
convex.
"""

import numpy as np

from lossref.families.scalars import robust
from lossref.float64.doubled import brief_exponential, doubled, each, either, minus, over, times
from lossref.float64.kernels import finite_residual
from lossref.laws import even_in_residual, homogeneous, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import Positive, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(prediction, target, scale=1.0):
    return -np.expm1(-0.5 * _parts(prediction, target, scale)[1][0])


def gradient(prediction, target, scale=1.0):
    u, _, lever = _parts(prediction, target, scale)
    return lever * u[0] * (lever * scale)


def hessian(prediction, target, scale=1.0):
    _, square, lever = _parts(prediction, target, scale)
    return lever * minus(doubled(1.0), square)[0] * lever


def _parts(prediction, target, scale):
    """The residual in units of the scale, 100 standing for all that is larger, its square, both in two parts, and exp(-square / 4) / c.

    A second derivative is judged by its own digits: those of the exponent count. The exponential of half the square alone would lose
    some that 1 / c brings back.
    """
    _, r, c = finite_residual(prediction, target, scale)
    is_far = np.abs(r[0]) > 100.0 * c
    u = over(either(is_far, doubled(100.0 * np.sign(r[0])), r), doubled(np.where(is_far, 1.0, c)))
    square = times(u, u)
    return u, square, brief_exponential(each(lambda x: -0.25 * x, square))[0] / scale


def definition(m, prediction, target, scale):
    return 1 - m.exp(-(((prediction - target) / scale) ** 2) / 2)


LOSS = Loss(
    name="welsch",
    arguments={"prediction": Real(), "target": Real()},
    parameters={"scale": Parameter(space=Positive(), default=1.0, grid=(1.0, 2.0**-10, 0.1, 1000.0))},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, symmetric, even_in_residual, homogeneous(0, "prediction", "target", "scale")),
    hard=(
        *robust("prediction", "target", "scale", "exp rounds to 1, the loss is r^2 / (2 c^2), not 0", "gives way",
                "the loss is 1, and its slopes are 0, not inf times 0"),
        Hard("vanishing", "tail", "far off, step by step: the slope is small, not 0, to the last subnormal number",
             lambda d: {"target": 0.0, "scale": (x := d.cycle(1.0, 0.25, 4.0)),
                        "prediction": d.number(d.sign() * x * (3 + (d.underflow / 8) ** 0.5 * d.index / 6))}, 24),
        Hard("bend", "cancellation", "residuals next to c: the slope is greatest, the second derivative passes through 0",
             lambda d: {"target": 0.0, "scale": (x := d.cycle(1.0, 0.5, 3.0)),
                        "prediction": d.number(d.sign() * x * (1 + d.cycle(0, 1, -1) * 4.0**-d.index))}, 12),
    ),
    known=(
        Known({"prediction": 2.0, "target": 0.0}, lambda m: 1 - m.exp(-2), "1 - exp(-4 / 2)"),
        Known({"prediction": 0.0, "target": 2.0, "scale": 2.0}, "0.39346934028736657640", "1 - exp(-1 / 2)", "-0.30326532985631671180"),
        Known({"prediction": 2.0, "target": 2.0}, "0", "a perfect prediction", "0"),
        Known({"prediction": -np.inf, "target": 2.0, "scale": 5.0}, "1", "whatever the residual", "0"),
    ),
    source="P. W. Holland and R. E. Welsch, Robust Regression Using Iteratively Reweighted Least-Squares, 1977",
)

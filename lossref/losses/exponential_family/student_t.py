"""Student's t negative log-likelihood of a residual: half its square near 0, and n + 1 times its logarithm far off.

    L(f, y) = (n + 1)/2 log(1 + (r / c)^2 / n),      r = f - y

prediction  f, the location of the distribution, any real
target      y, any real
scale       c, of the distribution, above 0; 1 by default
freedom     n, its degrees of freedom, above 0; 4 by default, as in statsmodels
What does not depend on f is left out, so that a perfect prediction costs 0. For n = 1 it is a Cauchy distribution's, and for ever
more degrees of freedom half the square of r / c; `cauchy` is 2/3 of it for n = 2. statsmodels has c^2 n / 2 for (n + 1) / 2, which
makes the second derivative at 0 be 1. The slope, (n + 1) r / (n c^2 + r^2), falls again beyond sqrt(n) c, and the loss is not
convex.
"""

from lossref.families.scalars import robust
from lossref.float64 import heavy_tails
from lossref.laws import even_in_residual, homogeneous, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import Positive, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(prediction, target, scale=1.0, freedom=4.0):
    return heavy_tails.logarithm(prediction, target, scale, freedom, 0.5 * freedom + 0.5)


def gradient(prediction, target, scale=1.0, freedom=4.0):
    return heavy_tails.slope(prediction, target, scale, freedom, 0.5 * freedom + 0.5)


def hessian(prediction, target, scale=1.0, freedom=4.0):
    return heavy_tails.bend(prediction, target, scale, freedom, 0.5 * freedom + 0.5)


def definition(m, prediction, target, scale, freedom):
    return (freedom + 1) / 2 * m.log(1 + ((prediction - target) / scale) ** 2 / freedom)


LOSS = Loss(
    name="student_t",
    arguments={"prediction": Real(), "target": Real()},
    parameters={"scale": Parameter(space=Positive(), default=1.0, grid=(1.0, 2.0**-10, 0.1, 1000.0)),
                "freedom": Parameter(space=Positive(), default=4.0, grid=(4.0, 1.0, 30.0, 2.5))},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, symmetric, even_in_residual, homogeneous(0, "prediction", "target", "scale")),
    hard=(
        *robust("prediction", "target", "scale", "1 + u rounds to 1, the loss is (n + 1) / n r^2 / (2 c^2)", "gives way",
                "(r / c)^2 overflows, its logarithm does not; slopes are small, not 0"),
        Hard("bend", "cancellation", "residuals next to sqrt(n) c: the slope is greatest, the second derivative passes through 0",
             lambda d: {"target": 0.0, "scale": 1.0, "freedom": (x := d.cycle(4.0, 3.0, 1.0)),
                        "prediction": d.number(d.exactly(lambda m: m.sqrt(m.lift(x))) * (1 + d.cycle(0, 1, -1, 1) * 4.0**-d.index))}, 12),
        Hard("many", "tail", "ever more degrees of freedom: the logarithm of 1 and next to nothing, times as much: half the square",
             lambda d: {"prediction": d.uniform(-4, 4), "target": 0.0, "freedom": d.scaled(10, 60)}, 10),
        Hard("few", "tail", "hardly any degree of freedom: half the logarithm of a huge number",
             lambda d: {"prediction": d.uniform(-4, 4), "target": 0.0, "freedom": d.scaled(-60, -5)}, 10),
    ),
    known=(
        Known({"prediction": 4.0, "target": 0.0}, lambda m: 5 * m.log(5) / 2, "5/2 log(1 + 16 / 4)", "1"),
        Known({"prediction": 0.0, "target": 2.0, "scale": 2.0, "freedom": 1.0}, lambda m: m.log(2), "a Cauchy distribution's", "-0.5"),
        Known({"prediction": 2.0, "target": 2.0}, "0", "a perfect prediction", "0"),
    ),
    source="K. L. Lange, R. J. A. Little and J. M. G. Taylor, Robust Statistical Modeling Using the t Distribution, 1989",
)

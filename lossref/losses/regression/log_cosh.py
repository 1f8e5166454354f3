"""Log-cosh loss: half the squared error near 0, the absolute error less log 2 far off.

    L(f, y) = log((exp r + exp(-r)) / 2),      r = f - y

prediction  f, any real
target      y, any real
The slope is tanh r, the second derivative 1 - tanh(r)^2; neither is 0 but by underflow. Libraries write r + softplus(-2r) - log 2
or logaddexp(r, -r) - log 2, whose terms cancel near 0: the value of 1e-9 comes out as 0, or as some ulps of log 2.
"""

import numpy as np

from lossref.float64.kernels import LOG_2, sigmoid_slope, two_difference
from lossref.laws import convex, even_in_residual, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import Real
from lossref.spec import Hard, Known, Loss


def value(prediction, target):
    distance = np.abs(np.subtract(prediction, target))
    # cosh r is 1 + e^2 / (2 (1 + e)) with e = exp |r| - 1: no difference near 0. Far off the exponential is a small correction.
    e = np.expm1(np.minimum(distance, 8.0))
    return np.where(distance > 4, distance - (LOG_2 - np.log1p(np.exp(-2.0 * distance))), np.log1p(e * (0.5 * e / (1.0 + e))))


def gradient(prediction, target):
    return np.tanh(np.subtract(prediction, target))


def hessian(prediction, target):
    # tanh r is 2 s(2r) - 1 for the logistic sigmoid s; far off the rounding of r counts as often as r is long.
    r, low = two_difference(prediction, target)
    return 4.0 * sigmoid_slope(2.0 * r) * (1.0 - 2.0 * np.tanh(r) * low)


def definition(m, prediction, target):
    r = prediction - target
    return m.log((m.exp(r) + m.exp(-r)) / 2)


LOSS = Loss(
    name="log_cosh",
    arguments={"prediction": Real(), "target": Real()},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, symmetric, even_in_residual),
    hard=(
        Hard("small", "cancellation", "small residuals: |r| + log(1 + exp(-2 |r|)) - log 2 cancels, the loss is r^2 / 2",
             lambda d: {"prediction": d.sign() * d.scaled(-40, -3), "target": 0.0}, 16),
        Hard("middle", "ordinary", "where the square turns into a line: both forms are wrong there",
             lambda d: {"target": (y := d.uniform(-2, 2)), "prediction": d.number(y + d.sign() * d.uniform(0.25, 6))}, 12),
        Hard("slope_tail", "cancellation", "the slope rounds to 1, and 1 - tanh^2 to 0: the second derivative is 4 exp(-2 |r|)",
             lambda d: {"prediction": d.sign() * d.uniform(d.saturation / 4, d.underflow / 2 - 1), "target": d.uniform(-1, 1)}, 16),
        Hard("overflow", "tail", "exp |r| overflows or is about to: the loss is |r| - log 2",
             lambda d: {"prediction": d.sign() * d.uniform(d.underflow * 0.9, d.underflow * 4), "target": d.uniform(-2, 2)}, 8),
    ),
    known=(
        Known({"prediction": 1.0, "target": 1.0}, "0", "a perfect prediction", "0"),
        Known({"prediction": 0.0, "target": 1.0}, lambda m: m.log((m.exp(1) + m.exp(-1)) / 2), "log cosh 1", "-0.76159415595576489"),
        Known({"prediction": np.inf, "target": 1.0}, "inf", "an infinite residual", "1"),
        Known({"prediction": 1.0, "target": np.inf}, "inf", "an infinite residual", "-1"),
    ),
    source="P. J. Green, Bayesian reconstructions from emission tomography data using a modified EM algorithm, 1990",
)

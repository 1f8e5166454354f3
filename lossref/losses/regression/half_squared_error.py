"""Half the squared error.

    L(f, y) = (f - y)^2 / 2

prediction  f, any real
target      y, any real
The factor 1/2 makes the gradient f - y and the second derivative 1; without it the loss is `squared_error`.
"""

import numpy as np

from lossref.laws import convex, even_in_residual, homogeneous, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import Real
from lossref.spec import Hard, Known, Loss


def value(prediction, target):
    # Halved before it is squared: the square alone may overflow where half of it does not.
    r = np.subtract(prediction, target)
    return (0.5 * r) * r


def gradient(prediction, target):
    return np.subtract(prediction, target)


def hessian(prediction, target):
    return np.ones_like(np.subtract(prediction, target))


def definition(m, prediction, target):
    return (prediction - target) ** 2 / 2


LOSS = Loss(
    name="half_squared_error",
    arguments={"prediction": Real(), "target": Real()},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, symmetric, even_in_residual, homogeneous(2, "prediction", "target")),
    hard=(
        Hard("small_residual", "tail", "a residual below the ulp of 1: squares stay positive, an absolute tolerance sees only 0",
             lambda d: {"prediction": d.sign() * d.scaled(-45, -15), "target": 0.0}, 12),
    ),
    known=(
        Known({"prediction": 5.0, "target": 3.0}, "2", "2^2 / 2", "2"),
        Known({"prediction": np.inf, "target": 1.0}, "inf", "an infinite residual", "inf"),
        Known({"prediction": 1.0, "target": np.inf}, "inf", "an infinite residual", "-inf"),
        Known({"prediction": (1.0, 2.0, 3.0), "target": (1.0, 2.0, 5.0), "reduction": "mean"}, "0.66666666666666667",
              "a mean, and a sum", row="R13"),
        Known({"prediction": (1.0, 2.0, 3.0), "target": (1.0, 2.0, 5.0), "reduction": "sum"}, "2", "a mean, and a sum", row="R13"),
    ),
    source="C. M. Bishop, Pattern Recognition and Machine Learning, equation 1.2, 2006",
)

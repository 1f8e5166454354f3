"""Half the squared error.

    L(f, y) = (f - y)^2 / 2

prediction  f, any real
target      y, any real
The factor 1/2 makes the gradient f - y and the second derivative 1; without it the loss is `squared_error`.
"""

import numpy as np

from lossref.identities import convex, even_in_residual, nonnegative, symmetric
from lossref.spaces import Real
from lossref.spec import Hard, Loss, Witness


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
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    identities=(nonnegative, convex, symmetric, even_in_residual),
    hard=(
        Hard("large_residual", "tail", "far off: the square is right to a rounding or two, whatever the size",
             lambda d: {"prediction": d.sign() * d.scaled(10, 40), "target": d.uniform(-2, 2)}, 12),
        Hard("small_residual", "tail", "a residual below the ulp of 1: squares stay positive, an absolute tolerance sees only 0",
             lambda d: {"prediction": d.sign() * d.scaled(-45, -15), "target": 0.0}, 12),
        Hard("close", "cancellation", "prediction close to target: f^2 - 2 f y + y^2 cancels completely",
             lambda d: {"target": (y := d.uniform(1, 1000)), "prediction": d.format.step(y, d.integer(1, 1000))}, 16),
        Hard("offset", "cancellation", "a large common offset: only the difference matters",
             lambda d: {"target": (y := d.scaled(15, 20)), "prediction": d.number(y + d.uniform(-3, 3))}, 10),
        Hard("perfect", "ordinary", "a perfect prediction costs exactly 0",
             lambda d: {"prediction": (y := d.uniform(-100, 100)), "target": y}, 4),
    ),
    witnesses=(
        Witness({"prediction": 5.0, "target": 3.0}, "2", "2^2 / 2", "2"),
        Witness({"prediction": np.inf, "target": 1.0}, "inf", "an infinite residual", "inf"),
        Witness({"prediction": 1.0, "target": np.inf}, "inf", "an infinite residual", "-inf"),
    ),
    source="C. M. Bishop, Pattern Recognition and Machine Learning, equation 1.2, 2006",
    also_known_as={"optax": "l2_loss", "scikit-learn": "HalfSquaredError", "xgboost": "reg:squarederror"},
)

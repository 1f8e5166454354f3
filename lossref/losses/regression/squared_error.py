"""Squared error.

    L(f, y) = (f - y)^2

prediction  f, any real
target      y, any real
No factor 1/2: the gradient is 2 (f - y) and the second derivative is 2.
"""

import numpy as np

from lossref.laws import convex, even_in_residual, homogeneous, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import Real
from lossref.spec import Hard, Known, Loss


def value(prediction, target):
    return np.square(np.subtract(prediction, target))


def gradient(prediction, target):
    return 2.0 * np.subtract(prediction, target)


def hessian(prediction, target):
    return np.full_like(np.subtract(prediction, target), 2.0)


def definition(m, prediction, target):
    return (prediction - target) ** 2


LOSS = Loss(
    name="squared_error",
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
        Known({"prediction": 5.0, "target": 3.0}, "4", "2^2", "4"),
        Known({"prediction": np.inf, "target": 1.0}, "inf", "an infinite residual", "inf"),
        Known({"prediction": 1.0, "target": np.inf}, "inf", "an infinite residual", "-inf"),
        Known({"prediction": (1.0, 2.0, 3.0), "target": (1.0, 2.0, 5.0), "reduction": "sum"}, "4", "a sum, and a mean", row="R13"),
        Known({"prediction": (1.0, 2.0, 3.0), "target": (1.0, 2.0, 5.0), "reduction": "mean"}, "1.3333333333333333",
              "a sum, and a mean", row="R13"),
        Known({"prediction": (0.3, 0.3, 0.4, 0.3, 0.4, 0.3, 0.1, 0.2, 0.7), "target": (0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0),
               "reduction": "mean", "denominator": 3.0},
              "0.80666666666666662", "two models of three parties: one classification error, two losses", row="R21"),
        Known({"prediction": (0.1, 0.2, 0.7, 0.1, 0.7, 0.2, 0.3, 0.4, 0.3), "target": (0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0),
               "reduction": "mean", "denominator": 3.0},
              "0.34000000000000003", "two models of three parties: one classification error, two losses", row="R21"),
    ),
    source="C. F. Gauss, Theoria combinationis observationum erroribus minimis obnoxiae, 1823",
)

"""Root mean squared error of a batch.

    L(f, y) = sqrt(1/n sum_i (f_i - y_i)^2),      dL/df_i = (f_i - y_i) / (n L)

prediction  f, n numbers, any real; one example is such a batch
target      y, as many, any real
It has the least in common with `squared_error`, whose mean it is the root of, and the same minimum. As printed squares of residuals
above 1e154 overflow, and those of residuals below 1e-162 vanish. Where all predictions are perfect the loss has a corner, as a norm
has: every slope up to 1 / sqrt(n) is right there. This code returns 0.
"""

import numpy as np

from lossref.families.vectors import residuals
from lossref.float64.doubled import doubled, each, either, minus, over, times, total
from lossref.float64.squares import residual_parts, root_mean_square, root_mean_square_slopes
from lossref.float64.vectors import is_leader
from lossref.laws import convex, even_in_residual, homogeneous, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import Real
from lossref.spec import Hard, Known, Loss


def value(prediction, target):
    return root_mean_square(residual_parts(prediction, target))


def gradient(prediction, target):
    return root_mean_square_slopes(residual_parts(prediction, target))


def hessian(prediction, target):
    # What the other residuals make of the square: a difference but for the largest, which the others are added up for.
    exponent, whole, is_endless, u, mean = residual_parts(prediction, target)
    count, squares, leader = doubled(np.shape(u[0])[-1]), times(u, u), is_leader(u[0])
    whole_sum = each(lambda x: x[..., None], total(squares))
    rest = each(lambda x: x[..., None], total(either(leader, doubled(0.0), squares)))
    area = times(count, mean)
    bends = over(either(leader, rest, minus(whole_sum, squares)), times(times(area, area), mean))
    return np.where(is_endless, 0.0, np.ldexp(bends[0], -exponent) * whole)


def definition(m, prediction, target):
    return m.sqrt(m.sum((f - y) ** 2 for f, y in zip(prediction, target, strict=True)) / len(target))


LOSS = Loss(
    name="root_mean_squared_error",
    arguments={"prediction": Real("n"), "target": Real("n")},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, symmetric, even_in_residual, homogeneous(1, "prediction", "target")),
    hard=(
        *residuals("prediction", "target"),
        Hard("alike", "ordinary", "residuals of one size: the root is that size, exactly",
             lambda d: {"target": (0.0,) * d.size, "prediction": tuple(d.sign() * (1.5 + d.index) for _ in range(d.size))}, 6),
    ),
    known=(
        Known({"prediction": (3.0, -4.0), "target": (2.0, 3.0)}, "5", "sqrt((1 + 49) / 2)", ("0.1", "-0.7")),
        Known({"prediction": (1.0, 2.0, 2.0, 0.0), "target": (0.0,) * 4}, "1.5", "3 / sqrt(4)",
              ("0.16666666666666666667", "0.33333333333333333333", "0.33333333333333333333", "0")),
        Known({"prediction": (-2.5,), "target": (0.5,)}, "3", "of one: the absolute error", ("-1",)),
        Known({"prediction": (np.inf, 1.0, 1.0, 1.0), "target": (0.0,) * 4}, "inf", "an infinite residual", ("0.5", "0", "0", "0")),
    ),
    source="scikit-learn, metrics.root_mean_squared_error; K. Pearson, Contributions to the Mathematical Theory of Evolution, 1894",
)

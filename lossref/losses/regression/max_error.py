"""Maximum error of a batch: the largest absolute residual.

    L(f, y) = max_i |f_i - y_i|

prediction  f, n numbers, any real; one example is such a batch
target      y, as many, any real
The slope is the residual's sign where it is largest, and 0 elsewhere. Where several are largest, or all are 0, the loss has a
corner: the slope in each may be anything from 0 to its sign, or from -1 to 1. This code shares 1 equally among those that tie, and
0 has no sign.
"""

import numpy as np

from lossref.families.vectors import residuals
from lossref.float64.kernels import finite_residuals
from lossref.laws import convex, even_in_residual, homogeneous, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import Real
from lossref.spec import Hard, Known, Loss


def value(prediction, target):
    whole, (r, _) = finite_residuals(prediction, target)
    return np.abs(r).max(axis=-1) / whole[..., 0]


def gradient(prediction, target):
    # Residuals that differ in what rounding took from them do not tie.
    _, (r, low) = finite_residuals(prediction, target)
    size, rest = np.abs(r), np.sign(r) * low
    is_top = size == size.max(axis=-1, keepdims=True)
    is_top &= rest == np.where(is_top, rest, -np.inf).max(axis=-1, keepdims=True)
    return np.sign(r) * is_top / is_top.sum(axis=-1, keepdims=True)


def definition(m, prediction, target):
    return m.max(*(abs(f - y) for f, y in zip(prediction, target, strict=True)))


LOSS = Loss(
    name="max_error",
    arguments={"prediction": Real("n"), "target": Real("n")},
    target=NUMBER,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, convex, symmetric, even_in_residual, homogeneous(1, "prediction", "target")),
    hard=(
        *residuals("prediction", "target"),
        Hard("tie", "kink", "two largest residuals, of one sign or two, and one or two ulps beside that: either has the slope, or both",
             lambda d: {"target": (0.0, 0.0, 1.0), "prediction": (d.sign() * 3.0, d.sign() * d.nudged(3.0), d.uniform(0, 2))}, 15),
        Hard("near_tie", "cancellation", "two largest residuals some ulps apart: one of them has all of the slope",
             lambda d: {"target": (0.0, 0.0),
                        "prediction": (d.sign() * (x := d.uniform(1, 8)), d.sign() * d.format.step(x, 9 + d.index))}, 8),
        Hard("first_or_last", "ordinary", "the largest residual first or last",
             lambda d: {"target": (0.0,) * 4, "prediction": tuple(d.sign() * x for x in ((9.0, 1, 2, 3), (1, 2, 3, 9.0))[d.index % 2])}, 6),
    ),
    known=(
        Known({"prediction": (3.0, -4.0, 1.0), "target": (2.0, 3.0, 1.0)}, "7", "|-4 - 3|", ("0", "-1", "0")),
        Known({"prediction": (-2.5,), "target": (0.5,)}, "3", "of one: the absolute error", ("-1",)),
        Known({"prediction": (np.inf, 1.0), "target": (0.0, 0.0)}, "inf", "an infinite residual", ("1", "0")),
    ),
    source="P. L. Chebyshev, Sur les questions de minima, 1859; scikit-learn, metrics.max_error",
)

"""Median absolute error of a batch: half of the absolute residuals are larger, and how much larger does not count.

    L(f, y) = median_i |f_i - y_i|

prediction  f, n numbers, any real; one example is such a batch
target      y, as many, any real
Of an even number of residuals it is the mean of the two in the middle, as the field has it. The slope is the sign of the residual in
the middle, or half of both signs, and 0 elsewhere. Where several tie in the middle, or a residual there is 0, the loss has a corner:
this code gives the slope to the first of those that tie, and 0 has no sign.
"""

import numpy as np

from lossref.families.vectors import residuals
from lossref.float64.kernels import finite_residuals
from lossref.laws import even_in_residual, homogeneous, nonnegative, symmetric
from lossref.options import NUMBER
from lossref.spaces import Real
from lossref.spec import Hard, Known, Loss


def value(prediction, target):
    r, low, middle, whole = _ranked(prediction, target)
    a, b = (np.take_along_axis(np.abs(r), k, axis=-1) for k in middle)
    more = [np.take_along_axis(np.sign(r) * low, k, axis=-1) for k in middle]
    half = 0.5 * a + 0.5 * b + (0.5 * more[0] + 0.5 * more[1])
    return np.where(np.isinf(a) | np.isinf(b), np.inf, half)[..., 0] / whole[..., 0]


def gradient(prediction, target):
    r, _, middle, _ = _ranked(prediction, target)
    places = np.arange(np.shape(r)[-1])
    return np.sign(r) * (0.5 * (places == middle[0]) + 0.5 * (places == middle[1]))


def _ranked(prediction, target):
    """The residuals in two parts, where the two in the middle are, and the factor that they are multiplied by."""
    whole, (r, low) = finite_residuals(prediction, target)
    order = np.lexsort((np.sign(r) * low, np.abs(r)), axis=-1)
    count = np.shape(r)[-1]
    return r, low, [order[..., k : k + 1] for k in ((count - 1) // 2, count // 2)], whole


def _around(d, *sizes):
    """Residuals of these sizes, of any sign and in any order."""
    turned = sizes[d.index % len(sizes):] + sizes[:d.index % len(sizes)]
    return {"target": (0.0,) * len(sizes), "prediction": tuple(d.sign() * x for x in turned)}


def definition(m, prediction, target):
    ranked = m.ranked(abs(f - y) for f, y in zip(prediction, target, strict=True))
    return (ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2


LOSS = Loss(
    name="median_absolute_error",
    arguments={"prediction": Real("n"), "target": Real("n")},
    target=NUMBER,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, symmetric, even_in_residual, homogeneous(1, "prediction", "target")),
    hard=(
        *residuals("prediction", "target"),
        Hard("tie", "kink", "two residuals tie in the middle, and one or two ulps beside that: either has the slope, or both",
             lambda d: _around(d, 1.0, 3.0, d.nudged(3.0), 9.0, 9.5), 15),
        Hard("near_tie", "cancellation", "residuals in the middle some ulps apart: one of them has all of the slope",
             lambda d: _around(d, 0.5, x := d.uniform(1, 8), d.format.step(x, 9 + d.index), 16.0, 17.0), 8),
        Hard("odd_and_even", "ordinary", "three residuals or four: the one in the middle, or the mean of the two there",
             lambda d: _around(d, *(d.uniform(0, 8) for _ in range(3 + d.index % 2))), 12),
        Hard("outliers", "tail", "residuals of any size beside those in the middle: they do not count",
             lambda d: _around(d, 1.0, d.uniform(2, 3), d.scaled(20, 90), d.scaled(20, 90)), 8),
        Hard("mostly_right", "tail", "more than half of the residuals are 0: so is the loss",
             lambda d: {"target": (0.0,) * 5, "prediction": (0.0, d.uniform(1, 2), 0.0, -d.uniform(1, 2), 0.0)}, 4),
    ),
    known=(
        Known({"prediction": (3.0, -4.0, 1.0), "target": (2.0, 3.0, 1.0)}, "1", "of 0, 1 and 7", ("1", "0", "0")),
        Known({"prediction": (3.0, -4.0, 1.0, 0.0), "target": (0.0,) * 4}, "2", "(1 + 3) / 2", ("0.5", "0", "0.5", "0")),
        Known({"prediction": (np.inf, 1.0, 2.0), "target": (0.0, 0.0, 0.0)}, "2", "an infinite residual beside", ("0", "0", "1")),
    ),
    source="scikit-learn, metrics.median_absolute_error; F. R. Hampel, The Influence Curve and its Role in Robust Estimation, 1974",
)

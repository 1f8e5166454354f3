"""Margin ranking loss: of two scores the one that the label names is to be larger, by a margin.

    L(a, b, y) = max(0, m - y (a - b)),      dL/da = -dL/db = -y  where that is above 0

first   a, a score, any real
second  b, the other score, any real
target  y, 1 where the first is to be the larger one, -1 where the second is
margin  m, by how much, any real; 0 by default
With m = 0 equal scores lie at the corner of the loss, and so does everything where a margin is met exactly: every slope between 0 and
the full one is right there. This code returns 0.
"""

import numpy as np

from lossref.float64.kernels import as_array, exact_sum
from lossref.laws import convex, homogeneous, mirror, nonnegative
from lossref.options import SIGN
from lossref.spaces import Real, Sign
from lossref.spec import Hard, Known, Loss, Parameter


def value(first, second, target, margin=0.0):
    short, factor = _shortfall(first, second, target, margin)
    return short * factor


def gradient(first, second, target, margin=0.0):
    push = np.where(_shortfall(first, second, target, margin)[0] > 0, as_array(target), 0.0)
    return -push, +push


def _shortfall(first, second, target, margin):
    """max(0, m - y (a - b)), the sum rounded once, and the factor that it lacks."""
    a, b, y, m = np.broadcast_arrays(as_array(first), second, target, margin)
    terms = np.stack([-y * a, y * b, m], axis=-1)
    factor = np.where(np.abs(terms).max(axis=-1) > 2.0**1000, 4.0, 1.0)  # so that no difference overflows on the way
    return np.maximum(0.0, exact_sum(terms / factor[..., None])), factor


def definition(m, first, second, target, margin):
    return m.max(0, margin - target * (first - second))


LOSS = Loss(
    name="margin_ranking",
    arguments={"first": Real(), "second": Real(), "target": Sign()},
    differentiable=("first", "second"),
    parameters={"margin": Parameter(space=Real(), default=0.0, grid=(0.0, 1.0, 0.3, -0.5))},
    target=SIGN,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, convex, homogeneous(1, "first", "second", "margin"),
          mirror("L(-a, -b, -y) = L(a, b, y)",
                 lambda first, second, target, **_: {"first": -first, "second": -second, "target": -target}, -1)),
    hard=(
        Hard("equal", "kink", "equal scores, and some ulps apart: with no margin any slope of the interval is right, else it is whole",
             lambda d: {"second": (b := d.uniform(-8, 8)), "first": d.nudged(b), "margin": d.cycle(0.0, 0.0, 1.0)}, 15),
        Hard("margin_met", "kink", "a lead of the margin, and one or two ulps beside it: any slope of the interval is right",
             lambda d: {"target": (y := d.cycle(1.0, -1.0)), "margin": 1.0, "second": y * 2.0, "first": y * d.nudged(3.0)}, 10),
        Hard("around_margin", "tail", "a lead off the margin by 2^-1 to 2^-16, both ways: a margin elsewhere shows",
             lambda d: {"target": (y := d.cycle(1.0, 1.0, -1.0, -1.0)), "margin": 1.0, "second": -y,
                        "first": d.number(y * d.cycle(1, -1) * 2.0 ** -(1 + d.index))}, 16),
        Hard("offset", "cancellation", "a large common offset: only the difference matters, and what it lacks to the margin",
             lambda d: {"second": (b := d.scaled(15, 20)), "first": d.number(b + d.uniform(-3, 3)), "margin": d.cycle(0.0, 1.0)}, 12),
        Hard("barely_wrong", "cancellation", "scores a few ulps apart: the loss is that difference, exactly",
             lambda d: {"second": (b := d.uniform(1, 1000)), "first": d.format.step(b, (1, -1)[d.index % 2] * d.integer(3, 1000)),
                        "margin": 0.0}, 12),
        Hard("both_large", "tail", "two large scores, of one or of both signs: a line stays a line",
             lambda d: {"first": d.sign() * d.scaled(20, 60), "second": d.sign() * d.scaled(20, 60)}, 12),
    ),
    known=(
        Known({"first": 2.0, "second": 0.5, "target": 1.0}, "0", "in order", ("0", "0")),
        Known({"first": 2.0, "second": 0.5, "target": -1.0}, "1.5", "2 - 0.5", ("1", "-1")),
        Known({"first": 2.0, "second": 0.5, "target": 1.0, "margin": 2.0}, "0.5", "2 - 1.5", ("-1", "1")),
        Known({"first": np.inf, "second": 0.5, "target": 1.0}, "0", "in order for ever", ("0", "0")),
        Known({"first": 0.5, "second": np.inf, "target": 1.0}, "inf", "for ever in the wrong order", ("-1", "1")),
    ),
    source="R. Herbrich, T. Graepel and K. Obermayer, Large Margin Rank Boundaries for Ordinal Regression, 2000",
)

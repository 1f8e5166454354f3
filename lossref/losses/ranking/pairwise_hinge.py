"""Pairwise hinge loss of a list (ranking SVM): of two items of different grades the better one is to lead by 1.

    L(s, y) = sum_{i, j: y_i > y_j} max(0, 1 - (s_i - s_j))

scores  s, one for each of K items along the last axis, any real
target  y, the grade of each item, 0 to 4: only their order counts
Items of one grade make no pair, and a list without pairs costs 0. The sum is not divided; Rax divides by the pairs. `multilabel_margin`
is the same of two grades, over K. Where a lead is exactly 1 the loss has a corner: this code returns 0 there.
"""

import numpy as np

from lossref.float64.lists import half_short, over_others, over_pairs, slope_of_short
from lossref.laws import convex, mirror, nonnegative
from lossref.options import NUMBER
from lossref.spaces import Grades, Vector
from lossref.spec import Hard, Known, Loss


def value(scores, target):
    return over_pairs(half_short, scores, target) * 2.0


def gradient(scores, target):
    return over_others(slope_of_short, scores, target)


def definition(m, scores, target):
    items = [*zip(scores, target, strict=True)]
    return m.sum(m.max(0, 1 - (s - other)) for s, y in items for other, its in items if y > its)


LOSS = Loss(
    name="pairwise_hinge",
    arguments={"scores": Vector(), "target": Grades()},
    target=NUMBER,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, convex,
          mirror("L(s + 1, y) = L(s, y)", lambda scores, target: {"scores": tuple(s + 1 for s in scores)}, 1),
          mirror("L(-s, 4 - y) = L(s, y)",
                 lambda scores, target: {"scores": tuple(-s for s in scores), "target": tuple(4 - y for y in target)}, -1)),
    hard=(
        Hard("margin", "kink", "a lead of 1 and one or two ulps beside it: any slope of the interval is right",
             lambda d: {"scores": (d.nudged(3.0), 2.0, d.uniform(-2, 4)), "target": (2.0, 1.0, d.cycle(0.0, 1.0, 2.0))}, 15),
        Hard("around_margin", "tail", "a lead off 1 by 2^-1 to 2^-16, both ways: a margin elsewhere shows",
             lambda d: {"scores": (d.number(1 + d.cycle(1, -1) * 2.0 ** -(1 + d.index)), 0.0, -1.0), "target": (3.0, 2.0, 2.0)}, 16),
        Hard("near_margin", "cancellation", "a lead just below the margin: what is lacking is a small difference",
             lambda d: {"scores": (d.format.step(1.5, -d.integer(3, 4000)), 0.5, d.uniform(-9, -1)), "target": (1.0, 0.0, 0.0)}, 8),
        Hard("several_grades", "ordinary", "all five grades: each pair of different ones counts once, however far apart they are",
             lambda d: {"scores": tuple(d.uniform(-2, 2) for _ in range(5)), "target": (0.0, 1.0, 2.0, 3.0, 4.0)}, 8),
    ),
    known=(
        Known({"scores": (2.0, 0.5), "target": (1.0, 0.0)}, "0", "a lead of 1.5", ("0", "0")),
        Known({"scores": (0.5, 2.0, 0.0), "target": (3.0, 0.0, 1.0)}, "6", "2.5 + 0.5 + 3", ("-2", "2", "0")),
        Known({"scores": (3.0, -2.0), "target": (1.0, 1.0)}, "0", "no pair", ("0", "0")),
        Known({"scores": (0.0, -np.inf), "target": (1.0, 0.0)}, "0", "in order for ever", ("0", "0")),
        Known({"scores": (0.0, np.inf), "target": (1.0, 0.0)}, "inf", "in the wrong order for ever", ("-1", "1")),
    ),
    source="T. Joachims, Optimizing Search Engines using Clickthrough Data, 2002; R. Herbrich, T. Graepel and K. Obermayer, 2000",
)

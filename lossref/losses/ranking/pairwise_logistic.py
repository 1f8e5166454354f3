"""Pairwise logistic loss of a list (RankNet): of two items of different grades the better one is to score higher.

    L(s, y) = sum_{i, j: y_i > y_j} log(1 + exp(-(s_i - s_j)))

scores  s, one for each of K items along the last axis, any real
target  y, the grade of each item, 0 to 4: only their order counts
Items of one grade make no pair, and a list without pairs costs 0. The sum is not divided: Rax and CatBoost divide by the pairs, and
XGBoost and TF-Ranking may weigh each pair. One pair is a `bradley_terry` loss.
"""

import numpy as np

from lossref.families.lists import in_the_middle
from lossref.float64.lists import bends_of_pairs, logistic_of_pairs, slopes_of_pairs
from lossref.laws import convex, mirror, nonnegative
from lossref.options import NUMBER
from lossref.spaces import Grades, Vector
from lossref.spec import Hard, Known, Loss


def value(scores, target):
    return logistic_of_pairs(scores, target)


def gradient(scores, target):
    return slopes_of_pairs(scores, target)


def hessian(scores, target):
    return bends_of_pairs(scores, target)


def definition(m, scores, target):
    items = [*zip(scores, target, strict=True)]
    return m.sum(m.log(1 + m.exp(-(s - other))) for s, y in items for other, its in items if y > its)


LOSS = Loss(
    name="pairwise_logistic",
    arguments={"scores": Vector(), "target": Grades()},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex,
          mirror("L(s + 1, y) = L(s, y)", lambda scores, target: {"scores": tuple(s + 1 for s in scores)}, 1),
          mirror("L(-s, 4 - y) = L(s, y)",
                 lambda scores, target: {"scores": tuple(-s for s in scores), "target": tuple(4 - y for y in target)}, -1)),
    hard=(
        Hard("one_pair_wrong", "tail", "one pair sure and in the wrong order among others that are right",
             lambda d: {"scores": (-d.uniform(20, 500), d.uniform(1, 9), d.uniform(20, 40)), "target": (2.0, 1.0, 4.0)}, 8),
        Hard("last_subnormal", "tail", "leads whose exponentials are subnormal numbers or half of one",
             lambda d: {"scores": (d.uniform(d.underflow - 12, d.underflow + 2), 0.0), "target": (1.0, 0.0)}, 6),
        Hard("in_the_middle", "cancellation", "an item between a better and a worse one, as far from each: push and pull cancel",
             lambda d: {"scores": in_the_middle(d), "target": (3.0, 2.0, 1.0)}, 8),
    ),
    known=(
        Known({"scores": (1.0, 1.0), "target": (1.0, 0.0)}, lambda m: m.log(2), "one pair, undecided", ("-0.5", "0.5")),
        Known({"scores": (5.0, 5.0, 5.0), "target": (2.0, 1.0, 0.0)}, lambda m: 3 * m.log(2), "three pairs", ("-1", "0", "1")),
        Known({"scores": (3.0, -2.0), "target": (1.0, 1.0)}, "0", "no pair", ("0", "0")),
        Known({"scores": (40.0, 0.0), "target": (1.0, 0.0)}, "4.248354255291589e-18", "a tail",
              ("-4.248354255291589e-18", "4.248354255291589e-18"), region="tail"),
        Known({"scores": (np.inf, 0.0), "target": (1.0, 0.0)}, "0", "in order for ever", ("0", "0")),
        Known({"scores": (np.inf, 0.0), "target": (0.0, 1.0)}, "inf", "in the wrong order for ever", ("1", "-1")),
    ),
    source="C. Burges et al., Learning to Rank using Gradient Descent, 2005, equation 3",
)

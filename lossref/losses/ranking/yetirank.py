"""YetiRank's loss of a list in one sampled order: of two neighbours in it the better item is to score higher.

    L(s, y, r) = sum_{i, j: y_i > y_j, |r_i - r_j| = 1} c^min(r_i, r_j) (y_i - y_j) log(1 + exp(-(s_i - s_j)))

scores  s, one for each of K items along the last axis, any real
target  y, the grade of each item, 0 to 4
rank    r, how many items stand before each in the sampled order, from 0 on; no slope goes through it
decay   c, how fast pairs further down matter less, in [0, 1]; 0.85 by default, as in CatBoost
The order is that of scores with noise. It is drawn, and so an argument: a loss of given ranks is a number, and what trains is its mean
over orders. CatBoost draws ten, and multiplies weights by 0.15; its other modes weigh pairs as `lambdarank` does. Items that are
no neighbours, or of one grade, make no pair.
"""

import numpy as np

from lossref.families.lists import far_apart, in_the_middle
from lossref.float64.doubled import doubled, either, times
from lossref.float64.lists import bends_of_pairs, logistic_of_pairs, slopes_of_pairs
from lossref.float64.ranks import powers
from lossref.laws import convex, mirror, nonnegative
from lossref.options import NUMBER
from lossref.spaces import Grades, Ranks, Unit, Vector
from lossref.spec import Hard, Known, Loss, Parameter


def value(scores, target, rank, decay=0.85):
    return logistic_of_pairs(scores, target, *_besides(target, rank, decay), weigh=_weight)


def gradient(scores, target, rank, decay=0.85):
    return slopes_of_pairs(scores, target, *_besides(target, rank, decay), weigh=_weight)


def hessian(scores, target, rank, decay=0.85):
    return bends_of_pairs(scores, target, *_besides(target, rank, decay), weigh=_weight)


def _besides(target, rank, decay):
    """Of each item its grade, its rank, and the power of the decay by that, in two parts."""
    return target, rank, *powers(np.asarray(decay, float)[..., None], rank)


def _weight(grade, its, rank, other, high, other_high, low, other_low):
    power = either(rank < other, (high, low), (other_high, other_low))
    return times(doubled(np.where(np.abs(rank - other) == 1, np.abs(grade - its), 0.0)), power)


def _in_order(d, scores, order):
    """Scores, the ranks of an order of them, and grades."""
    return {"scores": scores, "rank": tuple(order), "target": tuple(float(d.integer(0, 4)) for _ in scores)}


def definition(m, scores, target, rank, decay):
    items = [*zip(scores, target, rank, strict=True)]
    worth = [m.lift(1)]
    for _ in items:
        worth.append(worth[-1] * decay)
    return m.sum(worth[min(r, place)] * (y - its) * m.log(1 + m.exp(other - s))
                 for s, y, r in items for other, its, place in items if y > its and abs(r - place) == 1)


LOSS = Loss(
    name="yetirank",
    arguments={"scores": Vector(), "target": Grades(), "rank": Ranks("scores")},
    parameters={"decay": Parameter(space=Unit(), default=0.85, grid=(0.85, 0.99, 0.5, 1.0, 0.0, 0.999))},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, mirror("L(s + 1, y, r) = L(s, y, r)", lambda scores, **_: {"scores": tuple(s + 1 for s in scores)}, 1)),
    hard=(
        Hard("in_turn", "ordinary", "every item has two neighbours but the first and the last: the list is ranked as it comes, or turned",
             lambda d: _in_order(d, d.vector(lambda: d.uniform(-3, 3)), range(d.size) if d.index % 3 else range(d.size - 1, -1, -1)), 16),
        Hard("far_down", "ordinary", "twelve items: high powers of the decay",
             lambda d: _in_order(d, tuple(d.uniform(-3, 3) for _ in range(12)), (7 * k % 12 for k in range(12))), 8),
        Hard("sure", "tail", "scores far apart, grades in any order: tails of what is right, exponentials that overflow of the rest",
             lambda d: _in_order(d, far_apart(d), range(d.size)), 16),
        Hard("in_the_middle", "cancellation", "an item pushed by a better and pulled by a worse one, nearly alike, whatever is next to 1",
             lambda d: {"scores": in_the_middle(d), "target": (2.0, 1.0, 0.0), "rank": (0, 1, 2),
                        "decay": d.number(d.cycle(1.0, 0.999))}, 12),
    ),
    known=(
        Known({"scores": (1.0, 1.0), "target": (3.0, 1.0), "rank": (0, 1)}, lambda m: 2 * m.log(2), "a pair two grades apart", ("-1", "1")),
        Known({"scores": (0.0, 0.0, 0.0), "target": (2.0, 0.0, 1.0), "rank": (0, 1, 2), "decay": 0.5}, lambda m: m.lift(5) / 2 * m.log(2),
              "2 for the first two, half of 1 for the last two", ("-1", "1.25", "-0.25")),
        Known({"scores": (3.0, -2.0, 0.0), "target": (1.0, 0.0, 1.0), "rank": (0, 2, 1), "decay": 0.0}, "0", "only the first place counts",
              ("0", "0", "0")),
        Known({"scores": (3.0, -2.0), "target": (1.0, 1.0), "rank": (0, 1)}, "0", "no pair", ("0", "0")),
        Known({"scores": (np.inf, 0.0), "target": (1.0, 0.0), "rank": (0, 1)}, "0", "in order for ever", ("0", "0")),
        Known({"scores": (np.inf, 0.0), "target": (0.0, 1.0), "rank": (0, 1)}, "inf", "in the wrong order for ever", ("1", "-1")),
    ),
    source="CatBoost, YetiRank; A. Gulin et al., Winning the Transfer Learning Track of Yahoo's Learning to Rank Challenge, 2011",
)

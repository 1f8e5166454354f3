"""LambdaRank's loss of a list: of two items the better one is to score higher, and matters by what their exchange does to NDCG.

    L(s, y, r) = sum_{i, j: y_i > y_j} w_ij log(1 + exp(-(s_i - s_j))),
    w_ij = (2^y_i - 2^y_j) |1 / log2(2 + r_i) - 1 / log2(2 + r_j)| / N,      N = sum_k (2^y_(k) - 1) / log2(2 + k)

scores  s, one for each of K items along the last axis, any real
target  y, the grade of each item, 0 to 4
rank    r, how many items stand before each when the list is sorted by scores, from 0 on; no slope goes through it
N is the discounted gain of the best order, y_(k) the k-th highest grade from 0 on: w_ij is by how much NDCG changes when both items
change places. Items of one grade or one rank make no pair. The ranks are an argument, so that value and slopes belong together and
ties are the caller's: libraries sort by the scores, and take the ranks for numbers. XGBoost and LightGBM divide a weight by the
distance of the scores, and all by their sum, unless told not to, and count pairs with an item among the first of the ranks alone.
"""

import numpy as np

from lossref.families.lists import far_apart, in_the_middle
from lossref.float64.doubled import each, over
from lossref.float64.lists import bends_of_pairs, logistic_of_pairs, slopes_of_pairs
from lossref.float64.ranks import best_gain, change_of_gain, discount, gain
from lossref.laws import convex, mirror, nonnegative
from lossref.options import NUMBER
from lossref.spaces import Grades, Ranks, Vector
from lossref.spec import Hard, Known, Loss


def value(scores, target, rank):
    return logistic_of_pairs(scores, target, *_besides(target, rank), weigh=change_of_gain)


def gradient(scores, target, rank):
    return slopes_of_pairs(scores, target, *_besides(target, rank), weigh=change_of_gain)


def hessian(scores, target, rank):
    return bends_of_pairs(scores, target, *_besides(target, rank), weigh=change_of_gain)


def _besides(target, rank):
    """Of each item its gain, the discount of its rank over that of the best order, and what rounding took from it."""
    best = each(lambda x: x[..., None], best_gain(target))
    return gain(target), *over(discount(rank), best)


def _sorted(d, scores):
    """Scores with their ranks, and grades."""
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    return {"scores": scores, "rank": tuple(order.index(i) for i in range(len(scores))),
            "target": tuple(float(d.integer(0, 4)) for _ in scores)}


def definition(m, scores, target, rank):
    gains = [2 ** sum(y > k for k in range(4)) - 1 for y in target]
    worth = [m.log(2) / m.log(2 + k) for k in range(len(gains))]
    best = m.sum(g * worth[k] for k, g in enumerate(sorted(gains, reverse=True)))
    items = [*zip(scores, gains, rank, strict=True)]
    return m.sum((g - its) * (worth[min(r, place)] - worth[max(r, place)]) / best * m.log(1 + m.exp(other - s))
                 for s, g, r in items for other, its, place in items if g > its and r != place)


LOSS = Loss(
    name="lambdarank",
    arguments={"scores": Vector(), "target": Grades(), "rank": Ranks("scores")},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, mirror("L(s + 1, y, r) = L(s, y, r)", lambda scores, **_: {"scores": tuple(s + 1 for s in scores)}, 1)),
    hard=(
        Hard("as_in_training", "ordinary", "ranks of the scores themselves", lambda d: _sorted(d, d.vector(lambda: d.uniform(-3, 3))), 12),
        Hard("far_down", "ordinary", "twelve items: what two of the last ones change is a small difference of discounts",
             lambda d: _sorted(d, tuple(d.uniform(-3, 3) for _ in range(12))), 6),
        Hard("sure", "tail", "sorted scores far apart, grades in any order: tails of what is right, exponentials that overflow of the rest",
             lambda d: _sorted(d, far_apart(d)), 12),
        Hard("in_the_middle", "cancellation", "an item pushed by a better and pulled by a worse one, nearly alike",
             lambda d: {"scores": in_the_middle(d), "target": (2.0, 1.0, 0.0), "rank": (0, 1, 2)}, 8),
    ),
    known=(
        Known({"scores": (1.0, 1.0), "target": (1.0, 0.0), "rank": (0, 1)}, lambda m: (1 - m.log(2) / m.log(3)) * m.log(2),
              "one pair, undecided: w = 1 - 1 / log2(3)", ("-0.1845351232142713", "0.1845351232142713")),
        Known({"scores": (0.0, 0.0, 0.0), "target": (2.0, 0.0, 0.0), "rank": (2, 0, 1)},
              lambda m: m.log(2) / m.log(3) * m.log(2), "last: 1 - 1/2 and 1 / log2(3) - 1/2", None),
        Known({"scores": (3.0, -2.0), "target": (1.0, 1.0), "rank": (0, 1)}, "0", "no pair", ("0", "0")),
        Known({"scores": (3.0, -2.0), "target": (0.0, 0.0), "rank": (0, 1)}, "0", "nothing is wanted: 0 / 0 otherwise", ("0", "0")),
        Known({"scores": (-2.0, 3.0), "target": (0.0, 4.0), "rank": (1, 1)}, "0", "one rank: an exchange changes nothing", ("0", "0")),
        Known({"scores": (np.inf, 0.0), "target": (1.0, 0.0), "rank": (0, 1)}, "0", "in order for ever", ("0", "0")),
    ),
    source="C. Burges, From RankNet to LambdaRank to LambdaMART: An Overview, 2010",
)

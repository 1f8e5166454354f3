"""ListMLE: of all items that are left, each time the one that stands next is to be drawn, in the order that is wanted.

    L(s, r) = sum_i [log(sum_{j: r_j >= r_i} exp s_j) - s_i]

scores  s, one for each of K items along the last axis, any real
rank    r, where each item stands in the order that is wanted, from 0 for the first on
It is -log of the probability of the order under the model of Plackett and Luce. Items of one rank are drawn from the same rest, each
of them still in it (Breslow's ties, see `cox`); libraries take their grades and break ties at random, so to ask them no two ranks may
be alike. The sum is not divided. PListMLE weighs its terms, which no reduction can: it is not asked.
"""

import numpy as np

from lossref.float64.risk_sets import partial_bends, partial_cost, partial_slopes
from lossref.laws import convex, mirror, nonnegative
from lossref.spaces import Ranks, Vector
from lossref.spec import Hard, Known, Loss


def value(scores, rank):
    return partial_cost(scores, np.ones(np.shape(scores)), rank)


def gradient(scores, rank):
    return partial_slopes(scores, np.ones(np.shape(scores)), rank)


def hessian(scores, rank):
    return partial_bends(scores, np.ones(np.shape(scores)), rank)


def _in_turn(d, number):
    """Six items in the order that is wanted, which begins anywhere in the list."""
    order = [(k + d.index) % 6 for k in range(6)]
    return {"scores": tuple(number(order[k]) for k in range(6)), "rank": tuple(order)}


def definition(m, scores, rank):
    items = [*zip(scores, rank, strict=True)]
    left = [[s for s, r in items if r >= now] for now in range(len(items))]
    drawn = {now: len(own) for now in range(len(items)) if (own := [s for s, r in items if r == now]) and len(left[now]) > 1}
    costs = m.sum(n * m.log(m.sum(m.exp(s) for s in left[now])) for now, n in drawn.items())
    return costs - m.sum(s for s, r in items if r in drawn)


LOSS = Loss(
    name="listmle",
    arguments={"scores": Vector(), "rank": Ranks("scores")},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(
        nonnegative, convex,
        mirror("L(s + 1, r) = L(s, r)", lambda scores, **_: {"scores": tuple(s + 1 for s in scores)}, 1),
        mirror("L(s, ranks of r) = L(s, r)", lambda rank, **_: {"rank": tuple(sorted({*rank}).index(r) for r in rank)}, 1),
    ),
    hard=(
        Hard("in_turn", "ordinary", "an order without ties, which is not that of the list",
             lambda d: _in_turn(d, lambda k: d.uniform(-2, 2)), 12),
        Hard("sure", "tail", "scores far apart and in order: what is left are tails, each of its own draw",
             lambda d: _in_turn(d, lambda k: (3 - k) * d.uniform(d.saturation, d.underflow / 3)), 10),
        Hard("reversed", "tail", "scores far apart and in the reverse order: exp overflows, the loss does not",
             lambda d: _in_turn(d, lambda k: k * d.uniform(d.saturation, d.underflow)), 8),
        Hard("first_drawn", "tail", "a large score that is drawn first: of the rest, sums less what is gone leave 0, as do shifts by it",
             lambda d: {"scores": (d.uniform(d.saturation, 1.5 * d.underflow), d.uniform(-1, 1), 0.0),
                        "rank": (0, 1 + d.index % 2, 2 - d.index % 2)}, 10),
        Hard("last_two_alike", "cancellation", "two that are left, nearly alike: push and pull cancel, but for what came before",
             lambda d: {"scores": (d.uniform(20, 40), x := d.uniform(-2, 2), d.number(x + d.sign() * 2.0 ** -(1 + 4 * d.index))),
                        "rank": (0, 1, 2)}, 10),
    ),
    known=(
        Known({"scores": (0.0, 0.0), "rank": (1, 0)}, lambda m: m.log(2), "one of two", ("0.5", "-0.5")),
        Known({"scores": (3.0, 3.0, 3.0), "rank": (0, 2, 1)}, lambda m: m.log(6), "one order of six", (None,) * 3),
        Known({"scores": (5.0, 5.0), "rank": (1, 1)}, lambda m: 2 * m.log(2), "a tie", ("0", "0")),
        Known({"scores": (9.0,), "rank": (0,)}, "0", "one item", ("0",)),
        Known({"scores": (np.inf, 0.0), "rank": (0, 1)}, "0", "certain and right", ("0", "0")),
        Known({"scores": (0.0, np.inf), "rank": (0, 1)}, "inf", "certain and wrong", ("-1", "1")),
    ),
    source="F. Xia et al., Listwise Approach to Learning to Rank: Theory and Algorithm, 2008, equation 5",
)

"""Multilabel margin loss: every label that holds is to lead every label that does not by 1.

    L(s, y) = 1/K sum_{j: y_j = 1} sum_{i: y_i = 0} max(0, 1 - (s_j - s_i))

scores  s, one for each of K labels along the last axis, any real
target  y, 1 for each label that holds and 0 for each that does not
Any number of labels may hold; with all of them or none there is no pair, and the loss is 0. It divides by the K labels, not by the
pairs. PyTorch takes the indices of the labels that hold, and -1 after the last. Where a margin is met exactly the loss has a corner:
this code returns 0 there.
"""

import numpy as np

from lossref.float64.lists import half_short, over_others, over_pairs, slope_of_short
from lossref.laws import convex, mirror, nonnegative
from lossref.options import NUMBER
from lossref.spaces import Bit, Vector
from lossref.spec import Hard, Known, Loss


def value(scores, target):
    # Each term has one sign, and half of it and half of the sum do not overflow while the loss does not.
    return over_pairs(lambda *pair: half_short(*pair) / np.shape(scores)[-1], scores, target) * 2.0


def gradient(scores, target):
    return over_others(slope_of_short, scores, target) / np.shape(scores)[-1]


def definition(m, scores, target):
    held = [s for s, y in zip(scores, target, strict=True) if y == 1]
    others = [s for s, y in zip(scores, target, strict=True) if y == 0]
    return m.sum(m.max(0, 1 - (s - other)) for s in held for other in others) / len(scores)


LOSS = Loss(
    name="multilabel_margin",
    arguments={"scores": Vector(), "target": Bit("k")},
    target=NUMBER,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, convex,
          mirror("L(-s, 1 - y) = L(s, y)",
                 lambda scores, target: {"scores": tuple(-s for s in scores), "target": tuple(1 - y for y in target)}, -1)),
    hard=(
        Hard("margin", "kink", "a lead of 1 and one or two ulps beside it: any slope of the interval is right",
             lambda d: {"scores": (d.nudged(3.0), 2.0, d.uniform(-2, 4)), "target": (1.0, 0.0, d.cycle(0.0, 1.0))}, 15),
        Hard("around_margin", "tail", "a lead off 1 by 2^-1 to 2^-16, both ways: a margin elsewhere shows",
             lambda d: {"scores": (d.number(1 + d.cycle(1, -1) * 2.0 ** -(1 + d.index)), 0.0, -1.0), "target": (1.0, 0.0, 0.0)}, 16),
        Hard("near_margin", "cancellation", "a lead just below the margin: what is lacking is a small difference",
             lambda d: {"scores": (d.format.step(1.5, -d.integer(3, 4000)), 0.5, d.uniform(-9, -1)), "target": (1.0, 0.0, 0.0)}, 8),
        Hard("several_hold", "ordinary", "half of the labels hold: each of them has a pair with each of the others",
             lambda d: {"scores": tuple(d.uniform(-1, 1) for _ in range(2 * d.size)), "target": (1.0, 0.0) * d.size}, 8),
    ),
    known=(
        Known({"scores": (2.0, 0.5), "target": (1.0, 0.0)}, "0", "a lead of 1.5", ("0", "0")),
        Known({"scores": (0.1, 0.2, 0.4, 0.8), "target": (1.0, 0.0, 0.0, 1.0)}, "0.85", "PyTorch's example: (1.1 + 1.3 + 0.4 + 0.6) / 4",
              ("-0.5", "0.5", "0.5", "-0.5")),
        Known({"scores": (3.0, -2.0), "target": (1.0, 1.0)}, "0", "nothing to lead", ("0", "0")),
        Known({"scores": (0.0, -np.inf), "target": (1.0, 0.0)}, "0", "an impossible rival", ("0", "0")),
        Known({"scores": (0.0, np.inf), "target": (1.0, 0.0)}, "inf", "a rival for ever ahead", ("-0.5", "0.5")),
    ),
    source="PyTorch, torch.nn.MultiLabelMarginLoss; J. Weston and C. Watkins, Multi-class Support Vector Machines, 1998, of several labels",
)

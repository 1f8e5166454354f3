"""Label ranking loss: the share of pairs of a label that holds and one that does not, which are in the wrong order.

    L(s, y) = 1/(|P| |N|) sum_{j in P} sum_{i in N} [s_j <= s_i],      P = {j: y_j = 1},      N = {i: y_i = 0}

scores  s, one for each of K labels along the last axis, any real
target  y, 1 for each label that holds and 0 for each that does not
Equal scores are in the wrong order, as in scikit-learn. With all labels or none there is no pair, and the loss is 0. But for ties,
which count a half there, it is 1 less the area under the ROC curve of one example. The slope is 0 wherever there is one (where a pair
ties the loss jumps, and has none); this code returns 0 everywhere, so nothing can be trained on it.
"""

import numpy as np

from lossref.float64.lists import over_pairs
from lossref.laws import mirror, nonnegative
from lossref.options import NUMBER
from lossref.spaces import Bit, Vector
from lossref.spec import Hard, Known, Loss


def value(scores, target):
    wrong = over_pairs(lambda item, other, order: np.where(item > other, 0.0, 1.0), scores, target)
    return wrong / np.maximum(over_pairs(lambda *pair: 1.0, scores, target), 1.0)


def gradient(scores, target):
    return np.zeros(np.broadcast_shapes(np.shape(scores), np.shape(target)))


def definition(m, scores, target):
    held = [s for s, y in zip(scores, target, strict=True) if y == 1]
    others = [s for s, y in zip(scores, target, strict=True) if y == 0]
    wrong = sum(1 for s in held for other in others if s <= other)
    return m.lift(wrong) / max(len(held) * len(others), 1)


LOSS = Loss(
    name="label_ranking",
    arguments={"scores": Vector(), "target": Bit("k")},
    target=NUMBER,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative,
          mirror("L(-s, 1 - y) = L(s, y)",
                 lambda scores, target: {"scores": tuple(-s for s in scores), "target": tuple(1 - y for y in target)}, -1)),
    hard=(
        Hard("neighbours", "cancellation", "two scores one to four ulps apart: in order or not, whatever a tolerance says",
             lambda d: {"target": (1.0, 0.0), "scores": (x := d.cycle(d.uniform(1, 1000), 1.0, -d.uniform(0.5, 1)),
                                                         d.format.step(x, (-1, 1, -2, 4)[d.index % 4]))}, 20),
        Hard("tiny_lead", "tail", "scores near 0: an absolute tolerance calls them equal",
             lambda d: {"scores": tuple(d.sign() * d.scaled(-60, -15) for _ in range(4)), "target": (1.0, 0.0, 1.0, 0.0)}, 16),
        Hard("several_hold", "ordinary", "half of the labels hold: the share of all pairs, not that of the best or the worst label",
             lambda d: {"scores": tuple(d.uniform(-1, 1) for _ in range(2 * d.size)), "target": (1.0, 0.0) * d.size}, 12),
    ),
    known=(
        Known({"scores": (0.75, 0.5, 1.0), "target": (1.0, 0.0, 0.0)}, "0.5", "behind one of two"),
        Known({"scores": (2.0, 1.0), "target": (1.0, 0.0)}, "0", "in order"),
        Known({"scores": (2.0, 2.0, 0.0, 3.0), "target": (1.0, 0.0, 1.0, 0.0)}, "1", "a tie is wrong, and so is all else"),
        Known({"scores": (3.0, -2.0), "target": (1.0, 1.0)}, "0", "no pair", ("0", "0")),
        Known({"scores": (-np.inf, 0.0), "target": (1.0, 0.0)}, "1", "for ever last", ("0", "0")),
    ),
    source="G. Tsoumakas, I. Katakis and I. Vlahavas, Mining Multi-label Data, 2010; scikit-learn, label_ranking_loss",
)

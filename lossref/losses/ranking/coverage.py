"""Coverage error: how far down the list of labels, best score first, one has to go for all that hold.

    L(s, y) = max_{j: y_j = 1} |{i: s_i >= s_j}|

scores  s, one for each of K labels along the last axis, any real
target  y, 1 for each label that holds and 0 for each that does not
Equal scores are all counted, as in scikit-learn; where no label holds the loss is 0. The least is the number of labels that hold,
not 0 (Zhang and Zhou count from 0: 1 less). The slope is 0 wherever there is one (where two scores tie the loss may jump, and has
none); this code returns 0 everywhere, so nothing can be trained on it.
"""

import numpy as np

from lossref.laws import nonnegative
from lossref.options import NUMBER
from lossref.spaces import Bit, Vector
from lossref.spec import Hard, Known, Loss


def value(scores, target):
    s, y = np.broadcast_arrays(np.asarray(scores, float), target)
    last = np.where(y == 1, s, np.inf).min(axis=-1, keepdims=True)
    return np.where((y == 1).any(axis=-1, keepdims=True) & ~(s < last), 1.0, 0.0).sum(axis=-1)


def gradient(scores, target):
    return np.zeros(np.broadcast_shapes(np.shape(scores), np.shape(target)))


def definition(m, scores, target):
    held = [s for s, y in zip(scores, target, strict=True) if y == 1]
    others = [s for s, y in zip(scores, target, strict=True) if y == 0]
    # All that hold are counted, and all others that reach one of them: scores of labels that hold are not compared with each other.
    return m.lift(len(held) + sum(1 for other in others if any(other >= s for s in held)))


LOSS = Loss(
    name="coverage",
    arguments={"scores": Vector(), "target": Bit("k")},
    target=NUMBER,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative,),
    hard=(
        Hard("neighbours", "cancellation", "two scores one to four ulps apart: reached or not, whatever a tolerance says",
             lambda d: {"target": (1.0, 0.0), "scores": (x := d.cycle(d.uniform(1, 1000), 1.0, -d.uniform(0.5, 1)),
                                                         d.format.step(x, (-1, 1, -2, 4)[d.index % 4]))}, 20),
        Hard("tiny_lead", "tail", "scores near 0: an absolute tolerance calls them equal",
             lambda d: {"scores": tuple(d.sign() * d.scaled(-60, -15) for _ in range(4)), "target": (1.0, 0.0, 1.0, 0.0)}, 16),
        Hard("several_hold", "ordinary", "half of the labels hold: the last of them decides, not the first",
             lambda d: {"scores": tuple(d.uniform(-1, 1) for _ in range(2 * d.size)), "target": (1.0, 0.0) * d.size}, 12),
    ),
    known=(
        Known({"scores": (0.75, 0.5, 1.0), "target": (1.0, 0.0, 0.0)}, "2", "second of three"),
        Known({"scores": (2.0, 1.0, 0.0), "target": (1.0, 0.0, 1.0)}, "3", "the last of those that hold"),
        Known({"scores": (2.0, 2.0), "target": (1.0, 0.0)}, "2", "a tie is counted"),
        Known({"scores": (3.0, -2.0), "target": (0.0, 0.0)}, "0", "nothing to find", ("0", "0")),
        Known({"scores": (-np.inf, 0.0, 1.0), "target": (1.0, 0.0, 0.0)}, "3", "for ever last", ("0", "0", "0")),
    ),
    source="R. E. Schapire and Y. Singer, BoosTexter: A Boosting-based System for Text Categorization, 2000; scikit-learn, coverage_error",
)

"""Hinge embedding loss: things that belong together cost their distance, others what theirs lacks to a margin.

    L(x, 1) = x,      L(x, -1) = max(0, m - x)

prediction  x, a distance as a rule, but any real
target      1 for things that belong together, -1 for others
margin      m, the distance from which others cost nothing, any real; 1 by default
Nothing is squared (`contrastive` squares) and x is not checked: below 0 what belongs together costs less than nothing. At x = m the
loss of others has a corner: every slope between -1 and 0 is right there. This code returns 0.
"""

import numpy as np

from lossref.laws import convex, homogeneous
from lossref.options import SIGN
from lossref.spaces import Real, Sign
from lossref.spec import Hard, Known, Loss, Parameter


def value(prediction, target, margin=1.0):
    return np.where(np.equal(target, 1), prediction, np.maximum(0.0, np.subtract(margin, prediction)))


def gradient(prediction, target, margin=1.0):
    return np.where(np.equal(target, 1), 1.0, np.where(np.less(prediction, margin), -1.0, 0.0))


def definition(m, prediction, target, margin):
    return prediction if target == 1 else m.max(0, margin - prediction)


LOSS = Loss(
    name="hinge_embedding",
    arguments={"prediction": Real(), "target": Sign()},
    parameters={"margin": Parameter(space=Real(), default=1.0, grid=(1.0, 0.2, 10.0))},
    target=SIGN,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(convex, homogeneous(1, "prediction", "margin")),
    hard=(
        Hard("margin", "kink", "a distance of the margin and one or two ulps beside it: any slope of the interval is right",
             lambda d: {"margin": (m := (1.0, 0.5, 3.0)[d.index % 3]), "prediction": d.nudged(m), "target": d.cycle(-1.0, -1.0, 1.0)}, 15),
        Hard("around_margin", "tail", "a distance off the margin by 2^-1 to 2^-40 of it, both ways: a margin elsewhere shows",
             lambda d: {"margin": 1.0, "prediction": d.number(1 + d.cycle(1, -1) * 2.0 ** -(1 + d.index)), "target": -1.0}, 40),
        Hard("near_margin", "cancellation", "just inside the margin: what is lacking is a small difference, exactly",
             lambda d: {"margin": (m := d.cycle(1.0, 0.5, 3.0)), "prediction": d.format.step(m, -d.integer(3, 4000)), "target": -1.0}, 12),
        Hard("distances", "ordinary", "distances as in training, of both labels",
             lambda d: {"prediction": d.uniform(0, 2), "target": d.cycle(1.0, -1.0)}, 10),
        Hard("same", "tail", "a distance of 0: the whole margin for others, nothing for what belongs together",
             lambda d: {"prediction": 0.0, "target": d.cycle(1.0, -1.0)}, 6),
    ),
    known=(
        Known({"prediction": 0.25, "target": 1.0}, "0.25", "the distance", "1"),
        Known({"prediction": 0.25, "target": -1.0}, "0.75", "1 - 0.25", "-1"),
        Known({"prediction": 2.0, "target": -1.0, "margin": 1.5}, "0", "far enough", "0"),
        Known({"prediction": -0.5, "target": 1.0}, "-0.5", "no distance, and a loss below 0", "1"),
        Known({"prediction": np.inf, "target": -1.0}, "0", "far enough for ever", "0"),
        Known({"prediction": np.inf, "target": 1.0}, "inf", "together and as far apart as can be", "1"),
    ),
    source="PyTorch, torch.nn.HingeEmbeddingLoss; R. Hadsell, S. Chopra and Y. LeCun, 2006, have the same two sides, squared",
)

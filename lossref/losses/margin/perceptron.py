"""Perceptron loss.

    L(f, y) = max(0, -y f)

prediction  f, a score, any real
target      y, -1 or 1 (not 0 or 1)
At f = 0, where every model that starts from zero is, the loss has a corner: every slope between -y and 0 is right there.
This code returns 0.
"""

import numpy as np

from lossref.identities import convex, mirror, nonnegative
from lossref.spaces import Real, Sign
from lossref.spec import Hard, Loss, Witness


def value(prediction, target):
    return np.maximum(0.0, -np.multiply(target, prediction))


def gradient(prediction, target):
    return np.where(np.multiply(target, prediction) < 0, -np.asarray(target), 0.0)


def definition(m, prediction, target):
    return m.max(0, -target * prediction)


LOSS = Loss(
    name="perceptron",
    arguments={"prediction": Real(), "target": Sign()},
    value=value,
    gradient=gradient,
    definition=definition,
    identities=(
        nonnegative,
        convex,
        mirror("L(-f, -y) = L(f, y)", lambda prediction, target: {"prediction": -prediction, "target": -target}, -1),
    ),
    hard=(
        Hard("wrong_side", "tail", "far on the wrong side: the loss is the score itself, the slope stays 1",
             lambda d: {"target": (y := d.sign()), "prediction": -y * d.scaled(10, 60)}, 12),
        Hard("right_side", "tail", "far on the right side: exactly 0, and so is the slope",
             lambda d: {"target": (y := d.sign()), "prediction": y * d.scaled(1, 60)}, 12),
        Hard("within_margin", "ordinary", "right by less than 1: costs nothing here, unlike hinge",
             lambda d: {"target": (y := d.sign()), "prediction": y * d.uniform(0.01, 1)}, 10),
        Hard("barely_wrong", "tail", "a tiny score of the wrong sign: the loss is tiny, the slope is whole",
             lambda d: {"target": (y := d.sign()), "prediction": -y * d.scaled(-60, -10)}, 16),
        Hard("barely_right", "tail", "a tiny score of the right sign: 0, and no slope, not half of one",
             lambda d: {"target": (y := d.sign()), "prediction": y * d.scaled(-60, -10)}, 10),
        Hard("undecided", "kink", "score 0 and one or two of the least numbers beside it: any slope between -y and 0 is right",
             lambda d: {"target": d.cycle(1.0, -1.0), "prediction": d.nudged(0.0)}, 10),
    ),
    witnesses=(
        Witness({"prediction": -2.0, "target": 1.0}, "2", "wrong by 2", "-1"),
        Witness({"prediction": 0.5, "target": 1.0}, "0", "right", "0"),
        Witness({"prediction": np.inf, "target": 1.0}, "0", "right for ever", "0"),
        Witness({"prediction": np.inf, "target": -1.0}, "inf", "for ever on the wrong side", "1"),
    ),
    source="F. Rosenblatt, The Perceptron, 1958",
    also_known_as={"optax": "perceptron_loss", "scikit-learn": "Perceptron (SGD)"},
)

"""Hinge loss.

    L(f, y) = max(0, 1 - y f)

prediction  f, a score, any real
target      y, -1 or 1 (not 0 or 1)
At y f = 1 the loss has a corner: every slope between -y and 0 is right there. This code returns 0.
"""

import numpy as np

from lossref.identities import convex, mirror, nonnegative
from lossref.spaces import Real, Sign
from lossref.spec import Hard, Loss, Witness


def value(prediction, target):
    return np.maximum(0.0, 1.0 - np.multiply(target, prediction))


def gradient(prediction, target):
    return np.where(np.multiply(target, prediction) < 1, -np.asarray(target), 0.0)


def definition(m, prediction, target):
    return m.max(0, 1 - target * prediction)


LOSS = Loss(
    name="hinge",
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
        Hard("wrong_side", "tail", "far on the wrong side: 1 - y f is dominated by the score",
             lambda d: {"target": (y := d.sign()), "prediction": -y * d.scaled(10, 60)}, 12),
        Hard("right_side", "tail", "far on the right side: exactly 0, and so is the slope",
             lambda d: {"target": (y := d.sign()), "prediction": y * d.scaled(1, 60)}, 12),
        Hard("tiny_score", "tail", "a score below the ulp of 1: the loss rounds to 1, the slope is whole",
             lambda d: {"target": d.sign(), "prediction": d.sign() * d.scaled(-60, -20)}, 8),
        Hard("near_margin", "cancellation", "a margin just below 1: the loss is the small difference, exactly",
             lambda d: {"target": (y := d.sign()), "prediction": y * d.format.step(1.0, -d.integer(3, 4000))}, 12),
        Hard("around_margin", "tail", "y f off 1 by 2^-1 to 2^-20, both ways: a margin elsewhere shows",
             lambda d: {"target": (y := d.sign()), "prediction": y * d.number(1 + d.cycle(1, -1) * 2.0 ** -(1 + d.index))}, 20),
        Hard("margin", "kink", "y f = 1 and one or two ulps beside it: any slope between -y and 0 is right",
             lambda d: {"target": (y := d.cycle(1.0, -1.0)), "prediction": y * d.nudged(1.0)}, 10),
    ),
    witnesses=(
        Witness({"prediction": 2.0, "target": 1.0}, "0", "beyond the margin", "0"),
        Witness({"prediction": 0.5, "target": -1.0}, "1.5", "1 + 0.5", "1"),
        Witness({"prediction": np.inf, "target": 1.0}, "0", "for ever beyond the margin", "0"),
        Witness({"prediction": np.inf, "target": -1.0}, "inf", "for ever on the wrong side", "1"),
    ),
    source="C. Cortes and V. Vapnik, Support-Vector Networks, 1995",
    also_known_as={"keras": "Hinge", "optax": "hinge_loss", "scikit-learn": "Hinge (SGD)"},
)

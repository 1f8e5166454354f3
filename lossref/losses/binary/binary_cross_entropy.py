"""Binary cross-entropy on a probability, also called log loss.

    L(p, y) = -y log p - (1 - y) log(1 - p),      0 log 0 = 0

probabilities  p, probability of class 1, in [0, 1]
target         y, probability of class 1, in [0, 1]; hard labels are its two ends
Nothing is clipped: a certain and wrong prediction costs infinity. At p = 0 and p = 1 the gradient is its limit from inside.
"""

import numpy as np

from lossref.identities import convex, mirror, nonnegative
from lossref.kernels import xlog1py, xlogy
from lossref.spaces import Unit
from lossref.spec import Hard, Loss, Witness


def value(probabilities, target):
    # Two terms of one sign; log1p(-p) keeps the digits that 1 - p would round away.
    return -(xlogy(target, probabilities) + xlog1py(np.subtract(1.0, target), np.negative(probabilities)))


def gradient(probabilities, target):
    # (p - y) / (p (1 - p)) with one rounding of p - y; a hard label cancels one factor exactly.
    p, y = np.broadcast_arrays(np.asarray(probabilities, float), np.asarray(target, float))
    soft = (p - y) / p / (1.0 - p)
    return np.where(y == 0, 1.0 / (1.0 - p), np.where(y == 1, -1.0 / p, soft))


def hessian(probabilities, target):
    p, y = np.broadcast_arrays(np.asarray(probabilities, float), np.asarray(target, float))
    return np.where(y == 0, 0.0, y / p / p) + np.where(y == 1, 0.0, (1.0 - y) / (1.0 - p) / (1.0 - p))


def definition(m, probabilities, target):
    return -target * m.log(probabilities) - (1 - target) * m.log(1 - probabilities)


LOSS = Loss(
    name="binary_cross_entropy",
    arguments={"probabilities": Unit(), "target": Unit()},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    identities=(
        nonnegative,
        convex,
        mirror(
            "L(1 - p, 1 - y) = L(p, y)",
            lambda probabilities, target: {"probabilities": 1 - probabilities, "target": 1 - target}, -1,
        ),
    ),
    hard=(
        Hard("hard_label", "ordinary", "a label of 0 or 1: one logarithm must vanish, 0 log 0 included",
             lambda d: {"probabilities": d.uniform(0.01, 0.99), "target": d.cycle(0.0, 1.0)}, 10),
        Hard("sure_and_right", "tail", "p close to its label: the loss is about p; log(1 - p) loses it, a clip at eps replaces it",
             lambda d: {"probabilities": d.scaled(-60, -10), "target": 0.0}, 14),
        Hard("sure_and_wrong", "tail", "p close to the other label: the loss grows without end; clips at 1e-7 or -100 stop it",
             lambda d: {"probabilities": d.scaled(-60, -10), "target": 1.0}, 10),
        Hard("near_one", "tail", "p a few ulps below 1: 1 - p is exact and small, clipping at 1 - eps moves it",
             lambda d: {"probabilities": d.format.step(1.0, -(1 + d.index * d.index)), "target": d.cycle(0.0, 1.0)}, 12),
        Hard("corner", "tail", "p exactly 0 or 1: the matching label costs 0, the other infinity",
             lambda d: {"probabilities": d.cycle(0.0, 1.0, 0.0, 1.0, 0.0, 1.0), "target": d.cycle(0.0, 0.0, 1.0, 1.0, 0.5, 0.5)}, 6),
        Hard("near_target", "cancellation", "p within some ulps of a soft label: the gradient is a small difference",
             lambda d: {"target": (y := d.uniform(0.05, 0.95)), "probabilities": d.format.step(y, d.integer(-1000, 1000))}, 16),
    ),
    witnesses=(
        Witness({"probabilities": 0.5, "target": 0.25}, lambda m: m.log(2), "both logarithms are log 1/2", "1"),
        Witness({"probabilities": 0.25, "target": 1.0}, lambda m: 2 * m.log(2), "-log(1/4)", "-4"),
    ),
    source="I. J. Good, Rational Decisions, 1952",
    also_known_as={"torch": "binary_cross_entropy", "keras": "BinaryCrossentropy", "scikit-learn": "log_loss"},
)

"""Categorical focal cross-entropy: softmax cross-entropy on logits, weighted down where the prediction is right.

    L(z, y) = -alpha (1 - p_y)^gamma log p_y,      p = softmax(z)
    dL/dz_j = alpha (1 - p_y)^gamma (1 + gamma p_y c / (1 - p_y)) (p_j - [j = y]),      c = -log p_y

logits  z, one for each class along the last axis, any real
target  y, the index of the true class, counted from 0
gamma   how fast what is right stops counting, at least 0; 2 by default
alpha   the weight of every class, above 0; 0.25 by default
Weights that differ by class are those of a call. With gamma = 0 it is alpha times `softmax_cross_entropy`; with two classes it is the
sigmoid form on the difference of their logits, but for its alpha. With one class the loss is 0.
"""

import numpy as np

from lossref.float64.doubled import raised, shares
from lossref.float64.softmax import log_loss_of_logits
from lossref.laws import nonnegative, shift_invariant
from lossref.options import CLASS
from lossref.spaces import Label, NonNegative, Positive, Vector
from lossref.spec import Hard, Known, Loss, Parameter


def value(logits, target, gamma=2.0, alpha=0.25):
    return value_and_gradient(logits, target, gamma, alpha)[0]


def gradient(logits, target, gamma=2.0, alpha=0.25):
    return value_and_gradient(logits, target, gamma, alpha)[1]


def value_and_gradient(logits, target, gamma=2.0, alpha=0.25):
    # All factors are positive, and 1 - p_y is the share of the others, of numbers in two parts: a power multiplies its relative error.
    cross, slopes = log_loss_of_logits(logits, target)
    miss, hit = shares(logits, target)
    weight = alpha * raised(miss, gamma)
    ratio = np.where(miss[0] < 1e-290, 1.0, cross / np.where(miss[0] == 0, 1.0, miss[0]))
    bend = 1.0 + np.where(np.isinf(cross), 0.0, gamma * hit * ratio)
    return weight * cross, (weight * bend)[..., None] * slopes


def definition(m, logits, target, gamma, alpha):
    if len(logits) == 1:
        return m.lift(0)
    powers = [m.exp(z) for z in logits]
    miss = 1 / (1 + powers[target] / m.sum(x for j, x in enumerate(powers) if j != target))  # 1 - p
    return alpha * m.exp(gamma * m.log(miss)) * (m.log(m.sum(powers)) - logits[target])


LOSS = Loss(
    name="categorical_focal_cross_entropy",
    arguments={"logits": Vector(), "target": Label("logits")},
    parameters={"gamma": Parameter(space=NonNegative(), default=2.0, grid=(2.0, 0.0, 1.0, 5.0, 0.5)),
                "alpha": Parameter(space=Positive(), default=0.25, grid=(0.25, 1.0))},
    target=CLASS,
    value=value,
    gradient=gradient,
    value_and_gradient=value_and_gradient,
    definition=definition,
    laws=(nonnegative, shift_invariant),
    hard=(
        Hard("root", "tail", "gamma below 1: the slope of the power is infinite at p = 1, that of the loss is not; 0^0 is 1",
             lambda d: {"logits": (d.uniform(5, d.underflow), *d.vector(lambda: d.uniform(-1, 1))), "target": 0,
                        "gamma": d.cycle(0.5, 0.1, 0.0, 0.75)}, 12),
        Hard("steep", "cancellation", "a large gamma next to equal logits: the power multiplies the relative error of 1 - p",
             lambda d: {"logits": d.vector(lambda: d.sign() * d.scaled(-20, -1)), "target": d.label(),
                        "gamma": d.cycle(5.0, 8.0, 100.0)}, 12),
        Hard("steep_and_right", "tail", "a large gamma and a right prediction: the power reaches the least numbers",
             lambda d: {"logits": (d.uniform(3, 30), *d.vector(lambda: d.uniform(-1, 1))), "target": 0,
                        "gamma": d.cycle(3.0, 5.0, 8.0)}, 12),
        Hard("half_sure", "ordinary", "predictions as in training: right with a probability of 0.3 to 0.95",
             lambda d: {"logits": (d.uniform(0, 3), *d.vector(lambda: d.uniform(-1, 1))), "target": 0}, 8),
    ),
    known=(
        Known({"logits": (3.0, 3.0), "target": 0}, lambda m: m.log(2) / 16, "(1/2)^2 log 2, times 1/4"),
        Known({"logits": (3.0, 3.0), "target": 0, "gamma": 0.0, "alpha": 1.0}, lambda m: m.log(2), "a cross-entropy", ("-0.5", "0.5")),
        Known({"logits": (7.0,), "target": 0}, "0", "one class is certain", ("0",)),
        Known({"logits": (np.inf, 0.0), "target": 0}, "0", "certain and right", ("0", "0")),
        Known({"logits": (0.0, -np.inf), "target": 1}, "inf", "an impossible target", ("0.25", "-0.25")),
    ),
    source="T.-Y. Lin, P. Goyal, R. Girshick, K. He and P. Dollar, Focal Loss for Dense Object Detection, 2017 (with a softmax)",
)

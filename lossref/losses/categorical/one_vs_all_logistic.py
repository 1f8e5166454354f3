"""One-vs-all logistic loss: of each class, whether it is the true one, a sigmoid cross-entropy.

    L(z, y) = sum_j log(1 + exp z_j) - z_y,      dL/dz_j = s(z_j) - [j = y],      s(z) = 1 / (1 + exp(-z))

logits  z, log-odds of each class against all others along the last axis, any real
target  y, the index of the true class, counted from 0
No class rules out another, so that a common offset counts, which a softmax has no part of. LightGBM takes the slopes of this sum
for its trees (multiclassova), and CatBoost's MultiClassOneVsAll divides it by the number of classes.
"""

import numpy as np

from lossref.float64.kernels import exact_sum, sigmoid, sigmoid_slope, softplus
from lossref.laws import convex, nonnegative
from lossref.options import CLASS
from lossref.spaces import Label, Vector
from lossref.spec import Hard, Known, Loss


def value(logits, target):
    return exact_sum(softplus(_turned(logits, target)[1]))


def gradient(logits, target):
    # s(z) - 1 of the true class is -s(-z): no tail is lost.
    side, against = _turned(logits, target)
    return side * sigmoid(against)


def hessian(logits, target):
    return sigmoid_slope(_turned(logits, target)[1])


def _turned(logits, target):
    """-1 for the true class and 1 for all others, and the logits times it."""
    side = np.where(np.arange(np.shape(logits)[-1]) == np.asarray(target)[..., None], -1.0, 1.0)
    return side, side * logits


def definition(m, logits, target):
    return m.sum(m.log(1 + m.exp(z)) for z in logits) - logits[target]


LOSS = Loss(
    name="one_vs_all_logistic",
    arguments={"logits": Vector(), "target": Label("logits")},
    target=CLASS,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex),
    hard=(
        Hard("all_sure", "tail", "every class sure and right, by more than the precision: the sum of tails, not 0",
             lambda d: {"target": (y := d.label()),
                        "logits": tuple((1 if j == y else -1) * d.uniform(d.saturation, d.underflow - 4) for j in range(d.size))}, 12),
        Hard("one_is_wrong", "tail", "one class sure and wrong: a clip of its probability stops what all others hide",
             lambda d: {"target": (y := d.label()), "logits": tuple((200 if j != y else -200) * d.uniform(1, 4) if j == 0 else
                                                                    (-1 if j != y else 1) * d.uniform(1, 9) for j in range(d.size))}, 8),
    ),
    known=(
        Known({"logits": (0.0, 0.0, 0.0), "target": 1}, lambda m: 3 * m.log(2), "three even bets", ("0.5", "-0.5", "0.5")),
        Known({"logits": (0.0,), "target": 0}, lambda m: m.log(2), "one class is not certain", ("-0.5",)),
        Known({"logits": (np.inf, -np.inf), "target": 0}, "0", "certain and right", ("0", "0")),
        Known({"logits": (np.inf, np.inf), "target": 0}, "inf", "certain of one too many", ("0", "1")),
        Known({"logits": (40.0, -40.0), "target": 0}, "8.496708510583178e-18", "two tails",
              ("-4.248354255291589e-18", "4.248354255291589e-18"), region="tail"),
    ),
    source="R. Rifkin and A. Klautau, In Defense of One-Vs-All Classification, 2004",
)

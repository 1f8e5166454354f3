"""Poly-1 cross-entropy: softmax cross-entropy on logits, and a multiple of what the target's probability lacks to 1.

    L(z, y) = -log p_y + epsilon (1 - p_y),      p = softmax(z),      dL/dz_j = (1 + epsilon p_y) (p_j - [j = y])

logits   z, one for each class along the last axis, any real
target   y, the index of the true class, counted from 0
epsilon  the first coefficient of log p's expansion in 1 - p is moved by it, at least -1; 2 by default
Leng et al. take 2 for images and -1 for boxes; below -1 a right prediction would cost less than nothing. rax and TensorFlow Ranking
have 1 by default. With one class the loss is 0.
"""

import numpy as np

from lossref.float64.kernels import log1p_less
from lossref.float64.softmax import log_loss_of_logits
from lossref.laws import nonnegative, shift_invariant
from lossref.options import CLASS
from lossref.spaces import AtLeastMinusOne, Label, Vector
from lossref.spec import Hard, Known, Loss, Parameter


def value(logits, target, epsilon=2.0):
    return value_and_gradient(logits, target, epsilon)[0]


def gradient(logits, target, epsilon=2.0):
    return value_and_gradient(logits, target, epsilon)[1]


def value_and_gradient(logits, target, epsilon=2.0):
    # Terms of one sign: for an epsilon below 0 those of (1 + epsilon) c - epsilon (c - (1 - p)), and of 1 + epsilon - epsilon (1 - p).
    # 1 - p is minus the target's own slope.
    cross, slopes = log_loss_of_logits(logits, target)
    truth = np.arange(slopes.shape[-1]) == np.asarray(target)[..., None]
    miss, hit, whole = np.where(truth, 0.0 - slopes, 0.0).sum(axis=-1), np.exp(-cross), np.add(1.0, epsilon)
    excess = np.where(miss < 0.5, log1p_less(-np.minimum(miss, 0.5)), cross - miss)
    scaled = np.where(whole == 0, 0.0, whole * cross)
    value = np.where(np.less(epsilon, 0), scaled - epsilon * excess, cross + epsilon * miss)
    bend = np.where(np.less(epsilon, 0), whole - epsilon * miss, 1.0 + epsilon * hit)
    return value, bend[..., None] * slopes


def definition(m, logits, target, epsilon):
    powers = [m.exp(z) for z in logits]
    return m.log(m.sum(powers)) - logits[target] + epsilon * (1 - powers[target] / m.sum(powers))


LOSS = Loss(
    name="poly_cross_entropy",
    arguments={"logits": Vector(), "target": Label("logits")},
    parameters={"epsilon": Parameter(space=AtLeastMinusOne(), default=2.0, grid=(2.0, 1.0, -1.0, 0.0, -0.3))},
    target=CLASS,
    value=value,
    gradient=gradient,
    value_and_gradient=value_and_gradient,
    definition=definition,
    laws=(nonnegative, shift_invariant),
    hard=(
        Hard("no_first_order", "cancellation", "an epsilon of -1 and a right prediction: what is left is half the square of 1 - p, not 0",
             lambda d: {"logits": (d.uniform(2, d.underflow / 2 - 9), *d.vector(lambda: d.uniform(-1, 1))), "target": 0,
                        "epsilon": -1.0}, 16),
        Hard("little_first_order", "cancellation", "an epsilon next to -1: the first two orders of 1 - p compete",
             lambda d: {"logits": (d.uniform(2, 30), *d.vector(lambda: d.uniform(-1, 1))), "target": 0,
                        "epsilon": d.number(-1 + 2.0 ** -(1 + 2 * d.index))}, 12),
        Hard("large_epsilon", "tail", "a large epsilon: the loss is what the probability lacks",
             lambda d: {"logits": d.vector(lambda: d.uniform(-4, 4)), "target": d.label(), "epsilon": d.scaled(5, 20)}, 8),
    ),
    known=(
        Known({"logits": (3.0, 3.0), "target": 0}, lambda m: m.log(2) + 1, "log 2 + 2 / 2", ("-1", "1")),
        Known({"logits": (3.0, 3.0), "target": 0, "epsilon": -1.0}, lambda m: (2 * m.log(2) - 1) / 2, "log 2 - 1/2", ("-0.25", "0.25")),
        Known({"logits": (7.0,), "target": 0}, "0", "one class is certain", ("0",)),
        Known({"logits": (np.inf, 0.0), "target": 0}, "0", "certain and right", ("0", "0")),
        Known({"logits": (0.0, -np.inf), "target": 1}, "inf", "an impossible target", ("1", "-1")),
    ),
    source="Z. Leng et al., PolyLoss: A Polynomial Expansion Perspective of Classification Loss Functions, 2022",
)

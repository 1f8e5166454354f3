"""Generalised cross-entropy, on logits: between cross-entropy, for q = 0, and what the target's probability lacks to 1, for q = 1.

    L(z, y) = (1 - p_y^q) / q,      p = softmax(z),      dL/dz_j = p_y^q (p_j - [j = y])

logits  z, one for each class along the last axis, any real
target  y, the index of the true class, counted from 0
q       how little a wrong label counts, in [0, 1]; 0 means the limit, cross-entropy; 0.7 by default, as in the paper
Examples with a small p_y, which may be mislabelled, pull less than they do in cross-entropy, by p_y^q. Keras has 0.5 for a default,
and takes probabilities, on which the slope is infinite at 0. As printed the loss of a right prediction is 0: of 1 - p_y nothing is
left below 1e-16.
"""

import numpy as np

from lossref.float64.kernels import weighted_tails
from lossref.float64.softmax import log_loss_of_logits
from lossref.laws import nonnegative, shift_invariant
from lossref.options import CLASS
from lossref.spaces import Label, Unit, Vector
from lossref.spec import Hard, Known, Loss, Parameter


def value(logits, target, q=0.7):
    return value_and_gradient(logits, target, q)[0]


def gradient(logits, target, q=0.7):
    return value_and_gradient(logits, target, q)[1]


def value_and_gradient(logits, target, q=0.7):
    cross, slopes = log_loss_of_logits(logits, target)
    power = np.where(np.equal(q, 0), 0.0, q * cross)
    value = np.where(np.equal(q, 0), cross, -np.expm1(-power) / np.where(np.equal(q, 0), 1.0, q))
    return value, np.sign(slopes) * weighted_tails(power[..., None], np.abs(slopes))


def definition(m, logits, target, q):
    powers = [m.exp(z) for z in logits]
    log_p = logits[target] - m.log(m.sum(powers))
    return -log_p if q == 0 else (1 - m.exp(q * log_p)) / q


LOSS = Loss(
    name="generalized_cross_entropy",
    arguments={"logits": Vector(), "target": Label("logits")},
    parameters={"q": Parameter(space=Unit(), default=0.7, grid=(0.7, 0.5, 1.0, 0.0, 0.1))},
    target=CLASS,
    value=value,
    gradient=gradient,
    value_and_gradient=value_and_gradient,
    definition=definition,
    laws=(nonnegative, shift_invariant),
    hard=(
        Hard("small_q", "cancellation", "q next to 0: 1 - p^q cancels, and the loss is cross-entropy but for q / 2 of its square",
             lambda d: {"logits": d.vector(lambda: d.uniform(-9, 9)), "target": d.label(), "q": 2.0 ** -(4 + 5 * d.index)}, 12),
        Hard("mislabelled", "tail", "a target far behind: the loss ends at 1 / q, and its slopes are the power of a tail, not 0",
             lambda d: {"logits": (0.0, d.uniform(20, d.underflow), d.uniform(-1, 1)), "target": 0, "q": d.cycle(0.7, 0.5, 1.0, 0.25)}, 16),
    ),
    known=(
        Known({"logits": (3.0, 3.0), "target": 0, "q": 1.0}, "0.5", "1 - 1/2", ("-0.25", "0.25")),
        Known({"logits": (3.0, 3.0, 3.0, 3.0), "target": 0, "q": 0.5}, "1", "2 (1 - 1/2)", ("-0.375", "0.125", "0.125", "0.125")),
        Known({"logits": (3.0, 3.0), "target": 0, "q": 0.0}, lambda m: m.log(2), "cross-entropy", ("-0.5", "0.5")),
        Known({"logits": (7.0,), "target": 0}, "0", "one class is certain", ("0",)),
        Known({"logits": (np.inf, 0.0), "target": 0}, "0", "certain and right", ("0", "0")),
        Known({"logits": (0.0, -np.inf), "target": 1, "q": 0.5}, "2", "an impossible target", ("0", "0")),
    ),
    source="Z. Zhang and M. R. Sabuncu, Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy Labels, 2018",
)

"""Sigmoid cross-entropy: binary cross-entropy on a logit.

    L(z, y) = log(1 + exp z) - y z  =  -y log s(z) - (1 - y) log s(-z),      s(z) = 1 / (1 + exp(-z))

logits   z, log-odds of class 1, any real
target   y, probability of class 1, in [0, 1]; hard labels are its two ends
The logarithm is natural and nothing is clipped, so L(z, 1) -> 0 only as z -> +inf.
"""

import numpy as np

from lossref.identities import convex, mirror, nonnegative
from lossref.kernels import sigmoid, sigmoid_slope, softplus
from lossref.spaces import Real, Unit
from lossref.spec import Hard, Loss, Witness


def value(logits, target):
    # Two terms of one sign: nothing cancels, and exp never sees a positive number.
    no, yes = np.subtract(1.0, target), np.asarray(target)
    return np.where(no == 0, 0.0, no * softplus(logits)) + np.where(yes == 0, 0.0, yes * softplus(np.negative(logits)))


def gradient(logits, target):
    # s(z) - y, split so that a hard label leaves one exact tail, not 1 - (1 - tail).
    return np.subtract(1.0, target) * sigmoid(logits) - target * sigmoid(np.negative(logits))


def hessian(logits, target):
    return sigmoid_slope(logits) + np.zeros_like(target)


def definition(m, logits, target):
    return m.log(1 + m.exp(logits)) - target * logits


LOSS = Loss(
    name="sigmoid_cross_entropy",
    arguments={"logits": Real(), "target": Unit()},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    identities=(
        nonnegative,
        convex,
        mirror("L(-z, 1 - y) = L(z, y)", lambda logits, target: {"logits": -logits, "target": 1 - target}, -1),
    ),
    hard=(
        Hard("hard_label", "ordinary", "a label of 0 or 1 and a moderate logit",
             lambda d: {"logits": d.uniform(-8, 8), "target": d.cycle(0.0, 1.0)}, 10),
        Hard("sure_and_right", "tail", "1 + exp(-|z|) rounds to 1: the loss and its slope are exp(-|z|), not 0",
             lambda d: {"target": (y := d.cycle(0.0, 1.0)), "logits": (2 * y - 1) * d.uniform(d.saturation, d.underflow)}, 16),
        Hard("round_logit", "tail", "logits people type: from 37 on (float32: 17) 1 + exp(-|z|) rounds to 1, the loss is not 0",
             lambda d: {"target": (y := d.cycle(0.0, 1.0)), "logits": (2 * y - 1) * d.cycle(15.0, 20.0, 37.0, 40.0, 100.0)}, 10),
        Hard("sure_and_wrong", "tail", "a large logit against its label: exp overflows, the loss is |z|; a clipped p stops it",
             lambda d: {"target": (y := d.cycle(0.0, 1.0)), "logits": (1 - 2 * y) * d.uniform(d.saturation / 2, 2 * d.underflow)}, 12),
        Hard("last_subnormal", "tail", "the loss is a subnormal number or half of one",
             lambda d: {"target": (y := d.cycle(0.0, 1.0)), "logits": (2 * y - 1) * d.uniform(d.underflow - 12, d.underflow + 2)}, 6),
        Hard("balanced", "cancellation", "s(z) close to y: the slope is a small difference, its sign must be right",
             lambda d: {"logits": (z := d.uniform(-3, 3)), "target": d.exactly(lambda m: 1 / (1 + m.exp(-m.lift(z))))}, 16),
        Hard("almost_one", "cancellation", "a soft label next to 1 and a large logit: z - y z cancels",
             lambda d: {"target": d.format.step(1.0, -d.integer(1, 9)), "logits": d.uniform(d.saturation / 2, d.underflow)}, 8),
    ),
    witnesses=(
        Witness({"logits": 0.0, "target": 0.25}, lambda m: m.log(2), "s(0) = 1/2: both logarithms are log 1/2", "0.25"),
        Witness({"logits": np.inf, "target": 1.0}, "0", "certain and right", "0"),
        Witness({"logits": -np.inf, "target": 0.0}, "0", "certain and right", "0"),
        Witness({"logits": np.inf, "target": 0.0}, "inf", "certain and wrong", "1"),
        Witness({"logits": -np.inf, "target": 0.5}, "inf", "certain of what is half true", "-0.5"),
    ),
    source="C. M. Bishop, Pattern Recognition and Machine Learning, section 4.3.2, 2006",
    also_known_as={
        "torch": "binary_cross_entropy_with_logits", "optax": "sigmoid_binary_cross_entropy",
        "keras": "BinaryCrossentropy(from_logits=True)", "scikit-learn": "HalfBinomialLoss",
    },
)

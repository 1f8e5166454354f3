"""Logistic loss in margin form.

    L(f, y) = log(1 + exp(-y f))

prediction  f, a score (log-odds of the label 1), any real
target      y, -1 or 1; with labels 0 and 1 it is `sigmoid_cross_entropy`
The logarithm is natural. L is -log P(y | f) of logistic regression.
"""

import numpy as np

from lossref.identities import convex, mirror, nonnegative
from lossref.kernels import sigmoid, sigmoid_slope, softplus
from lossref.spaces import Real, Sign
from lossref.spec import Hard, Loss, Witness


def value(prediction, target):
    return softplus(-np.multiply(target, prediction))


def gradient(prediction, target):
    return np.negative(target) * sigmoid(-np.multiply(target, prediction))


def hessian(prediction, target):
    return sigmoid_slope(np.multiply(target, prediction))


def definition(m, prediction, target):
    return m.log(1 + m.exp(-target * prediction))


LOSS = Loss(
    name="logistic",
    arguments={"prediction": Real(), "target": Sign()},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    identities=(
        nonnegative,
        convex,
        mirror("L(-f, -y) = L(f, y)", lambda prediction, target: {"prediction": -prediction, "target": -target}, -1),
    ),
    hard=(
        Hard("sure_and_right", "tail", "1 + exp(-|f|) rounds to 1: the loss and its slope are exp(-|f|), not 0",
             lambda d: {"target": (y := d.sign()), "prediction": y * d.uniform(d.saturation, d.underflow - 1)}, 16),
        Hard("round_score", "tail", "scores people type: from 37 on (float32: 17) 1 + exp(-|f|) rounds to 1, the loss is not 0",
             lambda d: {"target": d.cycle(1.0, -1.0), "prediction": d.cycle(1.0, -1.0) * (15.0, 20.0, 37.0, 40.0, 80.0)[d.index // 2]}, 10),
        Hard("sure_and_wrong", "tail", "far on the wrong side: exp overflows, the loss is |f|",
             lambda d: {"target": (y := d.sign()), "prediction": -y * d.uniform(d.saturation / 2, 2 * d.underflow)}, 14),
        Hard("last_subnormal", "tail", "the loss is a subnormal number or half of one",
             lambda d: {"target": (y := d.sign()), "prediction": y * d.uniform(d.underflow - 12, d.underflow + 2)}, 6),
        Hard("lost_digits", "cancellation", "digits of exp(-|f|) vanish in 1 + exp(-|f|), and log gives back the others; either side",
             lambda d: {"target": (y := d.sign()), "prediction": d.cycle(y, -y) * d.uniform(d.saturation / 4, d.saturation)}, 16),
        Hard("tiny_score", "cancellation", "a score near 0: the loss is next to log 2, the slope next to 1/2",
             lambda d: {"target": d.sign(), "prediction": d.sign() * d.scaled(-50, -5)}, 6),
    ),
    witnesses=(
        Witness({"prediction": 0.0, "target": -1.0}, lambda m: m.log(2), "undecided", "0.5"),
        Witness({"prediction": np.inf, "target": 1.0}, "0", "right for ever", "0"),
        Witness({"prediction": np.inf, "target": -1.0}, "inf", "for ever on the wrong side", "1"),
    ),
    source="J. Friedman, T. Hastie and R. Tibshirani, Additive Logistic Regression: A Statistical View of Boosting, 2000",
    also_known_as={"torch": "soft_margin_loss", "optax": "sigmoid_binary_cross_entropy (labels 0 and 1)"},
)

"""Exponential loss, of AdaBoost.

    L(f, y) = exp(-y f)

prediction  f, a score, any real
target      y, -1 or 1 (not 0 or 1)
One outlier decides: float64 overflows where -y f passes 709.78. The gradient is -y L, the second derivative L.
"""

import numpy as np

from lossref.identities import convex, mirror, nonnegative
from lossref.spaces import Real, Sign
from lossref.spec import Hard, Loss, Witness


def value(prediction, target):
    return np.exp(-np.multiply(target, prediction))


def gradient(prediction, target):
    return np.negative(target) * value(prediction, target)


def hessian(prediction, target):
    return value(prediction, target)


def definition(m, prediction, target):
    return m.exp(-target * prediction)


LOSS = Loss(
    name="exponential",
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
        Hard("sure_and_right", "tail", "far on the right side: exp(-|f|) is small, not 0",
             lambda d: {"target": (y := d.sign()), "prediction": y * d.uniform(d.saturation, d.underflow - 1)}, 16),
        Hard("round_score", "tail", "scores people type, on the right side: an absolute tolerance sees only 0",
             lambda d: {"target": d.cycle(1.0, -1.0), "prediction": d.cycle(1.0, -1.0) * (15.0, 20.0, 40.0, 80.0)[d.index // 2]}, 8),
        Hard("outlier", "tail", "far on the wrong side: the loss is huge and right to its last digits",
             lambda d: {"target": (y := d.sign()), "prediction": -y * d.uniform(10, d.underflow * 0.8)}, 16),
        Hard("almost_overflow", "tail", "the largest losses that the format holds",
             lambda d: {"target": (y := d.sign()), "prediction": -y * d.uniform(d.underflow * 0.8, d.underflow * 0.84)}, 8),
        Hard("last_subnormal", "tail", "the loss is a subnormal number or half of one",
             lambda d: {"target": (y := d.sign()), "prediction": y * d.uniform(d.underflow - 12, d.underflow + 2)}, 6),
        Hard("tiny_score", "tail", "a score below the ulp of 1: the loss rounds to 1",
             lambda d: {"target": d.sign(), "prediction": d.sign() * d.scaled(-60, -20)}, 8),
    ),
    witnesses=(
        Witness({"prediction": 0.0, "target": 1.0}, "1", "undecided", "-1"),
        Witness({"prediction": -10.0, "target": 1.0}, lambda m: m.exp(10), "an outlier"),
        Witness({"prediction": np.inf, "target": 1.0}, "0", "right for ever", "0"),
        Witness({"prediction": np.inf, "target": -1.0}, "inf", "for ever on the wrong side", "inf"),
    ),
    source="J. Friedman, T. Hastie and R. Tibshirani, Additive Logistic Regression: A Statistical View of Boosting, 2000",
    also_known_as={"scikit-learn": "ExponentialLoss (labels 0 and 1)"},
)

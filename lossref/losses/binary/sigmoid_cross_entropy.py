"""Sigmoid cross-entropy: binary cross-entropy on a logit.

    L(z, y) = log(1 + exp z) - y z = -y log s(z) - (1 - y) log s(-z),      s(z) = 1 / (1 + exp(-z))

logits   z, log-odds of class 1, any real
target   y, probability of class 1, in [0, 1]; hard labels are its two ends
The logarithm is natural and nothing is clipped, so L(z, 1) -> 0 only as z -> +inf.
"""

import numpy as np

from lossref.float64.kernels import log_loss_of_logit, sigmoid_slope
from lossref.laws import convex, mirror, nonnegative
from lossref.options import PROBABILITY
from lossref.spaces import Real, Unit
from lossref.spec import Known, Loss


def value(logits, target, complement=None):
    return value_and_gradient(logits, target, complement)[0]


def gradient(logits, target, complement=None):
    return value_and_gradient(logits, target, complement)[1]


def value_and_gradient(logits, target, complement=None):
    return log_loss_of_logit(logits, np.subtract(1.0, target) if complement is None else complement, target)


def hessian(logits, target, complement=None):
    return sigmoid_slope(logits) + np.zeros_like(target)


def definition(m, logits, target):
    return m.log(1 + m.exp(logits)) - target * logits


LOSS = Loss(
    name="sigmoid_cross_entropy",
    arguments={"logits": Real(), "target": Unit()},
    target=PROBABILITY,
    is_affine=True,
    stands_for_its_kind=True,
    value=value,
    gradient=gradient,
    value_and_gradient=value_and_gradient,
    hessian=hessian,
    definition=definition,
    laws=(
        nonnegative,
        convex,
        mirror("L(-z, 1 - y) = L(z, y)", lambda logits, target: {"logits": -logits, "target": 1 - target}, -1),
    ),
    known=(
        Known({"logits": 0.0, "target": 0.25}, lambda m: m.log(2), "s(0) = 1/2: both logarithms are log 1/2", "0.25"),
        Known({"logits": np.inf, "target": 1.0}, "0", "certain and right", "0"),
        Known({"logits": -np.inf, "target": 0.0}, "0", "certain and right", "0"),
        Known({"logits": np.inf, "target": 0.0}, "inf", "certain and wrong", "1"),
        Known({"logits": -np.inf, "target": 0.5}, "inf", "certain of what is half true", "-0.5"),
        Known({"logits": 40.0, "target": 0.0}, "40", "s(z) - y without cancellation", "1", row="R11", region="tail"),
        Known({"logits": 40.0, "target": 1.0}, "4.248354255291589e-18", "s(z) - y without cancellation", "-4.248354255291589e-18",
              row="R11", region="tail"),
        Known({"logits": 1000.0, "target": 0.0}, "1000", "s(z) - y without cancellation", "1", row="R11", region="tail"),
        Known({"logits": (0.0,) * 6, "target": (1.0,) * 6, "reduction": "mean"}, "0.69314718055994531",
              "a block is divided by all its entries", row="R16"),
        Known({"logits": (0.0, 1.0, -0.75), "target": (1.0, 0.0, 0.0), "reduction": "mean"}, "0.79775995806435603",
              "the risk of logistic regression: a mean", row="R18"),
    ),
    source="C. M. Bishop, Pattern Recognition and Machine Learning, section 4.3.2, 2006",
)

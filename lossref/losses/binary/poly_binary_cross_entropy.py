"""Poly-1 binary cross-entropy: sigmoid cross-entropy, and a multiple of what the label's probability lacks to 1.

    L(z, y) = log(1 + exp z) - y z + epsilon (1 - p_t),      p_t = y s(z) + (1 - y) s(-z),      s(z) = 1 / (1 + exp(-z))

logits   z, log-odds of class 1, any real
target   y, probability of class 1, in [0, 1]
epsilon  the first coefficient of log p's expansion in 1 - p is moved by it, at least -1; 2 by default, as in timm
Both terms are affine in y, so that a soft label costs what labels of 0 and 1 cost in its proportion. For an epsilon of -1 the loss
of a right prediction begins with half the square of 1 - p_t. Of several classes it is `poly_cross_entropy`.
"""

import numpy as np

from lossref.float64.kernels import as_array, sigmoid, softplus, with_first_order
from lossref.laws import mirror, nonnegative
from lossref.options import PROBABILITY
from lossref.spaces import AtLeastMinusOne, Real, Unit
from lossref.spec import Hard, Known, Loss, Parameter


def value(logits, target, epsilon=2.0, complement=None):
    no = np.subtract(1.0, target) if complement is None else complement
    (wrong_no, _), (wrong_yes, _) = _sides(logits, epsilon)
    return np.where(no == 0, 0.0, no * wrong_no) + np.where(np.equal(target, 0), 0.0, target * wrong_yes)


def gradient(logits, target, epsilon=2.0, complement=None):
    no = np.subtract(1.0, target) if complement is None else complement
    (_, bend_no), (_, bend_yes) = _sides(logits, epsilon)
    return no * (bend_no * sigmoid(logits)) - target * (bend_yes * sigmoid(np.negative(logits)))


def _sides(logits, epsilon):
    """Of the labels 0 and 1 the loss, and what the slope of the cross-entropy is multiplied by."""
    z, against = as_array(logits), np.negative(logits)
    return tuple(with_first_order(softplus(x), sigmoid(x), sigmoid(-x), epsilon) for x in (z, against))


def definition(m, logits, target, epsilon):
    right = target / (1 + m.exp(-logits)) + (1 - target) / (1 + m.exp(logits))
    return m.log(1 + m.exp(logits)) - target * logits + epsilon * (1 - right)


LOSS = Loss(
    name="poly_binary_cross_entropy",
    arguments={"logits": Real(), "target": Unit()},
    parameters={"epsilon": Parameter(space=AtLeastMinusOne(), default=2.0, grid=(2.0, 1.0, -1.0, 0.0, -0.3))},
    target=PROBABILITY,
    is_affine=True,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, mirror("L(-z, 1 - y) = L(z, y)", lambda logits, target, **_: {"logits": -logits, "target": 1 - target}, -1)),
    hard=(
        Hard("no_first_order", "cancellation", "an epsilon of -1 and a right prediction: what is left is half the square of 1 - p, not 0",
             lambda d: {"target": (y := d.cycle(0.0, 1.0)), "logits": (2 * y - 1) * d.uniform(2, d.underflow / 2 - 9),
                        "epsilon": -1.0}, 16),
        Hard("little_first_order", "cancellation", "an epsilon next to -1: the first two orders of 1 - p compete",
             lambda d: {"target": (y := d.cycle(0.0, 1.0)), "logits": (2 * y - 1) * d.uniform(2, 30),
                        "epsilon": d.number(-1 + 2.0 ** -(1 + 2 * d.index))}, 12),
        Hard("large_epsilon", "tail", "a large epsilon: the loss is what the probability lacks",
             lambda d: {"logits": d.uniform(-4, 4), "target": d.cycle(0.0, 1.0, 0.25), "epsilon": d.scaled(5, 20)}, 9),
    ),
    known=(
        Known({"logits": 0.0, "target": 1.0}, lambda m: m.log(2) + 1, "log 2 + 2 / 2", "-1"),
        Known({"logits": 0.0, "target": 0.0, "epsilon": -1.0}, lambda m: (2 * m.log(2) - 1) / 2, "log 2 - 1/2", "0.25"),
        Known({"logits": np.inf, "target": 1.0}, "0", "certain and right", "0"),
        Known({"logits": -np.inf, "target": 1.0}, "inf", "certain and wrong", "-1"),
    ),
    source="Z. Leng et al., PolyLoss: A Polynomial Expansion Perspective of Classification Loss Functions, 2022",
)

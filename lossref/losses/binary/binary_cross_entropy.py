"""Binary cross-entropy on a probability, also called log loss.

    L(p, y) = -y log p - (1 - y) log(1 - p),      0 log 0 = 0

probabilities  p, probability of class 1, in [0, 1]
target         y, probability of class 1, in [0, 1]; hard labels are its two ends
Nothing is clipped: a certain and wrong prediction costs infinity. At p = 0 and p = 1 the gradient is its limit from inside.
"""

import numpy as np

from lossref.float64.kernels import as_array, xlog1py, xlogy
from lossref.laws import convex, mirror, nonnegative
from lossref.options import PROBABILITY
from lossref.spaces import Unit
from lossref.spec import Known, Loss


def value(probabilities, target, complement=None):
    # Two terms of one sign; log1p(-p) keeps the digits that 1 - p would round away.
    less = np.subtract(target, 1.0) if complement is None else np.negative(complement)
    return xlog1py(less, np.negative(probabilities)) - xlogy(target, probabilities)


def gradient(probabilities, target, complement=None):
    # (p - y) / (p (1 - p)) with one rounding of p - y, which a hard label is divided by first: that leaves 1, or -1.
    p, y = np.broadcast_arrays(as_array(probabilities), as_array(target))
    is_one, q = np.equal(y, 1), 1.0 - p
    first, second = np.where(is_one, q, p), np.where(is_one, p, q)
    return np.where(first == 0, np.where(is_one, -1.0, np.where(y == 0, 1.0, -np.inf)), (p - y) / first) / second


def hessian(probabilities, target, complement=None):
    p, y = np.broadcast_arrays(as_array(probabilities), as_array(target))
    no = 1.0 - y if complement is None else complement
    return np.where(y == 0, 0.0, y / p / p) + np.where(no == 0, 0.0, no / (1.0 - p) / (1.0 - p))


def definition(m, probabilities, target):
    return -target * m.log(probabilities) - (1 - target) * m.log(1 - probabilities)


LOSS = Loss(
    name="binary_cross_entropy",
    arguments={"probabilities": Unit(), "target": Unit()},
    target=PROBABILITY,
    is_affine=True,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(
        nonnegative,
        convex,
        mirror(
            "L(1 - p, 1 - y) = L(p, y)",
            lambda probabilities, target: {"probabilities": 1 - probabilities, "target": 1 - target}, -1,
        ),
    ),
    known=(
        Known({"probabilities": 0.5, "target": 0.25}, lambda m: m.log(2), "both logarithms are log 1/2", "1"),
        Known({"probabilities": 0.25, "target": 1.0}, lambda m: 2 * m.log(2), "-log(1/4)", "-4"),
        Known({"probabilities": (0.9, 0.2, 0.6, 0.5), "target": (1.0, 0.0, 1.0, 0.0), "reduction": "mean"}, "0.38311921782449302",
              "a mean over four", ("-0.27777777777777777", "0.3125", "-0.41666666666666668", "0.5"), row="R10"),
    ),
    source="I. J. Good, Rational Decisions, 1952",
)

"""Zero-bounded log-sum-exp loss of several labels (ZLPR): labels that hold are to score above 0, and all others below.

    L(z, y) = log(1 + sum_{j: y_j = 0} exp z_j) + log(1 + sum_{j: y_j = 1} exp(-z_j))

logits  z, one score for each of K labels along the last axis, any real
target  y, 1 for each label that holds and 0 for each that does not
Any number of labels may hold; an empty sum costs log 1 = 0. With one label that holds it bounds a softmax cross-entropy from above,
and it is a binary cross-entropy where K = 1. The slopes are shares of a softmax with a 0 among its logits, negative for what holds.
"""

import numpy as np

from lossref.float64.kernels import softmax_slope
from lossref.float64.softmax import log_loss_of_logits
from lossref.laws import convex, mirror, nonnegative
from lossref.options import NUMBER
from lossref.spaces import Bit, Vector
from lossref.spec import Hard, Known, Loss


def value(logits, target):
    return log_loss_of_logits(_others(logits, target), 0)[0] + log_loss_of_logits(_held(logits, target), 0)[0]


def gradient(logits, target):
    up, down = (log_loss_of_logits(side(logits, target), 0)[1][..., 1:] for side in (_others, _held))
    return up - down


def hessian(logits, target):
    return (softmax_slope(_others(logits, target)) + softmax_slope(_held(logits, target)))[..., 1:]


def _others(logits, target):
    """0 and the logits of what does not hold; -inf for all others, whose exponentials are 0."""
    z, y = np.broadcast_arrays(np.asarray(logits, float), target)
    return np.concatenate([np.zeros_like(z[..., :1]), np.where(y == 0, z, -np.inf)], axis=-1)


def _held(logits, target):
    """0 and minus the logits of what holds."""
    return _others(np.negative(logits), np.subtract(1.0, target))


def definition(m, logits, target):
    others = m.sum(m.exp(z) for z, y in zip(logits, target, strict=True) if y == 0)
    held = m.sum(m.exp(-z) for z, y in zip(logits, target, strict=True) if y == 1)
    return m.log(1 + others) + m.log(1 + held)


LOSS = Loss(
    name="zlpr",
    arguments={"logits": Vector(), "target": Bit("k")},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex,
          mirror("L(-z, 1 - y) = L(z, y)",
                 lambda logits, target: {"logits": tuple(-z for z in logits), "target": tuple(1 - y for y in target)}, -1)),
    hard=(
        Hard("one_wrong", "tail", "one label sure and wrong among others that are right: its softmax is all but one-hot",
             lambda d: {"target": (1.0, 0.0, 1.0), "logits": (-d.uniform(20, 500), -d.uniform(1, 9), d.uniform(1, 9))}, 8),
        Hard("near_zero", "cancellation", "scores next to 0, of either side: each logarithm is that of a number of labels, nearly",
             lambda d: {"target": d.vector(lambda: float(d.integer(0, 1))),
                        "logits": d.vector(lambda: d.sign() * 2.0 ** -(2 + 4 * d.index))}, 8),
        Hard("last_subnormal", "tail", "tails so small that each is a subnormal number or half of one",
             lambda d: {"target": (t := d.vector(lambda: float(d.integer(0, 1)))),
                        "logits": tuple((2 * y - 1) * d.uniform(d.underflow - 12, d.underflow + 2) for y in t)}, 6),
    ),
    known=(
        Known({"logits": (0.0, 0.0), "target": (1.0, 0.0)}, lambda m: m.log(4), "log 2 for each set", ("-0.5", "0.5")),
        Known({"logits": (0.0, 0.0, 0.0), "target": (0.0, 0.0, 0.0)}, lambda m: m.log(4), "nothing holds: log(1 + 3)", ("0.25",) * 3),
        Known({"logits": (40.0, -40.0), "target": (1.0, 0.0)}, "8.496708510583178e-18", "two tails",
              ("-4.248354255291589e-18", "4.248354255291589e-18"), region="tail"),
        Known({"logits": (np.inf, -np.inf), "target": (1.0, 0.0)}, "0", "certain and right", ("0", "0")),
        Known({"logits": (0.0, np.inf), "target": (1.0, 0.0)}, "inf", "certain, and wrong of one", ("-0.5", "1")),
    ),
    source="J. Su, M. Zhu, A. Murtadha, S. Pan, B. Wen and Y. Liu, ZLPR: A Novel Loss for Multi-label Classification, 2022, equation 8",
)

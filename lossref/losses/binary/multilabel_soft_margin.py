"""Multilabel soft margin loss: the mean over the labels of binary cross-entropies on logits.

    L(z, y) = -1/K sum_j (y_j log s(z_j) + (1 - y_j) log s(-z_j)),      s(z) = 1 / (1 + exp(-z)),      dL/dz_j = (s(z_j) - y_j) / K

logits   z, log-odds of each of K labels along the last axis, any real
target   y, the probability of each label, in [0, 1]; hard labels are its two ends
One example has K labels, of which any number may hold: a mean of calls divides by the examples, this mean by the labels. Each term is
`sigmoid_cross_entropy`. CatBoost's MultiLogloss is the same.
"""

import numpy as np

from lossref.float64.kernels import exact_sum, log_loss_of_logit, sigmoid_slope
from lossref.laws import convex, mirror, nonnegative
from lossref.options import PROBABILITY
from lossref.spaces import Unit, Vector
from lossref.spec import Hard, Known, Loss


def value(logits, target, complement=None):
    # Terms of one sign; where their sum overflows each is divided first.
    terms = _terms(logits, target, complement)[0]
    classes, whole = terms.shape[-1], exact_sum(terms)
    return np.where(np.isinf(whole), exact_sum(terms / classes), whole / classes)


def gradient(logits, target, complement=None):
    return _terms(logits, target, complement)[1] / np.shape(target)[-1]


def hessian(logits, target, complement=None):
    return (sigmoid_slope(logits) + np.zeros_like(target)) / np.shape(target)[-1]


def _terms(logits, target, complement):
    return log_loss_of_logit(logits, np.subtract(1.0, target) if complement is None else complement, target)


def definition(m, logits, target):
    return m.sum(m.log(1 + m.exp(z)) - y * z for z, y in zip(logits, target, strict=True)) / len(logits)


LOSS = Loss(
    name="multilabel_soft_margin",
    arguments={"logits": Vector(), "target": Unit("k")},
    target=PROBABILITY,
    is_affine=True,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex,
          mirror("L(-z, 1 - y) = L(z, y)",
                 lambda logits, target: {"logits": tuple(-z for z in logits), "target": tuple(1 - y for y in target)}, -1)),
    hard=(
        Hard("one_of_many", "ordinary", "one label that holds among others that do not: a softmax is another loss",
             lambda d: {"logits": d.vector(lambda: d.uniform(-6, 6)),
                        "target": tuple(float(j == d.index % d.size) for j in range(d.size))}, 8),
        Hard("all_sure", "tail", "all labels right, by more than the precision: the mean of their tails, not 0",
             lambda d: {"target": (y := d.vector(lambda: float(d.integer(0, 1)))),
                        "logits": tuple((2 * t - 1) * d.uniform(d.saturation, d.underflow - 4) for t in y)}, 12),
        Hard("one_is_wrong", "tail", "one label sure and wrong: a clip of its probability stops what all others hide",
             lambda d: {"target": (y := d.vector(lambda: float(d.integer(0, 1)))),
                        "logits": tuple((2 * t - 1) * d.uniform(1, 9) * (-200 if j == 0 else 1) for j, t in enumerate(y))}, 8),
    ),
    known=(
        Known({"logits": (0.0, 0.0, 0.0), "target": (1.0, 0.0, 0.5)}, lambda m: m.log(2), "three even bets",
              ("-0.16666666666666666667", "0.16666666666666666667", "0")),
        Known({"logits": (np.inf, -np.inf), "target": (1.0, 0.0)}, "0", "certain and right", ("0", "0")),
        Known({"logits": (np.inf, -np.inf), "target": (0.0, 0.0)}, "inf", "certain, and wrong of one", ("0.5", "0")),
        Known({"logits": (40.0, -40.0), "target": (1.0, 0.0)}, "4.248354255291589e-18", "a mean of tails",
              ("-2.1241771276457945e-18", "2.1241771276457945e-18"), region="tail"),
    ),
    source="PyTorch, torch.nn.MultiLabelSoftMarginLoss; of several labels: R. E. Schapire and Y. Singer, BoosTexter, 2000",
)

"""Softmax cross-entropy on logits, with an integer target.

    L(z, y) = log(sum_j exp z_j) - z_y,      dL/dz_j = p_j - [j = y],      p = softmax(z)

logits   z, one for each class along the last axis, any real
target   y, the index of the true class, counted from 0
The logarithm is natural, and adding a constant to every logit changes nothing. With one class the loss is 0.
"""

import numpy as np

from lossref.float64.kernels import softmax_slope
from lossref.float64.softmax import log_loss_of_logits, plain_log_loss_of_logits
from lossref.laws import convex, nonnegative, shift_invariant
from lossref.options import CLASS
from lossref.spaces import Label, Vector
from lossref.spec import Hard, Known, Loss


def value(logits, target):
    return log_loss_of_logits(logits, target)[0]


def gradient(logits, target):
    return log_loss_of_logits(logits, target)[1]


def value_and_gradient(logits, target, out=()):
    return log_loss_of_logits(logits, target, out=out)


def hessian(logits, target):
    return softmax_slope(logits) + np.zeros(np.shape(target))[..., None]


def definition(m, logits, target):
    return m.log(m.sum(m.exp(z) for z in logits)) - logits[target]


LOSS = Loss(
    name="softmax_cross_entropy",
    arguments={"logits": Vector(), "target": Label("logits")},
    target=CLASS,
    soft_target="soft_target_cross_entropy",
    stands_for_its_kind=True,
    value=value,
    gradient=gradient,
    value_and_gradient=value_and_gradient,
    hessian=hessian,
    plain=plain_log_loss_of_logits,
    definition=definition,
    laws=(nonnegative, convex, shift_invariant),
    hard=(
        Hard("overflow", "tail", "logits beyond log of the largest number: exp without a shift is inf / inf",
             lambda d: {"logits": d.vector(lambda: d.uniform(800, 900)), "target": d.label()}, 6),
    ),
    known=(
        Known({"logits": (3.0, 3.0), "target": 0}, lambda m: m.log(2), "two equal classes", ("-0.5", "0.5")),
        Known({"logits": (7.0,), "target": 0}, "0", "one class is certain", ("0",)),
        Known({"logits": (0.0, -np.inf), "target": 0}, "0", "an impossible other class", ("0", "0")),
        Known({"logits": (0.0, -np.inf), "target": 1}, "inf", "an impossible target", ("1", "-1")),
        Known({"logits": (np.inf, 0.0), "target": 0}, "0", "certain and right", ("0", "0")),
        Known({"logits": (1.0, np.inf), "target": 0}, "inf", "certain and wrong", ("-1", "1")),
        Known({"logits": (0.5, 1.0, -1.0), "target": 1}, "0.55495691964199065", "an index and a one-hot row are one loss",
              ("0.34820742788373485", "-0.42590300703230544", "0.077695579148570588"), row="R01"),
        Known({"logits": (1000.0, 0.0, 0.0), "target": 1}, "1000", "any finite logits, tails included",
              ("1", "-1", "0"), row="R08", region="tail"),
        Known({"logits": (40.0, 0.0, 0.0), "target": 0}, "8.496708510583178e-18", "any finite logits, tails included",
              ("-8.4967085105831779e-18", "4.248354255291589e-18", "4.248354255291589e-18"), row="R08", region="tail"),
        Known({"logits": (0.1, 0.2, 0.3), "target": 0}, "1.2019428482292441", "any finite logits, tails included", row="R08"),
        Known({"logits": (0.1, 0.2, 0.3), "target": 1}, "1.1019428482292441", "any finite logits, tails included", row="R08"),
        Known({"logits": (0.1, 0.2, 0.3), "target": 2}, "1.0019428482292441", "any finite logits, tails included", row="R08"),
        Known({"logits": (0.25, -0.5, 0.75), "target": 0}, "1.1381816024124845", "a softmax layer: the gradient in its bias is p - y",
              ("-0.67959889097338696", "0.15134676736529921", "0.52825212360808775"), row="R19"),
    ),
    source="J. S. Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs, 1990",
)

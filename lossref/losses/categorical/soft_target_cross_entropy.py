"""Softmax cross-entropy on logits, with a target weight for every class.

    L(z, t) = S log(sum_j exp z_j) - sum_j t_j z_j,      S = sum_j t_j,      dL/dz_j = S p_j - t_j,      p = softmax(z)

logits   z, one for each class along the last axis, any real
target   t, one-hot rows, soft labels or counts, at least 0, of any sum
The gradient is p - t only where S = 1; nothing is rescaled. With an index for target it is `softmax_cross_entropy`.
"""

import numpy as np

from lossref.float64.kernels import exact_sum, leader_and_tails, softmax_slope, sum_of_others, weighted_tails, within_reach
from lossref.float64.weighted import weighted_cross
from lossref.laws import convex, nonnegative, shift_invariant
from lossref.options import WEIGHTS
from lossref.spaces import Vector, Weights
from lossref.spec import Known, Loss


def value(logits, target):
    return weighted_cross(logits, target)


def gradient(logits, target):
    # p_j (S - t_j) - t_j (1 - p_j): each difference is a sum over the others, so that a one-hot target leaves one exact term.
    leader, tails, lag = leader_and_tails(logits)
    t, lag, factor = within_reach(target, lag)
    rest, leading = exact_sum(tails)[..., None], np.where(leader, t, 0.0).sum(axis=-1, keepdims=True)
    others = np.where(leader, sum_of_others(t), weighted_tails(lag, sum_of_others(t)))
    missing = np.where(leader, exact_sum(np.where(leader, 0.0, weighted_tails(lag, leading)))[..., None], t * (1.0 + (rest - tails)))
    return (others - missing) / (1.0 + rest) * factor


def hessian(logits, target):
    weight, logits, factor = within_reach(target, logits)
    return softmax_slope(logits, exact_sum(weight)[..., None]) * factor


def definition(m, logits, target):
    return m.sum(target) * m.log(m.sum(m.exp(z) for z in logits)) - m.sum(t * z for t, z in zip(target, logits, strict=True))


LOSS = Loss(
    name="soft_target_cross_entropy",
    arguments={"logits": Vector(), "target": Weights()},
    target=WEIGHTS,
    stands_for_its_kind=True,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, shift_invariant),
    known=(
        Known({"logits": (0.0, 0.0), "target": (1.0, 0.0)}, lambda m: m.log(2), "one bit", ("-0.5", "0.5")),
        Known({"logits": (5.0, 5.0), "target": (1.0, 3.0)}, lambda m: 4 * m.log(2), "four counts", ("1", "-1")),
        Known({"logits": (0.0, -np.inf), "target": (2.0, 0.0)}, "0", "an impossible class nobody wants", ("0", "0")),
        Known({"logits": (0.0, -np.inf), "target": (1.0, 1.0)}, "inf", "an impossible target", ("1", "-1")),
        Known({"logits": (0.5, 1.0, -1.0), "target": (0.0, 1.0, 0.0)}, "0.55495691964199065", "an index and a one-hot row are one loss",
              ("0.34820742788373485", "-0.42590300703230544", "0.077695579148570588"), row="R01"),
        Known({"logits": (1.0, 2.0, 3.0), "target": (1.0, 2.0, 5.0)}, "7.2608477155550424", "targets of any sum S: the gradient is S p - t",
              ("-0.27975541463695634", "-0.04217223156161878", "0.32192764619857512"), row="R09"),
        Known({"logits": (1.0, 2.0, 3.0), "target": (0.125, 0.25, 0.625)}, "0.9076059644443803",
              "targets of any sum S: the gradient is S p - t", row="R09"),
    ),
    source="G. Hinton, O. Vinyals and J. Dean, Distilling the Knowledge in a Neural Network, 2015",
)

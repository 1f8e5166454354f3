"""Cross-entropy of a tree of two softmaxes: a head chooses a group of classes, and a softmax within the group chooses the class.

    L(z, h, g, y) = log(sum_j exp h_j) - h_{g_y} + log(sum_{j: g_j = g_y} exp z_j) - z_y

logits  z, one for each class along the last axis, any real; only those of the target's group count
head    h, a logit for each group, any real
group   g, the index of the group that each class is in, counted from 0
target  y, the index of the true class, counted from 0
A group of one class costs what the head says: such are the frequent words of adaptive softmax, the shortlist, and its clusters are the
groups of several. With one group the loss is that of `softmax_cross_entropy`. PyTorch makes both kinds of logits of a hidden vector.
"""

import numpy as np

from lossref.float64.kernels import softmax_slope
from lossref.float64.softmax import log_loss_of_logits
from lossref.laws import convex, mirror, nonnegative
from lossref.options import CLASS
from lossref.spaces import Label, Real, Vector
from lossref.spec import Hard, Known, Loss


def value(logits, head, group, target):
    within, own = _of_the_group(logits, group, target)
    return log_loss_of_logits(head, own)[0] + log_loss_of_logits(within, target)[0]


def gradient(logits, head, group, target):
    within, own = _of_the_group(logits, group, target)
    return log_loss_of_logits(within, target)[1], log_loss_of_logits(head, own)[1]


def hessian(logits, head, group, target):
    return softmax_slope(_of_the_group(logits, group, target)[0])


def _of_the_group(logits, group, target):
    """Logits of -infinity for the classes of all groups but the target's, and that group."""
    z, groups, y = np.broadcast_arrays(np.asarray(logits, float), group, np.asarray(target)[..., None])
    own = np.take_along_axis(groups, y[..., :1], axis=-1)
    return np.where(groups == own, z, -np.inf), own[..., 0]


def _three_groups(d, **given):
    """Two frequent classes, each a group of its own, and two of one cluster."""
    drawn = {"logits": tuple(d.uniform(-4, 4) for _ in range(4)), "head": tuple(d.uniform(-4, 4) for _ in range(3))}
    return {**drawn, "group": (0, 1, 2, 2), "target": d.cycle(0, 2, 1, 3), **given}


def definition(m, logits, head, group, target):
    of_head = m.log(m.sum(m.exp(h) for h in head)) - head[group[target]]
    within = m.sum(m.exp(z) for z, its in zip(logits, group, strict=True) if its == group[target])
    return of_head + m.log(within) - logits[target]


LOSS = Loss(
    name="adaptive_softmax",
    arguments={"logits": Vector(), "head": Real("g"), "group": Label("head", "k"), "target": Label("logits")},
    differentiable=("logits", "head"),
    target=CLASS,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex,
          mirror("L(z + 1, h, g, y) = L(z, h, g, y)", lambda logits, **_: {"logits": tuple(z + 1 for z in logits)}, 1),
          mirror("L(z, h + 1, g, y) = L(z, h, g, y)", lambda head, **_: {"head": tuple(h + 1 for h in head)}, 1)),
    hard=(
        Hard("shortlist", "ordinary", "two frequent classes and a cluster of two: of a frequent class only the head counts",
             _three_groups, 12),
        Hard("sure_head", "tail", "the head is sure, and right or wrong: its tails are not 0, and exp without a shift overflows",
             lambda d: _three_groups(d, head=(d.cycle(1, -1) * d.uniform(d.saturation, d.underflow - 12), d.uniform(-1, 1), 0.0)), 16),
        Hard("sure_of_both", "tail", "head and cluster are sure and right: what is left is the sum of two tails",
             lambda d: _three_groups(d, head=(0.0, 1.0, d.uniform(d.saturation, d.underflow - 12)), target=2,
                                     logits=(9.0, 9.0, d.uniform(d.saturation, d.underflow - 12), 0.0)), 12),
        Hard("elsewhere", "tail", "a large logit in another group: it costs nothing and has no slope",
             lambda d: _three_groups(d, logits=(d.uniform(20, 900), d.uniform(-1, 1), 0.5, -0.5), target=3), 8),
    ),
    known=(
        Known({"logits": (1.0, 2.0, 5.0, 5.0), "head": (0.0, 0.0, 0.0), "group": (0, 1, 2, 2), "target": 3},
              lambda m: m.log(6), "one of three groups, and one of its two classes", ("0", "0", "0.5", "-0.5", None, None, None)),
        Known({"logits": (7.0, -3.0), "head": (2.0, 2.0), "group": (0, 1), "target": 0}, lambda m: m.log(2), "a group of one class",
              ("0", "0", "-0.5", "0.5")),
        Known({"logits": (3.0, 3.0), "head": (4.0,), "group": (0, 0), "target": 0}, lambda m: m.log(2), "one group", ("-0.5", "0.5", "0")),
        Known({"logits": (0.0, 0.0), "head": (-np.inf, 0.0), "group": (0, 1), "target": 0}, "inf", "an impossible group",
              ("0", "0", "-1", "1")),
        Known({"logits": (0.0, np.inf), "head": (2.0, 2.0), "group": (0, 0), "target": 1}, "0.69314718055994531", "certain in a group",
              ("0", "0", "-0.5", "0.5")),
    ),
    source="E. Grave et al., Efficient softmax approximation for GPUs, 2017; J. Goodman, Classes for Fast Maximum Entropy Training, 2001",
)

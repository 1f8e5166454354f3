"""Sparsemax loss of several classes: its slopes are sparsemax probabilities less the label's, as softmax's are of cross-entropy.

    L(z, y) = 1/2 sum_{j in S} (z_j^2 - s^2) + 1/2 - z_y,      s = (sum_{j in S} z_j - 1) / |S|,      dL/dz_j = p_j - [j = y]

logits  z, scores along the last axis, any real
target  y, a class index
s is the threshold for which p_j = max(0, z_j - s) sum to 1, S the classes above it: p is the nearest point of the simplex to z. Where
y leads all others by 1 the loss is 0, and beyond a lead of others by 1 it is a line. Gradients are continuous, second derivatives
jump where a class enters S. Of two classes it is `sparsemax` of their difference.
"""

import numpy as np

from lossref.float64.doubled import doubled, each, either, plus, times, total
from lossref.float64.kernels import one_hot
from lossref.float64.simplex import projected
from lossref.laws import convex, nonnegative, shift_invariant
from lossref.options import CLASS
from lossref.spaces import Label, Vector
from lossref.spec import Hard, Known, Loss


def value(logits, target):
    p, short, _ = projected(logits)
    # 1/2 |p - e_y|^2, and by how much z_y misses the threshold.
    missed = total(either(_truth(logits, target), short, doubled(0.0)))
    off = _off(p, logits, target)
    return plus(each(lambda x: 0.5 * x, total(times(off, off))), missed)[0]


def gradient(logits, target):
    return _off(projected(logits)[0], logits, target)[0]


def hessian(logits, target):
    p, _, count = projected(logits)
    return np.where(p[0] > 0, (count - 1.0) / count, p[0]) + np.zeros_like(_truth(logits, target), float)


def _truth(logits, target):
    return one_hot(target, np.shape(logits)[-1]) > 0


def _off(p, logits, target):
    """Shares less the label's; what it lacks is the sum of the others."""
    truth = _truth(logits, target)
    others = either(truth, doubled(0.0), p)
    return either(truth, each(lambda x: -x[..., None], total(others)), others)


def definition(m, logits, target):
    # From the last class: of several logits of -inf, padding say, two that come first would tie before a finite one is met.
    best = max(reversed(range(len(logits))), key=lambda j: logits[j])
    # What is 1 behind the best is not in S; nor is what is then below the threshold of those that are left.
    left, kept = list[int](), [j for j in range(len(logits)) if j == best or logits[j] > logits[best] - 1]
    while len(kept) != len(left):
        left = kept
        s = (m.sum(logits[j] for j in left) - 1) / len(left)
        kept = [j for j in left if j == best or logits[j] > s]
    return m.sum(logits[j] ** 2 - s**2 for j in kept) / 2 + m.lift(1) / 2 - logits[target]


LOSS = Loss(
    name="multiclass_sparsemax",
    arguments={"logits": Vector(), "target": Label("logits")},
    target=CLASS,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, shift_invariant),
    hard=(
        Hard("several", "ordinary", "close scores: several classes have a share, or all of them",
             lambda d: {"logits": d.vector(lambda: d.uniform(0, 1)), "target": d.label()}, 10),
        Hard("enters", "kink", "a class at the threshold of the others, and an ulp or two beside it: its share begins at 0",
             lambda d: {"logits": (1.0, 0.5, d.nudged(0.25)), "target": d.index % 3}, 15),
        Hard("lead_of_1", "kink", "a lead of 1, and an ulp or two more or less: all else has a share of 0 from here on",
             lambda d: {"logits": (d.nudged(3.0), 2.0, 1.0), "target": d.index // 5}, 15),
        Hard("around_lead", "tail", "leads off 1 by 2^-1 to 2^-16 of it, both ways: a parabola that ends elsewhere shows",
             lambda d: {"logits": (d.number(1 + d.cycle(1, -1) * 2.0 ** -(1 + d.index)), 0.0, -1.0), "target": d.index // 2 % 2}, 16),
        Hard("almost_right", "cancellation", "a label that leads by next to 1: the loss is the square of what lacks, and not 0",
             lambda d: {"logits": (1.0, d.magnitude(-2 - d.index * (d.format.precision - 8) // 13), -2.0), "target": 0}, 14),
        Hard("far_behind", "tail", "a label far behind: a line, and a slope of exactly -1",
             lambda d: {"logits": (0.0, -d.scaled(2, 60), d.uniform(-1, 1)), "target": 1}, 8),
    ),
    known=(
        Known({"logits": (2.0, 1.0, 0.0), "target": 0}, "0", "a lead of 1", ("0", "0", "0")),
        Known({"logits": (0.0, 0.0), "target": 1}, "0.25", "undecided", ("0.5", "-0.5")),
        Known({"logits": (0.5, 0.0, -3.0), "target": 1}, "0.5625", "1/2 ((3/4)^2 + (3/4)^2)", ("0.75", "-0.75", "0")),
        Known({"logits": (3.0, 0.0), "target": 1}, "3", "the lead itself", ("1", "-1")),
        Known({"logits": (0.5, -np.inf, 0.25), "target": 0}, "0.140625", "(3/8)^2 of the two others", ("-0.375", "0", "0.375")),
        Known({"logits": (0.0, np.inf), "target": 0}, "inf", "another for ever ahead", ("-1", "1")),
    ),
    source="A. F. T. Martins and R. F. Astudillo, From Softmax to Sparsemax, 2016, equations 18 and 19",
)

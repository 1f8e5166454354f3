"""Softmax cross-entropy on logits, with a target weight for every class.

    L(z, t) = S log(sum_j exp z_j) - sum_j t_j z_j,      S = sum_j t_j,      dL/dz_j = S p_j - t_j,      p = softmax(z)

logits   z, one for each class along the last axis, any real
target   t, one-hot rows, soft labels or counts, at least 0, of any sum
The gradient is p - t only where S = 1; nothing is rescaled. With an index for target it is `softmax_cross_entropy`.
"""

import numpy as np

from lossref.identities import convex, nonnegative, shift_invariant
from lossref.kernels import exact_sum, leader_and_tails, softmax_slope, sum_of_others, weighted_tails, within_reach
from lossref.spaces import Vector, Weights
from lossref.spec import Hard, Loss, Witness


def value(logits, target):
    # The sum of t_j (z_max - z_j) + S log1p(sum of the others): terms of one sign.
    leader, tails, lag = leader_and_tails(logits)
    weight, lag, factor = within_reach(target, lag)
    rest, total = exact_sum(tails), exact_sum(weight)
    tiny = exact_sum(np.where(leader, 0.0, weighted_tails(lag, total[..., None])))
    return (exact_sum(np.where(weight == 0, 0.0, weight * lag)) + np.where(rest < 1e-290, tiny, total * np.log1p(rest))) * factor[..., 0]


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
    return exact_sum(weight)[..., None] * softmax_slope(logits) * factor


def definition(m, logits, target):
    return m.sum(target) * m.log(m.sum(m.exp(z) for z in logits)) - m.sum(t * z for t, z in zip(target, logits, strict=True))


def _one_hot(d, gap, weight=1.0):
    """Logits around 0 whose target, a random class, lies `gap` above the others' level."""
    y = d.label()
    logits = tuple(d.number(d.uniform(-1, 1) + gap * (j == y)) for j in range(d.size))
    return {"logits": logits, "target": tuple(weight * (j == y) for j in range(d.size))}


LOSS = Loss(
    name="soft_target_cross_entropy",
    arguments={"logits": Vector(), "target": Weights()},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    identities=(nonnegative, convex, shift_invariant),
    hard=(
        Hard("sure_and_right", "tail", "a one-hot target that leads by more than the precision: the loss is the others' tails, not 0",
             lambda d: _one_hot(d, d.uniform(d.saturation, d.underflow - 12), d.cycle(1.0, 3.0)), 12),
        Hard("sure_and_wrong", "tail", "a one-hot target that trails far behind: the loss is the gap",
             lambda d: _one_hot(d, -d.uniform(d.saturation, 2 * d.underflow)), 10),
        Hard("soft", "ordinary", "targets that sum to 1 up to rounding",
             lambda d: {"logits": d.vector(lambda: d.uniform(-4, 4)), "target": d.simplex()}, 6),
        Hard("counts", "ordinary", "counts: the gradient is S p - t, not p - t",
             lambda d: {"logits": d.vector(lambda: d.uniform(-4, 4)), "target": d.vector(lambda: float(d.integer(0, 9)))}, 6),
        Hard("almost_one_hot", "tail", "smoothed by a hair: small weights on classes that trail far behind",
             lambda d: {"logits": (d.uniform(20, 300), *(d.uniform(-9, 9) for _ in range(d.size))),
                        "target": (1.0, *(d.scaled(-60, -20) for _ in range(d.size)))}, 8),
        Hard("offset", "cancellation", "a large common offset: S times logsumexp minus the weighted logits keeps only its digits",
             lambda d: {"logits": d.vector(lambda: d.number(1000.0 * 4 ** (d.index % 4) + d.uniform(-3, 3))), "target": d.simplex()}, 8),
        Hard("matched", "cancellation", "targets proportional to exp z, nearly: the gradient is a small difference of either sign",
             lambda d: {"target": (t := d.simplex()), "logits": tuple(d.exactly(lambda m, p=p: m.log(m.lift(p))) for p in t)}, 6),
    ),
    witnesses=(
        Witness({"logits": (0.0, 0.0), "target": (1.0, 0.0)}, lambda m: m.log(2), "one bit", ("-0.5", "0.5")),
        Witness({"logits": (5.0, 5.0), "target": (1.0, 3.0)}, lambda m: 4 * m.log(2), "four counts", ("1", "-1")),
        Witness({"logits": (0.0, -np.inf), "target": (2.0, 0.0)}, "0", "an impossible class nobody wants", ("0", "0")),
        Witness({"logits": (0.0, -np.inf), "target": (1.0, 1.0)}, "inf", "an impossible target", ("1", "-1")),
    ),
    source="G. Hinton, O. Vinyals and J. Dean, Distilling the Knowledge in a Neural Network, 2015",
    also_known_as={
        "torch": "cross_entropy (target of the logits' shape)", "optax": "softmax_cross_entropy",
        "keras": "CategoricalCrossentropy(from_logits=True)", "timm": "SoftTargetCrossEntropy",
    },
)

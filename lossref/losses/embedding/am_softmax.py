"""Additive-margin softmax (CosFace): softmax cross-entropy of scaled cosines, the target's made smaller by a margin.

    L(c, y) = log(sum_j exp z_j) - z_y,      z_y = s (c_y - m),      z_j = s c_j  for j != y

cosines  c, of the angles between an embedding and the vector of each class, along the last axis, in [-1, 1]
target   y, the index of the true class, counted from 0
margin   m, taken from the target's cosine; 0.35 by default
scale    s, above 0; 30 by default
The gradient is in the cosines; how they are normalised, and what an embedding of norm 0 is, lies outside.
"""

import numpy as np

from lossref.float64.kernels import two_difference, two_product
from lossref.float64.softmax import log_loss_of_logits
from lossref.laws import convex, nonnegative
from lossref.options import CLASS
from lossref.spaces import Cosines, Label, Positive, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(cosines, target, margin=0.35, scale=30.0):
    return value_and_gradient(cosines, target, margin, scale)[0]


def gradient(cosines, target, margin=0.35, scale=30.0):
    return value_and_gradient(cosines, target, margin, scale)[1]


def value_and_gradient(cosines, target, margin=0.35, scale=30.0):
    margin, scale = np.asarray(margin)[..., None], np.asarray(scale)[..., None]
    truth = np.arange(np.shape(cosines)[-1]) == np.asarray(target)[..., None]
    # The scale makes much of what a rounded difference or product has lost: it is kept beside the logits.
    difference, lost = two_difference(cosines, np.where(truth, margin, 0.0))
    logits, low = two_product(scale, difference)
    loss, slopes = log_loss_of_logits(logits, target, np.nan_to_num(low) + scale * lost)
    return loss, scale * slopes


def _around(d, truth, others):
    """A target's cosine among others, none beyond the ends."""
    y = d.label()
    return {"cosines": tuple(d.number(truth if j == y else others()) for j in range(d.size)), "target": y}


def definition(m, cosines, target, margin, scale):
    logits = [scale * (c - margin if j == target else c) for j, c in enumerate(cosines)]
    return m.log(m.sum(m.exp(z) for z in logits)) - logits[target]


LOSS = Loss(
    name="am_softmax",
    arguments={"cosines": Cosines(), "target": Label("cosines")},
    parameters={
        "margin": Parameter(space=Real(), default=0.35, grid=(0.35, 0.0, 0.5, -0.25)),
        "scale": Parameter(space=Positive(), default=30.0, grid=(30.0, 64.0, 1.0)),
    },
    target=CLASS,
    value=value,
    gradient=gradient,
    value_and_gradient=value_and_gradient,
    definition=definition,
    laws=(nonnegative, convex),
    hard=(
        Hard("sure_and_right", "tail", "the scaled target leads by more than the precision: the loss is the others' tails, not 0",
             lambda d: {**_around(d, d.uniform(0.9, 1), lambda: d.uniform(-1, -0.9)), "scale": d.cycle(30.0, 64.0, 100.0)}, 14),
        Hard("sure_and_wrong", "tail", "the target's cosine trails: the loss is the gap",
             lambda d: {**_around(d, d.uniform(-1, -0.8), lambda: d.uniform(0.5, 1)), "scale": d.cycle(64.0, 30.0)}, 8),
        Hard("aligned", "tail", "exactly along, or against, the class vector: no infinite slope here, unlike ArcFace",
             lambda d: {**_around(d, d.cycle(1.0, -1.0), lambda: d.uniform(-0.3, 0.3)), "margin": d.cycle(0.35, 0.5)}, 6),
        Hard("margin_reached", "cancellation", "the target leads by the margin, nearly: the two logits are almost equal",
             lambda d: {"margin": (margin := d.cycle(0.35, 0.25, 0.5)), "scale": d.cycle(30.0, 64.0, 30.0, 1.0), "target": 0,
                        "cosines": (c := d.uniform(0.5, 0.9), d.number(c - margin * (1 + d.sign() * 2.0 ** -(3 + 2 * d.index))))}, 12),
    ),
    known=(
        Known({"cosines": (0.5, 0.25), "target": 0, "margin": 0.25, "scale": 64.0}, lambda m: m.log(2), "margin met", ("-32", "32")),
        Known({"cosines": (0.5,), "target": 0, "margin": 0.25}, "0", "one class is certain", ("0",)),
        # The text's 3.0485873517349079 is for the decimal 0.35, not for the float64 number.
        Known({"cosines": (0.5, 0.25, -0.5), "target": 0}, "3.0485873517349072", "an additive margin", row="R26"),
    ),
    source="F. Wang, J. Cheng, W. Liu and H. Liu, Additive Margin Softmax for Face Verification, 2018 (CosFace: H. Wang et al., 2018)",
)

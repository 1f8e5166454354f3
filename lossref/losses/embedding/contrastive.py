"""Contrastive loss of a distance: alike things are to be close, others at least a margin apart.

    L(d, y) = y d^2 + (1 - y) max(0, m - d)^2

distance  d, between two embeddings, at least 0
target    y, 1 for things that belong together and 0 for others; soft labels in [0, 1] mix the two terms
margin    m, the distance from which others cost nothing, above 0; 1 by default
No option of a call smooths or weighs these labels: next to 1 they would keep too little of 1 - y. Hadsell, Chopra and LeCun halve the
loss and call 1 what is not alike; sentence-transformers halves it too. pytorch-metric-learning squares nothing. At d = 0 the
slope is that of d itself, not that of the embeddings: a norm has a corner there.
"""

import numpy as np

from lossref.float64.kernels import as_array, exact_sum, product_in_two, two_difference
from lossref.laws import homogeneous, nonnegative
from lossref.spaces import NonNegative, Positive, Unit
from lossref.spec import Hard, Known, Loss, Parameter


def value(distance, target, margin=1.0):
    # Two terms of one sign; a weight between two factors, so that no square overflows or vanishes alone.
    d, y, short = _parts(distance, target, margin)
    return (y * d) * d + ((1.0 - y) * short) * short


def gradient(distance, target, margin=1.0):
    # 2 (y d - (1 - y) (m - d)), a difference that is 0 at d = (1 - y) m: of products in two parts.
    d, y, short = _parts(distance, target, margin)
    rest, lost = two_difference(1.0, y)
    short_lost = np.where(short > 0, two_difference(margin, d)[1], 0.0)
    (pull, pull_low), (push, push_low) = product_in_two(y, d), product_in_two(short, rest, lost)
    return 2.0 * exact_sum(np.stack([pull, -push, pull_low, -push_low, -rest * short_lost], axis=-1))


def hessian(distance, target, margin=1.0):
    _, y, short = _parts(distance, target, margin)
    return np.where(short > 0, 2.0, 2.0 * y)


def _parts(distance, target, margin):
    """The distance (0 where it is infinite and counts for nothing), the label, and what the distance lacks to the margin."""
    d, y, m = np.broadcast_arrays(as_array(distance), as_array(target), as_array(margin))
    return np.where((y == 0) & np.isposinf(d), 0.0, d), y, np.maximum(m - d, 0.0)


def definition(m, distance, target, margin):
    return target * distance**2 + (1 - target) * m.max(0, margin - distance) ** 2


LOSS = Loss(
    name="contrastive",
    arguments={"distance": NonNegative(), "target": Unit()},
    parameters={"margin": Parameter(space=Positive(), default=1.0, grid=(1.0, 0.5, 0.1, 10.0))},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, homogeneous(2, "distance", "margin")),
    hard=(
        Hard("hard_label", "ordinary", "a label of 0 or 1: one of the terms must vanish",
             lambda d: {"distance": d.uniform(0, 2), "target": d.cycle(0.0, 1.0)}, 10),
        Hard("margin_met", "kink", "the margin and one or two ulps beside it: the square has a slope of 0, its curve jumps",
             lambda d: {"margin": (m := (1.0, 0.5, 3.0)[d.index % 3]), "distance": d.nudged(m), "target": d.cycle(0.0, 0.0, 0.5)}, 15),
        Hard("around_margin", "tail", "off the margin by 2^-1 to 2^-16 of it, both ways: a margin elsewhere shows",
             lambda d: {"distance": d.number(1 + d.cycle(1, -1) * 2.0 ** -(1 + d.index)), "target": 0.0, "margin": 1.0}, 16),
        Hard("near_margin", "cancellation", "just inside the margin: what is lacking is exact, its square keeps its digits",
             lambda d: {"margin": (m := d.cycle(1.0, 0.5, 3.0)), "distance": d.format.step(m, -d.integer(3, 4000)), "target": 0.0}, 8),
        Hard("same", "tail", "a distance of 0: no slope for what is alike, the whole margin's for others",
             lambda d: {"distance": 0.0, "target": d.cycle(0.0, 1.0, 0.5)}, 6),
        Hard("tiny", "tail", "tiny distances: an eps under a root shows",
             lambda d: {"distance": d.scaled(-60, -10), "target": d.cycle(1.0, 0.0)}, 12),
        Hard("large", "tail", "far apart: nothing for others, a square for what is alike",
             lambda d: {"distance": d.scaled(3, 60), "target": d.cycle(1.0, 0.0)}, 12),
        Hard("balanced", "cancellation", "a soft label for which both pulls cancel: the slope is a small difference",
             lambda d: {"distance": (x := d.uniform(0.05, 0.95)), "target": d.number(1 - x), "margin": 1.0}, 12),
    ),
    known=(
        Known({"distance": 3.0, "target": 1.0}, "9", "3^2", "6"),
        Known({"distance": 0.25, "target": 0.0}, "0.5625", "(3/4)^2", "-1.5"),
        Known({"distance": 2.0, "target": 0.0, "margin": 1.5}, "0", "far enough", "0"),
        Known({"distance": np.inf, "target": 0.0}, "0", "far enough for ever", "0"),
        Known({"distance": np.inf, "target": 1.0}, "inf", "alike and as far apart as can be", "inf"),
    ),
    source="R. Hadsell, S. Chopra and Y. LeCun, Dimensionality Reduction by Learning an Invariant Mapping, 2006",
)

"""Cosine embedding loss: two vectors are to point the same way, or to stay apart by an angle.

    L(a, b, 1) = 1 - c,      L(a, b, -1) = max(0, c - m),      c = sum_k a_k b_k / (|a| |b|)

first    a, a vector along the last axis, any real numbers
second   b, any real numbers
target   1 for vectors that belong together, -1 for others
margin   m, the cosine above which others cost something, in [-1, 1]; 0 by default
at_zero  what stands for c where a vector is zero and has no direction, in [-1, 1], with slope 0; 0 by default
The loss does not see how long the vectors are. Libraries add an eps to the squares or to the lengths.
"""

import numpy as np

from lossref.float64.kernels import two_difference
from lossref.float64.vectors import cosine
from lossref.laws import homogeneous, mirror, nonnegative
from lossref.options import SIGN
from lossref.spaces import Cosine, Sign, Vector
from lossref.spec import Hard, Known, Loss, Parameter


def value(first, second, target, margin=0.0, at_zero=0.0):
    first, second = np.broadcast_arrays(first, second)
    whole, rest, _, _ = cosine(first, second, at_zero)
    excess, lost = two_difference(whole, margin)
    return np.where(np.equal(target, 1), (1.0 - whole) - rest, np.maximum((excess + rest) + lost, 0.0))


def gradient(first, second, target, margin=0.0, at_zero=0.0):
    costs = value(first, second, -1.0, margin, at_zero) > 0
    pull = np.where(np.equal(target, 1), -1.0, np.where(costs, 1.0, 0.0))[..., None]
    _, _, in_first, in_second = cosine(*np.broadcast_arrays(first, second))
    return tuple(np.where((pull == 0) & ~np.isnan(slope), 0.0, pull * slope) for slope in (in_first, in_second))


def _turned(d, x, tangent):
    """A vector that makes a small angle with x."""
    return tuple(d.number(z + tangent * d.uniform(-1, 1)) for z in x)


def definition(m, first, second, target, margin, at_zero):
    squares = m.sum(a**2 for a in first) * m.sum(b**2 for b in second)
    product = m.sum(a * b for a, b in zip(first, second, strict=True))
    c = at_zero if squares == 0 else product / m.sqrt(squares)
    return 1 - c if target == 1 else m.max(0, c - margin)


LOSS = Loss(
    name="cosine_embedding",
    arguments={"first": Vector("d"), "second": Vector("d"), "target": Sign()},
    differentiable=("first", "second"),
    parameters={
        "margin": Parameter(space=Cosine(), default=0.0, grid=(0.0, 0.5, -0.3)),
        "at_zero": Parameter(space=Cosine(), default=0.0, grid=(0.0, 0.25)),
    },
    target=SIGN,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(
        nonnegative,
        homogeneous(0, "first"),
        mirror("L(-a, -b, y) = L(a, b, y)",
               lambda first, second, **_: {"first": tuple(-x for x in first), "second": tuple(-x for x in second)}, -1),
    ),
    hard=(
        Hard("small_angle", "cancellation", "an angle down to where its cosine rounds to 1: 1 - c is half its square, not 0",
             lambda d: {"first": (a := d.vector(lambda: d.uniform(1, 4))), "second": _turned(d, a, 2.0 ** -(2 + 3 * (d.index // 2))),
                        "target": d.cycle(1.0, -1.0)}, 24),
        Hard("along_an_axis", "cancellation", "both along one axis but for traces: the angle is made of the traces",
             lambda d: {name: (d.uniform(1, 2), *d.vector(lambda: d.sign() * d.scaled(-40, -10))) for name in ("first", "second")}, 8),
        Hard("right_angle", "kink", "exactly at right angles: c = 0, any slope of the interval is right for the other label",
             lambda d: {"first": (3.0, 4.0, 0.0), "second": (-8.0, 6.0, d.cycle(0.0, 1.0)), "target": d.cycle(1.0, -1.0, -1.0)}, 6),
        Hard("nearly_right", "cancellation", "next to a right angle: the products of the entries cancel",
             lambda d: {"first": (3.0, 4.0), "second": (-8.0, d.number(6 + d.sign() * 2.0 ** -(4 + 4 * d.index))), "target": -1.0}, 10),
        Hard("margin_met", "kink", "the cosine 3/5 and one or two ulps beside the margin: any slope of the interval is right",
             lambda d: {"first": (1.0, 0.0), "second": (3.0, 4.0), "target": -1.0, "margin": d.nudged(0.6)}, 5),
        Hard("around_margin", "tail", "off the margin by 2^-2 to 2^-17 of it, both ways: a margin elsewhere shows",
             lambda d: {"first": (1.0, 0.0), "second": (3.0, 4.0), "target": -1.0,
                        "margin": d.number(0.6 * (1 + d.cycle(1, -1) * 2.0 ** -(2 + d.index)))}, 16),
        Hard("lengths", "tail", "lengths far from 1: an eps beside squares of 1e-12 is larger than they are",
             lambda d: {"first": tuple(2.0 ** d.integer(-60, 60) * x for x in d.vector(lambda: d.uniform(-4, 4)))}, 12),
        Hard("no_direction", "tail", "a vector of zeros: the value that is chosen, no slope, and no 0 / 0",
             lambda d: {"first": (0.0,) * d.size, "target": d.cycle(1.0, -1.0), "at_zero": d.cycle(0.0, 0.25, 0.25)}, 6),
    ),
    known=(
        Known({"first": (1.0, 0.0), "second": (3.0, 4.0), "target": 1.0}, "0.4", "1 - 3/5", ("0", "-0.8", "-0.128", "0.096")),
        Known({"first": (1.0, 0.0), "second": (3.0, 4.0), "target": -1.0}, "0.6", "3/5", ("0", "0.8", "0.128", "-0.096")),
        Known({"first": (2.0, -1.0), "second": (6.0, -3.0), "target": 1.0}, "0", "one direction", ("0", "0", "0", "0")),
        Known({"first": (2.0, -1.0), "second": (-6.0, 3.0), "target": 1.0}, "2", "opposite directions", ("0", "0", "0", "0")),
    ),
    source="PyTorch, torch.nn.CosineEmbeddingLoss; the cosine of two embeddings: G. Salton, A. Wong and C. S. Yang, 1975",
)

"""Triplet margin loss: an anchor is to lie nearer to its positive than to its negative, by a margin.

    L(a, p, n) = max(0, |a - p| - |a - n| + m),      |x| = sqrt(sum_k x_k^2)

anchor    a, a vector along the last axis, any real numbers
positive  p, of the anchor's class
negative  n, of another class
margin    m, above 0; 1 by default
Distances are not squared (FaceNet squares them) and nothing is added to them: libraries add an eps to each difference, or under
the root. At a distance of 0 the norm has a corner.
"""

import numpy as np

from lossref.float64.vectors import compared
from lossref.laws import homogeneous, mirror, nonnegative
from lossref.spaces import Positive, Vector
from lossref.spec import Hard, Known, Loss, Parameter


def value(anchor, positive, negative, margin=1.0):
    return np.maximum(_parts(anchor, positive, negative)[-1] + margin, 0.0)


def gradient(anchor, positive, negative, margin=1.0):
    near, far, turn, gap = _parts(anchor, positive, negative)
    active = np.where(gap + margin > 0, 1.0, 0.0)[..., None]
    return active * turn, -active * near, active * far


def _parts(anchor, positive, negative):
    """The directions of a - p and a - n, their difference, and |a - p| - |a - n|; n - p has nothing of a that could cancel."""
    a, p, n = (np.asarray(x, float) for x in np.broadcast_arrays(anchor, positive, negative))
    largest = np.maximum(np.maximum(np.abs(a), np.abs(p)), np.abs(n)).max(axis=-1, keepdims=True)
    shrink = np.where(largest > 2.0**1000, 0.25, 1.0)  # so that no difference overflows
    a, p, n = shrink * a, shrink * p, shrink * n
    near, far, turn, gap = compared(a - p, a - n, n - p)
    return near, far, turn, gap / shrink[..., 0]


def _beside(d, x, distance):
    return tuple(d.number(z + distance * d.uniform(-1, 1)) for z in x)


def definition(m, anchor, positive, negative, margin):
    near = m.sqrt(m.sum((a - p) ** 2 for a, p in zip(anchor, positive, strict=True)))
    far = m.sqrt(m.sum((a - n) ** 2 for a, n in zip(anchor, negative, strict=True)))
    return m.max(0, near - far + margin)


LOSS = Loss(
    name="triplet_margin",
    arguments={"anchor": Vector("d"), "positive": Vector("d"), "negative": Vector("d")},
    differentiable=("anchor", "positive", "negative"),
    parameters={"margin": Parameter(space=Positive(), default=1.0, grid=(1.0, 0.05, 5.0, 0.3))},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(
        nonnegative,
        homogeneous(1, "anchor", "positive", "negative", "margin"),
        mirror("L(a + 1, p + 1, n + 1) = L(a, p, n)",
               lambda margin=1, **vectors: {name: tuple(x + 1 for x in vector) for name, vector in vectors.items()}, 1),
    ),
    hard=(
        Hard("rivals_close", "cancellation", "positive and negative nearly at one place: the difference of their distances is small",
             lambda d: {"positive": (p := d.vector(lambda: d.uniform(-4, 4))), "negative": _beside(d, p, 2.0 ** -(2 + 4 * d.index))}, 12),
        Hard("rivals_equal", "ordinary", "positive and negative at one place: the loss is the margin, the anchor has no slope",
             lambda d: {"positive": (p := d.vector(lambda: d.uniform(-4, 4))), "negative": p}, 4),
        Hard("far_anchor", "cancellation", "an anchor far from both: their distances agree in most digits, or in all",
             lambda d: {"anchor": d.vector(lambda: d.sign() * d.scaled(2 + 4 * d.index, 4 + 4 * d.index))}, 12),
        Hard("one_axis", "cancellation", "all along one axis but for traces: the anchor's slope there is made of the traces",
             lambda d: {name: (d.scaled(at, at + 1), *d.vector(lambda: d.sign() * d.scaled(-12, -4)))
                        for name, at in (("anchor", 2), ("positive", -1), ("negative", -2))}, 8),
        Hard("small", "tail", "small embeddings: an eps of 1e-6 in each difference is all that is left",
             lambda d: {name: d.vector(lambda: d.sign() * d.scaled(-50, -10)) for name in ("anchor", "positive", "negative")}, 8),
        Hard("margin_met", "kink", "|a - n| - |a - p| = m, and one or two ulps beside it: any slope of the interval is right",
             lambda d: {"anchor": (0.0, 0.0), "positive": (3.0, -4.0), "negative": (6.0, 8.0), "margin": d.nudged(5.0)}, 5),
        Hard("around_margin", "tail", "off the margin by 2^-1 to 2^-16 of it, both ways: a margin elsewhere shows",
             lambda d: {"anchor": (0.0, 0.0), "positive": (3.0, -4.0), "negative": (6.0, 8.0),
                        "margin": d.number(5 * (1 + d.cycle(1, -1) * 2.0 ** -(1 + d.index)))}, 16),
        Hard("beyond_margin", "tail", "a negative far beyond the margin: the loss is 0, and so is every slope",
             lambda d: {"negative": d.vector(lambda: d.sign() * d.scaled(5, 30))}, 6),
    ),
    known=(
        Known({"anchor": (0.0, 0.0), "positive": (3.0, 4.0), "negative": (0.0, 1.0), "margin": 1.0}, "5", "5 - 1 + 1",
              ("-0.6", "0.2", "0.6", "0.8", "0", "-1")),
        Known({"anchor": (3.0, 4.0), "positive": (0.0, 0.0), "negative": (0.0, 0.0)}, "1", "the margin alone",
              ("0", "0", "-0.6", "-0.8", "0.6", "0.8")),
        Known({"anchor": (1.0, 1.0), "positive": (1.0, 1.0), "negative": (1.0, 3.0)}, "0", "at its positive, 2 from the other"),
    ),
    source="V. Balntas, E. Riba, D. Ponsa and K. Mikolajczyk, Learning local feature descriptors with triplets, 2016",
)

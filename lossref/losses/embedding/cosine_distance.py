"""Cosine distance of two vectors: 1 less the cosine of their angle.

    L(a, b) = 1 - c,      c = sum_k a_k b_k / (|a| |b|),      dL/da = -(b / |b| - c a / |a|) / |a|

first    a, a vector along the last axis, any real numbers
second   b, any real numbers
at_zero  what stands for c where a vector is zero and has no direction, in [-1, 1], with slope 0; 0 by default
L is from 0 to 2, and half the square of the distance between the two directions. Keras has -c for a loss (1 less). Libraries add an
eps to squares or lengths: torch bounds lengths by 1e-8, Keras by 1e-12 in their squares, optax has an eps of 0 unless one is given.
"""

import numpy as np

from lossref.float64.vectors import cosine
from lossref.laws import homogeneous, mirror, nonnegative, symmetric
from lossref.spaces import Cosine, Vector
from lossref.spec import Hard, Known, Loss, Parameter


def value(first, second, at_zero=0.0):
    # Where the cosine rounds to 1 the sine has what is left.
    first, second = np.broadcast_arrays(first, second)
    whole, rest, _, _ = cosine(first, second, at_zero)
    return (1.0 - whole) - rest


def gradient(first, second, at_zero=0.0):
    _, _, in_first, in_second = cosine(*np.broadcast_arrays(first, second))
    return -in_first, -in_second


def _turned(d, x, tangent):
    """A vector that makes a small angle with x."""
    return tuple(d.number(z + tangent * d.uniform(-1, 1)) for z in x)


def definition(m, first, second, at_zero):
    squares = m.sum(a**2 for a in first) * m.sum(b**2 for b in second)
    product = m.sum(a * b for a, b in zip(first, second, strict=True))
    return 1 - (at_zero if squares == 0 else product / m.sqrt(squares))


LOSS = Loss(
    name="cosine_distance",
    arguments={"first": Vector("d"), "second": Vector("d")},
    differentiable=("first", "second"),
    parameters={"at_zero": Parameter(space=Cosine(), default=0.0, grid=(0.0, 0.25, 1.0))},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(
        nonnegative,
        symmetric,
        homogeneous(0, "first"),
        mirror("L(-a, -b) = L(a, b)",
               lambda first, second, **_: {"first": tuple(-x for x in first), "second": tuple(-x for x in second)}, -1),
    ),
    hard=(
        Hard("small_angle", "cancellation", "an angle down to where its cosine rounds to 1: 1 - c is half its square, not 0",
             lambda d: {"first": (a := d.vector(lambda: d.uniform(1, 4))), "second": _turned(d, a, 2.0 ** -(2 + 2 * d.index))}, 16),
        Hard("along_an_axis", "cancellation", "both along one axis but for traces: the angle is made of the traces",
             lambda d: {name: (d.uniform(1, 2), *d.vector(lambda: d.sign() * d.scaled(-40, -10))) for name in ("first", "second")}, 8),
        Hard("nearly_right", "cancellation", "next to a right angle: the products of the entries cancel",
             lambda d: {"first": (3.0, 4.0), "second": (-8.0, d.number(6 + d.sign() * 2.0 ** -(4 + 4 * d.index)))}, 10),
        Hard("lengths", "tail", "lengths far from 1: an eps beside squares of 1e-12 is larger than they are, and squares overflow",
             lambda d: {"first": tuple(2.0 ** d.integer(-60, 60) * x for x in d.vector(lambda: d.uniform(-4, 4)))}, 12),
        Hard("no_direction", "tail", "a vector of zeros: the value that is chosen, no slope, and no 0 / 0",
             lambda d: {"first": (0.0,) * d.size, "at_zero": d.cycle(0.0, 0.25, 1.0)}, 6),
    ),
    known=(
        Known({"first": (1.0, 0.0), "second": (3.0, 4.0)}, "0.4", "1 - 3/5", ("0", "-0.8", "-0.128", "0.096")),
        Known({"first": (1.0, 2.0), "second": (-2.0, 1.0)}, "1", "a right angle", ("0.4", "-0.2", "-0.2", "-0.4")),
        Known({"first": (2.0, -1.0), "second": (6.0, -3.0)}, "0", "one direction", ("0", "0", "0", "0")),
        Known({"first": (2.0, -1.0), "second": (-6.0, 3.0)}, "2", "opposite directions", ("0", "0", "0", "0")),
        Known({"first": (0.0, 0.0), "second": (1.0, 1.0), "at_zero": 1.0}, "0", "no direction, taken for the same"),
    ),
    source="G. Salton, A. Wong and C. S. Yang, A Vector Space Model for Automatic Indexing, 1975",
)

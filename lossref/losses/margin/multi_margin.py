"""Multiclass hinge loss of Weston and Watkins: the true class's score is to lead each other by a margin.

    L(s, y) = 1/K sum_{j != y} max(0, m - s_y + s_j)^p

scores  s, one for each of K classes along the last axis, any real
target  y, the index of the true class, counted from 0
margin  m, how far the true class is to lead, at least 0; 1 by default
power   p, 1 (by default) or 2
Every rival that is too close counts (with Crammer and Singer only the best: `multiclass_hinge`). Weston and Watkins divide by nothing,
and textbooks by the K - 1 rivals; libraries divide by K. Where a margin is met exactly the loss has a corner for p = 1; this code
returns 0 there. With p = 2 only the second derivative jumps.
"""

import numpy as np

from lossref.float64.kernels import exact_sum
from lossref.laws import convex, mirror, nonnegative
from lossref.options import CLASS
from lossref.spaces import Label, NonNegative, OneOrTwo, Vector
from lossref.spec import Hard, Known, Loss, Parameter


def value(scores, target, margin=1.0, power=1.0):
    # Divided before it is added up or squared where that overflows; each term has one sign.
    _, short, p, factor = _parts(scores, target, margin, power)
    classes = short.shape[-1]
    return np.where(p == 1, exact_sum(short) / classes, exact_sum(short * (short / classes)) * factor) * factor


def gradient(scores, target, margin=1.0, power=1.0):
    truth, short, p, factor = _parts(scores, target, margin, power)
    slopes = np.where(p[..., None] == 1, short > 0, 2.0 * short)
    return np.where(truth, -exact_sum(slopes)[..., None], slopes) / short.shape[-1] * np.where(p == 1, 1.0, factor)[..., None]


def hessian(scores, target, margin=1.0, power=1.0):
    truth, short, p, _ = _parts(scores, target, margin, power)
    bends = np.where((short > 0) & (p[..., None] == 2), 2.0, 0.0)
    return np.where(truth, exact_sum(bends)[..., None], bends) / short.shape[-1]


def _parts(scores, target, margin, power):
    """Where the true class is, by how much each other comes too close, the power, and the factor that these shortfalls lack."""
    s = np.asarray(scores, float)
    truth = np.arange(s.shape[-1]) == np.asarray(target)[..., None]
    s, m, truth, p = np.broadcast_arrays(s, np.asarray(margin, float)[..., None], truth, np.asarray(power, float)[..., None])
    factor = np.where(np.maximum(np.abs(s), m).max(axis=-1) > 2.0**980, 2.0**40, 1.0)  # so that no sum of finite ones overflows
    own = np.where(truth, s, 0.0).sum(axis=-1, keepdims=True) + np.zeros_like(s)
    short = exact_sum(np.stack([s, -own, m], axis=-1) / factor[..., None, None])
    return truth, np.where(truth, 0.0, np.maximum(0.0, short)), p[..., 0], factor


def definition(m, scores, target, margin, power):
    short = [m.max(0, margin - scores[target] + scores[j]) for j in range(len(scores)) if j != target]
    return m.sum(x if power == 1 else x**2 for x in short) / len(scores)


LOSS = Loss(
    name="multi_margin",
    arguments={"scores": Vector(), "target": Label("scores")},
    parameters={"margin": Parameter(space=NonNegative(), default=1.0, grid=(1.0, 0.1, 3.0)),
                "power": Parameter(space=OneOrTwo(), default=1.0, grid=(1.0, 2.0))},
    target=CLASS,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex,
          mirror("L(s + 1, y) = L(s, y)", lambda scores, target, **_: {"scores": tuple(x + 1 for x in scores)}, 1)),
    hard=(
        Hard("margin", "kink", "the true class leads by 1 and one or two ulps beside it: any slope of the interval is right",
             lambda d: {"scores": (d.nudged(3.0), 2.0, d.uniform(-2, 4)), "target": 0, "margin": 1.0, "power": d.cycle(1.0, 1.0, 2.0)}, 15),
        Hard("around_margin", "tail", "a lead off 1 by 2^-1 to 2^-16, both ways: a margin elsewhere shows",
             lambda d: {"scores": (d.number(1 + d.cycle(1, -1) * 2.0 ** -(1 + d.index)), 0.0, -1.0), "target": 0, "margin": 1.0,
                        "power": d.cycle(1.0, 1.0, 2.0, 2.0)}, 16),
        Hard("near_margin", "cancellation", "a lead just below the margin: what is lacking is a small difference, and so is its square",
             lambda d: {"scores": (d.format.step(1.5, -d.integer(3, 4000)), 0.5, d.uniform(-9, -1)), "target": 0, "margin": 1.0}, 8),
        Hard("all_negative", "ordinary", "rivals below 0: a mask that sets the true class's score to 0 makes a rival of it",
             lambda d: {"scores": d.vector(lambda: -d.uniform(1, 20)), "target": d.label()}, 8),
        Hard("wrong_side", "tail", "the true class trails far: a line stays a line, and a square a square",
             lambda d: {"scores": (d.uniform(-1, 1), d.scaled(10, 60), d.uniform(-1, 1)), "target": 0}, 8),
    ),
    known=(
        Known({"scores": (2.0, 0.5), "target": 0}, "0", "a lead of 1.5", ("0", "0")),
        Known({"scores": (0.5, 2.0, 1.0, 0.0), "target": 0}, "1.125", "(2.5 + 1.5 + 0.5) / 4", ("-0.75", "0.25", "0.25", "0.25")),
        Known({"scores": (0.5, 2.0, 1.0, 0.0), "target": 0, "power": 2.0}, "2.1875", "(6.25 + 2.25 + 0.25) / 4",
              ("-2.25", "1.25", "0.75", "0.25")),
        Known({"scores": (7.0,), "target": 0}, "0", "no rival", ("0",)),
        Known({"scores": (0.0, -np.inf), "target": 0}, "0", "an impossible rival", ("0", "0")),
        Known({"scores": (0.0, np.inf), "target": 0}, "inf", "a rival for ever ahead", ("-0.5", "0.5")),
    ),
    source="J. Weston and C. Watkins, Multi-class Support Vector Machines, 1998",
)

"""Categorical hinge loss: the true class's score is to lead every other, and 0, by 1.

    L(s, y) = max(0, 1 + max(0, max_{j != y} s_j) - s_y)

scores  s, one for each class along the last axis, any real
target  y, the index of the true class, counted from 0
Keras masks the true class by multiplying its score with 0, and so has a rival with a score of 0: with all scores below 0 it is not
`multiclass_hinge`, and adding a constant to every score changes it. With one class it is a hinge. Where the best rival is 0, two
rivals tie or the margin is met exactly, the loss has a corner: this code takes the 0, the first rival, and no slope.
"""

import numpy as np

from lossref.float64.kernels import exact_sum
from lossref.laws import convex, nonnegative
from lossref.options import CLASS
from lossref.spaces import Label, Vector
from lossref.spec import Hard, Known, Loss


def value(scores, target):
    return np.maximum(0.0, _parts(scores, target)[2])


def gradient(scores, target):
    truth, rival, short = _parts(scores, target)
    return np.where((short > 0)[..., None], np.where(rival, 1.0, np.where(truth, -1.0, 0.0)), 0.0)


def _parts(scores, target):
    """Where the true class is, where the best rival, if it is above 0, and 1 + its score or 0 - the true one's, rounded once."""
    s = np.asarray(scores, float)
    s, truth = np.broadcast_arrays(s, np.arange(s.shape[-1]) == np.asarray(target)[..., None])
    others = np.where(truth, 0.0, s)
    best = others.max(axis=-1, keepdims=True)
    rival = (np.arange(s.shape[-1]) == others.argmax(axis=-1)[..., None]) & (best > 0)
    own = np.where(truth, s, 0.0).sum(axis=-1)
    return truth, rival, exact_sum(np.stack([best[..., 0], -own, np.ones_like(own)], axis=-1))


def definition(m, scores, target):
    # From the last class: of several scores of -inf, padding say, two that come first would tie before a finite one is met.
    return m.max(0, 1 + m.max(0, *(scores[j] for j in reversed(range(len(scores))) if j != target)) - scores[target])


LOSS = Loss(
    name="categorical_hinge",
    arguments={"scores": Vector(), "target": Label("scores")},
    target=CLASS,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, convex),
    hard=(
        Hard("margin", "kink", "the true class leads by 1 and one or two ulps beside it: any slope of the interval is right",
             lambda d: {"scores": (d.nudged(3.0), 2.0, d.uniform(-2, 1)), "target": 0}, 5),
        Hard("margin_to_zero", "kink", "rivals below 0 and a true score of 1, and one or two ulps beside it: any slope between is right",
             lambda d: {"scores": (d.nudged(1.0), -2.0, d.uniform(-2, -1)), "target": 0}, 5),
        Hard("rival_of_zero", "kink", "the best rival is 0, or the least numbers beside it: any share of it is right",
             lambda d: {"scores": (d.nudged(0.0), d.uniform(-3, 0.5), d.uniform(-3, -1)), "target": 1}, 5),
        Hard("rivals_tie", "kink", "two rivals alike, and one or two ulps apart: any share between them is right",
             lambda d: {"scores": (d.nudged(1.5), d.uniform(-1, 1), 1.5), "target": 1}, 5),
        Hard("around_margin", "tail", "a lead off 1 by 2^-1 to 2^-16, both ways: a margin elsewhere shows",
             lambda d: {"scores": (d.number(1.5 + d.cycle(1, -1) * 2.0 ** -(1 + d.index)), 0.5, -1.0), "target": 0}, 16),
        Hard("near_margin", "cancellation", "a lead just below 1: what is lacking is a small difference, exactly",
             lambda d: {"scores": (d.format.step(1.5, -d.integer(3, 4000)), 0.5, d.uniform(-9, -1)), "target": 0}, 8),
        Hard("all_negative", "ordinary", "rivals below 0: 0 stands for the best of them",
             lambda d: {"scores": d.vector(lambda: -d.uniform(1, 20)), "target": d.label()}, 8),
        Hard("wrong_side", "tail", "the true class trails far: a line stays a line",
             lambda d: {"scores": (d.uniform(-1, 1), d.scaled(10, 60), d.uniform(-1, 1)), "target": 0}, 8),
    ),
    known=(
        Known({"scores": (2.0, 0.5), "target": 0}, "0", "a lead of 1.5", ("0", "0")),
        Known({"scores": (0.5, 2.0, 1.0), "target": 0}, "2.5", "1 + 2 - 0.5", ("-1", "1", "0")),
        Known({"scores": (-3.0, -1.0), "target": 1}, "2", "a lead of 2, but below 0: 1 + 0 + 1", ("0", "-1")),
        Known({"scores": (0.25,), "target": 0}, "0.75", "no rival but 0", ("-1",)),
        Known({"scores": (2.0, -np.inf), "target": 0}, "0", "an impossible rival", ("0", "0")),
        Known({"scores": (0.0, np.inf), "target": 0}, "inf", "a rival for ever ahead", ("-1", "1")),
    ),
    source="Keras, keras.losses.CategoricalHinge, after K. Crammer and Y. Singer, 2001",
)

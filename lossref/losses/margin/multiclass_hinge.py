"""Multiclass hinge loss of Crammer and Singer: the true class's score is to lead every other by 1.

    L(s, y) = max_j (s_j + 1 - [j = y]) - s_y

scores  s, one for each class along the last axis, any real
target  y, the index of the true class, counted from 0
That is 1 + the best rival's score - s_y, or 0 where the true class leads by 1 (Weston and Watkins add all rivals). With one class there
is no rival, and the loss is 0. Where two rivals tie, or the margin is met exactly, the loss has a corner: this code takes the first
rival, and 0.
"""

import numpy as np

from lossref.float64.kernels import two_difference
from lossref.laws import convex, nonnegative, shift_invariant
from lossref.options import CLASS
from lossref.spaces import Label, Vector
from lossref.spec import Hard, Known, Loss


def value(scores, target):
    return np.maximum(0.0, _parts(scores, target)[2])


def gradient(scores, target):
    truth, rival, short = _parts(scores, target)
    return np.where((short > 0)[..., None], np.where(rival, 1.0, np.where(truth, -1.0, 0.0)), 0.0)


def _parts(scores, target):
    """Where the true class is, where the best rival, and 1 + its score - the true one's, rounded once."""
    s = np.asarray(scores, float)
    truth = np.arange(s.shape[-1]) == np.asarray(target)[..., None]
    s, truth = np.broadcast_arrays(s, truth)
    others = np.where(truth, -np.inf, s)
    rival = (np.arange(s.shape[-1]) == others.argmax(axis=-1)[..., None]) & ~truth
    gap, lost = two_difference(others.max(axis=-1), np.where(truth, s, 0.0).sum(axis=-1))
    return truth, rival, _one_more(gap, lost)


def _one_more(gap, lost):
    """gap + lost + 1: what each step rounds away is put back at the end."""
    whole = gap + 1.0
    part = whole - gap
    missed = (gap - (whole - part)) + (1.0 - part)
    return whole + np.where(np.isfinite(whole), missed + lost, 0.0)


def definition(m, scores, target):
    # From the last class: of several scores of -inf, padding say, two that come first would tie before a finite one is met.
    return m.max(*(s + 1 - (j == target) for j, s in reversed([*enumerate(scores)]))) - scores[target]


LOSS = Loss(
    name="multiclass_hinge",
    arguments={"scores": Vector(), "target": Label("scores")},
    target=CLASS,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, convex, shift_invariant),
    hard=(
        Hard("margin", "kink", "the true class leads by 1 and one or two ulps beside it: any slope of the interval is right",
             lambda d: {"scores": (d.nudged(3.0), 2.0, d.uniform(-2, 1)), "target": 0}, 5),
        Hard("rivals_tie", "kink", "two rivals alike, and one or two ulps apart: any share between them is right",
             lambda d: {"scores": (d.nudged(1.5), d.uniform(-1, 1), 1.5), "target": 1}, 5),
        Hard("around_margin", "tail", "a lead off 1 by 2^-1 to 2^-16, both ways: a margin elsewhere shows",
             lambda d: {"scores": (d.number(1 + d.cycle(1, -1) * 2.0 ** -(1 + d.index)), 0.0, -1.0), "target": 0}, 16),
        Hard("all_negative", "ordinary", "rivals below 0: a mask that sets the true class's score to 0 makes a rival of it",
             lambda d: {"scores": d.vector(lambda: -d.uniform(1, 20)), "target": d.label()}, 8),
        Hard("wrong_side", "tail", "the true class trails far: a line stays a line",
             lambda d: {"scores": (d.uniform(-1, 1), d.scaled(10, 60), d.uniform(-1, 1)), "target": 0}, 8),
    ),
    known=(
        Known({"scores": (2.0, 0.5), "target": 0}, "0", "a lead of 1.5", ("0", "0")),
        Known({"scores": (0.5, 2.0, 1.0), "target": 0}, "2.5", "1 + 2 - 0.5", ("-1", "1", "0")),
        Known({"scores": (-3.0, -1.0), "target": 1}, "0", "a lead of 2 below 0", ("0", "0")),
        Known({"scores": (7.0,), "target": 0}, "0", "no rival", ("0",)),
        Known({"scores": (0.0, -np.inf), "target": 0}, "0", "an impossible rival", ("0", "0")),
        Known({"scores": (0.0, np.inf), "target": 0}, "inf", "a rival for ever ahead", ("-1", "1")),
    ),
    source="K. Crammer and Y. Singer, On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines, 2001",
)

"""Multiclass perceptron loss: what the true class's score lacks to the best one.

    L(s, y) = max_j s_j - s_y

scores  s, one for each class along the last axis, any real
target  y, the index of the true class, counted from 0
It is `multiclass_hinge` without a margin: 0 wherever the true class leads. Where it ties with the best rival, as with all scores 0 that
every model starts from, or where two rivals tie, the loss has a corner. This code returns 0, and takes the first rival.
"""

import numpy as np

from lossref.laws import convex, homogeneous, nonnegative, shift_invariant
from lossref.options import CLASS
from lossref.spaces import Label, Vector
from lossref.spec import Hard, Known, Loss


def value(scores, target):
    s, truth = _truth(scores, target)
    own, best = np.where(truth, s, 0.0).sum(axis=-1), s.max(axis=-1)
    return np.where(own == best, 0.0, best - own)


def gradient(scores, target):
    s, truth = _truth(scores, target)
    best = np.arange(s.shape[-1]) == s.argmax(axis=-1)[..., None]
    leads = (s == s.max(axis=-1, keepdims=True)) & truth
    return np.where(leads.any(axis=-1, keepdims=True), 0.0, np.where(best, 1.0, np.where(truth, -1.0, 0.0)))


def _truth(scores, target):
    s = np.asarray(scores, float)
    return np.broadcast_arrays(s, np.arange(s.shape[-1]) == np.asarray(target)[..., None])


def definition(m, scores, target):
    # From the last class: of several scores of -inf, padding say, two that come first would tie before a finite one is met.
    return m.max(0, *(scores[j] - scores[target] for j in reversed(range(len(scores))) if j != target))


LOSS = Loss(
    name="multiclass_perceptron",
    arguments={"scores": Vector(), "target": Label("scores")},
    target=CLASS,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, convex, shift_invariant, homogeneous(1, "scores")),
    hard=(
        Hard("undecided", "kink", "all scores 0, where every model that starts from zero is: any slope of the interval is right",
             lambda d: {"scores": (0.0,) * min(d.size, 3), "target": 0}, 4),
        Hard("truth_ties", "kink", "the true class ties with the best rival, or is one or two ulps off: any slope of the interval is right",
             lambda d: {"scores": (d.nudged(2.0), 2.0, d.uniform(-2, 1)), "target": 0}, 5),
        Hard("rivals_tie", "kink", "two rivals alike, and one or two ulps apart: any share between them is right",
             lambda d: {"scores": (d.nudged(1.5), d.uniform(-1, 1), 1.5), "target": 1}, 5),
        Hard("barely_wrong", "cancellation", "the true class a few ulps behind: the loss is that difference, exactly",
             lambda d: {"scores": (s := d.uniform(1, 1000), d.format.step(s, d.integer(3, 1000)), -d.uniform(1, 9)), "target": 0}, 8),
        Hard("within_margin", "ordinary", "the true class leads by less than 1: a hinge costs, a perceptron does not",
             lambda d: {"scores": (d.uniform(1.5, 2.4), 1.5, d.uniform(-2, 1)), "target": 0}, 8),
        Hard("all_negative", "ordinary", "scores below 0: a mask that sets some score to 0 makes it the best",
             lambda d: {"scores": d.vector(lambda: -d.uniform(1, 20)), "target": d.label()}, 8),
        Hard("wrong_side", "tail", "the true class trails far: a line stays a line",
             lambda d: {"scores": (d.uniform(-1, 1), d.scaled(10, 60), d.uniform(-1, 1)), "target": 0}, 8),
    ),
    known=(
        Known({"scores": (2.0, 0.5), "target": 0}, "0", "the true class leads", ("0", "0")),
        Known({"scores": (0.5, 2.0, 1.0), "target": 0}, "1.5", "2 - 0.5", ("-1", "1", "0")),
        Known({"scores": (7.0,), "target": 0}, "0", "no rival", ("0",)),
        Known({"scores": (0.0, -np.inf), "target": 0}, "0", "an impossible rival", ("0", "0")),
        Known({"scores": (0.0, np.inf), "target": 0}, "inf", "a rival for ever ahead", ("-1", "1")),
    ),
    source="M. Collins, Discriminative Training Methods for Hidden Markov Models, 2002",
)

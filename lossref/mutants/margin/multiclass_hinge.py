"""Implementations of multiclass_hinge, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, onehot, softmax_ce, softmax_ce_gradient, take
from lossref.mutants.record import of


def rivals(s, y):
    return np.where(onehot(s, y), -np.inf, s)


def shortfall(s, y, margin=1):
    return margin + rivals(s, y).max(axis=1) - take(s, y)


def slope(s, y, is_short):
    return is_short[:, None] * (np.eye(s.shape[1])[rivals(s, y).argmax(axis=1)] - onehot(s, y))


row = of("multiclass_hinge")
MUTANTS = (
    row("right", "leads", "the least lead over a rival, compared with 1",
        lambda s, y: np.maximum(0, 1 - np.where(onehot(s, y), np.inf, take(s, y)[:, None] - s).min(axis=1)),
        lambda s, y: slope(s, y, np.where(onehot(s, y), np.inf, take(s, y)[:, None] - s).min(axis=1) < 1), True),
    row("textbook", "weston_watkins", "the sum over all rivals",
        lambda s, y: np.maximum(0, 1 + rivals(s, y) - take(s, y)[:, None]).sum(axis=1),
        lambda s, y: (short := 1 + rivals(s, y) - take(s, y)[:, None] > 0) - onehot(s, y) * short.sum(axis=1, keepdims=True), True),
    row("textbook", "zero_is_a_rival", "the true class is masked by a 0, not by minus infinity",
        lambda s, y: np.maximum(0, 1 + np.where(onehot(s, y), 0, s).max(axis=1) - take(s, y))),
    row("textbook", "perceptron", "a margin of 0",
        lambda s, y: np.maximum(0, shortfall(s, y, 0)), lambda s, y: slope(s, y, shortfall(s, y, 0) > 0), True),
    row("textbook", "squared", "squared", lambda s, y: np.maximum(0, shortfall(s, y)) ** 2),
    row("textbook", "cross_entropy", "softmax cross-entropy, which is smooth", softmax_ce, softmax_ce_gradient, True),
    row("broken", "margin_everywhere", "the margin is added to the true class too: never below 1",
        lambda s, y: 1 + s.max(axis=1) - take(s, y)),
    row("broken", "rivals_sink", "the gradient forgets the true class",
        gradient=lambda s, y: slope(s, y, shortfall(s, y) > 0) * ~onehot(s, y)),
    row("broken", "never_flat", "the gradient goes on beyond the margin", gradient=lambda s, y: slope(s, y, np.ones(len(y), bool))),
    row("broken", "flushed", "losses below 1e-4 become 0", flushed(lambda s, y: np.maximum(0, shortfall(s, y)), 1e-4)),
)

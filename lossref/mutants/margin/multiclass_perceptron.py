"""Implementations of multiclass_perceptron, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, onehot, softmax_ce, softmax_ce_gradient, take
from lossref.mutants.record import of


def rivals(s, y):
    return np.where(onehot(s, y), -np.inf, s)


def short(s, y, margin=0):
    return margin + rivals(s, y).max(axis=1) - take(s, y)


def loss(s, y):
    return s.max(axis=1) - take(s, y)


def slope(s, y, is_short):
    return (is_short[:, None] * (np.eye(s.shape[1])[rivals(s, y).argmax(axis=1)] - onehot(s, y))).astype(s.dtype)


row = of("multiclass_perceptron")
MUTANTS = (
    row("right", "rivals", "the best rival less the true class, or 0",
        lambda s, y: np.maximum(0, short(s, y)), lambda s, y: slope(s, y, short(s, y) > 0), True),
    row("textbook", "hinge", "a margin of 1: the hinge of Crammer and Singer",
        lambda s, y: np.maximum(0, short(s, y, 1)), lambda s, y: slope(s, y, short(s, y, 1) > 0), True),
    row("textbook", "zero_one", "1 for each mistake", lambda s, y: (short(s, y) > 0).astype(s.dtype)),
    row("textbook", "largest", "the largest score alone", lambda s, y: s.max(axis=1)),
    row("textbook", "zero_is_a_rival", "the true class is masked by a 0, not by minus infinity",
        lambda s, y: np.maximum(0, np.where(onehot(s, y), 0, s).max(axis=1) - take(s, y))),
    row("textbook", "signed", "below 0 where the true class leads", short, lambda s, y: slope(s, y, np.ones(len(y), bool)), True),
    row("textbook", "all_rivals", "the sum over all rivals ahead",
        lambda s, y: np.maximum(0, s - take(s, y)[:, None]).sum(axis=1),
        lambda s, y: (ahead := s > take(s, y)[:, None]) - onehot(s, y) * ahead.sum(axis=1, keepdims=True), True),
    row("textbook", "cross_entropy", "softmax cross-entropy, which is smooth", softmax_ce, softmax_ce_gradient, True),
    row("textbook", "squared", "squared", lambda s, y: loss(s, y) ** 2),
    row("broken", "rivals_sink", "the gradient forgets the true class",
        gradient=lambda s, y: slope(s, y, short(s, y) > 0) * ~onehot(s, y)),
    row("broken", "never_flat", "a slope where the true class leads", gradient=lambda s, y: slope(s, y, np.ones(len(y), bool))),
    row("broken", "flushed", "losses below 1e-4 become 0", flushed(loss, 1e-4)),
)

"""Implementations of categorical_hinge, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, onehot, softmax_ce, softmax_ce_gradient, take
from lossref.mutants.record import of


def best(s, y, masked=0):
    return np.where(onehot(s, y), masked, s).max(axis=1)


def short(s, y, margin=1, masked=0):
    return margin + best(s, y, masked) - take(s, y)


def slope(s, y, is_short, masked=0):
    rivals = np.where(onehot(s, y), masked, s)
    found = np.eye(s.shape[1])[rivals.argmax(axis=1)] * ~onehot(s, y)
    return (is_short[:, None] * (found - onehot(s, y))).astype(s.dtype)


def loss(s, y):
    return np.maximum(0, short(s, y))


row = of("categorical_hinge")
MUTANTS = (
    row("right", "masked_by_zero", "the true class's score times 0 among the rivals, as Keras has it",
        lambda s, y: np.maximum(0, (best(s, y) - take(s, y)) + 1), lambda s, y: slope(s, y, short(s, y) > 0), True),
    row("textbook", "crammer_singer", "the true class is masked by minus infinity: 0 is no rival",
        lambda s, y: np.maximum(0, short(s, y, 1, -np.inf)), lambda s, y: slope(s, y, short(s, y, 1, -np.inf) > 0, -np.inf), True),
    row("textbook", "perceptron", "a margin of 0",
        lambda s, y: np.maximum(0, short(s, y, 0)), lambda s, y: slope(s, y, short(s, y, 0) > 0), True),
    row("textbook", "one_against_zero", "the hinge of the true class alone", lambda s, y: np.maximum(0, 1 - take(s, y)),
        lambda s, y: slope(s, y, take(s, y) < 1) * onehot(s, y), True),
    row("textbook", "all_rivals", "the sum over all rivals",
        lambda s, y: np.where(onehot(s, y), 0, np.maximum(0, 1 + s - take(s, y)[:, None])).sum(axis=1)),
    row("textbook", "squared", "squared", lambda s, y: loss(s, y) ** 2),
    row("textbook", "cross_entropy", "softmax cross-entropy, which is smooth", softmax_ce, softmax_ce_gradient, True),
    row("broken", "not_clipped", "below 0 where the true class leads by more than 1", short),
    row("broken", "rivals_sink", "the gradient forgets the true class",
        gradient=lambda s, y: slope(s, y, short(s, y) > 0) * ~onehot(s, y)),
    row("broken", "never_flat", "the gradient goes on beyond the margin", gradient=lambda s, y: slope(s, y, np.ones(len(y), bool))),
    row("broken", "flushed", "losses below 1e-4 become 0", flushed(loss, 1e-4)),
)

"""Implementations of sparse_categorical_cross_entropy, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, log_softmax, onehot, sloppy, take
from lossref.mutants.record import of


def loss(p, y):
    return -np.log(take(p, y)) + 0


def slope(p, y):
    return np.where(onehot(p, y), -1 / p, 0)


row = of("sparse_categorical_cross_entropy")
MUTANTS = (
    row("right", "reciprocal", "the logarithm of 1 / p where that is finite, next to 1 that of p",
        lambda p, y: np.where(take(p, y) > 0.5, loss(p, y), np.log(np.maximum(1, 1 / take(p, y)))), slope, True),
    row("textbook", "clipped_7", "probabilities are clipped at 1e-7, as in Keras",
        lambda p, y: -np.log(np.clip(take(p, y), 1e-7, 1 - 1e-7)), slope, True),
    row("textbook", "plus_eps", "log(p + 1e-12)", lambda p, y: -np.log(take(p, y) + 1e-12), slope, True),
    row("textbook", "softmax_twice", "the probabilities are taken for logits", lambda p, y: -take(log_softmax(p), y)),
    row("textbook", "all_terms", "the other classes cost -log(1 - p) besides", lambda p, y: loss(p, y) - np.where(
        onehot(p, y), 0, np.log1p(-np.where(onehot(p, y), 0, p))).sum(axis=1)),
    row("textbook", "over_classes", "divided by the number of classes",
        lambda p, y: loss(p, y) / p.shape[1], lambda p, y: slope(p, y) / p.shape[1], True),
    row("textbook", "base_2", "the logarithm to base 2", lambda p, y: -np.log2(take(p, y))),
    row("textbook", "through_softmax", "p - t, the slope in the logits", gradient=lambda p, y: p - onehot(p, y)),
    row("textbook", "capped", "at most 100", lambda p, y: np.minimum(loss(p, y), 100)),
    row("broken", "off_by_one", "classes are counted from 1",
        lambda p, y: loss(p, (y - 1) % p.shape[1]), lambda p, y: slope(p, (y - 1) % p.shape[1]), True),
    row("broken", "log1p_of_rest", "1 - p is summed from the others, which loses a sure target's rounding",
        lambda p, y: -np.log1p(-np.where(onehot(p, y), 0, p).sum(axis=1))),
    row("broken", "flushed", "losses below 1e-6 become 0", flushed(loss, 1e-6)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(slope, 0.6), passes_gradcheck=True),
)

"""Implementations of one_vs_all_logistic, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, onehot, sigmoid, sloppy, softmax_ce, softmax_ce_gradient, softplus, take, within
from lossref.mutants.record import of


def loss(z, y):
    """Of the true class softplus(-z), of all others softplus(z)."""
    return np.where(onehot(z, y), softplus(-z), softplus(z)).sum(axis=1)


def slope(z, y):
    return np.where(onehot(z, y), -sigmoid(-z), sigmoid(z))


def clipped_log(z):
    return np.log(np.maximum(sigmoid(z), 1e-7))


row = of("one_vs_all_logistic")
MUTANTS = (
    row("right", "two_sides", "a tail of either side, all of one sign", loss, slope, True),
    row("framework", "difference", "the sum less the true class's logit, and s(z) - 1: tails are lost",
        lambda z, y: softplus(z).sum(axis=1) - take(z, y), lambda z, y: sigmoid(z) - onehot(z, y), True),
    row("textbook", "as_printed", "log(1 + exp z) as printed: it overflows",
        lambda z, y: np.log(1 + np.exp(z)).sum(axis=1) - take(z, y)),
    row("textbook", "softmax", "a softmax cross-entropy", softmax_ce, softmax_ce_gradient, True),
    row("textbook", "mean", "divided by the number of classes, as CatBoost's metric is",
        lambda z, y: loss(z, y) / z.shape[1], lambda z, y: slope(z, y) / z.shape[1], True),
    row("textbook", "true_class_only", "the other classes cost nothing",
        lambda z, y: softplus(-take(z, y)), lambda z, y: np.where(onehot(z, y), -sigmoid(-z), 0), True),
    row("textbook", "clipped", "probabilities are clipped at 1e-7",
        lambda z, y: -np.where(onehot(z, y), clipped_log(z), clipped_log(-z)).sum(axis=1), slope, True),
    row("textbook", "turned", "the true class is the one that is not to be", lambda z, y: loss(-z, y), lambda z, y: -slope(-z, y), True),
    row("broken", "last_class", "the last class is left out, as if it followed from the others",
        lambda z, y: np.where(onehot(z, y), softplus(-z), softplus(z))[:, :-1].sum(axis=1)),
    row("broken", "within_30", "logits are clipped at 30 first", within(loss, 30), within(slope, 30), True),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(loss, 1e-12)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(slope, 0.6), passes_gradcheck=True),
)

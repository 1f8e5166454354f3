"""Implementations of multi_margin, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, onehot, softmax_ce, softmax_ce_gradient, take
from lossref.mutants.record import of


def short(s, y, m):
    """By how much each rival comes too close, by its lead less what the true class has to spare."""
    return np.where(onehot(s, y), 0, np.maximum(0, m - (take(s, y)[:, None] - s)))


def raised(x, p):
    return x if p == 1 else x * x


def loss(s, y, m, p):
    return raised(short(s, y, m), p).sum(axis=1) / s.shape[1]


def balanced(s, y, slopes):
    """With the true class's slope, minus the sum of the others."""
    return np.where(onehot(s, y), -slopes.sum(axis=1, keepdims=True), slopes) / s.shape[1]


def slope(s, y, m, p):
    return balanced(s, y, np.where(short(s, y, m) > 0, 1 if p == 1 else 2 * short(s, y, m), 0).astype(s.dtype))


def with_truth(s, y, m, p):
    return raised(np.maximum(0, m - (take(s, y)[:, None] - s)), p)


row = of("multi_margin")
MUTANTS = (
    row("right", "leads", "what each lead over a rival lacks to the margin", loss, slope, True),
    row("textbook", "over_rivals", "divided by the K - 1 rivals, not by the K classes",
        lambda s, y, m, p: raised(short(s, y, m), p).sum(axis=1) / max(s.shape[1] - 1, 1),
        lambda s, y, m, p: slope(s, y, m, p) * s.shape[1] / max(s.shape[1] - 1, 1), True),
    row("textbook", "sum", "not divided, as Weston and Watkins print it",
        lambda s, y, m, p: loss(s, y, m, p) * s.shape[1], lambda s, y, m, p: slope(s, y, m, p) * s.shape[1], True),
    row("textbook", "truth_counts", "the true class is its own rival: it always lacks the margin",
        lambda s, y, m, p: with_truth(s, y, m, p).sum(axis=1) / s.shape[1], slope, True),
    row("textbook", "crammer_singer", "only the best rival",
        lambda s, y, m, p: raised(short(s, y, m), p).max(axis=1) / s.shape[1]),
    row("textbook", "power_ignored", "never squared", lambda s, y, m, p: loss(s, y, m, 1), lambda s, y, m, p: slope(s, y, m, 1), True),
    row("textbook", "margin_of_1", "a margin of 1, whatever is asked",
        lambda s, y, m, p: loss(s, y, 1, p), lambda s, y, m, p: slope(s, y, 1, p), True),
    row("textbook", "cross_entropy", "softmax cross-entropy, which is smooth",
        lambda s, y, m, p: softmax_ce(s, y), lambda s, y, m, p: softmax_ce_gradient(s, y), True),
    row("broken", "squared_mean", "the mean is squared, not its terms", lambda s, y, m, p: raised(loss(s, y, m, 1), p)),
    row("broken", "margin_last", "the margin is added to what is lacking already, not to what leads by less",
        lambda s, y, m, p: raised(short(s, y, 0) + m * (s > take(s, y)[:, None]), p).sum(axis=1) / s.shape[1]),
    row("broken", "half_slope", "the slope of a square without its 2",
        gradient=lambda s, y, m, p: slope(s, y, m, p) / (1 if p == 1 else 2), passes_gradcheck=True),
    row("broken", "truth_still", "the gradient forgets the true class", gradient=lambda s, y, m, p: slope(s, y, m, p) * ~onehot(s, y)),
    row("broken", "flushed", "losses below 1e-4 become 0", flushed(loss, 1e-4)),
)

"""Implementations of adaptive softmax, right and wrong."""

import numpy as np

from lossref.mutants.formulas import (
    flushed,
    log_softmax,
    sloppy,
    softmax,
    softmax_ce,
    softmax_ce_gradient,
    sorted_softmax_ce,
    sorted_softmax_ce_gradient,
    take,
)
from lossref.mutants.record import of


def within(z, group, y):
    """The logits of the target's group; all others are impossible."""
    return np.where(group == take(group, y)[:, None], z, -np.inf).astype(z.dtype)


def by(cost):
    return lambda z, h, g, y: cost(h, take(g, y)) + cost(within(z, g, y), y)


def slopes_by(slope):
    return lambda z, h, g, y: (slope(within(z, g, y), y), slope(h, take(g, y)))


def as_printed(z, y):
    return np.log(np.exp(z).sum(axis=1)) - take(z, y)


def p_less_1(z, y):
    return softmax(z) - (np.arange(z.shape[1]) == y[:, None])


loss, slope = by(softmax_ce), slopes_by(softmax_ce_gradient)
row = of("adaptive_softmax")
MUTANTS = (
    row("right", "lag", "log1p of the others where the target leads, else its lag", loss, slope, True),
    row("right", "sorted", "the largest apart from the others' sum", by(sorted_softmax_ce), slopes_by(sorted_softmax_ce_gradient), True),
    row("framework", "log_softmax", "two log-softmax sums, as in PyTorch: a small loss next to the logits is lost",
        by(lambda z, y: -take(log_softmax(z), y)), slopes_by(p_less_1), True),
    row("textbook", "as_printed", "exp without a shift", by(as_printed)),
    row("textbook", "without_head", "the head is forgotten",
        lambda z, h, g, y: softmax_ce(within(z, g, y), y),
        lambda z, h, g, y: (softmax_ce_gradient(within(z, g, y), y), 0 * h), True),
    row("textbook", "head_alone", "the group's loss, without the class within it",
        lambda z, h, g, y: softmax_ce(h, take(g, y)), lambda z, h, g, y: (0 * z, softmax_ce_gradient(h, take(g, y))), True),
    row("textbook", "all_classes", "a softmax over all classes, and the head besides",
        lambda z, h, g, y: softmax_ce(h, take(g, y)) + softmax_ce(z, y),
        lambda z, h, g, y: (softmax_ce_gradient(z, y), softmax_ce_gradient(h, take(g, y))), True),
    row("broken", "last_cluster", "the cluster's softmax is asked of the last group only",
        lambda z, h, g, y: softmax_ce(h, take(g, y)) + np.where(take(g, y) == h.shape[1] - 1, softmax_ce(within(z, g, y), y), 0)),
    row("broken", "first_group", "the head is asked for the first group",
        lambda z, h, g, y: softmax_ce(h, 0 * y) + softmax_ce(within(z, g, y), y)),
    row("broken", "one_sided", "no slope in the head", gradient=lambda z, h, g, y: (slope(z, h, g, y)[0], 0 * h)),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(loss, 1e-12)),
    row("broken", "sloppy", "the gradient in the logits has 9 right digits of 16",
        gradient=lambda z, h, g, y: (sloppy(softmax_ce_gradient, 0.6)(within(z, g, y), y), slope(z, h, g, y)[1]), passes_gradcheck=True),
)

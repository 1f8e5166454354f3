"""Implementations of poly_cross_entropy, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, onehot, sloppy, softmax, softmax_ce, softmax_ce_gradient, take
from lossref.mutants.record import of


def miss(z, y):
    """1 - p of the target, as the share of the others."""
    return np.where(onehot(z, y), 0, softmax(z)).sum(axis=1)


def excess(u, c):
    """c - u, where c = -log(1 - u): its series where it is small."""
    series = sum(u**k / u.dtype.type(k) for k in range(2, 40))
    return np.where(u < 0.25, series, c - u)


def loss(z, y, epsilon):
    u, c = miss(z, y), softmax_ce(z, y)
    return c + epsilon * u if epsilon >= 0 else (c * (1 + epsilon) if epsilon > -1 else 0) - epsilon * excess(u, c)


def slope(z, y, epsilon):
    factor = 1 + epsilon * take(softmax(z), y) if epsilon >= 0 else (1 + epsilon) - epsilon * miss(z, y)
    return factor[:, None] * softmax_ce_gradient(z, y)


row = of("poly_cross_entropy")
MUTANTS = (
    row("right", "series", "c + epsilon (1 - p), or a series of what is left of them", loss, slope, True),
    row("textbook", "as_printed", "1 - p of a rounded p, which is 0 where p rounds to 1",
        lambda z, y, epsilon: softmax_ce(z, y) + epsilon * (1 - take(softmax(z), y)),
        lambda z, y, epsilon: (1 + epsilon * take(softmax(z), y))[:, None] * (softmax(z) - onehot(z, y)), True),
    row("textbook", "epsilon_ignored", "cross-entropy alone",
        lambda z, y, epsilon: softmax_ce(z, y), lambda z, y, epsilon: softmax_ce_gradient(z, y), True),
    row("textbook", "epsilon_of_1", "an epsilon of 1, whatever is asked",
        lambda z, y, epsilon: loss(z, y, 1), lambda z, y, epsilon: slope(z, y, 1), True),
    row("textbook", "epsilon_times_p", "epsilon p in place of epsilon (1 - p)",
        lambda z, y, epsilon: softmax_ce(z, y) + epsilon * take(softmax(z), y)),
    row("textbook", "constant_term", "epsilon is taken off: the same slopes",
        lambda z, y, epsilon: softmax_ce(z, y) - epsilon * take(softmax(z), y), slope, True),
    row("textbook", "second_power", "epsilon (1 - p)^2, the next term of the expansion",
        lambda z, y, epsilon: softmax_ce(z, y) + epsilon * miss(z, y) ** 2),
    row("textbook", "over_classes", "divided by the number of classes",
        lambda z, y, epsilon: loss(z, y, epsilon) / z.shape[1], lambda z, y, epsilon: slope(z, y, epsilon) / z.shape[1], True),
    row("broken", "slope_of_cross_entropy", "the gradient forgets epsilon", gradient=lambda z, y, epsilon: softmax_ce_gradient(z, y)),
    row("broken", "turned", "the gradient of the new term has the wrong sign",
        gradient=lambda z, y, epsilon: (1 - epsilon * take(softmax(z), y))[:, None] * softmax_ce_gradient(z, y)),
    row("broken", "flushed", "losses below 1e-12 become 0", lambda *x: flushed(loss, 1e-12)(*x)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=lambda *x: sloppy(slope, 0.6)(*x), passes_gradcheck=True),
)

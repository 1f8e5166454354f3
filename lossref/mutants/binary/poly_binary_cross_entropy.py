"""Implementations of poly_binary_cross_entropy, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sigmoid, sloppy, softplus, without_zeros
from lossref.mutants.record import of


def excess(x):
    """softplus(x) - s(x): its series in u = s(x) where that is small."""
    u = np.minimum(sigmoid(x), 0.25)
    series = sum(u**k / u.dtype.type(k) for k in range(2, 40))
    return np.where(x < -1.2, series, softplus(x) - sigmoid(x))


def side(x, epsilon):
    if epsilon >= 0:
        return softplus(x) + epsilon * sigmoid(x)
    return (softplus(x) * (1 + epsilon) if epsilon > -1 else 0) - epsilon * excess(x)


def bend(x, epsilon):
    return sigmoid(x) * (1 + epsilon * sigmoid(-x) if epsilon >= 0 else (1 + epsilon) - epsilon * sigmoid(x))


def loss(z, y, epsilon):
    return without_zeros(1 - y, (1 - y) * side(z, epsilon)) + without_zeros(y, y * side(-z, epsilon))


def slope(z, y, epsilon):
    return (1 - y) * bend(z, epsilon) - y * bend(-z, epsilon)


def cross(z, y):
    return loss(z, y, 0.0)


def lacking(z, y):
    return y * sigmoid(-z) + (1 - y) * sigmoid(z)


row = of("poly_binary_cross_entropy")
MUTANTS = (
    row("right", "series", "c + epsilon (1 - p) a side, or a series of what is left of them", loss, slope, True),
    row("textbook", "as_printed", "1 - p of a rounded p, and s(z) - y",
        lambda z, y, epsilon: softplus(z) - y * z + epsilon * (1 - (y * sigmoid(z) + (1 - y) * sigmoid(-z))),
        lambda z, y, epsilon: sigmoid(z) - y + epsilon * (1 - 2 * y) * sigmoid(z) * (1 - sigmoid(z)), True),
    row("textbook", "epsilon_ignored", "cross-entropy alone",
        lambda z, y, epsilon: cross(z, y), lambda z, y, epsilon: slope(z, y, 0.0), True),
    row("textbook", "epsilon_of_1", "an epsilon of 1, whatever is asked",
        lambda z, y, epsilon: loss(z, y, 1.0), lambda z, y, epsilon: slope(z, y, 1.0), True),
    row("textbook", "epsilon_times_p", "epsilon p in place of epsilon (1 - p)",
        lambda z, y, epsilon: cross(z, y) + epsilon * (1 - lacking(z, y))),
    row("textbook", "constant_term", "epsilon is taken off: the same slopes",
        lambda z, y, epsilon: loss(z, y, epsilon) - epsilon, slope, True),
    row("textbook", "second_power", "epsilon (1 - p)^2, the next term of the expansion",
        lambda z, y, epsilon: cross(z, y) + epsilon * lacking(z, y) ** 2),
    row("textbook", "positives_only", "the new term for label 1 alone", lambda z, y, epsilon: cross(z, y) + epsilon * y * sigmoid(-z)),
    row("textbook", "hard_labels", "soft labels are rounded",
        lambda z, y, epsilon: loss(z, np.round(y), epsilon), lambda z, y, epsilon: slope(z, np.round(y), epsilon), True),
    row("broken", "slope_of_cross_entropy", "the gradient forgets epsilon", gradient=lambda z, y, epsilon: slope(z, y, 0.0)),
    row("broken", "turned", "the gradient of the new term has the wrong sign", gradient=lambda z, y, epsilon: slope(z, y, -epsilon)),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(loss, 1e-12)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(slope, 0.6), passes_gradcheck=True),
)

"""Implementations of query_cross_entropy, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sigmoid, sloppy, softplus, within
from lossref.mutants.record import of


def cost(z, y):
    return (1 - y) * softplus(z) + y * softplus(-z)


def slope_of_cost(z, y):
    return (1 - y) * sigmoid(z) - y * sigmoid(-z)


def mixed(of, shifted=lambda s, b: s + b[:, None], at_once=False):
    def formula(s, y, b, a):
        a = np.asarray(a)[..., None]
        terms = (1 - a) * of(s, y) + a * of(shifted(s, b), y)
        return (terms.mean(axis=1) if at_once else terms / s.shape[1]).astype(s.dtype)

    return formula


def with_sides(s, y, b, a):
    """Both terms of each side first, then their difference."""
    a, z = np.asarray(a)[..., None], s + b[:, None]
    up, down = ((1 - a) * sigmoid(sign * s) + a * sigmoid(sign * z) for sign in (1, -1))
    return (((1 - y) * up - y * down) / s.shape[1]).astype(s.dtype)


loss, slope = mixed(cost, at_once=True), with_sides
row = of("query_cross_entropy")
MUTANTS = (
    row("right", "with_sides", "terms of one sign, then one difference", loss, slope, True),
    row("textbook", "as_printed", "-y log p - (1 - y) log(1 - p)",
        mixed(lambda z, y: -y * np.log(1 / (1 + np.exp(-z))) - (1 - y) * np.log(1 - 1 / (1 + np.exp(-z))), at_once=True)),
    row("textbook", "clipped", "a probability is clipped to 1e-7",
        mixed(lambda z, y: -(y * np.log(p := np.clip(sigmoid(z), 1e-7, 1 - 1e-7)) + (1 - y) * np.log(1 - p)), at_once=True)),
    row("textbook", "probability_less_target", "slopes of s(z) - y: tails of hard labels are lost",
        gradient=mixed(lambda z, y: sigmoid(z) - y), passes_gradcheck=True),
    row("textbook", "without_shift", "the offset is forgotten",
        mixed(cost, lambda s, b: s, True), mixed(slope_of_cost, lambda s, b: s), True),
    row("textbook", "shift_taken_off", "the offset is taken off", mixed(cost, lambda s, b: s - b[:, None], True),
        mixed(slope_of_cost, lambda s, b: s - b[:, None]), True),
    row("textbook", "turned_weights", "alpha weighs the first term", lambda s, y, b, a: loss(s, y, b, 1 - a),
        lambda s, y, b, a: slope(s, y, b, 1 - a), True),
    row("textbook", "sum", "the sum over the documents", lambda s, y, b, a: loss(s, y, b, a) * s.dtype.type(s.shape[1]),
        lambda s, y, b, a: slope(s, y, b, a) * s.dtype.type(s.shape[1]), True),
    row("broken", "label_rounded", "the target is rounded", lambda s, y, b, a: loss(s, np.round(y), b, a)),
    row("broken", "within_30", "scores are clipped at 30 first", within(loss, 30), within(slope, 30), True),
    row("broken", "flushed", "losses below 1e-6 become 0", flushed(loss, 1e-6)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(slope, 0.6), passes_gradcheck=True),
)

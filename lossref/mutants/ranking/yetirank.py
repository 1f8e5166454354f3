"""Implementations of yetirank, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sigmoid, sloppy, softplus, within
from lossref.mutants.lists import are_pairs, by_pairs, lead, slopes_by_pairs, weighed
from lossref.mutants.record import of


def weights(y, r, c, near=lambda away: away == 1, worth=lambda y: y, place=np.minimum):
    power = np.asarray(c, float)[..., None, None] ** place(r[:, :, None], r[:, None, :])
    return np.where(are_pairs(y) & near(np.abs(lead(r))), lead(worth(y)) * power, 0)


def loss_of(weigh):
    return by_pairs(lambda x: softplus(-x), weigh)


def slope_of(weigh):
    return slopes_by_pairs(lambda x: -sigmoid(-x), weigh)


def of_weights(**parts):
    def weigh(y, r, c):
        return weights(y, r, c, **parts)

    return loss_of(weigh), slope_of(weigh), True


def in_two(s, y, r, c):
    """Each slope as a half and what it lacks near 0, as a tail beyond; what is left of halves is 1 - c of a power."""
    x, w = -lead(s), weights(y, r, c)
    is_near = np.abs(x) < 1
    rest = np.where(is_near, 0.5 * np.tanh(0.5 * np.where(is_near, x, 0)), np.where(x > 0, -1, 1) * sigmoid(-np.abs(x)))
    wholes, rests = weighed(w, np.where(is_near, 0.5, x > 0)), weighed(w, rest)
    return ((wholes.sum(axis=1) - wholes.sum(axis=2)) + (rests.sum(axis=1) - rests.sum(axis=2))).astype(s.dtype)


def drawn(s):
    return np.argsort(np.argsort(-s, axis=1, kind="stable"), axis=1)


loss, slope = loss_of(weights), slope_of(weights)
row = of("yetirank")
MUTANTS = (
    row("right", "in_two", "each slope in two parts, so that halves are added to halves", loss, in_two, True),
    row("textbook", "as_printed", "log(1 + exp(-x)) as printed: it overflows, and rounds 1 + exp(-x) to 1",
        by_pairs(lambda x: np.log(1 + np.exp(-x)), weights)),
    row("textbook", "all_pairs", "all pairs, not neighbours alone", *of_weights(near=lambda away: away > 0)),
    row("textbook", "no_decay", "every pair of neighbours weighs its grades alone", lambda s, y, r, c: loss(s, y, r, 1 + 0 * c),
        lambda s, y, r, c: slope(s, y, r, 1 + 0 * c), True),
    row("textbook", "later_rank", "the power is that of the later of two", *of_weights(place=np.maximum)),
    row("textbook", "magic", "times 0.15, as in CatBoost", lambda s, y, r, c: loss(s, y, r, c) * s.dtype.type(0.15),
        lambda s, y, r, c: slope(s, y, r, c) * s.dtype.type(0.15), True),
    row("textbook", "own_order", "the order of the scores, whatever was drawn", lambda s, y, r, c: loss(s, y, drawn(s), c),
        lambda s, y, r, c: slope(s, y, drawn(s), c), True),
    row("textbook", "exponential_gain", "gains of 2^y", *of_weights(worth=np.exp2)),
    row("broken", "turned", "the lower grade is the better one", lambda s, y, r, c: loss(s, 4 - y, r, c),
        lambda s, y, r, c: slope(s, 4 - y, r, c), True),
    row("broken", "within_30", "scores are clipped at 30 first", within(loss, 30), within(slope, 30), True),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(loss, 1e-12)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(slope, 0.6), passes_gradcheck=True),
)

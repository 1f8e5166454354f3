"""Implementations of yetirank, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy, within
from lossref.mutants.lists import are_pairs, by_pairs, lead, logistic_of, ranked, slopes_in_two
from lossref.mutants.record import of


def weights(y, r, c, near=lambda away: away == 1, worth=lambda y: y, place=np.minimum):
    power = np.asarray(c, float)[..., None, None] ** place(r[:, :, None], r[:, None, :])
    return np.where(are_pairs(y) & near(np.abs(lead(r))), lead(worth(y)) * power, 0)


def of_weights(**parts):
    def weigh(y, r, c):
        return weights(y, r, c, **parts)

    return *logistic_of(weigh), True


loss, slope = logistic_of(weights)
row = of("yetirank")
MUTANTS = (
    row("right", "in_two", "each slope in two parts, so that halves are added to halves", loss, slopes_in_two(weights), True),
    row("textbook", "as_printed", "log(1 + exp(-x)) as printed: it overflows, and rounds 1 + exp(-x) to 1",
        by_pairs(lambda x: np.log(1 + np.exp(-x)), weights)),
    row("textbook", "all_pairs", "all pairs, not neighbours alone", *of_weights(near=lambda away: away > 0)),
    row("textbook", "no_decay", "every pair of neighbours weighs its grades alone", lambda s, y, r, c: loss(s, y, r, 1 + 0 * c),
        lambda s, y, r, c: slope(s, y, r, 1 + 0 * c), True),
    row("textbook", "later_rank", "the power is that of the later of two", *of_weights(place=np.maximum)),
    row("textbook", "magic", "times 0.15, as in CatBoost", lambda s, y, r, c: loss(s, y, r, c) * s.dtype.type(0.15),
        lambda s, y, r, c: slope(s, y, r, c) * s.dtype.type(0.15), True),
    row("textbook", "own_order", "the order of the scores, whatever was drawn", lambda s, y, r, c: loss(s, y, ranked(s), c),
        lambda s, y, r, c: slope(s, y, ranked(s), c), True),
    row("textbook", "exponential_gain", "gains of 2^y", *of_weights(worth=np.exp2)),
    row("broken", "turned", "the lower grade is the better one", lambda s, y, r, c: loss(s, 4 - y, r, c),
        lambda s, y, r, c: slope(s, 4 - y, r, c), True),
    row("broken", "within_30", "scores are clipped at 30 first", within(loss, 30), within(slope, 30), True),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(loss, 1e-12)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(slope, 0.6), passes_gradcheck=True),
)

"""Implementations of pairwise_logistic, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sigmoid, sloppy, softplus, within
from lossref.mutants.lists import are_pairs, by_pairs, hinge, hinge_slope, logistic_of, over_pairs, slopes_by_pairs, slopes_in_two
from lossref.mutants.record import of

loss, slope = logistic_of()


def ratio(x):
    return x[:, :, None] / (x[:, :, None] + x[:, None, :])


def neighbours(y):
    return y[:, :, None] == y[:, None, :] + 1


row = of("pairwise_logistic")
MUTANTS = (
    row("right", "in_two", "each slope in two parts, so that push and pull cancel exactly", loss, slopes_in_two(), True),
    row("framework", "printed", "a sum of sigmoids: where an item is pushed as much as it is pulled digits are lost", loss, slope, True),
    row("textbook", "over_pairs", "the mean over the pairs", over_pairs(loss), over_pairs(slope), True),
    row("textbook", "as_printed", "log(1 + exp(-x)) as printed: it overflows, and rounds 1 + exp(-x) to 1",
        by_pairs(lambda x: np.log(1 + np.exp(-x)))),
    row("textbook", "ratio", "exp s_i over the sum of both, as in CatBoost: inf / inf for large scores",
        lambda s, y: np.where(are_pairs(y), -np.log(ratio(np.exp(s))), 0).sum(axis=(1, 2))),
    row("textbook", "hinge", "what each lead lacks to 1",
        by_pairs(hinge), slopes_by_pairs(hinge_slope), True),
    row("broken", "neighbours", "only grades next to each other make a pair",
        by_pairs(lambda x: softplus(-x), neighbours), slopes_by_pairs(lambda x: -sigmoid(-x), neighbours), True),
    row("broken", "turned", "the lower grade is the better one", lambda s, y: loss(s, 4 - y), lambda s, y: slope(s, 4 - y), True),
    row("broken", "within_30", "scores are clipped at 30 first", within(loss, 30), within(slope, 30), True),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(loss, 1e-12)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(slope, 0.6), passes_gradcheck=True),
)

"""Implementations of lambdarank, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy, within
from lossref.mutants.lists import are_pairs, by_pairs, lead, logistic_of, ranked, slopes_in_two
from lossref.mutants.record import of


def gains(y):
    return np.exp2(y) - 1


def lead_of_discounts(r):
    """1 / log2(2 + r) less that of each other: the logarithm of a quotient, not a difference of quotients."""
    n = r + 2.0
    quotient = np.log1p((n[:, None, :] - n[:, :, None]) / n[:, :, None])
    return np.log(2) * quotient / (np.log(n)[:, :, None] * np.log(n)[:, None, :])


def best(y, gain=gains):
    gained = -np.sort(-gain(y), axis=1) / np.log2(2.0 + np.arange(y.shape[1]))
    return np.where((total := gained.sum(axis=1)) == 0, 1, total)[:, None, None]


def weights(y, r, gain=gains, way=lead_of_discounts, ideal=best):
    return np.where(are_pairs(y), lead(gain(y)) * np.abs(way(r)) / ideal(y), 0)


def of_weights(**parts):
    def weigh(y, r):
        return weights(y, r, **parts)

    return *logistic_of(weigh), True


loss, slope = logistic_of(weights)
row = of("lambdarank")
MUTANTS = (
    row("right", "in_two", "each slope in two parts, so that halves are added to halves", loss, slopes_in_two(weights), True),
    row("textbook", "as_printed", "log(1 + exp(-x)) as printed: it overflows, and rounds 1 + exp(-x) to 1",
        by_pairs(lambda x: np.log(1 + np.exp(-x)), weights)),
    row("textbook", "unweighted", "every pair weighs 1, as in RankNet", *logistic_of(lambda y, r: are_pairs(y)), True),
    row("textbook", "linear_gain", "the gain is the grade itself", *of_weights(gain=lambda y: y)),
    row("textbook", "natural_logarithm", "discounts by the natural logarithm, the best order's by that of base 2",
        *of_weights(way=lambda r: lead_of_discounts(r) / np.log(2))),
    row("textbook", "not_normalised", "DCG, not NDCG", *of_weights(ideal=lambda y: 1.0)),
    row("textbook", "ranks_from_1", "ranks are counted from 1 where discounts count them from 0",
        *of_weights(way=lambda r: lead_of_discounts(r + 1))),
    row("textbook", "own_ranks", "ranks by the scores, whatever was given", lambda s, y, r: loss(s, y, ranked(s)),
        lambda s, y, r: slope(s, y, ranked(s)), True),
    row("textbook", "reciprocal_rank", "discounts of 1 / rank, as in MRR", *of_weights(way=lambda r: lead(1 / (r + 1.0)))),
    row("textbook", "best_as_given", "the gain of the order given for that of the best one",
        *of_weights(ideal=lambda y: np.maximum((gains(y) / np.log2(2.0 + np.arange(y.shape[1]))).sum(axis=1), 1e-9)[:, None, None])),
    row("broken", "by_places", "discounts that fall by as much at each place", *of_weights(way=lambda r: lead(r / 2.0))),
    row("broken", "within_30", "scores are clipped at 30 first", within(loss, 30), within(slope, 30), True),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(loss, 1e-12)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(slope, 0.6), passes_gradcheck=True),
)

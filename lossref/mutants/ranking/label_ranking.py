"""Implementations of label_ranking, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flat, sigmoid
from lossref.mutants.lists import are_pairs, by_pairs, lead, over_labels, over_pairs
from lossref.mutants.record import of

loss = over_pairs(by_pairs(lambda x: x <= 0))


def by_ranks(s, y):
    """How many of the others reach each label that holds, over how many could."""
    reached = ((s[:, None, :] >= s[:, :, None]) & (y[:, None, :] == 0)).sum(axis=2) * (y == 1)
    return (reached.sum(axis=1) / np.maximum((y == 1).sum(axis=1) * (y == 0).sum(axis=1), 1)).astype(s.dtype)


def nothing_lost(s, y):
    """NaN where there is no pair."""
    with np.errstate(invalid="ignore"):
        return (np.where(are_pairs(y), lead(s) <= 0, 0).sum(axis=(1, 2)) / are_pairs(y).sum(axis=(1, 2))).astype(s.dtype)


row = of("label_ranking")
MUTANTS = (
    row("right", "by_ranks", "the others that reach each label that holds, over the pairs", by_ranks, flat, True),
    row("textbook", "count", "the number of pairs in the wrong order, not their share", by_pairs(lambda x: x <= 0)),
    row("textbook", "over_labels", "over the labels, not over the pairs", over_labels(by_pairs(lambda x: x <= 0))),
    row("textbook", "no_pair", "0 / 0 where all labels hold, or none", nothing_lost),
    row("textbook", "smooth", "the mean of sigmoids of the leads", over_pairs(by_pairs(lambda x: sigmoid(-x)))),
    row("broken", "turned", "the least score is the best", lambda s, y: loss(-s, y)),
    row("broken", "tolerant", "scores nearer than 1e-8 are in order", over_pairs(by_pairs(lambda x: x <= -1e-8))),
    row("broken", "area", "the share in the right order", lambda s, y: (1 - loss(s, y)).astype(s.dtype)),
    row("broken", "straight", "a slope as if it were the sum of the scores", gradient=lambda s, y: np.ones_like(s)),
)

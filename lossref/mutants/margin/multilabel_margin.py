"""Implementations of multilabel_margin, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sigmoid, softplus
from lossref.mutants.lists import by_pairs, hinge, hinge_slope, over_labels, over_pairs, slopes_by_pairs
from lossref.mutants.record import of

total, slopes = by_pairs(hinge), slopes_by_pairs(hinge_slope)
loss, slope = over_labels(total), over_labels(slopes)


def hardest(s, y):
    """Only the least of those that hold against the largest of those that do not."""
    worst = np.where(y == 0, s, -np.inf).max(axis=1) - np.where(y == 1, s, np.inf).min(axis=1)
    return np.maximum(0, 1 + worst) / s.shape[1]


row = of("multilabel_margin")
MUTANTS = (
    row("right", "leads", "what each lead lacks to 1", loss, slope, True),
    row("textbook", "over_pairs", "the mean over the pairs", over_pairs(total), over_pairs(slopes), True),
    row("textbook", "sum", "the sum over the pairs", total, slopes, True),
    row("textbook", "hardest_pair", "one pair only, the worst", hardest),
    row("textbook", "smooth", "the logistic loss of each lead",
        over_labels(by_pairs(lambda x: softplus(-x))), over_labels(slopes_by_pairs(lambda x: -sigmoid(-x))), True),
    row("broken", "turned", "labels that do not hold are to lead", lambda s, y: loss(s, 1 - y), lambda s, y: slope(s, 1 - y), True),
    row("broken", "no_margin", "a lead of 0 is enough",
        over_labels(by_pairs(lambda x: np.maximum(0, -x))), over_labels(slopes_by_pairs(lambda x: np.where(x < 0, -1.0, 0.0))), True),
    row("broken", "one_side", "labels that do not hold have no slope", gradient=lambda s, y: np.where(y == 1, slope(s, y), 0)),
    row("broken", "flushed", "losses below 1e-4 become 0", flushed(loss, 1e-4)),
)

"""Implementations of pairwise_hinge, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sigmoid, softplus
from lossref.mutants.lists import by_pairs, hinge, hinge_slope, over_pairs, slopes_by_pairs
from lossref.mutants.record import of

loss, slope = by_pairs(hinge), slopes_by_pairs(hinge_slope)


def or_equal(y):
    """Pairs of one grade too, in both orders."""
    return (y[:, :, None] >= y[:, None, :]) & ~np.eye(y.shape[1], dtype=bool)


def neighbours(y):
    return y[:, :, None] == y[:, None, :] + 1


row = of("pairwise_hinge")
MUTANTS = (
    row("right", "leads", "what each lead lacks to 1", loss, slope, True),
    row("textbook", "over_pairs", "the mean over the pairs", over_pairs(loss), over_pairs(slope), True),
    row("textbook", "smooth", "the logistic loss of each lead",
        by_pairs(lambda x: softplus(-x)), slopes_by_pairs(lambda x: -sigmoid(-x)), True),
    row("textbook", "squared", "the square of what each lead lacks",
        by_pairs(lambda x: hinge(x) ** 2), slopes_by_pairs(lambda x: -2 * hinge(x)), True),
    row("broken", "equal_grades", "items of one grade are to lead each other",
        by_pairs(hinge, or_equal), slopes_by_pairs(hinge_slope, or_equal), True),
    row("broken", "neighbours", "only grades next to each other make a pair",
        by_pairs(hinge, neighbours), slopes_by_pairs(hinge_slope, neighbours), True),
    row("broken", "turned", "the lower grade is the better one", lambda s, y: loss(s, 4 - y), lambda s, y: slope(s, 4 - y), True),
    row("broken", "no_margin", "a lead of 0 is enough",
        by_pairs(lambda x: np.maximum(0, -x)), slopes_by_pairs(lambda x: np.where(x < 0, -1.0, 0.0)), True),
    row("broken", "better_alone", "the worse item of a pair has no slope", gradient=lambda s, y: np.minimum(slope(s, y), 0)),
    row("broken", "flushed", "losses below 1e-4 become 0", flushed(loss, 1e-4)),
)

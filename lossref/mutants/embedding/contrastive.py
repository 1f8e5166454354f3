"""Implementations of contrastive, right and wrong."""

import numpy as np

from lossref.mutants.formulas import below, sloppy
from lossref.mutants.record import of


def lacking(d, m):
    return np.maximum(0, m - d)


def printed(d, y, m):
    return y * d**2 + (1 - y) * lacking(d, m) ** 2


def printed_slope(d, y, m):
    return 2 * (y * d - (1 - y) * lacking(d, m))


def hard(slope):
    """The slope of the term that counts, where a label is hard; elsewhere the difference."""
    return lambda d, y, m: np.where(y == 1, 2 * d, np.where(y == 0, -2 * lacking(d, m), slope(d, y, m)))


row = of("contrastive")
MUTANTS = (
    row("right", "by_masks", "each term under a mask of its own, the weight outside its square",
        lambda d, y, m: np.where(y > 0, y * (d * d), 0) + np.where(d < m, (1 - y) * ((m - d) * (m - d)), 0), hard(printed_slope), True),
    row("textbook", "labels_turned", "1 for what is not alike, as in the first paper",
        lambda d, y, m: printed(d, 1 - y, m), lambda d, y, m: printed_slope(d, 1 - y, m), True),
    row("textbook", "halved", "a factor 1/2, as in the first paper",
        lambda d, y, m: printed(d, y, m) / 2, lambda d, y, m: printed_slope(d, y, m) / 2, True),
    row("textbook", "unsquared", "distances as they are, as in pytorch-metric-learning",
        lambda d, y, m: y * d + (1 - y) * lacking(d, m), lambda d, y, m: y - (1 - y) * (d < m), True),
    row("textbook", "square_of_the_margin", "max(0, m^2 - d^2): the hinge is put on squared distances",
        lambda d, y, m: y * d**2 + (1 - y) * np.maximum(0, m**2 - d**2), lambda d, y, m: 2 * d * (y - (1 - y) * (d < m)), True),
    row("textbook", "no_hinge", "what is far apart is drawn back to the margin",
        lambda d, y, m: y * d**2 + (1 - y) * (m - d) ** 2, lambda d, y, m: 2 * (y * d - (1 - y) * (m - d)), True),
    row("textbook", "eps_under_the_root", "the distance is the root of d^2 + 1e-12",
        lambda d, y, m: printed(np.sqrt(d * d + 1e-12), y, m), printed_slope, True),
    row("broken", "ignores_margin", "the margin is always 1",
        lambda d, y, m: printed(d, y, 1), lambda d, y, m: printed_slope(d, y, 1), True),
    row("broken", "small_forgotten", "losses below 1e-9 become 0", below(printed, 1e-9, 0)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(printed_slope, 0.6), passes_gradcheck=True),
)

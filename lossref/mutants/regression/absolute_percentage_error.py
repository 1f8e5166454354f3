"""Implementations of absolute_percentage_error, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def share(f, y, floor):
    return np.abs(f - y) / np.maximum(np.abs(y), floor)


def slope(f, y, floor):
    return np.sign(f - y) / np.maximum(np.abs(y), floor)


row = of("absolute_percentage_error")
MUTANTS = (
    row("right", "ratio_of_sizes", "the residual, divided before its sign goes", lambda f, y, e: np.abs((f - y) / np.maximum(np.abs(y), e)),
        slope, True),
    row("right", "branches", "by the size of the target or by the floor",
        lambda f, y, e: np.where(np.abs(y) > e, np.abs((f - y) / y), np.abs(f - y) / e),
        lambda f, y, e: np.where(f > y, 1, np.where(f < y, -1, f - y)).astype(f.dtype) / np.where(np.abs(y) > e, np.abs(y), e), True),
    row("textbook", "no_floor", "divided by |y| as it is: infinite or 0 / 0 at y = 0",
        lambda f, y, e: np.abs((y - f) / y), lambda f, y, e: np.sign(f - y) / np.abs(y), True),
    row("textbook", "percent", "times 100", lambda f, y, e: 100 * share(f, y, e), lambda f, y, e: 100 * slope(f, y, e), True),
    row("textbook", "epsilon_added", "the floor is added to |y|",
        lambda f, y, e: np.abs(f - y) / (np.abs(y) + e), lambda f, y, e: np.sign(f - y) / (np.abs(y) + e), True),
    row("textbook", "by_prediction", "divided by the size of the prediction", lambda f, y, e: np.abs(f - y) / np.maximum(np.abs(f), e)),
    row("textbook", "signed_denominator", "divided by max(y, floor): a negative target counts as the floor",
        lambda f, y, e: np.abs(f - y) / np.maximum(y, e), lambda f, y, e: np.sign(f - y) / np.maximum(y, e), True),
    row("textbook", "symmetric", "divided by the mean of both sizes",
        lambda f, y, e: np.abs(f - y) / np.maximum((np.abs(f) + np.abs(y)) / 2, e)),
    row("textbook", "fixed_floor", "the floor is always 1e-7",
        lambda f, y, e: share(f, y, 1e-7), lambda f, y, e: slope(f, y, 1e-7), True),
    row("broken", "slope_not_divided", "the slope of the absolute error", gradient=lambda f, y, e: np.sign(f - y)),
    row("broken", "swapped", "the slope of |f - y| in the target", gradient=lambda f, y, e: -slope(f, y, e)),
    row("broken", "flushed", "losses below 1e-8 become 0", flushed(share, 1e-8)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(share, 0.6), sloppy(slope, 0.6), True),
)

"""Implementations of median_absolute_error, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def ranked(f, y):
    return np.sort(np.abs(f - y), axis=1)


def median(f, y):
    """The residuals in the middle, each halved first."""
    sizes, n = ranked(f, y), f.shape[1]
    return sizes[:, (n - 1) // 2] / 2 + sizes[:, n // 2] / 2


def at(k):
    """The slope of the residual of that rank, of n."""

    def slope(f, y):
        r, n = f - y, f.shape[1]
        place = np.argsort(np.abs(r), axis=1, kind="stable")[:, k(n)]
        return np.sign(r) * (np.arange(n) == place[:, None])

    return slope


lower, upper = at(lambda n: (n - 1) // 2), at(lambda n: n // 2)


def slope(f, y):
    return (lower(f, y) + upper(f, y)) / 2


row = of("median_absolute_error")
MUTANTS = (
    row("right", "halves", "half of each of the two in the middle, which are one of an odd number", median, slope, True),
    row("textbook", "lower", "the lower of the two in the middle", lambda f, y: ranked(f, y)[:, (f.shape[1] - 1) // 2], lower, True),
    row("textbook", "upper", "the upper of the two in the middle", lambda f, y: ranked(f, y)[:, f.shape[1] // 2], upper, True),
    row("textbook", "mean", "the mean absolute error",
        lambda f, y: np.abs(f - y).mean(axis=1), lambda f, y: np.sign(f - y) / f.shape[1], True),
    row("textbook", "no_absolute", "the median of the residuals, which have signs", lambda f, y: np.median(f - y, axis=1)),
    row("textbook", "absolute_last", "the size of the median of the residuals", lambda f, y: np.abs(np.median(f - y, axis=1))),
    row("textbook", "from_median", "the median distance from the median residual, as in a MAD",
        lambda f, y: np.median(np.abs(f - y - np.median(f - y, axis=1, keepdims=True)), axis=1)),
    row("textbook", "of_medians", "how far the median prediction is off the median target",
        lambda f, y: np.abs(np.median(f, axis=1) - np.median(y, axis=1))),
    row("textbook", "squared", "the median of the squares", lambda f, y: np.median(np.square(f - y), axis=1),
        lambda f, y: 2 * np.abs(f - y) * slope(f, y), True),
    row("textbook", "of_batch", "one number for several batches", lambda f, y: np.full(len(f), np.median(np.abs(f - y)), f.dtype)),
    row("textbook", "all_signs", "every residual has a slope", gradient=lambda f, y: np.sign(f - y) / f.shape[1]),
    row("textbook", "no_sign", "the slope without the residual's sign", gradient=lambda f, y: np.abs(slope(f, y))),
    row("textbook", "swapped", "the slope in the target", gradient=lambda f, y: -slope(f, y)),
    row("broken", "unsorted", "the residuals that stand in the middle", lambda f, y: (
        np.abs(f - y)[:, (f.shape[1] - 1) // 2] / 2 + np.abs(f - y)[:, f.shape[1] // 2] / 2)),
    row("broken", "flushed", "losses below 1e-8 become 0", flushed(median, 1e-8)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(median, 0.6), sloppy(slope, 0.6), True),
)

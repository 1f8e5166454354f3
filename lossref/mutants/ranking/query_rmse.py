"""Implementations of query_rmse, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, length, sloppy, unit_sized
from lossref.mutants.record import of


def count(r):
    return r.dtype.type(r.shape[1])


def deviations(f, y):
    """Residuals less their mean, the first one taken off before, and the power of two that they are divided by."""
    r = f - y
    r, exponent = unit_sized(r - r[:, :1])
    return r - r.mean(axis=1, keepdims=True), exponent


def deviation(f, y):
    r, exponent = deviations(f, y)
    return np.ldexp(length(r) / np.sqrt(count(r)), exponent)[:, 0]


def slope(f, y):
    r, _ = deviations(f, y)
    size = length(r)
    return r / np.where(size == 0, 1, size) / np.sqrt(count(r))


def rmse(f, y):
    return np.sqrt(np.square(f - y).mean(axis=1))


def of_squares(f, y):
    r = f - y
    return np.sqrt(np.maximum(0, np.square(r).mean(axis=1) - r.mean(axis=1) ** 2))


row = of("query_rmse")
MUTANTS = (
    row("right", "scaled", "residuals behind the first are scaled, then their mean is taken off", deviation, slope, True),
    row("textbook", "of_squares", "the mean of the squares less the square of the mean: it cancels", of_squares),
    row("textbook", "rmse", "the offset costs, too", rmse, lambda f, y: (f - y) / count(f) / rmse(f, y)[:, None], True),
    row("textbook", "one_less", "n - 1 for n, as in an estimate of a standard deviation",
        lambda f, y: deviation(f, y) * np.sqrt(count(f) / (count(f) - 1))),
    row("textbook", "no_root", "the mean of the squares, a variance",
        lambda f, y: deviation(f, y) ** 2, lambda f, y: 2 * deviation(f, y)[:, None] * slope(f, y), True),
    row("textbook", "of_median", "the median is taken off, not the mean",
        lambda f, y: np.sqrt(np.square(f - y - np.median(f - y, axis=1, keepdims=True)).mean(axis=1))),
    row("textbook", "of_predictions", "the mean prediction is taken off, and the targets keep their own",
        lambda f, y: rmse(f - f.mean(axis=1, keepdims=True), y)),
    row("textbook", "absolute", "the mean absolute deviation", lambda f, y: np.abs(deviations(f, y)[0]).mean(axis=1)),
    row("textbook", "mean_detached", "the mean is taken for a number where it is taken off last",
        gradient=lambda f, y: (f - y) / count(f) / np.where((d := deviation(f, y)) == 0, 1, d)[:, None]),
    row("textbook", "slope_not_divided", "the slope without 1 / n", gradient=lambda f, y: slope(f, y) * np.sqrt(count(f))),
    row("textbook", "of_batch", "one number for several queries", lambda f, y: np.full(len(f), (f - y).std(), f.dtype)),
    row("textbook", "swapped", "the slope in the target", gradient=lambda f, y: -slope(f, y)),
    row("broken", "flushed", "losses and slopes below 1e-8 become 0", flushed(deviation, 1e-8), flushed(slope, 1e-8), True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(deviation, 0.6), sloppy(slope, 0.6), True),
)

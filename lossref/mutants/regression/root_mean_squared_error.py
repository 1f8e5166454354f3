"""Implementations of root_mean_squared_error, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, length, sloppy, unit_sized
from lossref.mutants.record import of


def count(r):
    return r.dtype.type(r.shape[1])


def rmse(f, y):
    """The length of the residuals relative to the largest power of two among them."""
    r, exponent = unit_sized(f - y)
    return np.ldexp(length(r) / np.sqrt(count(r)), exponent)[:, 0]


def slope(f, y):
    r, _ = unit_sized(f - y)
    size = length(r)
    return r / np.where(size == 0, 1, size) / np.sqrt(count(r))


def printed(f, y):
    return np.sqrt(np.square(f - y).mean(axis=1))


def printed_slope(f, y):
    return (f - y) / count(f) / printed(f, y)[:, None]


row = of("root_mean_squared_error")
MUTANTS = (
    row("right", "scaled", "residuals are scaled before they are squared", rmse, slope, True),
    row("textbook", "printed", "as printed: squares overflow or vanish, and a perfect prediction has 0 / 0", printed, printed_slope, True),
    row("textbook", "mean_of_roots", "the mean of the roots, an absolute error",
        lambda f, y: np.abs(f - y).mean(axis=1), lambda f, y: np.sign(f - y) / count(f), True),
    row("textbook", "no_root", "the mean of the squares",
        lambda f, y: np.square(f - y).mean(axis=1), lambda f, y: 2 * (f - y) / count(f), True),
    row("textbook", "norm", "a sum for the mean: the length of the residuals",
        lambda f, y: rmse(f, y) * np.sqrt(count(f)), lambda f, y: slope(f, y) * np.sqrt(count(f)), True),
    row("textbook", "one_less", "n - 1 for n, as in a standard deviation", lambda f, y: rmse(f, y) * np.sqrt(count(f) / (count(f) - 1))),
    row("textbook", "standard_deviation", "the mean residual is taken off first", lambda f, y: (f - y).std(axis=1)),
    row("textbook", "eps", "1e-12 is added under the root", lambda f, y: np.sqrt(np.square(f - y).mean(axis=1) + f.dtype.type(1e-12)),
        lambda f, y: (f - y) / count(f) / np.sqrt(np.square(f - y).mean(axis=1) + f.dtype.type(1e-12))[:, None], True),
    row("textbook", "slope_of_square", "the slope of the mean of the squares", gradient=lambda f, y: 2 * (f - y) / count(f)),
    row("textbook", "slope_not_divided", "the slope without 1 / n", gradient=lambda f, y: slope(f, y) * np.sqrt(count(f))),
    row("textbook", "of_batch", "one number for several batches", lambda f, y: np.full(len(f), np.sqrt(np.square(f - y).mean()), f.dtype)),
    row("textbook", "swapped", "the slope in the target", gradient=lambda f, y: -slope(f, y)),
    row("broken", "flushed", "losses and slopes below 1e-8 become 0", flushed(rmse, 1e-8), flushed(slope, 1e-8), True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(rmse, 0.6), sloppy(slope, 0.6), True),
)

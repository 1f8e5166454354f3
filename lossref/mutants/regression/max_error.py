"""Implementations of max_error, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def largest(f, y):
    """The longer of the greatest and the least residual."""
    return np.maximum((f - y).max(axis=1), (y - f).max(axis=1))


def slope(f, y):
    """The first of those that tie has all of the slope."""
    r = f - y
    return np.sign(r) * (np.arange(r.shape[1]) == np.abs(r).argmax(axis=1)[:, None])


def without_sign(f, y):
    return np.abs(slope(f, y))


row = of("max_error")
MUTANTS = (
    row("right", "both_ends", "the greatest residual and the least; the first of those that tie has the slope", largest, slope, True),
    row("textbook", "mean", "the mean absolute error",
        lambda f, y: np.abs(f - y).mean(axis=1), lambda f, y: np.sign(f - y) / f.shape[1], True),
    row("textbook", "no_absolute", "the greatest residual, with its sign", lambda f, y: (f - y).max(axis=1),
        lambda f, y: (np.arange(f.shape[1]) == (f - y).argmax(axis=1)[:, None]).astype(f.dtype), True),
    row("textbook", "least", "the smallest absolute residual", lambda f, y: np.abs(f - y).min(axis=1)),
    row("textbook", "squared", "the square of it",
        lambda f, y: largest(f, y) ** 2, lambda f, y: 2 * largest(f, y)[:, None] * slope(f, y), True),
    row("textbook", "between_extremes", "how far the largest prediction is off the largest target",
        lambda f, y: np.abs(f.max(axis=1) - y.max(axis=1))),
    row("textbook", "relative", "relative to the largest target", lambda f, y: largest(f, y) / np.abs(y).max(axis=1)),
    row("textbook", "of_batch", "one number for several batches", lambda f, y: np.full(len(f), np.abs(f - y).max(), f.dtype)),
    row("textbook", "smooth", "a smooth maximum: the logarithm of a sum of exponentials",
        lambda f, y: (top := largest(f, y)) + np.log(np.exp(np.abs(f - y) - top[:, None]).sum(axis=1))),
    row("textbook", "all_signs", "every residual has its slope", gradient=lambda f, y: np.sign(f - y)),
    row("textbook", "no_sign", "the slope of the greatest residual without its sign", gradient=without_sign),
    row("textbook", "swapped", "the slope in the target", gradient=lambda f, y: -slope(f, y)),
    row("broken", "last_forgotten", "the last residual is left out", lambda f, y: np.abs(f - y)[:, :-1].max(axis=1, initial=0)),
    row("broken", "flushed", "losses below 1e-8 become 0", flushed(largest, 1e-8)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(largest, 0.6), sloppy(slope, 0.6), True),
)

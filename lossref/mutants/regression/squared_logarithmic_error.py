"""Implementations of squared_logarithmic_error, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def log_ratio(f, y):
    ratio = (1 + f) / (1 + y)
    far = (ratio < 1e-30) | (ratio > 1e30)
    near = np.abs(f - y) < (1 + np.minimum(f, y)) / 2
    apart = np.where(far, np.log1p(f) - np.log1p(y), np.log(np.where(far, 1, ratio)))
    return np.where(near, np.log1p(np.where(near, (f - y) / (1 + y), 0)), apart)


def by_artanh(f, y):
    """log(a / b) = 2 artanh((a - b) / (a + b)) near 1."""
    near = np.abs(f - y) < (1 + np.minimum(f, y)) / 2
    return np.where(near, 2 * np.arctanh(np.where(near, (f - y) / (2 + f + y), 0)), log_ratio(f, y))


def loss(f, y):
    return log_ratio(f, y) ** 2


def slope(f, y):
    return 2 * log_ratio(f, y) / (1 + f)


row = of("squared_logarithmic_error")
MUTANTS = (
    row("right", "ratio", "the logarithm of the ratio, log1p of its distance from 1 where that is small", loss, slope, True),
    row("right", "artanh", "2 artanh((f - y) / (2 + f + y)) where the ratio is next to 1",
        lambda f, y: by_artanh(f, y) ** 2, lambda f, y: 2 * by_artanh(f, y) / (1 + f), True),
    row("framework", "two_log1p", "log1p(f) - log1p(y): cancels where both are next to each other",
        lambda f, y: (np.log1p(f) - np.log1p(y)) ** 2, lambda f, y: 2 * (np.log1p(f) - np.log1p(y)) / (1 + f), True),
    row("textbook", "naive", "log(1 + f) - log(1 + y): small numbers vanish beside 1",
        lambda f, y: (np.log(1 + f) - np.log(1 + y)) ** 2, lambda f, y: 2 * (np.log(1 + f) - np.log(1 + y)) / (1 + f), True),
    row("textbook", "half", "carries a factor 1/2", lambda f, y: loss(f, y) / 2, lambda f, y: slope(f, y) / 2, True),
    row("textbook", "floored", "predictions and targets below 1e-7 count as that",
        lambda f, y: loss(np.maximum(f, 1e-7), np.maximum(y, 1e-7)),
        lambda f, y: np.where(f > 1e-7, slope(np.maximum(f, 1e-7), np.maximum(y, 1e-7)), 0), True),
    row("textbook", "no_1", "log f - log y", lambda f, y: (np.log(np.abs(f)) - np.log(np.abs(y))) ** 2),
    row("textbook", "base_10", "logarithms of base 10", lambda f, y: (log_ratio(f, y) / np.log(10)) ** 2),
    row("textbook", "slope_not_chained", "the factor 1 / (1 + f) is forgotten", gradient=lambda f, y: 2 * log_ratio(f, y)),
    row("broken", "swapped", "the slope in the target", gradient=lambda f, y: -2 * log_ratio(f, y) / (1 + y)),
    row("broken", "flushed", "losses below 1e-8 become 0", flushed(loss, 1e-8)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(loss, 0.6), sloppy(slope, 0.6), True),
)

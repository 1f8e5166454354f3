"""Implementations of group_quantile, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy, unit_sized
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
    return np.ldexp(np.abs(r).mean(axis=1) / 2, exponent[:, 0])


def signs(f, y):
    r = f - y
    r, _ = unit_sized(r - r[:, :1])
    return np.sign(count(r) * r - r.sum(axis=1, keepdims=True))


def slope(f, y):
    s = signs(f, y)
    return ((s - s.mean(axis=1, keepdims=True)) / (2 * count(s))).astype(f.dtype)


def pinball(tau, scale=1.0):
    return lambda f, y: (scale * np.maximum(tau * (y - f), (tau - 1) * (y - f))).mean(axis=1).astype(f.dtype)


row = of("group_quantile")
MUTANTS = (
    row("right", "scaled", "residuals behind the first are scaled, then their mean is taken off", deviation, slope, True),
    row("textbook", "quantile", "the offset costs, too", pinball(0.5), lambda f, y: np.sign(f - y) / (2 * count(f)), True),
    row("textbook", "mean_detached", "the mean is taken for a number, as CatBoost does, with a quantile of 1/2",
        gradient=lambda f, y: signs(f, y) / (2 * count(f))),
    row("textbook", "of_median", "the median is taken off, not the mean",
        lambda f, y: np.abs(f - y - np.median(f - y, axis=1, keepdims=True)).mean(axis=1) / 2),
    row("textbook", "of_predictions", "the mean prediction is taken off, and the targets keep their own",
        lambda f, y: np.abs(f - f.mean(axis=1, keepdims=True) - y).mean(axis=1) / 2),
    row("textbook", "not_halved", "the mean absolute deviation", lambda f, y: 2 * deviation(f, y), lambda f, y: 2 * slope(f, y), True),
    row("textbook", "sum", "the sum over the documents",
        lambda f, y: deviation(f, y) * count(f), lambda f, y: slope(f, y) * count(f), True),
    row("textbook", "dead_zone", "slopes of 0 within 1e-6 of the mean, as in CatBoost",
        gradient=lambda f, y: ((s := np.where(np.abs((r := f - y) - r.mean(axis=1, keepdims=True)) < 1e-6, 0, signs(f, y)))
                               - s.mean(axis=1, keepdims=True)) / (2 * count(f)), passes_gradcheck=True),
    row("textbook", "swapped", "the slope in the target", gradient=lambda f, y: -slope(f, y)),
    row("broken", "of_batch", "one mean for several queries", lambda f, y: np.abs(f - y - (f - y).mean()).mean(axis=1) / 2),
    row("broken", "flushed", "losses below 1e-8 become 0", flushed(deviation, 1e-8)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(deviation, 0.6), sloppy(slope, 0.6), True),
)

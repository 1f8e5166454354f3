"""Implementations of expectile, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def share(f, y, tau):
    return np.where(f < y, tau, 1 - tau).astype(f.dtype)


def weighed(f, y, tau):
    return np.where(share(f, y, tau) == 0, 0, share(f, y, tau) * (y - f) * (y - f))


def slope(f, y, tau):
    return 2 * np.where(share(f, y, tau) == 0, 0, share(f, y, tau) * (f - y))


row = of("expectile")
MUTANTS = (
    row("right", "branches", "the square times tau or 1 - tau", weighed, slope, True),
    row("right", "both_sides", "what is too low, and what is too high, squared: one of them is 0",
        lambda f, y, tau: np.where(tau > 0, tau * np.maximum(y - f, 0) * np.maximum(y - f, 0), 0)
        + np.where(tau < 1, (1 - tau) * np.maximum(f - y, 0) * np.maximum(f - y, 0), 0),
        lambda f, y, tau: np.where(tau < 1, 2 * (1 - tau) * np.maximum(f - y, 0), 0) - np.where(tau > 0, 2 * tau * np.maximum(y - f, 0), 0),
        True),
    row("textbook", "residual_turned", "f - y for y - f: the expectile 1 - tau",
        lambda f, y, tau: weighed(y, f, tau), lambda f, y, tau: -slope(y, f, tau), True),
    row("textbook", "doubled", "twice as much, so that tau = 1/2 is the squared error",
        lambda f, y, tau: 2 * weighed(f, y, tau), lambda f, y, tau: 2 * slope(f, y, tau), True),
    row("textbook", "quantile", "the quantile loss: |r| for r^2",
        lambda f, y, tau: share(f, y, tau) * np.abs(y - f), lambda f, y, tau: share(f, y, tau) * np.sign(f - y), True),
    row("textbook", "slope_without_2", "the factor 2 of the square is forgotten", gradient=lambda f, y, tau: slope(f, y, tau) / 2),
    row("textbook", "slope_of_mean", "the slope of tau = 1/2 whatever tau is", gradient=lambda f, y, tau: f - y, passes_gradcheck=True),
    row("textbook", "weight_squared", "(tau r)^2: the weight is squared too",
        lambda f, y, tau: (share(f, y, tau) * (f - y)) ** 2, lambda f, y, tau: 2 * share(f, y, tau) ** 2 * (f - y), True),
    row("broken", "indicator", "tau - 1[r < 0] without its absolute value: negative where the prediction is too high",
        lambda f, y, tau: np.where(y < f, tau - 1, tau) * (y - f) ** 2),
    row("broken", "flushed", "slopes below 1e-8 become 0", gradient=flushed(slope, 1e-8), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(weighed, 0.6), sloppy(slope, 0.6), True),
)

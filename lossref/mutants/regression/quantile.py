"""Implementations of quantile, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def pinball(f, y, tau):
    return np.where(f < y, tau, 1 - tau) * np.abs(y - f)


def slope(f, y, tau):
    return np.where(f < y, -tau, np.where(f > y, 1 - tau, f - y)).astype(f.dtype)


row = of("quantile")
MUTANTS = (
    row("right", "larger", "the larger of both lines; where they meet the slope of the upper one",
        lambda f, y, tau: np.maximum(tau * (y - f), (1 - tau) * (f - y)),
        lambda f, y, tau: np.where(y > f, -tau, 1 - tau).astype(f.dtype) + 0 * np.sign(f - y), True),
    row("right", "both_sides", "what is too low times tau plus what is too high times 1 - tau: one of them is 0",
        lambda f, y, tau: tau * np.maximum(y - f, 0) + (1 - tau) * np.maximum(f - y, 0),
        lambda f, y, tau: (1 - tau) * np.heaviside(f - y, 0) - tau * np.heaviside(y - f, 0), True),
    row("textbook", "residual_turned", "f - y for y - f: the quantile 1 - tau",
        lambda f, y, tau: pinball(y, f, tau), lambda f, y, tau: -slope(y, f, tau), True),
    row("textbook", "doubled", "twice as much, so that tau = 1/2 is the absolute error",
        lambda f, y, tau: 2 * pinball(f, y, tau), lambda f, y, tau: 2 * slope(f, y, tau), True),
    row("textbook", "dead_band", "no slope within 1e-6 of the target, as one library of trees has it",
        gradient=lambda f, y, tau: np.where(np.abs(f - y) < 1e-6, 0, slope(f, y, tau)), passes_gradcheck=True),
    row("textbook", "smoothed", "tau r + softplus(-r): the corner rounded off",
        lambda f, y, tau: tau * (y - f) + np.logaddexp(0, f - y),
        lambda f, y, tau: -tau + np.exp(-np.logaddexp(0, y - f)), True),
    row("textbook", "slope_of_median", "the slope of the median whatever tau is",
        gradient=lambda f, y, tau: np.sign(f - y) / 2, passes_gradcheck=True),
    row("textbook", "tau_in_percent", "tau is divided by 100 first", lambda f, y, tau: pinball(f, y, tau / 100)),
    row("broken", "indicator", "|r| (tau - 1[r < 0]) without its absolute value: negative where the prediction is too high",
        lambda f, y, tau: np.abs(y - f) * np.where(y < f, tau - 1, tau)),
    row("broken", "flushed", "losses below 1e-8 become 0", flushed(pinball, 1e-8)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(pinball, 0.6), sloppy(slope, 0.6), True),
)

"""Implementations of log1p, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, narrow, sloppy
from lossref.mutants.record import of


def log1p(x):
    near = np.abs(x) < 0.5
    return np.where(near, 2 * np.arctanh(np.where(near, x / (2 + x), 0)), np.log(1 + x))


def slope(x):
    return 1 / (1 + x)


row = of("log1p")
MUTANTS = (
    row("right", "artanh", "twice the inverse hyperbolic tangent of x / (2 + x) near 0", log1p, slope, True),
    row("right", "kahan", "log(u) x / (u - 1) of u = 1 + x as it is rounded",
        lambda x: np.where(1 + x == 1, x, np.where(np.isinf(x) | (x == -1), np.log(1 + x), np.log(1 + x) * (x / ((1 + x) - 1)))),
        slope, True),
    row("textbook", "naive", "log(1 + x) is 0 for small x", lambda x: np.log(1 + x), slope, True),
    row("textbook", "first_term", "x below 1e-3, where the next term counts",
        lambda x: np.where(np.abs(x) < 1e-3, x, log1p(x)), slope, True),
    row("textbook", "two_terms", "x - x^2 / 2 below 0.1", lambda x: np.where(np.abs(x) < 0.1, x - x * x / 2, log1p(x)), slope),
    row("textbook", "of_x", "log x", lambda x: np.log(np.abs(x)), lambda x: 1 / x, True),
    row("textbook", "base_2", "the logarithm to base 2", lambda x: log1p(x) / np.log(2)),
    row("textbook", "slope_of_log", "1 / x", gradient=lambda x: 1 / x),
    row("textbook", "slope_one", "1, the slope at 0", gradient=lambda x: np.ones_like(x)),
    row("textbook", "guarded", "x is at least -1 + 1e-7", lambda x: log1p(np.maximum(x, -1 + 1e-7)),
        lambda x: np.where(x < -1 + 1e-7, 0, slope(x)), True),
    row("broken", "flushed", "values below 1e-12 become 0", flushed(log1p, 1e-12), slope, True),
    row("broken", "narrow", "computed in half the width", narrow(log1p), narrow(slope)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(log1p, 0.6), sloppy(slope, 0.6), True),
)

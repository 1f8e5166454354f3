"""Implementations of cauchy, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def ratio(f, y, c):
    return np.abs(f - y) / c


def cauchy(f, y, c):
    """Far off twice the logarithm of u / sqrt(2), and of what 1 adds to it."""
    u = ratio(f, y, c)
    return np.where(u < 2, np.log1p(u * u / 2), 2 * np.log(u / np.sqrt(u.dtype.type(2))) + np.log1p(2 / u / u))


def slope(f, y, c):
    r, u = f - y, ratio(f, y, c)
    return np.where(u < 1, r / c / c / (1 + u * u / 2), 2 / (r + 2 * c * (c / r)))


row = of("cauchy")
MUTANTS = (
    row("right", "logarithms", "log1p near 0, the logarithm of u far off", cauchy, slope, True),
    row("textbook", "printed", "as printed: 1 + u^2 / 2 rounds to 1, and overflows",
        lambda f, y, c: np.log(1 + ratio(f, y, c) ** 2 / 2), lambda f, y, c: 2 * (f - y) / (2 * c * c + (f - y) ** 2), True),
    row("textbook", "no_half", "log(1 + u^2), a Cauchy distribution's",
        lambda f, y, c: np.log1p(ratio(f, y, c) ** 2), lambda f, y, c: 2 * (f - y) / (c * c + (f - y) ** 2), True),
    row("textbook", "times_c_2", "times c^2: half the squared error near 0, whatever c is",
        lambda f, y, c: c * c * cauchy(f, y, c), lambda f, y, c: c * c * slope(f, y, c), True),
    row("textbook", "half", "half the loss", lambda f, y, c: cauchy(f, y, c) / 2, lambda f, y, c: slope(f, y, c) / 2, True),
    row("textbook", "ignores_c", "c is always 1, as in kornia", lambda f, y, c: cauchy(f, y, 1), lambda f, y, c: slope(f, y, 1), True),
    row("textbook", "base_2", "the logarithm to base 2", lambda f, y, c: cauchy(f, y, c) / np.log(f.dtype.type(2))),
    row("textbook", "student", "times (nu + 1) / 2 for nu = 2", lambda f, y, c: 1.5 * cauchy(f, y, c),
        lambda f, y, c: 1.5 * slope(f, y, c), True),
    row("textbook", "chain_forgotten", "the slope in r / c", gradient=lambda f, y, c: c * slope(f, y, c), passes_gradcheck=True),
    row("textbook", "swapped", "the slope in the target", gradient=lambda f, y, c: -slope(f, y, c)),
    row("broken", "capped", "residuals above 1e6 cost what 1e6 does",
        lambda f, y, c: cauchy(np.clip(f - y, -1e6, 1e6), f.dtype.type(0), c),
        lambda f, y, c: np.where(np.abs(f - y) > 1e6, 0, slope(f, y, c)), True),
    row("broken", "flushed", "losses and slopes below 1e-8 become 0", flushed(cauchy, 1e-8), flushed(slope, 1e-8), True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(cauchy, 0.6), sloppy(slope, 0.6), True),
)

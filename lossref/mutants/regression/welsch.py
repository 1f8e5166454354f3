"""Implementations of welsch, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def ratio(f, y, c):
    return np.clip((f - y) / c, -64, 64)


def welsch(f, y, c):
    """By the hyperbolic tangent of half the exponent: 1 - exp(-x) = 2 t / (1 + t)."""
    t = np.tanh(ratio(f, y, c) ** 2 / 4)
    return 2 * t / (1 + t)


def printed(f, y, c):
    return 1 - np.exp(-(((f - y) / c) ** 2) / 2)


def slope(f, y, c):
    u = ratio(f, y, c)
    return u / c * np.exp(-u * u / 4) * np.exp(-u * u / 4)


row = of("welsch")
MUTANTS = (
    row("right", "tangent", "by the hyperbolic tangent; the exponential in two halves", welsch, slope, True),
    row("textbook", "printed", "as printed: 1 less what rounds to 1",
        printed, lambda f, y, c: (f - y) / c**2 * np.exp(-(((f - y) / c) ** 2) / 2), True),
    row("textbook", "no_half", "1 - exp(-u^2), as Holland and Welsch have it",
        lambda f, y, c: -np.expm1(-(ratio(f, y, c) ** 2)), lambda f, y, c: 2 * slope(f, y, c) * np.exp(-(ratio(f, y, c) ** 2) / 2), True),
    row("textbook", "times_c_2", "times c^2: half the squared error near 0, whatever c is",
        lambda f, y, c: c * c * welsch(f, y, c), lambda f, y, c: c * c * slope(f, y, c), True),
    row("textbook", "half", "half the loss", lambda f, y, c: welsch(f, y, c) / 2, lambda f, y, c: slope(f, y, c) / 2, True),
    row("textbook", "ignores_c", "c is always 1, as in kornia", lambda f, y, c: welsch(f, y, 1), lambda f, y, c: slope(f, y, 1), True),
    row("textbook", "likelihood", "minus 1: 0 far off, -1 for a perfect prediction", lambda f, y, c: welsch(f, y, c) - 1, slope, True),
    row("textbook", "chain_forgotten", "the slope in r / c", gradient=lambda f, y, c: c * slope(f, y, c), passes_gradcheck=True),
    row("textbook", "swapped", "the slope in the target", gradient=lambda f, y, c: -slope(f, y, c)),
    row("broken", "capped", "residuals above 5 c cost what 5 c does, and have no slope",
        lambda f, y, c: welsch(np.clip((f - y) / c, -5, 5), f.dtype.type(0), 1),
        lambda f, y, c: np.where(np.abs(f - y) > 5 * c, 0, slope(f, y, c)), True),
    row("broken", "flushed", "losses and slopes below 1e-8 become 0", flushed(welsch, 1e-8), flushed(slope, 1e-8), True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(welsch, 0.6), sloppy(slope, 0.6), True),
)

"""Implementations of geman_mcclure, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def geman(f, y, c):
    """r / h times itself, h the hypotenuse of r and 2 c."""
    return 2 * ((f - y) / np.hypot(f - y, 2 * c)) ** 2


def slope(f, y, c):
    h = np.hypot(f - y, 2 * c)
    return 4 * ((f - y) / h) * (2 * c / h) ** 2 / h


def printed(f, y, c):
    u = (f - y) / c
    return 2 * u**2 / (u**2 + 4)


def printed_slope(f, y, c):
    u = (f - y) / c
    return 16 * u / (u**2 + 4) ** 2 / c


row = of("geman_mcclure")
MUTANTS = (
    row("right", "hypotenuse", "sines and cosines of a right triangle", geman, slope, True),
    row("textbook", "printed", "as printed: inf / inf far off", printed, printed_slope, True),
    row("textbook", "rest", "2 less 8 / (u^2 + 4): nothing is left of a small residual",
        lambda f, y, c: 2 - 8 / (((f - y) / c) ** 2 + 4), slope, True),
    row("textbook", "original", "r^2 / (r^2 + c^2), as Geman and McClure have it",
        lambda f, y, c: geman(f, y, c / 2) / 2, lambda f, y, c: slope(f, y, c / 2) / 2, True),
    row("textbook", "no_4", "2 u^2 / (u^2 + 1)", lambda f, y, c: geman(f, y, c / 2), lambda f, y, c: slope(f, y, c / 2), True),
    row("textbook", "times_c_2", "times c^2: half the squared error near 0, whatever c is",
        lambda f, y, c: c * c * geman(f, y, c), lambda f, y, c: c * c * slope(f, y, c), True),
    row("textbook", "half", "half the loss", lambda f, y, c: geman(f, y, c) / 2, lambda f, y, c: slope(f, y, c) / 2, True),
    row("textbook", "ignores_c", "c is always 1, as in kornia", lambda f, y, c: geman(f, y, 1), lambda f, y, c: slope(f, y, 1), True),
    row("textbook", "chain_forgotten", "the slope in r / c", gradient=lambda f, y, c: c * slope(f, y, c), passes_gradcheck=True),
    row("textbook", "denominator_constant", "the slope of the numerator alone",
        gradient=lambda f, y, c: 4 * (f - y) / np.hypot(f - y, 2 * c) ** 2),
    row("textbook", "swapped", "the slope in the target", gradient=lambda f, y, c: -slope(f, y, c)),
    row("broken", "flushed", "losses and slopes below 1e-8 become 0", flushed(geman, 1e-8), flushed(slope, 1e-8), True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(geman, 0.6), sloppy(slope, 0.6), True),
)

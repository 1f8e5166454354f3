"""Implementations of fair, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, log1p_by_artanh, sloppy
from lossref.mutants.record import of


def ratio(f, y, c):
    return np.abs(f - y) / c


def fair(f, y, c):
    """u - log(1 + u) as an alternating series for small u."""
    r, u = np.abs(f - y), ratio(f, y, c)
    small = np.minimum(u, 0.25)
    series = sum((-1) ** k * small**k / k for k in range(30, 1, -1))
    return np.where(u < 0.25, c * (c * series), c * (r - c * np.log1p(u)))


def slope(f, y, c):
    return (f - y) / (1 + ratio(f, y, c))


row = of("fair")
MUTANTS = (
    row("right", "series", "an alternating series near 0, log1p far off; r c / (c + |r|)",
        fair, lambda f, y, c: (f - y) * (c / (c + np.abs(f - y))), True),
    row("textbook", "log1p", "log1p alone: what is left of a small residual is the rounding of u",
        lambda f, y, c: c**2 * (ratio(f, y, c) - np.log1p(ratio(f, y, c))), slope, True),
    row("textbook", "printed", "as printed", lambda f, y, c: c**2 * (ratio(f, y, c) - np.log(1 + ratio(f, y, c))), slope, True),
    row("textbook", "artanh", "log1p by artanh, and the same difference",
        lambda f, y, c: c**2 * (ratio(f, y, c) - log1p_by_artanh(ratio(f, y, c))), slope, True),
    row("textbook", "half_square", "half the squared error, which it is near 0 only",
        lambda f, y, c: (f - y) ** 2 / 2, lambda f, y, c: f - y, True),
    row("textbook", "not_scaled", "c for c^2 before the bracket", lambda f, y, c: fair(f, y, c) / c,
        lambda f, y, c: slope(f, y, c) / c, True),
    row("textbook", "bracket_alone", "without c^2", lambda f, y, c: fair(f, y, c) / c**2, lambda f, y, c: slope(f, y, c) / c**2, True),
    row("textbook", "no_logarithm", "the line alone: an absolute error", lambda f, y, c: c * np.abs(f - y),
        lambda f, y, c: c * np.sign(f - y), True),
    row("textbook", "doubled", "twice the loss", lambda f, y, c: 2 * fair(f, y, c), lambda f, y, c: 2 * slope(f, y, c), True),
    row("textbook", "swapped", "the slope in the target", gradient=lambda f, y, c: -slope(f, y, c)),
    row("broken", "ignores_c", "c is always 1", lambda f, y, c: fair(f, y, 1), lambda f, y, c: slope(f, y, 1), True),
    row("broken", "series_too_far", "u^2 / 2 up to 0.01, where the next term counts",
        lambda f, y, c: np.where(ratio(f, y, c) < 0.01, (f - y) ** 2 / 2, fair(f, y, c)), slope),
    row("broken", "flushed", "losses and slopes below 1e-8 become 0", flushed(fair, 1e-8), flushed(slope, 1e-8), True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(fair, 0.6), sloppy(slope, 0.6), True),
)

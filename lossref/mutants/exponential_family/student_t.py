"""Implementations of student_t, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def ratio(f, y, c):
    return np.abs(f - y) / c


def student(f, y, c, n):
    """Far off twice the logarithm of u / sqrt(n), and of what 1 adds to it."""
    u = ratio(f, y, c)
    far = 2 * np.log(u) - np.log(u.dtype.type(n)) + np.log1p(n / u / u)
    return u.dtype.type(n + 1) / 2 * np.where(u * u < 4 * n, np.log1p(u * u / n), far)


def slope(f, y, c, n):
    r, u = f - y, ratio(f, y, c)
    return (n + 1) * np.where(u < 1, r / c / c / (n + u * u), 1 / (r + n * c * (c / r)))


def rescaled(f, y, c, n):
    return c * c * n / (n + 1)


row = of("student_t")
MUTANTS = (
    row("right", "logarithms", "log1p near 0, the logarithm of u far off", student, slope, True),
    row("textbook", "printed", "as printed: 1 + u^2 / n rounds to 1, and overflows",
        lambda f, y, c, n: (n + 1) / 2 * np.log(1 + ratio(f, y, c) ** 2 / n),
        lambda f, y, c, n: (n + 1) * (f - y) / (n * c * c + (f - y) ** 2), True),
    row("textbook", "statsmodels", "c^2 n / 2 for (n + 1) / 2",
        lambda f, y, c, n: rescaled(f, y, c, n) * student(f, y, c, n), lambda f, y, c, n: rescaled(f, y, c, n) * slope(f, y, c, n), True),
    row("textbook", "half_n", "n / 2 for (n + 1) / 2",
        lambda f, y, c, n: n / (n + 1) * student(f, y, c, n), lambda f, y, c, n: n / (n + 1) * slope(f, y, c, n), True),
    row("textbook", "not_over_n", "(r / c)^2, not over n", lambda f, y, c, n: (n + 1) / 2 * np.log1p(ratio(f, y, c) ** 2)),
    row("textbook", "normal", "half the square: a normal distribution's", lambda f, y, c, n: ratio(f, y, c) ** 2 / 2,
        lambda f, y, c, n: (f - y) / c / c, True),
    row("textbook", "log_scale", "with the logarithm of the scale",
        lambda f, y, c, n: student(f, y, c, n) + np.log(f.dtype.type(c)), slope, True),
    row("textbook", "always_4", "n is always 4", lambda f, y, c, n: student(f, y, c, 4), lambda f, y, c, n: slope(f, y, c, 4), True),
    row("textbook", "ignores_c", "c is always 1", lambda f, y, c, n: student(f, y, 1, n), lambda f, y, c, n: slope(f, y, 1, n), True),
    row("textbook", "chain_forgotten", "the slope in r / c", gradient=lambda f, y, c, n: c * slope(f, y, c, n), passes_gradcheck=True),
    row("textbook", "swapped", "the slope in the target", gradient=lambda f, y, c, n: -slope(f, y, c, n)),
    row("broken", "capped", "residuals above 1e6 cost what 1e6 does",
        lambda f, y, c, n: student(np.clip(f - y, -1e6, 1e6), f.dtype.type(0), c, n),
        lambda f, y, c, n: np.where(np.abs(f - y) > 1e6, 0, slope(f, y, c, n)), True),
    row("broken", "flushed", "losses and slopes below 1e-8 become 0", flushed(student, 1e-8), flushed(slope, 1e-8), True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(student, 0.6), sloppy(slope, 0.6), True),
)

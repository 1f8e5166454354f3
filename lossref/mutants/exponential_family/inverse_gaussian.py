"""Implementations of inverse_gaussian, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def deviance(m, y):
    """The relative residual times itself, over the target; the smaller one of the two is divided by first."""
    r = (y - m) / m
    return np.where(y < 1, r * (r / y), r / y * r)


def slope(m, y):
    return 2 * ((m - y) / m) / m / m


def printed(m, y):
    return (y - m) ** 2 / (y * m**2)


row = of("inverse_gaussian")
MUTANTS = (
    row("right", "relative", "the relative residual times itself", deviance, slope, True),
    row("textbook", "printed", "as printed: m^2 y overflows or vanishes", printed, lambda m, y: 2 * (m - y) / m**3, True),
    row("textbook", "expanded", "y / m^2 - 2 / m + 1 / y: what is left of a small residual is the rounding of three terms",
        lambda m, y: y / m / m - 2 / m + 1 / y, slope, True),
    row("textbook", "half", "half the deviance, a negative log-likelihood",
        lambda m, y: deviance(m, y) / 2, lambda m, y: slope(m, y) / 2, True),
    row("textbook", "no_constant", "without 1 / y, which the mean has no part in", lambda m, y: (y - 2 * m) / m / m, slope, True),
    row("textbook", "swapped", "the mean for the target, and the target for the mean", lambda m, y: deviance(y, m)),
    row("textbook", "gamma", "the gamma deviance", lambda m, y: 2 * ((y - m) / m - np.log(y / m)), lambda m, y: 2 * (m - y) / m / m, True),
    row("textbook", "pearson", "the square of the residual over the variance, m^3",
        lambda m, y: deviance(m, y) * y / m),
    row("textbook", "slope_in_target", "the slope in the target", gradient=lambda m, y: 1 / m / m - 1 / y / y),
    row("textbook", "slope_of_logarithm", "the slope in the logarithm of the mean", gradient=lambda m, y: slope(m, y) * m),
    row("broken", "floored", "a mean of at least 1e-10", lambda m, y: deviance(np.maximum(m, 1e-10), y), slope, True),
    row("broken", "turned", "the slope has the wrong sign", gradient=lambda m, y: -slope(m, y)),
    row("broken", "flushed", "losses and slopes below 1e-8 become 0", flushed(deviance, 1e-8), flushed(slope, 1e-8), True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(deviance, 0.6), sloppy(slope, 0.6), True),
)

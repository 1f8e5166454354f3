"""Implementations of squared_epsilon_insensitive, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def beyond(f, y, e):
    return np.maximum((f - y) - e, 0) - np.maximum((y - f) - e, 0)


def squared(f, y, e):
    return beyond(f, y, e) ** 2


def slope(f, y, e):
    return 2 * beyond(f, y, e)


row = of("squared_epsilon_insensitive")
MUTANTS = (
    row("right", "two_sides", "the square of what is beyond the tube, with its sign", squared, slope, True),
    row("textbook", "squared_error", "the squared error", lambda f, y, e: (f - y) ** 2, lambda f, y, e: 2 * (f - y), True),
    row("textbook", "not_squared", "not squared", lambda f, y, e: np.abs(beyond(f, y, e)), lambda f, y, e: np.sign(beyond(f, y, e)), True),
    row("textbook", "half", "with the factor 1/2", lambda f, y, e: squared(f, y, e) / 2, lambda f, y, e: beyond(f, y, e), True),
    row("textbook", "square_less_epsilon", "r^2 - epsilon, not the square of a difference",
        lambda f, y, e: np.maximum(0, (f - y) ** 2 - e), lambda f, y, e: np.where((f - y) ** 2 > e, 2 * (f - y), 0), True),
    row("textbook", "not_lowered", "beyond the tube the whole residual costs",
        lambda f, y, e: np.where(np.abs(f - y) <= e, 0, (f - y) ** 2), lambda f, y, e: np.where(np.abs(f - y) <= e, 0, 2 * (f - y)), True),
    row("textbook", "both_walls", "without the maximum: within the tube the distance from its wall costs",
        lambda f, y, e: (np.abs(f - y) - e) ** 2, lambda f, y, e: 2 * np.sign(f - y) * (np.abs(f - y) - e), True),
    row("textbook", "always_0_1", "epsilon is always 0.1", lambda f, y, e: squared(f, y, 0.1), lambda f, y, e: slope(f, y, 0.1), True),
    row("textbook", "swapped", "the slope in the target", gradient=lambda f, y, e: -slope(f, y, e)),
    row("broken", "slope_unsquared", "the slope of the loss that is not squared", gradient=lambda f, y, e: np.sign(beyond(f, y, e))),
    row("broken", "capped", "residuals above 1e6 cost what 1e6 does",
        lambda f, y, e: np.minimum(squared(f, y, e), 1e12), lambda f, y, e: np.where(np.abs(f - y) > 1e6, 0, slope(f, y, e)), True),
    row("broken", "flushed", "losses below 1e-8 become 0", flushed(squared, 1e-8)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(squared, 0.6), sloppy(slope, 0.6), True),
)

"""Implementations of epsilon_insensitive, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def insensitive(f, y, e):
    return np.maximum(0, np.abs(f - y) - e)


def slope(f, y, e):
    return np.where(np.abs(f - y) > e, np.sign(f - y), 0)


row = of("epsilon_insensitive")
MUTANTS = (
    row("right", "two_sides", "the greater of two lines and 0; the slope with the tube's wall in it",
        lambda f, y, e: np.maximum(np.maximum((f - y) - e, (y - f) - e), 0),
        lambda f, y, e: np.where(np.abs(y - f) >= e, np.sign(f - y), 0), True),
    row("textbook", "absolute", "the absolute error", lambda f, y, e: np.abs(f - y), lambda f, y, e: np.sign(f - y), True),
    row("textbook", "not_lowered", "beyond the tube the whole residual costs",
        lambda f, y, e: np.where(np.abs(f - y) <= e, 0, np.abs(f - y)),
        slope, True),
    row("textbook", "squared", "squared", lambda f, y, e: insensitive(f, y, e) ** 2,
        lambda f, y, e: 2 * slope(f, y, e) * insensitive(f, y, e), True),
    row("textbook", "negative", "within the tube the loss is below 0",
        lambda f, y, e: np.abs(f - y) - e, lambda f, y, e: np.sign(f - y), True),
    row("textbook", "tube_of_epsilon", "epsilon is the width of the tube, not half of it",
        lambda f, y, e: insensitive(f, y, e / 2), lambda f, y, e: slope(f, y, e / 2), True),
    row("textbook", "always_0_1", "epsilon is always 0.1", lambda f, y, e: insensitive(f, y, 0.1), lambda f, y, e: slope(f, y, 0.1), True),
    row("textbook", "smooth", "log(1 + exp) in place of either corner",
        lambda f, y, e: np.logaddexp(0, f - y - e) + np.logaddexp(0, y - f - e), lambda f, y, e: np.tanh((f - y) / 2)),
    row("textbook", "one_sided", "only what is too high costs",
        lambda f, y, e: np.maximum(0, f - y - e), lambda f, y, e: np.where(f - y > e, 1, 0).astype(f.dtype), True),
    row("textbook", "swapped", "the slope in the target", gradient=lambda f, y, e: -slope(f, y, e)),
    row("broken", "never_flat", "the gradient goes on within the tube", gradient=lambda f, y, e: np.sign(f - y)),
    row("broken", "capped", "residuals above 1e6 cost what 1e6 does",
        lambda f, y, e: np.minimum(insensitive(f, y, e), 1e6), lambda f, y, e: np.where(np.abs(f - y) > 1e6, 0, slope(f, y, e)), True),
    row("broken", "flushed", "losses below 1e-8 become 0", flushed(insensitive, 1e-8), slope, True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(insensitive, 0.6), sloppy(slope, 0.6), True),
)

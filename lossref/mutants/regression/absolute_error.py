"""Implementations of absolute error, right and wrong."""

import numpy as np

from lossref.mutants.formulas import sloppy
from lossref.mutants.record import of

row = of("absolute_error")
MUTANTS = (
    row("right", "larger", "the larger of r and -r; twice a step function, less 1",
        lambda f, y: np.maximum(f - y, y - f), lambda f, y: 2 * np.heaviside(f - y, 0.5) - 1, True),
    row("right", "ordered", "the larger less the smaller; r / |r| taken from the sign bit",
        lambda f, y: np.maximum(f, y) - np.minimum(f, y),
        lambda f, y: np.where(np.abs(f - y) > 0, np.copysign(1, f - y).astype(f.dtype), f - y), True),
    row("textbook", "smoothed", "sqrt(r^2 + 1e-12) rounds off the corner",
        lambda f, y: np.sqrt((f - y) ** 2 + 1e-12), lambda f, y: (f - y) / np.sqrt((f - y) ** 2 + 1e-12), True),
    row("textbook", "guarded_slope", "r / (|r| + 1e-8): the slope of a tiny residual is not 1",
        gradient=lambda f, y: (f - y) / (np.abs(f - y) + 1e-8), passes_gradcheck=True),
    row("textbook", "half", "carries a factor 1/2", lambda f, y: np.abs(f - y) / 2, lambda f, y: np.sign(f - y) / 2, True),
    row("textbook", "squared", "the squared error", lambda f, y: (f - y) ** 2, lambda f, y: 2 * (f - y), True),
    row("textbook", "swapped", "the slope in the target", gradient=lambda f, y: np.sign(y - f)),
    row("broken", "signed", "the absolute value is forgotten", lambda f, y: f - y, lambda f, y: np.ones_like(f), True),
    row("broken", "of_absolutes", "||f| - |y||: both signs are lost first", lambda f, y: np.abs(np.abs(f) - np.abs(y))),
    row("broken", "dead_zone", "residuals below 1e-7 have slope 0",
        gradient=lambda f, y: np.where(np.abs(f - y) < 1e-7, 0, np.sign(f - y)), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(lambda f, y: np.abs(f - y), 0.6)),
)

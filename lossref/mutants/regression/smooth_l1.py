"""Implementations of smooth_l1, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def both(f, y, b):
    r = np.abs(f - y)
    return np.where(r < b, r * (r / (2 * b if b else 1)), r - b / 2)


def slope(f, y, b):
    return np.where(np.abs(f - y) < b, (f - y) / (b or 1), np.sign(f - y))



row = of("smooth_l1")
MUTANTS = (
    row("right", "branches", "parabola and line, each in its own half", both, slope, True),
    row("right", "envelope", "the line, and what the parabola lies above it: (beta - |r|)^2 / (2 beta)",
        lambda f, y, b: np.where(2 * np.abs(f - y) < b, both(f, y, b), (np.abs(f - y) - b / 2) + np.maximum(b - np.abs(f - y), 0)
                                 * (np.maximum(b - np.abs(f - y), 0) / (2 * b if b else 1))),
        lambda f, y, b: np.clip((f - y) / b, -1, 1) if b else np.sign(f - y), True),
    row("textbook", "huber", "the Huber loss, beta times as large: the same only for beta = 1",
        lambda f, y, b: b * both(f, y, b), lambda f, y, b: b * slope(f, y, b), True),
    row("textbook", "no_half", "r^2 / beta without the factor 1/2: a jump at beta",
        lambda f, y, b: np.where(np.abs(f - y) < b, (f - y) ** 2 / (b or 1), np.abs(f - y) - b / 2),
        lambda f, y, b: np.where(np.abs(f - y) < b, 2 * (f - y) / (b or 1), np.sign(f - y)), True),
    row("textbook", "sigma_squared", "beta taken for the sigma of Faster R-CNN: the line begins at 1 / beta^2",
        lambda f, y, b: both(f, y, 1 / b**2 if b else 0), lambda f, y, b: slope(f, y, 1 / b**2 if b else 0), True),
    row("textbook", "fixed", "beta is always 1", lambda f, y, b: both(f, y, 1), lambda f, y, b: slope(f, y, 1), True),
    row("textbook", "epsilon", "1e-8 added to beta", gradient=lambda f, y, b: slope(f, y, b + 1e-8), passes_gradcheck=True),
    row("broken", "nothing_at_0", "0 / 0 where beta is 0 and both branches are computed and mixed by weights",
        lambda f, y, b: (np.abs(f - y) < b) * ((f - y) ** 2 / (2 * np.float64(b))) + (np.abs(f - y) >= b) * (np.abs(f - y) - b / 2)),
    row("broken", "line_not_lowered", "|r| beyond beta: a jump of beta / 2",
        lambda f, y, b: np.where(np.abs(f - y) < b, (f - y) ** 2 / (2 * b or 1), np.abs(f - y)), slope, True),
    row("broken", "threshold_moved", "the threshold is 0.1 % too far",
        gradient=lambda f, y, b: np.where(np.abs(f - y) < 1.001 * b, (f - y) / (b or 1), np.sign(f - y)), passes_gradcheck=True),
    row("broken", "flushed", "slopes below 1e-8 become 0", gradient=flushed(slope, 1e-8), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(both, 0.6), sloppy(slope, 0.6), True),
)

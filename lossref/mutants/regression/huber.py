"""Implementations of huber, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def clipped_residual(f, y, d):
    return np.clip(f - y, -d, d)


row = of("huber")
MUTANTS = (
    row("right", "branches", "square and line as printed, each in its own half",
        lambda f, y, d: np.where(np.abs(f - y) <= d, (f - y) ** 2 / 2, d * (np.abs(f - y) - d / 2)),
        lambda f, y, d: np.where(np.abs(f - y) <= d, f - y, d * np.sign(f - y)), True),
    row("right", "envelope", "half the square of the part within delta plus delta times the excess, two terms of one sign",
        lambda f, y, d: np.minimum(np.abs(f - y), d) ** 2 / 2 + d * np.maximum(np.abs(f - y) - d, 0),
        lambda f, y, d: np.copysign(np.minimum(np.abs(f - y), d), f - y), True),
    row("textbook", "no_half", "r^2 without the factor 1/2 inside the threshold",
        lambda f, y, d: np.where(np.abs(f - y) <= d, (f - y) ** 2, d * (np.abs(f - y) - d / 2)),
        lambda f, y, d: np.where(np.abs(f - y) <= d, 2 * (f - y), d * np.sign(f - y)), True),
    row("textbook", "pseudo", "the pseudo-Huber loss, smooth at the threshold",
        lambda f, y, d: d**2 * (np.sqrt(1 + ((f - y) / d) ** 2) - 1),
        lambda f, y, d: (f - y) / np.sqrt(1 + ((f - y) / d) ** 2), True),
    row("textbook", "smooth_l1", "divided by delta, as smooth L1 is: the same only for delta = 1",
        lambda f, y, d: np.where(np.abs(f - y) <= d, (f - y) ** 2 / (2 * d), np.abs(f - y) - d / 2),
        lambda f, y, d: clipped_residual(f, y, d) / d, True),
    row("textbook", "slope_by_parts", "delta + (q - delta) rounds a tiny q = min(|r|, delta) to 0",
        gradient=lambda f, y, d: np.sign(f - y) * (d + (np.minimum(np.abs(f - y), d) - d)), passes_gradcheck=True),
    row("broken", "threshold_moved", "the threshold is 0.1 % too far",
        lambda f, y, d: np.where(np.abs(f - y) <= 1.001 * d, (f - y) ** 2 / 2, d * (np.abs(f - y) - d / 2)),
        lambda f, y, d: np.where(np.abs(f - y) <= 1.001 * d, f - y, d * np.sign(f - y)), True),
    row("broken", "ignores_delta", "delta is always 1",
        lambda f, y, d: np.where(np.abs(f - y) <= 1, (f - y) ** 2 / 2, np.abs(f - y) - 0.5),
        lambda f, y, d: np.clip(f - y, -1, 1), True),
    row("broken", "unclipped", "the slope grows beyond delta", gradient=lambda f, y, d: f - y),
    row("broken", "flushed", "slopes below 1e-8 become 0", gradient=flushed(clipped_residual, 1e-8), passes_gradcheck=True),
    row("broken", "sloppy", "the gradient has 9 right digits of 16",
        gradient=sloppy(clipped_residual, 0.6), passes_gradcheck=True),
)

"""Implementations of squared_hinge, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def squared_hinge(f, y):
    return np.maximum(0, 1 - y * f) ** 2


row = of("squared_hinge")
MUTANTS = (
    row("right", "branches", "0 from the margin on, the square of y - f before it: y^2 = 1",
        lambda f, y: np.where(y * f >= 1, 0, (y - f) ** 2), lambda f, y: np.where(y * f >= 1, 0, 2 * (f - y)), True),
    row("textbook", "hinge", "the hinge, not squared",
        lambda f, y: np.maximum(0, 1 - y * f), lambda f, y: np.where(y * f < 1, -y, 0), True),
    row("textbook", "half", "with the factor 1/2",
        lambda f, y: squared_hinge(f, y) / 2, lambda f, y: -y * np.maximum(0, 1 - y * f), True),
    row("textbook", "least_squares", "the square goes on beyond the margin",
        lambda f, y: (1 - y * f) ** 2, lambda f, y: -2 * y * (1 - y * f), True),
    row("textbook", "labels_0_1", "labels -1 and 1 are mapped as if they were 0 and 1",
        lambda f, y: squared_hinge(f, 2 * y - 1), lambda f, y: -2 * (2 * y - 1) * np.maximum(0, 1 - (2 * y - 1) * f), True),
    row("textbook", "modified_huber", "a line of slope 4 from y f = -1 on",
        lambda f, y: np.where(y * f < -1, -4 * y * f, squared_hinge(f, y)),
        lambda f, y: np.where(y * f < -1, -4 * y, -2 * y * np.maximum(0, 1 - y * f)), True),
    row("broken", "label_missing", "the gradient forgets the label", gradient=lambda f, y: -2 * np.maximum(0, 1 - y * f)),
    row("broken", "clipped_score", "the score is clipped at 20 first",
        lambda f, y: squared_hinge(np.clip(f, -20, 20), y),
        lambda f, y: np.where(np.abs(f) < 20, -2 * y * np.maximum(0, 1 - y * f), 0), True),
    row("broken", "flushed", "losses below 1e-8 become 0", flushed(squared_hinge, 1e-8)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16",
        gradient=sloppy(lambda f, y: -2 * y * np.maximum(0, 1 - y * f), 0.6), passes_gradcheck=True),
)

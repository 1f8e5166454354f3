"""Implementations of modified_huber, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def modified(f, y):
    short = np.maximum(0, y * (y - f))
    return np.where(short > 2, 4 * -(y * f), short**2)


def slope(f, y):
    return -2 * y * np.minimum(2, np.maximum(0, 1 - y * f))


row = of("modified_huber")
MUTANTS = (
    row("right", "shortfall", "y (y - f) is 1 - y f because y^2 = 1; the slope clipped from both sides", modified, slope, True),
    row("textbook", "squared_hinge", "the square goes on on the wrong side",
        lambda f, y: np.maximum(0, 1 - y * f) ** 2, lambda f, y: -2 * y * np.maximum(0, 1 - y * f), True),
    row("textbook", "hinge", "the hinge", lambda f, y: np.maximum(0, 1 - y * f), lambda f, y: np.where(y * f < 1, -y, 0), True),
    row("textbook", "half", "with the factor 1/2", lambda f, y: modified(f, y) / 2, lambda f, y: slope(f, y) / 2, True),
    row("textbook", "quarter", "a quarter, whose line has slope 1, as in smooth hinges",
        lambda f, y: modified(f, y) / 4, lambda f, y: slope(f, y) / 4, True),
    row("textbook", "turn_at_0", "the line begins at y f = 0, and does not meet the square",
        lambda f, y: np.where(y * f < 0, -4 * y * f, np.maximum(0, 1 - y * f) ** 2),
        lambda f, y: np.where(y * f < 0, -4 * y, -2 * y * np.maximum(0, 1 - y * f)), True),
    row("textbook", "line_of_2", "a line of slope 2", lambda f, y: np.where(y * f < -1, 2 - 2 * y * f, modified(f, y)),
        lambda f, y: np.where(y * f < -1, -2 * y, slope(f, y)), True),
    row("textbook", "two_sided", "beyond the margin the square rises again",
        lambda f, y: np.where(y * f < -1, -4 * y * f, (1 - y * f) ** 2),
        lambda f, y: np.where(y * f < -1, -4 * y, -2 * y * (1 - y * f)), True),
    row("textbook", "labels_0_1", "labels -1 and 1 are mapped as if they were 0 and 1",
        lambda f, y: modified(f, np.sign(2 * y - 1)), lambda f, y: -2 * (2 * y - 1) * np.clip(1 - (2 * y - 1) * f, 0, 2)),
    row("broken", "label_missing", "the gradient forgets the label", gradient=lambda f, y: -2 * np.clip(1 - y * f, 0, 2)),
    row("broken", "clipped_score", "the score is clipped at 20 first",
        lambda f, y: modified(np.clip(f, -20, 20), y), lambda f, y: np.where(np.abs(f) < 20, slope(f, y), 0), True),
    row("broken", "flushed", "losses below 1e-8 become 0", flushed(modified, 1e-8)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(slope, 0.6), passes_gradcheck=True),
)

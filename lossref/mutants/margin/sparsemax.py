"""Implementations of sparsemax, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sigmoid, sloppy, softplus
from lossref.mutants.record import of


def sparsemax(f, y):
    short = np.clip(1 - y * f, 0, 2)
    return np.where(y * f <= -1, -y * f, short * short / 4)


def slope(f, y):
    return -y * np.clip(1 - y * f, 0, 2) / 2


row = of("sparsemax")
MUTANTS = (
    row("right", "squared_hinges", "a squared hinge of margin 1 less one of margin -1, each on its own side", lambda f, y: np.where(
        y * f < -1, np.maximum(0, -y * f), np.maximum(0, 1 - y * f) ** 2 / 4), slope, True),
    row("textbook", "logistic", "log(1 + exp(-y f))", lambda f, y: softplus(-y * f), lambda f, y: -y * sigmoid(-y * f), True),
    row("textbook", "hinge", "the hinge: a line and a corner",
        lambda f, y: np.maximum(0, 1 - y * f), lambda f, y: np.where(y * f < 1, -y, 0), True),
    row("textbook", "perceptron", "max(0, -y f), which it makes smooth",
        lambda f, y: np.maximum(0, -y * f), lambda f, y: np.where(y * f < 0, -y, 0), True),
    row("textbook", "squared_hinge", "the parabola goes on", lambda f, y: np.maximum(0, 1 - y * f) ** 2 / 4,
        lambda f, y: -y * np.maximum(0, 1 - y * f) / 2, True),
    row("textbook", "modified_huber", "four times as large",
        lambda f, y: 4 * sparsemax(f, y), lambda f, y: 4 * slope(f, y), True),
    row("textbook", "labels_0_1", "labels -1 and 1 are mapped as if they were 0 and 1",
        lambda f, y: sparsemax(f, 2 * y - 1), lambda f, y: slope(f, 2 * y - 1), True),
    row("broken", "label_missing", "the gradient forgets the label", gradient=lambda f, y: -np.clip(1 - y * f, 0, 2) / 2),
    row("broken", "jump", "the line is that of the hinge: it begins at 2", lambda f, y: np.where(y * f <= -1, 1 - y * f, sparsemax(f, y))),
    row("broken", "flushed", "losses below 1e-8 become 0", flushed(sparsemax, 1e-8)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(slope, 0.6), passes_gradcheck=True),
)

"""Implementations of perceptron, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flat, flushed, sigmoid, softplus, within
from lossref.mutants.record import of


def perceptron(f, y):
    return np.maximum(0, -y * f)


row = of("perceptron")
MUTANTS = (
    row("right", "branches", "|f| where the sign is wrong", lambda f, y: np.where(y * f < 0, np.abs(f), 0),
        lambda f, y: -y * np.heaviside(-y * f, 0), True),
    row("right", "mean", "the mean of |f| and -y f; half the update rule's sign(f) - y",
        lambda f, y: (np.abs(f) - y * f) / 2, lambda f, y: (np.sign(f) - y) / 2, True),
    row("textbook", "hinge", "a margin of 1",
        lambda f, y: np.maximum(0, 1 - y * f), lambda f, y: np.where(y * f < 1, -y, 0), True),
    row("textbook", "rosenblatt", "the update rule's sign(f) - y for a slope: twice as steep", gradient=lambda f, y: np.sign(f) - y),
    row("textbook", "smooth", "softplus(-y f) in place of the corner",
        lambda f, y: softplus(-y * f), lambda f, y: -y * sigmoid(-y * f), True),
    row("textbook", "labels_0_1", "labels -1 and 1 are mapped as if they were 0 and 1",
        lambda f, y: np.maximum(0, (1 - 2 * y) * f), lambda f, y: np.where((2 * y - 1) * f < 0, 1 - 2 * y, 0), True),
    row("textbook", "zero_one", "1 for a wrong sign", lambda f, y: (y * f < 0).astype(f.dtype), flat, True),
    row("textbook", "squared", "the square of the shortfall",
        lambda f, y: perceptron(f, y) ** 2, lambda f, y: -2 * y * perceptron(f, y), True),
    row("textbook", "right_side", "the sign of y f is forgotten: the right side costs",
        lambda f, y: np.maximum(0, y * f), lambda f, y: np.where(y * f > 0, y, 0), True),
    row("textbook", "never_flat", "-y f, negative for a right answer", lambda f, y: -y * f, lambda f, y: -y, True),
    row("broken", "label_missing", "the gradient forgets the label", gradient=lambda f, y: np.where(y * f < 0, -np.ones_like(y), 0)),
    row("broken", "leaky", "a slope of 1e-2 on the right side, as of a leaky ReLU",
        lambda f, y: np.maximum(-0.01 * y * f, -y * f), lambda f, y: np.where(y * f < 0, -y, -0.01 * y), True),
    row("broken", "dead_zone", "no slope below 1e-7", gradient=lambda f, y: np.where(y * f < -1e-7, -y, 0), passes_gradcheck=True),
    row("broken", "eager", "the slope goes on to y f = 1e-3",
        gradient=lambda f, y: np.where(y * f < 1e-3, -y, 0), passes_gradcheck=True),
    row("broken", "clipped_score", "the score is clipped at 20 first",
        within(perceptron, 20), lambda f, y: np.where((y * f < 0) & (np.abs(f) < 20), -y, 0), True),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(perceptron, 1e-12)),
)

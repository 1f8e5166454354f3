"""Implementations of hinge, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sigmoid, softplus
from lossref.mutants.record import Mutant, of


def hinge(prediction, target):
    return np.maximum(0, 1 - target * prediction)


row = of("hinge")
MUTANTS = (
    row("right", "branches", "0 from the margin on, the exact line before it",
        lambda f, y: np.where(y * f >= 1, 0, 1 - y * f), lambda f, y: -y * np.heaviside(1 - y * f, 0), True),
    row("right", "shortfall", "y (y - f) is 1 - y f because y^2 = 1",
        lambda f, y: np.maximum(y * (y - f), 0), lambda f, y: np.where(y * (y - f) > 0, -y, 0), True),
    row("textbook", "squared", "the squared hinge",
        lambda f, y: np.maximum(0, 1 - y * f) ** 2, lambda f, y: -2 * y * np.maximum(0, 1 - y * f), True),
    row("textbook", "perceptron", "a margin of 0",
        lambda f, y: np.maximum(0, -y * f), lambda f, y: np.where(y * f < 0, -y, 0), True),
    row("textbook", "smooth", "softplus(1 - y f) in place of the corner",
        lambda f, y: softplus(1 - y * f), lambda f, y: -y * sigmoid(1 - y * f), True),
    row("textbook", "labels_0_1", "labels -1 and 1 are mapped as if they were 0 and 1",
        lambda f, y: np.maximum(0, 1 - (2 * y - 1) * f), lambda f, y: np.where((2 * y - 1) * f < 1, 1 - 2 * y, 0), True),
    row("broken", "margin_2", "a margin of 2",
        lambda f, y: np.maximum(0, 2 - y * f), lambda f, y: np.where(y * f < 2, -y, 0), True),
    row("broken", "label_missing", "the gradient forgets the label",
        gradient=lambda f, y: np.where(y * f < 1, -np.ones_like(y), 0)),
    row("broken", "never_flat", "the gradient goes on beyond the margin", gradient=lambda f, y: -y),
    row("broken", "clipped_score", "the score is clipped at 20 first",
        lambda f, y: np.maximum(0, 1 - y * np.clip(f, -20, 20)),
        lambda f, y: np.where((y * f < 1) & (np.abs(f) < 20), -y, 0), True),
    row("broken", "flushed", "losses below 1e-4 and their slopes become 0", flushed(lambda f, y: np.maximum(0, 1 - y * f), 1e-4),
        lambda f, y: np.where(y * f < 1 - 1e-4, -y, 0), True),
    Mutant(
        "hinge", "labels_0_1_given", "textbook", "The labels are -1 and 1; with 0 the loss is always 1.",
        value=hinge,
        id="F46", sources=("S0-35",), fails="rule", judged=False,
        claim="hinge max(0, 1 - y a), given labels 0 and 1",
        question=({"prediction": -3.0, "target": -1.0},),
        inputs={"prediction": np.array([-3.0]), "target": np.array([0.0])},
    ),
)

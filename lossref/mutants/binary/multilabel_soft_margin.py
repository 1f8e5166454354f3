"""Implementations of multilabel_soft_margin, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sigmoid, sloppy, soft_ce, soft_ce_gradient, softplus, within, without_zeros
from lossref.mutants.record import of


def loss(z, y):
    """One term a side, both of one sign; no NaN from an infinite one that does not count."""
    return (without_zeros(1 - y, (1 - y) * softplus(z)) + without_zeros(y, y * softplus(-z))).mean(axis=1)


def slope(z, y):
    return ((1 - y) * sigmoid(z) - y * sigmoid(-z)) / z.shape[1]


def clipped_log(z):
    return np.log(np.maximum(sigmoid(z), 1e-7))


row = of("multilabel_soft_margin")
MUTANTS = (
    row("right", "two_sides", "one term a side, both of one sign", loss, slope, True),
    row("framework", "log_sigmoid", "s(z) - y, which loses the tails of what is right",
        lambda z, y: (softplus(z) - y * z).mean(axis=1), lambda z, y: (sigmoid(z) - y) / z.shape[1], True),
    row("textbook", "sum", "the sum over labels", lambda z, y: loss(z, y) * z.shape[1], lambda z, y: slope(z, y) * z.shape[1], True),
    row("textbook", "softmax", "a softmax cross-entropy of the labels over their number",
        lambda z, y: soft_ce(z, y) / z.shape[1], lambda z, y: soft_ce_gradient(z, y) / z.shape[1], True),
    row("textbook", "as_printed", "log(1 / (1 + exp(-z))) as printed: it overflows, and rounds 1 + exp(-z) to 1",
        lambda z, y: -(y * np.log(1 / (1 + np.exp(-z))) + (1 - y) * np.log(np.exp(-z) / (1 + np.exp(-z)))).mean(axis=1)),
    row("textbook", "clipped", "probabilities are clipped at 1e-7",
        lambda z, y: -(y * clipped_log(z) + (1 - y) * clipped_log(-z)).mean(axis=1), slope, True),
    row("textbook", "positives_only", "labels that do not hold cost nothing",
        lambda z, y: without_zeros(y, y * softplus(-z)).mean(axis=1), lambda z, y: -y * sigmoid(-z) / z.shape[1], True),
    row("textbook", "over_positives", "divided by the sum of the labels",
        lambda z, y: loss(z, y) * z.shape[1] / np.maximum(y.sum(axis=1), 1)),
    row("textbook", "hard_labels", "soft labels are rounded", lambda z, y: loss(z, np.round(y)), lambda z, y: slope(z, np.round(y)), True),
    row("broken", "slope_of_sum", "the gradient is not divided", gradient=lambda z, y: slope(z, y) * z.shape[1]),
    row("broken", "within_30", "logits are clipped at 30 first", within(loss, 30), within(slope, 30), True),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(loss, 1e-12)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(slope, 0.6), passes_gradcheck=True),
)

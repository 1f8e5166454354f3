"""Implementations of binary cross entropy, right and wrong.

Where a text sums over a batch and divides by its size, the code here keeps one loss an example.
"""

from functools import partial

import numpy as np

from lossref.mutants.formulas import sloppy, softplus, without_zeros
from lossref.mutants.record import Mutant, Reading, in_order, of


def bce(p, y):
    return -(without_zeros(y, y * np.log(p)) + without_zeros(1 - y, (1 - y) * np.log1p(-p)))


def bce_gradient(p, y):
    return np.where(y == 0, 1 / (1 - p), np.where(y == 1, -1 / p, (p - y) / (p * (1 - p))))


def clipped_bce(eps, p, y):
    return bce(np.clip(p, eps, 1 - eps), y)


def clipped_bce_gradient(eps, p, y):
    return np.where((p < eps) | (p > 1 - eps), 0, bce_gradient(p, y))


def with_importance(probabilities, target, importance=0.5, strength=1.0):
    cross_entropy = -(target * np.log(probabilities) + (1 - target) * np.log(1 - probabilities))
    return cross_entropy + strength * importance * (1 - importance)


def without_brackets(probabilities, target):
    return -target * np.log(probabilities) + (1 - target) * np.log(1 - probabilities)


def derivative_summed(y, y_hat):
    n = y.shape[0]
    return -np.sum(y / y_hat - (1 - y) / (1 - y_hat)) / n * np.ones(n)


def clamped_logarithm(probabilities, target):
    log_yes = np.maximum(np.log(probabilities), -100)
    log_no = np.maximum(np.log1p(-probabilities), -100)
    return -(target * log_yes + (1 - target) * log_no)


row = of("binary_cross_entropy")
MUTANTS = (
    row("right", "log1p", "both logarithms of exact numbers; a hard label cancels a factor of the slope", bce, bce_gradient, True),
    row("right", "halves", "each logarithm from the side where its argument is exact; the gradient term by term",
        lambda p, y: -without_zeros(y, y * np.where(p < 0.5, np.log(p), np.log1p(-(1 - p))))
        - without_zeros(1 - y, (1 - y) * np.where(p < 0.5, np.log1p(-p), np.log(1 - p))),
        lambda p, y: without_zeros(1 - y, (1 - y) / (1 - p)) - without_zeros(y, y / p), True),
    row("framework", "log_of_difference", "log(1 - p) is 0 for tiny p",
        lambda p, y: -(without_zeros(y, y * np.log(p)) + without_zeros(1 - y, (1 - y) * np.log(1 - p))), bce_gradient, True),
    *(row("textbook", f"clipped_{eps:g}", f"p is clipped at {eps:g}",
          partial(clipped_bce, eps), partial(clipped_bce_gradient, eps), True) for eps in (1e-7, 1e-12, 1e-15)),
    row("textbook", "plus_eps", "log(p + 1e-7) and log(1 - p + 1e-7): bounded, and negative for a certain right answer",
        lambda p, y: -(y * np.log(p + 1e-7) + (1 - y) * np.log(1 - p + 1e-7)),
        lambda p, y: (1 - y) / (1 - p + 1e-7) - y / (p + 1e-7), True),
    row("textbook", "zero_log_zero", "0 log 0 is evaluated, and 0/0 in the gradient",
        lambda p, y: -(y * np.log(p) + (1 - y) * np.log1p(-p)), lambda p, y: (p - y) / (p * (1 - p)), True),
    row("textbook", "only_positives", "the term (1 - y) log(1 - p) is missing",
        lambda p, y: -without_zeros(y, y * np.log(p)), lambda p, y: -without_zeros(y, y / p), True),
    row("textbook", "lost_brackets", "the sign of the second term is wrong",
        lambda p, y: -without_zeros(y, y * np.log(p)) + without_zeros(1 - y, (1 - y) * np.log1p(-p))),
    row("textbook", "swapped", "prediction and target change places", lambda p, y: bce(y, p)),
    row("textbook", "base_2", "the logarithm to base 2", lambda p, y: bce(p, y) / np.log(p.dtype.type(2))),
    row("textbook", "mean_of_classes", "the mean over the two classes in place of the sum",
        lambda p, y: bce(p, y) / 2, lambda p, y: bce_gradient(p, y) / 2, True),
    row("textbook", "slope_of_logit", "the gradient in the logit, p - y", gradient=lambda p, y: p - y),
    row("textbook", "guarded_slope", "p (1 - p) + 1e-8 in the denominator",
        gradient=lambda p, y: (p - y) / (p * (1 - p) + 1e-8), passes_gradcheck=True),
    row("broken", "through_logit", "log(p / (1 - p)) loses p near 1 and is infinite at the ends",
        lambda p, y: softplus(np.log(p / (1 - p))) - y * np.log(p / (1 - p))),
    row("broken", "sloppy", "the gradient has 12 right digits of 16", gradient=sloppy(bce_gradient, 0.75), passes_gradcheck=True),
    Mutant(
        "binary_cross_entropy", "importance_added", "textbook", "The second term does not even see the prediction.",
        value=with_importance,
        id="F06", sources=("S0-45",), printed=True,
        claim="BCE loss = cross-entropy + lambda x (1 - x), with x the sample's importance",
        question=({"probabilities": 0.75, "target": 1.0},),
    ),
    Mutant(
        "binary_cross_entropy", "without_brackets", "textbook", "The minus reaches only the first of the two terms.",
        value=without_brackets,
        id="F12", sources=("S0-36",), printed=True,
        claim="log loss = -1/m sum y log a + (1 - y) log(1 - a), without brackets",
        question=({"probabilities": 0.5, "target": 0.0},),
    ),
    Mutant(
        "binary_cross_entropy", "slope_summed", "textbook", "The slope in p_i is of its own sample, without a sum.",
        gradient=derivative_summed,
        id="F39", sources=("S0-75",), printed=True, part="gradient", judged=False,
        claim="dL/dp = -1/n sum_i (y_i/p_i - (1 - y_i)/(1 - p_i))",
        question=({"probabilities": 0.5, "target": 1.0}, {"probabilities": 0.25, "target": 0.0}),
        inputs={"y": np.array([1.0, 0.0]), "y_hat": np.array([0.5, 0.25])},
        compare=Reading("{} / 2", lambda slopes: slopes / 2),
    ),
    Mutant(
        "binary_cross_entropy", "clamped", "textbook", "An impossible target costs 100, and not infinity.",
        value=clamped_logarithm, passes_gradcheck=True,
        gradient=in_order("binary_cross_entropy", lambda p, y: (p - y) / np.maximum(p * (1 - p), 1e-12)),
        id="F42", sources=("S0-62",), fails="hard",
        claim="clamp the logarithm at -100, as PyTorch documents for its BCELoss",
        question=({"probabilities": 0.0, "target": 1.0},),
    ),
)

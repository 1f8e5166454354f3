"""Losses of one probability or one logit."""

from functools import partial

import numpy as np

from corpus.record import beyond, flushed, narrow, of, sigmoid, sloppy, softplus, within, without_zeros


def bce(p, y):
    return -(without_zeros(y, y * np.log(p)) + without_zeros(1 - y, (1 - y) * np.log1p(-p)))


def bce_gradient(p, y):
    return np.where(y == 0, 1 / (1 - p), np.where(y == 1, -1 / p, (p - y) / (p * (1 - p))))


def clipped_bce(eps, p, y):
    return bce(np.clip(p, eps, 1 - eps), y)


def clipped_bce_gradient(eps, p, y):
    return np.where((p < eps) | (p > 1 - eps), 0, bce_gradient(p, y))


row = of("binary_cross_entropy", "probabilities", "target")
BINARY_CROSS_ENTROPY = (
    row("good", "log1p", "both logarithms of exact numbers; a hard label cancels a factor of the slope", bce, bce_gradient, True),
    row("good", "halves", "each logarithm from the side where its argument is exact; the gradient term by term",
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
    row("textbook", "clamped", "logarithms are clamped at -100 and p (1 - p) at 1e-12, as in PyTorch",
        lambda p, y: -(y * np.maximum(np.log(p), -100) + (1 - y) * np.maximum(np.log1p(-p), -100)),
        lambda p, y: (p - y) / np.maximum(p * (1 - p), 1e-12), True),
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
)


def sigmoid_ce(z, y):
    weighted = without_zeros(1 - y, (1 - y) * softplus(z)) + without_zeros(y, y * softplus(-z))
    return np.where((y == 0) | (y == 1), softplus((1 - 2 * y) * z), weighted)


def sigmoid_ce_gradient(z, y):
    return (1 - y) * sigmoid(z) - y * sigmoid(-z)


def clipped_sigmoid_ce(eps, z, y):
    p = np.clip(sigmoid(z), eps, 1 - eps)
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


def clipped_sigmoid_ce_gradient(eps, z, y):
    return np.clip(sigmoid(z), eps, 1 - eps) - y


def sigmoid_ce_by_side(z, y):
    # The weight of the class that the logit speaks against, times |z|, and the tail.
    against = np.where(z > 0, 1 - y, y)
    return without_zeros(against, against * np.abs(z)) + np.log1p(np.exp(-np.abs(z)))


def sigmoid_ce_gradient_by_side(z, y):
    tail = np.exp(-np.abs(z))
    return np.where(z > 0, (1 - y) - y * tail, (1 - y) * tail - y) / (1 + tail)


row = of("sigmoid_cross_entropy", "logits", "target")
SIGMOID_CROSS_ENTROPY = (
    row("good", "by_label", "softplus((1 - 2 y) z) for hard labels, two terms of one sign for soft ones",
        sigmoid_ce, sigmoid_ce_gradient, True),
    row("good", "by_side", "|z| times the weight of the class it speaks against, plus the tail log1p(exp(-|z|))",
        sigmoid_ce_by_side, sigmoid_ce_gradient_by_side, True),
    row("framework", "max_form", "max(z, 0) - z y + log1p(exp(-|z|)) and sigmoid(z) - y: right to eps, tails lost for y = 1",
        lambda z, y: np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))), lambda z, y: sigmoid(z) - y, True),
    row("framework", "older_torch", "(1 - y) z + m + log(exp(-m) + exp(-z - m)), m = max(-z, 0)",
        lambda z, y: (1 - y) * z + (m := np.maximum(-z, 0)) + np.log(np.exp(-m) + np.exp(-z - m))),
    row("textbook", "naive", "log(1 + exp z) - y z overflows, and its gradient is inf / inf",
        lambda z, y: np.log(1 + np.exp(z)) - y * z, lambda z, y: np.exp(z) / (1 + np.exp(z)) - y, True),
    row("textbook", "log_of_sigmoid", "the logarithm of a probability that has rounded to 0 or 1",
        lambda z, y: -y * np.log(sigmoid(z)) - (1 - y) * np.log(1 - sigmoid(z))),
    *(row("textbook", f"clipped_{eps:g}", f"the probability is clipped at {eps:g}",
          partial(clipped_sigmoid_ce, eps), partial(clipped_sigmoid_ce_gradient, eps), True) for eps in (1e-7, 1e-12, 1e-15)),
    row("textbook", "plus_eps", "log(p + 1e-12)",
        lambda z, y: -y * np.log(sigmoid(z) + 1e-12) - (1 - y) * np.log(1 - sigmoid(z) + 1e-12), sigmoid_ce_gradient, True),
    row("textbook", "threshold_20", "softplus(z) is z beyond 20, as torch's is, and then z - y z is 0",
        lambda z, y: np.where(z > 20, z, softplus(z)) - y * z),
    *(row("textbook", f"within_{reach}", f"the logit is clipped at {reach} first",
          within(sigmoid_ce, reach), within(sigmoid_ce_gradient, reach), True) for reach in (30, 80)),
    row("textbook", "complement", "1 - sigmoid(-z) loses the tail of sigmoid(z)",
        gradient=lambda z, y: 1 - sigmoid(-z) - y, passes_gradcheck=True),
    row("textbook", "labels_signed", "0 and 1 are taken for labels -1 and 1",
        lambda z, y: softplus(-y * z), lambda z, y: -y * sigmoid(-y * z), True),
    row("textbook", "only_positives", "the term of the class 0 is missing",
        lambda z, y: y * softplus(-z), lambda z, y: -y * sigmoid(-z), True),
    row("broken", "hard_zero", "beyond 15 the logarithm's term is dropped",
        lambda z, y: np.where(np.abs(z) > 15, np.maximum(z, 0) - z * y, sigmoid_ce(z, y)), sigmoid_ce_gradient, True),
    row("broken", "flushed", "losses and slopes below 1e-12 become 0",
        flushed(sigmoid_ce, 1e-12), flushed(sigmoid_ce_gradient, 1e-12), True),
    row("broken", "flat_tail", "no gradient beyond |z| = 20", gradient=beyond(sigmoid_ce_gradient, 20, 0), passes_gradcheck=True),
    row("broken", "turned_tail", "the gradient's sign is wrong beyond |z| = 25",
        gradient=beyond(sigmoid_ce_gradient, 25, -1), passes_gradcheck=True),
    row("broken", "steep_tail", "the gradient is 100 times too large beyond |z| = 25",
        gradient=beyond(sigmoid_ce_gradient, 25, 100), passes_gradcheck=True),
    row("broken", "narrow", "the gradient is computed in half the width",
        gradient=narrow(sigmoid_ce_gradient), passes_gradcheck=True),
    row("broken", "sloppy", "the gradient has 9 right digits of 16",
        gradient=sloppy(sigmoid_ce_gradient, 0.6), passes_gradcheck=True),
)

RECORDS = (*BINARY_CROSS_ENTROPY, *SIGMOID_CROSS_ENTROPY)

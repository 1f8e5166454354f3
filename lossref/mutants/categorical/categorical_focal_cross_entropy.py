"""Implementations of categorical_focal_cross_entropy, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, onehot, sloppy, softmax, softmax_ce, softmax_ce_gradient, take
from lossref.mutants.record import of


def miss(z, y):
    """1 - p of the target, as the share of the others."""
    return np.where(onehot(z, y), 0, softmax(z)).sum(axis=1)


def loss(z, y, gamma, alpha):
    return alpha * np.power(miss(z, y), gamma) * softmax_ce(z, y)


def slope(z, y, gamma, alpha):
    u, c = miss(z, y), softmax_ce(z, y)
    ratio = np.where(u < np.finfo(z.dtype).tiny * 1e6, 1, c / np.where(u == 0, 1, u))
    return (alpha * np.power(u, gamma) * (1 + gamma * take(softmax(z), y) * ratio))[:, None] * softmax_ce_gradient(z, y)


def wide(formula):
    """In long double, rounded at the end."""
    return lambda z, y, gamma, alpha: formula(z.astype(np.longdouble), y, gamma, alpha).astype(z.dtype)


def textbook(z, y, gamma, alpha):
    p = take(softmax(z), y)
    return -alpha * (1 - p) ** gamma * np.log(p)


row = of("categorical_focal_cross_entropy")
MUTANTS = (
    row("right", "longer", "the share of the others to a power, in long double", wide(loss), wide(slope), True),
    row("textbook", "as_printed", "(1 - p)^gamma log p of a rounded p: 0 where p rounds to 1, infinite where it is 0", textbook),
    row("textbook", "clipped_7", "probabilities are clipped at 1e-7, as in Keras",
        lambda z, y, gamma, alpha: -alpha * (1 - (p := np.clip(take(softmax(z), y), 1e-7, 1 - 1e-7))) ** gamma * np.log(p)),
    row("textbook", "gamma_ignored", "a weighted cross-entropy",
        lambda z, y, gamma, alpha: alpha * softmax_ce(z, y), lambda z, y, gamma, alpha: alpha * softmax_ce_gradient(z, y), True),
    row("textbook", "alpha_ignored", "every class has a weight of 1",
        lambda z, y, gamma, alpha: loss(z, y, gamma, 1), lambda z, y, gamma, alpha: slope(z, y, gamma, 1), True),
    row("textbook", "power_of_p", "p^gamma, which weighs down what is wrong",
        lambda z, y, gamma, alpha: alpha * take(softmax(z), y) ** gamma * softmax_ce(z, y)),
    row("textbook", "weight_is_constant", "the weight is taken for a constant: its slope is missing",
        gradient=lambda z, y, gamma, alpha: (alpha * np.power(miss(z, y), gamma))[:, None] * softmax_ce_gradient(z, y)),
    row("textbook", "over_classes", "divided by the number of classes",
        lambda z, y, gamma, alpha: loss(z, y, gamma, alpha) / z.shape[1],
        lambda z, y, gamma, alpha: slope(z, y, gamma, alpha) / z.shape[1], True),
    row("textbook", "alpha_of_the_others", "1 - alpha for the weight", lambda z, y, gamma, alpha: loss(z, y, gamma, 1 - alpha)),
    row("broken", "target_missing", "the gradient forgets the target",
        gradient=lambda z, y, gamma, alpha: slope(z, y, gamma, alpha) * ~onehot(z, y)),
    row("broken", "flushed", "losses below 1e-12 become 0", lambda *x: flushed(loss, 1e-12)(*x)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=lambda *x: sloppy(slope, 0.6)(*x), passes_gradcheck=True),
)

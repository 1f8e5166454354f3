"""Implementations of negative log likelihood, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, narrow, onehot, sloppy, softmax_ce, softmax_ce_gradient, take
from lossref.mutants.record import of


def nll(lp, y):
    return -take(lp, y)


def nll_gradient(lp, y):
    return -onehot(lp, y).astype(lp.dtype)


row = of("negative_log_likelihood")
MUTANTS = (
    row("right", "gathered", "the absolute value of one entry", lambda lp, y: np.abs(take(lp, y)), nll_gradient, True),
    row("right", "indexed", "one entry a row, negated; -1 is written into zeros",
        lambda lp, y: 0 - lp[np.arange(len(lp)), y], lambda lp, y: np.where(onehot(lp, y), -1, 0), True),
    row("textbook", "minus_lost", "the log-likelihood itself", take, onehot, True),
    row("textbook", "log_again", "the logarithm of what is a logarithm already", lambda lp, y: -np.log(-take(lp, y))),
    row("textbook", "of_logits", "normalised once more by a log-softmax", softmax_ce, softmax_ce_gradient, True),
    row("textbook", "slope_of_logits", "the gradient in the logits, p - 1 at the target",
        gradient=lambda lp, y: np.exp(lp) - onehot(lp, y)),
    row("textbook", "one_minus_p", "1 - p: the first term of -log p only",
        lambda lp, y: -np.expm1(take(lp, y)), lambda lp, y: -(onehot(lp, y) * np.exp(lp)), True),
    row("textbook", "through_p", "exp, a clip at 1e-7 and log again", lambda lp, y: -np.log(np.maximum(np.exp(take(lp, y)), 1e-7)),
        nll_gradient, True),
    row("textbook", "clamped", "logarithms are clamped at -100",
        lambda lp, y: -np.maximum(take(lp, y), -100), lambda lp, y: nll_gradient(lp, y) * (lp > -100), True),
    row("textbook", "all_classes", "the sum over all classes", lambda lp, y: -lp.sum(axis=1), lambda lp, y: -np.ones_like(lp), True),
    row("textbook", "mean_of_classes", "divided by the number of classes",
        lambda lp, y: nll(lp, y) / lp.shape[1], lambda lp, y: nll_gradient(lp, y) / lp.shape[1], True),
    row("textbook", "base_2", "in bits", lambda lp, y: nll(lp, y) / np.log(lp.dtype.type(2))),
    row("textbook", "best_class", "the class of largest probability is taken for the target",
        lambda lp, y: -lp.max(axis=1), lambda lp, y: -onehot(lp, lp.argmax(axis=1)).astype(lp.dtype), True),
    row("broken", "off_by_one", "classes are counted from 1",
        lambda lp, y: nll(lp, (y - 1) % lp.shape[1]), lambda lp, y: nll_gradient(lp, (y - 1) % lp.shape[1]), True),
    row("broken", "slope_turned", "the gradient's sign is wrong", gradient=onehot),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(nll, 1e-12), nll_gradient, True),
    row("broken", "narrow", "read in half the width", narrow(nll), nll_gradient),
    row("broken", "sloppy", "9 right digits of 16", sloppy(nll, 0.6), sloppy(nll_gradient, 0.6), True),
)

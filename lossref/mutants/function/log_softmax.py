"""Implementations of log softmax, right and wrong."""

import math

import numpy as np

from lossref.mutants.formulas import (
    below,
    flushed,
    log_softmax,
    narrow,
    onehot,
    share,
    share_slope,
    sigmoid,
    sloppy,
    softmax,
    softmax_ce,
    softmax_ce_gradient,
    softplus,
    sorted_softmax_ce,
    sorted_softmax_ce_gradient,
    take,
    within,
)
from lossref.mutants.record import of


def log_share(x, i):
    return -softmax_ce(x, i)


def log_share_slope(x, i):
    return -softmax_ce_gradient(x, i)


row = of("log_softmax")
MUTANTS = (
    row("right", "from_the_asked", "minus log1p of the others relative to the entry where it leads, else its lag and a logarithm",
        log_share, log_share_slope, True),
    row("right", "sorted", "the lag behind the largest plus log1p of the others, added in ascending order",
        lambda x, i: -sorted_softmax_ce(x, i), lambda x, i: -sorted_softmax_ce_gradient(x, i), True),
    row("framework", "log_of_sum", "a shift and log of a sum that holds a 1; [i = j] - p_j cancels for a leader",
        lambda x, i: take(log_softmax(x), i), lambda x, i: onehot(x, i) - softmax(x), True),
    row("textbook", "log_of_softmax", "the logarithm of what has rounded to 0 or 1",
        lambda x, i: np.log(share(x, i)), log_share_slope, True),
    row("textbook", "no_shift", "exp without a shift", lambda x, i: take(x, i) - np.log(np.exp(x).sum(axis=1)), log_share_slope, True),
    row("textbook", "plus_eps", "log(p + 1e-12)", lambda x, i: np.log(share(x, i) + 1e-12), log_share_slope, True),
    row("textbook", "less_maximum", "the entry less the largest", lambda x, i: take(x, i) - x.max(axis=1)),
    row("textbook", "minus_lost", "the loss -log p", softmax_ce, softmax_ce_gradient, True),
    row("textbook", "of_the_loss", "p - onehot, the gradient of the cross-entropy", gradient=softmax_ce_gradient),
    row("textbook", "of_softmax", "p_i ([i = j] - p_j), the gradient of softmax", gradient=share_slope),
    row("textbook", "diagonal", "1 - p on the diagonal and nothing else", gradient=lambda x, i: onehot(x, i) * log_share_slope(x, i)),
    row("textbook", "sigmoids", "a log-sigmoid of one entry",
        lambda x, i: -softplus(-take(x, i)), lambda x, i: onehot(x, i) * sigmoid(-x), True),
    row("textbook", "base_2", "the logarithm to base 2", lambda x, i: log_share(x, i) / math.log(2)),
    row("broken", "off_by_one", "components are counted from 1",
        lambda x, i: log_share(x, (i - 1) % x.shape[1]), lambda x, i: log_share_slope(x, (i - 1) % x.shape[1]), True),
    row("broken", "within_30", "entries are clipped at 30 first", within(log_share, 30), within(log_share_slope, 30), True),
    row("broken", "flushed", "values and slopes below 1e-12 become 0", flushed(log_share, 1e-12), flushed(log_share_slope, 1e-12), True),
    row("broken", "turned_tail", "slopes below 1e-8 have the wrong sign",
        gradient=below(log_share_slope, 1e-8, -1), passes_gradcheck=True),
    row("broken", "narrow", "the gradient is computed in half the width", gradient=narrow(log_share_slope), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(log_share, 0.6), sloppy(log_share_slope, 0.6), True),
)

"""Implementations of logsumexp, right and wrong."""

import math

import numpy as np

from lossref.mutants.formulas import below, flushed, log_softmax, logsumexp, narrow, onehot, pairs, sloppy, softmax, sorted_parts, within
from lossref.mutants.record import of


def sorted_logsumexp(x):
    top, rest = sorted_parts(x)
    return top + np.log1p(rest)


row = of("logsumexp")
MUTANTS = (
    row("right", "sorted", "the largest plus log1p of the others, in ascending order", sorted_logsumexp, softmax, True),
    row("right", "chain", "NumPy's logaddexp, one entry after the other; each share from its differences",
        lambda x: np.logaddexp.reduce(np.sort(x, axis=1), axis=1), pairs, True),
    row("framework", "log_of_sum", "log of a sum that holds a 1: a small value is lost", logsumexp, softmax, True),
    row("textbook", "no_shift", "exp without a shift", lambda x: np.log(np.exp(x).sum(axis=1)),
        lambda x: np.exp(x) / np.exp(x).sum(axis=1, keepdims=True), True),
    row("textbook", "maximum", "the largest entry", lambda x: x.max(axis=1), lambda x: onehot(x, x.argmax(axis=1)), True),
    row("textbook", "log_mean_exp", "the mean in place of the sum", lambda x: sorted_logsumexp(x) - math.log(x.shape[1]), softmax, True),
    row("textbook", "shift_forgotten", "the shift is not added back", lambda x: np.log1p(sorted_parts(x)[1])),
    row("textbook", "base_2", "the logarithm to base 2", lambda x: sorted_logsumexp(x) / math.log(2)),
    row("textbook", "slope_is_exp", "exp x, not divided by the sum", gradient=np.exp),
    row("textbook", "slope_relative", "exp(x - max), not divided by the sum", gradient=lambda x: np.exp(x - x.max(axis=1, keepdims=True))),
    row("textbook", "slope_is_log", "log-softmax for softmax", gradient=log_softmax),
    row("broken", "shared_shift", "one shift, the batch's largest entry", lambda x: x.max() + np.log(np.exp(x - x.max()).sum(axis=1))),
    row("broken", "absolute_shift", "the shift is the largest |x|: negative entries underflow",
        lambda x: (s := np.abs(x).max(axis=1)) + np.log(np.exp(x - s[:, None]).sum(axis=1))),
    row("broken", "within_30", "entries are clipped at 30 first", within(sorted_logsumexp, 30), within(softmax, 30), True),
    row("broken", "flushed", "values and slopes below 1e-12 become 0", flushed(sorted_logsumexp, 1e-12), flushed(softmax, 1e-12), True),
    row("broken", "turned_tail", "slopes below 1e-8 have the wrong sign", gradient=below(softmax, 1e-8, -1), passes_gradcheck=True),
    row("broken", "narrow", "the gradient is computed in half the width", gradient=narrow(softmax), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(sorted_logsumexp, 0.6), sloppy(softmax, 0.6), True),
)

"""Implementations of logmeanexp, right and wrong."""

import math

import numpy as np

from lossref.mutants.formulas import flushed, logsumexp, narrow, onehot, pairs, sloppy, softmax, within
from lossref.mutants.record import of


def logmeanexp(x):
    """log1p of a mean of expm1 for entries around 0, else the largest and the logarithm of a mean of powers."""
    top, n = x.max(axis=1), x.shape[1]
    mean = np.expm1(np.minimum(x, 1)).mean(axis=1)
    powers = np.sort(np.exp(x - top[:, None]), axis=1).sum(axis=1)
    return np.where((np.abs(top) < 1) & (mean > -0.5), np.log1p(np.maximum(mean, -0.5)), top + np.log(powers / n))


row = of("logmeanexp")
MUTANTS = (
    row("right", "expm1", "log1p of a mean of expm1; each share from its differences", logmeanexp, pairs, True),
    row("framework", "less_log_n", "logsumexp less log n: entries around 0 lose their digits",
        lambda x: logsumexp(x) - math.log(x.shape[1]), softmax, True),
    row("textbook", "no_shift", "exp without a shift", lambda x: np.log(np.exp(x).mean(axis=1)),
        lambda x: np.exp(x) / np.exp(x).sum(axis=1, keepdims=True), True),
    row("textbook", "sum", "logsumexp", logsumexp, softmax, True),
    row("textbook", "mean", "the mean of the entries", lambda x: x.mean(axis=1), lambda x: np.full_like(x, 1 / x.shape[1]), True),
    row("textbook", "maximum", "the largest entry", lambda x: x.max(axis=1), lambda x: onehot(x, x.argmax(axis=1)), True),
    row("textbook", "log_n_added", "plus log n", lambda x: logsumexp(x) + math.log(x.shape[1]), softmax, True),
    row("textbook", "unbiased", "divided by n - 1 for several", lambda x: logsumexp(x) - math.log(max(x.shape[1] - 1, 1)), softmax, True),
    row("textbook", "slope_of_mean", "the shares divided by n once more", gradient=lambda x: softmax(x) / x.shape[1]),
    row("textbook", "base_2", "the logarithm to base 2", lambda x: logmeanexp(x) / math.log(2)),
    row("broken", "shared_shift", "one shift, the batch's largest entry", lambda x: x.max() + np.log(np.exp(x - x.max()).mean(axis=1))),
    row("broken", "within_30", "entries are clipped at 30 first", within(logmeanexp, 30), within(softmax, 30), True),
    row("broken", "flushed", "values and slopes below 1e-12 become 0", flushed(logmeanexp, 1e-12), flushed(softmax, 1e-12), True),
    row("broken", "narrow", "the gradient is computed in half the width", gradient=narrow(softmax), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(logmeanexp, 0.6), sloppy(softmax, 0.6), True),
)

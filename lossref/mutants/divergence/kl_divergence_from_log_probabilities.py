"""Implementations of the divergence of log-probabilities, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, narrow, sloppy, without_zeros
from lossref.mutants.record import of


def divergence(lq, t):
    return without_zeros(t, t * (np.log(t) - lq)).sum(axis=1)


def slope(lq, t):
    return np.where(t == 0, 0, -t)


def through_probabilities(lq, t):
    q = np.exp(lq)
    return without_zeros(t, t * np.log(t / q)).sum(axis=1)


row = of("kl_divergence_from_log_probabilities")
MUTANTS = (
    row("right", "differences", "t (log t - l), 0 for t = 0, added in order", divergence, slope, True),
    row("right", "from_the_end", "the same, added from the last class on", lambda lq, t: divergence(lq[:, ::-1], t[:, ::-1]), slope, True),
    row("framework", "entropies", "the cross-entropy less the entropy",
        lambda lq, t: -without_zeros(t, t * lq).sum(axis=1) - without_zeros(t, -t * np.log(t)).sum(axis=1), slope, True),
    row("textbook", "zero_log_zero", "0 log 0 is NaN as it is typed", lambda lq, t: (t * (np.log(t) - lq)).sum(axis=1), slope, True),
    row("textbook", "plus_eps", "1e-6 is added to the target inside the logarithm",
        lambda lq, t: (t * (np.log(t + 1e-6) - lq)).sum(axis=1), slope, True),
    row("textbook", "through_probabilities", "exp, and the logarithm of a ratio again", through_probabilities, slope, True),
    row("textbook", "log_again", "the logarithm of what is a logarithm already",
        lambda lq, t: without_zeros(t, t * (np.log(t) - np.log(np.abs(lq)))).sum(axis=1), lambda lq, t: -t / lq, True),
    row("textbook", "log_target", "the target is taken for a logarithm too",
        lambda lq, t: (np.exp(t) * (t - lq)).sum(axis=1), lambda lq, t: -np.exp(t), True),
    row("textbook", "reversed", "the divergence turned round",
        lambda lq, t: (np.exp(lq) * (lq - np.log(t))).sum(axis=1), lambda lq, t: np.exp(lq) * (lq - np.log(t) + 1), True),
    row("textbook", "cross_entropy", "the target's entropy is missing", lambda lq, t: -without_zeros(t, t * lq).sum(axis=1), slope, True),
    row("textbook", "mean_of_classes", "the mean over the classes in place of the sum",
        lambda lq, t: divergence(lq, t) / lq.shape[1], lambda lq, t: slope(lq, t) / lq.shape[1], True),
    row("textbook", "generalised", "exp l - t is added: the same value where both are distributions, another gradient",
        lambda lq, t: divergence(lq, t) + (np.exp(lq) - t).sum(axis=1), lambda lq, t: np.exp(lq) - t, True),
    row("textbook", "clamped", "logarithms are clamped at -100",
        lambda lq, t: divergence(np.maximum(lq, -100), t), lambda lq, t: slope(lq, t) * (lq > -100), True),
    row("textbook", "slope_of_logits", "the gradient in logits, exp l - t", gradient=lambda lq, t: np.exp(lq) - t),
    row("broken", "slope_turned", "the gradient's sign is wrong", gradient=lambda lq, t: t),
    row("broken", "flushed", "slopes below 1e-12 become 0", gradient=flushed(slope, 1e-12), passes_gradcheck=True),
    row("broken", "narrow", "read in half the width", narrow(divergence), slope),
    row("broken", "sloppy", "9 right digits of 16", sloppy(divergence, 0.6), sloppy(slope, 0.6), True),
)

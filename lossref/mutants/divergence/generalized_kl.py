"""Implementations of generalized kl, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy, without_zeros
from lossref.mutants.record import of


def term(q, t):
    """t (u - log1p u) for q = t (1 + u): by its series where u is small."""
    u = np.where(t == 0, 1, (q - t) / np.where(t == 0, 1, t))
    v = u / (2 + u)
    # log1p u = 2 artanh v, and u - 2 v = u v
    series = sum(v ** (2 * k + 1) / (2 * k + 1) for k in range(1, 20))
    ratio = np.log(np.where((q > 0) & (t > 0), q / np.where(t == 0, 1, t), 1))
    ratio = np.where((q == 0) & (t > 0), -np.inf, ratio)
    return np.where(t == 0, q, t * np.where(np.abs(u) < 0.5, u * v - 2 * series, u - ratio))


def divergence(q, t):
    return term(q, t).sum(axis=1)


def printed(q, t):
    return (without_zeros(t, t * np.log(t / q)) - t + q).sum(axis=1)


def slope(q, t):
    return np.where(t == 0, 1, (q - t) / q)


row = of("generalized_kl")
MUTANTS = (
    row("right", "series", "t (u - log1p u) with u = (q - t) / t, by a series of artanh for small u", divergence, slope, True),
    row("textbook", "printed", "as printed: the terms of close numbers cancel", printed, lambda q, t: 1 - t / q, True),
    row("textbook", "zero_log_zero", "0 log(0 / q) is NaN as it is typed",
        lambda q, t: (t * np.log(t / q) - t + q).sum(axis=1), lambda q, t: 1 - t / q, True),
    row("textbook", "plain", "the divergence of distributions: q - t is missing",
        lambda q, t: divergence(q, t) - (q - t).sum(axis=1), lambda q, t: -t / q, True),
    row("textbook", "reversed", "the divergence turned round", lambda q, t: divergence(t, q), lambda q, t: -np.log(t / q), True),
    row("textbook", "plus_eps", "1e-10 is added to both",
        lambda q, t: divergence(q + 1e-10, t + 1e-10), lambda q, t: 1 - (t + 1e-10) / (q + 1e-10), True),
    row("textbook", "clipped", "both are clipped at 1e-7",
        lambda q, t: divergence(np.maximum(q, 1e-7), np.maximum(t, 1e-7)), lambda q, t: np.where(q < 1e-7, 0, slope(q, t)), True),
    row("textbook", "itakura_saito", "t / q - log(t / q) - 1", lambda q, t: (t / q - np.log(t / q) - 1).sum(axis=1),
        lambda q, t: (q - t) / q**2, True),
    row("textbook", "chi_squared", "the second-order term (t - q)^2 / (2 q) alone",
        lambda q, t: ((t - q) ** 2 / (2 * q)).sum(axis=1), lambda q, t: (1 - (t / q) ** 2) / 2, True),
    row("textbook", "mean_of_classes", "the mean over the entries in place of the sum",
        lambda q, t: divergence(q, t) / q.shape[1], lambda q, t: slope(q, t) / q.shape[1], True),
    row("textbook", "deviance", "twice the loss: a Poisson deviance", lambda q, t: 2 * divergence(q, t),
        lambda q, t: 2 * slope(q, t), True),
    row("textbook", "absolute", "the terms of close numbers by their absolute values", lambda q, t: np.abs(printed(q, t))),
    row("broken", "minus_lost", "the gradient's sign is wrong", gradient=lambda q, t: -slope(q, t)),
    row("broken", "zero_free", "an entry whose target is 0 costs nothing",
        lambda q, t: np.where(t == 0, 0, term(q, t)).sum(axis=1), lambda q, t: np.where(t == 0, 0, slope(q, t)), True),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(divergence, 1e-12), slope, True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(divergence, 0.6), sloppy(slope, 0.6), True),
)

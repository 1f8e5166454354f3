"""Implementations of jensen shannon, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, kl, sloppy, without_zeros
from lossref.mutants.record import of


def entry(q, t):
    """(q + t) / 2 times log 2 less the entropy of the shares, log(1 - v^2) / 2 + v artanh v with v the difference's share."""
    v = (q - t) / np.where(q + t == 0, 1, q + t)
    near = np.abs(v) < 0.5
    small = np.where(near, v, 0)
    series = sum(small ** (2 * k) / (2 * k * (2 * k - 1)) for k in range(30, 0, -1))
    far = without_zeros(q, q * np.log(q / (q + t))) + without_zeros(t, t * np.log(t / (q + t))) + np.log(q.dtype.type(2)) * (q + t)
    return np.where(near, (q + t) * series, far) / 2


def divergence(q, t):
    return entry(q, t).sum(axis=1)


def slope(q, t):
    near = np.abs(q - t) < q / 2
    return np.where(near, np.log1p((q - t) / (q + t)), np.where(t == 0, np.log(q.dtype.type(2)), np.log(2 * (q / (q + t))))) / 2


def xlogx(x):
    return without_zeros(x, x * np.log(x))


def printed(q, t):
    return (kl((q + t) / 2, q) + kl((q + t) / 2, t)) / 2


row = of("jensen_shannon")
MUTANTS = (
    row("right", "series", "log 2 times the sum less an entropy for distant entries, a series for close ones", divergence, slope, True),
    row("textbook", "two_divergences", "two divergences from the mean: of close distributions their terms cancel", printed, slope, True),
    row("textbook", "entropies", "the entropy of the mean less the mean entropy",
        lambda q, t: (xlogx(q) + xlogx(t) - 2 * xlogx((q + t) / 2)).sum(axis=1) / 2, slope, True),
    row("textbook", "distance", "its root", lambda q, t: np.sqrt(divergence(q, t)),
        lambda q, t: slope(q, t) / 2 / np.sqrt(divergence(q, t))[:, None], True),
    row("textbook", "doubled", "the sum of both divergences, not their mean",
        lambda q, t: 2 * divergence(q, t), lambda q, t: 2 * slope(q, t), True),
    row("textbook", "jeffreys", "the mean of the divergences of each from the other",
        lambda q, t: (kl(q, t) + kl(t, q)) / 2, lambda q, t: (1 - t / q + np.log(q / t)) / 2, True),
    row("textbook", "half", "the divergence of the first from the mean alone",
        lambda q, t: kl((q + t) / 2, q), lambda q, t: np.log(2 * q / (q + t)) + 1 - q / (q + t), True),
    row("textbook", "base_2", "the logarithm to base 2", lambda q, t: divergence(q, t) / np.log(q.dtype.type(2)),
        lambda q, t: slope(q, t) / np.log(q.dtype.type(2)), True),
    row("textbook", "mean_of_classes", "the mean over the classes in place of the sum",
        lambda q, t: divergence(q, t) / q.shape[1], lambda q, t: slope(q, t) / q.shape[1], True),
    row("textbook", "clamped", "the mean is at least 1e-7, as in timm",
        lambda q, t: (xlogx(q) + xlogx(t) - (q + t) * np.log(np.maximum((q + t) / 2, 1e-7))).sum(axis=1) / 2, slope, True),
    row("textbook", "plus_eps", "1e-12 is added to both", lambda q, t: divergence(q + 1e-12, t + 1e-12),
        lambda q, t: slope(q + 1e-12, t + 1e-12), True),
    row("textbook", "fixed_mean", "the gradient takes the mean for a constant", gradient=lambda q, t: slope(q, t) + 0.5),
    row("broken", "minus_lost", "the gradient's sign is wrong", gradient=lambda q, t: -slope(q, t)),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(divergence, 1e-12), flushed(slope, 1e-12), True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(divergence, 0.6), sloppy(slope, 0.6), True),
)

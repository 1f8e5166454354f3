"""Implementations of gaussian_kl, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, narrow, sloppy
from lossref.mutants.record import of


def spread(v):
    """exp v - 1 - v, by Taylor's series below 1."""
    y, total = np.where(np.abs(v) < 1, v, 0), 0
    for k in range(22, 1, -1):
        total = (total + 1) * y / k
    return np.where(np.abs(v) < 1, total * y, np.expm1(v) - v)


def half(v, usual):
    """Half of it; where an exponential may overflow that its half does not, the half of that alone."""
    return np.where(v > 60, np.exp(v - np.log(v.dtype.type(2))), usual(np.minimum(v, 60)) / 2)


def loss(m, v):
    return (m / 2 * m + half(v, spread)).sum(axis=1)


def slopes(m, v):
    return m, half(v, np.expm1)


row = of("gaussian_kl")
MUTANTS = (
    row("right", "series", "a series below 1, expm1 above", loss, slopes, True),
    row("textbook", "printed", "-1/2 sum(1 + v - m^2 - exp v), as every tutorial has it",
        lambda m, v: -0.5 * (1 + v - m**2 - np.exp(v)).sum(axis=1), lambda m, v: (m, (np.exp(v) - 1) / 2), True),
    row("textbook", "expm1", "expm1(v) - v: half of what cancels still does", lambda m, v: (m * m + np.expm1(v) - v).sum(axis=1) / 2),
    row("textbook", "mean", "the mean over the entries, not the sum", lambda m, v: (m * m + spread(v)).mean(axis=1) / 2,
        lambda m, v: tuple(x / m.shape[1] for x in slopes(m, v)), True),
    row("textbook", "no_half", "the half is forgotten", lambda m, v: 2 * loss(m, v), lambda m, v: tuple(2 * x for x in slopes(m, v)), True),
    row("textbook", "deviation", "v is taken for the logarithm of the deviation", lambda m, v: loss(m, 2 * v),
        lambda m, v: (m, np.expm1(2 * v)), True),
    row("textbook", "variance", "v is taken for the variance", lambda m, v: (m * m + np.abs(v) - 1 - np.log(np.abs(v))).sum(axis=1) / 2),
    row("textbook", "turned", "the divergence of the prior from the posterior",
        lambda m, v: (np.exp(-v) * (1 + m * m) - 1 + v).sum(axis=1) / 2),
    row("textbook", "no_mean", "the means are forgotten", lambda m, v: spread(v).sum(axis=1) / 2,
        lambda m, v: (0 * m, slopes(m, v)[1]), True),
    row("textbook", "minus_1_forgotten", "the slope of the exponential alone", gradient=lambda m, v: (m, np.exp(v) / 2)),
    row("broken", "clipped", "log-variances are cut at 20, as in many models", lambda m, v: loss(m, np.clip(v, -30, 20)),
        lambda m, v: (m, np.where((v < -30) | (v > 20), 0, slopes(m, v)[1])), True),
    row("broken", "of_batch", "the whole batch is summed", lambda m, v: np.full(len(m), loss(m, v).sum(), m.dtype)),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(loss, 1e-12)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(loss, 0.6)),
    row("broken", "narrow", "half the width", narrow(loss)),
)

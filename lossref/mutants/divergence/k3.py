"""Implementations of k3, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, narrow, sloppy
from lossref.mutants.record import of


def near(d):
    """By Taylor's series, as far as float64 needs it below 1."""
    y, total = np.where(np.abs(d) < 1, d, 0), 0
    for k in range(22, 1, -1):
        total = (total + 1) * y / k
    return total * y


def loss(x, l0):
    d = l0 - x
    return np.where(np.abs(d) < 1, near(d), np.expm1(d) - d)


def slope(x, l0):
    return -np.expm1(l0 - x)


row = of("k3")
MUTANTS = (
    row("right", "series", "a series below 1, expm1 above", loss, slope, True),
    row("framework", "printed", "exp d - d - 1 as TRL and Liger have it: nothing is left at d = 1e-8",
        lambda x, l0: np.exp(l0 - x) - (l0 - x) - 1, lambda x, l0: 1 - np.exp(l0 - x), True),
    row("textbook", "expm1", "expm1(d) - d: half of what cancels still does", lambda x, l0: np.expm1(l0 - x) - (l0 - x), slope, True),
    row("textbook", "k1", "the plain logarithm of the ratio", lambda x, l0: x - l0, lambda x, l0: 1 + 0 * x, True),
    row("textbook", "k2", "half its square", lambda x, l0: (x - l0) ** 2 / 2, lambda x, l0: x - l0, True),
    row("textbook", "turned", "the ratio is turned over: the divergence the other way round",
        lambda x, l0: loss(l0, x), lambda x, l0: -slope(l0, x), True),
    row("textbook", "no_1", "the constant is forgotten", lambda x, l0: np.exp(l0 - x) - (l0 - x)),
    row("textbook", "slope_of_exponential", "the slope of the exponential alone", gradient=lambda x, l0: -np.exp(l0 - x)),
    row("textbook", "detached", "the slope of a sample's mean of the logarithm", gradient=lambda x, l0: 1 + 0 * x),
    row("broken", "clipped", "differences are cut at 20, as in some trainers",
        lambda x, l0: loss(-np.clip(l0 - x, -20, 20), 0), lambda x, l0: np.where(np.abs(l0 - x) > 20, 0, slope(x, l0)), True),
    row("broken", "square_too_far", "d^2 / 2 below 1e-3", lambda x, l0: np.where(np.abs(l0 - x) < 1e-3, (l0 - x) ** 2 / 2, loss(x, l0))),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(loss, 1e-12)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(loss, 0.6), sloppy(slope, 0.6), True),
    row("broken", "narrow", "half the width", narrow(loss), narrow(slope)),
)

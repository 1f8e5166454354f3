"""Implementations of negative_binomial, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy, within, without_zeros
from lossref.mutants.record import of


def up(z, a):
    """log(1 + a exp(z)), in a format with room for exp(z) where the machine has one."""
    wide = np.clip(np.longdouble(1) * z, -11000, 11000)
    return np.where(np.abs(z) < 11000, np.log1p(a * np.exp(wide)), np.maximum(0, np.longdouble(1) * z + np.log(np.longdouble(a))))


def down(z, a):
    return up(-z, 1 / a)


def loss(z, y, a):
    return (up(z, a) / a + without_zeros(y, y * down(z, a))).astype(z.dtype)


def slope(z, y, a):
    a = z.dtype.type(a)
    return np.where(z < 30, (np.exp(np.minimum(z, 30)) - y) / (1 + a * np.exp(np.minimum(z, 30))),
                    (1 - y * np.exp(-np.maximum(z, 30))) / (a + np.exp(-np.maximum(z, 30))))


def printed(z, y, a):
    m = np.exp(z)
    return np.log(1 + a * m) / a - y * np.log(a * m / (1 + a * m))


row = of("negative_binomial")
MUTANTS = (
    row("right", "logarithms", "by the larger of 1 and a exp(z); divided by the mean where it is large", loss, slope, True),
    row("textbook", "printed", "as printed, in the mean, which overflows or vanishes", printed,
        lambda z, y, a: (1 / a + y) * a * np.exp(z) / (1 + a * np.exp(z)) - y, True),
    row("textbook", "poisson", "the Poisson loss", lambda z, y, a: np.exp(z) - y * z, lambda z, y, a: np.exp(z) - y, True),
    row("textbook", "no_log_a", "y log a less, so that the loss may be negative",
        lambda z, y, a: loss(z, y, a) + y * np.log(z.dtype.type(a)), slope, True),
    row("textbook", "mean_given", "the mean is taken for its logarithm", lambda z, y, a: loss(np.log(np.abs(z)), y, a)),
    row("textbook", "inverse", "1 / a for a, as where r is the number of failures",
        lambda z, y, a: loss(z, y, 1 / a), lambda z, y, a: slope(z, y, 1 / a), True),
    row("textbook", "always_1", "a is always 1", lambda z, y, a: loss(z, y, 1.0), lambda z, y, a: slope(z, y, 1.0), True),
    row("textbook", "half", "half of it", lambda z, y, a: loss(z, y, a) / 2, lambda z, y, a: slope(z, y, a) / 2, True),
    row("textbook", "slope_in_mean", "the slope in the mean", gradient=lambda z, y, a: slope(z, y, a) * np.exp(-z)),
    row("broken", "capped", "the logarithm of the mean is cut at 20", within(loss, 20), within(slope, 20), True),
    row("broken", "label_missing", "the gradient forgets the target", gradient=lambda z, y, a: slope(z, 0 * y, a)),
    row("broken", "flushed", "losses and slopes below 1e-8 become 0", flushed(loss, 1e-8), flushed(slope, 1e-8), True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(loss, 0.6), sloppy(slope, 0.6), True),
)

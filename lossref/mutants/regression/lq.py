"""Implementations of lq, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def loss(f, y, q):
    return np.abs(f - y) ** q


def slope(f, y, q):
    return q * np.sign(f - y) * np.abs(f - y) ** (q - 1)


row = of("lq")
MUTANTS = (
    row("right", "as_printed", "the power of the absolute residual", loss, slope, True),
    row("textbook", "root", "the root of the power, as of a norm: the absolute error", lambda f, y, q: np.abs(f - y),
        lambda f, y, q: np.sign(f - y), True),
    row("textbook", "over_power", "divided by the power", lambda f, y, q: loss(f, y, q) / q, lambda f, y, q: slope(f, y, q) / q, True),
    row("textbook", "slope_without_power", "the slope without the factor", gradient=lambda f, y, q: slope(f, y, q) / q),
    row("textbook", "slope_of_loss", "the power of the slope is not one less", gradient=lambda f, y, q: q * np.sign(f - y) * loss(f, y, q)),
    row("textbook", "log_with_eps", "exp of the logarithm of |r| + 1e-12", lambda f, y, q: np.exp(q * np.log(np.abs(f - y) + 1e-12))),
    row("textbook", "exp_of_log", "exp of q log |r|: large exponents lose digits, and 0 gives NaN",
        lambda f, y, q: np.exp(q * np.log(np.abs(f - y)))),
    row("textbook", "signed", "the power of the residual itself: NaN below 0", lambda f, y, q: (f - y) ** q),
    row("textbook", "swapped", "the slope in the target", gradient=lambda f, y, q: -slope(f, y, q)),
    row("broken", "square", "a square whatever the power", lambda f, y, q: (f - y) ** 2, lambda f, y, q: 2 * (f - y), True),
    row("broken", "capped", "residuals are capped at 1e4", lambda f, y, q: np.minimum(np.abs(f - y), 1e4) ** q),
    row("broken", "flushed", "losses below 1e-8 become 0", flushed(loss, 1e-8)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(loss, 0.6), sloppy(slope, 0.6), True),
)

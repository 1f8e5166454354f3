"""Implementations of poisson_from_rate, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, narrow, sloppy, without_zeros
from lossref.mutants.record import of


def poisson(r, y):
    return r - without_zeros(y, y * np.log(r))


def slope(r, y):
    return np.where(y == 0, 1, (r - y) / r)


row = of("poisson_from_rate")
MUTANTS = (
    row("right", "quotient", "the logarithm of 1 / r, where that is not next to 0 or infinite, and the difference divided",
        lambda r, y: r + without_zeros(y, np.where(np.abs(r - 1) < 0.5, -np.log(r), -2 * np.log(np.sqrt(r))) * y), slope, True),
    row("textbook", "added_eps", "1e-8 is added to the rate inside the logarithm, as libraries do",
        lambda r, y: r - y * np.log(r + 1e-8), lambda r, y: 1 - y / (r + 1e-8), True),
    row("textbook", "naive", "0 log 0 is NaN", lambda r, y: r - y * np.log(r), lambda r, y: 1 - y / r, True),
    row("textbook", "log_rate_given", "the rate is taken for its logarithm",
        lambda r, y: np.exp(r) - y * r, lambda r, y: np.exp(r) - y, True),
    row("textbook", "deviance", "twice the loss", lambda r, y: 2 * poisson(r, y), lambda r, y: 2 * slope(r, y), True),
    row("textbook", "generalised_kl", "with the constant y log y - y",
        lambda r, y: poisson(r, y) + without_zeros(y, y * np.log(y)) - y, slope, True),
    row("broken", "swapped", "the rate and the count have changed places", lambda r, y: y - without_zeros(r, r * np.log(y))),
    row("broken", "slope_of_logarithm", "the gradient in the logarithm of the rate", gradient=lambda r, y: r - y),
    row("broken", "flushed", "losses below 1e-8 become 0", flushed(poisson, 1e-8), flushed(slope, 1e-8), True),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(slope, 0.6), passes_gradcheck=True),
    row("broken", "narrow", "half the width", narrow(poisson)),
)

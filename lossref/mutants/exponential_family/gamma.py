"""Implementations of gamma, right and wrong."""

import numpy as np

from lossref.mutants.formulas import narrow, sloppy, within
from lossref.mutants.record import of


def gamma(z, y):
    return z + y * np.exp(-z / 2) * np.exp(-z / 2)


def slope(z, y):
    return 1 - y * np.exp(-z / 2) * np.exp(-z / 2)


row = of("gamma")
MUTANTS = (
    row("right", "quarters", "y times a quarter of the exponent, four times over",
        lambda z, y: z + y * (q := np.exp(-z / 4)) * q * q * q, lambda z, y: 1 - y * (q := np.exp(-z / 4)) * q * q * q, True),
    row("textbook", "quotient", "divided by an exponential that may be infinite or 0",
        lambda z, y: np.log(np.exp(z)) + y / np.exp(z), lambda z, y: 1 - y / np.exp(z), True),
    row("textbook", "deviance", "twice half the deviance",
        lambda z, y: 2 * (gamma(z, y) - np.log(y) - 1), lambda z, y: 2 * slope(z, y), True),
    row("textbook", "half_deviance", "with the constant -log y - 1", lambda z, y: gamma(z, y) - np.log(y) - 1, slope, True),
    row("textbook", "mean_given", "the mean is taken for its logarithm",
        lambda z, y: np.log(np.abs(z)) + y / np.abs(z), lambda z, y: 1 / z - y / z / np.abs(z), True),
    row("textbook", "poisson", "the Poisson loss", lambda z, y: np.exp(z) - y * z, lambda z, y: np.exp(z) - y, True),
    row("broken", "sign_turned", "exp(z), not exp(-z)", lambda z, y: z + y * np.exp(z), lambda z, y: 1 + y * np.exp(z), True),
    row("broken", "capped", "the logarithm of the mean is cut at 20", within(gamma, 20), within(slope, 20), True),
    row("broken", "label_missing", "the gradient forgets the target", gradient=lambda z, y: 1 - np.exp(-z)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(slope, 0.6), passes_gradcheck=True),
    row("broken", "narrow", "half the width", narrow(gamma)),
)

"""Implementations of poisson, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, narrow, sloppy, within
from lossref.mutants.record import of


def poisson(z, y):
    return np.exp(z) - y * z


def slope(z, y):
    return np.exp(z) - y


row = of("poisson")
MUTANTS = (
    row("right", "halves", "the square of exp(z / 2)",
        lambda z, y: np.exp(z / 2) * np.exp(z / 2) - y * z, lambda z, y: np.exp(z / 2) * np.exp(z / 2) - y, True),
    row("textbook", "through_the_rate", "log of an exponential that underflowed, with an eps inside",
        lambda z, y: np.exp(z) - y * np.log(np.exp(z) + np.finfo(z.dtype).eps), slope, True),
    row("textbook", "deviance", "twice the difference, as a deviance has",
        lambda z, y: 2 * poisson(z, y), lambda z, y: 2 * slope(z, y), True),
    row("textbook", "half_deviance", "with the constant y log y - y",
        lambda z, y: poisson(z, y) + y * np.log(np.maximum(y, 1e-30)) - y, slope, True),
    row("textbook", "rate_given", "the rate is taken for its logarithm", lambda z, y: z - y * np.log(np.abs(z))),
    row("textbook", "stirling", "with Stirling's approximation of log y! for y > 1",
        lambda z, y: poisson(z, y) + np.where(y > 1, y * np.log(np.maximum(y, 1)) - y + np.log(2 * np.pi * np.maximum(y, 1)) / 2, 0),
        slope, True),
    row("broken", "excess", "the rate above 1 only", lambda z, y: np.expm1(z) - y * z, slope, True),
    row("broken", "capped", "the logarithm of the rate is cut at 20", within(poisson, 20), within(slope, 20), True),
    row("broken", "label_missing", "the gradient forgets the count", gradient=lambda z, y: np.exp(z)),
    row("broken", "flushed", "losses below 1e-8 become 0", flushed(poisson, 1e-8), flushed(slope, 1e-8), True),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(slope, 0.6), passes_gradcheck=True),
    row("broken", "narrow", "half the width", narrow(poisson)),
)

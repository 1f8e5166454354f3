"""Implementations of tweedie, right and wrong."""

import numpy as np

from lossref.mutants.formulas import narrow, sloppy, within, without_zeros
from lossref.mutants.record import of


def term(weight, a, z):
    """weight exp(a z), in more digits where the machine has them."""
    return without_zeros(weight, weight * np.exp(np.longdouble(a) * z)).astype(z.dtype)


def tweedie(z, y, p):
    if p == 1:
        return term(1, 1, z) - without_zeros(y, y * z)
    if p == 2:
        return z + term(y, -1, z)
    return term(1, 2 - p, z) / (2 - p) + term(y, 1 - p, z) / (p - 1)


def slope(z, y, p):
    return term(1, 2 - p, z) - term(y, 1 - p, z)


def deviance(z, y, p):
    return tweedie(z, y, p) - (y ** (2 - p) / ((p - 1) * (2 - p)) if 1 < p < 2 else y - y * np.log(y) if p == 1 else 1 + np.log(y))


def swapped(z, y, p):
    return tweedie(z, y, 3 - p)


row = of("tweedie")
MUTANTS = (
    row("right", "extended", "exponentials in extended precision, Poisson's and the gamma loss at the ends", tweedie, slope, True),
    row("textbook", "powers", "powers of the mean, as XGBoost has it: the mean may overflow where its power does not",
        lambda z, y, p: np.exp(z) ** (2 - p) / (2 - p) + y * np.exp(z) ** (1 - p) / (p - 1) if 1 < p < 2 else tweedie(z, y, p),
        lambda z, y, p: np.exp(z) ** (2 - p) - y * np.exp(z) ** (1 - p), True),
    row("textbook", "half_deviance", "with the constant in y that makes the least value 0", deviance, slope, True),
    row("textbook", "deviance", "twice the loss", lambda z, y, p: 2 * tweedie(z, y, p), lambda z, y, p: 2 * slope(z, y, p), True),
    row("textbook", "mean_given", "the mean is taken for its logarithm",
        lambda z, y, p: tweedie(np.log(np.abs(z)), y, p), lambda z, y, p: slope(np.log(np.abs(z)), y, p) / z, True),
    row("textbook", "slope_in_mean", "the slope in the mean, not in its logarithm",
        gradient=lambda z, y, p: term(1, 1 - p, z) - term(y, -p, z)),
    row("textbook", "poisson", "Poisson's loss, whatever the power",
        lambda z, y, p: tweedie(z, y, 1), lambda z, y, p: slope(z, y, 1), True),
    row("textbook", "gamma", "the gamma loss, whatever the power", lambda z, y, p: tweedie(z, y, 2), lambda z, y, p: slope(z, y, 2), True),
    row("textbook", "power_turned", "3 - p for p: the powers of the ends swapped", swapped, lambda z, y, p: slope(z, y, 3 - p), True),
    row("textbook", "always_1_5", "the power is always 1.5", lambda z, y, p: tweedie(z, y, 1.5), lambda z, y, p: slope(z, y, 1.5), True),
    row("textbook", "no_limits", "the formula at its ends too, where it divides by 0",
        lambda z, y, p: term(1, 2 - p, z) / np.subtract(2, p, dtype=z.dtype) + term(y, 1 - p, z) / np.subtract(p, 1, dtype=z.dtype)),
    row("textbook", "floored", "a mean of at least 1e-10, as in LightGBM's metric",
        lambda z, y, p: tweedie(np.maximum(z, np.log(z.dtype.type(1e-10))), y, p)),
    row("textbook", "sign_turned", "minus where 1 / (1 - p) has a plus, and the slope alike",
        lambda z, y, p: tweedie(z, -y, p), lambda z, y, p: slope(z, -y, p), True),
    row("broken", "capped", "the logarithm of the mean is cut at 20", within(tweedie, 20), within(slope, 20), True),
    row("broken", "label_missing", "the gradient forgets the target", gradient=lambda z, y, p: term(1, 2 - p, z) - term(1, 1 - p, z)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(slope, 0.6), passes_gradcheck=True),
    row("broken", "narrow", "half the width", narrow(tweedie)),
)

"""Implementations of logit, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, narrow, sloppy
from lossref.mutants.record import of


def logit(x):
    """2 artanh(2 x - 1) in the middle, the logarithm of the odds elsewhere."""
    middle = np.abs(x - 0.5) < 0.2
    return np.where(middle, 2 * np.arctanh(np.where(middle, 2 * x - 1, 0)), np.log(x / (1 - x)))


def slope(x):
    return 1 / (x * (1 - x))


row = of("logit")
MUTANTS = (
    row("right", "artanh", "2 artanh(2 x - 1) in the middle, the logarithm of the odds elsewhere; the sum of two slopes",
        logit, lambda x: 1 / x + 1 / (1 - x), True),
    row("framework", "odds", "the logarithm of the odds, which round next to 1", lambda x: np.log(x / (1 - x)), slope, True),
    row("framework", "two_logarithms", "log x - log1p(-x), which cancels in the middle", lambda x: np.log(x) - np.log1p(-x), slope, True),
    row("textbook", "clipped_7", "x is clipped at 1e-7 and 1 - 1e-7",
        lambda x: logit(np.clip(x, 1e-7, 1 - 1e-7)), lambda x: np.where((x < 1e-7) | (x > 1 - 1e-7), 0, slope(x)), True),
    row("textbook", "plus_eps", "eps = 1e-12 is added to both", lambda x: np.log((x + 1e-12) / (1 - x + 1e-12))),
    row("textbook", "minus", "the sign turned", lambda x: -logit(x), lambda x: -slope(x), True),
    row("textbook", "base_2", "the logarithm to base 2", lambda x: logit(x) / np.log(x.dtype.type(2)),
        lambda x: slope(x) / np.log(x.dtype.type(2)), True),
    row("textbook", "half", "artanh(2 x - 1), half of it", lambda x: logit(x) / 2, lambda x: slope(x) / 2, True),
    row("textbook", "complement", "log(1 / (1 - x)): the odds' numerator is missing", lambda x: -np.log1p(-x), lambda x: 1 / (1 - x), True),
    row("textbook", "probit", "a line of slope 4 around 1/2", lambda x: 4 * (x - 0.5), lambda x: np.full_like(x, 4), True),
    row("textbook", "slope_of_sigmoid", "x (1 - x), the slope of the inverse", gradient=lambda x: x * (1 - x)),
    row("broken", "flushed", "values below 1e-4 become 0", flushed(logit, 1e-4), slope, True),
    row("broken", "capped", "slopes above 1e8 are 1e8", gradient=lambda x: np.minimum(slope(x), 1e8), passes_gradcheck=True),
    row("broken", "narrow", "computed in half the width", narrow(logit), narrow(slope)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(logit, 0.6), sloppy(slope, 0.6), True),
)

"""Implementations of xlog1py, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, log1p_by_artanh, narrow, sloppy, without_zeros
from lossref.mutants.record import of


def xlog1py(x, y):
    return without_zeros(x, x * np.log1p(y))


def slope(x, y):
    return np.log1p(y)


def log1p(y):
    return np.where(np.abs(y) < 0.5, log1p_by_artanh(np.where(np.abs(y) < 0.5, y, 0)), np.log(1 + y))


row = of("xlog1py")
MUTANTS = (
    row("right", "artanh", "log1p as an inverse hyperbolic tangent near 0",
        lambda x, y: without_zeros(x, x * log1p(y)), lambda x, y: log1p(y), True),
    row("textbook", "printed", "log(1 + y) as it is typed", lambda x, y: without_zeros(x, x * np.log(1 + y)),
        lambda x, y: np.log(1 + y), True),
    row("textbook", "zero_log_zero", "0 log 0 is evaluated", lambda x, y: x * np.log1p(y), slope, True),
    row("textbook", "plus_eps", "log(1 + y + 1e-12)", lambda x, y: x * np.log1p(y + 1e-12), lambda x, y: np.log1p(y + 1e-12), True),
    row("textbook", "clipped_7", "y is at least -1 + 1e-7, as of clipped probabilities",
        lambda x, y: xlog1py(x, np.maximum(y, 1e-7 - 1)), lambda x, y: np.log1p(np.maximum(y, 1e-7 - 1)), True),
    row("textbook", "xlogy", "x log y", lambda x, y: without_zeros(x, x * np.log(y)), lambda x, y: np.log(y)),
    row("textbook", "minus_y", "x log(1 - y)", lambda x, y: xlog1py(x, -y), lambda x, y: np.log1p(-y)),
    row("textbook", "swapped", "y log(1 + x)", lambda x, y: xlog1py(y, x), lambda x, y: y / (1 + x)),
    row("textbook", "base_2", "the logarithm to base 2", lambda x, y: xlog1py(x, y) / np.log(x.dtype.type(2)),
        lambda x, y: np.log1p(y) / np.log(x.dtype.type(2)), True),
    row("textbook", "minus", "-x log(1 + y)", lambda x, y: -xlog1py(x, y), lambda x, y: -np.log1p(y), True),
    row("textbook", "first_order", "x y for a small y", lambda x, y: np.where(np.abs(y) < 1e-3, x * y, xlog1py(x, y)), slope, True),
    row("textbook", "slope_in_y", "x / (1 + y), the slope in y", gradient=lambda x, y: x / (1 + y)),
    row("broken", "small_weights", "0 where |x| is below 1e-8", lambda x, y: np.where(np.abs(x) < 1e-8, 0, xlog1py(x, y)), slope, True),
    row("broken", "flushed", "values below 1e-12 become 0", flushed(xlog1py, 1e-12), slope, True),
    row("broken", "narrow", "computed in half the width", narrow(xlog1py), narrow(slope)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(xlog1py, 0.6), sloppy(slope, 0.6), True),
)

"""Implementations of xlogy, right and wrong."""

import math

import numpy as np

from lossref.mutants.formulas import flushed, narrow, sloppy, without_zeros
from lossref.mutants.record import of


def xlogy(x, y):
    return without_zeros(x, x * np.log(y))


def xlogy_slope(x, y):
    return np.log(y)


def log_near_1(y):
    return np.where(np.abs(y - 1) < 0.5, np.log1p(y - 1), np.log(y))


row = of("xlogy")
MUTANTS = (
    row("right", "log1p", "log1p of the exact distance from 1",
        lambda x, y: without_zeros(x, x * log_near_1(y)), lambda x, y: log_near_1(y), True),
    row("right", "log2", "the logarithm to base 2 times log 2",
        lambda x, y: without_zeros(x, np.log2(y) * (x * math.log(2))), lambda x, y: math.log(2) * np.log2(y), True),
    row("textbook", "zero_log_zero", "0 log 0 is evaluated", lambda x, y: x * np.log(y), xlogy_slope, True),
    row("textbook", "plus_eps", "log(y + 1e-12)", lambda x, y: x * np.log(y + 1e-12), lambda x, y: np.log(y + 1e-12), True),
    row("textbook", "clipped_7", "y is clipped at 1e-7 and at 1 - 1e-7, as probabilities are",
        lambda x, y: xlogy(x, np.clip(y, 1e-7, 1 - 1e-7)), lambda x, y: np.log(np.clip(y, 1e-7, 1 - 1e-7)), True),
    row("textbook", "xlog1py", "x log(1 + y)", lambda x, y: x * np.log1p(y), lambda x, y: np.log1p(y), True),
    row("textbook", "swapped", "y log x", lambda x, y: without_zeros(y, y * np.log(x)), lambda x, y: y / x),
    row("textbook", "base_2", "the logarithm to base 2", lambda x, y: without_zeros(x, x * np.log2(y)), lambda x, y: np.log2(y), True),
    row("textbook", "base_10", "the logarithm to base 10", lambda x, y: without_zeros(x, x * np.log10(y)), lambda x, y: np.log10(y), True),
    row("textbook", "minus", "-x log y", lambda x, y: -xlogy(x, y), lambda x, y: -np.log(y), True),
    row("textbook", "slope_of_entropy", "log y + 1, the slope of x log x", gradient=lambda x, y: np.log(y) + 1),
    row("textbook", "zero_for_zero", "0 wherever y is 0", lambda x, y: np.where(y == 0, 0, x * np.log(y)), xlogy_slope, True),
    row("broken", "small_weights", "0 where |x| is below 1e-8",
        lambda x, y: np.where(np.abs(x) < 1e-8, 0, x * np.log(y)), xlogy_slope, True),
    row("broken", "slope_masked", "no slope where y < 1e-6", gradient=lambda x, y: np.where(y < 1e-6, 0, np.log(y)), passes_gradcheck=True),
    row("broken", "flushed", "values below 1e-12 become 0", flushed(xlogy, 1e-12), xlogy_slope, True),
    row("broken", "narrow", "computed in half the width", narrow(xlogy), narrow(xlogy_slope)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(xlogy, 0.6), sloppy(xlogy_slope, 0.6), True),
)

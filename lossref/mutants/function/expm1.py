"""Implementations of expm1, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, narrow, sloppy
from lossref.mutants.record import of


def expm1(x):
    return np.where(np.abs(x) < 1, 2 * np.sinh(np.clip(x, -1, 1) / 2) * np.exp(np.clip(x, -1, 1) / 2), np.exp(x) - 1)


row = of("expm1")
MUTANTS = (
    row("right", "sinh", "2 sinh(x / 2) exp(x / 2) within 1 of 0", expm1, np.exp, True),
    row("textbook", "naive", "exp x - 1 is 0 for small x", lambda x: np.exp(x) - 1, np.exp, True),
    row("textbook", "first_term", "x below 1e-3, where the next term counts",
        lambda x: np.where(np.abs(x) < 1e-3, x, expm1(x)), np.exp, True),
    row("textbook", "two_terms", "x + x^2 / 2 below 0.1", lambda x: np.where(np.abs(x) < 0.1, x + x * x / 2, expm1(x)), np.exp),
    row("textbook", "exponential", "exp x", np.exp, np.exp, True),
    row("textbook", "turned", "1 - exp x", lambda x: -expm1(x), lambda x: -np.exp(x), True),
    row("textbook", "base_2", "2^x - 1", lambda x: np.exp2(x) - 1),
    row("textbook", "slope_is_value", "exp x - 1 for the slope", gradient=expm1),
    row("textbook", "slope_from_value", "the slope as the rounded value plus 1: 0 far below",
        gradient=lambda x: expm1(x) + 1, passes_gradcheck=True),
    row("textbook", "slope_one", "1, the slope at 0", gradient=lambda x: np.ones_like(x)),
    row("broken", "capped", "x is at most 80", lambda x: expm1(np.minimum(x, 80)), lambda x: np.where(x > 80, 0, np.exp(x)), True),
    row("broken", "flushed", "values below 1e-12 become 0", flushed(expm1, 1e-12), np.exp, True),
    row("broken", "narrow", "computed in half the width", narrow(expm1), narrow(np.exp)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(expm1, 0.6), sloppy(np.exp, 0.6), True),
)

"""Implementations of log1mexp, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, narrow, sigmoid, sloppy, softplus
from lossref.mutants.record import of


def log1mexp(x):
    return np.where(x > -1, np.log(-np.expm1(x)), np.log1p(-np.exp(x)))


def log1mexp_slope(x):
    return -1 / np.abs(np.expm1(-x))


def log1mexp_by_sinh(x):
    tail, half = np.exp(x), -x / 2
    return np.where(x > -0.7, np.log(2 * np.sinh(np.minimum(half, 1))) - half, -2 * np.arctanh(tail / (2 - tail)))


row = of("log1mexp")
MUTANTS = (
    row("right", "two_forms", "log(-expm1 x) up to -1, log1p(-exp x) beyond; 1 / expm1(-x)", log1mexp, log1mexp_slope, True),
    row("right", "sinh", "log(2 sinh(-x / 2)) + x / 2, two terms of one sign; an inverse hyperbolic tangent far out",
        log1mexp_by_sinh, lambda x: -np.exp(x / 2) / (2 * np.sinh(np.abs(x) / 2)), True),
    row("textbook", "naive", "log(1 - exp x) cancels next to 0 and is 0 far out",
        lambda x: np.log(1 - np.exp(x)), lambda x: -np.exp(x) / (1 - np.exp(x)), True),
    row("textbook", "log1p_only", "log1p(-exp x) everywhere cancels next to 0", lambda x: np.log1p(-np.exp(x)), log1mexp_slope, True),
    row("textbook", "expm1_only", "log(-expm1 x) everywhere is 0 far out", lambda x: np.log(-np.expm1(x)), log1mexp_slope, True),
    row("textbook", "other_sign", "of a positive argument, as libraries take it", lambda x: np.log1p(-np.exp(-x))),
    row("textbook", "log1pexp", "log(1 + exp x)", softplus, sigmoid, True),
    row("textbook", "plus_eps", "log(1 - exp x + 1e-12)", lambda x: np.log(1 - np.exp(x) + 1e-12), log1mexp_slope, True),
    row("textbook", "clipped", "x is at most -1e-7", lambda x: log1mexp(np.minimum(x, -1e-7)),
        lambda x: np.where(x > -1e-7, 0, log1mexp_slope(x)), True),
    row("textbook", "first_term", "-exp x, the first term of the series", lambda x: -np.exp(x), lambda x: -np.exp(x), True),
    row("textbook", "complement_of_log", "1 - x: the logarithm of the complement is not the complement of the logarithm",
        lambda x: 1 - x, lambda x: -np.ones_like(x), True),
    row("textbook", "slope_turned", "the gradient's sign is wrong", gradient=lambda x: -log1mexp_slope(x)),
    row("textbook", "naive_slope", "1 - exp x in the slope cancels next to 0",
        gradient=lambda x: -np.exp(x) / (1 - np.exp(x)), passes_gradcheck=True),
    row("textbook", "chain_rule_forgotten", "-1 / (1 - exp x): the factor exp x is missing", gradient=lambda x: 1 / np.expm1(x)),
    row("broken", "switched_at_20", "log(-expm1 x) goes on to -20", lambda x: np.where(x > -20, np.log(-np.expm1(x)), np.log1p(-np.exp(x))),
        log1mexp_slope, True),
    row("broken", "flushed", "values and slopes below 1e-12 become 0", flushed(log1mexp, 1e-12), flushed(log1mexp_slope, 1e-12), True),
    row("broken", "narrow", "computed in half the width", narrow(log1mexp), narrow(log1mexp_slope)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(log1mexp, 0.6), sloppy(log1mexp_slope, 0.6), True),
)

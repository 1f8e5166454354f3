"""Implementations of log sigmoid, right and wrong."""

import numpy as np

from lossref.mutants.formulas import beyond, flushed, log1p_by_artanh, narrow, sigmoid, sloppy, softplus, within
from lossref.mutants.record import of


def log_sigmoid(x):
    return -softplus(-x)


def log_sigmoid_slope(x):
    return sigmoid(-x)


row = of("log_sigmoid")
MUTANTS = (
    row("right", "logaddexp", "NumPy's logaddexp(0, -x), negated; 1 / (1 + exp x)", log_sigmoid, lambda x: 1 / (1 + np.exp(x)), True),
    row("right", "artanh", "the tail's logarithm as an inverse hyperbolic tangent; the slope as exp of minus a softplus",
        lambda x: np.minimum(x, 0) - log1p_by_artanh(np.exp(-np.abs(x))), lambda x: np.exp(-softplus(x)), True),
    row("framework", "log_of_tail", "min(x, 0) - log(1 + exp(-|x|)): the right tail is lost",
        lambda x: np.minimum(x, 0) - np.log(1 + np.exp(-np.abs(x))), log_sigmoid_slope, True),
    row("textbook", "log_of_sigmoid", "the logarithm of what has rounded to 0 or 1", lambda x: np.log(sigmoid(x)), log_sigmoid_slope, True),
    row("textbook", "overflowing", "-log(1 + exp(-x)) overflows on the left", lambda x: -np.log(1 + np.exp(-x)),
        lambda x: np.exp(-x) / (1 + np.exp(-x)), True),
    row("textbook", "plus_eps", "log(s + 1e-12)", lambda x: np.log(sigmoid(x) + 1e-12), log_sigmoid_slope, True),
    row("textbook", "one_minus", "1 - s(x) loses the tail of s(-x)", gradient=lambda x: 1 - sigmoid(x), passes_gradcheck=True),
    row("textbook", "slope_turned", "s(x), the slope of softplus, for a gradient", gradient=sigmoid),
    row("textbook", "minus_lost", "log(1 + exp(-x)), the loss", lambda x: softplus(-x), lambda x: -sigmoid(-x), True),
    row("textbook", "threshold_20", "0 from 20 on, x from -20 down", lambda x: np.where(x > 20, 0, np.where(x < -20, x, log_sigmoid(x))),
        log_sigmoid_slope, True),
    row("textbook", "base_2", "the logarithm to base 2", lambda x: log_sigmoid(x) / np.log(x.dtype.type(2))),
    row("broken", "within_30", "x is clipped at 30 first", within(log_sigmoid, 30), within(log_sigmoid_slope, 30), True),
    row("broken", "flushed", "values and slopes below 1e-12 become 0",
        flushed(log_sigmoid, 1e-12), flushed(log_sigmoid_slope, 1e-12), True),
    row("broken", "turned_tail", "the slope's sign is wrong beyond |x| = 25",
        gradient=beyond(log_sigmoid_slope, 25, -1), passes_gradcheck=True),
    row("broken", "narrow", "the slope is computed in half the width", gradient=narrow(log_sigmoid_slope), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(log_sigmoid, 0.6), sloppy(log_sigmoid_slope, 0.6), True),
)

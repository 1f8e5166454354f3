"""Implementations of softplus, right and wrong."""

import numpy as np

from lossref.mutants.formulas import beyond, flushed, log1p_by_artanh, narrow, sigmoid, sloppy, softplus, within
from lossref.mutants.record import of

BARELY = {"float64": 30, "float32": 10.5}  # exp(-x) is some ulps of x there
RIGHTLY = {"float64": 37.5, "float32": 17.4}  # and less than half of one here


def identity(x, limit):
    return np.where(x > limit[x.dtype.name], x, softplus(x))


def one(x, limit):
    return np.where(x > limit[x.dtype.name], 1, sigmoid(x)).astype(x.dtype)


row = of("softplus")
MUTANTS = (
    row("right", "logaddexp", "NumPy's logaddexp(0, x); 1 / (1 + exp(-x))", softplus, lambda x: 1 / (1 + np.exp(-x)), True),
    row("right", "artanh", "the tail's logarithm as an inverse hyperbolic tangent; the slope as exp of minus a softplus",
        lambda x: np.maximum(x, 0) + log1p_by_artanh(np.exp(-np.abs(x))), lambda x: np.exp(-softplus(-x)), True),
    row("framework", "log_of_tail", "max(x, 0) + log(1 + exp(-|x|)): the left tail is lost",
        lambda x: np.maximum(x, 0) + np.log(1 + np.exp(-np.abs(x))), sigmoid, True),
    row("textbook", "naive", "log(1 + exp x) overflows, and its slope is inf / inf",
        lambda x: np.log(1 + np.exp(x)), lambda x: np.exp(x) / (1 + np.exp(x)), True),
    row("textbook", "log1p_of_exp", "log1p(exp x) keeps the left tail and overflows", lambda x: np.log1p(np.exp(x)), sigmoid, True),
    row("textbook", "shifted", "x + log1p(exp(-x)) overflows on the left", lambda x: x + np.log1p(np.exp(-x)), sigmoid, True),
    row("textbook", "threshold_10", "x from 10 on", lambda x: np.where(x > 10, x, np.log1p(np.exp(np.minimum(x, 10)))), sigmoid, True),
    row("textbook", "complement", "1 - s(-x) loses the tail of the slope", gradient=lambda x: 1 - sigmoid(-x), passes_gradcheck=True),
    row("textbook", "relu", "max(x, 0)", lambda x: np.maximum(x, 0), lambda x: np.heaviside(x, 0.5), True),
    row("textbook", "turned", "log(1 + exp(-x))", lambda x: softplus(-x), lambda x: -sigmoid(-x), True),
    row("textbook", "base_2", "the logarithm to base 2",
        lambda x: softplus(x) / np.log(x.dtype.type(2)), lambda x: sigmoid(x) / np.log(x.dtype.type(2)), True),
    row("textbook", "plus_eps", "log(1 + exp x + 1e-12) for small x",
        lambda x: np.where(x > 0, softplus(x), np.log1p(np.exp(np.minimum(x, 0)) + 1e-12)), sigmoid, True),
    row("right", "identity_where_it_is", "x, and slope 1, where exp(-x) is less than half an ulp of them",
        lambda x: identity(x, RIGHTLY), lambda x: one(x, RIGHTLY), True),
    row("broken", "identity_above_30", "x, and slope 1, above 30: some ulps are missing up to 31",
        lambda x: identity(x, BARELY), lambda x: one(x, BARELY), True),
    row("broken", "within_30", "x is clipped at 30 first", within(softplus, 30), within(sigmoid, 30), True),
    row("broken", "flushed", "values and slopes below 1e-12 become 0", flushed(softplus, 1e-12), flushed(sigmoid, 1e-12), True),
    row("broken", "turned_tail", "the slope's sign is wrong beyond |x| = 25", gradient=beyond(sigmoid, 25, -1), passes_gradcheck=True),
    row("broken", "narrow", "the slope is computed in half the width", gradient=narrow(sigmoid), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(softplus, 0.6), sloppy(sigmoid, 0.6), True),
)

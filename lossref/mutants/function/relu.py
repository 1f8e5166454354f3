"""Implementations of relu, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, narrow, sigmoid, sloppy, softplus
from lossref.mutants.record import of


def relu(x):
    return np.maximum(x, 0)


def step(x):
    return np.heaviside(x, 0.5)


row = of("relu")
MUTANTS = (
    row("right", "mean", "the mean of x and |x|; a step with 1/2 at 0", lambda x: (x + np.abs(x)) / 2, step, True),
    row("right", "branches", "x where it is positive; 1 at 0", lambda x: np.where(x > 0, x, 0), lambda x: np.where(x < 0, 0, 1), True),
    row("textbook", "leaky", "a slope of 0.01 on the left", lambda x: np.maximum(0.01 * x, x), lambda x: np.where(x > 0, 1, 0.01), True),
    row("textbook", "relu6", "capped at 6", lambda x: np.clip(x, 0, 6), lambda x: np.where((x > 0) & (x < 6), 1, 0), True),
    row("textbook", "softplus", "log(1 + exp x) in place of the corner", softplus, sigmoid, True),
    row("textbook", "swish", "x s(x)", lambda x: x * sigmoid(x), lambda x: sigmoid(x) * (1 + x * sigmoid(-x)), True),
    row("textbook", "elu", "exp x - 1 on the left", lambda x: np.where(x > 0, x, np.expm1(x)), lambda x: np.exp(np.minimum(x, 0)), True),
    row("textbook", "smooth_corner", "(x + sqrt(x^2 + 1e-12)) / 2",
        lambda x: (x + np.sqrt(x * x + 1e-12)) / 2, lambda x: (1 + x / np.sqrt(x * x + 1e-12)) / 2, True),
    row("textbook", "absolute", "|x|", np.abs, np.sign, True),
    row("textbook", "sign", "the sign of x for a slope", gradient=np.sign),
    row("textbook", "identity", "the slope 1 everywhere, as passed straight through", gradient=np.ones_like),
    row("textbook", "slope_is_value", "the value for a slope", gradient=relu),
    row("broken", "other_side", "min(x, 0)", lambda x: np.minimum(x, 0), lambda x: step(-x), True),
    row("broken", "dead_zone", "no slope up to 1e-7", gradient=lambda x: np.where(x > 1e-7, 1, 0), passes_gradcheck=True),
    row("broken", "eager", "a slope from -1e-7 on", gradient=lambda x: np.where(x > -1e-7, 1, 0), passes_gradcheck=True),
    row("broken", "flushed", "values below 1e-12 become 0", flushed(relu, 1e-12), step, True),
    row("broken", "narrow", "computed in half the width", narrow(relu), step),
    row("broken", "sloppy", "9 right digits of 16", sloppy(relu, 0.6)),
)

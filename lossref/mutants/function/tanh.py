"""Implementations of tanh, right and wrong."""

import numpy as np

from lossref.mutants.formulas import beyond, flushed, narrow, sigmoid, sigmoid_slope, sloppy
from lossref.mutants.record import of


def tanh_by_expm1(x):
    half = np.expm1(-2 * np.abs(x))
    return np.copysign(half / (2 + half), x)


def tanh_slope(x):
    tail = np.exp(-2 * np.abs(x))
    return 4 * tail / ((1 + tail) * (1 + tail))


row = of("tanh")
MUTANTS = (
    row("right", "expm1", "expm1(-2 |x|) over itself plus 2, with the sign of x; 4 t / (1 + t)^2 with t = exp(-2 |x|)",
        tanh_by_expm1, tanh_slope, True),
    row("right", "sinh", "sinh / cosh, and 1 from 20 on; the slope from cosh of twice x",
        lambda x: np.sinh(np.clip(x, -20, 20)) / np.cosh(np.clip(x, -20, 20)), lambda x: 2 / (1 + np.cosh(2 * x)), True),
    row("textbook", "as_printed", "exp x - exp(-x) cancels next to 0 and overflows far out",
        lambda x: (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)), lambda x: 4 / (np.exp(x) + np.exp(-x)) ** 2, True),
    row("textbook", "sigmoid", "2 s(2x) - 1 cancels next to 0", lambda x: 2 * sigmoid(2 * x) - 1, tanh_slope, True),
    row("textbook", "fraction", "1 - 2 / (exp 2x + 1) cancels next to 0", lambda x: 1 - 2 / (np.exp(2 * x) + 1), tanh_slope, True),
    row("textbook", "one_minus_square", "1 - tanh^2 loses the slope's tail", gradient=lambda x: 1 - np.tanh(x) ** 2, passes_gradcheck=True),
    row("textbook", "square_lost", "1 / cosh for a slope", gradient=lambda x: 1 / np.cosh(x)),
    row("textbook", "sigmoid_of_2x", "s(2x), between 0 and 1", lambda x: sigmoid(2 * x), lambda x: 2 * sigmoid_slope(2 * x), True),
    row("textbook", "hard", "x, clipped at 1", lambda x: np.clip(x, -1, 1), lambda x: np.where(np.abs(x) < 1, 1, 0), True),
    row("textbook", "rational", "x (27 + x^2) / (27 + 9 x^2), clipped, as in fast code",
        lambda x: np.clip(x * (27 + x * x) / (27 + 9 * x * x), -1, 1)),
    row("textbook", "clipped_6", "clipped at 1 - 1e-6, for an inverse that is finite",
        lambda x: np.clip(np.tanh(x), -1 + 1e-6, 1 - 1e-6), tanh_slope, True),
    row("broken", "flat_tail", "no slope beyond |x| = 20", gradient=beyond(tanh_slope, 20, 0), passes_gradcheck=True),
    row("broken", "flushed", "values and slopes below 1e-12 become 0", flushed(np.tanh, 1e-12), flushed(tanh_slope, 1e-12), True),
    row("broken", "turned_tail", "the slope's sign is wrong beyond |x| = 25", gradient=beyond(tanh_slope, 25, -1), passes_gradcheck=True),
    row("broken", "even", "the sign of x is lost", lambda x: np.tanh(np.abs(x)), lambda x: np.sign(x) * tanh_slope(x), True),
    row("broken", "narrow", "the slope is computed in half the width", gradient=narrow(tanh_slope), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(np.tanh, 0.6), sloppy(tanh_slope, 0.6), True),
)

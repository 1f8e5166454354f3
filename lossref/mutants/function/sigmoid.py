"""Implementations of sigmoid, right and wrong."""

import numpy as np

from lossref.mutants.formulas import beyond, flushed, narrow, sigmoid, sigmoid_slope, sloppy, softplus, within
from lossref.mutants.record import Mutant, Reading, of


def sigmoid_of_the_wrong_half(x):
    x = np.array(x)
    p0 = x > 0
    p1 = ~p0
    x[p0] = np.exp(x[p0]) / (1 + np.exp(x[p0]))
    x[p1] = 1 / (1 + np.exp(-x[p1]))
    return x


def sigmoid_in_place(x):
    x = np.array(x)
    p0 = x < 0
    p1 = ~p0
    x[p0] = np.exp(x[p0]) / (1 + np.exp(x[p0]))
    x[p1] = 1 / (1 + np.exp(-x[p1]))
    return x


def nonlin(x, deriv=True):
    if deriv:
        return x * (1 - x)  # right for an x that is the sigmoid's output
    return 1 / (1 + np.exp(-x))


def decision(x):
    return 1 / (1 + np.exp(-x)) > 0.5


row = of("sigmoid")
MUTANTS = (
    row("right", "as_printed", "1 / (1 + exp(-x)): an overflow gives 1 / inf = 0; the slope from cosh, a sum of one sign",
        lambda x: 1 / (1 + np.exp(-x)), lambda x: 0.5 / (1 + np.cosh(x)), True),
    row("right", "softplus", "exp of minus a softplus, and of minus two",
        lambda x: np.exp(-softplus(-x)), lambda x: np.exp(-softplus(-x) - softplus(x)), True),
    row("textbook", "overflowing", "exp x / (1 + exp x) is inf / inf", lambda x: np.exp(x) / (1 + np.exp(x)), sigmoid_slope, True),
    row("textbook", "one_minus", "s (1 - s) cancels on the right", gradient=lambda x: sigmoid(x) * (1 - sigmoid(x)), passes_gradcheck=True),
    row("textbook", "complement", "1 - s(-x) loses the left tail", lambda x: 1 - sigmoid(-x), sigmoid_slope, True),
    row("textbook", "tanh", "(1 + tanh(x / 2)) / 2 loses the left tail; so does its slope on both sides",
        lambda x: 0.5 * (1 + np.tanh(x / 2)), lambda x: 0.25 * (1 - np.tanh(x / 2) ** 2), True),
    row("textbook", "turned", "1 / (1 + exp x)", lambda x: sigmoid(-x), lambda x: -sigmoid_slope(x), True),
    row("textbook", "hard", "the line 0.2 x + 0.5, clipped, as Keras's hard_sigmoid was",
        lambda x: np.clip(0.2 * x + 0.5, 0, 1), lambda x: np.where(np.abs(x) < 2.5, 0.2, 0), True),
    row("textbook", "clipped_7", "clipped at 1e-7", lambda x: np.clip(sigmoid(x), 1e-7, 1 - 1e-7), sigmoid_slope, True),
    row("textbook", "within_30", "x is clipped at 30 first, against overflow", within(sigmoid, 30), within(sigmoid_slope, 30), True),
    row("textbook", "slope_is_value", "the gradient of softplus", gradient=sigmoid),
    row("textbook", "slope_of_tanh", "1 - s^2", gradient=lambda x: 1 - sigmoid(x) ** 2),
    row("broken", "flushed", "values and slopes below 1e-12 become 0", flushed(sigmoid, 1e-12), flushed(sigmoid_slope, 1e-12), True),
    row("broken", "flat_tail", "no slope beyond |x| = 20", gradient=beyond(sigmoid_slope, 20, 0), passes_gradcheck=True),
    row("broken", "turned_tail", "the slope's sign is wrong beyond |x| = 25",
        gradient=beyond(sigmoid_slope, 25, -1), passes_gradcheck=True),
    row("broken", "narrow", "the slope is computed in half the width", gradient=narrow(sigmoid_slope), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(sigmoid, 0.6), sloppy(sigmoid_slope, 0.6), True),
    Mutant(
        "sigmoid", "wrong_half", "textbook", "exp(x) is for x < 0: at 1000 it gives inf / inf.",
        value=sigmoid_of_the_wrong_half,
        id="F20", sources=("S1-10",), fails="hard",
        claim="p0 = x 0, printed so: the lost comparison read as >",
        question=({"x": 1000.0},),
    ),
    Mutant(
        "sigmoid", "in_place", "textbook", "Written into an integer array, every sigmoid is 0.",
        value=sigmoid_in_place,
        id="F21", sources=("S1-10",), printed=True, fails="shape", judged=False,
        claim="x[p1] = 1 / (1 + exp(-x[p1])), with an x of integers",
        question=({"x": 2.0},),
        inputs={"x": np.array([2])},
    ),
    Mutant(
        "sigmoid", "slope_of_output", "textbook", "x (1 - x) takes the sigmoid's output, not its input.",
        gradient=nonlin,
        id="F44", sources=("S4-13",), part="gradient",
        claim="nonlin(x, deriv=True) returns x (1 - x), called on the input x",
        question=({"x": 2.0},),
    ),
    Mutant(
        "sigmoid", "decision", "textbook", "For z up to 1.5e-16 the sigmoid is 0.5 in float64.",
        value=decision,
        id="F50", sources=("S0-41",), fails="hard", judged=False,
        claim="positive if the sigmoid is above 0.5",
        question=({"x": 1e-17},),
        compare=Reading("{} > 0.5", lambda shares: np.array([int(share * 2 > 1) for share in shares], object)),
        right='lossref.oracle("sigmoid", x=1e-17).value > 0.5',
    ),
)

"""Functions that losses are made of."""

import math

import numpy as np

from corpus.record import (
    below,
    beyond,
    flushed,
    log_softmax,
    logsumexp,
    narrow,
    of,
    onehot,
    sigmoid,
    sloppy,
    softmax,
    softmax_ce,
    softmax_ce_gradient,
    softplus,
    sorted_parts,
    sorted_softmax_ce,
    sorted_softmax_ce_gradient,
    take,
    within,
    without_zeros,
)


def sigmoid_slope(x):
    return sigmoid(x) * sigmoid(-x)


row = of("sigmoid", "x")
SIGMOID = (
    row("good", "as_printed", "1 / (1 + exp(-x)): an overflow gives 1 / inf = 0; the slope from cosh, a sum of one sign",
        lambda x: 1 / (1 + np.exp(-x)), lambda x: 0.5 / (1 + np.cosh(x)), True),
    row("good", "softplus", "exp of minus a softplus, and of minus two",
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
)


def log1p_by_artanh(t):
    return 2 * np.arctanh(t / (2 + t))


def log_sigmoid(x):
    return -softplus(-x)


def log_sigmoid_slope(x):
    return sigmoid(-x)


row = of("log_sigmoid", "x")
LOG_SIGMOID = (
    row("good", "logaddexp", "NumPy's logaddexp(0, -x), negated; 1 / (1 + exp x)", log_sigmoid, lambda x: 1 / (1 + np.exp(x)), True),
    row("good", "artanh", "the tail's logarithm as an inverse hyperbolic tangent; the slope as exp of minus a softplus",
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

row = of("softplus", "x")
SOFTPLUS = (
    row("good", "logaddexp", "NumPy's logaddexp(0, x); 1 / (1 + exp(-x))", softplus, lambda x: 1 / (1 + np.exp(-x)), True),
    row("good", "artanh", "the tail's logarithm as an inverse hyperbolic tangent; the slope as exp of minus a softplus",
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
    row("broken", "within_30", "x is clipped at 30 first", within(softplus, 30), within(sigmoid, 30), True),
    row("broken", "flushed", "values and slopes below 1e-12 become 0", flushed(softplus, 1e-12), flushed(sigmoid, 1e-12), True),
    row("broken", "turned_tail", "the slope's sign is wrong beyond |x| = 25", gradient=beyond(sigmoid, 25, -1), passes_gradcheck=True),
    row("broken", "narrow", "the slope is computed in half the width", gradient=narrow(sigmoid), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(softplus, 0.6), sloppy(sigmoid, 0.6), True),
)


def relu(x):
    return np.maximum(x, 0)


def step(x):
    return np.heaviside(x, 0.5)


row = of("relu", "x")
RELU = (
    row("good", "mean", "the mean of x and |x|; a step with 1/2 at 0", lambda x: (x + np.abs(x)) / 2, step, True),
    row("good", "branches", "x where it is positive; 1 at 0", lambda x: np.where(x > 0, x, 0), lambda x: np.where(x < 0, 0, 1), True),
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


def tanh_by_expm1(x):
    half = np.expm1(-2 * np.abs(x))
    return np.copysign(half / (2 + half), x)


def tanh_slope(x):
    tail = np.exp(-2 * np.abs(x))
    return 4 * tail / ((1 + tail) * (1 + tail))


row = of("tanh", "x")
TANH = (
    row("good", "expm1", "expm1(-2 |x|) over itself plus 2, with the sign of x; 4 t / (1 + t)^2 with t = exp(-2 |x|)",
        tanh_by_expm1, tanh_slope, True),
    row("good", "sinh", "sinh / cosh, and 1 from 20 on; the slope from cosh of twice x",
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


def log1mexp(x):
    return np.where(x > -1, np.log(-np.expm1(x)), np.log1p(-np.exp(x)))


def log1mexp_slope(x):
    return -1 / np.abs(np.expm1(-x))


def log1mexp_by_sinh(x):
    tail, half = np.exp(x), -x / 2
    return np.where(x > -0.7, np.log(2 * np.sinh(np.minimum(half, 1))) - half, -2 * np.arctanh(tail / (2 - tail)))


row = of("log1mexp", "x")
LOG1MEXP = (
    row("good", "two_forms", "log(-expm1 x) up to -1, log1p(-exp x) beyond; 1 / expm1(-x)", log1mexp, log1mexp_slope, True),
    row("good", "sinh", "log(2 sinh(-x / 2)) + x / 2, two terms of one sign; an inverse hyperbolic tangent far out",
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


def xlogy(x, y):
    return without_zeros(x, x * np.log(y))


def xlogy_slope(x, y):
    return np.log(y)


def log_near_1(y):
    return np.where(np.abs(y - 1) < 0.5, np.log1p(y - 1), np.log(y))


row = of("xlogy", "x", "y")
XLOGY = (
    row("good", "log1p", "log1p of the exact distance from 1",
        lambda x, y: without_zeros(x, x * log_near_1(y)), lambda x, y: log_near_1(y), True),
    row("good", "log2", "the logarithm to base 2 times log 2",
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


def pairs(x):
    """Every share as 1 / sum_i exp(x_i - x_j)."""
    return 1 / np.exp(x[:, :, None] - x[:, None, :]).sum(axis=1)


def sorted_logsumexp(x):
    top, rest = sorted_parts(x)
    return top + np.log1p(rest)


row = of("logsumexp", "x")
LOGSUMEXP = (
    row("good", "sorted", "the largest plus log1p of the others, in ascending order", sorted_logsumexp, softmax, True),
    row("good", "chain", "NumPy's logaddexp, one entry after the other; each share from its differences",
        lambda x: np.logaddexp.reduce(np.sort(x, axis=1), axis=1), pairs, True),
    row("framework", "log_of_sum", "log of a sum that holds a 1: a small value is lost", logsumexp, softmax, True),
    row("textbook", "no_shift", "exp without a shift", lambda x: np.log(np.exp(x).sum(axis=1)),
        lambda x: np.exp(x) / np.exp(x).sum(axis=1, keepdims=True), True),
    row("textbook", "maximum", "the largest entry", lambda x: x.max(axis=1), lambda x: onehot(x, x.argmax(axis=1)), True),
    row("textbook", "log_mean_exp", "the mean in place of the sum", lambda x: sorted_logsumexp(x) - math.log(x.shape[1]), softmax, True),
    row("textbook", "shift_forgotten", "the shift is not added back", lambda x: np.log1p(sorted_parts(x)[1])),
    row("textbook", "base_2", "the logarithm to base 2", lambda x: sorted_logsumexp(x) / math.log(2)),
    row("textbook", "slope_is_exp", "exp x, not divided by the sum", gradient=np.exp),
    row("textbook", "slope_relative", "exp(x - max), not divided by the sum", gradient=lambda x: np.exp(x - x.max(axis=1, keepdims=True))),
    row("textbook", "slope_is_log", "log-softmax for softmax", gradient=log_softmax),
    row("broken", "shared_shift", "one shift, the batch's largest entry", lambda x: x.max() + np.log(np.exp(x - x.max()).sum(axis=1))),
    row("broken", "absolute_shift", "the shift is the largest |x|: negative entries underflow",
        lambda x: (s := np.abs(x).max(axis=1)) + np.log(np.exp(x - s[:, None]).sum(axis=1))),
    row("broken", "within_30", "entries are clipped at 30 first", within(sorted_logsumexp, 30), within(softmax, 30), True),
    row("broken", "flushed", "values and slopes below 1e-12 become 0", flushed(sorted_logsumexp, 1e-12), flushed(softmax, 1e-12), True),
    row("broken", "turned_tail", "slopes below 1e-8 have the wrong sign", gradient=below(softmax, 1e-8, -1), passes_gradcheck=True),
    row("broken", "narrow", "the gradient is computed in half the width", gradient=narrow(softmax), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(sorted_logsumexp, 0.6), sloppy(softmax, 0.6), True),
)


def share(x, i):
    return take(softmax(x), i)


def share_slope(x, i):
    return share(x, i)[:, None] * -softmax_ce_gradient(x, i)


def share_slope_by_pairs(x, i):
    shares, asked = pairs(x), onehot(x, i)
    others = np.where(asked, 0, shares)
    return take(shares, i)[:, None] * (asked * others.sum(axis=1, keepdims=True) - others)


row = of("softmax", "x", "index")
SOFTMAX = (
    row("good", "times_slope", "shifted by the largest; the share times the slope of its logarithm", share, share_slope, True),
    row("good", "pairs", "1 over a sum of exp of differences; minus products, and the sum of the others on the diagonal",
        lambda x, i: take(pairs(x), i), share_slope_by_pairs, True),
    row("textbook", "no_shift", "exp without a shift: inf / inf", lambda x, i: take(np.exp(x) / np.exp(x).sum(axis=1, keepdims=True), i),
        share_slope, True),
    row("textbook", "one_minus", "p (1 - p) is 0 for a share that rounds to 1",
        gradient=lambda x, i: share(x, i)[:, None] * (onehot(x, i) - softmax(x)), passes_gradcheck=True),
    row("textbook", "of_the_logarithm", "[i = j] - p_j, the gradient of log-softmax", gradient=lambda x, i: -softmax_ce_gradient(x, i)),
    row("textbook", "of_the_loss", "p - onehot, the gradient of the cross-entropy", gradient=softmax_ce_gradient),
    row("textbook", "diagonal", "p (1 - p) on the diagonal and nothing else", gradient=lambda x, i: onehot(x, i) * share_slope(x, i)),
    row("textbook", "of_all", "p (1 - p) for every entry, as of independent sigmoids",
        gradient=lambda x, i: softmax(x) * (1 - softmax(x))),
    row("textbook", "sigmoids", "a sigmoid of one entry",
        lambda x, i: sigmoid(take(x, i)), lambda x, i: onehot(x, i) * sigmoid_slope(x), True),
    row("textbook", "softmin", "of -x", lambda x, i: share(-x, i), lambda x, i: -share_slope(-x, i), True),
    row("textbook", "clipped_7", "clipped at 1e-7", lambda x, i: np.clip(share(x, i), 1e-7, 1 - 1e-7), share_slope, True),
    row("textbook", "plus_eps", "1e-6 is added to the sum",
        lambda x, i: take((e := np.exp(x - x.max(axis=1, keepdims=True))) / (e.sum(axis=1, keepdims=True) + 1e-6), i), share_slope, True),
    row("textbook", "hard", "1 for the largest entry, 0 else", lambda x, i: (x.argmax(axis=1) == i).astype(x.dtype),
        lambda x, i: np.zeros_like(x), True),
    row("broken", "batch_axis", "the sum runs over the batch", lambda x, i: take(softmax(x.T).T, i)),
    row("broken", "off_by_one", "components are counted from 1",
        lambda x, i: share(x, (i - 1) % x.shape[1]), lambda x, i: share_slope(x, (i - 1) % x.shape[1]), True),
    row("broken", "turned", "the gradient's sign is wrong", gradient=lambda x, i: -share_slope(x, i)),
    row("broken", "within_30", "entries are clipped at 30 first", within(share, 30), within(share_slope, 30), True),
    row("broken", "flushed", "shares and slopes below 1e-12 become 0", flushed(share, 1e-12), flushed(share_slope, 1e-12), True),
    row("broken", "turned_tail", "slopes below 1e-8 have the wrong sign", gradient=below(share_slope, 1e-8, -1), passes_gradcheck=True),
    row("broken", "narrow", "the gradient is computed in half the width", gradient=narrow(share_slope), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(share, 0.6), sloppy(share_slope, 0.6), True),
)


def log_share(x, i):
    return -softmax_ce(x, i)


def log_share_slope(x, i):
    return -softmax_ce_gradient(x, i)


row = of("log_softmax", "x", "index")
LOG_SOFTMAX = (
    row("good", "from_the_asked", "minus log1p of the others relative to the entry where it leads, else its lag and a logarithm",
        log_share, log_share_slope, True),
    row("good", "sorted", "the lag behind the largest plus log1p of the others, added in ascending order",
        lambda x, i: -sorted_softmax_ce(x, i), lambda x, i: -sorted_softmax_ce_gradient(x, i), True),
    row("framework", "log_of_sum", "a shift and log of a sum that holds a 1; [i = j] - p_j cancels for a leader",
        lambda x, i: take(log_softmax(x), i), lambda x, i: onehot(x, i) - softmax(x), True),
    row("textbook", "log_of_softmax", "the logarithm of what has rounded to 0 or 1",
        lambda x, i: np.log(share(x, i)), log_share_slope, True),
    row("textbook", "no_shift", "exp without a shift", lambda x, i: take(x, i) - np.log(np.exp(x).sum(axis=1)), log_share_slope, True),
    row("textbook", "plus_eps", "log(p + 1e-12)", lambda x, i: np.log(share(x, i) + 1e-12), log_share_slope, True),
    row("textbook", "less_maximum", "the entry less the largest", lambda x, i: take(x, i) - x.max(axis=1)),
    row("textbook", "minus_lost", "the loss -log p", softmax_ce, softmax_ce_gradient, True),
    row("textbook", "of_the_loss", "p - onehot, the gradient of the cross-entropy", gradient=softmax_ce_gradient),
    row("textbook", "of_softmax", "p_i ([i = j] - p_j), the gradient of softmax", gradient=share_slope),
    row("textbook", "diagonal", "1 - p on the diagonal and nothing else", gradient=lambda x, i: onehot(x, i) * log_share_slope(x, i)),
    row("textbook", "sigmoids", "a log-sigmoid of one entry",
        lambda x, i: log_sigmoid(take(x, i)), lambda x, i: onehot(x, i) * sigmoid(-x), True),
    row("textbook", "base_2", "the logarithm to base 2", lambda x, i: log_share(x, i) / math.log(2)),
    row("broken", "off_by_one", "components are counted from 1",
        lambda x, i: log_share(x, (i - 1) % x.shape[1]), lambda x, i: log_share_slope(x, (i - 1) % x.shape[1]), True),
    row("broken", "within_30", "entries are clipped at 30 first", within(log_share, 30), within(log_share_slope, 30), True),
    row("broken", "flushed", "values and slopes below 1e-12 become 0", flushed(log_share, 1e-12), flushed(log_share_slope, 1e-12), True),
    row("broken", "turned_tail", "slopes below 1e-8 have the wrong sign",
        gradient=below(log_share_slope, 1e-8, -1), passes_gradcheck=True),
    row("broken", "narrow", "the gradient is computed in half the width", gradient=narrow(log_share_slope), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(log_share, 0.6), sloppy(log_share_slope, 0.6), True),
)

RECORDS = (*SIGMOID, *LOG_SIGMOID, *SOFTPLUS, *RELU, *TANH, *LOG1MEXP, *XLOGY, *LOGSUMEXP, *SOFTMAX, *LOG_SOFTMAX)

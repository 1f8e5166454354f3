"""Implementations of logistic, right and wrong."""

from functools import partial

import numpy as np

from lossref.mutants.formulas import beyond, flushed, narrow, sigmoid, sloppy, softplus, within
from lossref.mutants.record import Mutant, in_order, of


def logistic(f, y):
    return softplus(-y * f)


def logistic_gradient(f, y):
    return -y * sigmoid(-y * f)


def logistic_by_artanh(f, y):
    # log(1 + t) is 2 artanh(t / (2 + t)).
    tail = np.exp(-np.abs(f))
    return np.maximum(-y * f, 0) + 2 * np.arctanh(tail / (2 + tail))


def half_the_digits(f):
    """Where exp(-x) is the root of eps: 18 in float64, 8 in float32."""
    return -np.log(np.finfo(f.dtype).eps) / 2


def clipped_logistic(eps, f, y):
    return -np.log(np.clip(sigmoid(y * f), eps, 1 - eps))


def logistic_without_branch(prediction, target):
    return np.log(1 + np.exp(-target * prediction))


row = of("logistic")
MUTANTS = (
    row("right", "logaddexp", "NumPy's logaddexp(0, -y f); exp(y f) in the denominator overflows to a slope of 0",
        logistic, lambda f, y: -y / (1 + np.exp(y * f)), True),
    row("right", "artanh", "the tail's logarithm as an inverse hyperbolic tangent; the slope as exp of minus a softplus",
        logistic_by_artanh, lambda f, y: -y * np.exp(-np.logaddexp(0, y * f)), True),
    row("framework", "log_of_tail", "the right side from log(1 + exp(-|f|)): tails are lost",
        lambda f, y: np.maximum(-y * f, 0) + np.log(1 + np.exp(-np.abs(f))), logistic_gradient, True),
    row("textbook", "soft_margin", "log1p(exp(-y f)) keeps the tail and overflows, as torch's soft_margin_loss",
        lambda f, y: np.log1p(np.exp(-y * f)), lambda f, y: -y * (z := np.exp(-y * f)) / (1 + z), True),
    row("textbook", "log_of_sigmoid", "the logarithm of a probability that has rounded to 0 or 1",
        lambda f, y: -np.log(sigmoid(y * f)), logistic_gradient, True),
    *(row("textbook", f"clipped_{eps:g}", f"the probability is clipped at {eps:g}",
          partial(clipped_logistic, eps), logistic_gradient, True) for eps in (1e-7, 1e-15)),
    row("textbook", "base_2", "the logarithm to base 2, to bound the zero-one loss",
        lambda f, y: logistic(f, y) / np.log(f.dtype.type(2)), lambda f, y: logistic_gradient(f, y) / np.log(f.dtype.type(2)), True),
    row("textbook", "labels_0_1", "labels -1 and 1 are taken for 0 and 1",
        lambda f, y: softplus(f) - y * f, lambda f, y: sigmoid(f) - y, True),
    row("textbook", "deviance", "of 2 y f, as in boosting",
        lambda f, y: softplus(-2 * y * f), lambda f, y: -2 * y * sigmoid(-2 * y * f), True),
    row("textbook", "turned", "log(1 + exp(y f)): a right answer costs",
        lambda f, y: softplus(y * f), lambda f, y: y * sigmoid(y * f), True),
    row("textbook", "cut_off_right", "exp(-y f) alone from y f = 18 on (float32: 8), as in SGD code: half the digits",
        lambda f, y: np.where(y * f > half_the_digits(f), np.exp(-y * f), logistic(f, y)), logistic_gradient, True),
    row("textbook", "cut_off_wrong", "-y f alone from y f = -18 on (float32: -8), as in SGD code: half the digits",
        lambda f, y: np.where(-y * f > half_the_digits(f), -y * f, logistic(f, y)), logistic_gradient, True),
    row("textbook", "complement", "1 - sigmoid(y f) loses the tail of sigmoid(-y f)",
        gradient=lambda f, y: -y * (1 - sigmoid(y * f)), passes_gradcheck=True),
    row("textbook", "label_missing", "the gradient forgets the label", gradient=lambda f, y: -sigmoid(-y * f)),
    row("broken", "within_30", "the score is clipped at 30 first", within(logistic, 30), within(logistic_gradient, 30), True),
    row("broken", "flushed", "losses and slopes below 1e-12 become 0",
        flushed(logistic, 1e-12), flushed(logistic_gradient, 1e-12), True),
    row("broken", "flat_tail", "no gradient beyond |f| = 20", gradient=beyond(logistic_gradient, 20, 0), passes_gradcheck=True),
    row("broken", "turned_tail", "the gradient's sign is wrong beyond |f| = 25",
        gradient=beyond(logistic_gradient, 25, -1), passes_gradcheck=True),
    row("broken", "narrow", "the gradient is computed in half the width", gradient=narrow(logistic_gradient), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(logistic, 0.6), sloppy(logistic_gradient, 0.6), True),
    Mutant(
        "logistic", "naive", "textbook", "exp(-m) overflows from m = -710 on; the loss is -m.",
        value=logistic_without_branch, passes_gradcheck=True,
        gradient=in_order("logistic", lambda f, y: -y * np.exp(-y * f) / (1 + np.exp(-y * f))),
        id="F52", sources=("S1-01", "S0-15"), fails="hard",
        claim="log(1 + exp(-m)), typed as it stands: far on the wrong side",
        question=({"prediction": -1000.0, "target": 1.0},),
    ),
    Mutant(
        "logistic", "naive_right", "textbook", "1 + exp(-m) rounds to 1 from m = 37 on, and log to 0.",
        value=logistic_without_branch,
        id="F53", sources=("S0-15",), fails="hard",
        claim="log(1 + exp(-m)), typed as it stands: far on the right side",
        question=({"prediction": 40.0, "target": 1.0},),
    ),
)

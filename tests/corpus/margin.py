"""Losses of a score and a label, -1 or 1, and of a class that is right or wrong."""

from fractions import Fraction
from functools import partial
from math import fsum

import numpy as np

from corpus.record import beyond, flushed, narrow, of, sigmoid, sloppy, softplus, within


def flat(f, *others):
    """A slope of 0 wherever there is one."""
    return np.zeros_like(f)


row = of("zero_one", "prediction", "target")
ZERO_ONE = (
    row("good", "ordered", "wrong is less or greater; a slope of 0", lambda f, y: (f < y) | (f > y), flat, True),
    row("good", "sign", "the sign of the difference, squared: a difference is 0 for equal numbers only",
        lambda f, y: np.sign(f - y) ** 2, flat, True),
    row("textbook", "accuracy", "counts what is right", lambda f, y: (f == y).astype(f.dtype), flat, True),
    row("textbook", "isclose", "equal within the tolerances of np.isclose", lambda f, y: ~np.isclose(f, y), flat, True),
    row("textbook", "by_sign", "the signs are compared, as for scores", lambda f, y: np.sign(f) != np.sign(y), flat, True),
    row("textbook", "by_product", "wrong where y f <= 0: right for -1 and 1 only", lambda f, y: y * f <= 0, flat, True),
    row("textbook", "half_a_class", "wrong where |f - y| > 1/2", lambda f, y: np.abs(f - y) > 0.5, flat, True),
    row("textbook", "rounded", "classes are rounded to whole numbers first", lambda f, y: np.rint(f) != np.rint(y), flat, True),
    row("textbook", "distance", "|f - y|: right for labels 0 and 1 only",
        lambda f, y: np.abs(f - y), lambda f, y: np.sign(f - y), True),
    row("textbook", "half_distance", "|f - y| / 2: right for labels -1 and 1 only",
        lambda f, y: np.abs(f - y) / 2, lambda f, y: np.sign(f - y) / 2, True),
    row("textbook", "error_rate", "the batch's error rate where each example's loss is wanted",
        lambda f, y: np.full_like(f, np.mean(f != y)), flat, True),
    row("textbook", "straight_through", "the slope of the identity, as estimators pass it through", gradient=lambda f, y: np.ones_like(f)),
    row("textbook", "surrogate_slope", "the slope of the hinge loss in place of none",
        gradient=lambda f, y: np.where(y * f < 1, -y, 0)),
    row("broken", "eps_tolerance", "equal if no further apart than the eps of the format",
        lambda f, y: np.abs(f - y) > np.finfo(f.dtype).eps, flat, True),
    row("broken", "relative_tolerance", "equal if no further apart than an eps of the target",
        lambda f, y: np.abs(f - y) > np.finfo(f.dtype).eps * np.abs(y), flat, True),
    row("broken", "truncated", "classes are cast to integers", lambda f, y: f.astype(np.int64) != y.astype(np.int64), flat, True),
    row("broken", "narrow", "compared in half the width", narrow(lambda f, y: f != y), flat, True),
)


def zero_one_by_rationals(f, y, threshold=0.5, at=1.0):
    def cost(a, b):
        if not np.isfinite(a - b):
            return float(abs(a - b) > threshold)
        distance = abs(Fraction(float(a)) - Fraction(float(b)))
        return at if distance == threshold else float(distance > threshold)

    return np.array([cost(a, b) for a, b in zip(f, y, strict=True)])


def zero_one_by_sum(f, y, threshold=0.5, at=1.0):
    # fsum rounds once, so that its sign is that of |f - y| - T.
    high, low = np.maximum(f, y) / 4, np.minimum(f, y) / 4
    excess = np.array([fsum((a, -b, -threshold / 4)) for a, b in zip(high.tolist(), low.tolist(), strict=True)])
    return np.where(excess == 0, at, excess > 0)


def zero_one_by_difference(f, y, threshold=0.5, at=1.0):
    distance = np.abs(f - y)
    return np.where(distance == threshold, at, distance > threshold).astype(f.dtype)


def zero_one_of(distance):
    """A threshold on another distance."""
    return lambda f, y, threshold=0.5, at=1.0: np.where((d := distance(f, y)) == threshold, at, d > threshold)


row = of("thresholded_zero_one", "prediction", "target", "threshold", "at_threshold")
THRESHOLDED_ZERO_ONE = (
    row("good", "rationals", "the distance of the two numbers as fractions", zero_one_by_rationals, flat, True),
    row("good", "exact_sum", "the sign of a sum of three numbers, rounded once", zero_one_by_sum, flat, True),
    row("good", "difference", "the rounded difference is compared: rounding the inputs may move it over the threshold as well",
        zero_one_by_difference, flat, True),
    row("textbook", "at_least", "|f - y| >= T, whatever the boundary is to cost",
        lambda f, y, t=0.5, b=1.0: np.abs(f - y) >= t, flat, True),
    row("textbook", "more_than", "|f - y| > T, whatever the boundary is to cost",
        lambda f, y, t=0.5, b=1.0: np.abs(f - y) > t, flat, True),
    row("textbook", "half_at_threshold", "1/2 at the threshold, as a Heaviside step has it",
        lambda f, y, t=0.5, b=1.0: np.heaviside(np.abs(f - y) - t, 0.5), flat, True),
    row("textbook", "turned_comparison", "1 for a close prediction",
        lambda f, y, t=0.5, b=1.0: np.where(np.abs(f - y) == t, b, np.abs(f - y) < t), flat, True),
    row("textbook", "one_sided", "predictions that are too low cost nothing", zero_one_of(lambda f, y: f - y), flat, True),
    row("textbook", "squared", "the squared distance is compared", zero_one_of(lambda f, y: (f - y) ** 2), flat, True),
    row("textbook", "relative", "the distance relative to the target is compared",
        zero_one_of(lambda f, y: np.abs(f - y) / np.abs(y)), flat, True),
    row("textbook", "isclose", "at the threshold within the tolerances of np.isclose",
        lambda f, y, t=0.5, b=1.0: np.where(np.isclose(np.abs(f - y), t), b, np.abs(f - y) > t), flat, True),
    row("textbook", "ramp", "the excess over the threshold, as in an epsilon-insensitive loss",
        lambda f, y, t=0.5, b=1.0: np.maximum(np.abs(f - y) - t, 0),
        lambda f, y, t=0.5, b=1.0: np.where(np.abs(f - y) > t, np.sign(f - y), 0), True),
    row("textbook", "surrogate_slope", "the slope of the absolute error beyond the threshold, in place of none",
        gradient=lambda f, y, t=0.5, b=1.0: np.where(np.abs(f - y) > t, np.sign(f - y), 0)),
    row("broken", "boundary_turned", "what the boundary costs is turned round",
        lambda f, y, t=0.5, b=1.0: zero_one_by_difference(f, y, t, 1 - b), flat, True),
    row("broken", "ignores_threshold", "the threshold is always 1/2",
        lambda f, y, t=0.5, b=1.0: zero_one_by_difference(f, y, 0.5, b), flat, True),
    row("broken", "width", "the threshold is taken for the width of the band, twice as much",
        lambda f, y, t=0.5, b=1.0: zero_one_by_difference(f, y, t / 2, b), flat, True),
    row("broken", "threshold_moved", "the threshold is 0.1 % too far",
        lambda f, y, t=0.5, b=1.0: np.where(np.abs(f - y) == t, b, np.abs(f - y) > 1.001 * t), flat, True),
    row("broken", "eps_tolerance", "at the threshold if no further off than the eps of the format",
        lambda f, y, t=0.5, b=1.0: np.where(np.abs(np.abs(f - y) - t) <= np.finfo(f.dtype).eps, b, np.abs(f - y) > t), flat, True),
    row("broken", "narrow", "compared in half the width", narrow(zero_one_by_difference), flat, True),
)

row = of("hinge", "prediction", "target")
HINGE = (
    row("good", "branches", "0 from the margin on, the exact line before it",
        lambda f, y: np.where(y * f >= 1, 0, 1 - y * f), lambda f, y: -y * np.heaviside(1 - y * f, 0), True),
    row("good", "shortfall", "y (y - f) is 1 - y f because y^2 = 1",
        lambda f, y: np.maximum(y * (y - f), 0), lambda f, y: np.where(y * (y - f) > 0, -y, 0), True),
    row("textbook", "squared", "the squared hinge",
        lambda f, y: np.maximum(0, 1 - y * f) ** 2, lambda f, y: -2 * y * np.maximum(0, 1 - y * f), True),
    row("textbook", "perceptron", "a margin of 0",
        lambda f, y: np.maximum(0, -y * f), lambda f, y: np.where(y * f < 0, -y, 0), True),
    row("textbook", "smooth", "softplus(1 - y f) in place of the corner",
        lambda f, y: softplus(1 - y * f), lambda f, y: -y * sigmoid(1 - y * f), True),
    row("textbook", "labels_0_1", "labels -1 and 1 are mapped as if they were 0 and 1",
        lambda f, y: np.maximum(0, 1 - (2 * y - 1) * f), lambda f, y: np.where((2 * y - 1) * f < 1, 1 - 2 * y, 0), True),
    row("broken", "margin_2", "a margin of 2",
        lambda f, y: np.maximum(0, 2 - y * f), lambda f, y: np.where(y * f < 2, -y, 0), True),
    row("broken", "label_missing", "the gradient forgets the label",
        gradient=lambda f, y: np.where(y * f < 1, -np.ones_like(y), 0)),
    row("broken", "never_flat", "the gradient goes on beyond the margin", gradient=lambda f, y: -y),
    row("broken", "clipped_score", "the score is clipped at 20 first",
        lambda f, y: np.maximum(0, 1 - y * np.clip(f, -20, 20)),
        lambda f, y: np.where((y * f < 1) & (np.abs(f) < 20), -y, 0), True),
    row("broken", "flushed", "losses below 1e-4 and their slopes become 0", flushed(lambda f, y: np.maximum(0, 1 - y * f), 1e-4),
        lambda f, y: np.where(y * f < 1 - 1e-4, -y, 0), True),
)


def perceptron(f, y):
    return np.maximum(0, -y * f)


row = of("perceptron", "prediction", "target")
PERCEPTRON = (
    row("good", "branches", "|f| where the sign is wrong", lambda f, y: np.where(y * f < 0, np.abs(f), 0),
        lambda f, y: -y * np.heaviside(-y * f, 0), True),
    row("good", "mean", "the mean of |f| and -y f; half the update rule's sign(f) - y",
        lambda f, y: (np.abs(f) - y * f) / 2, lambda f, y: (np.sign(f) - y) / 2, True),
    row("textbook", "hinge", "a margin of 1",
        lambda f, y: np.maximum(0, 1 - y * f), lambda f, y: np.where(y * f < 1, -y, 0), True),
    row("textbook", "rosenblatt", "the update rule's sign(f) - y for a slope: twice as steep", gradient=lambda f, y: np.sign(f) - y),
    row("textbook", "smooth", "softplus(-y f) in place of the corner",
        lambda f, y: softplus(-y * f), lambda f, y: -y * sigmoid(-y * f), True),
    row("textbook", "labels_0_1", "labels -1 and 1 are mapped as if they were 0 and 1",
        lambda f, y: np.maximum(0, (1 - 2 * y) * f), lambda f, y: np.where((2 * y - 1) * f < 0, 1 - 2 * y, 0), True),
    row("textbook", "zero_one", "1 for a wrong sign", lambda f, y: (y * f < 0).astype(f.dtype), flat, True),
    row("textbook", "squared", "the square of the shortfall",
        lambda f, y: perceptron(f, y) ** 2, lambda f, y: -2 * y * perceptron(f, y), True),
    row("textbook", "right_side", "the sign of y f is forgotten: the right side costs",
        lambda f, y: np.maximum(0, y * f), lambda f, y: np.where(y * f > 0, y, 0), True),
    row("textbook", "never_flat", "-y f, negative for a right answer", lambda f, y: -y * f, lambda f, y: -y, True),
    row("broken", "label_missing", "the gradient forgets the label", gradient=lambda f, y: np.where(y * f < 0, -np.ones_like(y), 0)),
    row("broken", "leaky", "a slope of 1e-2 on the right side, as of a leaky ReLU",
        lambda f, y: np.maximum(-0.01 * y * f, -y * f), lambda f, y: np.where(y * f < 0, -y, -0.01 * y), True),
    row("broken", "dead_zone", "no slope below 1e-7", gradient=lambda f, y: np.where(y * f < -1e-7, -y, 0), passes_gradcheck=True),
    row("broken", "eager", "the slope goes on to y f = 1e-3",
        gradient=lambda f, y: np.where(y * f < 1e-3, -y, 0), passes_gradcheck=True),
    row("broken", "clipped_score", "the score is clipped at 20 first",
        within(perceptron, 20), lambda f, y: np.where((y * f < 0) & (np.abs(f) < 20), -y, 0), True),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(perceptron, 1e-12)),
)


def exponential(f, y):
    return np.exp(-y * f)


def exponential_gradient(f, y):
    return -y * np.exp(-y * f)


row = of("exponential", "prediction", "target")
EXPONENTIAL = (
    row("good", "halves", "the square of exp(-y f / 2)",
        lambda f, y: np.exp(-y * f / 2) ** 2, lambda f, y: -y * np.exp(-y * f / 2) ** 2, True),
    row("good", "by_label", "exp(-f) for a label 1, exp(f) for -1",
        lambda f, y: np.where(y > 0, np.exp(-f), np.exp(f)), lambda f, y: np.where(y > 0, -np.exp(-f), np.exp(f)), True),
    row("textbook", "turned", "exp(y f): a right answer costs", lambda f, y: np.exp(y * f), lambda f, y: y * np.exp(y * f), True),
    row("textbook", "half", "exp(-y f / 2), as where f is the log-odds",
        lambda f, y: np.exp(-y * f / 2), lambda f, y: -y / 2 * np.exp(-y * f / 2), True),
    row("textbook", "labels_0_1", "labels -1 and 1 are mapped as if they were 0 and 1",
        lambda f, y: np.exp((1 - 2 * y) * f), lambda f, y: (1 - 2 * y) * np.exp((1 - 2 * y) * f), True),
    row("textbook", "less_one", "exp(-y f) - 1: undecided costs 0, right answers less", lambda f, y: np.expm1(-y * f),
        exponential_gradient, True),
    row("textbook", "base_2", "2 to the power -y f, with the slope of exp", lambda f, y: np.exp2(-y * f)),
    row("textbook", "limit", "(1 - y f / n) ** n for n = 1e6", lambda f, y: (1 - y * f / 1e6) ** 1e6,
        lambda f, y: -y * (1 - y * f / 1e6) ** 999999, True),
    row("textbook", "label_missing", "the gradient forgets the label", gradient=lambda f, y: -np.exp(-y * f)),
    row("textbook", "slope_is_loss", "the gradient is taken for the loss itself", gradient=exponential),
    *(row("textbook", f"within_{reach}", f"the score is clipped at {reach} first, against overflow",
          within(exponential, reach), within(exponential_gradient, reach), True) for reach in (20, 50)),
    row("textbook", "plus_eps", "exp(-y f) + 1e-12", lambda f, y: np.exp(-y * f) + 1e-12, exponential_gradient, True),
    row("broken", "flushed", "losses and slopes below 1e-12 become 0",
        flushed(exponential, 1e-12), flushed(exponential_gradient, 1e-12), True),
    row("broken", "clipped_slope", "the gradient is clipped at 100, as trainers do",
        gradient=lambda f, y: np.clip(exponential_gradient(f, y), -100, 100), passes_gradcheck=True),
    row("broken", "turned_tail", "the gradient's sign is wrong beyond |f| = 25",
        gradient=beyond(exponential_gradient, 25, -1), passes_gradcheck=True),
    row("broken", "narrow", "the gradient is computed in half the width",
        gradient=narrow(exponential_gradient), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(exponential, 0.6), sloppy(exponential_gradient, 0.6), True),
)


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


row = of("logistic", "prediction", "target")
LOGISTIC = (
    row("good", "logaddexp", "NumPy's logaddexp(0, -y f); exp(y f) in the denominator overflows to a slope of 0",
        logistic, lambda f, y: -y / (1 + np.exp(y * f)), True),
    row("good", "artanh", "the tail's logarithm as an inverse hyperbolic tangent; the slope as exp of minus a softplus",
        logistic_by_artanh, lambda f, y: -y * np.exp(-np.logaddexp(0, y * f)), True),
    row("framework", "log_of_tail", "the right side from log(1 + exp(-|f|)): tails are lost",
        lambda f, y: np.maximum(-y * f, 0) + np.log(1 + np.exp(-np.abs(f))), logistic_gradient, True),
    row("textbook", "naive", "log(1 + exp(-y f)) overflows, and its gradient is inf / inf",
        lambda f, y: np.log(1 + np.exp(-y * f)), lambda f, y: -y * np.exp(-y * f) / (1 + np.exp(-y * f)), True),
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
)

RECORDS = (*ZERO_ONE, *THRESHOLDED_ZERO_ONE, *PERCEPTRON, *HINGE, *EXPONENTIAL, *LOGISTIC)

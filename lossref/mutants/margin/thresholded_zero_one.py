"""Implementations of thresholded zero one, right and wrong."""

from fractions import Fraction
from math import fsum

import numpy as np

from lossref.mutants.formulas import flat, narrow
from lossref.mutants.record import Mutant, in_order, of


def zero_one_by_rationals(f, y, threshold, at):
    def cost(a, b):
        if not np.isfinite(a - b):
            return float(abs(a - b) > threshold)
        distance = abs(Fraction(float(a)) - Fraction(float(b)))
        return at if distance == threshold else float(distance > threshold)

    return np.array([cost(a, b) for a, b in zip(f, y, strict=True)])


def zero_one_by_sum(f, y, threshold, at):
    # fsum rounds once, so that its sign is that of |f - y| - T.
    high, low = np.maximum(f, y) / 4, np.minimum(f, y) / 4
    excess = np.array([fsum((a, -b, -threshold / 4)) for a, b in zip(high.tolist(), low.tolist(), strict=True)])
    return np.where(excess == 0, at, excess > 0)


def zero_one_by_difference(f, y, threshold, at):
    distance = np.abs(f - y)
    return np.where(distance == threshold, at, distance > threshold).astype(f.dtype)


def zero_one_of(distance):
    """A threshold on another distance."""
    return lambda f, y, threshold, at: np.where((d := distance(f, y)) == threshold, at, d > threshold)


def strictly_beyond(prediction, target, threshold=0.5):
    return np.where(np.abs(target - prediction) > threshold, 1.0, 0.0)


row = of("thresholded_zero_one")
MUTANTS = (
    row("right", "rationals", "the distance of the two numbers as fractions", zero_one_by_rationals, flat, True),
    row("right", "exact_sum", "the sign of a sum of three numbers, rounded once", zero_one_by_sum, flat, True),
    row("right", "difference", "the rounded difference is compared: rounding the inputs may move it over the threshold as well",
        zero_one_by_difference, flat, True),
    row("textbook", "at_least", "|f - y| >= T, whatever the boundary is to cost",
        lambda f, y, t, b: np.abs(f - y) >= t, flat, True),
    row("textbook", "half_at_threshold", "1/2 at the threshold, as a Heaviside step has it",
        lambda f, y, t, b: np.heaviside(np.abs(f - y) - t, 0.5), flat, True),
    row("textbook", "turned_comparison", "1 for a close prediction",
        lambda f, y, t, b: np.where(np.abs(f - y) == t, b, np.abs(f - y) < t), flat, True),
    row("textbook", "one_sided", "predictions that are too low cost nothing", zero_one_of(lambda f, y: f - y), flat, True),
    row("textbook", "squared", "the squared distance is compared", zero_one_of(lambda f, y: (f - y) ** 2), flat, True),
    row("textbook", "relative", "the distance relative to the target is compared",
        zero_one_of(lambda f, y: np.abs(f - y) / np.abs(y)), flat, True),
    row("textbook", "isclose", "at the threshold within the tolerances of np.isclose",
        lambda f, y, t, b: np.where(np.isclose(np.abs(f - y), t), b, np.abs(f - y) > t), flat, True),
    row("textbook", "ramp", "the excess over the threshold, as in an epsilon-insensitive loss",
        lambda f, y, t, b: np.maximum(np.abs(f - y) - t, 0),
        lambda f, y, t, b: np.where(np.abs(f - y) > t, np.sign(f - y), 0), True),
    row("textbook", "surrogate_slope", "the slope of the absolute error beyond the threshold, in place of none",
        gradient=lambda f, y, t, b: np.where(np.abs(f - y) > t, np.sign(f - y), 0)),
    row("broken", "boundary_turned", "what the boundary costs is turned round",
        lambda f, y, t, b: zero_one_by_difference(f, y, t, 1 - b), flat, True),
    row("broken", "ignores_threshold", "the threshold is always 1/2",
        lambda f, y, t, b: zero_one_by_difference(f, y, 0.5, b), flat, True),
    row("broken", "width", "the threshold is taken for the width of the band, twice as much",
        lambda f, y, t, b: zero_one_by_difference(f, y, t / 2, b), flat, True),
    row("broken", "threshold_moved", "the threshold is 0.1 % too far",
        lambda f, y, t, b: np.where(np.abs(f - y) == t, b, np.abs(f - y) > 1.001 * t), flat, True),
    row("broken", "eps_tolerance", "at the threshold if no further off than the eps of the format",
        lambda f, y, t, b: np.where(np.abs(np.abs(f - y) - t) <= np.finfo(f.dtype).eps, b, np.abs(f - y) > t), flat, True),
    row("broken", "narrow", "compared in half the width", narrow(zero_one_by_difference), flat, True),
    Mutant(
        "thresholded_zero_one", "more_than", "textbook", "A difference of just T is an error by the definition.",
        value=strictly_beyond, gradient=in_order("thresholded_zero_one", flat), passes_gradcheck=True,
        id="F54", sources=("S0-13",), fails="rule",
        claim="1 if |Y - f| is above T, else 0, where the text has at least T",
        question=({"prediction": 0.5, "target": 1.0, "threshold": 0.5},),
    ),
)

"""Implementations of generalized_dice, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, wide
from lossref.mutants.record import of


def size(x):
    return x.sum(axis=-1)


def squared(t, e):
    return 1 / (size(t) ** 2 + e)


def shared_and_whole(p, t, a, b, e, weigh=squared):
    w = weigh(t, e)
    return 2 * (w * size(p * t)).sum(axis=-1) + a, (w * (size(p) + size(t))).sum(axis=-1) + b


def by(weigh):
    """The quotient as printed, by weights of the classes, and its slopes."""

    def value(p, t, a, b, e):
        shared, whole = shared_and_whole(p, t, a, b, e, weigh)
        return 1 - shared / whole

    def slope(p, t, a, b, e):
        shared, whole = (x[:, None, None] for x in shared_and_whole(p, t, a, b, e, weigh))
        return weigh(t, e)[..., None] * (shared - 2 * t * whole) / whole / whole

    return value, slope


def apart(p, t, a, b, e):
    w = squared(t, e)
    return ((w * (size(p * (1 - t)) + size(t * (1 - p)))).sum(axis=-1) + (b - a)) / shared_and_whole(p, t, a, b, e)[1]


def of_classes(p, t, a, b, e):
    w = squared(t, e)
    w = w / w.sum(axis=-1, keepdims=True)
    return (w * (1 - (2 * size(p * t) + a) / (size(p) + size(t) + b))).sum(axis=-1)


def largest_if_absent(t, e):
    w = np.where(size(t) == 0, 0, 1 / np.where(size(t) == 0, 1, size(t) ** 2))
    return np.where(size(t) == 0, w.max(axis=-1, keepdims=True), w)


printed, printed_slope = by(squared)
row = of("generalized_dice")
MUTANTS = (
    row("right", "wide", "what is in one map and not in the other, in more digits than the inputs have",
        wide(apart), wide(printed_slope), True),
    row("framework", "printed", "1 less the quotient, as printed: nothing is left of a loss below 1e-16", printed, printed_slope, True),
    row("textbook", "dice", "every class weighs as much as any other", *by(lambda t, e: np.ones_like(size(t))), True),
    row("textbook", "not_squared", "the inverse of the size, not of its square", *by(lambda t, e: 1 / (size(t) + e)), True),
    row("textbook", "no_eps", "no e: the weight of an absent class is infinite", *by(lambda t, e: 1 / size(t) ** 2), True),
    row("textbook", "squared_eps", "e is added before the square", *by(lambda t, e: 1 / (size(t) + e) ** 2), True),
    row("textbook", "largest_if_absent", "an absent class has the largest weight of the others, as in MONAI", *by(largest_if_absent), True),
    row("textbook", "of_classes", "the mean of the classes' Dice losses by their weights, as in optax", of_classes),
    row("textbook", "doubled", "a and b beside sum p t, before it is doubled", lambda p, t, a, b, e: printed(p, t, 2 * a, 2 * b, e)),
    row("textbook", "by_predictions", "weights from what is predicted, not from the labels",
        lambda p, t, a, b, e: 1 - (2 * (squared(p, e) * size(p * t)).sum(axis=-1) + a)
        / ((squared(p, e) * (size(p) + size(t))).sum(axis=-1) + b)),
    row("textbook", "numerator_alone", "the slope of the numerator alone: pixels outside of a class have none",
        gradient=lambda p, t, a, b, e: -2 * squared(t, e)[..., None] * t / shared_and_whole(p, t, a, b, e)[1][:, None, None]),
    row("broken", "turned", "pixels and classes change places",
        lambda p, t, a, b, e: printed(np.swapaxes(p, 1, 2), np.swapaxes(t, 1, 2), a, b, e)),
    row("broken", "flushed", "losses below 1e-8 become 0", flushed(printed, 1e-8)),
)

"""Formulas of overlaps of maps that implementations of several losses share; those of Tversky's index are right."""

import numpy as np

PIXELS = (-2, -1)


def total(x):
    return x.sum(axis=PIXELS)


def each(x):
    """A number an example, beside its pixels."""
    return np.asarray(x)[..., None, None]


def whole(p, t, alpha, beta, b):
    return total(p * t) + alpha * total(p * (1 - t)) + beta * total(t * (1 - p)) + b


def apart(p, t, alpha, beta, a, b):
    """What is in one map and not in the other, of one sign."""
    return (alpha * total(p * (1 - t)) + beta * total(t * (1 - p)) + (b - a)) / whole(p, t, alpha, beta, b)


def printed(p, t, alpha, beta, a, b):
    """1 less the quotient: nothing is left of a loss below 1e-16."""
    return 1 - (total(p * t) + a) / whole(p, t, alpha, beta, b)


def slopes(p, t, alpha, beta, a, b):
    """(c (TP + a) - t D) / D^2: in pixels of label 0 one term, in those of label 1 the other two taken together."""
    bottom = each(whole(p, t, alpha, beta, b))
    shared = each(total(p * t) + a)
    hit = alpha * each(total(p * (1 - t))) + beta * each(total(t)) + (b - (1 - beta) * a)
    return ((1 - t) * alpha * shared - t * hit) / bottom / bottom

"""What the implementations of losses of pairs in lists share: sums over pairs of what each costs by its lead, and their slopes."""

import numpy as np

from lossref.mutants.formulas import sigmoid, softplus


def are_pairs(y):
    """A row for each item, a column for each whose mark is lower."""
    return y[:, :, None] > y[:, None, :]


def lead(s):
    return s[:, :, None] - s[:, None, :]


def weighed(weights, terms):
    """Terms times their weights, of which 0 takes part in nothing."""
    return np.where(weights, weights * np.where(weights, terms, 0), 0)


def by_pairs(cost, pairs=are_pairs):
    """The sum over the pairs of what each costs by its lead, times what it weighs."""
    return lambda s, *marks: weighed(pairs(*marks), cost(lead(s))).sum(axis=(1, 2)).astype(s.dtype)


def slopes_by_pairs(slope, pairs=are_pairs):
    def balanced(s, *marks):
        each = weighed(pairs(*marks), slope(lead(s))).astype(s.dtype)
        return each.sum(axis=2) - each.sum(axis=1)

    return balanced


def logistic_of(weigh=are_pairs):
    """log(1 + exp(-lead)) of each pair times its weight, and slopes, of which digits are lost where an item is pushed as much as pulled."""
    return by_pairs(lambda x: softplus(-x), weigh), slopes_by_pairs(lambda x: -sigmoid(-x), weigh)


def slopes_in_two(weigh=are_pairs):
    """The same slopes, each as a half and what it lacks near 0, as a tail beyond; halves are added to halves."""

    def balanced(s, *marks):
        x, weights = -lead(s), weigh(*marks)
        is_near = np.abs(x) < 1
        tail = np.where(x > 0, -1, 1) * sigmoid(-np.abs(x))
        rest = np.where(is_near, 0.5 * np.tanh(0.5 * np.where(is_near, x, 0)), tail)
        wholes, rests = (weighed(weights, part) for part in (np.where(is_near, 0.5, x > 0), rest))
        return ((wholes.sum(axis=1) - wholes.sum(axis=2)) + (rests.sum(axis=1) - rests.sum(axis=2))).astype(s.dtype)

    return balanced


def ranked(s):
    """The rank of each item when scores are sorted, the largest first."""
    return np.argsort(np.argsort(-s, axis=1, kind="stable"), axis=1)


def over_labels(formula):
    """Divided by the length of the list."""
    return lambda s, y: formula(s, y) / s.shape[1]


def over_pairs(formula):
    """Divided by the number of pairs."""

    def mean(s, y):
        total = formula(s, y)
        count = np.maximum(are_pairs(y).sum(axis=(1, 2)), 1)
        return (total / count.reshape(-1, *[1] * (total.ndim - 1))).astype(s.dtype)

    return mean


def hinge(x):
    return np.maximum(0, 1 - x)


def hinge_slope(x):
    return np.where(x < 1, -1.0, 0.0)

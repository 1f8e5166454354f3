"""Implementations of triplet margin, right and wrong."""

import numpy as np

from lossref.mutants.record import of


def length(x):
    top = np.abs(x).max(axis=-1, keepdims=True)
    y = x / np.where(top == 0, 1, top)
    return top * np.sqrt((y * y).sum(axis=-1, keepdims=True))


def direction(x):
    d = length(x)
    return x / np.where(d == 0, 1, d)


def gap(a, p, n):
    """|a - p| - |a - n| from the difference of the squares."""
    x, y, both = a - p, a - n, length(a - p) + length(a - n)
    return ((n - p) * ((x + y) / np.where(both == 0, 1, both))).sum(axis=-1)


def right_value(anchor, positive, negative, margin):
    return np.maximum(gap(anchor, positive, negative) + margin, 0)


def right_gradient(anchor, positive, negative, margin):
    x, y, s = anchor - positive, anchor - negative, negative - positive
    u, v, longer = direction(x), direction(y), np.maximum(length(x), length(y))
    c = np.where(length(x) <= length(y), u, v)
    longer = np.where(longer == 0, 1, longer)
    j, k = (..., slice(None), None), (..., None, slice(None))
    pairs = ((s[j] * c[k] - c[j] * s[k]) / longer[..., None] * (u[j] * v[k] + v[j] * u[k])).sum(axis=-1)
    alike = (u * v > 0) & (longer <= 2 * np.minimum(length(x), length(y)))
    turn = np.where(alike | (u * v > 0.25), pairs / np.where(u * v > 0, u + v, 1), u - v)
    active = (right_value(anchor, positive, negative, margin) > 0)[..., None]
    return np.where(active, turn, 0), np.where(active, -u, 0), np.where(active, v, 0)


def plain_value(anchor, positive, negative, margin):
    return np.maximum(length(anchor - positive)[..., 0] - length(anchor - negative)[..., 0] + margin, 0)


def plain_gradient(anchor, positive, negative, margin):
    u, v = direction(anchor - positive), direction(anchor - negative)
    active = (plain_value(anchor, positive, negative, margin) > 0)[..., None]
    return np.where(active, u - v, 0), np.where(active, -u, 0), np.where(active, v, 0)


def torch_eps_value(anchor, positive, negative, margin):
    return plain_value(anchor + 1e-6, positive, negative, margin)


def torch_eps_gradient(anchor, positive, negative, margin):
    return plain_gradient(anchor + 1e-6, positive, negative, margin)


def rooted(x):
    return np.sqrt((x * x).sum(axis=-1, keepdims=True) + 1e-6)


def eps_under_root_value(anchor, positive, negative, margin):
    return np.maximum((rooted(anchor - positive) - rooted(anchor - negative))[..., 0] + margin, 0)


def eps_under_root_gradient(anchor, positive, negative, margin):
    u, v = ((anchor - z) / rooted(anchor - z) for z in (positive, negative))
    active = (eps_under_root_value(anchor, positive, negative, margin) > 0)[..., None]
    return np.where(active, u - v, 0), np.where(active, -u, 0), np.where(active, v, 0)


def squared_value(anchor, positive, negative, margin):
    return np.maximum(((anchor - positive) ** 2).sum(axis=-1) - ((anchor - negative) ** 2).sum(axis=-1) + margin, 0)


def squared_gradient(anchor, positive, negative, margin):
    active = (squared_value(anchor, positive, negative, margin) > 0)[..., None]
    return tuple(np.where(active, 2 * g, 0) for g in (negative - positive, positive - anchor, anchor - negative))


def expanded(a, b):
    return np.sqrt(np.maximum((a * a).sum(axis=-1) - 2 * (a * b).sum(axis=-1) + (b * b).sum(axis=-1), 0))


def expanded_value(anchor, positive, negative, margin):
    return np.maximum(expanded(anchor, positive) - expanded(anchor, negative) + margin, 0)


def nan_at_zero_gradient(anchor, positive, negative, margin):
    u, v = (x / np.sqrt((x * x).sum(axis=-1, keepdims=True)) for x in (anchor - positive, anchor - negative))
    active = (plain_value(anchor, positive, negative, margin) > 0)[..., None]
    return np.where(active, u - v, 0), np.where(active, -u, 0), np.where(active, v, 0)


def half_anchor_gradient(anchor, positive, negative, margin):
    _, p, n = right_gradient(anchor, positive, negative, margin)
    return -p, p, n


def swapped_value(anchor, positive, negative, margin):
    return right_value(anchor, negative, positive, margin)


def swapped_gradient(anchor, positive, negative, margin):
    a, n, p = right_gradient(anchor, negative, positive, margin)
    return a, p, n


row = of("triplet_margin")
MUTANTS = (
    row("right", "pairs", "difference of squares over the sum of distances; slopes from pairs of entries",
        right_value, right_gradient, True),
    row("textbook", "printed", "the distances as printed, subtracted: a small difference of large ones loses its digits",
        plain_value, plain_gradient, True),
    row("textbook", "torch_eps", "1e-6 added to every difference, as in torch: equal vectors are 1e-6 sqrt(d) apart",
        torch_eps_value, torch_eps_gradient, True),
    row("textbook", "eps_under_root", "1e-6 added under the root, as in optax: distances below 1e-3 are all 1e-3",
        eps_under_root_value, eps_under_root_gradient, True),
    row("textbook", "squared", "squared distances, as FaceNet prints them", squared_value, squared_gradient, True),
    row("textbook", "expanded", "|a|^2 - 2 a p + |p|^2 cancels for close vectors", expanded_value),
    row("textbook", "nan_at_zero", "0 / 0 where the anchor is its positive, the best embedding there is",
        gradient=nan_at_zero_gradient, passes_gradcheck=True),
    row("broken", "half_anchor", "the anchor is pulled to its positive, and not pushed from its negative", gradient=half_anchor_gradient),
    row("broken", "swapped", "positive and negative change places", swapped_value, swapped_gradient, True),
)

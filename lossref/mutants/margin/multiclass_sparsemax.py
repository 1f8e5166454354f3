"""Implementations of multiclass_sparsemax, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, onehot, sloppy, softmax, softmax_ce, softmax_ce_gradient, take, wide
from lossref.mutants.record import of


def threshold(z):
    """From the scores in descending order: of all (sum of the k largest - 1) / k the largest."""
    ranked = -np.sort(-z, axis=1)
    return ((np.cumsum(ranked, axis=1) - 1) / np.arange(1, z.shape[1] + 1).astype(z.dtype)).max(axis=1, keepdims=True)


def projected(z):
    return np.maximum(0, z - threshold(z))


def printed(z, y):
    s = threshold(z)
    return (np.where(z > s, z * z - s * s, 0).sum(axis=1) + 1) / 2 - take(z, y)


def slope(z, y):
    return projected(z) - onehot(z, y)


def shifted(z, y):
    """Half the squared distance of the shares from the label, and how far its score is below the threshold."""
    z = z - z.max(axis=1, keepdims=True)
    off = slope(z, y)
    others = np.where(onehot(z, y), 0, off)
    off = np.where(onehot(z, y), -others.sum(axis=1, keepdims=True), others)
    return (off * off).sum(axis=1) / 2 + np.maximum(0, threshold(z)[:, 0] - take(z, y))


def shifted_slope(z, y):
    z = z - z.max(axis=1, keepdims=True)
    others = np.where(onehot(z, y), 0, projected(z))
    return others - onehot(z, y) * others.sum(axis=1, keepdims=True)


row = of("multiclass_sparsemax")
MUTANTS = (
    row("right", "shifted", "scores behind the largest, in more digits than they have; terms of one sign",
        wide(shifted), wide(shifted_slope), True),
    row("framework", "printed", "as printed: squares of large scores cancel", printed, slope, True),
    row("textbook", "softmax", "softmax for sparsemax: the cross-entropy", softmax_ce, softmax_ce_gradient, True),
    row("textbook", "hinge", "the hinge of the largest other score", lambda z, y: np.maximum(
        0, 1 + np.where(onehot(z, y), -np.inf, z).max(axis=1, initial=-np.inf) - take(z, y))),
    row("textbook", "no_half", "the half is forgotten: 1/2 is missing from every loss", lambda z, y: shifted(z, y) - z.dtype.type(0.5)),
    row("textbook", "squared_distance", "half the squared distance of the shares from the label alone",
        lambda z, y: (slope(z, y) ** 2).sum(axis=1) / 2),
    row("textbook", "all_classes", "every class is taken to have a share", lambda z, y: (
        (s := (z.sum(axis=1) - 1) / z.shape[1]) + ((z - s[:, None]) ** 2).sum(axis=1) / 2 + 0.5 - take(z, y)).astype(z.dtype),
        lambda z, y: (z - (z.sum(axis=1, keepdims=True) - 1) / z.shape[1] - onehot(z, y)).astype(z.dtype), True),
    row("textbook", "logarithm", "-log of the label's share: infinite where it has none", lambda z, y: -np.log(take(projected(z), y))),
    row("textbook", "shares_of_softmax", "the slope is softmax's", gradient=lambda z, y: softmax(z) - onehot(z, y)),
    row("broken", "label_missing", "the slope forgets the label", gradient=lambda z, y: projected(z)),
    row("broken", "top_two", "at most two classes have a share",
        lambda z, y: shifted(np.where(z >= -np.sort(-z, axis=1)[:, :2].min(axis=1, keepdims=True), z, -np.inf), y)),
    row("broken", "flushed", "losses below 1e-8 become 0", flushed(shifted, 1e-8)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(shifted, 0.6), sloppy(slope, 0.6), True),
)

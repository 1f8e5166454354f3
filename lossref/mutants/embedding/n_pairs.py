"""Implementations of n_pairs, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, length, wide
from lossref.mutants.record import of


def products(a, p):
    return (a[:, :, None, :] * p[:, None, :, :]).sum(axis=-1)


def apart(z):
    """How far each product in a row is ahead of that of the pair, whose own is left out."""
    own = np.eye(z.shape[1], dtype=bool)
    return np.where(own, -np.inf, z - np.where(own, z, 0).sum(axis=2, keepdims=True)).astype(z.dtype)


def costs(z):
    ahead = apart(z)
    top = np.maximum(ahead.max(axis=2, keepdims=True), 0)
    rest = np.where(ahead < top, np.exp(ahead - top), 0).sum(axis=2)
    several = (ahead == top).sum(axis=2)
    return np.where(top[..., 0] > 0, top[..., 0] + np.log1p(rest + np.exp(-top[..., 0]) + several - 1), np.log1p(rest + several))


def shares(z):
    """Of all but the pair, and for that minus their sum."""
    powers = np.exp(z - z.max(axis=2, keepdims=True))
    others = np.where(np.eye(z.shape[1], dtype=bool), 0, powers / powers.sum(axis=2, keepdims=True))
    return others - np.eye(z.shape[1], dtype=z.dtype) * others.sum(axis=2, keepdims=True)


def loss(a, p):
    return costs(products(a, p)).mean(axis=1)


def slope(a, p):
    slopes = shares(products(a, p)) / a.shape[1]
    return slopes @ p, np.swapaxes(slopes, 1, 2) @ a


def normalised(x):
    size = length(x)
    return x / np.where(size == 0, 1, size)


row = of("n_pairs")
MUTANTS = (
    row("right", "wide", "as printed, in more digits than the inputs have", wide(loss)),
    row("framework", "printed", "products, and a cross-entropy of each row", loss, slope, True),
    row("textbook", "normalised", "cosines in place of products", lambda a, p: loss(normalised(a), normalised(p))),
    row("textbook", "sum", "the sum over the pairs", lambda a, p: loss(a, p) * a.shape[1],
        lambda a, p: tuple(x * a.shape[1] for x in slope(a, p)), True),
    row("textbook", "both_ways", "the mean of both directions, as in CLIP", lambda a, p: (loss(a, p) + loss(p, a)) / 2),
    row("textbook", "penalty", "a hundredth of the squared lengths beside it, as in the paper",
        lambda a, p: loss(a, p) + ((a * a).sum(axis=(1, 2)) + (p * p).sum(axis=(1, 2))) / 100),
    row("textbook", "overflowing", "log(1 + sum exp) as printed",
        lambda a, p: np.log(1 + np.exp(apart(products(a, p))).sum(axis=2)).mean(axis=1)),
    row("broken", "anchors_alone", "positives have no slope", gradient=lambda a, p: (slope(a, p)[0], np.zeros_like(p))),
    row("broken", "other_way", "each positive is to agree with its own anchor", lambda a, p: loss(p, a)),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(loss, 1e-12)),
)

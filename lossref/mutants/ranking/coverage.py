"""Implementations of coverage, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flat
from lossref.mutants.record import of


def ranks(s):
    """How many score as high or higher, each itself among them."""
    return (s[:, None, :] >= s[:, :, None]).sum(axis=2)


def loss(s, y):
    return (ranks(s) * (y == 1)).max(axis=1).astype(s.dtype)


def best(s, y):
    found = np.where(y == 1, ranks(s), s.shape[1] + 1).min(axis=1)
    return np.where((y == 1).any(axis=1), found, 0).astype(s.dtype)


def tolerant(s, y):
    last = np.where(y == 1, s, np.inf).min(axis=1, keepdims=True)
    return ((s > last + 1e-8).sum(axis=1) + (y == 1).any(axis=1)).astype(s.dtype)


row = of("coverage")
MUTANTS = (
    row("right", "ranks", "the largest rank of a label that holds", loss, flat, True),
    row("textbook", "from_0", "counted from 0", lambda s, y: np.maximum(loss(s, y) - 1, 0)),
    row("textbook", "share", "over the labels", lambda s, y: loss(s, y) / s.shape[1]),
    row("textbook", "beyond", "less the number of labels that hold: 0 is the least", lambda s, y: loss(s, y) - y.sum(axis=1)),
    row("broken", "best", "the rank of the best label that holds", best),
    row("broken", "turned", "the least score is the best", lambda s, y: loss(-s, y)),
    row("broken", "tolerant", "scores nearer than 1e-8 do not count", tolerant),
    row("broken", "nothing_is_all", "all labels, where none holds", lambda s, y: np.where((y == 1).any(axis=1), loss(s, y), s.shape[1])),
    row("broken", "straight", "a slope as if it were the sum of the scores", gradient=lambda s, y: np.ones_like(s)),
)

"""Implementations of hamming, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flat
from lossref.mutants.record import of


def share(wrong):
    """The mean over the labels of what is wrong."""
    return lambda f, y: wrong(f, y).astype(f.dtype).sum(axis=1) / f.shape[1]


def differ(f, y):
    return (f < y) | (f > y)


loss = share(differ)

row = of("hamming")
MUTANTS = (
    row("right", "above_or_below", "wrong is what is above or below", loss, flat, True),
    row("textbook", "subset", "the example is wrong as a whole: subset zero-one loss",
        lambda f, y: differ(f, y).any(axis=1).astype(f.dtype)),
    row("textbook", "count", "the number of wrong labels", lambda f, y: loss(f, y) * f.shape[1]),
    row("textbook", "jaccard", "over the labels that hold in either", lambda f, y: differ(f, y).sum(axis=1).astype(f.dtype)
        / np.maximum(((f != 0) | (y != 0)).sum(axis=1), 1)),
    row("textbook", "absolute", "the mean distance, which is the same for labels 0 and 1", lambda f, y: np.abs(f - y).mean(axis=1)),
    row("broken", "tolerant", "equal is what is nearer than 1e-8", share(lambda f, y: np.abs(f - y) > 1e-8)),
    row("broken", "is_close", "equal is what NumPy's isclose calls so", share(lambda f, y: ~np.isclose(f, y))),
    row("broken", "accuracy", "the share that is right", share(lambda f, y: ~differ(f, y))),
    row("broken", "straight", "a slope as if it were a distance", gradient=lambda f, y: np.sign(f - y)),
)

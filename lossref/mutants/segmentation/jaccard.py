"""Implementations of jaccard, right and wrong."""

import numpy as np

from lossref.mutants.overlaps import apart, printed, slopes, total
from lossref.mutants.record import of


def squared(p, t, a, b):
    shared = total(p * t)
    return 1 - (shared + a) / (total(p * p) + total(t * t) - shared + b)


def doubled(p, t, a, b):
    return 1 - (2 * total(p * t) + a) / (total(p) + total(t) + b)


row = of("jaccard")
MUTANTS = (
    row("right", "apart", "what is in one map and not in the other, of one sign",
        lambda p, t, a, b: apart(p, t, 1, 1, a, b), lambda p, t, a, b: slopes(p, t, 1, 1, a, b), True),
    row("framework", "printed", "1 less the quotient, as printed: nothing is left of a loss below 1e-16",
        lambda p, t, a, b: 1 - (total(p * t) + a) / (total(p) + total(t) - total(p * t) + b),
        lambda p, t, a, b: slopes(p, t, 1, 1, a, b), True),
    row("textbook", "dice", "what is shared counts twice: Dice", doubled),
    row("textbook", "twice_in_union", "what is shared is not taken off the sum of both",
        lambda p, t, a, b: 1 - (total(p * t) + a) / (total(p) + total(t) + b)),
    row("textbook", "unsmoothed", "no smoothing terms: 0 / 0 for two empty maps", lambda p, t, a, b: printed(p, t, 1, 1, 0, 0)),
    row("textbook", "epsilon", "1e-7 in the denominator alone: two empty maps, a perfect answer, cost 1",
        lambda p, t, a, b: printed(p, t, 1, 1, 0, 1e-7), lambda p, t, a, b: slopes(p, t, 1, 1, 0, 1e-7), True),
    row("textbook", "squared", "squares in the denominator", squared),
    row("textbook", "logarithm", "minus the logarithm of the index", lambda p, t, a, b: -np.log(1 - printed(p, t, 1, 1, a, b))),
    row("textbook", "thresholded", "the score of a map of 0 and 1: probabilities are rounded first",
        lambda p, t, a, b: printed((p > 0.5).astype(p.dtype), t, 1, 1, a, b)),
    row("textbook", "union_constant", "the slope of the numerator alone",
        gradient=lambda p, t, a, b: -t / (total(p) + total(t) - total(p * t) + b)[..., None, None]),
    row("broken", "of_batch", "the axis of the batch is summed too: one loss of all maps",
        lambda p, t, a, b: np.full(len(p), apart(p.reshape(1, -1, 1), t.reshape(1, -1, 1), 1, 1, a, b)[0], p.dtype)),
    row("broken", "of_rows", "one axis is forgotten: a loss for each row of the map, and their mean",
        lambda p, t, a, b: apart(p[..., None, :], t[..., None, :], 1, 1, a, b).mean(axis=-1)),
)

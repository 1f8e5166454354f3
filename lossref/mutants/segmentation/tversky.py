"""Implementations of tversky, right and wrong."""

import numpy as np

from lossref.mutants.overlaps import apart, printed, slopes, total, whole
from lossref.mutants.record import of

row = of("tversky")
MUTANTS = (
    row("right", "apart", "what is in one map and not in the other, of one sign", apart, slopes, True),
    row("framework", "printed", "1 less the quotient, as printed: nothing is left of a loss below 1e-16", printed, slopes, True),
    row("textbook", "exchanged", "alpha weighs misses and beta false alarms, as Keras computes it",
        lambda p, t, alpha, beta, *ends: apart(p, t, beta, alpha, *ends),
        lambda p, t, alpha, beta, *ends: slopes(p, t, beta, alpha, *ends), True),
    row("textbook", "dice", "weights of a half: Dice", lambda p, t, alpha, beta, a, b: apart(p, t, 0.5, 0.5, a, b)),
    row("textbook", "jaccard", "weights of 1: Jaccard", lambda p, t, alpha, beta, a, b: apart(p, t, 1, 1, a, b)),
    row("textbook", "unsmoothed", "no smoothing terms: 0 / 0 for two empty maps",
        lambda p, t, alpha, beta, a, b: printed(p, t, alpha, beta, 0, 0)),
    row("textbook", "smoothed_above", "the denominator's term stands in the numerator too: two empty maps cost nothing",
        lambda p, t, alpha, beta, a, b: apart(p, t, alpha, beta, b, b),
        lambda p, t, alpha, beta, a, b: slopes(p, t, alpha, beta, b, b), True),
    row("textbook", "floored", "the denominator is at least b, and nothing is added to it",
        lambda p, t, alpha, beta, a, b: 1 - (total(p * t) + a) / np.maximum(whole(p, t, alpha, beta, 0), b)),
    row("textbook", "thresholded", "the score of a map of 0 and 1: probabilities are rounded first",
        lambda p, t, *given: printed((p > 0.5).astype(p.dtype), t, *given)),
    row("textbook", "index", "the index, which is to be large, for a loss",
        lambda *given: 1 - printed(*given), lambda *given: -slopes(*given), True),
    row("broken", "of_batch", "the axis of the batch is summed too: one loss of all maps",
        lambda p, t, *given: np.full(len(p), apart(p.reshape(1, -1, 1), t.reshape(1, -1, 1), *given)[0], p.dtype)),
    row("broken", "alarms_only", "the slope forgets pixels of the object", gradient=lambda p, t, *given: (1 - t) * slopes(p, t, *given)),
)

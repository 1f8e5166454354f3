"""Implementations of z-loss, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, logsumexp, narrow, sloppy, softmax, sorted_parts, wide, within
from lossref.mutants.record import of


def normaliser(z):
    top, rest = sorted_parts(z)
    return top + np.log1p(rest)


def of_normaliser(of_one):
    """The penalty and its slope, by whatever gives the logarithm of the normaliser."""
    return lambda z, s: s * of_one(z) ** 2, lambda z, s: 2 * s * of_one(z)[:, None] * softmax(z)


loss, slope = of_normaliser(normaliser)
plain, plain_slope = of_normaliser(logsumexp)

row = of("z_loss")
MUTANTS = (
    row("right", "wide", "the sorted sum in more digits than the inputs have", wide(loss), wide(slope), True),
    row("framework", "log_of_sum", "log of a sum that holds a 1: a small logarithm is lost", plain, plain_slope, True),
    row("textbook", "no_shift", "exp without a shift", *of_normaliser(lambda z: np.log(np.exp(z).sum(axis=1))), True),
    row("textbook", "not_squared", "the logarithm itself", lambda z, s: s * normaliser(z), lambda z, s: s * softmax(z), True),
    row("textbook", "absolute", "its absolute value", lambda z, s: s * np.abs(normaliser(z))),
    row("textbook", "halved", "half of the square, as penalties often are",
        lambda z, s: loss(z, s) / 2, lambda z, s: slope(z, s) / 2, True),
    row("textbook", "slope_without_2", "the factor 2 is forgotten", gradient=lambda z, s: slope(z, s) / 2),
    row("textbook", "sum_for_softmax", "every logit has the whole slope", gradient=lambda z, s: 2 * s * normaliser(z)[:, None] + 0 * z),
    row("textbook", "maximum", "the largest logit for the logarithm", lambda z, s: s * z.max(axis=1) ** 2),
    row("textbook", "shifted", "of logits less the largest, whose shift is not added back",
        lambda z, s: s * np.log1p(sorted_parts(z)[1]) ** 2),
    row("textbook", "mean", "of the mean of the exponentials", *of_normaliser(lambda z: normaliser(z) - np.log(z.shape[1])), True),
    row("textbook", "of_squares", "the squares of the logits are penalised",
        lambda z, s: s * (z * z).sum(axis=1), lambda z, s: 2 * s * z, True),
    row("textbook", "base_2", "the logarithm to base 2", *of_normaliser(lambda z: normaliser(z) / np.log(z.dtype.type(2)))),
    row("broken", "ignores_strength", "the strength is always 1", lambda z, s: loss(z, 1), lambda z, s: slope(z, 1), True),
    row("broken", "only_above", "a normaliser below 1 costs nothing",
        lambda z, s: s * np.maximum(normaliser(z), 0) ** 2, lambda z, s: 2 * s * np.maximum(normaliser(z), 0)[:, None] * softmax(z), True),
    row("broken", "within_30", "logits are clipped at 30 first", within(loss, 30), within(slope, 30), True),
    row("broken", "flushed", "values and slopes below 1e-12 become 0", flushed(loss, 1e-12), flushed(slope, 1e-12), True),
    row("broken", "narrow", "the gradient is computed in half the width", gradient=narrow(slope), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(loss, 0.6), sloppy(slope, 0.6), True),
)

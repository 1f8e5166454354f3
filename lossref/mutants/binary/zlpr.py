"""Implementations of zlpr, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, logsumexp, sloppy, softmax_ce, softmax_ce_gradient, softmax_ce_gradient_divided_once, softplus
from lossref.mutants.formulas import sigmoid as s
from lossref.mutants.record import of


def among(z, y):
    """0, and beside it each logit whose label is y 0."""
    return np.concatenate([np.zeros_like(z[:, :1]), np.where(y == 0, z, -np.inf)], axis=1).astype(z.dtype)


def first(z):
    return np.zeros(len(z), int)


def sides(cost):
    return lambda z, y: cost(among(z, y)) + cost(among(-z, 1 - y))


def slopes(gradient):
    return lambda z, y: (gradient(among(z, y)) - gradient(among(-z, 1 - y)))[:, 1:]


loss = sides(lambda x: softmax_ce(x, first(x)))
slope = slopes(lambda x: softmax_ce_gradient(x, first(x)))


def without_zero(x):
    """log of the sum alone, 0 for an empty one."""
    rest = x[:, 1:]
    return np.where(np.isinf(rest).all(axis=1), 0, logsumexp(np.where(np.isinf(rest), -1e4, rest)))


row = of("zlpr")
MUTANTS = (
    row("right", "two_softmaxes", "a softmax cross-entropy of each set, with the 0 for its truth", loss,
        slopes(lambda x: softmax_ce_gradient_divided_once(x, first(x))), True),
    row("framework", "logsumexp", "log-sum-exp with a 0 among the logits, which loses tails below the rounding of 1", sides(logsumexp)),
    row("textbook", "no_zero", "nothing bounds the sums: their logarithms may be negative", sides(without_zero)),
    row("textbook", "overflowing", "log(1 + sum exp) as printed", sides(lambda x: np.log(1 + np.exp(x[:, 1:]).sum(axis=1)))),
    row("textbook", "binary", "a sum of binary cross-entropies", lambda z, y: softplus((1 - 2 * y) * z).sum(axis=1),
        lambda z, y: (1 - 2 * y) * s((1 - 2 * y) * z), True),
    row("broken", "turned", "labels that hold are to score below 0", lambda z, y: loss(z, 1 - y), lambda z, y: slope(z, 1 - y), True),
    row("broken", "one_side", "labels that hold cost nothing", lambda z, y: softmax_ce(among(z, y), first(z))),
    row("broken", "mean", "divided by the labels", lambda z, y: loss(z, y) / z.shape[1], lambda z, y: slope(z, y) / z.shape[1], True),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(loss, 1e-12)),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(slope, 0.6), passes_gradcheck=True),
)

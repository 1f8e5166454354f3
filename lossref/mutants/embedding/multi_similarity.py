"""Implementations of multi_similarity, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, logsumexp, softmax_ce, softmax_ce_gradient, sorted_softmax_ce, wide
from lossref.mutants.record import of


def logits(x, scale, base):
    """0, and beside it how far each lies on the wrong side of the base, times the scale."""
    return np.concatenate([np.zeros_like(x[:, :1]), scale * (x - x.dtype.type(base))], axis=1).astype(x.dtype)


def by(cost):
    """The sum of both sides, by what a row of logits costs."""
    return lambda p, n, a, b, base: (cost(logits(p, -a, base)) / a + cost(logits(n, b, base)) / b).astype(p.dtype)


def first(z):
    return np.zeros(len(z), int)


def softly(z):
    return softmax_ce(z, first(z))


def shares(z):
    return softmax_ce_gradient(z, first(z))[:, 1:]


loss = by(softly)


def slope(p, n, a, b, base):
    return -shares(logits(p, -a, base)), shares(logits(n, b, base))


def turned(formula):
    return lambda p, n, a, b, base: formula(n, p, a, b, base)


row = of("multi_similarity")
MUTANTS = (
    row("right", "wide", "as printed, each exponent in more digits than its inputs have", wide(loss), wide(slope), True),
    row("framework", "sorted", "the other exponentials in ascending order", by(lambda z: sorted_softmax_ce(z, first(z))), slope, True),
    row("framework", "logsumexp", "log-sum-exp with a 0 among the logits, which loses tails below the rounding of 1", by(logsumexp)),
    row("textbook", "as_printed", "log(1 + sum exp) as printed: it overflows", by(lambda z: np.log(1 + np.exp(z[:, 1:]).sum(axis=1)))),
    row("textbook", "no_one", "no 1 beside the sums", by(lambda z: logsumexp(z[:, 1:])),
        lambda p, n, a, b, base: (-np.exp(logits(p, -a, base)[:, 1:] - logsumexp(logits(p, -a, base)[:, 1:])[:, None]),
                                  np.exp(logits(n, b, base)[:, 1:] - logsumexp(logits(n, b, base)[:, 1:])[:, None])), True),
    row("textbook", "undivided", "not divided by alpha and beta",

        lambda p, n, a, b, base: softly(logits(p, -a, base)) + softly(logits(n, b, base)),
        lambda p, n, a, b, base: (-a * shares(logits(p, -a, base)), b * shares(logits(n, b, base))), True),
    row("textbook", "means", "the mean of the exponentials, not their sum",
        by(lambda z: np.log1p(np.exp(np.minimum(z[:, 1:], 700)).mean(axis=1)))),
    row("broken", "turned", "what is of its class is to be apart", turned(loss)),
    row("broken", "base_0", "the base is 0, whatever is asked",
        lambda p, n, a, b, base: loss(p, n, a, b, 0), lambda p, n, a, b, base: slope(p, n, a, b, 0), True),
    row("broken", "one_scale", "alpha on both sides",
        lambda p, n, a, b, base: loss(p, n, a, a, base), lambda p, n, a, b, base: slope(p, n, a, a, base), True),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(loss, 1e-12)),
)

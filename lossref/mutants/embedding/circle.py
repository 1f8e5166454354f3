"""Implementations of circle, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sigmoid, softplus, wide
from lossref.mutants.record import of


def exponents(x, g, m):
    """g (x^2 - m^2), or 0 where x is at most -m; x is n, or 1 - p."""
    m = x.dtype.type(m)
    return np.where(x > -m, g * ((x - m) * (x + m)), 0).astype(x.dtype)


def unweighted(x, g, m):
    return (g * (x - m)).astype(x.dtype)


def summed(z):
    """Log-sum-exp, the others added to the largest."""
    top = z.max(axis=1)
    others = np.where(np.arange(z.shape[1]) == z.argmax(axis=1)[:, None], 0, np.exp(z - top[:, None]))
    return top + np.log1p(others.sum(axis=1)), np.exp(z - top[:, None]) / (1 + others.sum(axis=1))[:, None]


def by(exponent, cost=softplus):
    def value(p, n, g, m):
        return cost(summed(exponent(1 - p, g, m))[0] + summed(exponent(n, g, m))[0]).astype(p.dtype)

    return value


def slopes(exponent, of_one):
    def gradient(p, n, g, m):
        (a, first), (b, second) = summed(exponent(1 - p, g, m)), summed(exponent(n, g, m))
        weight = (g * sigmoid(a + b))[:, None]
        return (-weight * first * of_one(1 - p, m)).astype(p.dtype), (weight * second * of_one(n, m)).astype(p.dtype)

    return gradient


def twice(x, m):
    return np.where(x > -x.dtype.type(m), 2 * x, 0)


loss, slope = by(exponents), slopes(exponents, twice)

row = of("circle")
MUTANTS = (
    row("right", "wide", "as printed, in more digits than the inputs have", wide(loss), wide(slope), True),
    row("framework", "printed", "softplus of two log-sum-exps in the width of the inputs", loss, slope, True),
    row("textbook", "detached", "the weights are taken for constants", gradient=slopes(exponents, lambda x, m: np.maximum(0, x + m))),
    row("textbook", "unweighted", "every pair weighs as much as any other",
        by(unweighted), slopes(unweighted, lambda x, m: np.ones_like(x)), True),
    row("textbook", "overflowing", "log(1 + product of the sums) as printed",
        lambda p, n, g, m: np.log(1 + np.exp(exponents(1 - p, g, m)).sum(axis=1) * np.exp(exponents(n, g, m)).sum(axis=1))),
    row("textbook", "no_one", "the exponent itself, not below 0", by(exponents, lambda x: np.maximum(0, x))),
    row("broken", "turned", "what is of its class is to be apart", lambda p, n, g, m: loss(n, p, g, m)),
    row("broken", "no_margin", "a margin of 0, whatever is asked",
        lambda p, n, g, m: loss(p, n, g, 0), lambda p, n, g, m: slope(p, n, g, 0), True),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(loss, 1e-12)),
)

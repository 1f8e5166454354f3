"""Implementations of generalized_cross_entropy, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, onehot, sloppy, softmax, softmax_ce, softmax_ce_gradient, take
from lossref.mutants.record import of


def loss(z, y, q):
    """By the hyperbolic tangent of half the exponent: 1 - exp(-x) = 2 t / (1 + t)."""
    t = np.tanh(q * softmax_ce(z, y) / 2)
    return 2 * t / (1 + t) / q if q else softmax_ce(z, y)


def slope(z, y, q):
    half = np.exp(-q * softmax_ce(z, y) / 2)[:, None]
    return half * softmax_ce_gradient(z, y) * half


def printed(z, y, q):
    return (1 - take(softmax(z), y) ** q) / q if q else softmax_ce(z, y)


def one_less(z, y, q):
    return (1 - np.exp(-q * softmax_ce(z, y))) / q if q else softmax_ce(z, y)


row = of("generalized_cross_entropy")
MUTANTS = (
    row("right", "tangent", "by the hyperbolic tangent; the power in two halves", loss, slope, True),
    row("textbook", "printed", "as printed: 1 less a power of a rounded p", printed,
        lambda z, y, q: take(softmax(z), y)[:, None] ** q * (softmax(z) - onehot(z, y)), True),
    row("textbook", "one_less", "1 less an exponential: nothing is left of a small loss", one_less, slope, True),
    row("textbook", "cross_entropy", "cross-entropy, whatever q is",
        lambda z, y, q: softmax_ce(z, y), lambda z, y, q: softmax_ce_gradient(z, y), True),
    row("textbook", "not_divided", "not divided by q", lambda z, y, q: q * loss(z, y, q), lambda z, y, q: q * slope(z, y, q), True),
    row("textbook", "turned", "1 - q for q", lambda z, y, q: loss(z, y, 1 - q), lambda z, y, q: slope(z, y, 1 - q), True),
    row("textbook", "q_of_keras", "q is always 0.5", lambda z, y, q: loss(z, y, 0.5), lambda z, y, q: slope(z, y, 0.5), True),
    row("textbook", "clipped", "probabilities are clipped at 1e-7",
        lambda z, y, q: (1 - np.clip(take(softmax(z), y), z.dtype.type(1e-7), 1 - z.dtype.type(1e-7)) ** q) / (q or 1)),
    row("textbook", "weight_constant", "a cross-entropy weighted by p^q",
        lambda z, y, q: np.exp(-q * softmax_ce(z, y)) * softmax_ce(z, y), slope),
    row("broken", "power_forgotten", "the slope without p^q", gradient=lambda z, y, q: softmax_ce_gradient(z, y)),
    row("broken", "power_twice", "the slope with p^q twice", gradient=lambda z, y, q: slope(z, y, 2 * q)),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(loss, 1e-12)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(loss, 0.6), sloppy(slope, 0.6), True),
)

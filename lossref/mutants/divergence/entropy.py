"""Implementations of entropy, right and wrong."""

import math

import numpy as np

from lossref.mutants.formulas import bits, flushed, narrow, nats, sloppy, without_zeros
from lossref.mutants.record import Mutant, of


def entropy(p, base=1.0):
    return -without_zeros(p, p * np.log(p)).sum(axis=1) / nats(base)


def entropy_gradient(p, base=1.0):
    return -(np.log(p) + 1) / nats(base)


def entropy_without_log(probabilities):
    return -np.sum(probabilities, axis=-1)


row = of("entropy")
MUTANTS = (
    row("right", "complement", "log1p of the exact complement next to 1; the slope as the logarithm of e p",
        lambda p, b: -without_zeros(p, p * np.where(p > 0.5, np.log1p(-(1 - p)), np.log(p))).sum(axis=1) / nats(b),
        lambda p, b: -np.log(math.e * p) / nats(b), True),
    row("right", "bits", "from the logarithm to base 2; the slope as a difference from log 1/e",
        lambda p, b: without_zeros(p, -p * np.log2(p)).sum(axis=1) / bits(b),
        lambda p, b: (-1 - np.log(p)) * (1 / nats(b)), True),
    row("textbook", "nats", "the base is ignored", lambda p, b: entropy(p), lambda p, b: entropy_gradient(p), True),
    row("textbook", "bits_always", "the logarithm is to base 2, whatever is asked for",
        lambda p, b: entropy(p, 2), lambda p, b: entropy_gradient(p, 2), True),
    row("textbook", "one_unscaled", "-(log_b p + 1): the 1 is not divided by log b",
        gradient=lambda p, b: -(np.log(p) / nats(b) + 1), passes_gradcheck=True),
    row("textbook", "one_missing", "the gradient -log p, as of a constant times p", gradient=lambda p, b: -np.log(p) / nats(b)),
    row("textbook", "negentropy", "the sum of p log p", lambda p, b: -entropy(p, b), lambda p, b: -entropy_gradient(p, b), True),
    row("textbook", "zero_log_zero", "0 log 0 is evaluated", lambda p, b: -(p * np.log(p)).sum(axis=1) / nats(b),
        entropy_gradient, True),
    row("textbook", "plus_eps", "log(p + 1e-12)", lambda p, b: -(p * np.log(p + 1e-12)).sum(axis=1) / nats(b),
        lambda p, b: -(np.log(p + 1e-12) + p / (p + 1e-12)) / nats(b), True),
    row("textbook", "clipped_7", "probabilities are clipped at 1e-7",
        lambda p, b: entropy(np.clip(p, 1e-7, 1 - 1e-7), b), lambda p, b: entropy_gradient(np.clip(p, 1e-7, 1 - 1e-7), b), True),
    row("textbook", "binary_terms", "the terms -(1 - p) log(1 - p) are added",
        lambda p, b: entropy(p, b) - without_zeros(1 - p, (1 - p) * np.log1p(-p)).sum(axis=1) / nats(b),
        lambda p, b: (np.log1p(-p) - np.log(p)) / nats(b), True),
    row("textbook", "gini", "1 - sum p^2", lambda p, b: 1 - (p * p).sum(axis=1), lambda p, b: -2 * p, True),
    row("textbook", "perplexity", "exp of the entropy", lambda p, b: np.exp(entropy(p)),
        lambda p, b: np.exp(entropy(p))[:, None] * entropy_gradient(p), True),
    row("textbook", "efficiency", "divided by its largest value, log n", lambda p, b: entropy(p) / math.log(max(p.shape[1], 2)),
        lambda p, b: entropy_gradient(p) / math.log(max(p.shape[1], 2)), True),
    row("textbook", "projected", "the gradient's mean is taken off, as on the simplex",
        gradient=lambda p, b: (g := entropy_gradient(p, b)) - g.mean(axis=1, keepdims=True)),
    row("broken", "rare_dropped", "classes below 1e-8 are left out",
        lambda p, b: entropy(np.where(p < 1e-8, 0, p), b), lambda p, b: np.where(p < 1e-8, 0, entropy_gradient(p, b)), True),
    row("broken", "flushed", "entropies below 1e-6 become 0", flushed(entropy, 1e-6), entropy_gradient, True),
    row("broken", "narrow", "computed in half the width", narrow(entropy), narrow(entropy_gradient)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(entropy, 0.6), sloppy(entropy_gradient, 0.6), True),
    Mutant(
        "entropy", "log_missing", "textbook", "The log is missing, so every distribution gets -1.",
        value=entropy_without_log,
        id="F49", sources=("S0-19",), printed=True,
        claim="the entropy is -sum P",
        question=({"probabilities": (0.5, 0.5)},),
    ),
)

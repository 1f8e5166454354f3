"""Implementations of kl divergence, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, kl, sloppy, without_zeros
from lossref.mutants.record import Mutant, in_order, of


def kl_gradient(q, t):
    return without_zeros(t, -t / q)


def kl_by_artanh(q, t):
    # log(t / q) is 2 artanh((t - q) / (t + q)) where the two are close.
    half = (t - q) / (t + q)
    ratio = np.where(np.abs(half) < 0.25, 2 * np.arctanh(half), np.where(q == 0, np.inf, -np.log(q / t)))
    return without_zeros(t, t * ratio).sum(axis=1)


def unguarded_divergence(probabilities, target):
    return np.sum(target * np.log(target / probabilities), axis=-1)


row = of("kl_divergence")
MUTANTS = (
    row("right", "log1p", "log1p((t - q) / q) for close probabilities, log(t / q) elsewhere", kl, kl_gradient, True),
    row("right", "artanh", "the logarithm of a ratio near 1 as an inverse hyperbolic tangent",
        kl_by_artanh, lambda q, t: np.divide(-t, q, out=np.zeros_like(q), where=t != 0), True),
    row("framework", "difference_of_logs", "t (log t - log q), 0 for t = 0: right as far as rounded inputs allow",
        lambda q, t: without_zeros(t, t * (np.log(t) - np.log(q))).sum(axis=1), kl_gradient, True),
    row("framework", "entropies", "the cross-entropy less the entropy",
        lambda q, t: without_zeros(t, -t * np.log(q)).sum(axis=1) - without_zeros(t, -t * np.log(t)).sum(axis=1)),
    row("textbook", "reversed", "the divergence turned round", lambda q, t: kl(t, q), lambda q, t: 1 + np.log(q / t), True),
    row("textbook", "plus_eps", "1e-10 is added to both",
        lambda q, t: (t * np.log((t + 1e-10) / (q + 1e-10))).sum(axis=1), lambda q, t: -t / (q + 1e-10), True),
    row("textbook", "clipped", "both are clipped at 1e-7, as in Keras",
        lambda q, t: kl(np.clip(q, 1e-7, 1), np.clip(t, 1e-7, 1)),
        lambda q, t: np.where(q < 1e-7, 0, kl_gradient(q, np.clip(t, 1e-7, 1))), True),
    row("textbook", "generalised", "scipy's kl_div, t log(t / q) - t + q: the same value for distributions, another gradient",
        lambda q, t: kl(q, t) + (q - t).sum(axis=1), lambda q, t: 1 - t / q, True),
    row("textbook", "cross_entropy", "the target's entropy is missing",
        lambda q, t: -without_zeros(t, t * np.log(q)).sum(axis=1), kl_gradient, True),
    row("textbook", "log_space", "the probabilities are taken for logarithms",
        lambda q, t: without_zeros(t, t * (np.log(t) - q)).sum(axis=1), lambda q, t: -t, True),
    row("textbook", "mean_of_classes", "the mean over the classes in place of the sum",
        lambda q, t: kl(q, t) / q.shape[1], lambda q, t: kl_gradient(q, t) / q.shape[1], True),
    row("textbook", "chi_squared", "the second-order term (t - q)^2 / (2 q) alone",
        lambda q, t: ((t - q) ** 2 / (2 * q)).sum(axis=1)),
    row("textbook", "base_2", "the logarithm to base 2", lambda q, t: kl(q, t) / np.log(q.dtype.type(2))),
    row("textbook", "projected", "the gradient's mean is taken off, as on the simplex",
        gradient=lambda q, t: kl_gradient(q, t) - kl_gradient(q, t).mean(axis=1, keepdims=True)),
    row("textbook", "guarded_slope", "q + 1e-8 in the denominator", gradient=lambda q, t: -t / (q + 1e-8), passes_gradcheck=True),
    row("broken", "minus_lost", "the gradient's sign is wrong", gradient=lambda q, t: -kl_gradient(q, t)),
    row("broken", "flushed", "slopes below 1e-12 become 0", gradient=flushed(kl_gradient, 1e-12), passes_gradcheck=True),
    row("broken", "turned_tail", "the slope's sign is wrong where q < 1e-6",
        gradient=lambda q, t: np.where(q < 1e-6, -1, 1).astype(q.dtype) * kl_gradient(q, t), passes_gradcheck=True),
    row("broken", "sloppy", "the gradient has 9 right digits of 16", gradient=sloppy(kl_gradient, 0.6), passes_gradcheck=True),
    Mutant(
        "kl_divergence", "zero_log_zero", "textbook", "0 log(0/q) is NaN in NumPy, and 0 in the formula.",
        value=unguarded_divergence, gradient=in_order("kl_divergence", kl_gradient), passes_gradcheck=True,
        id="F48", sources=("S0-67",), fails="hard",
        claim="the divergence is sum p log(p/q), typed as it stands",
        question=({"probabilities": (0.5, 0.5), "target": (1.0, 0.0)},),
    ),
)

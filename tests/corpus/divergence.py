"""Distances of a model's distribution from a true one."""

import math

import numpy as np

from corpus.record import flushed, narrow, of, sloppy, without_zeros


def kl(q, t):
    # log1p of the exact difference where t / q is near 1.
    near = np.abs(t - q) < q / 2
    return without_zeros(t, t * np.where(near, np.log1p((t - q) / q), np.log(t / q))).sum(axis=1)


def kl_gradient(q, t):
    return without_zeros(t, -t / q)


def kl_by_artanh(q, t):
    # log(t / q) is 2 artanh((t - q) / (t + q)) where the two are close.
    half = (t - q) / (t + q)
    ratio = np.where(np.abs(half) < 0.25, 2 * np.arctanh(half), np.where(q == 0, np.inf, -np.log(q / t)))
    return without_zeros(t, t * ratio).sum(axis=1)


row = of("kl_divergence", "probabilities", "target")
KL_DIVERGENCE = (
    row("good", "log1p", "log1p((t - q) / q) for close probabilities, log(t / q) elsewhere", kl, kl_gradient, True),
    row("good", "artanh", "the logarithm of a ratio near 1 as an inverse hyperbolic tangent",
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
    row("textbook", "zero_log_zero", "0 log 0 is evaluated", lambda q, t: (t * np.log(t / q)).sum(axis=1), kl_gradient, True),
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
)


def nats(base):
    """How many nats one unit of the logarithm is; base 1 stands for e."""
    return math.log(base) if base > 1 else 1.0


def ce(q, t, base=1.0):
    return -without_zeros(t, t * np.log(q)).sum(axis=1) / nats(base)


def ce_gradient(q, t, base=1.0):
    return without_zeros(t, -t / q) / nats(base)


def bits(base):
    return math.log2(base if base > 1 else math.e)


row = of("cross_entropy", "probabilities", "target", "base")
CROSS_ENTROPY = (
    row("good", "complement", "log1p of the exact complement next to 1; t / log b over q",
        lambda q, t, b=1.0: -without_zeros(t, t * np.where(q > 0.5, np.log1p(-(1 - q)), np.log(q))).sum(axis=1) / nats(b),
        lambda q, t, b=1.0: -np.divide(t / nats(b), q, out=np.zeros_like(q), where=t != 0), True),
    row("good", "bits", "from the logarithm to base 2; 1 / q times a negative weight",
        lambda q, t, b=1.0: without_zeros(t, -t * np.log2(q)).sum(axis=1) / bits(b),
        lambda q, t, b=1.0: without_zeros(t, (1 / q) * (-t / nats(b))), True),
    row("textbook", "nats", "the base is ignored", lambda q, t, b=1.0: ce(q, t), lambda q, t, b=1.0: ce_gradient(q, t), True),
    row("textbook", "bits_always", "the logarithm is to base 2, whatever is asked for",
        lambda q, t, b=1.0: ce(q, t, 2), lambda q, t, b=1.0: ce_gradient(q, t, 2), True),
    row("textbook", "base_multiplied", "times log b where a division is due", lambda q, t, b=1.0: ce(q, t) * nats(b),
        lambda q, t, b=1.0: ce_gradient(q, t) * nats(b), True),
    row("textbook", "base_1_literally", "base 1 divides by log 1, which is 0",
        lambda q, t, b=1.0: ce(q, t) / np.log(q.dtype.type(b)), lambda q, t, b=1.0: ce_gradient(q, t) / np.log(q.dtype.type(b))),
    row("textbook", "slope_in_nats", "the gradient forgets the base",
        gradient=lambda q, t, b=1.0: ce_gradient(q, t), passes_gradcheck=True),
    row("textbook", "clipped_7", "both are clipped at 1e-7",
        lambda q, t, b=1.0: ce(np.clip(q, 1e-7, 1), np.clip(t, 1e-7, 1), b),
        lambda q, t, b=1.0: np.where(q < 1e-7, 0, ce_gradient(q, np.clip(t, 1e-7, 1), b)), True),
    row("textbook", "plus_eps", "log(q + 1e-12)",
        lambda q, t, b=1.0: -(t * np.log(q + 1e-12)).sum(axis=1) / nats(b), lambda q, t, b=1.0: -t / (q + 1e-12) / nats(b), True),
    row("textbook", "zero_log_zero", "0 log 0 is evaluated, and 0/0 in the gradient",
        lambda q, t, b=1.0: -(t * np.log(q)).sum(axis=1) / nats(b), lambda q, t, b=1.0: -t / q / nats(b), True),
    row("textbook", "swapped", "which distribution is the model's is mixed up",
        lambda q, t, b=1.0: ce(t, q, b), lambda q, t, b=1.0: -np.log(t) / nats(b), True),
    row("textbook", "divergence", "the target's entropy is taken off",
        lambda q, t, b=1.0: kl(q, t) / nats(b), ce_gradient, True),
    row("textbook", "entropy_of_target", "the target's own entropy", lambda q, t, b=1.0: ce(t, t, b)),
    row("textbook", "slope_of_logits", "the gradient in the logits, q - t", gradient=lambda q, t, b=1.0: (q - t) / nats(b)),
    row("textbook", "mean_of_classes", "the mean over the classes in place of the sum",
        lambda q, t, b=1.0: ce(q, t, b) / q.shape[1], lambda q, t, b=1.0: ce_gradient(q, t, b) / q.shape[1], True),
    row("broken", "minus_lost", "the gradient's sign is wrong", gradient=lambda q, t, b=1.0: -ce_gradient(q, t, b)),
    row("broken", "flushed", "losses and slopes below 1e-12 become 0", flushed(ce, 1e-12), flushed(ce_gradient, 1e-12), True),
    row("broken", "turned_tail", "the slope's sign is wrong where q < 1e-6",
        gradient=lambda q, t, b=1.0: np.where(q < 1e-6, -1, 1).astype(q.dtype) * ce_gradient(q, t, b), passes_gradcheck=True),
    row("broken", "narrow", "computed in half the width", narrow(ce), narrow(ce_gradient)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(ce, 0.6), sloppy(ce_gradient, 0.6), True),
)


def entropy(p, base=1.0):
    return -without_zeros(p, p * np.log(p)).sum(axis=1) / nats(base)


def entropy_gradient(p, base=1.0):
    return -(np.log(p) + 1) / nats(base)


row = of("entropy", "probabilities", "base")
ENTROPY = (
    row("good", "complement", "log1p of the exact complement next to 1; the slope as the logarithm of e p",
        lambda p, b=1.0: -without_zeros(p, p * np.where(p > 0.5, np.log1p(-(1 - p)), np.log(p))).sum(axis=1) / nats(b),
        lambda p, b=1.0: -np.log(math.e * p) / nats(b), True),
    row("good", "bits", "from the logarithm to base 2; the slope as a difference from log 1/e",
        lambda p, b=1.0: without_zeros(p, -p * np.log2(p)).sum(axis=1) / bits(b),
        lambda p, b=1.0: (-1 - np.log(p)) * (1 / nats(b)), True),
    row("textbook", "nats", "the base is ignored", lambda p, b=1.0: entropy(p), lambda p, b=1.0: entropy_gradient(p), True),
    row("textbook", "bits_always", "the logarithm is to base 2, whatever is asked for",
        lambda p, b=1.0: entropy(p, 2), lambda p, b=1.0: entropy_gradient(p, 2), True),
    row("textbook", "one_unscaled", "-(log_b p + 1): the 1 is not divided by log b",
        gradient=lambda p, b=1.0: -(np.log(p) / nats(b) + 1), passes_gradcheck=True),
    row("textbook", "one_missing", "the gradient -log p, as of a constant times p", gradient=lambda p, b=1.0: -np.log(p) / nats(b)),
    row("textbook", "negentropy", "the sum of p log p", lambda p, b=1.0: -entropy(p, b), lambda p, b=1.0: -entropy_gradient(p, b), True),
    row("textbook", "zero_log_zero", "0 log 0 is evaluated", lambda p, b=1.0: -(p * np.log(p)).sum(axis=1) / nats(b),
        entropy_gradient, True),
    row("textbook", "plus_eps", "log(p + 1e-12)", lambda p, b=1.0: -(p * np.log(p + 1e-12)).sum(axis=1) / nats(b),
        lambda p, b=1.0: -(np.log(p + 1e-12) + p / (p + 1e-12)) / nats(b), True),
    row("textbook", "clipped_7", "probabilities are clipped at 1e-7",
        lambda p, b=1.0: entropy(np.clip(p, 1e-7, 1 - 1e-7), b), lambda p, b=1.0: entropy_gradient(np.clip(p, 1e-7, 1 - 1e-7), b), True),
    row("textbook", "binary_terms", "the terms -(1 - p) log(1 - p) are added",
        lambda p, b=1.0: entropy(p, b) - without_zeros(1 - p, (1 - p) * np.log1p(-p)).sum(axis=1) / nats(b),
        lambda p, b=1.0: (np.log1p(-p) - np.log(p)) / nats(b), True),
    row("textbook", "gini", "1 - sum p^2", lambda p, b=1.0: 1 - (p * p).sum(axis=1), lambda p, b=1.0: -2 * p, True),
    row("textbook", "perplexity", "exp of the entropy", lambda p, b=1.0: np.exp(entropy(p)),
        lambda p, b=1.0: np.exp(entropy(p))[:, None] * entropy_gradient(p), True),
    row("textbook", "efficiency", "divided by its largest value, log n", lambda p, b=1.0: entropy(p) / math.log(max(p.shape[1], 2)),
        lambda p, b=1.0: entropy_gradient(p) / math.log(max(p.shape[1], 2)), True),
    row("textbook", "projected", "the gradient's mean is taken off, as on the simplex",
        gradient=lambda p, b=1.0: (g := entropy_gradient(p, b)) - g.mean(axis=1, keepdims=True)),
    row("broken", "rare_dropped", "classes below 1e-8 are left out",
        lambda p, b=1.0: entropy(np.where(p < 1e-8, 0, p), b), lambda p, b=1.0: np.where(p < 1e-8, 0, entropy_gradient(p, b)), True),
    row("broken", "flushed", "entropies below 1e-6 become 0", flushed(entropy, 1e-6), entropy_gradient, True),
    row("broken", "narrow", "computed in half the width", narrow(entropy), narrow(entropy_gradient)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(entropy, 0.6), sloppy(entropy_gradient, 0.6), True),
)

RECORDS = (*KL_DIVERGENCE, *CROSS_ENTROPY, *ENTROPY)

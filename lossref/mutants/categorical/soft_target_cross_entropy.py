"""Implementations of soft target cross entropy, right and wrong.

Where a text sums over a batch and divides by its size, the code here keeps one loss an example.
"""

import numpy as np

from lossref.mutants.calls import cross_entropy, whole
from lossref.mutants.formulas import (
    below,
    flushed,
    log_softmax,
    logsumexp,
    narrow,
    normalised,
    sigmoid,
    sloppy,
    soft_ce,
    soft_ce_gradient,
    softmax,
    softmax_ce,
    softmax_ce_gradient,
    softplus,
    within,
    without_zeros,
)
from lossref.mutants.record import Mutant, of


def by_class(hard):
    """The sum over classes of weight times a formula with that class for target."""

    def soft(z, t):
        terms = [hard(z, np.full(len(z), i)) for i in range(z.shape[1])]
        weights = [t[:, i].reshape(-1, *[1] * (terms[i].ndim - 1)) for i in range(z.shape[1])]
        return sum(without_zeros(w, w * term) for w, term in zip(weights, terms, strict=True))

    return soft


def minus_lost(logits, target):
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    y = e / np.sum(e, axis=-1, keepdims=True)
    return y * target


def share_minus_target(logits, target):
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    y = e / np.sum(e, axis=-1, keepdims=True)
    return y - target


row = of("soft_target_cross_entropy")
MUTANTS = (
    row("right", "lags", "each class's lag behind the largest logit plus S log1p of the others; weight times the sum of all others",
        soft_ce, soft_ce_gradient, True),
    row("right", "by_class", "the weighted sum of the losses with one hard target each",
        by_class(softmax_ce), by_class(softmax_ce_gradient), True),
    row("framework", "log_softmax", "minus the sum of t log-softmax; S p - t cancels where the target leads",
        lambda z, t: -without_zeros(t, t * log_softmax(z)).sum(axis=1),
        lambda z, t: t.sum(axis=1, keepdims=True) * softmax(z) - t, True),
    row("textbook", "one_logsumexp", "logsumexp - t z, without the factor S",
        lambda z, t: logsumexp(z) - (t * z).sum(axis=1), lambda z, t: softmax(z) - t, True),
    row("textbook", "normalised_target", "the weights are divided by their sum",
        lambda z, t: soft_ce(z, normalised(t)), lambda z, t: soft_ce_gradient(z, normalised(t)), True),
    row("textbook", "largest_weight", "the class of largest weight is taken for a hard target",
        lambda z, t: softmax_ce(z, t.argmax(axis=1)), lambda z, t: softmax_ce_gradient(z, t.argmax(axis=1)), True),
    row("textbook", "no_shift", "exp without a shift: inf / inf",
        lambda z, t: -(t * np.log(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))).sum(axis=1),
        lambda z, t: t.sum(axis=1, keepdims=True) * np.exp(z) / np.exp(z).sum(axis=1, keepdims=True) - t, True),
    row("textbook", "log_of_softmax", "log of a probability that has rounded to 0",
        lambda z, t: -(t * np.log(softmax(z))).sum(axis=1), soft_ce_gradient, True),
    row("textbook", "clipped_7", "probabilities are clipped at 1e-7, as in Keras",
        lambda z, t: -(t * np.log(np.clip(softmax(z), 1e-7, 1 - 1e-7))).sum(axis=1), soft_ce_gradient, True),
    row("textbook", "plus_eps", "log(p + 1e-12)", lambda z, t: -(t * np.log(softmax(z) + 1e-12)).sum(axis=1), soft_ce_gradient, True),
    row("textbook", "mean_of_classes", "divided by the number of classes",
        lambda z, t: soft_ce(z, t) / z.shape[1], lambda z, t: soft_ce_gradient(z, t) / z.shape[1], True),
    row("textbook", "divergence", "the targets' own sum of t log t is added, as in a Kullback-Leibler divergence",
        lambda z, t: soft_ce(z, t) + without_zeros(t, t * np.log(t)).sum(axis=1), soft_ce_gradient, True),
    row("textbook", "binary_terms", "a sigmoid cross-entropy for each class, summed",
        lambda z, t: (softplus(z) - t * z).sum(axis=1), lambda z, t: sigmoid(z) - t, True),
    row("textbook", "base_2", "the logarithm to base 2", lambda z, t: soft_ce(z, t) / np.log(z.dtype.type(2))),
    row("textbook", "target_missing", "the gradient forgets the target",
        gradient=lambda z, t: t.sum(axis=1, keepdims=True) * softmax(z)),
    row("broken", "turned", "t - S p: the gradient's sign is wrong", gradient=lambda z, t: -soft_ce_gradient(z, t)),
    row("broken", "smoothed_labels", "the targets are smoothed by 1e-6",
        lambda z, t: soft_ce(z, 0.999999 * t + 1e-6 / z.shape[1]),
        lambda z, t: soft_ce_gradient(z, 0.999999 * t + 1e-6 / z.shape[1]), True),
    row("broken", "within_30", "logits are clipped at 30 first", within(soft_ce, 30), within(soft_ce_gradient, 30), True),
    row("broken", "flushed", "losses and slopes below 1e-12 become 0",
        flushed(soft_ce, 1e-12), flushed(soft_ce_gradient, 1e-12), True),
    row("broken", "turned_tail", "slopes below 1e-8 have the wrong sign",
        gradient=below(soft_ce_gradient, 1e-8, -1), passes_gradcheck=True),
    row("broken", "narrow", "the gradient is computed in half the width", gradient=narrow(soft_ce_gradient), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(soft_ce, 0.6), sloppy(soft_ce_gradient, 0.6), True),
    *whole("soft_target_cross_entropy", cross_entropy, {}),
    Mutant(
        "soft_target_cross_entropy", "minus_lost", "textbook", "Without the minus of y - t it is a product.",
        gradient=minus_lost,
        id="F09", sources=("S0-52",), printed=True, part="gradient",
        claim="dL/da_i = y_i t_i, printed so: the minus is lost",
        question=({"logits": (0.0, 0.0), "target": (1.0, 0.0)},),
    ),
    Mutant(
        "soft_target_cross_entropy", "p_minus_t", "textbook", "The gradient is p sum(t) - t; here sum(t) is 8.",
        gradient=share_minus_target,
        id="F11", sources=("S0-52", "S2-14"), fails="rule", part="gradient",
        claim="the gradient is p - t, whatever the targets sum to",
        question=({"logits": (1.0, 2.0, 3.0), "target": (1.0, 2.0, 5.0)},),
    ),
)

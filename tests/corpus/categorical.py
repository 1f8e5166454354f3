"""Losses of logits or probabilities, one for each class."""

import numpy as np

from corpus.record import (
    below,
    flushed,
    log_softmax,
    logsumexp,
    narrow,
    of,
    onehot,
    sigmoid,
    sloppy,
    softmax,
    softmax_ce,
    softmax_ce_gradient,
    softplus,
    sorted_parts,
    sorted_softmax_ce,
    sorted_softmax_ce_gradient,
    take,
    within,
    without_zeros,
)


def shifted_softmax_ce(z, y, shift):
    return np.log(np.exp(z - shift).sum(axis=1)) + (shift - z)[np.arange(len(z)), y]


row = of("softmax_cross_entropy", "logits", "target")
SOFTMAX_CROSS_ENTROPY = (
    row("good", "from_target", "log1p of the others relative to the target where it leads, else its lag plus a logarithm",
        softmax_ce, softmax_ce_gradient, True),
    row("good", "sorted", "the lag behind the largest logit plus log1p of the others, added in ascending order",
        sorted_softmax_ce, sorted_softmax_ce_gradient, True),
    row("framework", "logsumexp", "logsumexp minus the target's logit cancels; softmax - 1 loses the target's tail",
        lambda z, y: logsumexp(z) - take(z, y), lambda z, y: softmax(z) - onehot(z, y), True),
    row("framework", "log_softmax", "a gathered log-softmax; log loses a sum next to 1",
        lambda z, y: -take(log_softmax(z), y), lambda z, y: np.exp(log_softmax(z)) - onehot(z, y), True),
    row("textbook", "no_shift", "exp without a shift: inf / inf",
        lambda z, y: np.log(np.exp(z).sum(axis=1)) - take(z, y),
        lambda z, y: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True) - onehot(z, y), True),
    row("textbook", "log_of_softmax", "log of a probability that has rounded to 0", lambda z, y: -np.log(take(softmax(z), y))),
    row("textbook", "clipped_7", "probabilities are clipped at 1e-7, as in Keras",
        lambda z, y: -np.log(np.clip(take(softmax(z), y), 1e-7, 1 - 1e-7)), softmax_ce_gradient, True),
    row("textbook", "plus_eps", "log(p + 1e-12)", lambda z, y: -np.log(take(softmax(z), y) + 1e-12)),
    row("textbook", "mean_of_classes", "divided by the number of classes",
        lambda z, y: softmax_ce(z, y) / z.shape[1], lambda z, y: softmax_ce_gradient(z, y) / z.shape[1], True),
    row("textbook", "log_mean_exp", "the mean of the exponentials in place of their sum",
        lambda z, y: softmax_ce(z, y) - np.log(z.dtype.type(z.shape[1])), softmax_ce_gradient, True),
    row("textbook", "all_or_nothing", "the largest logit less the target's", lambda z, y: z.max(axis=1) - take(z, y)),
    row("textbook", "softmax_twice", "the softmax of a softmax", lambda z, y: softmax_ce(softmax(z), y)),
    row("textbook", "binary_terms", "a sigmoid cross-entropy for each class, summed",
        lambda z, y: softplus(z).sum(axis=1) - take(z, y), lambda z, y: sigmoid(z) - onehot(z, y), True),
    row("textbook", "smoothed_labels", "labels are smoothed by 1e-6",
        lambda z, y: softmax_ce(z, y) + 1e-6 * (take(z, y) - z.mean(axis=1)),
        lambda z, y: softmax_ce_gradient(z, y) + 1e-6 * (onehot(z, y) - z.dtype.type(1 / z.shape[1])), True),
    row("textbook", "base_2", "the logarithm to base 2", lambda z, y: softmax_ce(z, y) / np.log(z.dtype.type(2))),
    row("textbook", "target_missing", "the gradient forgets the target", gradient=lambda z, y: softmax(z)),
    row("textbook", "target_only", "only the target's logit has a slope",
        gradient=lambda z, y: onehot(z, y) * softmax_ce_gradient(z, y)),
    row("broken", "batch_axis", "the softmax runs over the batch",
        lambda z, y: -np.log(take(softmax(z.T).T, y)), lambda z, y: softmax(z.T).T - onehot(z, y)),
    row("broken", "shared_shift", "one shift, the batch's largest logit", lambda z, y: shifted_softmax_ce(z, y, z.max())),
    row("broken", "absolute_shift", "the shift is the largest |z|: negative logits underflow",
        lambda z, y: shifted_softmax_ce(z, y, np.abs(z).max(axis=1, keepdims=True))),
    row("broken", "off_by_one", "classes are counted from 1",
        lambda z, y: softmax_ce(z, (y - 1) % z.shape[1]), lambda z, y: softmax_ce_gradient(z, (y - 1) % z.shape[1]), True),
    row("broken", "within_30", "logits are clipped at 30 first", within(softmax_ce, 30), within(softmax_ce_gradient, 30), True),
    row("broken", "flushed", "losses and slopes below 1e-12 become 0",
        flushed(softmax_ce, 1e-12), flushed(softmax_ce_gradient, 1e-12), True),
    row("broken", "turned_tail", "slopes below 1e-8 have the wrong sign",
        gradient=below(softmax_ce_gradient, 1e-8, -1), passes_gradcheck=True),
    row("broken", "steep_tail", "slopes below 1e-8 are 100 times too large",
        gradient=below(softmax_ce_gradient, 1e-8, 100), passes_gradcheck=True),
    row("broken", "narrow", "the gradient is computed in half the width",
        gradient=narrow(softmax_ce_gradient), passes_gradcheck=True),
    row("broken", "sloppy", "the gradient has 12 right digits of 16",
        gradient=sloppy(softmax_ce_gradient, 0.75), passes_gradcheck=True),
)


def soft_ce(z, t):
    # Sums of one sign: each class's lag behind the largest logit, and S times the logarithm.
    top, rest = sorted_parts(z)
    return without_zeros(t, t * (top[:, None] - z)).sum(axis=1) + t.sum(axis=1) * np.log1p(rest)


def soft_ce_gradient(z, t):
    # sum_i (t_i p_j - t_j p_i), where the terms i = j are 0: neither 1 - p nor S - t.
    p, others = softmax(z), 1 - np.eye(z.shape[1], dtype=z.dtype)
    return p * (t @ others) - t * (p @ others)


def by_class(hard):
    """The sum over classes of weight times a formula with that class for target."""

    def soft(z, t):
        terms = [hard(z, np.full(len(z), i)) for i in range(z.shape[1])]
        weights = [t[:, i].reshape(-1, *[1] * (terms[i].ndim - 1)) for i in range(z.shape[1])]
        return sum(without_zeros(w, w * term) for w, term in zip(weights, terms, strict=True))

    return soft


def normalised(t):
    return t / t.sum(axis=1, keepdims=True)


row = of("soft_target_cross_entropy", "logits", "target")
SOFT_TARGET_CROSS_ENTROPY = (
    row("good", "lags", "each class's lag behind the largest logit plus S log1p of the others; weight times the sum of all others",
        soft_ce, soft_ce_gradient, True),
    row("good", "by_class", "the weighted sum of the losses with one hard target each",
        by_class(softmax_ce), by_class(softmax_ce_gradient), True),
    row("framework", "log_softmax", "minus the sum of t log-softmax; S p - t cancels where the target leads",
        lambda z, t: -without_zeros(t, t * log_softmax(z)).sum(axis=1),
        lambda z, t: t.sum(axis=1, keepdims=True) * softmax(z) - t, True),
    row("textbook", "p_minus_t", "the gradient p - t, right where the weights sum to 1 only", gradient=lambda z, t: softmax(z) - t),
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
)


def categorical_ce(p, t):
    return -without_zeros(t, t * np.log(p)).sum(axis=1)


def categorical_ce_gradient(p, t):
    return without_zeros(t, -t / p)


def minus_log_by_sides(p):
    # Next to 1 the logarithm of the exact complement; elsewhere 2 artanh, which has the smaller argument than log.
    complement = 1 - p
    return np.where(p > 0.5, -np.log1p(-complement), np.where(p > 0.1, 2 * np.arctanh(complement / (1 + p)), -np.log(p)))


row = of("categorical_cross_entropy", "probabilities", "target")
CATEGORICAL_CROSS_ENTROPY = (
    row("good", "by_sides", "log1p of the complement next to 1, an inverse hyperbolic tangent in between, log elsewhere",
        lambda p, t: without_zeros(t, t * minus_log_by_sides(p)).sum(axis=1),
        lambda p, t: -np.divide(t, p, out=np.zeros_like(p), where=t != 0), True),
    row("good", "log2", "the logarithm to base 2 times log 2; a weight times a reciprocal",
        lambda p, t: -np.log(p.dtype.type(2)) * without_zeros(t, t * np.log2(p)).sum(axis=1),
        lambda p, t: without_zeros(t, -t * (1 / p)), True),
    row("textbook", "clipped_7", "probabilities are clipped at 1e-7, as in Keras",
        lambda p, t: categorical_ce(np.clip(p, 1e-7, 1 - 1e-7), t),
        lambda p, t: np.where((p < 1e-7) | (p > 1 - 1e-7), 0, categorical_ce_gradient(p, t)), True),
    row("textbook", "plus_eps", "log(p + 1e-12)",
        lambda p, t: -(t * np.log(p + 1e-12)).sum(axis=1), lambda p, t: -t / (p + 1e-12), True),
    row("textbook", "zero_log_zero", "0 log 0 is evaluated, and 0/0 in the gradient",
        lambda p, t: -(t * np.log(p)).sum(axis=1), lambda p, t: -t / p, True),
    row("textbook", "normalised_target", "the weights are divided by their sum",
        lambda p, t: categorical_ce(p, normalised(t)), lambda p, t: categorical_ce_gradient(p, normalised(t)), True),
    row("textbook", "largest_weight", "the class of largest weight is taken for a hard target",
        lambda p, t: -np.log(take(p, t.argmax(axis=1))), lambda p, t: -(onehot(p, t.argmax(axis=1)) / p), True),
    row("textbook", "of_logits", "the probabilities are taken for logits: softmax once more",
        lambda p, t: soft_ce(p, t), lambda p, t: soft_ce_gradient(p, t), True),
    row("textbook", "slope_of_logits", "the gradient in the logits, p - t", gradient=lambda p, t: p - t),
    row("textbook", "binary_terms", "the terms -(1 - t) log(1 - p) are added",
        lambda p, t: categorical_ce(p, t) - without_zeros(1 - t, (1 - t) * np.log1p(-p)).sum(axis=1),
        lambda p, t: categorical_ce_gradient(p, t) + without_zeros(1 - t, (1 - t) / (1 - p)), True),
    row("textbook", "mean_of_classes", "the mean over the classes in place of the sum",
        lambda p, t: categorical_ce(p, t) / p.shape[1], lambda p, t: categorical_ce_gradient(p, t) / p.shape[1], True),
    row("textbook", "base_2", "the logarithm to base 2", lambda p, t: -without_zeros(t, t * np.log2(p)).sum(axis=1)),
    row("textbook", "swapped", "prediction and target change places", lambda p, t: -without_zeros(p, p * np.log(t)).sum(axis=1)),
    row("textbook", "guarded_slope", "p + 1e-8 in the denominator", gradient=lambda p, t: -t / (p + 1e-8), passes_gradcheck=True),
    row("textbook", "projected", "the gradient's mean is taken off, as on the simplex",
        gradient=lambda p, t: (g := categorical_ce_gradient(p, t)) - g.mean(axis=1, keepdims=True)),
    row("broken", "minus_lost", "the sum of t log p",
        lambda p, t: -categorical_ce(p, t), lambda p, t: -categorical_ce_gradient(p, t), True),
    row("broken", "flushed", "losses and slopes below 1e-12 become 0",
        flushed(categorical_ce, 1e-12), flushed(categorical_ce_gradient, 1e-12), True),
    row("broken", "turned_tail", "the slope's sign is wrong where p < 1e-6",
        gradient=lambda p, t: np.where(p < 1e-6, -1, 1).astype(p.dtype) * categorical_ce_gradient(p, t), passes_gradcheck=True),
    row("broken", "narrow", "computed in half the width",
        narrow(categorical_ce), narrow(categorical_ce_gradient)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(categorical_ce, 0.6), sloppy(categorical_ce_gradient, 0.6), True),
)


def nll(lp, y):
    return -take(lp, y)


def nll_gradient(lp, y):
    return -onehot(lp, y).astype(lp.dtype)


row = of("negative_log_likelihood", "log_probabilities", "target")
NEGATIVE_LOG_LIKELIHOOD = (
    row("good", "gathered", "the absolute value of one entry", lambda lp, y: np.abs(take(lp, y)), nll_gradient, True),
    row("good", "indexed", "one entry a row, negated; -1 is written into zeros",
        lambda lp, y: 0 - lp[np.arange(len(lp)), y], lambda lp, y: np.where(onehot(lp, y), -1, 0), True),
    row("textbook", "minus_lost", "the log-likelihood itself", take, onehot, True),
    row("textbook", "log_again", "the logarithm of what is a logarithm already", lambda lp, y: -np.log(-take(lp, y))),
    row("textbook", "of_logits", "normalised once more by a log-softmax", softmax_ce, softmax_ce_gradient, True),
    row("textbook", "slope_of_logits", "the gradient in the logits, p - 1 at the target",
        gradient=lambda lp, y: np.exp(lp) - onehot(lp, y)),
    row("textbook", "one_minus_p", "1 - p: the first term of -log p only",
        lambda lp, y: -np.expm1(take(lp, y)), lambda lp, y: -(onehot(lp, y) * np.exp(lp)), True),
    row("textbook", "through_p", "exp, a clip at 1e-7 and log again", lambda lp, y: -np.log(np.maximum(np.exp(take(lp, y)), 1e-7)),
        nll_gradient, True),
    row("textbook", "clamped", "logarithms are clamped at -100",
        lambda lp, y: -np.maximum(take(lp, y), -100), lambda lp, y: nll_gradient(lp, y) * (lp > -100), True),
    row("textbook", "all_classes", "the sum over all classes", lambda lp, y: -lp.sum(axis=1), lambda lp, y: -np.ones_like(lp), True),
    row("textbook", "mean_of_classes", "divided by the number of classes",
        lambda lp, y: nll(lp, y) / lp.shape[1], lambda lp, y: nll_gradient(lp, y) / lp.shape[1], True),
    row("textbook", "base_2", "in bits", lambda lp, y: nll(lp, y) / np.log(lp.dtype.type(2))),
    row("textbook", "best_class", "the class of largest probability is taken for the target",
        lambda lp, y: -lp.max(axis=1), lambda lp, y: -onehot(lp, lp.argmax(axis=1)).astype(lp.dtype), True),
    row("broken", "off_by_one", "classes are counted from 1",
        lambda lp, y: nll(lp, (y - 1) % lp.shape[1]), lambda lp, y: nll_gradient(lp, (y - 1) % lp.shape[1]), True),
    row("broken", "slope_turned", "the gradient's sign is wrong", gradient=onehot),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(nll, 1e-12), nll_gradient, True),
    row("broken", "narrow", "read in half the width", narrow(nll), nll_gradient),
    row("broken", "sloppy", "9 right digits of 16", sloppy(nll, 0.6), sloppy(nll_gradient, 0.6), True),
)

RECORDS = (*SOFTMAX_CROSS_ENTROPY, *SOFT_TARGET_CROSS_ENTROPY, *CATEGORICAL_CROSS_ENTROPY, *NEGATIVE_LOG_LIKELIHOOD)

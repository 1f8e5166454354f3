"""Implementations of l2 penalty, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, narrow, sloppy
from lossref.mutants.record import of


def penalty(w, strength=1.0):
    return strength / 2 * (w * w).sum(axis=1)


def penalty_gradient(w, strength=1.0):
    return strength * w


def scaled_penalty(w, strength=1.0):
    largest = np.abs(w).max(axis=1, keepdims=True)
    share = w / np.where(largest == 0, 1, largest)
    return (largest[:, 0] * (strength / 2 * (share * share).sum(axis=1))) * largest[:, 0]


row = of("l2_penalty")
MUTANTS = (
    row("right", "inner_product", "an inner product; half the slope and its other half",
        lambda w, s: s * np.einsum("ij,ij->i", w, w) / 2, lambda w, s: s / 2 * w + s / 2 * w, True),
    row("right", "scaled", "the weights relative to the largest, against overflow; the slope with its sign apart",
        scaled_penalty, lambda w, s: np.copysign(s * np.abs(w), w), True),
    row("textbook", "no_half", "without the factor 1/2, as in Keras and ridge regression",
        lambda w, s: 2 * penalty(w, s), lambda w, s: 2 * s * w, True),
    row("textbook", "slope_doubled", "the slope of the penalty without the factor 1/2", gradient=lambda w, s: 2 * s * w),
    row("textbook", "slope_halved", "the factor 1/2 is kept in the gradient", gradient=lambda w, s: s / 2 * w),
    row("textbook", "mean", "the mean of the squares in place of their sum",
        lambda w, s: penalty(w, s) / w.shape[1], lambda w, s: s * w / w.shape[1], True),
    row("textbook", "norm", "the norm itself, not its square",
        lambda w, s: s * np.sqrt((w * w).sum(axis=1)),
        lambda w, s: s * w / np.sqrt((w * w).sum(axis=1, keepdims=True)), True),
    row("textbook", "absolute", "the sum of absolute values, an L1 penalty",
        lambda w, s: s * np.abs(w).sum(axis=1), lambda w, s: s * np.sign(w), True),
    row("textbook", "squared_strength", "the strength is squared with the weights",
        lambda w, s: penalty(s * w), lambda w, s: s * s * w, True),
    row("textbook", "of_the_sum", "the square of the sum", lambda w, s: s / 2 * w.sum(axis=1) ** 2,
        lambda w, s: s * w.sum(axis=1, keepdims=True) + 0 * w, True),
    row("textbook", "batch_sum", "one penalty for the whole batch", lambda w, s: np.full_like(w[:, 0], s / 2 * (w * w).sum())),
    row("textbook", "plus_eps", "1e-12 is added under the sum",
        lambda w, s: s / 2 * (w * w + 1e-12).sum(axis=1), penalty_gradient, True),
    row("broken", "ignores_strength", "the strength is always 1", lambda w, s: penalty(w), lambda w, s: w, True),
    row("broken", "last_left_out", "the last weight is taken for a bias", lambda w, s: penalty(w[:, :-1], s),
        lambda w, s: s * w * (np.arange(w.shape[1]) < w.shape[1] - 1), True),
    row("broken", "decay", "the step that weight decay takes, -s w, for a gradient", gradient=lambda w, s: -s * w),
    row("broken", "clipped", "weights are clipped at 100 first", lambda w, s: penalty(np.clip(w, -100, 100), s),
        lambda w, s: np.where(np.abs(w) < 100, s * w, 0), True),
    row("broken", "flushed", "penalties below 1e-12 and slopes below 1e-6 become 0",
        flushed(penalty, 1e-12), flushed(penalty_gradient, 1e-6), True),
    row("broken", "narrow", "the slope is computed in half the width", gradient=narrow(penalty_gradient), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(penalty, 0.6), sloppy(penalty_gradient, 0.6), True),
)

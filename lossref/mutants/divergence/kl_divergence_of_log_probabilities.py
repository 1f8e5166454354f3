"""Implementations of the divergence of log-probabilities from log-probabilities, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, narrow, sloppy
from lossref.mutants.record import of


def terms(lq, lt):
    """exp in two halves: alone it may be a subnormal number, which a large gap brings back."""
    half = np.exp(lt / 2)
    return np.where(np.isneginf(lt), 0, half * (lt - lq) * half)


def divergence(lq, lt):
    return terms(lq, lt).sum(axis=1)


def slope(lq, lt):
    return -np.exp(lt)


row = of("kl_divergence_of_log_probabilities")
MUTANTS = (
    row("right", "halves", "exp(u / 2) (u - l) exp(u / 2), 0 for u = -inf", divergence, slope, True),
    row("framework", "typed", "exp(u) (u - l) as it is typed: NaN for u = -inf, and tails flushed",
        lambda lq, lt: (np.exp(lt) * (lt - lq)).sum(axis=1), slope, True),
    row("textbook", "probabilities", "the target is taken for probabilities",
        lambda lq, lt: (np.abs(lt) * (np.log(np.abs(lt)) - lq)).sum(axis=1), lambda lq, lt: -np.abs(lt), True),
    row("textbook", "through_probabilities", "exp of both, and the logarithm of a ratio again",
        lambda lq, lt: (np.exp(lt) * np.log(np.exp(lt) / np.exp(lq))).sum(axis=1), slope, True),
    row("textbook", "reversed", "the divergence turned round",
        lambda lq, lt: divergence(lt, lq), lambda lq, lt: np.exp(lq) * (lq - lt + 1), True),
    row("textbook", "cross_entropy", "the target's entropy is missing", lambda lq, lt: -(np.exp(lt) * lq).sum(axis=1), slope, True),
    row("textbook", "unweighted", "the sum of the gaps, without exp u", lambda lq, lt: (lt - lq).sum(axis=1),
        lambda lq, lt: -np.ones_like(lq), True),
    row("textbook", "mean_of_classes", "the mean over the classes in place of the sum",
        lambda lq, lt: divergence(lq, lt) / lq.shape[1], lambda lq, lt: slope(lq, lt) / lq.shape[1], True),
    row("textbook", "generalised", "exp l - exp u is added: the same value where both are distributions, another gradient",
        lambda lq, lt: divergence(lq, lt) + (np.exp(lq) - np.exp(lt)).sum(axis=1), lambda lq, lt: np.exp(lq) - np.exp(lt), True),
    row("textbook", "clamped", "logarithms are clamped at -100",
        lambda lq, lt: divergence(np.maximum(lq, -100), lt), lambda lq, lt: slope(lq, lt) * (lq > -100), True),
    row("textbook", "normalised_target", "the target is normalised first",
        lambda lq, lt: divergence(lq, lt - np.log(np.exp(lt).sum(axis=1, keepdims=True))),
        lambda lq, lt: -np.exp(lt) / np.exp(lt).sum(axis=1, keepdims=True), True),
    row("textbook", "squared", "gaps squared", lambda lq, lt: (np.exp(lt) * (lt - lq) ** 2).sum(axis=1),
        lambda lq, lt: 2 * np.exp(lt) * (lq - lt), True),
    row("broken", "slope_turned", "the gradient's sign is wrong", gradient=lambda lq, lt: np.exp(lt)),
    row("broken", "flushed", "slopes below 1e-12 become 0", gradient=flushed(slope, 1e-12), passes_gradcheck=True),
    row("broken", "narrow", "read in half the width", narrow(divergence), slope),
    row("broken", "sloppy", "9 right digits of 16", sloppy(divergence, 0.6), sloppy(slope, 0.6), True),
)

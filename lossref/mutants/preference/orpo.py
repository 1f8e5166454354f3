"""Implementations of orpo, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sigmoid, softplus
from lossref.mutants.record import of


def log1mexp(x):
    return np.where(x > -np.log(2), np.log(-np.expm1(x)), np.log1p(-np.exp(x)))


def lag(c, r):
    """log(o(r) / o(c)); the terms of one sign are added first."""
    return (r - c) + (log1mexp(c) - log1mexp(r))


def ratio(c, r):
    """o(r) / o(c)."""
    return np.exp(r - c) * (np.expm1(c) / np.expm1(r))


def quotients(c, r, weight):
    odds = ratio(c, r)
    far = np.where(odds > 1, (r - c) + np.log(np.expm1(c) / np.expm1(r)) + np.log1p(1 / odds), np.log1p(odds))
    return weight * far - c


def slopes(c, r, weight):
    odds = np.minimum(ratio(c, r), ratio(r, c))
    both = weight * odds / (1 + odds)
    return (np.where(r > c, -1 + weight / (1 + odds) / np.expm1(c), -1 + both / np.expm1(c)),
            -np.where(r > c, weight / (1 + odds), both) / np.expm1(r))


def preference(c, r, weight):
    return weight * softplus(lag(c, r))


row = of("orpo")
MUTANTS = (
    row("right", "quotients", "log1p of the quotient of odds, made of expm1", quotients, slopes, True),
    row("framework", "log_odds", "log-odds by log(1 - exp l) with a switch at -log 2, as in TRL: their difference cancels near 0",
        lambda c, r, weight: softplus((r - log1mexp(r)) - (c - log1mexp(c))) * weight - c),
    row("textbook", "log1p_of_exp", "log1p(-exp l) for log(1 - exp l), which cancels near 0",
        lambda c, r, weight: weight * softplus((r - np.log1p(-np.exp(r))) - (c - np.log1p(-np.exp(c)))) - c),
    row("textbook", "odds", "odds as printed, 0 / 0 where both underflow",
        lambda c, r, weight: weight * np.log(1 + np.exp(r) / (1 - np.exp(r)) / (np.exp(c) / (1 - np.exp(c)))) - c),
    row("textbook", "log_of_sigmoid", "-log of a rounded sigmoid: 0 beyond a lead of 37, infinite at -746",
        lambda c, r, weight: -weight * np.log(sigmoid(-lag(c, r))) - c),
    row("textbook", "probabilities", "a ratio of probabilities, not of odds",
        lambda c, r, weight: weight * softplus(r - c) - c,
        lambda c, r, weight: (-1 - weight * sigmoid(r - c), weight * sigmoid(r - c)), True),
    row("textbook", "without_likelihood", "the second term alone", preference),
    row("textbook", "turned", "the second term is taken off: TRL logs it so",
        lambda c, r, weight: -preference(c, r, weight) - c),
    row("textbook", "weight_forgotten", "the two terms are added as they are", lambda c, r, weight: preference(c, r, 1) - c),
    row("textbook", "one_slope", "the rejected answer is taken for a constant",
        gradient=lambda c, r, weight: (slopes(c, r, weight)[0], 0 * r)),
    row("broken", "swapped", "the rejected answer is preferred", lambda c, r, weight: quotients(r, c, weight)),
    row("broken", "clipped", "log-probabilities are cut at -1e-6",
        lambda c, r, weight: quotients(np.minimum(c, -1e-6), np.minimum(r, -1e-6), weight)),
    row("broken", "flushed", "slopes below 1e-10 become 0",
        gradient=lambda *given: tuple(flushed(lambda x: x, 1e-10)(x) for x in slopes(*given)), passes_gradcheck=True),
)

"""Implementations of exponential, right and wrong."""

import numpy as np

from lossref.mutants.formulas import beyond, flushed, narrow, sloppy, within
from lossref.mutants.record import of


def exponential(f, y):
    return np.exp(-y * f)


def exponential_gradient(f, y):
    return -y * np.exp(-y * f)


row = of("exponential")
MUTANTS = (
    row("right", "halves", "the square of exp(-y f / 2)",
        lambda f, y: np.exp(-y * f / 2) ** 2, lambda f, y: -y * np.exp(-y * f / 2) ** 2, True),
    row("right", "by_label", "exp(-f) for a label 1, exp(f) for -1",
        lambda f, y: np.where(y > 0, np.exp(-f), np.exp(f)), lambda f, y: np.where(y > 0, -np.exp(-f), np.exp(f)), True),
    row("textbook", "turned", "exp(y f): a right answer costs", lambda f, y: np.exp(y * f), lambda f, y: y * np.exp(y * f), True),
    row("textbook", "half", "exp(-y f / 2), as where f is the log-odds",
        lambda f, y: np.exp(-y * f / 2), lambda f, y: -y / 2 * np.exp(-y * f / 2), True),
    row("textbook", "labels_0_1", "labels -1 and 1 are mapped as if they were 0 and 1",
        lambda f, y: np.exp((1 - 2 * y) * f), lambda f, y: (1 - 2 * y) * np.exp((1 - 2 * y) * f), True),
    row("textbook", "less_one", "exp(-y f) - 1: undecided costs 0, right answers less", lambda f, y: np.expm1(-y * f),
        exponential_gradient, True),
    row("textbook", "base_2", "2 to the power -y f, with the slope of exp", lambda f, y: np.exp2(-y * f)),
    row("textbook", "limit", "(1 - y f / n) ** n for n = 1e6", lambda f, y: (1 - y * f / 1e6) ** 1e6,
        lambda f, y: -y * (1 - y * f / 1e6) ** 999999, True),
    row("textbook", "label_missing", "the gradient forgets the label", gradient=lambda f, y: -np.exp(-y * f)),
    row("textbook", "slope_is_loss", "the gradient is taken for the loss itself", gradient=exponential),
    *(row("textbook", f"within_{reach}", f"the score is clipped at {reach} first, against overflow",
          within(exponential, reach), within(exponential_gradient, reach), True) for reach in (20, 50)),
    row("textbook", "plus_eps", "exp(-y f) + 1e-12", lambda f, y: np.exp(-y * f) + 1e-12, exponential_gradient, True),
    row("broken", "flushed", "losses and slopes below 1e-12 become 0",
        flushed(exponential, 1e-12), flushed(exponential_gradient, 1e-12), True),
    row("broken", "clipped_slope", "the gradient is clipped at 100, as trainers do",
        gradient=lambda f, y: np.clip(exponential_gradient(f, y), -100, 100), passes_gradcheck=True),
    row("broken", "turned_tail", "the gradient's sign is wrong beyond |f| = 25",
        gradient=beyond(exponential_gradient, 25, -1), passes_gradcheck=True),
    row("broken", "narrow", "the gradient is computed in half the width",
        gradient=narrow(exponential_gradient), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(exponential, 0.6), sloppy(exponential_gradient, 0.6), True),
)

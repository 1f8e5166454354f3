"""Implementations of ipo, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed
from lossref.mutants.pairs import gained, opposite, softly
from lossref.mutants.record import of


def beyond(c, r, c0, r0, beta):
    return gained(c, r, c0, r0) - 1 / (2 * beta)


row = of("ipo")
MUTANTS = (
    row("right", "times_itself", "the difference times itself",
        lambda *given: beyond(*given) * beyond(*given), opposite(lambda *given: 2 * beyond(*given)), True),
    row("right", "ratios", "log-ratios of the policy and of the reference, as TRL subtracts them",
        lambda c, r, c0, r0, beta: ((c - r) - (c0 - r0) - 1 / (2 * beta)) ** 2,
        opposite(lambda c, r, c0, r0, beta: 2 * ((c - r) - (c0 - r0) - 1 / (2 * beta))), True),
    row("textbook", "expanded", "the square is expanded: what is next to the aim cancels",
        lambda c, r, c0, r0, beta: (h := gained(c, r, c0, r0)) ** 2 - h / beta + 1 / (4 * beta * beta),
        opposite(lambda *given: 2 * beyond(*given)), True),
    row("textbook", "whole_aim", "the aim is 1 / beta, without the half",
        lambda c, r, c0, r0, beta: (gained(c, r, c0, r0) - 1 / beta) ** 2,
        opposite(lambda c, r, c0, r0, beta: 2 * (gained(c, r, c0, r0) - 1 / beta)), True),
    row("textbook", "scaled", "beta times the gain less a half, squared: beta^2 times the loss",
        lambda c, r, c0, r0, beta: (beta * gained(c, r, c0, r0) - 0.5) ** 2,
        opposite(lambda c, r, c0, r0, beta: 2 * beta * (beta * gained(c, r, c0, r0) - 0.5)), True),
    row("textbook", "without_reference", "the reference is forgotten, as in CPO",
        lambda c, r, c0, r0, beta: (c - r - 1 / (2 * beta)) ** 2, opposite(lambda c, r, c0, r0, beta: 2 * (c - r - 1 / (2 * beta))), True),
    row("textbook", "dpo", "the logistic loss of the same gain", softly, None),
    row("textbook", "one_slope", "the rejected answer is taken for a constant",
        gradient=lambda *given: (2 * beyond(*given), 0 * given[1])),
    row("textbook", "half_slope", "the slope of half the square", gradient=opposite(beyond)),
    row("broken", "one_sided", "a gain beyond the aim costs nothing: a squared hinge",
        lambda *given: np.minimum(0, beyond(*given)) ** 2, opposite(lambda *given: 2 * np.minimum(0, beyond(*given))), True),
    row("broken", "swapped", "the rejected answer is preferred",
        lambda c, r, c0, r0, beta: beyond(r, c, r0, c0, beta) ** 2,
        opposite(lambda c, r, c0, r0, beta: -2 * beyond(r, c, r0, c0, beta)), True),
    row("broken", "flushed", "losses below 1e-6 become 0", flushed(lambda *given: beyond(*given) ** 2, 1e-6)),
)

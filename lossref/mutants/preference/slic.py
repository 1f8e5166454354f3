"""Implementations of slic, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed
from lossref.mutants.pairs import gained, opposite, softly
from lossref.mutants.record import of


def short(c, r, c0, r0, beta):
    return 1 - beta * gained(c, r, c0, r0)


def slope(is_short, c, beta):
    return np.where(is_short, -beta, 0).astype(c.dtype)


row = of("slic")
MUTANTS = (
    row("right", "where", "1 less the lead where that is above 0",
        lambda *given: np.where(short(*given) > 0, short(*given), 0), opposite(lambda *given: slope(short(*given) > 0, given[0], given[4])),
        True),
    row("right", "ratios", "log-ratios of the policy and of the reference, as TRL subtracts them",
        lambda c, r, c0, r0, beta: np.maximum(0, 1 - beta * ((c - r) - (c0 - r0))),
        opposite(lambda c, r, c0, r0, beta: slope(1 - beta * ((c - r) - (c0 - r0)) > 0, c, beta)), True),
    row("textbook", "margin_1", "a margin of 1 nat, not of 1 / beta",
        lambda c, r, c0, r0, beta: np.maximum(0, 1 - gained(c, r, c0, r0)),
        opposite(lambda c, r, c0, r0, beta: slope(gained(c, r, c0, r0) < 1, c, 1)), True),
    row("textbook", "margin_beta", "max(0, beta - gain), the margin of SLiC-HF",
        lambda c, r, c0, r0, beta: np.maximum(0, beta - gained(c, r, c0, r0)),
        opposite(lambda c, r, c0, r0, beta: slope(gained(c, r, c0, r0) < beta, c, 1)), True),
    row("textbook", "without_reference", "the reference is forgotten, as in CPO",
        lambda c, r, c0, r0, beta: np.maximum(0, 1 - beta * (c - r)),
        opposite(lambda c, r, c0, r0, beta: slope(beta * (c - r) < 1, c, beta)), True),
    row("textbook", "dpo", "the logistic loss of the same lead", softly, None),
    row("textbook", "squared", "squared", lambda *given: np.maximum(0, short(*given)) ** 2),
    row("textbook", "one_slope", "the rejected answer is taken for a constant",
        gradient=lambda *given: (slope(short(*given) > 0, given[0], given[4]), 0 * given[1])),
    row("textbook", "beta_forgotten", "the slope of the reward, not of the log-probability",
        gradient=opposite(lambda *given: slope(short(*given) > 0, given[0], 1))),
    row("broken", "never_flat", "the slope goes on beyond the margin",
        gradient=opposite(lambda *given: slope(short(*given) > -np.inf, given[0], given[4]))),
    row("broken", "swapped", "the rejected answer is preferred", lambda c, r, c0, r0, beta: np.maximum(0, short(r, c, r0, c0, beta))),
    row("broken", "capped", "losses above 20 are cut", lambda *given: np.clip(short(*given), 0, 20)),
    row("broken", "flushed", "losses below 1e-4 become 0", flushed(lambda *given: np.maximum(0, short(*given)), 1e-4)),
)

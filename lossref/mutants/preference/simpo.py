"""Implementations of simpo, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sigmoid, softplus, within
from lossref.mutants.pairs import opposite
from lossref.mutants.record import of


def lag(c, r, beta, margin):
    return margin - beta * (c - r)


def losses(lag):
    """The loss of a lag, and its slopes as if it were that of the answers."""
    return (lambda *given: softplus(lag(*given))), opposite(lambda c, r, beta, margin: -beta * sigmoid(lag(c, r, beta, margin)))


row = of("simpo")
MUTANTS = (
    row("right", "logaddexp", "log(exp 0 + exp(m - beta (c - r))) by logaddexp", *losses(lag), True),
    row("right", "log1p", "log1p of the exponential where that is small",
        lambda *given: np.where((x := lag(*given)) > 0, np.maximum(x, 0), 0) + np.log1p(np.exp(-np.abs(x)))),
    row("textbook", "log_of_sigmoid", "-log of a rounded sigmoid: 0 where the lead is 37 or more, infinite at -746",
        lambda *given: -np.log(sigmoid(-lag(*given))), opposite(lambda *given: -given[2] * (1 - sigmoid(-lag(*given)))), True),
    row("textbook", "without_margin", "no margin: CPO", *losses(lambda c, r, beta, margin: -beta * (c - r)), True),
    row("textbook", "margin_scaled", "the margin is multiplied by beta too",
        *losses(lambda c, r, beta, margin: beta * (margin - (c - r))), True),
    row("textbook", "margin_turned", "the margin makes it easier, not harder",
        *losses(lambda c, r, beta, margin: -margin - beta * (c - r)), True),
    row("textbook", "hinge", "max(0, m - beta (c - r))",
        lambda *given: np.maximum(0, lag(*given)),
        opposite(lambda *given: np.where(lag(*given) > 0, -given[2], 0).astype(given[0].dtype)), True),
    row("textbook", "beta_forgotten", "the slope of the reward, not of the log-probability",
        gradient=opposite(lambda *given: -sigmoid(lag(*given)))),
    row("textbook", "one_slope", "the rejected answer is taken for a constant",
        gradient=lambda *given: (-given[2] * sigmoid(lag(*given)), 0 * given[1])),
    row("broken", "swapped", "the rejected answer is preferred", lambda c, r, beta, margin: softplus(lag(r, c, beta, margin))),
    row("broken", "clipped", "the chosen log-probability is clipped to [-50, 50]", within(losses(lag)[0], 50)),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(losses(lag)[0], 1e-12)),
)

"""Implementations of robust_dpo, right and wrong."""

import numpy as np

from lossref.mutants.formulas import sigmoid, softplus
from lossref.mutants.pairs import lag, opposite
from lossref.mutants.record import of


def tilted(loss, slope):
    """The loss of a lag, the logistic one and a line, and its slopes."""
    return (
        lambda *given: loss(lag(*given[:5])) + given[5] / (1 - 2 * given[5]) * lag(*given[:5]),
        opposite(lambda *given: -given[4] * (slope(lag(*given[:5])) + given[5] / (1 - 2 * given[5]))),
    )


def printed(c, r, c0, r0, beta, e):
    x = lag(c, r, c0, r0, beta)
    return ((1 - e) * softplus(x) - e * softplus(-x)) / (1 - 2 * e)


def printed_slope(c, r, c0, r0, beta, e):
    x = lag(c, r, c0, r0, beta)
    return -beta * ((1 - e) * sigmoid(x) + e * sigmoid(-x)) / (1 - 2 * e)


row = of("robust_dpo")
MUTANTS = (
    row("right", "line", "the logistic loss and a line", *tilted(softplus, sigmoid), True),
    row("framework", "printed", "the quotient as TRL and Liger have it", printed, opposite(printed_slope), True),
    row("textbook", "conservative", "labels are smoothed: (1 - e) l(x) + e l(-x), conservative DPO",
        lambda c, r, c0, r0, beta, e: (1 - e) * softplus(lag(c, r, c0, r0, beta)) + e * softplus(-lag(c, r, c0, r0, beta)),
        opposite(lambda c, r, c0, r0, beta, e: -beta * (sigmoid(lag(c, r, c0, r0, beta)) - e)), True),
    row("textbook", "undivided", "1 - 2 e is forgotten", lambda *given: (1 - 2 * given[5]) * printed(*given),
        opposite(lambda *given: (1 - 2 * given[5]) * printed_slope(*given)), True),
    row("textbook", "dpo", "all labels are taken for right", lambda *given: softplus(lag(*given[:5])),
        opposite(lambda *given: -given[4] * sigmoid(lag(*given[:5]))), True),
    row("textbook", "log_of_sigmoid", "-log of a rounded sigmoid: infinite at -746",
        *tilted(lambda x: -np.log(sigmoid(-x)), lambda x: 1 - sigmoid(-x)), True),
    row("textbook", "beta_forgotten", "the slope of the reward, not of the log-probability",
        gradient=opposite(lambda *given: printed_slope(*given) / given[4])),
    row("broken", "swapped", "the rejected answer is preferred", lambda c, r, c0, r0, beta, e: printed(r, c, r0, c0, beta, e),
        opposite(lambda c, r, c0, r0, beta, e: -printed_slope(r, c, r0, c0, beta, e)), True),
    row("broken", "at_least_0", "losses below 0 are cut", lambda *given: np.maximum(0, printed(*given))),
    row("broken", "clipped", "leads are cut at 50",
        lambda *given: softplus(x := np.clip(lag(*given[:5]), -50, 50)) + given[5] / (1 - 2 * given[5]) * x),
)

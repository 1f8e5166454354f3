"""Implementations of dpo, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sigmoid, softplus
from lossref.mutants.pairs import lag, opposite, soft_slope, softly
from lossref.mutants.record import of


def ratios(c, r, c0, r0, beta):
    return beta * ((c0 - r0) - (c - r))


def without_reference(c, r, c0, r0, beta):
    return beta * (r - c)


def reference_added(c, r, c0, r0, beta):
    return beta * ((r + r0) - (c + c0))


def clipped(*given):
    return np.clip(lag(*given), -50, 50)


def losses(lag):
    """The loss of a lag, and its slopes as if it were that of the answers."""
    return (lambda *given: softplus(lag(*given))), opposite(lambda *given: -given[-1] * sigmoid(lag(*given)))


def of_probabilities(c, r, c0, r0, beta):
    ahead = (np.exp(c) / np.exp(c0)) ** beta
    return -np.log(ahead / (ahead + (np.exp(r) / np.exp(r0)) ** beta))


row = of("dpo")
MUTANTS = (
    row("right", "gains", "the logistic loss of the difference of gains", softly, opposite(soft_slope), True),
    row("right", "ratios", "log-ratios of the policy and of the reference, as TRL subtracts them", *losses(ratios), True),
    row("textbook", "log_of_sigmoid", "-log of a rounded sigmoid: 0 where the lead is 37 or more, infinite at -746",
        lambda *given: -np.log(sigmoid(-lag(*given))), opposite(lambda *given: -given[-1] * (1 - sigmoid(-lag(*given)))), True),
    row("textbook", "of_probabilities", "quotients of probabilities, as in the paper: those of an answer underflow", of_probabilities),
    row("textbook", "without_reference", "the reference is forgotten: CPO", *losses(without_reference), True),
    row("textbook", "hinge", "the hinge of the same lead: SLiC", lambda *given: np.maximum(0, 1 + lag(*given)),
        opposite(lambda *given: np.where(lag(*given) > -1, -given[-1], 0).astype(given[0].dtype)), True),
    row("textbook", "smoothed", "labels are smoothed by 0.001: conservative DPO",
        lambda *given: 0.999 * softly(*given) + 0.001 * softplus(-lag(*given))),
    row("textbook", "beta_forgotten", "the slope of the reward, not of the log-probability",
        gradient=opposite(lambda *given: -sigmoid(lag(*given)))),
    row("textbook", "one_slope", "the rejected answer is taken for a constant", gradient=lambda *given: (soft_slope(*given), 0 * given[1])),
    row("broken", "reference_added", "the reference has the wrong sign", *losses(reference_added), True),
    row("broken", "swapped", "the rejected answer is preferred",
        lambda c, r, c0, r0, beta: softly(r, c, r0, c0, beta), lambda *given: opposite(soft_slope)(*given)[::-1]),
    row("broken", "clipped", "leads are cut at 50", *losses(clipped), True),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(softly, 1e-12)),
)

"""Implementations of cpo, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sigmoid, softplus
from lossref.mutants.record import of


def loss(c, r, beta, w):
    return softplus(beta * (r - c)) - w * c


def slopes(c, r, beta, w):
    push = beta * sigmoid(beta * (r - c))
    return -push - w, push


def through_0(c, r, beta, w):
    """The larger of 0 and the lag, and log1p of an exponential."""
    x = beta * (r - c)
    return (np.maximum(x, 0) - w * c) + np.log1p(np.exp(-np.abs(x)))


row = of("cpo")
MUTANTS = (
    row("right", "logaddexp", "log(exp 0 + exp(-x)) by logaddexp, and the likelihood", loss, slopes, True),
    row("right", "log1p", "the larger of 0 and -x, the likelihood, and log1p", through_0, slopes, True),
    row("textbook", "no_likelihood", "the preference alone: DPO without a reference",
        lambda c, r, beta, w: softplus(beta * (r - c)), lambda c, r, beta, w: ((push := beta * sigmoid(beta * (r - c))) * -1, push), True),
    row("textbook", "likelihood_times_beta", "beta is multiplied by both terms",
        lambda c, r, beta, w: softplus(beta * (r - c)) - beta * w * c,
        lambda c, r, beta, w: (-(push := beta * sigmoid(beta * (r - c))) - beta * w, push), True),
    row("textbook", "likelihood_of_both", "the rejected answer is to be likely too", lambda c, r, beta, w: loss(c, r, beta, w) - w * r,
        lambda c, r, beta, w: (slopes(c, r, beta, w)[0], slopes(c, r, beta, w)[1] - w), True),
    row("textbook", "log_of_sigmoid", "-log of a rounded sigmoid: 0 where the lead is 37 or more, infinite at -746",
        lambda c, r, beta, w: -np.log(sigmoid(beta * (c - r))) - w * c,
        lambda c, r, beta, w: (-(push := beta * (1 - sigmoid(beta * (c - r)))) - w, push), True),
    row("textbook", "hinge", "the hinge of the same lead: SLiC, as TRL's CPO can have it",
        lambda c, r, beta, w: np.maximum(0, 1 - beta * (c - r)) - w * c),
    row("textbook", "slope_of_preference", "the slope of the first term alone",
        gradient=lambda c, r, beta, w: ((push := beta * sigmoid(beta * (r - c))) * -1, push)),
    row("broken", "swapped", "the rejected answer is preferred", lambda c, r, beta, w: softplus(beta * (c - r)) - w * c),
    row("broken", "clipped", "leads are cut at 50", lambda c, r, beta, w: softplus(np.clip(beta * (r - c), -50, 50)) - w * c),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(loss, 1e-12)),
)

"""Implementations of bradley_terry, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sigmoid, softplus, within
from lossref.mutants.record import of


def both(slope):
    """Slopes in the two rewards from that in the rejected one."""
    return lambda c, r: (-slope(c, r), slope(c, r))


def lag_slope(c, r):
    return sigmoid(r - c)


def naive_slope(c, r):
    return np.exp(r) / (np.exp(c) + np.exp(r))


row = of("bradley_terry")
MUTANTS = (
    row("right", "logaddexp", "log(exp 0 + exp(r - c)) by logaddexp", lambda c, r: np.logaddexp(0, r - c), both(lag_slope), True),
    row("right", "tanh", "the slope as (1 + tanh(d / 2)) / 2 where that cancels nothing, else from exp d",
        gradient=both(lambda c, r: np.where(r < c, np.exp(np.minimum(r - c, 0)) / (1 + np.exp(np.minimum(r - c, 0))),
                                            (1 + np.tanh((r - c) / 2)) / 2)), passes_gradcheck=True),
    row("textbook", "log_of_sigmoid", "-log of a rounded sigmoid: 0 where the difference is 37 or more, infinite at -746",
        lambda c, r: -np.log(sigmoid(c - r)), both(lambda c, r: 1 - sigmoid(c - r)), True),
    row("textbook", "strengths", "-log(e^c / (e^c + e^r)) as printed: inf / inf from rewards of 710 on",
        lambda c, r: -np.log(np.exp(c) / (np.exp(c) + np.exp(r))), both(naive_slope), True),
    row("textbook", "epsilon", "an eps of 1e-8 in the logarithm", lambda c, r: -np.log(sigmoid(c - r) + 1e-8), both(lag_slope), True),
    row("textbook", "hinge", "max(0, 1 - (c - r)): the margin ranking loss",
        lambda c, r: np.maximum(0, 1 - (c - r)), both(lambda c, r: np.where(c - r < 1, 1, 0).astype(c.dtype)), True),
    row("textbook", "one_slope", "the rejected reward is taken for a constant", gradient=lambda c, r: (-lag_slope(c, r), 0 * r)),
    row("broken", "swapped", "the rejected answer is preferred", lambda c, r: softplus(c - r), lambda c, r: both(lag_slope)(r, c)),
    row("broken", "clipped", "the chosen reward is clipped to [-50, 50]", within(lambda c, r: softplus(r - c), 50)),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(lambda c, r: softplus(r - c), 1e-12)),
)

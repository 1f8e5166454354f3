"""Implementations of kto, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sigmoid, sigmoid_slope, within
from lossref.mutants.record import of


def ahead(x, y, l0, z, beta):
    return y * beta * (x - l0 - z)


def loss(*given):
    return sigmoid(-ahead(*given))


def slope(*given):
    return -given[1] * given[4] * sigmoid_slope(ahead(*given))


row = of("kto")
MUTANTS = (
    row("right", "sigmoid", "the sigmoid of minus x", loss, slope, True),
    row("right", "tanh", "half of 1 - tanh where nothing cancels, else an exponential",
        lambda *given: np.where((x := ahead(*given)) > 0, np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))), (1 + np.tanh(-x / 2)) / 2)),
    row("textbook", "one_less", "1 - s(x), as in TRL: 0 beyond x = 37, and its slope s (1 - s) too",
        lambda *given: 1 - sigmoid(ahead(*given)),
        lambda *given: -given[1] * given[4] * ((s := sigmoid(ahead(*given))) * (1 - s)), True),
    row("textbook", "without_point", "the reference point is forgotten: all answers are compared with 0",
        lambda x, y, l0, z, beta: loss(x, y, l0, 0, beta), lambda x, y, l0, z, beta: slope(x, y, l0, 0, beta), True),
    row("textbook", "point_at_0", "the reference point is cut at 0 below, as in TRL",
        lambda x, y, l0, z, beta: loss(x, y, l0, np.maximum(z, 0), beta)),
    row("textbook", "without_reference", "the reference's log-probability is forgotten",
        lambda x, y, l0, z, beta: loss(x, y, 0, z, beta), lambda x, y, l0, z, beta: slope(x, y, 0, z, beta), True),
    row("textbook", "value", "the value s(x), which is to be large, for a loss",
        lambda *given: sigmoid(ahead(*given)), lambda *given: -slope(*given), True),
    row("textbook", "logarithm", "-log s(x), the loss of DPO",
        lambda *given: np.logaddexp(0, -ahead(*given)), lambda *given: -given[1] * given[4] * sigmoid(-ahead(*given)), True),
    row("textbook", "beta_forgotten", "the slope of the reward, not of the log-probability",
        gradient=lambda *given: -given[1] * sigmoid_slope(ahead(*given))),
    row("broken", "good_only", "every answer is taken for a good one", lambda x, y, l0, z, beta: loss(x, np.abs(y), l0, z, beta)),
    row("broken", "sign_forgotten", "the slope of bad answers has the sign of that of good ones",
        gradient=lambda *given: -given[4] * sigmoid_slope(ahead(*given))),
    row("broken", "clipped", "the log-probability is clipped to [-50, 50]", within(loss, 50), within(slope, 50), True),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(loss, 1e-12)),
)

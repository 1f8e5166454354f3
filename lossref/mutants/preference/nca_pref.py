"""Implementations of nca_pref, right and wrong."""

import numpy as np

from lossref.mutants.formulas import sigmoid, softplus
from lossref.mutants.pairs import gains, without_reference
from lossref.mutants.record import of


def loss(*given, near=0.5, far=0.5):
    a, b = gains(*given)
    return softplus(-a) + near * softplus(a) + far * softplus(b)


def slopes(*given, near=0.5, far=0.5):
    a, b = gains(*given)
    return given[4] * (near * sigmoid(a) - sigmoid(-a)), given[4] * far * sigmoid(b)


def factored(*given):
    a, b = gains(*given)
    return given[4] * np.where(a < 1, (np.exp(np.minimum(a, 1)) / 2 - 1) * sigmoid(-a), 0.5 - 1.5 * sigmoid(-a)), given[4] * sigmoid(b) / 2


row = of("nca_pref")
MUTANTS = (
    row("right", "logistic", "three logistic losses", loss, slopes, True),
    row("right", "line", "l(a) + l(-a) / 2 as 3/2 l(|a|) and a line",
        lambda *given: 1.5 * softplus(-np.abs(a := gains(*given)[0])) + np.where(a < 0, -a, a / 2) + softplus(gains(*given)[1]) / 2,
        factored, True),
    row("textbook", "dpo", "one logistic loss of the difference: DPO", lambda *given: softplus((g := gains(*given))[1] - g[0]),
        lambda *given: (-(x := given[4] * sigmoid((g := gains(*given))[1] - g[0])), x), True),
    row("textbook", "two_terms", "the chosen answer need not stay near its reference",
        lambda *given: loss(*given, near=0), lambda *given: slopes(*given, near=0), True),
    row("textbook", "whole", "the halves are forgotten", lambda *given: loss(*given, near=1, far=1),
        lambda *given: slopes(*given, near=1, far=1), True),
    row("textbook", "log_of_sigmoid", "-log of rounded sigmoids: infinite at -746",
        lambda *given: -np.log(sigmoid((g := gains(*given))[0])) - np.log(sigmoid(-g[0])) / 2 - np.log(sigmoid(-g[1])) / 2, slopes, True),
    row("textbook", "without_reference", "the reference is forgotten", without_reference(loss), without_reference(slopes), True),
    row("textbook", "beta_forgotten", "the slope of the reward, not of the log-probability",
        gradient=lambda *given: tuple(x / given[4] for x in slopes(*given))),
    row("broken", "swapped", "the rejected answer is preferred", lambda c, r, c0, r0, beta: loss(r, c, r0, c0, beta)),
    row("broken", "pushed_up", "the rejected answer is to gain", lambda *given: loss(*given) - gains(*given)[1] / 2,
        lambda *given: (slopes(*given)[0], slopes(*given)[1] - given[4] / 2), True),
    row("broken", "clipped", "rewards are cut at 50",
        lambda *given: loss(*(np.clip(x, -50, 50) for x in gains(*given)), 0, 0, 1)),
    row("broken", "flushed", "slopes below 1e-12 become 0",
        gradient=lambda *given: tuple(np.where(np.abs(x) < 1e-12, 0, x) for x in slopes(*given)), passes_gradcheck=True),
)

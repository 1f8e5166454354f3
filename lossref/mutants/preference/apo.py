"""Implementations of apo, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sigmoid, sigmoid_slope, softplus
from lossref.mutants.pairs import gains, without_reference
from lossref.mutants.record import of


def loss(*given):
    a, b = gains(*given)
    return sigmoid(-a) + sigmoid(b)


def slopes(*given):
    a, b = gains(*given)
    return -given[4] * sigmoid_slope(a), given[4] * sigmoid_slope(b)


def by_tanh(*given):
    """1 and half the difference of two hyperbolic tangents where both are small, else the sum of two sigmoids."""
    a, b = gains(*given)
    return np.where(np.maximum(np.abs(a), np.abs(b)) < 0.5, 1 + (np.tanh(b / 2) - np.tanh(a / 2)) / 2, loss(*given))


def down(*given):
    a, b = gains(*given)
    return sigmoid(a) + sigmoid(b - a)


def down_slopes(*given):
    a, b = gains(*given)
    return given[4] * (sigmoid_slope(a) - sigmoid_slope(b - a)), given[4] * sigmoid_slope(b - a)


row = of("apo")
MUTANTS = (
    row("right", "sigmoids", "the sum of two sigmoids", loss, slopes, True),
    row("right", "tanh", "hyperbolic tangents where nothing cancels", by_tanh, slopes, True),
    row("textbook", "one_less", "1 - s(a), as in TRL: 0 beyond a = 37, and its slope s (1 - s) too",
        lambda *given: (1 - sigmoid(gains(*given)[0])) + sigmoid(gains(*given)[1]),
        lambda *given: tuple(sign * given[4] * (s := sigmoid(x)) * (1 - s) for sign, x in zip((-1, 1), gains(*given), strict=True)), True),
    row("textbook", "down", "APO-down: the chosen answer may lose", down, down_slopes, True),
    row("textbook", "logarithms", "-log of each: BCO", lambda *given: softplus(-gains(*given)[0]) + softplus(gains(*given)[1]),
        lambda *given: (-given[4] * sigmoid(-gains(*given)[0]), given[4] * sigmoid(gains(*given)[1])), True),
    row("textbook", "of_difference", "one sigmoid of the difference",
        lambda *given: sigmoid((g := gains(*given))[1] - g[0]),
        lambda *given: (-(x := given[4] * sigmoid_slope((g := gains(*given))[1] - g[0])), x), True),
    row("textbook", "without_reference", "the reference is forgotten", without_reference(loss), without_reference(slopes), True),
    row("textbook", "beta_forgotten", "the slope of the reward, not of the log-probability",
        gradient=lambda *given: tuple(x / given[4] for x in slopes(*given))),
    row("broken", "swapped", "the rejected answer is preferred", lambda c, r, c0, r0, beta: loss(r, c, r0, c0, beta),
        lambda c, r, c0, r0, beta: slopes(r, c, r0, c0, beta)[::-1], True),
    row("broken", "clipped", "rewards are cut at 50",
        lambda *given: sigmoid(-np.clip(gains(*given)[0], -50, 50)) + sigmoid(np.clip(gains(*given)[1], -50, 50))),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(loss, 1e-12)),
)

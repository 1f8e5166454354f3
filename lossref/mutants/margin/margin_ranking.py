"""Implementations of margin_ranking, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sigmoid, softplus
from lossref.mutants.record import of


def short(a, b, y, m):
    return m - y * (a - b)


def loss(a, b, y, m):
    return np.maximum(0, short(a, b, y, m))


def both(slope):
    """Slopes in the two scores from that in the second one."""
    return lambda *x: (-slope(*x), slope(*x))


def push(a, b, y, m):
    return np.where(short(a, b, y, m) > 0, y, 0)


row = of("margin_ranking")
MUTANTS = (
    row("right", "winner", "the score that is to be the larger one, and the other", lambda a, b, y, m: np.where(
        y == 1, np.maximum(0, (b - a) + m), np.maximum(0, (a - b) + m)), both(push), True),
    row("right", "clamped", "the slope of a clamp at its corner, 1", loss,
        both(lambda a, b, y, m: np.where(short(a, b, y, m) >= 0, y, 0)), True),
    row("textbook", "label_ignored", "the first is always to be the larger one",
        lambda a, b, y, m: loss(a, b, 1, m), both(lambda a, b, y, m: push(a, b, np.ones_like(y), m)), True),
    row("textbook", "margin_added", "the margin is taken off, not added",
        lambda a, b, y, m: loss(a, b, y, -m), both(lambda a, b, y, m: push(a, b, y, -m)), True),
    row("textbook", "margin_of_1", "a margin of 1, whatever is asked",
        lambda a, b, y, m: loss(a, b, y, 1), both(lambda a, b, y, m: push(a, b, y, 1)), True),
    row("textbook", "margin_times_label", "the label multiplies the margin too", lambda a, b, y, m: loss(a, b, y, y * m)),
    row("textbook", "squared", "squared", lambda a, b, y, m: loss(a, b, y, m) ** 2,
        both(lambda a, b, y, m: 2 * y * loss(a, b, y, m)), True),
    row("textbook", "ranknet", "log(1 + exp(m - y (a - b)))", lambda a, b, y, m: softplus(short(a, b, y, m)),
        both(lambda a, b, y, m: y * sigmoid(short(a, b, y, m))), True),
    row("broken", "swapped", "the scores are taken in the other order",
        lambda a, b, y, m: loss(b, a, y, m), both(lambda a, b, y, m: -push(b, a, y, m)), True),
    row("broken", "one_slope", "the second score is taken for a constant", gradient=lambda a, b, y, m: (-push(a, b, y, m), 0 * b)),
    row("broken", "never_flat", "the gradient goes on beyond the margin", gradient=both(lambda a, b, y, m: y + 0 * a)),
    row("broken", "flushed", "losses below 1e-4 become 0", lambda a, b, y, m: flushed(loss, 1e-4)(a, b, y, m)),
)

"""Implementations of margin_mse, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed
from lossref.mutants.pairs import opposite
from lossref.mutants.record import of


def off(p, n, y):
    # What rounding takes from the difference of the scores is put back.
    d = p - n
    back = d - p
    return (d - y) + ((p - (d - back)) - (n + back))


row = of("margin_mse")
MUTANTS = (
    row("right", "twice_rounded", "the difference of the scores, less the target", lambda p, n, y: (p - n - y) ** 2,
        opposite(lambda p, n, y: 2 * (p - n - y)), True),
    row("right", "put_back", "what rounding takes is put back", lambda *given: off(*given) * off(*given),
        opposite(lambda *given: 2 * off(*given)), True),
    row("textbook", "each_to_its_own", "the positive score is taken for the one that the teacher's margin is of",
        lambda p, n, y: (p - y) ** 2 + n**2, lambda p, n, y: (2 * (p - y), 2 * n), True),
    row("textbook", "hinge", "a margin that is exceeded costs nothing", lambda p, n, y: np.maximum(0, y - (p - n)) ** 2,
        opposite(lambda p, n, y: -2 * np.maximum(0, y - (p - n))), True),
    row("textbook", "half", "half the square", lambda *given: off(*given) ** 2 / 2, opposite(off), True),
    row("textbook", "absolute", "the absolute error of the margin", lambda *given: np.abs(off(*given)),
        opposite(lambda *given: np.sign(off(*given))), True),
    row("textbook", "expanded", "the square is expanded: next to the teacher it cancels",
        lambda p, n, y: (p - n) ** 2 - 2 * (p - n) * y + y * y),
    row("textbook", "one_slope", "the negative score is taken for a constant", gradient=lambda p, n, y: (2 * off(p, n, y), 0 * n)),
    row("broken", "swapped", "the irrelevant passage is to lead", lambda p, n, y: (n - p - y) ** 2,
        opposite(lambda p, n, y: -2 * (n - p - y)), True),
    row("broken", "teacher_added", "the target has the wrong sign", lambda p, n, y: (p - n + y) ** 2,
        opposite(lambda p, n, y: 2 * (p - n + y)), True),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(lambda *given: off(*given) ** 2, 1e-12)),
)

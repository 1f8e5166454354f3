"""Implementations of sppo, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed
from lossref.mutants.pairs import without_reference
from lossref.mutants.record import of


def off(c, r, c0, r0, beta, share=0.5):
    return (c - c0) - share / beta, (r - r0) + share / beta


def loss(*given, **changed):
    a, b = off(*given, **changed)
    return a * a + b * b


def slopes(*given, **changed):
    a, b = off(*given, **changed)
    return 2 * a, 2 * b


row = of("sppo")
MUTANTS = (
    row("right", "aims", "the squares of both distances", loss, slopes, True),
    row("right", "doubled", "aims as 1 / (2 beta), and each difference added to itself",
        lambda c, r, c0, r0, beta: ((c - c0) - 1 / (2 * beta)) ** 2 + ((r - r0) + 1 / (2 * beta)) ** 2,
        lambda *given: tuple(x + x for x in off(*given)), True),
    row("textbook", "whole_aim", "the aim is 1 / beta, without the half",
        lambda *given: loss(*given, share=1), lambda *given: slopes(*given, share=1), True),
    row("textbook", "ipo", "one aim for the pair: IPO", lambda c, r, c0, r0, beta: ((c - c0) - (r - r0) - 0.5 / beta) ** 2,
        lambda c, r, c0, r0, beta: ((x := 2 * ((c - c0) - (r - r0) - 0.5 / beta)), -x), True),
    row("textbook", "without_reference", "the reference is forgotten", without_reference(loss), without_reference(slopes), True),
    row("textbook", "scaled", "beta times each gain less a half, squared: beta^2 times the loss",
        lambda *given: given[4] ** 2 * loss(*given), lambda *given: tuple(given[4] ** 2 * x for x in slopes(*given)), True),
    row("textbook", "mean", "the mean of both squares", lambda *given: loss(*given) / 2, lambda *given: off(*given), True),
    row("textbook", "one_slope", "the rejected answer is taken for a constant", gradient=lambda *given: (slopes(*given)[0], 0 * given[1])),
    row("textbook", "expanded", "the squares are expanded: what is next to the aims cancels",
        lambda c, r, c0, r0, beta: (c - c0) ** 2 + (r - r0) ** 2 - ((c - c0) - (r - r0)) / beta + 1 / (2 * beta * beta)),
    row("broken", "same_aim", "both answers are to gain", lambda c, r, c0, r0, beta: loss(c, -r, c0, -r0, beta),
        lambda c, r, c0, r0, beta: ((s := slopes(c, -r, c0, -r0, beta))[0], -s[1]), True),
    row("broken", "one_sided", "what is beyond its aim costs nothing",
        lambda *given: np.minimum(0, off(*given)[0]) ** 2 + np.maximum(0, off(*given)[1]) ** 2),
    row("broken", "flushed", "losses below 1e-6 become 0", flushed(loss, 1e-6)),
)

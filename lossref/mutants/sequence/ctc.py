"""Implementations of CTC, right and wrong."""

import math
from decimal import Decimal, localcontext

import numpy as np

from lossref.mutants.formulas import flushed
from lossref.mutants.record import of

DIGITS = 350  # what is left of a loss where one alignment is next to certain is 1 less a share next to 1


def states_of(y, blank):
    """A blank before, between and after the labels."""
    return [int(blank), *(int(s) for label in y if label != blank for s in (label, blank))]


def came_from(states, j, skips=True):
    """The states that one may follow: itself, the one before it, and past a blank between two different labels."""
    return [i for i in (j, j - 1, j - 2) if i >= 0 and (i > j - 2 or (skips and states[i] != states[j]))]


def forward(terms, states, add, times, none, froms=came_from):
    """The sum over all ways to each state, step by step; `add` is a sum of several, `none` one of nothing."""
    found = [[terms[0][s] if j < 2 else none for j, s in enumerate(states)]]
    for row in terms[1:]:
        found.append([times(add([found[-1][i] for i in froms(states, j)]), row[s]) for j, s in enumerate(states)])
    return found


def each(of_one):
    """What a function of one example's rows and labels gives, example by example."""
    return lambda *given: np.array([of_one(*one) for one in zip(*given, strict=True)], given[0].dtype)


def log_sum(several, log=np.log, exp=np.exp):
    top = max(several)
    return top if top == -math.inf else top + log(sum(exp(x - top) for x in several))


def in_logarithms(x, states, add=log_sum, froms=came_from):
    return forward(x, states, add, lambda a, b: a + b, type(x[0][0])(-math.inf), froms)


def by_logarithms(states=states_of, add=log_sum, froms=came_from, ends=-2):
    return each(lambda x, y, blank: -add(in_logarithms(x, states(y, blank), add, froms)[-1][ends:]))


def log_slopes(x, y, blank, add=log_sum, exp=np.exp):
    states = states_of(y, blank)
    there, back = in_logarithms(x, states, add), [row[::-1] for row in in_logarithms(x[::-1], states[::-1], add)[::-1]]
    total = add(there[-1][-2:])
    slopes = np.zeros((len(x), len(x[0])))
    for t, row in enumerate(x):
        for j, s in enumerate(states):
            if there[t][j] > -math.inf and back[t][j] > -math.inf and total > -math.inf:
                slopes[t, s] -= float(exp(there[t][j] + back[t][j] - row[s] - total))
    return slopes


def exactly(of_one):
    """Computed in 350 decimal digits, rounded once."""

    def of_all(*given):
        with localcontext(prec=DIGITS):
            return each(lambda rows, *labels: of_one([[Decimal(float(z)) for z in row] for row in rows], *labels))(*given)

    return of_all


def decimal_sum(several):
    return log_sum(several, Decimal.ln, Decimal.exp)


def decimal_value(x, y, blank):
    return float(-decimal_sum(in_logarithms(x, states_of(y, blank), decimal_sum)[-1][-2:]))


def decimal_slopes(x, y, blank):
    return log_slopes(x, y, blank, decimal_sum, Decimal.exp)


def as_printed(x, y, blank):
    return -np.log(sum(forward(np.exp(x), states_of(y, blank), sum, lambda a, b: a * b, x.dtype.type(0))[-1][-2:]))


loss, slope = by_logarithms(), each(log_slopes)
row = of("ctc")
MUTANTS = (
    row("right", "decimal", "logarithms in 350 digits", exactly(decimal_value), exactly(decimal_slopes)),
    row("framework", "logarithms", "log-sum-exp at every step: a small sum beside the largest alignment is lost", loss),
    row("textbook", "of_large_logarithms", "shares as exp of differences of sums: of large logarithms the digits are lost", gradient=slope),
    row("textbook", "as_printed", "products of probabilities: they underflow, and the logarithm is -inf", each(as_printed)),
    row("textbook", "of_logits", "exp l less the share: the slope in logits that were normalised, not in l, as in PyTorch",
        gradient=lambda x, y, blank: np.exp(x) + slope(x, y, blank)),
    row("textbook", "best_alignment", "the most likely alignment alone", by_logarithms(add=max)),
    row("textbook", "over_labels", "divided by the number of labels, as a mean in PyTorch",
        lambda x, y, blank: loss(x, y, blank) / np.maximum((y != blank[:, None]).sum(axis=1), 1)),
    row("textbook", "zero_infinity", "0 where there is no alignment, as PyTorch gives if asked to",
        lambda *given: np.where(np.isinf(found := loss(*given)), 0, found)),
    row("textbook", "large_number", "the logarithm of 0 is -100000, as in optax and Keras",
        lambda *given: np.where(np.isinf(found := loss(*given)), 1e5, found).astype(given[0].dtype)),
    row("broken", "no_blank_needed", "equal labels follow each other without a blank",
        by_logarithms(froms=lambda states, j: [i for i in (j, j - 1, j - 2) if i >= 0 and (i > j - 2 or states[j] != states[0])])),
    row("broken", "no_skip", "a blank between any two labels", by_logarithms(froms=lambda states, j: came_from(states, j, skips=False))),
    row("broken", "last_label", "the last blank is no end", by_logarithms(ends=-1)),
    row("broken", "blanks_are_labels", "a blank among the labels must be met",
        by_logarithms(states=lambda y, blank: [int(blank), *(int(s) for label in y for s in (label, blank))])),
    row("broken", "first_is_blank", "the first class is the blank, whatever is said", lambda x, y, blank: loss(x, y, 0 * blank)),
    row("broken", "flushed", "losses below 1e-6 become 0", flushed(loss, 1e-6)),
)

"""Implementations of linear cross-entropy, right and wrong."""

import math
from fractions import Fraction

import numpy as np

from lossref.mutants.record import of


def rational(x):
    return [rational(y) for y in x] if np.ndim(x) else Fraction(float(x))


def rounded(x):
    """The nearest float, number by number."""
    if isinstance(x, list):
        return [rounded(y) for y in x]
    return float(x) if abs(x) < Fraction(2) ** 1023 else math.copysign(math.inf, x)


def gaps(x, w, b, y):
    """For each row its scores less its target's, exact until they are rounded."""
    def score(row, of, c):
        return sum(p * q for p, q in zip(row, of, strict=True)) + c

    own = [score(row, w[k], b[k]) for row, k in zip(x, y, strict=True)]
    return [[rounded(score(row, of, c) - mine) for of, c in zip(w, b, strict=True)] for row, mine in zip(x, own, strict=True)]


def tails(row):
    """The leader's place, and the exponentials of the others relative to it."""
    top = row.index(max(row))
    return top, [0.0 if k == top else math.exp(z - row[top]) for k, z in enumerate(row)]


def exact_value(x, w, b, y):
    rows = gaps(x, w, b, y)
    return rounded(sum(rational(max(row) + math.log1p(sum(tails(row)[1]))) for row in rows) / len(rows)) if finite(rows) else math.inf


def finite(rows):
    return all(max(row) < math.inf for row in rows)


def slopes_of(row, k):
    """p less 1 at the target, as rational numbers: a share next to 1 is 1 less the others'."""
    top, powers = tails(row)
    rest = sum(powers)
    shares = [rational(z / (1 + rest)) for z in powers]
    shares[top] = 1 - rational(rest / (1 + rest)) if rest < 1 else rational(1 / (1 + rest))
    return [share - (j == k) for j, share in enumerate(shares)]


def exact_slopes(x, w, b, y):
    slopes = [slopes_of(row, k) for row, k in zip(gaps(x, w, b, y), y, strict=True)]
    features, classes = range(len(x[0])), range(len(b))
    of_hidden = [[sum(row[j] * w[j][d] for j in classes) / len(x) for d in features] for row in slopes]
    of_weight = [[sum(row[j] * z[d] for row, z in zip(slopes, x, strict=True)) / len(x) for d in features] for j in classes]
    return rounded(of_hidden), rounded(of_weight), rounded([sum(row[j] for row in slopes) / len(x) for j in classes])


def each(of_one):
    """What a function of one batch gives, batch by batch."""

    def of_all(hidden, weight, bias, target):
        batches = zip(hidden, weight, bias, target, strict=True)
        return [of_one(*map(rational, (x, w, b)), [int(k) for k in y]) for x, w, b, y in batches]

    return of_all


def right_value(hidden, weight, bias, target):
    return np.array(each(exact_value)(hidden, weight, bias, target), hidden.dtype)


def right_gradient(hidden, weight, bias, target):
    return tuple(np.array(part, hidden.dtype) for part in zip(*each(exact_slopes)(hidden, weight, bias, target), strict=True))


def scores_of(hidden, weight, bias):
    return hidden @ np.swapaxes(weight, 1, 2) + bias[:, None, :]


def costs(z, target):
    """Log-sum-exp less the target's score, row by row."""
    top = z.max(axis=-1)
    return top + np.log(np.exp(z - top[..., None]).sum(axis=-1)) - np.take_along_axis(z, target[..., None], axis=-1)[..., 0]


def slopes_in_scores(z, target):
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True) - (np.arange(z.shape[-1]) == target[..., None])) / z.shape[1]


def through_scores(hidden, weight, slopes):
    return slopes @ weight, np.swapaxes(slopes, 1, 2) @ hidden, slopes.sum(axis=1)


def printed_value(hidden, weight, bias, target):
    return costs(scores_of(hidden, weight, bias), target).mean(axis=-1)


def printed_gradient(hidden, weight, bias, target):
    return through_scores(hidden, weight, slopes_in_scores(scores_of(hidden, weight, bias), target))


def filtered_gradient(hidden, weight, bias, target):
    slopes = slopes_in_scores(scores_of(hidden, weight, bias), target)
    return through_scores(hidden, weight, np.where(np.abs(slopes) < 2.0**-12, 0, slopes).astype(hidden.dtype))


def in_float32(hidden, weight, bias, target):
    z = scores_of(*(x.astype(np.float16 if hidden.dtype == np.float32 else np.float32) for x in (hidden, weight, bias)))
    return costs(z.astype(hidden.dtype), target).mean(axis=-1)


def without_bias(hidden, weight, bias, target):
    return printed_value(hidden, weight, 0 * bias, target)


def bias_left_out(hidden, weight, bias, target):
    return printed_gradient(hidden, weight, 0 * bias, target)


row = of("linear_cross_entropy")
MUTANTS = (
    row("right", "rational", "scores and sums of rational numbers, rounded before exp and at the end", right_value, right_gradient, True),
    row("framework", "printed", "log-sum-exp less the target's score, p - 1: what is small is lost next to what is large",
        printed_value, printed_gradient, True),
    row("textbook", "sum", "summed over the rows, not averaged",
        lambda x, w, b, y: printed_value(x, w, b, y) * x.shape[1],
        lambda x, w, b, y: tuple(slope * x.shape[1] for slope in printed_gradient(x, w, b, y)), True),
    row("textbook", "without_bias", "the bias is forgotten", without_bias, bias_left_out),
    row("broken", "short_scores", "scores are accumulated in half the width", in_float32),
    row("broken", "filtered", "slopes in scores below 2^-12 are dropped, as cut cross-entropy does by default",
        gradient=filtered_gradient),
    row("broken", "last_row_alone", "the slope in the weights is the last row's, not the sum over the rows",
        gradient=lambda x, w, b, y: (
            printed_gradient(x, w, b, y)[0],
            np.swapaxes(slopes_in_scores(scores_of(x, w, b), y)[:, -1:], 1, 2) @ x[:, -1:],
            printed_gradient(x, w, b, y)[2])),
)

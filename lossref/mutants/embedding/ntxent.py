"""Implementations of NT-Xent, right and wrong."""

from decimal import Decimal, localcontext

import numpy as np

from lossref.mutants.formulas import length
from lossref.mutants.record import of

DIGITS = 350  # a loss as small as float64 has is 1 less a share next to 1


def exactly(of_one):
    """What a function of one example's rows and parameters gives, computed in 350 decimal digits rounded once."""

    def of_all(first, second, temperature, at_zero):
        with localcontext(prec=DIGITS):
            return [
                of_one([[Decimal(float(z)) for z in x] for x in (*a, *b)], Decimal(float(temperature)), Decimal(float(at_zero)))
                for a, b in zip(first, second, strict=True)
            ]

    return of_all


def decimal_shares(x, temperature, at_zero):
    """Directions, lengths, cosines, and every softmax over all others, by the printed formula."""
    lengths = [sum(z * z for z in row).sqrt() for row in x]
    u = [[z / (length or 1) for z in row] for row, length in zip(x, lengths, strict=True)]
    every = range(len(x))
    c = [[sum(y * z for y, z in zip(u[i], u[k], strict=True)) if lengths[i] and lengths[k] else at_zero for k in every] for i in every]
    shares = [[((c[i][k] - max(c[i])) / temperature).exp() if i != k else Decimal(0) for k in every] for i in every]
    return u, lengths, c, [[share / sum(row) for share in row] for row in shares]


def decimal_value(x, temperature, at_zero):
    *_, shares = decimal_shares(x, temperature, at_zero)
    return float(-sum(row[i - len(x) // 2].ln() for i, row in enumerate(shares)) / len(x))


def decimal_slopes(x, temperature, at_zero):
    u, lengths, c, shares = decimal_shares(x, temperature, at_zero)
    count = len(x)
    slopes = []
    for i in range(count):
        total = [Decimal(0)] * len(x[i])
        for k in range(count):
            if i != k and lengths[i] and lengths[k]:
                weight = shares[i][k] + shares[k][i] - (2 if (i - k) % (count // 2) == 0 else 0)
                total = [t + weight * (b - c[i][k] * a) for t, a, b in zip(total, u[i], u[k], strict=True)]
        slopes.append([float(t / (lengths[i] or 1) / temperature / count) for t in total])
    return slopes


def right_value(first, second, temperature, at_zero):
    return np.array(exactly(decimal_value)(first, second, temperature, at_zero), first.dtype)


def right_gradient(first, second, temperature, at_zero):
    slopes = np.array(exactly(decimal_slopes)(first, second, temperature, at_zero), first.dtype)
    return slopes[:, : first.shape[1]], slopes[:, first.shape[1] :]


def directions(first, second):
    """All vectors, their lengths (1 for a vector of zeros) and themselves divided by them."""
    x = np.concatenate([first, second], axis=1)
    lengths = length(x)
    return x, np.where(lengths == 0, 1, lengths), x / np.where(lengths == 0, 1, lengths)


def among_others(n):
    return ~np.eye(2 * n, dtype=bool)


def among_all(n):
    return np.ones((2 * n, 2 * n), bool)


def among_the_other_view(n):
    return np.arange(2 * n)[:, None] // n != np.arange(2 * n) // n


def among_negatives(n):
    return (np.arange(2 * n)[:, None] - np.arange(2 * n)) % n != 0


def other_view(n):
    return np.roll(np.eye(2 * n, dtype=bool), n, axis=1)


def cosines_of(first, second, at_zero):
    x, _, u = directions(first, second)
    zero = (x == 0).all(axis=-1)
    c = np.where(zero[:, :, None] | zero[:, None, :], at_zero, u @ np.swapaxes(u, 1, 2))
    return c.astype(x.dtype)


def costs(z, among):
    """-log of the other view's share in each softmax, as log-sum-exp less the logit."""
    n = z.shape[-1] // 2
    z_among = np.where(among(n), z, -np.inf)
    top = z_among.max(axis=-1)
    return top + np.log(np.exp(z_among - top[..., None]).sum(axis=-1)) - np.where(other_view(n), z, 0).sum(axis=-1)


def slopes_in_logits(z, among):
    n = z.shape[-1] // 2
    z_among = np.where(among(n), z, -np.inf)
    powers = np.exp(z_among - z_among.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) - other_view(n)


def through_cosines(first, second, at_zero, slopes):
    """From the slopes in the logits' cosines to those in the vectors."""
    x, lengths, u = directions(first, second)
    both = slopes + np.swapaxes(slopes, 1, 2)
    zero = (x == 0).all(axis=-1)
    both = np.where(zero[:, :, None] | zero[:, None, :], 0, both)
    c = cosines_of(first, second, at_zero)
    return halves((both @ u - (both * c).sum(axis=-1, keepdims=True) * u) / lengths)


def halves(slopes):
    n = slopes.shape[1] // 2
    return slopes[:, :n], slopes[:, n:]


def value_among(among):
    return lambda a, b, T, at_zero: costs(cosines_of(a, b, at_zero) / T, among).mean(axis=-1)


def gradient_among(among):
    return lambda a, b, T, at_zero: through_cosines(
        a, b, at_zero, slopes_in_logits(cosines_of(a, b, at_zero) / T, among) / T / (2 * a.shape[1]))


printed_value, printed_gradient = value_among(among_others), gradient_among(among_others)


def unnormalised_value(first, second, temperature, at_zero):
    x = np.concatenate([first, second], axis=1)
    return costs(x @ np.swapaxes(x, 1, 2) / temperature, among_others).mean(axis=-1)


def unnormalised_gradient(first, second, temperature, at_zero):
    x = np.concatenate([first, second], axis=1)
    slopes = slopes_in_logits(x @ np.swapaxes(x, 1, 2) / temperature, among_others) / temperature / x.shape[1]
    return halves((slopes + np.swapaxes(slopes, 1, 2)) @ x)


def one_sided_value(first, second, temperature, at_zero):
    return costs(cosines_of(first, second, at_zero) / temperature, among_others)[:, : first.shape[1]].mean(axis=-1)


def one_sided_gradient(first, second, temperature, at_zero):
    n = first.shape[1]
    slopes = slopes_in_logits(cosines_of(first, second, at_zero) / temperature, among_others) / temperature / n
    return through_cosines(first, second, at_zero, np.where(np.arange(2 * n)[:, None] < n, slopes, 0))


def share_value(first, second, temperature, at_zero):
    powers = np.exp(cosines_of(first, second, at_zero) / temperature) * among_others(first.shape[1])
    shares = (powers * other_view(first.shape[1])).sum(axis=-1) / powers.sum(axis=-1)
    return -np.log(shares).mean(axis=-1)


def eps_value(first, second, temperature, at_zero):
    x = np.concatenate([first, second], axis=1)
    u = x / np.sqrt((x * x).sum(axis=-1, keepdims=True) + 1e-6)
    return costs(u @ np.swapaxes(u, 1, 2) / temperature, among_others).mean(axis=-1)


def unprojected_gradient(first, second, temperature, at_zero):
    _, lengths, u = directions(first, second)
    slopes = slopes_in_logits(cosines_of(first, second, at_zero) / temperature, among_others) / temperature / u.shape[1]
    return halves((slopes + np.swapaxes(slopes, 1, 2)) @ u / lengths)


def anchors_alone_gradient(first, second, temperature, at_zero):
    x, lengths, u = directions(first, second)
    c = cosines_of(first, second, at_zero)
    slopes = slopes_in_logits(c / temperature, among_others) / temperature / x.shape[1]
    return halves((slopes @ u - (slopes * c).sum(axis=-1, keepdims=True) * u) / lengths)


row = of("ntxent")
MUTANTS = (
    row("right", "decimal_value", "-log of each share as printed, in 350 decimal digits", right_value),
    row("right", "decimal_gradient", "the derivative as printed, in 350 decimal digits", gradient=right_gradient, passes_gradcheck=True),
    row("framework", "printed", "normalised, multiplied, masked and given to a cross-entropy: tails below the logits' rounding are lost",
        printed_value, printed_gradient, True),
    row("textbook", "itself", "the softmax runs over the vector itself, too: the diagonal is not masked",
        value_among(among_all), gradient_among(among_all), True),
    row("textbook", "other_view", "the softmax runs over the other view alone, as in CLIP",
        value_among(among_the_other_view), gradient_among(among_the_other_view), True),
    row("textbook", "negatives", "the other view is missing from the denominator, as in decoupled contrastive learning",
        value_among(among_negatives), gradient_among(among_negatives), True),
    row("textbook", "one_sided", "the mean is over the first view alone", one_sided_value, one_sided_gradient, True),
    row("textbook", "unnormalised", "dot products: the vectors are taken to be normalised", unnormalised_value, unnormalised_gradient,
        True),
    row("textbook", "multiplied", "times the temperature", lambda a, b, T, at_zero: printed_value(a, b, 1 / T, at_zero),
        lambda a, b, T, at_zero: printed_gradient(a, b, 1 / T, at_zero), True),
    row("textbook", "log_of_share", "exp of c / T without a shift, and log of a share that has rounded to 0 or 1", share_value),
    row("textbook", "eps_under_root", "1e-6 beside each squared length", eps_value),
    row("textbook", "unprojected", "lengths are taken for constants", gradient=unprojected_gradient),
    row("broken", "anchors_alone", "each softmax pulls at its own vector, and not at the others", gradient=anchors_alone_gradient),
    row("broken", "doubled", "the sum over both views, divided by the number of pairs",
        lambda a, b, T, at_zero: 2 * printed_value(a, b, T, at_zero),
        lambda a, b, T, at_zero: tuple(2 * slope for slope in printed_gradient(a, b, T, at_zero)), True),
)

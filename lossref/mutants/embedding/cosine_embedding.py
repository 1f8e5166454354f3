"""Implementations of cosine embedding, right and wrong."""

import numpy as np

from lossref.mutants.formulas import cosine_of, length
from lossref.mutants.record import of


def excess(c, short, margin):
    # c - m from whichever of c and 1 - |c| is small.
    return np.where(c > 0.5, (1 - margin) - short, np.where(c < -0.5, short - (1 + margin), c - margin))


def right_value(first, second, target, margin, at_zero):
    c, short, _, _ = cosine_of(first, second, at_zero)
    return np.where(target == 1, np.where(c > 0.5, short, 1 - c), np.maximum(excess(c, short, margin), 0))


def right_gradient(first, second, target, margin, at_zero):
    c, short, in_first, in_second = cosine_of(first, second, at_zero)
    pull = np.where(target == 1, -1, np.where(excess(c, short, margin) > 0, 1, 0))[..., None]
    return np.where(pull == 0, 0, pull * in_first), np.where(pull == 0, 0, pull * in_second)


def printed_cosine(a, b, at_zero):
    size = length(a) * length(b)
    return np.where(size[..., 0] == 0, at_zero, (a * b).sum(axis=-1) / np.where(size == 0, 1, size)[..., 0])


def printed_value(first, second, target, margin, at_zero):
    c = printed_cosine(first, second, at_zero)
    return np.where(target == 1, 1 - c, np.maximum(c - margin, 0))


def printed_slopes(a, b, c):
    na, nb = (np.where(length(x) == 0, 1, length(x)) for x in (a, b))
    zero = (length(a) == 0) | (length(b) == 0)
    return tuple(np.where(zero, 0, (y / ny - c[..., None] * x / nx) / nx) for x, nx, y, ny in ((a, na, b, nb), (b, nb, a, na)))


def printed_gradient(first, second, target, margin, at_zero):
    c = printed_cosine(first, second, at_zero)
    pull = np.where(target == 1, -1, np.where(c > margin, 1, 0))[..., None]
    return tuple(np.where(pull == 0, 0, pull * slope) for slope in printed_slopes(first, second, c))


def torch_eps_value(first, second, target, margin, at_zero):
    c = (first * second).sum(axis=-1) / np.sqrt(((first * first).sum(axis=-1) + 1e-12) * ((second * second).sum(axis=-1) + 1e-12))
    return np.where(target == 1, 1 - c, np.maximum(c - margin, 0))


def unnormalised_value(first, second, target, margin, at_zero):
    c = (first * second).sum(axis=-1)
    return np.where(target == 1, 1 - c, np.maximum(c - margin, 0))


def unnormalised_gradient(first, second, target, margin, at_zero):
    c = (first * second).sum(axis=-1)
    pull = np.where(target == 1, -1, np.where(c > margin, 1, 0))[..., None]
    return pull * second, pull * first


def no_hinge_value(first, second, target, margin, at_zero):
    c, short, _, _ = cosine_of(first, second, at_zero)
    return np.where(target == 1, np.where(c > 0.5, short, 1 - c), 1 + c)


def no_hinge_gradient(first, second, target, margin, at_zero):
    _, _, in_first, in_second = cosine_of(first, second, at_zero)
    return -target[..., None] * in_first, -target[..., None] * in_second


def unprojected_gradient(first, second, target, margin, at_zero):
    c, short, _, _ = cosine_of(first, second, at_zero)
    pull = np.where(target == 1, -1, np.where(excess(c, short, margin) > 0, 1, 0))[..., None]
    size = np.where(length(first) * length(second) == 0, 1, length(first) * length(second))
    return pull * second / size, pull * first / size


def margin_added_value(first, second, target, margin, at_zero):
    return right_value(first, second, target, -margin, at_zero)


def margin_added_gradient(first, second, target, margin, at_zero):
    return right_gradient(first, second, target, -margin, at_zero)


def nan_at_zero_value(first, second, target, margin, at_zero):
    c = (first * second).sum(axis=-1) / (length(first) * length(second))[..., 0]
    return np.where(target == 1, 1 - c, np.maximum(c - margin, 0))


row = of("cosine_embedding")
MUTANTS = (
    row("right", "pairs", "1 - c from the sine, by Lagrange's identity over all pairs of entries", right_value, right_gradient, True),
    row("framework", "printed", "1 - c with c as printed: 0 below an angle of 1e-8", printed_value, printed_gradient, True),
    row("textbook", "torch_eps", "1e-12 beside each squared length, as in torch: vectors shorter than 1e-6 turn to a right angle",
        torch_eps_value),
    row("textbook", "unnormalised", "a dot product: the vectors are taken to be normalised", unnormalised_value, unnormalised_gradient,
        True),
    row("textbook", "no_hinge", "1 - y c for both labels: the hinge and its margin are forgotten", no_hinge_value, no_hinge_gradient,
        True),
    row("textbook", "unprojected", "the direction of the other vector, whole: the lengths are taken for constants",
        gradient=unprojected_gradient),
    row("textbook", "nan_at_zero", "0 / 0 for a vector of zeros", nan_at_zero_value),
    row("broken", "margin_added", "c + m, as in a triplet", margin_added_value, margin_added_gradient, True),
)

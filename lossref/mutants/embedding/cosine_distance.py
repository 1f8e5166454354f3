"""Implementations of cosine_distance, right and wrong."""

import numpy as np

from lossref.mutants.embedding.cosine_embedding import printed_cosine, printed_slopes
from lossref.mutants.formulas import cosine_of, length
from lossref.mutants.record import of


def right_value(a, b, at_zero):
    c, short, _, _ = cosine_of(a, b, at_zero)
    return np.where(c > 0.5, short, 1 - c)


def right_gradient(a, b, at_zero):
    _, _, in_a, in_b = cosine_of(a, b, at_zero)
    return -in_a, -in_b


def printed_gradient(a, b, at_zero):
    return tuple(-slope for slope in printed_slopes(a, b, printed_cosine(a, b, at_zero)))


def bounded_value(a, b, at_zero):
    lengths = np.maximum(length(a), 1e-8) * np.maximum(length(b), 1e-8)
    return 1 - (a * b).sum(axis=-1) / lengths[..., 0]


def unprojected_gradient(a, b, at_zero):
    size = np.where(length(a) * length(b) == 0, 1, length(a) * length(b))
    return -b / size, -a / size


def nan_value(a, b, at_zero):
    return 1 - (a * b).sum(axis=-1) / (length(a) * length(b))[..., 0]


row = of("cosine_distance")
MUTANTS = (
    row("right", "pairs", "1 - c from the sine, by Lagrange's identity over all pairs of entries", right_value, right_gradient, True),
    row("framework", "printed", "1 - c with c as printed: 0 below an angle of 1e-8",
        lambda a, b, z: 1 - printed_cosine(a, b, z), printed_gradient, True),
    row("textbook", "bounded", "lengths of at least 1e-8, as in torch: shorter vectors turn to a right angle", bounded_value),
    row("textbook", "similarity", "-c, without the 1 before it, as in Keras",
        lambda a, b, z: -printed_cosine(a, b, z), right_gradient, True),
    row("textbook", "unnormalised", "1 less a dot product: the vectors are taken to be normalised",
        lambda a, b, z: 1 - (a * b).sum(axis=-1), lambda a, b, z: (-b, -a), True),
    row("textbook", "unprojected", "the direction of the other vector, whole: the lengths are taken for constants",
        gradient=unprojected_gradient),
    row("textbook", "nan_at_zero", "0 / 0 for a vector of zeros", nan_value),
    row("broken", "angle", "the angle, over pi / 2", lambda a, b, z: np.arccos(np.clip(printed_cosine(a, b, z), -1, 1)) / (np.pi / 2)),
    row("broken", "one_slope", "the second vector is taken for a constant",
        gradient=lambda a, b, z: (right_gradient(a, b, z)[0], 0 * b)),
)

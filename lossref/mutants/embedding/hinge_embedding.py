"""Implementations of hinge_embedding, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, softplus
from lossref.mutants.record import of


def hinge_embedding(x, y, m):
    return np.where(y == 1, x, np.maximum(0, m - x))


def slope(x, y, m):
    return np.where(y == 1, 1, -(x < m).astype(x.dtype)).astype(x.dtype)


row = of("hinge_embedding")
MUTANTS = (
    row("right", "two_terms", "one term a label, of which the other is 0",
        lambda x, y, m: np.where(y == 1, x, 0) + np.where(y == -1, np.where(x < m, m - x, 0), 0), slope, True),
    row("right", "clamped", "the slope of a clamp at its corner, -1", hinge_embedding,
        lambda x, y, m: np.where(y == 1, 1, -(x <= m).astype(x.dtype)).astype(x.dtype), True),
    row("textbook", "hinge", "the hinge of a score: max(0, m - y x)",
        lambda x, y, m: np.maximum(0, m - y * x), lambda x, y, m: np.where(y * x < m, -y, 0), True),
    row("textbook", "contrastive", "both sides squared",
        lambda x, y, m: np.where(y == 1, x * x, np.maximum(0, m - x) ** 2),
        lambda x, y, m: np.where(y == 1, 2 * x, -2 * np.maximum(0, m - x)), True),
    row("textbook", "labels_swapped", "the label -1 is taken for what belongs together",
        lambda x, y, m: hinge_embedding(x, -y, m), lambda x, y, m: slope(x, -y, m), True),
    row("textbook", "labels_0_1", "whatever is not 0 belongs together: labels of 0 and 1 are meant",
        lambda x, y, m: np.where(y != 0, x, np.maximum(0, m - x)), lambda x, y, m: np.ones_like(x), True),
    row("textbook", "margin_of_1", "a margin of 1, whatever is asked",
        lambda x, y, m: hinge_embedding(x, y, 1), lambda x, y, m: slope(x, y, 1), True),
    row("textbook", "clipped_below", "x is clipped at 0, as if it had to be a distance",
        lambda x, y, m: hinge_embedding(np.maximum(x, 0), y, m), lambda x, y, m: np.where(x > 0, slope(x, y, m), 0), True),
    row("textbook", "smooth", "softplus(m - x) in place of the corner", lambda x, y, m: np.where(y == 1, x, softplus(m - x))),
    row("textbook", "halved", "half of each side", lambda x, y, m: hinge_embedding(x, y, m) / 2, lambda x, y, m: slope(x, y, m) / 2, True),
    row("broken", "never_flat", "the gradient goes on beyond the margin", gradient=lambda x, y, m: y),
    row("broken", "flushed", "losses below 1e-4 become 0", lambda x, y, m: flushed(hinge_embedding, 1e-4)(x, y, m)),
)

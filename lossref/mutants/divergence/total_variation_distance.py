"""Implementations of total variation distance, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def distance(q, t):
    return np.abs(q - t).sum(axis=1) / 2


def slope(q, t):
    return np.sign(q - t) / 2


def sorted_distance(q, t):
    return np.sort(np.abs(t - q), axis=1).sum(axis=1) / 2


row = of("total_variation_distance")
MUTANTS = (
    row("right", "half", "half the sum of the absolute differences", distance, slope, True),
    row("right", "sorted", "in ascending order, from the target's side", sorted_distance,
        lambda q, t: np.where(q > t, 0.5, np.where(q < t, -0.5, 0)).astype(q.dtype), True),
    row("textbook", "norm", "the 1-norm: the half is forgotten", lambda q, t: 2 * distance(q, t), lambda q, t: 2 * slope(q, t), True),
    row("textbook", "largest", "the largest difference of an entry, not of an event", lambda q, t: np.abs(q - t).max(axis=1)),
    row("textbook", "excess", "the sum of what is more: the same value for distributions, another gradient",
        gradient=lambda q, t: np.where(q > t, 1, 0).astype(q.dtype)),
    row("textbook", "mean", "the mean over the classes",
        lambda q, t: np.abs(q - t).mean(axis=1), lambda q, t: np.sign(q - t) / q.shape[1], True),
    row("textbook", "euclidean", "half the distance in the 2-norm", lambda q, t: np.sqrt(((q - t) ** 2).sum(axis=1)) / 2),
    row("textbook", "smoothed", "the root of the square and 1e-12", lambda q, t: np.sqrt((q - t) ** 2 + 1e-12).sum(axis=1) / 2,
        lambda q, t: (q - t) / np.sqrt((q - t) ** 2 + 1e-12) / 2, True),
    row("textbook", "kl_slope", "the divergence's slope", gradient=lambda q, t: np.where(t == 0, 0, -t / q)),
    row("broken", "turned", "the slope's sign is wrong", gradient=lambda q, t: -slope(q, t)),
    row("broken", "flushed", "distances below 1e-12 become 0, and slopes of such differences",
        flushed(distance, 1e-12), lambda q, t: np.where(np.abs(q - t) < 1e-12, 0, slope(q, t)), True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(distance, 0.6), sloppy(slope, 0.6), True),
)

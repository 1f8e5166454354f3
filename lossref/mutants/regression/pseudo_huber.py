"""Implementations of pseudo_huber, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def by_hypot(f, y, d):
    r = np.abs(f - y)
    size = np.hypot(r, d)
    return np.where(r > d, d * (r * (r / (d + size))), r * (r * (d / (d + size))))


def slope(f, y, d):
    size = np.hypot(f - y, d)
    return np.where(np.abs(f - y) > d, d * ((f - y) / size), (f - y) * (d / size))


def ratio(f, y, d):
    return (f - y) / d


row = of("pseudo_huber")
MUTANTS = (
    row("right", "hypot", "r^2 / (1 + sqrt(1 + (r / delta)^2)), with sqrt(r^2 + delta^2) by hypot", by_hypot, slope, True),
    row("right", "half_angle", "delta^2 (cosh t - 1) = 2 delta^2 sinh(t / 2)^2 for r = delta sinh t, and slope delta tanh t",
        lambda f, y, d: np.where(np.abs(ratio(f, y, d)) < 1, 2 * (d * np.sinh(np.arcsinh(ratio(f, y, d)) / 2)) ** 2, by_hypot(f, y, d)),
        lambda f, y, d: np.where(np.abs(ratio(f, y, d)) < 1, d * np.tanh(np.arcsinh(ratio(f, y, d))), slope(f, y, d)), True),
    row("textbook", "naive", "as printed: the root cancels near 0 and overflows far off",
        lambda f, y, d: d**2 * (np.sqrt(1 + ratio(f, y, d) ** 2) - 1),
        lambda f, y, d: (f - y) / np.sqrt(1 + ratio(f, y, d) ** 2), True),
    row("textbook", "huber", "the Huber loss, which turns into a line at once",
        lambda f, y, d: np.minimum(np.abs(f - y), d) * (np.abs(f - y) - np.minimum(np.abs(f - y), d) / 2),
        lambda f, y, d: np.clip(f - y, -d, d), True),
    row("textbook", "charbonnier", "sqrt(r^2 + delta^2): its least value is delta",
        lambda f, y, d: np.hypot(f - y, d), lambda f, y, d: (f - y) / np.hypot(f - y, d), True),
    row("textbook", "not_scaled", "delta for delta^2 before the bracket: the same only for delta = 1",
        lambda f, y, d: by_hypot(f, y, d) / d, lambda f, y, d: slope(f, y, d) / d, True),
    row("textbook", "doubled", "r^2 near 0, not half of it",
        lambda f, y, d: 2 * by_hypot(f, y, d), lambda f, y, d: 2 * slope(f, y, d), True),
    row("textbook", "epsilon", "1e-12 added inside the root", lambda f, y, d: d**2 * (np.sqrt(1 + ratio(f, y, d) ** 2 + 1e-12) - 1)),
    row("broken", "ignores_delta", "delta is always 1", lambda f, y, d: by_hypot(f, y, 1), lambda f, y, d: slope(f, y, 1), True),
    row("broken", "unclipped", "the slope of the square everywhere", gradient=lambda f, y, d: f - y),
    row("broken", "flushed", "slopes below 1e-8 become 0", gradient=flushed(slope, 1e-8), passes_gradcheck=True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(by_hypot, 0.6), sloppy(slope, 0.6), True),
)

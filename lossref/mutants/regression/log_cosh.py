"""Implementations of log_cosh, right and wrong."""

import numpy as np

from lossref.mutants.formulas import below, flushed, sloppy
from lossref.mutants.record import of

LOG_2 = np.log(2)


def by_sinh(f, y):
    r = np.abs(f - y)
    return np.where(r < 2, np.log1p(np.sinh(np.minimum(r, 2)) ** 2) / 2, r + np.log1p(np.exp(-2 * r)) - LOG_2)


def by_half(f, y):
    r = np.abs(f - y)
    return np.where(r < 2, np.log1p(2 * np.sinh(np.minimum(r, 2) / 2) ** 2), (r - LOG_2) + np.log1p(np.exp(-2 * r)))


def slope(f, y):
    return np.tanh(f - y)


row = of("log_cosh")
MUTANTS = (
    row("right", "sinh", "log1p(sinh^2) / 2 near 0, where cosh^2 - 1 is sinh^2", by_sinh,
        lambda f, y: np.expm1(2 * np.minimum(f - y, 20)) / (np.expm1(2 * np.minimum(f - y, 20)) + 2), True),
    row("right", "half_angle", "log1p(2 sinh(r / 2)^2) near 0, and for the slope -expm1(-2 |r|) / (1 + exp(-2 |r|))", by_half,
        lambda f, y: np.copysign(-np.expm1(-2 * np.abs(f - y)) / (1 + np.exp(-2 * np.abs(f - y))), f - y), True),
    row("framework", "softplus", "r + softplus(-2r) - log 2: cancels near 0",
        lambda f, y: np.abs(f - y) + np.log1p(np.exp(-2 * np.abs(f - y))) - LOG_2, slope, True),
    row("textbook", "naive", "log(cosh r): cosh overflows, and rounds to 1 near 0",
        lambda f, y: np.log(np.cosh(f - y)), slope, True),
    row("textbook", "naive_slope", "sinh r / cosh r is inf / inf",
        gradient=lambda f, y: np.sinh(f - y) / np.cosh(f - y), passes_gradcheck=True),
    row("textbook", "no_log_2", "|r| + log1p(exp(-2 |r|)): the constant forgotten",
        lambda f, y: np.abs(f - y) + np.log1p(np.exp(-2 * np.abs(f - y))), slope, True),
    row("textbook", "half_square", "half the squared error, which it is near 0 only",
        lambda f, y: (f - y) ** 2 / 2, lambda f, y: f - y, True),
    row("textbook", "epsilon", "1e-12 added before the logarithm", lambda f, y: np.log(np.cosh(np.minimum(np.abs(f - y), 80)) + 1e-12)),
    row("broken", "swapped", "the slope in the target", gradient=lambda f, y: np.tanh(y - f)),
    row("broken", "capped", "residuals above 20 cost what 20 does",
        lambda f, y: by_half(np.clip(f - y, -20, 20), 0), lambda f, y: np.where(np.abs(f - y) > 20, 0, slope(f, y)), True),
    row("broken", "series_too_far", "r^2 / 2 up to 0.01, where the next term counts",
        lambda f, y: np.where(np.abs(f - y) < 0.01, (f - y) ** 2 / 2, by_half(f, y)), slope, True),
    row("broken", "flushed", "slopes below 1e-8 become 0", gradient=flushed(slope, 1e-8), passes_gradcheck=True),
    row("broken", "tiny_halved", "losses below 1e-12 are halved", below(by_half, 1e-12, 0.5)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(by_half, 0.6), sloppy(slope, 0.6), True),
)

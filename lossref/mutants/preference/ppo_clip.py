"""Implementations of ppo_clip, right and wrong."""

import numpy as np

from lossref.mutants.formulas import sloppy
from lossref.mutants.record import of


def clipped(p, a, low, high):
    return np.where(a > 0, np.minimum(p, 1 + high), np.maximum(p, 1 - low))


def loss(x, x0, a, low, high):
    return -a * clipped(np.exp(x - x0), a, low, high)


def slope(x, x0, a, low, high):
    p = np.exp(x - x0)
    return np.where(np.where(a > 0, p < 1 + high, p > 1 - low), -a * p, 0)


def minimum(x, x0, a, low, high):
    p = np.exp(x - x0)
    return -np.minimum(p * a, np.clip(p, 1 - low, 1 + high) * a)


def clip_slope(x, x0, a, low, high):
    p = np.exp(x - x0)
    return np.where((p > 1 - low) & (p < 1 + high), -a * p, 0)


row = of("ppo_clip")
MUTANTS = (
    row("right", "cases", "one end for each sign of the advantage", loss, slope, True),
    row("right", "minimum", "the smaller of both products, as printed", minimum, slope, True),
    row("textbook", "clip_alone", "the ratio is clipped, and no minimum is taken: nothing pulls back what went too far",
        lambda x, x0, a, low, high: -np.clip(np.exp(x - x0), 1 - low, 1 + high) * a, clip_slope, True),
    row("textbook", "slope_of_clip", "the slope of the clipped ratio alone", gradient=clip_slope),
    row("textbook", "unclipped", "the ratio times the advantage: no end", lambda x, x0, a, low, high: -np.exp(x - x0) * a,
        lambda x, x0, a, low, high: -np.exp(x - x0) * a, True),
    row("textbook", "maximum", "the larger of both products",
        lambda x, x0, a, low, high: -np.maximum((p := np.exp(x - x0)) * a, np.clip(p, 1 - low, 1 + high) * a)),
    row("textbook", "policy_gradient", "the advantage times the log-probability", lambda x, x0, a, low, high: -a * x,
        lambda x, x0, a, low, high: -a + 0 * x, True),
    row("textbook", "one_epsilon", "the lower end's distance for both", lambda x, x0, a, low, high: loss(x, x0, a, low, low),
        lambda x, x0, a, low, high: slope(x, x0, a, low, low), True),
    row("textbook", "ends_of_logarithm", "the logarithm of the ratio is clipped, not the ratio",
        lambda x, x0, a, low, high: -a * np.where(a > 0, np.exp(np.minimum(x - x0, high)), np.exp(np.maximum(x - x0, -low))),
        lambda x, x0, a, low, high: np.where(np.where(a > 0, x - x0 < high, x - x0 > -low), -a * np.exp(x - x0), 0), True),
    row("textbook", "first_order", "1 + log p for p", lambda x, x0, a, low, high: -a * clipped(1 + (x - x0), a, low, high)),
    row("textbook", "detached", "the slope of the advantage times the log-probability, wherever it is not clipped",
        gradient=lambda x, x0, a, low, high: np.where(slope(x, x0, a, low, high) != 0, -a, 0)),
    row("broken", "reward", "the surrogate itself, which is to be large",
        lambda *given: -loss(*given), lambda *given: -slope(*given), True),
    row("broken", "turned", "the ratio is turned over", lambda x, x0, a, low, high: loss(x0, x, a, low, high),
        lambda x, x0, a, low, high: -slope(x0, x, a, low, high), True),
    row("broken", "ratio_capped", "ratios above 1000 are cut",
        lambda x, x0, a, low, high: -a * clipped(np.minimum(np.exp(x - x0), 1000), a, low, high)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(loss, 0.6), sloppy(slope, 0.6), True),
)

"""Implementations of loglin_quantile, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, narrow, sloppy, wide, within
from lossref.mutants.record import of


def pinball(r, tau):
    return paid(r, np.where(r > 0, tau, tau - 1)).astype(r.dtype)


def paid(x, share):
    """A share of what may be infinite, of which none at all costs nothing."""
    return np.where((share == 0) & ~np.isnan(x), 0, share * x)


def printed(a, y, tau):
    return pinball(y - np.exp(a), tau)


def slope(a, y, tau):
    r = y - np.exp(a)
    return np.where(np.isnan(r), r, paid(np.exp(a), np.where(r > 0, -tau, np.where(r < 0, 1 - tau, 0)))).astype(a.dtype)


row = of("loglin_quantile")
MUTANTS = (
    row("right", "wide", "as printed, in more digits than the inputs have", wide(printed), wide(slope), True),
    row("textbook", "quantile", "the prediction itself, not its exponential", lambda a, y, tau: pinball(y - a, tau),
        lambda a, y, tau: np.where(y > a, -tau, 1 - tau).astype(a.dtype), True),
    row("textbook", "log_target", "the quantile loss of logarithms", lambda a, y, tau: pinball(np.log(y) - a, tau)),
    row("textbook", "sides_swapped", "tau is what a prediction that is too high costs",
        lambda a, y, tau: printed(a, y, 1 - tau), lambda a, y, tau: slope(a, y, 1 - tau), True),
    row("textbook", "absolute", "both sides cost a half", lambda a, y, tau: printed(a, y, 0.5), lambda a, y, tau: slope(a, y, 0.5), True),
    row("textbook", "in_prediction", "the slope in exp a, not in a", gradient=lambda a, y, tau: np.where(
        y > np.exp(a), -tau, np.where(y < np.exp(a), 1 - tau, 0)).astype(a.dtype)),
    row("textbook", "no_sign", "the slope without its sign", gradient=lambda a, y, tau: np.abs(slope(a, y, tau))),
    row("textbook", "positive_targets", "targets are taken to be at least 0", lambda a, y, tau: printed(a, np.maximum(y, 0), tau)),
    row("broken", "capped", "a is clipped to [-30, 30]", within(printed, 30), within(slope, 30), True),
    row("broken", "narrow", "computed in half the width", narrow(printed), narrow(slope)),
    row("broken", "flushed", "losses below 1e-8 become 0", flushed(printed, 1e-8)),
    row("broken", "sloppy", "9 right digits of 16", sloppy(printed, 0.6), sloppy(slope, 0.6), True),
)

"""Implementations of dft, right and wrong."""

import numpy as np

from lossref.mutants.formulas import flushed, sloppy
from lossref.mutants.record import of


def loss(x, x0):
    half = np.exp(x0 / 2)
    return (half * -x) * half


def slope(x, x0):
    return -np.exp(x0) + 0 * x


row = of("dft")
MUTANTS = (
    row("right", "halves", "the exponential's halves, one on each side", loss, slope, True),
    row("right", "root", "the square of a root",
        lambda x, x0: (np.sqrt(-x) * np.exp(x0 / 2)) ** 2, lambda x, x0: -(np.exp(x0 / 2) ** 2) + 0 * x, True),
    row("framework", "printed", "exp l0 times l, as TRL has it: a weight that is a subnormal number has lost digits",
        lambda x, x0: -np.exp(x0) * x, slope, True),
    row("textbook", "attached", "the slope of l exp l, as a finite difference says",
        gradient=lambda x, x0: -np.exp(x0) * (1 + x)),
    row("textbook", "log_loss", "the weight is forgotten", lambda x, x0: -x, lambda x, x0: -1 + 0 * x, True),
    row("textbook", "focal", "the weight is 1 - p, the focal loss's",
        lambda x, x0: np.expm1(x0) * x, lambda x, x0: np.expm1(x0) + 0 * x, True),
    row("textbook", "of_itself", "the weight is that of l, whatever l0 is", lambda x, x0: loss(x, x), lambda x, x0: slope(x, x)),
    row("textbook", "clipped", "weights are cut at 1e-8 below",
        lambda x, x0: -np.maximum(np.exp(x0), 1e-8) * x, lambda x, x0: -np.maximum(np.exp(x0), 1e-8) + 0 * x, True),
    row("broken", "squared", "the weight is taken twice", lambda x, x0: loss(x, 2 * x0), lambda x, x0: slope(x, 2 * x0), True),
    row("broken", "sign", "what is to be large", lambda x, x0: -loss(x, x0), lambda x, x0: -slope(x, x0), True),
    row("broken", "flushed", "losses below 1e-12 become 0", flushed(loss, 1e-12), flushed(slope, 1e-12), True),
    row("broken", "sloppy", "9 right digits of 16", sloppy(loss, 0.6), sloppy(slope, 0.6), True),
)

"""Poisson negative log-likelihood of a count, from the rate itself.

    L(r, y) = r - y log r,      0 log 0 = 0

rate    r, the expected count, at least 0
target  y, the count, at least 0; it need not be whole
The constant log y! is left out, so the loss may be negative. Nothing is added to the rate (libraries add an eps): events at a rate of
0 cost infinity, and no event costs the rate. The gradient is 1 - y / r. From the logarithm of the rate it is `poisson`.
"""

import numpy as np

from lossref.float64.kernels import as_array, xlogy
from lossref.laws import convex
from lossref.options import NUMBER
from lossref.spaces import NonNegative
from lossref.spec import Hard, Known, Loss


def value(rate, target):
    r, y = np.broadcast_arrays(as_array(rate), as_array(target))
    whole = np.where(np.maximum(r, y) > 2.0**1000, 0.125, 1.0)  # what overflows may leave a finite difference
    return np.where(np.isinf(r), r, (whole * r - xlogy(whole * y, r)) / whole)


def gradient(rate, target):
    # (r - y) / r: one rounding of the difference, where 1 - y / r would have two.
    r, y = np.broadcast_arrays(as_array(rate), as_array(target))
    return np.where((y == 0) | np.isinf(r), 1.0, np.subtract(r, y) / r)


def hessian(rate, target):
    (r, i), (y, k) = np.frexp(rate), np.frexp(target)
    usual = np.isfinite(rate) & np.not_equal(target, 0)
    return np.where(usual, np.ldexp(y / r / r, np.clip(k - 2 * i, -5000, 5000)), 0.0)


def definition(m, rate, target):
    return rate - target * m.log(rate)


LOSS = Loss(
    name="poisson_from_rate",
    arguments={"rate": NonNegative(), "target": NonNegative()},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(convex,),
    hard=(
        Hard("counts", "ordinary", "whole counts beside moderate rates",
             lambda d: {"rate": d.uniform(0.1, 40), "target": float(d.integer(0, 40))}, 12),
        Hard("no_event", "tail", "a count of 0: the loss is the rate, whatever its size; an added eps shows",
             lambda d: {"rate": d.scaled(-100, 100), "target": 0.0}, 16),
        Hard("rare", "tail", "a tiny rate and a count: an eps added to the rate, or a floor under it, shows",
             lambda d: {"rate": d.scaled(-100, -10), "target": float(d.integer(1, 9))}, 16),
        Hard("matched", "cancellation", "the rate next to the count: the slope is a small difference, its sign must be right",
             lambda d: {"target": (y := d.uniform(0.5, 50)), "rate": d.format.step(y, d.integer(-1000, 1000))}, 14),
        Hard("next_to_1", "cancellation", "a rate next to 1: its logarithm is small, not 0",
             lambda d: {"rate": d.number(1 + d.sign() * 2.0 ** -(2 + 2 * d.index)), "target": d.scaled(4, 30)}, 10),
        Hard("crossing_0", "cancellation", "r next to y log r: the loss is a small difference, of either sign",
             lambda d: {"rate": (r := d.uniform(1.5, 15)), "target": d.exactly(lambda m: r / m.log(m.lift(r)))}, 12),
        Hard("no_rate", "tail", "a rate of 0: free without an event, else infinite",
             lambda d: {"rate": 0.0, "target": d.cycle(0.0, 1.0, 2.5, 2.0**-40)}, 4),
    ),
    known=(
        Known({"rate": 1.0, "target": 3.0}, "1", "1 - 3 log 1", "-2"),
        Known({"rate": 2.0, "target": 1.0}, lambda m: 2 - m.log(2), "2 - log 2", "0.5"),
        Known({"rate": 4.0, "target": 0.0}, "4", "no event: the rate", "1"),
        Known({"rate": 0.0, "target": 2.0}, "inf", "events without a rate", "-inf"),
        Known({"rate": np.inf, "target": 1.0}, "inf", "an infinite rate", "1"),
    ),
    source="P. McCullagh and J. A. Nelder, Generalized Linear Models, chapter 6, 1989",
)

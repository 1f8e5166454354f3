"""How many events a rate h = log(1 + exp f) lets expect in an exposure w, x = w h, and how likely one is, in float64 NumPy.

What rounding takes from x is a relative error of exp(-x): so x is in two parts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lossref.float64.doubled import Doubled, doubled, each, either, exponential, joined, minus, over, plus, times
from lossref.float64.kernels import Array, log1mexp, product_in_two, sigmoid, softplus, times_exp

RARE = -650.0  # below, exp f will be subnormal
SMALL = -20.0  # of f; below, two terms of a series in exp f are all
LEAST, TINY, SHORT, MOST = 2.0**-1000, 2.0**-60, 2.0**-20, 1e300  # of x: below TINY 1 - exp(-x) is x, below SHORT three terms are all
LIFT = 300  # of what may be subnormal
HUGE, DROP = 1e280, 64  # of f and w; what is larger is divided by 2**DROP, so that no product of parts overflows
TERMS, HEAD = 24, 5
RECIPROCALS = [over(doubled(1.0), doubled(2.0 * k + 1.0)) for k in range(HEAD + 1)]


class Parts(NamedTuple):
    """f and w; x and what rounding took from it, where that changes a tail; s = 1 / (1 + exp(-f)); s / h; and s / h - (1 - s), above 0."""

    rate: Array
    exposure: Array
    x: Array
    low: Array
    s: Array
    share: Doubled
    excess: Doubled


def parts(rate: Array, exposure: Array) -> Parts:
    """What all of it is made of."""
    f, w = np.broadcast_arrays(np.asarray(rate, float), np.asarray(exposure, float))
    drop, drop_w = (np.where(y > HUGE, DROP, 0) for y in (f, w))
    t = exponential(doubled(-np.abs(f)))
    # log(1 + t) is 2 (v + v^3 / 3 + v^5 / 5 + ...) for v = t / (2 + t); of the last terms one part is enough.
    v = over(t, plus(doubled(2.0), t))
    square, last = times(v, v), np.zeros(f.shape)
    for k in range(TERMS, HEAD, -1):
        last = 1.0 / (2 * k + 1) + square[0] * last
    series = doubled(last)
    for k in range(HEAD, -1, -1):
        series = plus(RECIPROCALS[k], times(square, series))
    h = plus(doubled(np.clip(np.ldexp(f, -drop), 0.0, MOST)), times((2.0 * v[0], 2.0 * v[1]), series))
    s, rest = (over(either(side, t, doubled(1.0)), plus(doubled(1.0), t)) for side in (f < 0, f >= 0))
    share = either(f < RARE, doubled(1.0), each(lambda y: np.ldexp(y, -drop), over(s, h)))
    excess = either(f < SMALL, doubled(0.5 * t[0] * (1.0 - 7.0 / 6.0 * t[0])), minus(share, rest))
    product = (np.ldexp(y, drop_w) for y in product_in_two(np.ldexp(w, -drop_w), *h))
    x, low = either(f < RARE, doubled(times_exp(w, np.minimum(f, RARE))), joined(*product))
    x = np.where(f > HUGE, w * f, x)
    return Parts(f, w, x, np.where((x > 1.0) & (f <= HUGE), low, 0.0), s[0], share, excess)


def expected_slope(found: Parts) -> Array:
    """w s, the slope of x in f."""
    return np.where(found.rate < RARE, found.x, found.exposure * found.s)


def expected_bend(found: Parts) -> Array:
    """w s (1 - s), the slope of that."""
    far = np.where(found.rate > 0, found.rate, 0.0)
    return np.where(found.rate > 0, times_exp(expected_slope(found) * found.s, -far), expected_slope(found) * sigmoid(-found.rate))


def log_of_some(found: Parts) -> Array:
    """The logarithm of the probability of an event or more, log(1 - exp(-x))."""
    # That of a tiny x is the logarithm of w h, which may be too small for the format; far below h is exp f.
    of_rate = np.where(found.rate < SMALL, found.rate, np.log(softplus(np.maximum(found.rate, SMALL))))
    of_x = np.where(found.x < LEAST, np.log(found.exposure) + of_rate, np.log(np.maximum(found.x, LEAST)))
    return np.where(found.x < TINY, of_x, log1mexp(-found.x) * (1.0 - found.low))


def some_slope(found: Parts) -> Array:
    """The slope of that, w s / (exp x - 1), as s / h times x / (exp x - 1)."""
    return np.ldexp(times(found.share, _tail_and_more(found)[0])[0], -LIFT)


def some_bend(found: Parts) -> Array:
    """Less its second derivative: the slope times s / h - (1 - s) and s / h (x / (1 - exp(-x)) - 1), neither of which is below 0."""
    tail, more = _tail_and_more(found)
    return np.ldexp(times(times(found.share, tail), plus(found.excess, times(found.share, more)))[0], -LIFT)


def _tail_and_more(found: Parts) -> tuple[Doubled, Doubled]:
    """x / (exp x - 1), lifted, and x / (1 - exp(-x)) - 1."""
    x, near = np.clip(found.x, SHORT, MOST), np.minimum(found.x, SHORT)
    lifted = exponential((-x, -found.low), LIFT)
    rest = minus(doubled(1.0), each(lambda y: np.ldexp(y, -LIFT), lifted))
    tail, more = over(times(doubled(x), lifted), rest), over(minus(doubled(x), rest), rest)
    short = doubled(np.ldexp(1.0 - 0.5 * near * (1.0 - near / 6.0), LIFT)), doubled(0.5 * near * (1.0 + near / 6.0))
    return either(found.x < SHORT, short[0], tail), either(found.x < SHORT, short[1], more)

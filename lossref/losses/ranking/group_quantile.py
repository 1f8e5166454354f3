"""GroupQuantile, a quantile loss of a query's documents, when what all predictions of it are off by alike is taken off.

    L(f, y) = 1/n sum_i max(t d_i, (t - 1) d_i) = 1/(2 n) sum_i |d_i|,      d_i = r_i - 1/n sum_j r_j,      r_i = y_i - f_i

prediction  f, scores of the n documents of a query, any real; one query is one example
target      y, how relevant each is, any real
The quantile t in [0, 1] drops out: deviations from a mean sum to 0, so that what is above weighs as much as what is below, and the
loss is half the mean absolute deviation. CatBoost trains by other slopes than its own, -t or 1 - t, which take the mean for a number,
and by 0 within 1e-6 of it. Where a residual is the mean the loss has a corner; this code returns that residual's slope as 0 there.
"""

import numpy as np

from lossref.families.vectors import almost_alike, off_alike, one_off, residuals
from lossref.float64.doubled import doubled, each, minus, times, total
from lossref.float64.kernels import exact_sum, finite_residuals
from lossref.laws import convex, even_in_residual, homogeneous, nonnegative, shift_invariant, symmetric
from lossref.options import NUMBER
from lossref.spaces import Real
from lossref.spec import Hard, Known, Loss


def value(prediction, target):
    whole, exponent, n_deviations = _deviations(prediction, target)
    n = n_deviations.shape[-1]
    return np.ldexp(exact_sum(np.abs(n_deviations)) / (2.0 * n * n), exponent[..., 0]) / whole[..., 0]


def gradient(prediction, target):
    signs = np.sign(_deviations(prediction, target)[2])
    n = signs.shape[-1]
    return (n * signs - signs.sum(axis=-1, keepdims=True)) / (2.0 * n * n)


def _deviations(prediction, target):
    """n times what each residual f - y differs by from their mean, in units of a power of two; a single infinite one is all that counts."""
    whole, r = finite_residuals(prediction, target)
    is_endless = np.isinf(r[0])
    only = np.where(is_endless.sum(axis=-1, keepdims=True) == 1, np.where(is_endless, r[0], 0.0).sum(axis=-1, keepdims=True), np.nan)
    exponent = np.frexp(np.abs(np.where(is_endless, 0.0, r[0])).max(axis=-1, keepdims=True))[1]
    u = each(lambda x: np.ldexp(np.where(is_endless, 0.0, x), -exponent), r)
    u = minus(u, each(lambda x: x[..., :1], u))  # behind the first of them: equal ones are exactly 0
    n_deviations = minus(times(doubled(float(r[0].shape[-1])), u), each(lambda x: x[..., None], total(u)))[0]
    return whole, exponent, np.where(is_endless.any(axis=-1, keepdims=True), np.where(is_endless, only, -only), n_deviations)


def definition(m, prediction, target):
    off, n = [y - f for f, y in zip(prediction, target, strict=True)], len(target)
    ways = [m.sum(r - other for j, other in enumerate(off) if j != i) / n for i, r in enumerate(off)]  # d_i, without r_i - r_i
    return m.sum(m.abs(way) for way in ways) / (2 * n)


LOSS = Loss(
    name="group_quantile",
    arguments={"prediction": Real("n"), "target": Real("n")},
    target=NUMBER,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, convex, symmetric, shift_invariant, even_in_residual, homogeneous(1, "prediction", "target")),
    hard=(
        *residuals("prediction", "target"),
        Hard("offset", "cancellation", "predictions that are all off by much, but for a little: the offset costs nothing",
             lambda d: off_alike(d, d.sign() * d.uniform(100, 9000), 1.0), 10),
        Hard("one_is_the_mean", "kink", "a residual that is the mean of all, as far as an ulp or two",
             lambda d: {"target": (0.0, 0.0, 0.0), "prediction": (1.0, d.nudged(2.0), 3.0)}, 5),
        Hard("almost_alike", "cancellation", "residuals that are all but equal: a rounded mean turns signs",
             almost_alike, 12),
        Hard("one_off", "ordinary", "one document of many whose score is off: a slope in all of them", one_off, 8),
    ),
    known=(
        Known({"prediction": (1.0, 3.0), "target": (0.0, 0.0)}, "0.5", "each 1 off the mean of 2, half of it", ("-0.25", "0.25")),
        Known({"prediction": (0.0, 0.0, 6.0, 0.0), "target": (0.0,) * 4}, "1.125", "one is 4.5 above the mean, three 1.5 below",
              ("-0.0625", "-0.0625", "0.1875", "-0.0625")),
        Known({"prediction": (5.0, 6.0), "target": (1.0, 2.0)}, "0", "one offset for all"),
    ),
    source="CatBoost, GroupQuantile",
)

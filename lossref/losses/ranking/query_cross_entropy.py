"""QueryCrossEntropy of a query's documents: sigmoid cross-entropy, and the same when the query's own offset is added to all scores.

    L(s, y, b) = 1/n sum_i [(1 - a) l(s_i, y_i) + a l(s_i + b, y_i)],      l(z, y) = log(1 + exp z) - y z

scores  s, log-odds of the n documents of a query, any real; one query is one example
target  y, the probability that each is wanted (say, clicked), in [0, 1]
shift   b, the offset, any real; no slope goes through it
alpha   a, how much the second term counts, in [0, 1]; 0.95 by default, as in CatBoost
In training b is the offset that is best for the query: the sum of s(s_i + b) is that of y_i, where the slope in b is 0, so that no
slope needs to go through it. It has no closed form, and libraries find it by some Newton steps: so it is an argument. Where all y are
0, or all are 1, there is no best offset; CatBoost leaves it out.
"""

import numpy as np

from lossref.float64.kernels import exact_sum, two_difference
from lossref.float64.pairs import logistic, logistic_curvature, logistic_slope
from lossref.laws import convex, mirror, nonnegative
from lossref.options import NUMBER
from lossref.spaces import Real, Unit, Vector
from lossref.spec import Hard, Known, Loss, Parameter


def value(scores, target, shift, alpha=0.95):
    # Four terms of one sign for each document; where one is large all are quartered, so that no sum overflows.
    terms = _terms(scores, target, shift, alpha)
    least = np.minimum.reduce([whole for *_, whole in terms]).min(axis=-1, keepdims=True)
    costs = [np.where(weight * part == 0, 0.0, weight * part * logistic(*z)) * (least / whole) for weight, z, part, whole in terms]
    return exact_sum(np.concatenate(costs, axis=-1)) / costs[0].shape[-1] / least[..., 0]


def gradient(scores, target, shift, alpha=0.95):
    up, down, above, below = (logistic_slope(z[0], z[1], weight * part) for weight, z, part, _ in _terms(scores, target, shift, alpha))
    return exact_sum(np.stack([up, above, -down, -below], axis=-1)) / up.shape[-1]


def hessian(scores, target, shift, alpha=0.95):
    (weight, z, *_), _, (other, shifted, *_), _ = _terms(scores, target, shift, alpha)
    return (weight * logistic_curvature(*z) + other * logistic_curvature(*shifted)) / weight.shape[-1]


def _terms(scores, target, shift, alpha):
    """For each term its weight, how far it is on the wrong side in two parts, whether so much, and the factor of a large distance."""
    of_all = (np.asarray(x)[..., None] for x in (shift, alpha))
    s, y, b, a = np.broadcast_arrays(*(np.asarray(x, float) for x in (scores, target, *of_all)))

    def both(weight, offset):
        whole = np.where(np.maximum(np.abs(s), np.abs(offset)) > 2.0**1000, 0.25, 1.0)
        high, low = two_difference(whole * s, -whole * offset)
        return [(weight, (high, low), 1.0 - y, whole), (weight, (-high, -low), y, whole)]

    return [*both(1.0 - a, 0.0), *both(a, b)]


def definition(m, scores, target, shift, alpha):
    def cost(z, y):
        return m.log(1 + m.exp(z)) - y * z

    return m.sum((1 - alpha) * cost(s, y) + alpha * cost(s + shift, y) for s, y in zip(scores, target, strict=True)) / len(target)


LOSS = Loss(
    name="query_cross_entropy",
    arguments={"scores": Vector("n"), "target": Unit("n"), "shift": Real()},
    parameters={"alpha": Parameter(space=Unit(), default=0.95, grid=(0.95, 0.0, 1.0, 0.5, 0.05))},
    target=NUMBER,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(
        nonnegative, convex,
        mirror("L(-s, 1 - y, -b) = L(s, y, b)", lambda scores, target, shift, **_: {
            "scores": tuple(-s for s in scores), "target": tuple(1 - y for y in target), "shift": -shift}, -1),
    ),
    hard=(
        Hard("best_shift", "ordinary", "one of two is wanted: the best offset is less their mean score",
             lambda d: {"scores": (x := d.uniform(-3, 3), y := d.uniform(-3, 3)), "target": (1.0, 0.0),
                        "shift": d.number(-(x + y) / 2)}, 12),
        Hard("shift_cancels", "cancellation", "an offset that is all but the score's opposite: their sum is small, and exact",
             lambda d: {"scores": (x := d.uniform(1, 900), 0.5), "target": (d.cycle(1.0, 0.0, 0.5), 0.25),
                        "shift": d.number(-x * (1 - 2.0 ** -(2 + d.index)))}, 14),
        Hard("large_shift", "tail", "an offset that makes all certain, in one sense or the other: tails of the second term",
             lambda d: {"shift": d.sign() * d.uniform(d.saturation, 1.5 * d.underflow),
                        "target": d.vector(lambda: float(d.integer(0, 1))), "alpha": d.cycle(1.0, 0.95)}, 14),
    ),
    known=(
        Known({"scores": (0.0, 0.0), "target": (1.0, 0.0), "shift": 0.0}, lambda m: m.log(2), "a coin for each", ("-0.25", "0.25")),
        Known({"scores": (5.0, 5.0), "target": (1.0, 0.0), "shift": -5.0, "alpha": 1.0}, lambda m: m.log(2), "the offset costs nothing",
              ("-0.25", "0.25")),
        Known({"scores": (np.inf,), "target": (1.0,), "shift": 0.0}, "0", "certain and right", ("0",)),
        Known({"scores": (np.inf,), "target": (0.0,), "shift": 0.0}, "inf", "certain and wrong", ("1",)),
    ),
    source="CatBoost, QueryCrossEntropy",
)

"""Jensen-Shannon divergence of two distributions: how far, on average, each is from their mean.

    L(q, t) = (sum_j q_j log(q_j / m_j) + sum_j t_j log(t_j / m_j)) / 2,      m = (q + t) / 2,      0 log 0 = 0

probabilities  q, one distribution along the last axis, the model's say
target         t, the other one along the last axis
The logarithm is natural; the divergence is at most log 2, and symmetric. Its root is a distance, which SciPy calls jensenshannon. The
gradient is log(q_j / m_j) / 2, free of the simplex: where q_j is 0 and t_j is not it is -infinity. As printed the terms of close
distributions cancel, and what is left may be below 0, whose root is NaN.
"""

import numpy as np

from lossref.float64.kernels import LOG_2, exact_sum, two_difference, xlogratio
from lossref.laws import convex, nonnegative, symmetric
from lossref.options import WEIGHTS
from lossref.spaces import Simplex
from lossref.spec import Known, Loss


def value(probabilities, target):
    # Class by class: (q + t) / 4 times (1 + v) log(1 + v) + (1 - v) log(1 - v) = v^2 + v^4 / 6 + v^6 / 15 + ..., of one sign.
    q, t, whole, lost, v = _parts(probabilities, target)
    square, series = np.where(np.abs(v) < 0.5, v * v, 0.0), np.zeros_like(v)
    for k in range(26, 0, -1):
        series = (series + 1.0 / (k * (2 * k - 1))) * square
    lift = np.where(whole < 2.0**-900, 2.0**100, 1.0)  # half the least number is none
    apart = 0.5 * (sum(xlogratio(lift * x, 0.5 * (lift * whole)) for x in (q, t)) - lift * lost) / lift
    return exact_sum(np.where(np.abs(v) < 0.5, 0.25 * whole * series, apart))


def gradient(probabilities, target):
    q, t, whole, _, v = _parts(probabilities, target)
    apart = np.where(t == 0, LOG_2, np.log(2.0 * (q / whole)))
    return 0.5 * np.where((np.abs(v) < 0.5) & (t > 0), np.log1p(np.maximum(v, -0.5)), apart)


def hessian(probabilities, target):
    q, t, whole, _, _ = _parts(probabilities, target)
    return np.where(t == 0, 0.0, 0.5 * (t / whole) / q)


def _parts(probabilities, target):
    """Both as arrays, their sum in two parts, and what share of it their difference is."""
    q, t = np.broadcast_arrays(np.asarray(probabilities, float), np.asarray(target, float))
    whole, lost = two_difference(q, -t)
    return q, t, whole, lost, (q - t) / np.where(whole == 0, 1.0, whole)


def definition(m, probabilities, target):
    # q log(q / m) + t log(t / m), in one sum: q log q + t log t - (q + t) log m.
    pairs = list(zip(probabilities, target, strict=True))
    shares = [q * m.log(2) if t == 0 else q * m.log(q) + t * m.log(t) - (q + t) * m.log((q + t) / 2) for q, t in pairs]
    return m.sum(shares) / 2


LOSS = Loss(
    name="jensen_shannon",
    arguments={"probabilities": Simplex(), "target": Simplex()},
    target=WEIGHTS,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, symmetric),
    known=(
        Known({"probabilities": (1.0, 0.0), "target": (0.0, 1.0)}, lambda m: m.log(2), "nothing in common"),
        Known({"probabilities": (0.25, 0.75), "target": (0.25, 0.75)}, "0", "no distance", ("0", "0")),
        Known({"probabilities": (0.5, 0.5), "target": (1.0, 0.0)}, lambda m: (m.log(4) - m.log(3)) * 3 / 4, "a fair coin and a sure one"),
    ),
    source="J. Lin, Divergence Measures Based on the Shannon Entropy, 1991",
)

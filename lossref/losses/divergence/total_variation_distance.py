"""Total variation distance of two distributions: the most by which they differ about any event.

    L(q, t) = 1/2 sum_j |q_j - t_j|,      dL/dq_j = sign(q_j - t_j) / 2

probabilities  q, one distribution along the last axis, the model's say
target         t, the other one along the last axis
It is in [0, 1], symmetric, and half the distance in the 1-norm. Where q_j = t_j there is a corner: every slope in [-1/2, 1/2] is right.
This code returns 0 there, and so does Liger. The gradient's entries are free (no projection on the simplex).
"""

import numpy as np

from lossref.float64.kernels import exact_sum
from lossref.laws import convex, nonnegative, symmetric
from lossref.options import WEIGHTS
from lossref.spaces import Simplex
from lossref.spec import Hard, Known, Loss


def value(probabilities, target):
    return 0.5 * exact_sum(np.abs(np.subtract(probabilities, target)))


def gradient(probabilities, target):
    return 0.5 * np.sign(np.subtract(probabilities, target))


def definition(m, probabilities, target):
    return m.sum(abs(q - t) for q, t in zip(probabilities, target, strict=True)) / 2


LOSS = Loss(
    name="total_variation_distance",
    arguments={"probabilities": Simplex(), "target": Simplex()},
    target=WEIGHTS,
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, convex, symmetric),
    hard=(
        Hard("equal", "kink", "equal distributions: no distance, and any slope of the interval is right",
             lambda d: {"probabilities": (p := d.simplex()), "target": p}, 8),
        Hard("one_apart", "kink", "one entry as in the target, and some ulps beside it: the others have their whole slope",
             lambda d: {"target": (0.25, 0.5, 0.25), "probabilities": (d.nudged(0.25), 0.375, 0.375)}, 10),
        Hard("disjoint", "ordinary", "nothing in common: the distance is 1",
             lambda d: {"probabilities": (0.25, 0.75, 0.0, 0.0), "target": (0.0, 0.0, *d.almost_certain())}, 4),
        Hard("rare_both", "tail", "both rare, apart by a factor: a tiny difference has a whole slope",
             lambda d: {"probabilities": (1 - (p := d.scaled(-60, -10)), p), "target": (1 - (t := d.scaled(-60, -10)), t)}, 12),
    ),
    known=(
        Known({"probabilities": (1.0, 0.0), "target": (0.0, 1.0)}, "1", "nothing in common", ("0.5", "-0.5")),
        Known({"probabilities": (0.5, 0.25, 0.25), "target": (0.25, 0.25, 0.5)}, "0.25", "a quarter moved"),
        Known({"probabilities": (0.25, 0.75), "target": (0.25, 0.75)}, "0", "no distance"),
        Known({"probabilities": (0.5, 0.5), "target": (1.0, 0.0)}, "0.5", "a fair coin and a sure one", ("-0.5", "0.5")),
    ),
    source="D. A. Levin and Y. Peres, Markov Chains and Mixing Times, section 4.1, 2017",
)

"""Cross-entropy of a model distribution relative to a true one.

    H(t, q) = -sum_j t_j log_b q_j,      0 log 0 = 0,      dH/dq_j = -t_j / (q_j log b)

probabilities  q, the model's distribution along the last axis
target         t, the true distribution along the last axis
base           b, of the logarithm: 2 gives bits, 10 bans; 1, the default, stands for the natural logarithm (nats)
H(t, q) = H(t) + KL(t || q), so H(t, t) is the entropy of t, which is 0 for a certain t only. The gradient's entries are free.
"""

import numpy as np

from lossref.float64.kernels import exact_sum, nats
from lossref.laws import convex, nonnegative
from lossref.options import WEIGHTS
from lossref.spaces import LogBase, Simplex
from lossref.spec import Known, Loss, Parameter


def value(probabilities, target, base=1.0):
    weight, logarithm = np.broadcast_arrays(target, np.log(probabilities))
    return exact_sum(np.where(weight == 0, 0.0, -weight * logarithm)) / nats(base)


def gradient(probabilities, target, base=1.0):
    return np.where(np.asarray(target) == 0, 0.0, -(target / nats(base)[..., None]) / probabilities)


def hessian(probabilities, target, base=1.0):
    return np.where(np.asarray(target) == 0, 0.0, target / nats(base)[..., None] / probabilities / probabilities)


def definition(m, probabilities, target, base):
    total = -m.sum(t * m.log(q) for q, t in zip(probabilities, target, strict=True))
    return total / m.log(base) if base > 1 else total


LOSS = Loss(
    name="cross_entropy",
    arguments={"probabilities": Simplex(), "target": Simplex()},
    parameters={"base": Parameter(space=LogBase(), default=1.0, grid=(1.0, 2.0, 10.0))},
    target=WEIGHTS,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex),
    known=(
        Known({"probabilities": (0.5, 0.5), "target": (0.5, 0.5)}, lambda m: m.log(2), "H(p, p) = H(p)", ("-1", "-1")),
        Known({"probabilities": (0.25, 0.75), "target": (1.0, 0.0), "base": 2.0}, "2", "two bits"),
        Known({"probabilities": (0.25,) * 4, "target": (0.5, 0.25, 0.125, 0.125), "base": 2.0}, "2", "a uniform code of four words"),
        Known({"probabilities": (0.5, 0.5), "target": (0.5, 0.5)}, "0.69314718055994531", "H(p, p) = H(p), not 0", row="R12"),
        Known({"probabilities": (0.5, 0.25, 0.25), "target": (0.5, 0.25, 0.25)}, "1.039720770839918", "H(p, p) = H(p), not 0", row="R12"),
    ),
    source="T. M. Cover and J. A. Thomas, Elements of Information Theory, section 5.4, 2006",
)

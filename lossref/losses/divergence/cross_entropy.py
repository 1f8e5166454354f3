"""Cross-entropy of a model distribution relative to a true one.

    H(t, q) = -sum_j t_j log_b q_j,      0 log 0 = 0,      dH/dq_j = -t_j / (q_j log b)

probabilities  q, the model's distribution along the last axis
target         t, the true distribution along the last axis
base           b, of the logarithm: 2 gives bits, 10 bans; 1, the default, stands for the natural logarithm (nats)
H(t, q) = H(t) + KL(t || q), so H(t, t) is the entropy of t, which is 0 for a certain t only. The gradient's entries are free.
"""

import numpy as np

from lossref.identities import convex, nonnegative
from lossref.kernels import exact_sum, nats
from lossref.spaces import LogBase, Simplex
from lossref.spec import Hard, Loss, Parameter, Witness


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
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    identities=(nonnegative, convex),
    hard=(
        Hard("rare", "tail", "probabilities of the model far below every clip and every added eps",
             lambda d: {"probabilities": d.simplex(lambda: d.scaled(-60, 0)), "target": d.simplex()}, 16),
        Hard("rare_target", "tail", "target probabilities over many decades: small terms count",
             lambda d: {"probabilities": d.simplex(), "target": d.simplex(lambda: d.scaled(-60, 0))}, 10),
        Hard("sure_and_right", "tail", "a probability next to 1: its logarithm is tiny, not 0",
             lambda d: {"probabilities": d.almost_certain(), "target": (1.0, 0.0)}, 10),
        Hard("zero_target", "tail", "a target of 0: 0 log 0 is 0, not NaN, whatever the model says there",
             lambda d: {"probabilities": (0.5, 0.0, 0.5), "target": (d.cycle(0.25, 0.5), 0.0, d.cycle(0.75, 0.5))}, 4),
        Hard("impossible", "tail", "the model excludes what happens: infinity",
             lambda d: {"probabilities": (0.5, 0.0, 0.5), "target": (0.25, 0.5, 0.25)}, 2),
        Hard("equal", "ordinary", "equal distributions: their entropy, not 0",
             lambda d: {"probabilities": (p := d.simplex()), "target": p}, 8),
    ),
    witnesses=(
        Witness({"probabilities": (0.5, 0.5), "target": (0.5, 0.5)}, lambda m: m.log(2), "H(p, p) = H(p)", ("-1", "-1")),
        Witness({"probabilities": (0.25, 0.75), "target": (1.0, 0.0), "base": 2.0}, "2", "two bits"),
        Witness({"probabilities": (0.25,) * 4, "target": (0.5, 0.25, 0.125, 0.125), "base": 2.0}, "2", "a uniform code of four words"),
    ),
    source="T. M. Cover and J. A. Thomas, Elements of Information Theory, section 5.4, 2006",
    also_known_as={"optax": "cross_entropy (of logits)", "keras": "categorical_crossentropy", "scipy": "sum of rel_entr and entr"},
)

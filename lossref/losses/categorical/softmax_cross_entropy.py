"""Softmax cross-entropy on logits, with an integer target.

    L(z, y) = log(sum_j exp z_j) - z_y,      dL/dz_j = p_j - [j = y],      p = softmax(z)

logits   z, one for each class along the last axis, any real
target   y, the index of the true class, counted from 0
The logarithm is natural, and adding a constant to every logit changes nothing. With one class the loss is 0.
"""

import numpy as np

from lossref.identities import convex, nonnegative, shift_invariant
from lossref.kernels import log_loss_of_logits, softmax_slope
from lossref.spaces import Label, Vector
from lossref.spec import Hard, Loss, Witness


def value(logits, target):
    return log_loss_of_logits(logits, target)[0]


def gradient(logits, target):
    return log_loss_of_logits(logits, target)[1]


def value_and_gradient(logits, target):
    return log_loss_of_logits(logits, target)


def hessian(logits, target):
    return softmax_slope(logits) + np.zeros(np.shape(target))[..., None]


def definition(m, logits, target):
    return m.log(m.sum(m.exp(z) for z in logits)) - logits[target]


def _leading(d, gap):
    """Logits around 0 whose target, a random class, lies `gap` above the others' level."""
    y = d.label()
    return {"logits": tuple(d.number(d.uniform(-1, 1) + gap * (j == y)) for j in range(d.size)), "target": y}


LOSS = Loss(
    name="softmax_cross_entropy",
    arguments={"logits": Vector(), "target": Label("logits")},
    value=value,
    gradient=gradient,
    value_and_gradient=value_and_gradient,
    hessian=hessian,
    definition=definition,
    identities=(nonnegative, convex, shift_invariant),
    hard=(
        Hard("sure_and_right", "tail", "the target leads by more than the precision: the loss is the others' tails, not 0",
             lambda d: _leading(d, d.uniform(d.saturation, d.underflow - 12)), 14),
        Hard("round_gap", "tail", "gaps people type: from 37 on (float32: 17) 1 + exp(-gap) rounds to 1, the loss is not 0",
             lambda d: {"logits": (d.cycle(17.0, 20.0, 37.0, 40.0, 100.0), 0.0), "target": 0}, 5),
        Hard("sure_and_wrong", "tail", "the target trails far behind: log of its probability is -inf, the loss is the gap",
             lambda d: _leading(d, -d.uniform(d.saturation, 2 * d.underflow)), 10),
        Hard("overflow", "tail", "logits beyond log of the largest number: exp without a shift is inf / inf",
             lambda d: {"logits": d.vector(lambda: d.uniform(800, 900)), "target": d.label()}, 6),
        Hard("offset", "cancellation", "a large common offset: logsumexp minus a logit keeps only the offset's digits",
             lambda d: {"logits": d.vector(lambda: d.number(1000.0 * 4**(d.index % 4) + d.uniform(-3, 3))), "target": d.label()}, 14),
        Hard("offset_gap", "cancellation", "offset and a leading target: the small loss drowns in the large logits",
             lambda d: {"logits": (d.number(2000.0 + d.uniform(5, 30)), *(2000.0 + j for j in range(d.size))), "target": 0}),
        Hard("log_probabilities", "cancellation", "logits that are log-probabilities: logsumexp is nearly 0",
             lambda d: {"logits": tuple(d.exactly(lambda m, p=p: m.log(m.lift(p))) for p in d.simplex()), "target": d.label()}),
        Hard("ties", "ordinary", "equal logits share the probability exactly",
             lambda d: {"logits": (d.uniform(-9, 9),) * d.size, "target": d.label()}, 6),
    ),
    witnesses=(
        Witness({"logits": (3.0, 3.0), "target": 0}, lambda m: m.log(2), "two equal classes", ("-0.5", "0.5")),
        Witness({"logits": (7.0,), "target": 0}, "0", "one class is certain", ("0",)),
        Witness({"logits": (0.0, -np.inf), "target": 0}, "0", "an impossible other class", ("0", "0")),
        Witness({"logits": (0.0, -np.inf), "target": 1}, "inf", "an impossible target", ("1", "-1")),
        Witness({"logits": (np.inf, 0.0), "target": 0}, "0", "certain and right", ("0", "0")),
        Witness({"logits": (1.0, np.inf), "target": 0}, "inf", "certain and wrong", ("-1", "1")),
    ),
    source="J. S. Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs, 1990",
    also_known_as={
        "torch": "cross_entropy", "optax": "softmax_cross_entropy_with_integer_labels",
        "keras": "SparseCategoricalCrossentropy(from_logits=True)", "scikit-learn": "HalfMultinomialLoss",
    },
    soft_target="soft_target_cross_entropy",
)

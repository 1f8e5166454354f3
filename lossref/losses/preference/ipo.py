"""Identity preference optimisation (IPO) of a pair: the chosen answer is to gain a fixed amount more than the rejected one, no further.

    L(c, r) = (h - 1 / (2 beta))^2,      h = (c - c0) - (r - r0),      dL/dc = 2 (h - 1 / (2 beta)) = -dL/dr

chosen              c, log-probability of the preferred answer under the policy, any real
rejected            r, that of the other answer, any real
reference_chosen    c0, log-probability of the preferred answer under the frozen reference, any real
reference_rejected  r0, that of the other answer, any real
beta                above 0; 0.1 by default (the paper calls it tau)
The paper sums log-probabilities over tokens; TRL's DPOTrainer takes their means here, its CPOTrainer neither means nor a reference.
"""

import numpy as np

from lossref.families.preferences import aims, rewards
from lossref.float64.pairs import beyond
from lossref.laws import convex, nonnegative
from lossref.spaces import Positive, Real
from lossref.spec import Known, Loss, Parameter


def value(chosen, rejected, reference_chosen, reference_rejected, beta=0.1):
    return np.square(_beyond(chosen, rejected, reference_chosen, reference_rejected, beta))


def gradient(chosen, rejected, reference_chosen, reference_rejected, beta=0.1):
    slope = 2.0 * _beyond(chosen, rejected, reference_chosen, reference_rejected, beta)
    return slope, -slope


def hessian(chosen, rejected, reference_chosen, reference_rejected, beta=0.1):
    return 2.0 + np.zeros_like(_beyond(chosen, rejected, reference_chosen, reference_rejected, beta))


def _beyond(chosen, rejected, reference_chosen, reference_rejected, beta):
    """h - 1 / (2 beta)."""
    return beyond(beta, chosen, np.negative(rejected), np.negative(reference_chosen), reference_rejected)


def definition(m, chosen, rejected, reference_chosen, reference_rejected, beta):
    return ((chosen - reference_chosen) - (rejected - reference_rejected) - 1 / (2 * beta)) ** 2


LOSS = Loss(
    name="ipo",
    arguments={"chosen": Real(), "rejected": Real(), "reference_chosen": Real(), "reference_rejected": Real()},
    differentiable=("chosen", "rejected"),
    parameters={"beta": Parameter(space=Positive(), default=0.1, grid=(0.1, 0.01, 0.5, 1.0))},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex),
    hard=(
        *rewards(0.1),
        *aims(),
    ),
    known=(
        Known({"chosen": -10.0, "rejected": -12.0, "reference_chosen": -10.0, "reference_rejected": -12.0, "beta": 0.25}, "4",
              "nothing gained of 2", ("-4", "4")),
        Known({"chosen": -5.0, "rejected": -7.0, "reference_chosen": -8.0, "reference_rejected": -6.0, "beta": 0.5}, "9", "(4 - 1)^2",
              ("6", "-6")),
        Known({"chosen": -5.0, "rejected": -7.0, "reference_chosen": -6.0, "reference_rejected": -6.0, "beta": 0.25}, "0", "as aimed",
              ("0", "0")),
        Known({"chosen": -np.inf, "rejected": 0.0, "reference_chosen": 0.0, "reference_rejected": 0.0}, "inf",
              "an answer that the policy excludes", ("-inf", "inf")),
    ),
    source="M. G. Azar et al., A General Theoretical Paradigm to Understand Learning from Human Preferences, 2023, equation 17",
)

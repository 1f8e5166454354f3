"""Anchored preference optimisation (APO-zero) of a pair: the chosen answer is to gain on its reference, the rejected one to lose.

    L(c, r) = s(-beta (c - c0)) + s(beta (r - r0)),      s(x) = 1 / (1 + exp(-x))
    dL/dc = -beta s(a) s(-a),      a = beta (c - c0)

chosen              c, log-probability of the preferred answer under the policy, any real
rejected            r, that of the other answer, any real
reference_chosen    c0, log-probability of the preferred answer under the frozen reference, any real
reference_rejected  r0, that of the other answer, any real
beta                above 0; 0.1 by default
The first term is 1 - s(a), and TRL and Liger compute it so. Each term alone, as TRL's KTO has it, is `kto` at the reference point 0.
APO-down, s(a) + s(b - a) with b = beta (r - r0), lets the chosen answer lose, if less than the other one: another loss.
"""

import numpy as np

from lossref.families.preferences import apart, rewards
from lossref.float64.pairs import lead, logistic_bend, logistic_curvature, logistic_slope
from lossref.laws import nonnegative
from lossref.spaces import Positive, Real
from lossref.spec import Known, Loss, Parameter


def value(chosen, rejected, reference_chosen, reference_rejected, beta=0.1):
    lost, gained = _losing(chosen, reference_chosen, beta), lead(beta, rejected, np.negative(reference_rejected))
    return logistic_slope(*lost) + logistic_slope(*gained)


def gradient(chosen, rejected, reference_chosen, reference_rejected, beta=0.1):
    lost, gained = _losing(chosen, reference_chosen, beta), lead(beta, rejected, np.negative(reference_rejected))
    return -logistic_curvature(*lost, weight=np.sqrt(beta)), logistic_curvature(*gained, weight=np.sqrt(beta))


def hessian(chosen, rejected, reference_chosen, reference_rejected, beta=0.1):
    return logistic_bend(*_losing(chosen, reference_chosen, beta), weight=beta) + np.zeros(np.shape(rejected))


def _losing(chosen, reference_chosen, beta):
    """-beta (c - c0), in two parts."""
    return lead(beta, reference_chosen, np.negative(chosen))


def definition(m, chosen, rejected, reference_chosen, reference_rejected, beta):
    a, b = beta * (chosen - reference_chosen), beta * (rejected - reference_rejected)
    return m.exp(-a) / (1 + m.exp(-a)) + m.exp(b) / (1 + m.exp(b))


LOSS = Loss(
    name="apo",
    arguments={"chosen": Real(), "rejected": Real(), "reference_chosen": Real(), "reference_rejected": Real()},
    differentiable=("chosen", "rejected"),
    parameters={"beta": Parameter(space=Positive(), default=0.1, grid=(0.1, 0.01, 0.5, 1.0))},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative,),
    hard=(*rewards(0.1), *apart(0.1)),
    known=(
        Known({"chosen": -10.0, "rejected": -12.0, "reference_chosen": -10.0, "reference_rejected": -12.0, "beta": 1.0}, "1",
              "the policy is its reference", ("-0.25", "0.25")),
        Known({"chosen": -5.0, "rejected": -7.0, "reference_chosen": -9.0, "reference_rejected": -5.0, "beta": 0.5},
              lambda m: m.exp(-2) / (1 + m.exp(-2)) + m.exp(-1) / (1 + m.exp(-1)), "1/2 4 gained, 1/2 2 lost",
              ("-0.05249679270175325867", "0.098305966620740926")),
        Known({"chosen": np.inf, "rejected": -np.inf, "reference_chosen": 0.0, "reference_rejected": 0.0}, "0", "right for ever",
              ("0", "0")),
        Known({"chosen": -np.inf, "rejected": np.inf, "reference_chosen": 0.0, "reference_rejected": 0.0}, "2", "wrong for ever",
              ("0", "0")),
        Known({"chosen": 1.0, "rejected": -np.inf, "reference_chosen": 1.0, "reference_rejected": 0.0, "beta": 1.0}, "0.5",
              "one undecided, the other one excluded", ("-0.25", "0")),
    ),
    source="K. D'Oosterlinck et al., Anchored Preference Optimization and Contrastive Revisions, 2024",
)

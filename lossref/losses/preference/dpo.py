"""Direct preference optimisation (DPO) of a pair: the chosen answer is to gain more on its reference than the rejected one.

    L(c, r) = log(1 + exp(-x)) = -log s(x),      x = beta ((c - c0) - (r - r0)),      s(x) = 1 / (1 + exp(-x)),      dL/dc = -beta s(-x)

chosen              c, log-probability of the preferred answer under the policy, summed over its tokens, any real
rejected            r, that of the other answer, any real
reference_chosen    c0, log-probability of the preferred answer under the frozen reference, any real
reference_rejected  r0, that of the other answer, any real
beta                above 0; 0.1 by default
It is `bradley_terry` of the rewards beta (c - c0) and beta (r - r0). Sums over tokens (TRL's sigmoid, Liger) or means over them (TRL's
sigmoid_norm): that is the caller's business. Without a reference c0 and r0 are 0. Labels that may be wrong have losses of their own.
"""

import numpy as np

from lossref.families.preferences import rewards
from lossref.float64.pairs import lead, logistic, logistic_curvature, logistic_slope
from lossref.laws import convex, nonnegative
from lossref.spaces import Positive, Real
from lossref.spec import Known, Loss, Parameter


def value(chosen, rejected, reference_chosen, reference_rejected, beta=0.1):
    return logistic(*_behind(chosen, rejected, reference_chosen, reference_rejected, beta))


def gradient(chosen, rejected, reference_chosen, reference_rejected, beta=0.1):
    slope = logistic_slope(*_behind(chosen, rejected, reference_chosen, reference_rejected, beta), weight=beta)
    return -slope, slope


def hessian(chosen, rejected, reference_chosen, reference_rejected, beta=0.1):
    return logistic_curvature(*_behind(chosen, rejected, reference_chosen, reference_rejected, beta), weight=beta)


def _behind(chosen, rejected, reference_chosen, reference_rejected, beta):
    """-x, in two parts."""
    return lead(beta, rejected, np.negative(chosen), reference_chosen, np.negative(reference_rejected))


def definition(m, chosen, rejected, reference_chosen, reference_rejected, beta):
    return m.log(1 + m.exp(-beta * ((chosen - reference_chosen) - (rejected - reference_rejected))))


LOSS = Loss(
    name="dpo",
    arguments={"chosen": Real(), "rejected": Real(), "reference_chosen": Real(), "reference_rejected": Real()},
    differentiable=("chosen", "rejected"),
    parameters={"beta": Parameter(space=Positive(), default=0.1, grid=(0.1, 0.01, 0.5, 1.0))},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex),
    hard=rewards(0.1),
    known=(
        Known({"chosen": -10.0, "rejected": -12.0, "reference_chosen": -10.0, "reference_rejected": -12.0}, lambda m: m.log(2),
              "the policy is its reference", ("-0.050000000000000003", "0.050000000000000003")),
        Known({"chosen": -5.0, "rejected": -7.0, "reference_chosen": -8.0, "reference_rejected": -6.0, "beta": 0.5},
              lambda m: m.log(1 + m.exp(-2)), "1/2 (3 + 1)", ("-0.059601461011058778", "0.059601461011058778")),
        Known({"chosen": np.inf, "rejected": 0.0, "reference_chosen": 0.0, "reference_rejected": 0.0}, "0", "right for ever", ("0", "0")),
        Known({"chosen": -np.inf, "rejected": 0.0, "reference_chosen": 0.0, "reference_rejected": 0.0, "beta": 0.25}, "inf",
              "an answer that the policy excludes", ("-0.25", "0.25")),
        Known({"chosen": 0.0, "rejected": -np.inf, "reference_chosen": 0.0, "reference_rejected": 0.0}, "0", "right for ever", ("0", "0")),
    ),
    source="R. Rafailov et al., Direct Preference Optimization: Your Language Model is Secretly a Reward Model, 2023, equation 7",
)

"""Self-play preference optimisation (SPPO) with hard labels: the chosen answer is to gain 1 / (2 beta), the rejected one to lose that.

    L(c, r) = (c - c0 - h)^2 + (r - r0 + h)^2,      h = 1 / (2 beta),      dL/dc = 2 (c - c0 - h),      dL/dr = 2 (r - r0 + h)

chosen              c, log-probability of the preferred answer under the policy, any real
rejected            r, that of the other answer, any real
reference_chosen    c0, log-probability of the preferred answer under the frozen reference, any real
reference_rejected  r0, that of the other answer, any real
beta                above 0; 0.1 by default
The paper's eta is 1 / beta, and its aim eta (P - 1/2), P the probability to be preferred: 1 and 0 here. `ipo` has one aim for the pair.
"""

import numpy as np

from lossref.families.preferences import aims, rewards
from lossref.float64.pairs import beyond
from lossref.laws import convex, nonnegative
from lossref.spaces import Positive, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(chosen, rejected, reference_chosen, reference_rejected, beta=0.1):
    lost = beyond(beta, np.negative(rejected), reference_rejected)
    return np.square(beyond(beta, chosen, np.negative(reference_chosen))) + np.square(lost)


def gradient(chosen, rejected, reference_chosen, reference_rejected, beta=0.1):
    return 2.0 * beyond(beta, chosen, np.negative(reference_chosen)), -2.0 * beyond(beta, np.negative(rejected), reference_rejected)


def hessian(chosen, rejected, reference_chosen, reference_rejected, beta=0.1):
    return 2.0 + np.zeros_like(beyond(beta, chosen, np.negative(reference_chosen), 0.0 * np.asarray(rejected)))


def definition(m, chosen, rejected, reference_chosen, reference_rejected, beta):
    aim = 1 / (2 * beta)
    return (chosen - reference_chosen - aim) ** 2 + (rejected - reference_rejected + aim) ** 2


LOSS = Loss(
    name="sppo",
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
        Hard("rejected_achieved", "cancellation", "a loss next to 1 / (2 beta): the slope is a small difference of either sign",
             lambda d: {"rejected": d.format.step(-5.0, d.integer(-9, 9)), "reference_rejected": 0.0, "beta": d.cycle(0.1, 0.3, 0.7)}, 9),
        Hard("both_achieved", "cancellation", "both answers as aimed, to some ulps: the loss is a tiny square, and not 0",
             lambda d: {"chosen": d.format.step(2.0, d.integer(-9, 9)), "rejected": d.format.step(-2.0, d.integer(-9, 9)),
                        "reference_chosen": 0.0, "reference_rejected": 0.0, "beta": 0.25}, 6),
    ),
    known=(
        Known({"chosen": -10.0, "rejected": -12.0, "reference_chosen": -10.0, "reference_rejected": -12.0, "beta": 0.25}, "8",
              "nothing gained of 2, nothing lost of 2", ("-4", "4")),
        Known({"chosen": -5.0, "rejected": -7.0, "reference_chosen": -8.0, "reference_rejected": -6.0, "beta": 0.5}, "4",
              "(3 - 1)^2 + (-1 + 1)^2", ("4", "0")),
        Known({"chosen": -5.0, "rejected": -7.0, "reference_chosen": -7.0, "reference_rejected": -5.0, "beta": 0.25}, "0", "as aimed",
              ("0", "0")),
        Known({"chosen": -np.inf, "rejected": 0.0, "reference_chosen": 0.0, "reference_rejected": 0.0, "beta": 0.25}, "inf",
              "an answer that the policy excludes", ("-inf", "4")),
    ),
    source="Y. Wu et al., Self-Play Preference Optimization for Language Model Alignment, 2024",
)

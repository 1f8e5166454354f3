"""Hinge loss of a preference (SLiC): the chosen answer is to gain more on its reference than the rejected one, by 1 / beta.

    L(c, r) = max(0, 1 - x),      x = beta ((c - c0) - (r - r0))

chosen              c, log-probability of the preferred answer under the policy, any real
rejected            r, that of the other answer, any real
reference_chosen    c0, log-probability of the preferred answer under the frozen reference, any real; 0 for no reference
reference_rejected  r0, that of the other answer, any real; 0 for no reference
beta                above 0; 0.1 by default
This is the hinge of TRL's DPO and of Liger; SLiC-HF has max(0, m - (c - r)), no reference and a margin m: that is m times this with
beta = 1 / m. Where the margin is met exactly the loss has a corner: this code returns 0.
"""

import numpy as np

from lossref.families.preferences import answers, rewards
from lossref.float64.doubled import doubled, minus
from lossref.float64.pairs import lead
from lossref.laws import convex, nonnegative
from lossref.spaces import Positive, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(chosen, rejected, reference_chosen, reference_rejected, beta=0.1):
    return np.maximum(0.0, _short(chosen, rejected, reference_chosen, reference_rejected, beta))


def gradient(chosen, rejected, reference_chosen, reference_rejected, beta=0.1):
    slope = np.where(_short(chosen, rejected, reference_chosen, reference_rejected, beta) > 0, beta, 0.0)
    return -slope, slope


def _short(chosen, rejected, reference_chosen, reference_rejected, beta):
    """1 - x, a difference that may be small."""
    high, low = minus(doubled(1.0), lead(beta, chosen, np.negative(rejected), np.negative(reference_chosen), reference_rejected))
    return high + low


def definition(m, chosen, rejected, reference_chosen, reference_rejected, beta):
    return m.max(0, 1 - beta * ((chosen - reference_chosen) - (rejected - reference_rejected)))


LOSS = Loss(
    name="slic",
    arguments={"chosen": Real(), "rejected": Real(), "reference_chosen": Real(), "reference_rejected": Real()},
    differentiable=("chosen", "rejected"),
    parameters={"beta": Parameter(space=Positive(), default=0.1, grid=(0.1, 0.01, 0.5, 1.0))},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, convex),
    hard=(
        *rewards(0.1),
        Hard("margin", "kink", "a lead of exactly 1, and one or two ulps beside it: any slope of the interval is right",
             lambda d: {"chosen": d.nudged(-8.0), "rejected": -9.0, "reference_chosen": -6.0, "reference_rejected": -3.0, "beta": 0.25}, 5),
        Hard("around_margin", "tail", "leads off 1 by 2^-1 to 2^-16, both ways: a margin elsewhere shows",
             lambda d: {"chosen": d.number(4.0 * (1 + d.cycle(1, -1) * 2.0 ** -(1 + d.index))), "rejected": 0.0, "reference_chosen": 0.0,
                        "reference_rejected": 0.0, "beta": 0.25}, 16),
        Hard("within_margin", "ordinary", "right by less than the margin: it costs",
             lambda d: answers(d, d.uniform(0.5, 9.5)) | {"beta": 0.1}, 8),
    ),
    known=(
        Known({"chosen": -10.0, "rejected": -12.0, "reference_chosen": -10.0, "reference_rejected": -12.0, "beta": 0.25}, "1",
              "nothing gained", ("-0.25", "0.25")),
        Known({"chosen": -5.0, "rejected": -7.0, "reference_chosen": -8.0, "reference_rejected": -6.0, "beta": 0.5}, "0", "1/2 (3 + 1)",
              ("0", "0")),
        Known({"chosen": -9.0, "rejected": -7.0, "reference_chosen": -8.0, "reference_rejected": -6.0, "beta": 0.5}, "1", "both lost 1",
              ("-0.5", "0.5")),
        Known({"chosen": -np.inf, "rejected": 0.0, "reference_chosen": 0.0, "reference_rejected": 0.0, "beta": 0.25}, "inf",
              "an answer that the policy excludes", ("-0.25", "0.25")),
        Known({"chosen": 0.0, "rejected": -np.inf, "reference_chosen": 0.0, "reference_rejected": 0.0}, "0", "right for ever", ("0", "0")),
    ),
    source="Y. Zhao et al., SLiC-HF: Sequence Likelihood Calibration with Human Feedback, 2023; with a reference: T. Liu et al., RSO, 2024",
)

"""Direct preference optimisation where some labels are known to be wrong: what DPO would be with the right ones, on average.

    L(c, r) = ((1 - e) l(x) - e l(-x)) / (1 - 2 e),      l(x) = log(1 + exp(-x)),      x = beta ((c - c0) - (r - r0))

chosen              c, log-probability of the preferred answer under the policy, any real
rejected            r, that of the other answer, any real
reference_chosen    c0, log-probability of the preferred answer under the frozen reference, any real
reference_rejected  r0, that of the other answer, any real
beta                above 0; 0.1 by default
flipped             e, the share of labels that are wrong, from 0 (then it is DPO) to 7/16; 0.1 by default. TRL: label_smoothing
It is l(x) - e x / (1 - 2 e): without end below 0 for what is ahead, where no slope vanishes. TRL and Liger have it so.
"""

import numpy as np

from lossref.families.preferences import answers, rewards
from lossref.float64.pairs import lead, logistic, logistic_curvature, logistic_slope
from lossref.laws import convex
from lossref.spaces import Minority, Positive, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(chosen, rejected, reference_chosen, reference_rejected, beta=0.1, flipped=0.1):
    behind, low = _behind(chosen, rejected, reference_chosen, reference_rejected, beta)
    tilt = np.where(np.equal(flipped, 0), 0.0, _tilt(flipped) * behind + _tilt(flipped) * low)
    return logistic(behind, low) + tilt


def gradient(chosen, rejected, reference_chosen, reference_rejected, beta=0.1, flipped=0.1):
    slope = logistic_slope(*_behind(chosen, rejected, reference_chosen, reference_rejected, beta), weight=beta)
    slope = slope + beta * _tilt(flipped)
    return -slope, slope


def hessian(chosen, rejected, reference_chosen, reference_rejected, beta=0.1, flipped=0.1):
    return logistic_curvature(*_behind(chosen, rejected, reference_chosen, reference_rejected, beta), weight=beta)


def _behind(chosen, rejected, reference_chosen, reference_rejected, beta):
    """-x, in two parts."""
    return lead(beta, rejected, np.negative(chosen), reference_chosen, np.negative(reference_rejected))


def _tilt(flipped):
    return np.asarray(flipped, float) / (1.0 - 2.0 * np.asarray(flipped, float))


def definition(m, chosen, rejected, reference_chosen, reference_rejected, beta, flipped):
    x = beta * ((chosen - reference_chosen) - (rejected - reference_rejected))
    return ((1 - flipped) * m.log(1 + m.exp(-x)) - flipped * m.log(1 + m.exp(x))) / (1 - 2 * flipped)


LOSS = Loss(
    name="robust_dpo",
    arguments={"chosen": Real(), "rejected": Real(), "reference_chosen": Real(), "reference_rejected": Real()},
    differentiable=("chosen", "rejected"),
    parameters={"beta": Parameter(space=Positive(), default=0.1, grid=(0.1, 0.01, 0.5, 1.0)),
                "flipped": Parameter(space=Minority(), default=0.1, grid=(0.1, 0.0, 0.25, 0.4))},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(convex,),
    hard=(
        *rewards(0.1),
        Hard("nearly_half", "tail", "nearly half of the labels wrong, or next to none: the quotient is what the formula says",
             lambda d: answers(d, d.uniform(-20, 20)) | {"flipped": 0.4375 if d.index % 3 == 0 else d.scaled(-40, -6)}, 9),
        Hard("root", "cancellation", "leads where the loss passes through 0 on its way below it",
             lambda d: {"rejected": 0.0, "reference_chosen": 0.0, "reference_rejected": 0.0, "beta": 0.5, "flipped": 0.25,
                        "chosen": d.number(1.6 + d.cycle(1, -1) * 2.0 ** -(1 + d.index))}, 8),
    ),
    known=(
        Known({"chosen": -10.0, "rejected": -12.0, "reference_chosen": -10.0, "reference_rejected": -12.0, "beta": 1.0, "flipped": 0.25},
              lambda m: m.log(2), "the policy is its reference", ("-1", "1")),
        Known({"chosen": -5.0, "rejected": -7.0, "reference_chosen": -8.0, "reference_rejected": -6.0, "beta": 0.5, "flipped": 0.25},
              lambda m: m.log(1 + m.exp(-2)) - 1, "l(2) - 2/4 2", ("-0.30960146101105878", "0.30960146101105878")),
        Known({"chosen": np.inf, "rejected": 0.0, "reference_chosen": 0.0, "reference_rejected": 0.0, "beta": 1.0, "flipped": 0.25},
              "-inf", "ahead without end", ("-0.5", "0.5")),
        Known({"chosen": -np.inf, "rejected": 0.0, "reference_chosen": 0.0, "reference_rejected": 0.0, "beta": 1.0, "flipped": 0.25},
              "inf", "an answer that the policy excludes", ("-1.5", "1.5")),
    ),
    source="S. R. Chowdhury, A. Kini and N. Natarajan, Provably Robust DPO: Aligning Language Models with Noisy Feedback, 2024",
)

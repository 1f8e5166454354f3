"""Noise contrastive alignment (NCA) of a pair: the chosen answer is to be told from noise, and both are to stay near their reference.

    L(c, r) = l(a) + l(-a) / 2 + l(-b) / 2,      l(x) = log(1 + exp(-x)),      a = beta (c - c0),      b = beta (r - r0)

chosen              c, log-probability of the preferred answer under the policy, any real
rejected            r, that of the other answer, any real
reference_chosen    c0, log-probability of the preferred answer under the frozen reference, any real
reference_rejected  r0, that of the other answer, any real
beta                above 0; 0.1 by default
dL/dc = beta (s(a) / 2 - s(-a)), which is 0 where a is log 2: more is too much. It is what TRL and Liger call nca_pair; the paper's
loss of K answers with rewards is a larger one.
"""

import numpy as np

from lossref.families.preferences import apart, rewards
from lossref.float64.doubled import LOG_2, minus
from lossref.float64.pairs import lead, logistic, logistic_curvature, logistic_slope
from lossref.laws import convex, nonnegative
from lossref.spaces import Positive, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(chosen, rejected, reference_chosen, reference_rejected, beta=0.1):
    (a, low), other = _rewards(chosen, rejected, reference_chosen, reference_rejected, beta)
    return logistic(-a, -low) + (0.5 * logistic(a, low) + 0.5 * logistic(*other))


def gradient(chosen, rejected, reference_chosen, reference_rejected, beta=0.1):
    (a, low), other = _rewards(chosen, rejected, reference_chosen, reference_rejected, beta)
    # s(a) / 2 - s(-a) is expm1(a - log 2) s(-a): the difference is formed where it is exact.
    high, rest = minus((a, low), LOG_2)
    near = np.abs(high) < 1.0
    beyond = np.where(near, high, 0.0)
    factor = np.expm1(beyond) + np.exp(beyond) * rest
    apart = 0.5 * logistic_slope(a, low, beta) - logistic_slope(-a, -low, beta)
    return np.where(near, factor * logistic_slope(-a, -low, beta), apart), logistic_slope(*other, weight=0.5 * np.asarray(beta, float))


def hessian(chosen, rejected, reference_chosen, reference_rejected, beta=0.1):
    return 1.5 * logistic_curvature(*lead(beta, chosen, np.negative(reference_chosen), 0.0 * np.asarray(rejected)), weight=beta)


def _rewards(chosen, rejected, reference_chosen, reference_rejected, beta):
    """a and b, each in two parts."""
    return lead(beta, chosen, np.negative(reference_chosen)), lead(beta, rejected, np.negative(reference_rejected))


def definition(m, chosen, rejected, reference_chosen, reference_rejected, beta):
    a, b = beta * (chosen - reference_chosen), beta * (rejected - reference_rejected)
    return m.log(1 + m.exp(-a)) + m.log(1 + m.exp(a)) / 2 + m.log(1 + m.exp(b)) / 2


LOSS = Loss(
    name="nca_pref",
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
        *apart(0.1),
        Hard("enough", "cancellation", "rewards around log 2, where the slope passes through 0 and keeps its sign",
             lambda d: {"chosen": d.number(0.6931471805599453 * (1 + d.cycle(1, -1, 0) * 2.0 ** -(2 + 4 * d.index))),
                        "reference_chosen": 0.0, "beta": 1.0}, 9),
    ),
    known=(
        Known({"chosen": -10.0, "rejected": -12.0, "reference_chosen": -10.0, "reference_rejected": -12.0, "beta": 1.0},
              lambda m: 2 * m.log(2), "the policy is its reference", ("-0.25", "0.25")),
        Known({"chosen": -5.0, "rejected": -7.0, "reference_chosen": -9.0, "reference_rejected": -5.0, "beta": 0.5},
              lambda m: m.log(1 + m.exp(-2)) * 3 / 2 + 1 + m.log(1 + m.exp(-1)) / 2, "l(-2) = l(2) + 2",
              ("0.16059780848341183", "0.067235355342498780")),
        Known({"chosen": -np.inf, "rejected": -np.inf, "reference_chosen": 0.0, "reference_rejected": 0.0, "beta": 0.25}, "inf",
              "answers that the policy excludes", ("-0.25", "0")),
        Known({"chosen": np.inf, "rejected": -np.inf, "reference_chosen": 0.0, "reference_rejected": 0.0, "beta": 0.25}, "inf",
              "too far ahead", ("0.125", "0")),
    ),
    source="H. Chen et al., Noise Contrastive Alignment of Language Models with Explicit Rewards, 2024",
)

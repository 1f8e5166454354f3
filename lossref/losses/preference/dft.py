"""Dynamic fine-tuning (DFT) of a token: the log loss, weighted by the token's own probability, which is taken for a number.

    L(l) = -exp(l0) l,      dL/dl = -exp l0

log_probability  l, that of the token under the policy, at most 0
detached         l0, the same log-probability as a number through which no slope goes, at most 0
Code takes l0 = l: then L is -p log p, and its slope in l is -p, not -p (1 + l). A finite difference of the value says otherwise, and
so l0 is an argument of its own. Against the plain log loss, an improbable token pulls less.
"""

import numpy as np

from lossref.float64.kernels import times_exp
from lossref.laws import convex, homogeneous, nonnegative
from lossref.spaces import NonPositive
from lossref.spec import Hard, Known, Loss


def value(log_probability, detached):
    # An exponential that is a subnormal number has lost the digits which its factor brings back.
    return times_exp(np.negative(log_probability), detached)


def gradient(log_probability, detached):
    return -np.exp(detached) + np.zeros(np.shape(log_probability))


def hessian(log_probability, detached):
    return np.zeros_like(gradient(log_probability, detached))


def definition(m, log_probability, detached):
    return -m.exp(detached) * log_probability


LOSS = Loss(
    name="dft",
    arguments={"log_probability": NonPositive(), "detached": NonPositive()},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex, homogeneous(1, "log_probability")),
    hard=(
        Hard("itself", "ordinary", "tokens as code has them: the weight is that of the log-probability itself",
             lambda d: {"log_probability": (x := -d.uniform(0.01, 12)), "detached": x}, 10),
        Hard("sure", "tail", "a token that is all but certain: the loss is tiny, its slope next to 1",
             lambda d: {"log_probability": (x := -d.scaled(-60, -5)), "detached": x}, 12),
        Hard("improbable", "tail", "an improbable token: its weight is an exponential, not 0, and no clip's",
             lambda d: {"log_probability": (x := -d.uniform(d.saturation, d.underflow - 10)), "detached": x}, 14),
        Hard("last_subnormal", "tail", "the weight is a subnormal number or half of one: the loss has more digits",
             lambda d: {"log_probability": (x := -d.uniform(d.underflow - 12, d.underflow + 2)), "detached": x}, 8),
        Hard("apart", "ordinary", "another weight than that of the log-probability: they are two arguments",
             lambda d: {"log_probability": -d.uniform(0.01, 12), "detached": -d.uniform(0.01, 12)}, 8),
        Hard("turn", "tail", "log-probabilities around -1, where the slope of l exp l would vanish: this one does not",
             lambda d: {"log_probability": (x := d.number(-1 - d.cycle(1, -1) * 2.0 ** -(1 + 2 * d.index))), "detached": x}, 8),
    ),
    known=(
        Known({"log_probability": -1.0, "detached": -1.0}, lambda m: m.exp(-1), "1 / e", "-0.36787944117144232"),
        Known({"log_probability": -3.0, "detached": 0.0}, "3", "a weight of 1: the log loss", "-1"),
        Known({"log_probability": 0.0, "detached": 0.0}, "0", "a certain token", "-1"),
        Known({"log_probability": -3.0, "detached": -np.inf}, "0", "a weight of 0", "0"),
        Known({"log_probability": -np.inf, "detached": -1.0}, "inf", "an impossible token of some weight", "-0.36787944117144232"),
    ),
    source="Y. Wu et al., On the Generalization of SFT: A Reinforcement Learning Perspective with Reward Rectification, 2025, equation 9",
)

"""Simple preference optimisation (SimPO) of a pair: no reference, log-probabilities a token, and a margin to lead by.

    L(c, r) = log(1 + exp(-x)) = -log s(x),      x = beta (c - r) - m,      s(x) = 1 / (1 + exp(-x)),      dL/dc = -beta s(-x) = -dL/dr

chosen    c, mean log-probability of a token of the preferred answer, any real
rejected  r, that of the other answer, any real
beta      above 0; 2 by default
margin    m, what the chosen reward is to lead by (the paper's gamma), any real; 1/2 by default
Means over tokens, not sums, are the caller's business. TRL and Liger default to beta = 0.1, which is small for means; TRL takes
m / beta off the difference before it multiplies. CPO is the same without a margin, of sums.
"""

import numpy as np

from lossref.families.scalars import approach
from lossref.float64.doubled import doubled, plus
from lossref.float64.pairs import lead, logistic, logistic_curvature, logistic_slope
from lossref.laws import convex, nonnegative
from lossref.spaces import Positive, Real
from lossref.spec import Hard, Known, Loss, Parameter


def value(chosen, rejected, beta=2.0, margin=0.5):
    return logistic(*_behind(chosen, rejected, beta, margin))


def gradient(chosen, rejected, beta=2.0, margin=0.5):
    slope = logistic_slope(*_behind(chosen, rejected, beta, margin), weight=beta)
    return -slope, slope


def hessian(chosen, rejected, beta=2.0, margin=0.5):
    return logistic_curvature(*_behind(chosen, rejected, beta, margin), weight=beta)


def _behind(chosen, rejected, beta, margin):
    """-x, in two parts."""
    return plus(lead(beta, rejected, np.negative(chosen)), doubled(margin))


def _tokens(d, lead):
    """Mean log-probabilities of which the chosen one leads by so much at the defaults."""
    return {"rejected": (r := -d.uniform(0.5, 3)), "chosen": d.number(r + (lead + 0.5) / 2)}


def definition(m, chosen, rejected, beta, margin):
    return m.log(1 + m.exp(margin - beta * (chosen - rejected)))


LOSS = Loss(
    name="simpo",
    arguments={"chosen": Real(), "rejected": Real()},
    differentiable=("chosen", "rejected"),
    parameters={"beta": Parameter(space=Positive(), default=2.0, grid=(2.0, 0.1, 2.5, 10.0)),
                "margin": Parameter(space=Real(), default=0.5, grid=(0.5, 0.0, 1.6))},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex),
    hard=(
        Hard("training", "ordinary", "means as in training: a nat or two a token, and small differences",
             lambda d: _tokens(d, d.uniform(-3, 3)), 8),
        Hard("sure_and_right", "tail", "far ahead: 1 + exp(-x) rounds to 1, the loss and its slopes are exp(-x), not 0",
             lambda d: _tokens(d, d.uniform(d.saturation, d.underflow - 10)), 14),
        Hard("sure_and_wrong", "tail", "far behind: exp overflows, the loss does not",
             lambda d: _tokens(d, -d.uniform(d.saturation / 2, 2 * d.underflow)), 8),
        Hard("last_subnormal", "tail", "the loss is a subnormal number or half of one",
             lambda d: _tokens(d, d.uniform(d.underflow - 12, d.underflow + 2)), 6),
        Hard("approach", "tail", "step by step to where exp(-|x|) rounds away: a threshold beyond which code gives up shows",
             lambda d: _tokens(d, d.cycle(1.0, -1.0) * approach(d)), 24),
        Hard("margin_met", "cancellation", "a lead of the margin and some ulps: the loss is next to log 2, its slope next to half of beta",
             lambda d: {"rejected": -1.5, "chosen": d.format.step(-1.25, d.integer(-9, 9))}, 6),
        Hard("large_residual", "tail", "answers worlds apart: a line stays a line, 0 stays 0",
             lambda d: {"chosen": d.sign() * d.scaled(10, 40)}, 6),
    ),
    known=(
        Known({"chosen": -1.0, "rejected": -1.25}, lambda m: m.log(2), "ahead by the margin", ("-1", "1")),
        Known({"chosen": -1.0, "rejected": -2.0, "beta": 2.5}, lambda m: m.log(1 + m.exp(-2)), "2.5 - 0.5",
              ("-0.29800730505529389", "0.29800730505529389")),
        Known({"chosen": np.inf, "rejected": 0.0}, "0", "right for ever", ("0", "0")),
        Known({"chosen": -np.inf, "rejected": 0.0}, "inf", "an answer that the policy excludes", ("-2", "2")),
        Known({"chosen": 0.0, "rejected": -np.inf}, "0", "right for ever", ("0", "0")),
    ),
    source="Y. Meng, M. Xia and D. Chen, SimPO: Simple Preference Optimization with a Reference-Free Reward, 2024, equation 6",
)

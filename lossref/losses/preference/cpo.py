"""Contrastive preference optimisation (CPO) of a pair: the chosen answer is to be the likelier one, and likely; no reference.

    L(c, r) = log(1 + exp(-x)) - w c,      x = beta (c - r),      s(x) = 1 / (1 + exp(-x)),      dL/dc = -beta s(-x) - w

chosen      c, log-probability of the preferred answer under the policy, summed over its tokens, at most 0
rejected    r, that of the other answer, at most 0
beta        above 0; 0.1 by default
nll_weight  w, of the negative log-likelihood of the chosen answer, at least 0; 1 by default (TRL: cpo_alpha)
TRL and Liger average the second term over the tokens of a batch, and take sums in the first: the paper sums in both. Without it this
is `dpo` without a reference; with means and a margin it is `simpo`.
"""

import numpy as np

from lossref.families.scalars import approach
from lossref.float64.pairs import lead, logistic, logistic_curvature, logistic_slope
from lossref.laws import convex, nonnegative
from lossref.spaces import NonNegative, NonPositive, Positive
from lossref.spec import Hard, Known, Loss, Parameter


def value(chosen, rejected, beta=0.1, nll_weight=1.0):
    unlikely = np.where(np.equal(nll_weight, 0), 0.0, nll_weight * np.negative(chosen))
    return logistic(*lead(beta, rejected, np.negative(chosen))) + unlikely


def gradient(chosen, rejected, beta=0.1, nll_weight=1.0):
    slope = logistic_slope(*lead(beta, rejected, np.negative(chosen)), weight=beta)
    return -slope - nll_weight, slope


def hessian(chosen, rejected, beta=0.1, nll_weight=1.0):
    return logistic_curvature(*lead(beta, rejected, np.negative(chosen)), weight=beta)


def _pair(d, lead):
    """Log-probabilities of two answers of which the chosen one leads by so much."""
    low, gap = -d.uniform(40, 400), abs(lead)
    return {"chosen": low, "rejected": d.number(low - gap)} if lead > 0 else {"chosen": d.number(low - gap), "rejected": low}


def definition(m, chosen, rejected, beta, nll_weight):
    return m.log(1 + m.exp(-beta * (chosen - rejected))) - nll_weight * chosen


LOSS = Loss(
    name="cpo",
    arguments={"chosen": NonPositive(), "rejected": NonPositive()},
    differentiable=("chosen", "rejected"),
    parameters={"beta": Parameter(space=Positive(), default=0.1, grid=(0.1, 0.01, 0.5, 1.0)),
                "nll_weight": Parameter(space=NonNegative(), default=1.0, grid=(1.0, 0.0, 0.5))},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex),
    hard=(
        Hard("training", "ordinary", "answers as in training: hundreds of nats each, and a lead of some",
             lambda d: _pair(d, d.uniform(-20, 20)), 8),
        Hard("sure_and_right", "tail", "far ahead: the slope of the rejected answer is an exponential, not 0",
             lambda d: _pair(d, 10 * d.uniform(d.saturation, d.underflow - 10)), 12),
        Hard("preference_alone", "tail", "far ahead, no likelihood: the loss is an exponential, not 0",
             lambda d: _pair(d, 10 * d.uniform(d.saturation, d.underflow - 10)) | {"nll_weight": 0.0}, 8),
        Hard("certain", "tail", "a chosen answer that is all but certain: the loss is what the preference costs",
             lambda d: {"chosen": -d.scaled(-60, -5) if d.index else 0.0, "rejected": -10 * d.uniform(1, d.underflow - 10)}, 10),
        Hard("sure_and_wrong", "tail", "far behind: exp overflows, the loss does not",
             lambda d: _pair(d, -10 * d.uniform(d.saturation / 2, 2 * d.underflow)), 8),
        Hard("last_subnormal", "tail", "an exponential of the lead is a subnormal number or half of one",
             lambda d: _pair(d, 10 * d.uniform(d.underflow - 12, d.underflow + 2)) | {"nll_weight": d.cycle(1.0, 0.0)}, 6),
        Hard("approach", "tail", "step by step to where exp of the lead rounds away: a threshold beyond which code gives up shows",
             lambda d: _pair(d, d.cycle(1.0, -1.0) * 10 * approach(d)) | {"nll_weight": d.cycle(1.0, 1.0, 0.0, 0.0)}, 24),
        Hard("close", "cancellation", "answers as likely as each other to some ulps: two large numbers cancel, exactly",
             lambda d: {"rejected": (r := -d.uniform(100, 1000)), "chosen": d.format.step(r, d.integer(-40, 40))}, 12),
    ),
    known=(
        Known({"chosen": -4.0, "rejected": -4.0, "beta": 0.5, "nll_weight": 0.25}, lambda m: m.log(2) + 1, "as likely as each other",
              ("-0.5", "0.25")),
        Known({"chosen": -2.0, "rejected": -6.0, "beta": 0.5}, lambda m: m.log(1 + m.exp(-2)) + 2, "1/2 (6 - 2), and 2 nats",
              ("-1.0596014610110588", "0.059601461011058778")),
        Known({"chosen": -2.0, "rejected": -np.inf, "nll_weight": 0.5}, "1", "right for ever, and 2 nats", ("-0.5", "0")),
        Known({"chosen": -np.inf, "rejected": -2.0, "beta": 0.25, "nll_weight": 0.0}, "inf", "an answer that the policy excludes",
              ("-0.25", "0.25")),
    ),
    source="H. Xu et al., Contrastive Preference Optimization, 2024, equation 5",
)

"""Odds ratio preference optimisation (ORPO) of a pair: the chosen answer is to be likely, and to have the higher odds.

    L(c, r) = -c + w log(1 + o(r) / o(c)),      o(l) = exp l / (1 - exp l)

chosen    c, mean log-probability of a token of the preferred answer, below 0
rejected  r, that of the other answer, below 0
weight    w (the paper's lambda, TRL's beta), above 0; 0.1 by default
log(1 + o(r) / o(c)) is -log s(log o(c) - log o(r)), s the logistic sigmoid. TRL averages the first term over all tokens of a batch.
"""

import numpy as np

from lossref.families.scalars import approach
from lossref.float64.doubled import LOG_2, doubled, exponential, one_less_exponential, plus, times
from lossref.float64.kernels import over_square, two_difference
from lossref.laws import nonnegative
from lossref.spaces import Negative, Positive
from lossref.spec import Hard, Known, Loss, Parameter


def value(chosen, rejected, weight=0.1):
    # log(o(r) / o(c)) is r - c and the logarithm of a quotient, of one sign.
    gap, power, unlikely, rest, _ = _parts(chosen, rejected)
    lag = np.where(gap[0] > 0, gap[0] + (gap[1] + np.log(unlikely / rest)), 0.0)
    return np.negative(chosen) + weight * (lag + np.log1p(power * (rest / unlikely)))


def gradient(chosen, rejected, weight=0.1):
    gap, power, unlikely, rest, whole = _parts(chosen, rejected)
    share = np.where(gap[0] > 0, 1.0, power) / whole
    return -1.0 - weight * share, weight * share * np.where(gap[0] > 0, unlikely / rest, rest / unlikely)


def hessian(chosen, rejected, weight=0.1):
    # w s (1 - s) (1 - 2 exp r) / ((1 - exp c) (1 - exp r)): 1 - 2 exp r is 0 at -log 2, whose low part counts there.
    gap, lost = two_difference(rejected, chosen)
    power = exponential((-np.abs(gap), -np.sign(gap) * lost))
    turn = -np.expm1((np.asarray(rejected, float) + LOG_2[0]) + LOG_2[1])
    whole = plus(one_less_exponential(np.minimum(chosen, rejected)), times(power, one_less_exponential(np.maximum(chosen, rejected))))
    return over_square(*times(times(power, doubled(weight)), doubled(turn)), *whole)


def _parts(chosen, rejected):
    """r - c in two parts, exp(-|r - c|), 1 - exp l for the less and the more likely answer, and the first one with the other's share."""
    gap, lost = two_difference(rejected, chosen)
    power = np.exp(-np.abs(gap)) * (1.0 - np.sign(gap) * lost)
    unlikely, rest = -np.expm1(np.minimum(chosen, rejected)), -np.expm1(np.maximum(chosen, rejected))
    return (gap, lost), power, unlikely, rest, unlikely + power * rest


def definition(m, chosen, rejected, weight):
    return weight * m.log(1 + m.exp(rejected) * (1 - m.exp(chosen)) / (m.exp(chosen) * (1 - m.exp(rejected)))) - chosen


LOSS = Loss(
    name="orpo",
    arguments={"chosen": Negative(), "rejected": Negative()},
    differentiable=("chosen", "rejected"),
    parameters={"weight": Parameter(space=Positive(), default=0.1, grid=(0.1, 1.0, 0.25))},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative,),
    hard=(
        Hard("training", "ordinary", "means as in training: a nat or two a token, and small differences",
             lambda d: {"chosen": (c := -d.uniform(0.5, 3)), "rejected": d.number(c + d.uniform(-0.5, 0.5))}, 8),
        Hard("next_to_0", "cancellation", "answers that are all but certain: 1 - exp l cancels, and is 0 below half an ulp of 1",
             lambda d: {"chosen": -d.scaled(-60, -5), "rejected": -(d.scaled(-60, -5) if d.index % 2 else d.uniform(0.5, 3))}, 14),
        Hard("rejected_certain", "tail", "a rejected answer that is all but certain: its odds overflow in float32",
             lambda d: {"chosen": -d.uniform(0.5, 3), "rejected": -d.scaled(-90, -5)}, 8),
        Hard("sure_and_right", "tail", "a rejected answer far less likely: the second term and its slopes are an exponential, not 0",
             lambda d: {"chosen": -d.uniform(0.1, 3), "rejected": -d.uniform(d.saturation, d.underflow - 10)}, 12),
        Hard("sure_and_wrong", "tail", "a chosen answer far less likely: exp of the gap overflows, the loss does not",
             lambda d: {"rejected": -d.uniform(0.1, 3), "chosen": -d.uniform(d.saturation, 2 * d.underflow)}, 10),
        Hard("both_unlikely", "tail", "exp of both underflows: odds are 0 / 0",
             lambda d: {"rejected": (r := -d.uniform(d.underflow, 4 * d.underflow)), "chosen": d.number(r + d.uniform(-3, 3))}, 8),
        Hard("last_subnormal", "tail", "odds that are subnormal numbers or half of one",
             lambda d: {"chosen": -d.uniform(0.5, 2), "rejected": -d.uniform(d.underflow - 12, d.underflow + 2)}, 6),
        Hard("approach", "tail", "step by step to where exp of the gap rounds away: a threshold beyond which code gives up shows",
             lambda d: {"chosen": -(approach(d) if d.index % 2 else 0.5), "rejected": -(0.5 if d.index % 2 else approach(d))}, 24),
        Hard("turn", "cancellation", "a rejected answer of probability 1/2, where the second derivative changes its sign",
             lambda d: {"rejected": d.number(-0.6931471805599453 * (1 + d.cycle(1, -1, 0) * 2.0 ** -(2 + 4 * d.index)))}, 9),
    ),
    known=(
        Known({"chosen": -1.5, "rejected": -1.5, "weight": 0.5}, lambda m: m.lift(3) / 2 + m.log(2) / 2, "equal odds"),
        Known({"chosen": -1.0, "rejected": -2.0, "weight": 1.0},
              lambda m: 1 + m.log(1 + (m.exp(1) - 1) / (m.exp(2) - 1)), "1, and odds of 1 / (e - 1) and 1 / (e^2 - 1)"),
        Known({"chosen": -np.inf, "rejected": -1.0}, "inf", "an answer that the policy excludes",
              ("-1.1", "0.15819767068693265")),
        Known({"chosen": -1.0, "rejected": -np.inf}, "1", "nothing to prefer it to", ("-1", "0")),
    ),
    source="J. Hong, N. Lee and J. Thorne, ORPO: Monolithic Preference Optimization without Reference Model, 2024, equations 6 and 7",
)

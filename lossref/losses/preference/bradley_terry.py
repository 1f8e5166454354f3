"""Bradley-Terry loss of a pair: the answer that was chosen is to have the higher reward.

    L(c, r) = log(1 + exp(r - c)) = -log s(c - r),      s(x) = 1 / (1 + exp(-x)),      dL/dc = -s(r - c) = -dL/dr

chosen    c, the reward (score, rating) of the one preferred, any real
rejected  r, that of the other, any real
Natural logarithm. It is RankNet's loss of one pair, and the logistic loss of the difference. TRL can take a margin off c - r.
"""

import numpy as np

from lossref.families.scalars import approach
from lossref.float64.kernels import two_difference
from lossref.float64.pairs import logistic, logistic_curvature, logistic_slope
from lossref.laws import convex, nonnegative
from lossref.spaces import Real
from lossref.spec import Hard, Known, Loss


def value(chosen, rejected):
    # What rounding takes from the difference is put back: it is a relative error of the tail.
    return logistic(*two_difference(rejected, chosen))


def gradient(chosen, rejected):
    slope = logistic_slope(*two_difference(rejected, chosen))
    return -slope, slope


def hessian(chosen, rejected):
    return logistic_curvature(*two_difference(rejected, chosen))


def definition(m, chosen, rejected):
    return m.log(1 + m.exp(rejected - chosen))


LOSS = Loss(
    name="bradley_terry",
    arguments={"chosen": Real(), "rejected": Real()},
    differentiable=("chosen", "rejected"),
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex),
    hard=(
        Hard("sure_and_right", "tail", "far ahead: 1 + exp(r - c) rounds to 1, the loss and its slopes are exp(r - c), not 0",
             lambda d: {"rejected": (r := d.uniform(-8, 8)), "chosen": d.number(r + d.uniform(d.saturation, d.underflow - 10))}, 16),
        Hard("sure_and_wrong", "tail", "far behind: exp overflows, the loss is the difference",
             lambda d: {"rejected": (r := d.uniform(-8, 8)), "chosen": d.number(r - d.uniform(d.saturation / 2, 2 * d.underflow))}, 12),
        Hard("last_subnormal", "tail", "the loss is a subnormal number or half of one",
             lambda d: {"rejected": 0.0, "chosen": d.uniform(d.underflow - 12, d.underflow + 2)}, 6),
        Hard("approach", "tail", "step by step to where exp(-|c - r|) rounds away: a threshold beyond which code gives up shows",
             lambda d: {"rejected": 0.5, "chosen": d.number(0.5 + d.cycle(1.0, -1.0) * approach(d))}, 24),
        Hard("each_rounds", "cancellation", "rewards of a thousand and a small difference: logarithms of their exponentials overflow",
             lambda d: {"rejected": (r := d.uniform(700, 1000)), "chosen": d.number(r + d.uniform(-3, 3))}, 8),
    ),
    known=(
        Known({"chosen": 2.0, "rejected": 2.0}, lambda m: m.log(2), "undecided", ("-0.5", "0.5")),
        Known({"chosen": np.inf, "rejected": 0.0}, "0", "right for ever", ("0", "0")),
        Known({"chosen": -np.inf, "rejected": 0.0}, "inf", "for ever on the wrong side", ("-1", "1")),
        Known({"chosen": 0.0, "rejected": -np.inf}, "0", "right for ever", ("0", "0")),
        Known({"chosen": -5.0, "rejected": 5.0}, "10.000045398899217", "a logistic loss of a margin of -10",
              ("-0.99995460213129757", "0.99995460213129757")),
    ),
    source="R. A. Bradley and M. E. Terry, Rank Analysis of Incomplete Block Designs, 1952; for rewards: P. Christiano et al., 2017",
)

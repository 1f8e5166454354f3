"""Clipped surrogate of proximal policy optimisation (PPO), as GRPO, DAPO and RLOO take it for each token.

    L(l) = -min(p A, clip(p, 1 - low, 1 + high) A),      p = exp(l - l0),      dL/dl = -p A where the minimum is the first

log_probability  l, that of a token under the policy, any real
reference        l0, its log-probability under the policy that drew it, any real
advantage        A, how much better than expected its answer was, any real
low              how far the ratio p may fall below 1, in [0, 1]; 0.2 by default
high             how far it may rise above 1, at least 0; 0.2 by default (DAPO: 0.28)
Where A > 0 this is -A min(p, 1 + high), where A < 0 it is -A max(p, 1 - low): what would be gained beyond is given up. At an end every
slope between 0 and the full one is right; this code returns 0. TRL also cuts p from above for A < 0, where it is told to. Which mean
over tokens is taken (GRPO: of each answer first; BNPO, DAPO: of all tokens) is the caller's business.
"""

import numpy as np

from lossref.float64.kernels import as_array, times_exp, two_difference
from lossref.laws import homogeneous
from lossref.spaces import NonNegative, Real, Unit
from lossref.spec import Hard, Known, Loss, Parameter


def value(log_probability, reference, advantage, low=0.2, high=0.2):
    end = -as_array(advantage) * np.where(np.greater(advantage, 0), 1.0 + as_array(high), 1.0 - as_array(low))
    within = _is_within(log_probability, reference, advantage, low, high)
    return np.where(within, _surrogate(log_probability, reference, advantage), end)


def gradient(log_probability, reference, advantage, low=0.2, high=0.2):
    within = _is_within(log_probability, reference, advantage, low, high)
    return np.where(within, _surrogate(log_probability, reference, advantage), 0.0)


def hessian(log_probability, reference, advantage, low=0.2, high=0.2):
    return gradient(log_probability, reference, advantage, low, high)


def _surrogate(log_probability, reference, advantage):
    """-p A, and what rounding takes from the difference put back."""
    gap, lost = two_difference(log_probability, reference)
    return -np.sign(advantage) * (power := times_exp(np.abs(advantage), gap)) * (1.0 + np.where(np.isfinite(power), lost, 0.0))


def _is_within(log_probability, reference, advantage, low, high):
    """Whether the ratio is not clipped, told by its logarithm, which is not rounded: exp and 1 + high are."""
    gap, lost = two_difference(log_probability, reference)
    below, above = (gap - np.log1p(high)) + lost, (gap - np.log1p(-as_array(low))) + lost
    return ~np.where(np.greater(advantage, 0), below >= 0, above <= 0)


def definition(m, log_probability, reference, advantage, low, high):
    # The minimum told by the logarithm of the ratio: a ratio that is given up may be beyond every number.
    d, end = log_probability - reference, 1 + high if advantage > 0 else 1 - low
    return -advantage * (end if (d > m.log(end) if advantage > 0 else d < m.log(end)) else m.exp(d))


LOSS = Loss(
    name="ppo_clip",
    arguments={"log_probability": Real(), "reference": Real(), "advantage": Real()},
    parameters={"low": Parameter(space=Unit(), default=0.2, grid=(0.2, 1.0, 0.1)),
                "high": Parameter(space=NonNegative(), default=0.2, grid=(0.2, 0.28, 2.0))},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(homogeneous(1, "advantage"),),
    hard=(
        Hard("first_step", "ordinary", "a policy that still is the one that drew the token: a ratio of 1, and the whole slope",
             lambda d: {"reference": (x := -d.uniform(0.01, 12)), "log_probability": x, "advantage": d.sign() * d.uniform(0.1, 3)}, 6),
        Hard("tokens", "ordinary", "log-probabilities of tokens, a step after both were one, of both kinds of advantage",
             lambda d: {"reference": (x := -d.uniform(0.01, 12)), "log_probability": d.number(x + d.uniform(-0.4, 0.4)),
                        "advantage": d.cycle(1.0, -1.0) * d.uniform(0.1, 3)}, 16),
        Hard("around_end", "tail", "ratios off either end by 2^-2 to 2^-17 of it, both ways: an end elsewhere shows, or none",
             lambda d: {"reference": 0.0, "advantage": (a := d.cycle(1.0, 1.0, -1.0, -1.0)), "low": 0.5, "high": 1.0,
                        "log_probability": d.number(a * 0.6931471805599453 + d.cycle(1, -1) * 2.0 ** -(2 + d.index // 2))}, 32),
        Hard("beyond", "tail", "beyond either end, clipped where that would pay, and else not",
             lambda d: {"reference": -d.uniform(0.1, 5), "log_probability": d.number(d.cycle(1, 1, -1, -1) * d.uniform(5, 9)),
                        "advantage": d.cycle(1.0, -1.0) * d.uniform(0.1, 3)}, 12),
        Hard("vanishing", "tail", "a token that became all but impossible: the ratio is an exponential, not 0",
             lambda d: {"reference": -d.uniform(0, 3), "log_probability": -d.uniform(d.saturation, d.underflow), "advantage": 1.0}, 10),
        Hard("exploding", "tail", "a token that was all but impossible: the loss grows without end where it is to become so again",
             lambda d: {"log_probability": -d.uniform(0, 1), "reference": -d.uniform(d.saturation, 0.93 * d.underflow),
                        "advantage": -d.uniform(0.5, 2)}, 10),
        Hard("no_room", "kink", "no room to rise, or to fall: the ratio 1 is an end itself, where both slopes are right, and beside it",
             lambda d: {"reference": -1.0, "log_probability": d.nudged(-1.0), "advantage": d.sign(), "low": 0.0, "high": 0.0}, 10),
    ),
    known=(
        Known({"log_probability": -2.0, "reference": -2.0, "advantage": 1.5}, "-1.5", "a ratio of 1", "-1.5"),
        Known({"log_probability": -1.0, "reference": -3.0, "advantage": 2.0, "high": 0.25}, "-2.5", "clipped at 1.25", "0"),
        Known({"log_probability": -1.0, "reference": -3.0, "advantage": -2.0}, lambda m: 2 * m.exp(2), "not clipped", "14.7781121978613"),
        Known({"log_probability": -3.0, "reference": -1.0, "advantage": -2.0, "low": 0.25}, "1.5", "clipped at 0.75", "0"),
        Known({"log_probability": -np.inf, "reference": -1.0, "advantage": 2.0}, "0", "impossible by now", "0"),
    ),
    source="J. Schulman et al., Proximal Policy Optimization Algorithms, 2017, equation 7",
)

"""The estimator k3 of a divergence, from one sample: what GRPO penalises a policy with that leaves its reference.

    L(l) = exp d - 1 - d,      d = l0 - l,      dL/dl = 1 - exp d

log_probability  l, that of a token (or an answer) under the policy that drew it, any real
reference        l0, its log-probability under the frozen reference, any real
Its mean over samples of the policy is the divergence KL(policy || reference); at least 0, unlike d itself. Two terms of it cancel
where the policy is next to its reference: the loss is d^2 / 2 there. That its slope is that of a mean is a matter of its own.
"""

import numpy as np

from lossref.float64.kernels import exp_less_line, two_difference
from lossref.laws import convex, nonnegative
from lossref.spaces import Real
from lossref.spec import Hard, Known, Loss


def value(log_probability, reference):
    # What rounding takes from the difference counts as often as it is long.
    d, lost = two_difference(reference, log_probability)
    return exp_less_line(d) + np.where(np.isfinite(d), np.expm1(np.minimum(d, 700.0)) * lost, 0.0)


def gradient(log_probability, reference):
    d, lost = two_difference(reference, log_probability)
    return -(np.expm1(d) + np.exp(np.minimum(d, 709.0)) * lost)


def hessian(log_probability, reference):
    d, lost = two_difference(reference, log_probability)
    power = np.exp(d)
    return power + np.where(np.isfinite(power), power * lost, 0.0)


def definition(m, log_probability, reference):
    d = reference - log_probability
    return m.exp(d) - 1 - d


LOSS = Loss(
    name="k3",
    arguments={"log_probability": Real(), "reference": Real()},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, convex),
    hard=(
        Hard("small", "cancellation", "a policy next to its reference: exp d - 1 - d cancels twice, the loss is d^2 / 2",
             lambda d: {"log_probability": d.sign() * d.scaled(-40, -3), "reference": 0.0}, 20),
        Hard("tokens", "ordinary", "log-probabilities of tokens, a step after both were one",
             lambda d: {"reference": (x := -d.uniform(0.01, 12)), "log_probability": d.number(x + d.uniform(-0.3, 0.3))}, 10),
        Hard("switch", "tail", "differences around 1, where series and exponentials meet",
             lambda d: {"log_probability": d.cycle(1.0, -1.0) * d.uniform(0.25, 2.5), "reference": 0.0}, 16),
        Hard("unlikely", "tail", "a sample that the reference all but excludes: a line, whose slope is 1 less a tail",
             lambda d: {"log_probability": -d.uniform(0, 3), "reference": -d.uniform(d.saturation, d.underflow)}, 10),
        Hard("likelier", "tail", "a sample far likelier under the reference: an exponential, up to where it overflows",
             lambda d: {"log_probability": -d.uniform(d.saturation, 0.93 * d.underflow), "reference": -d.uniform(0, 1)}, 14),
        Hard("large_residual", "tail", "far off: a line on one side", lambda d: {"log_probability": d.scaled(10, 40)}, 8),
        Hard("far", "tail", "farther still: a line on one side", lambda d: {"log_probability": d.scaled(10, 60)}, 6),
    ),
    known=(
        Known({"log_probability": -2.0, "reference": -2.0}, "0", "the policy is its reference", "0"),
        Known({"log_probability": -2.0, "reference": -1.0}, lambda m: m.exp(1) - 2, "e - 2", "-1.7182818284590452"),
        Known({"log_probability": -1.0, "reference": -2.0}, lambda m: m.exp(-1), "1 / e - 1 + 1", "0.63212055882855768"),
        Known({"log_probability": -1.0, "reference": -np.inf}, "inf", "a sample that the reference excludes", "1"),
        Known({"log_probability": -np.inf, "reference": -1.0}, "inf", "a sample that the policy excludes", "-inf"),
    ),
    source="J. Schulman, Approximating KL Divergence, 2020; as a penalty: Z. Shao et al., DeepSeekMath, 2024, equation 4",
)

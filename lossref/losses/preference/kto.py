"""Kahneman-Tversky optimisation (KTO) of one answer: a good one is to gain more on its reference than average, a bad one less.

    L(l) = 1 - s(y beta (l - l0 - z)) = s(-y beta (l - l0 - z)),      s(x) = 1 / (1 + exp(-x))

log_probability  l, that of an answer under the policy, summed over its tokens, any real
target           y, 1 for a desirable answer and -1 for an undesirable one
reference        l0, log-probability of the answer under the frozen reference, any real
divergence       z, the reference point: an estimate of the policy's divergence from its reference, which has no slope; any real
beta             above 0; 0.1 by default
The paper's lambda_D and lambda_U are weights of examples. TRL and Liger estimate z from mismatched answers, and cut it at 0 below.
"""

import numpy as np

from lossref.families.scalars import approach
from lossref.float64.pairs import lead, logistic_bend, logistic_curvature, logistic_slope
from lossref.laws import mirror, nonnegative
from lossref.options import SIGN
from lossref.spaces import Positive, Real, Sign
from lossref.spec import Hard, Known, Loss, Parameter


def value(log_probability, target, reference, divergence, beta=0.1):
    return logistic_slope(*_behind(log_probability, target, reference, divergence, beta))


def gradient(log_probability, target, reference, divergence, beta=0.1):
    slope = logistic_curvature(*_behind(log_probability, target, reference, divergence, beta), weight=np.sqrt(beta))
    return -np.asarray(target) * slope


def hessian(log_probability, target, reference, divergence, beta=0.1):
    return logistic_bend(*_behind(log_probability, target, reference, divergence, beta), weight=beta)


def _behind(log_probability, target, reference, divergence, beta):
    """-y beta (l - l0 - z), in two parts."""
    high, low = lead(beta, reference, divergence, np.negative(log_probability))
    return target * high, target * low


def _answer(d, y, lead):
    """An answer that is right by so much."""
    l0, z = -d.uniform(40, 400), d.uniform(0, 5)
    return {"target": y, "reference": l0, "divergence": z, "log_probability": d.number(l0 + z + y * lead)}


def definition(m, log_probability, target, reference, divergence, beta):
    x = target * beta * (log_probability - reference - divergence)
    return m.exp(-x) / (1 + m.exp(-x))


LOSS = Loss(
    name="kto",
    arguments={"log_probability": Real(), "target": Sign(), "reference": Real(), "divergence": Real()},
    parameters={"beta": Parameter(space=Positive(), default=0.1, grid=(0.1, 0.01, 0.5, 1.0))},
    target=SIGN,
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(nonnegative, mirror("L(-l, -y; -l0, -z) = L(l, y; l0, z)", lambda beta=0, **given: {name: -x for name, x in given.items()}, -1)),
    hard=(
        Hard("training", "ordinary", "answers of hundreds of nats that gained a few, of both kinds",
             lambda d: _answer(d, d.cycle(1.0, -1.0), d.uniform(-20, 20)), 10),
        Hard("sure_and_right", "tail", "right by far: 1 - s rounds to 0, the loss is exp(-x), not 0, and so are its slopes",
             lambda d: _answer(d, d.cycle(1.0, -1.0), 10 * d.uniform(d.saturation, d.underflow - 10)), 12),
        Hard("sure_and_wrong", "tail", "wrong by far: the loss is next to 1, its slopes are exponentials, not 0",
             lambda d: _answer(d, d.cycle(1.0, -1.0), -10 * d.uniform(d.saturation, d.underflow - 10)), 12),
        Hard("last_subnormal", "tail", "the loss is a subnormal number or half of one",
             lambda d: _answer(d, d.cycle(1.0, -1.0), 10 * d.uniform(d.underflow - 12, d.underflow + 2)), 6),
        Hard("approach", "tail", "step by step to where exp(-|x|) rounds away: a threshold beyond which code gives up shows",
             lambda d: _answer(d, d.cycle(1.0, -1.0), d.cycle(1.0, 1.0, -1.0, -1.0) * 10 * approach(d)), 24),
        Hard("barely_moved", "cancellation", "a policy some ulps off its reference: large numbers cancel, exactly; 1 - 2 s is small",
             lambda d: {"target": d.cycle(1.0, -1.0), "divergence": 0.0, "reference": (x := -d.uniform(100, 1000)),
                        "log_probability": d.format.step(x, d.integer(-40, 40))}, 10),
    ),
    known=(
        Known({"log_probability": -10.0, "target": 1.0, "reference": -12.0, "divergence": 2.0}, "0.5", "as much as on average",
              "-0.025000000000000001"),
        Known({"log_probability": -6.0, "target": 1.0, "reference": -12.0, "divergence": 2.0, "beta": 0.5},
              lambda m: m.exp(-2) / (1 + m.exp(-2)), "1/2 (6 - 2)", "-0.05249679270175325867"),
        Known({"log_probability": -np.inf, "target": 1.0, "reference": 0.0, "divergence": 0.0}, "1", "for ever lost", "0"),
        Known({"log_probability": -np.inf, "target": -1.0, "reference": 0.0, "divergence": 0.0}, "0", "for ever avoided", "0"),
    ),
    source="K. Ethayarajh et al., KTO: Model Alignment as Prospect Theoretic Optimization, 2024, equation 8",
)

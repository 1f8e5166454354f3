"""Cox's partial likelihood with Breslow's ties: of all who were at risk when an event came, the one it came to had the highest hazard.

    L(f, e, t) = sum_{i: e_i = 1} [log(sum_{j: t_j >= t_i} exp f_j) - f_i]

log_hazard  f, of each subject of a cohort along the last axis, any real; one example is a cohort
event       e, 1 where the event came at that time and 0 where the subject was lost from sight (censored)
time        t, the rank of the time when that was among all times of the cohort, from 0 on; equal times share a rank
Whoever has the same time is at risk, itself and all tied ones in full: Efron's ties count them less. A cohort without events costs 0.
The sum is not divided: XGBoost's metric and pycox divide by the number of events. XGBoost and CatBoost take a negative time where
there is no event. Without ties or censoring this is ListMLE's likelihood of the order of the times.
"""

import numpy as np

from lossref.float64.risk_sets import partial_bends, partial_cost, partial_slopes
from lossref.laws import convex, mirror, nonnegative
from lossref.spaces import Bit, Ranks, Vector
from lossref.spec import Hard, Known, Loss


def value(log_hazard, event, time):
    return partial_cost(log_hazard, event, time)


def gradient(log_hazard, event, time):
    return partial_slopes(log_hazard, event, time)


def hessian(log_hazard, event, time):
    return partial_bends(log_hazard, event, time)


def _in_turn(d, number, tied=1):
    """Six subjects, so many at a time, of whom one was lost from sight."""
    return {"log_hazard": tuple(number(k) for k in range(6)), "event": tuple(float(k != 1 + d.index % 5) for k in range(6)),
            "time": tuple(k // tied for k in range(6))}


def definition(m, log_hazard, event, time):
    subjects = [*zip(log_hazard, event, time, strict=True)]
    at_risk = [[f for f, _, t in subjects if t >= now] for now in range(len(subjects))]
    counted = [(f, t) for f, e, t in subjects if e == 1 and len(at_risk[t]) > 1]  # who alone is left has the event for certain
    events = {now: sum(1 for _, t in counted if t == now) for now in range(len(subjects))}
    return m.sum(n * m.log(m.sum(m.exp(f) for f in at_risk[now])) for now, n in events.items() if n) - m.sum(f for f, _ in counted)


LOSS = Loss(
    name="cox",
    arguments={"log_hazard": Vector("n"), "event": Bit("n"), "time": Ranks("log_hazard", "n")},
    value=value,
    gradient=gradient,
    hessian=hessian,
    definition=definition,
    laws=(
        nonnegative, convex,
        mirror("L(f + 1, e, t) = L(f, e, t)", lambda log_hazard, **_: {"log_hazard": tuple(f + 1 for f in log_hazard)}, 1),
        mirror("L(f, e, ranks of t) = L(f, e, t)", lambda time, **_: {"time": tuple(sorted({*time}).index(t) for t in time)}, 1),
    ),
    hard=(
        Hard("in_turn", "ordinary", "one event after the other, and one lost from sight: it is at risk until then, and costs nothing",
             lambda d: _in_turn(d, lambda k: d.uniform(-2, 2)), 8),
        Hard("tied", "ordinary", "two or three at one time: each of them is at risk in full, also for those before it in the list",
             lambda d: _in_turn(d, lambda k: d.uniform(-2, 2), 2 + d.index % 2), 12),
        Hard("tied_alike", "cancellation", "a tie of two that alone are left, nearly alike: push and pull cancel",
             lambda d: {"log_hazard": (x := d.uniform(-2, 2), d.number(x + d.sign() * 2.0 ** -(1 + 4 * d.index)), 0.5),
                        "event": (1.0, 1.0, 0.0), "time": (1, 1, 0)}, 10),
        Hard("sure", "tail", "those at risk come in the order of hazards far apart: what is left are tails, each of its own time",
             lambda d: _in_turn(d, lambda k: (3 - k) * d.uniform(d.saturation, d.underflow / 3)), 10),
        Hard("last_first", "tail", "they come in the reverse order: exp overflows, the loss does not",
             lambda d: _in_turn(d, lambda k: k * d.uniform(d.saturation, d.underflow), 1 + d.index % 2), 8),
        Hard("gone", "tail", "a large hazard of one who is no longer at risk: a sum of all less what is gone leaves 0, or less",
             lambda d: {"log_hazard": (d.uniform(d.saturation, d.underflow), d.uniform(-1, 1), 0.0), "event": (d.cycle(1.0, 0.0), 1.0, 1.0),
                        "time": (0, 1, 2)}, 10),
    ),
    known=(
        Known({"log_hazard": (0.0, 0.0), "event": (1.0, 1.0), "time": (0, 1)}, lambda m: m.log(2), "one of two", ("-0.5", "0.5")),
        Known({"log_hazard": (5.0, 5.0), "event": (1.0, 1.0), "time": (1, 1)}, lambda m: 2 * m.log(2), "a tie", ("0", "0")),
        Known({"log_hazard": (3.0, -2.0), "event": (0.0, 0.0), "time": (0, 1)}, "0", "no event", ("0", "0")),
        Known({"log_hazard": (1.0, 1.0, 9.0), "event": (1.0, 0.0, 1.0), "time": (1, 1, 0)},
              lambda m: m.log(2) + m.log(1 + 2 * m.exp(-8)), "one lost from sight at the time of an event is at risk", (None,) * 3),
        Known({"log_hazard": (np.inf, 0.0), "event": (1.0, 1.0), "time": (0, 1)}, "0", "certain and right", ("0", "0")),
        Known({"log_hazard": (0.0, np.inf), "event": (1.0, 1.0), "time": (0, 1)}, "inf", "certain and wrong", ("-1", "1")),
    ),
    source="D. R. Cox, Partial Likelihood, 1975; N. E. Breslow, Covariance Analysis of Censored Survival Data, 1974",
)

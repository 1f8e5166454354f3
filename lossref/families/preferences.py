"""Families of hard points of preferences: two answers of a policy, each with its log-probability under a reference."""

from __future__ import annotations

from typing import Any

from lossref.families.scalars import approach
from lossref.spec import Hard
from lossref.stream import Stream


def answers(d: Stream, lead: float) -> dict[str, Any]:
    """Log-probabilities of two answers of some hundred tokens, the chosen one ahead of where its reference has it by so much."""
    there = {"reference_chosen": -d.uniform(40, 400), "reference_rejected": -d.uniform(40, 400)}
    rejected = d.number(there["reference_rejected"] + d.uniform(-5, 5))
    ahead = lead + (rejected - there["reference_rejected"])
    return {"chosen": d.number(there["reference_chosen"] + ahead), "rejected": rejected, **there}


def rewards(beta: float) -> tuple[Hard, ...]:
    """What is hard about beta times how far the chosen answer gained on the rejected one."""
    return (
        Hard("training", "ordinary", "answers as in training: hundreds of nats each, whose gains differ by a few",
             lambda d: answers(d, d.uniform(-20, 20)), 8),
        Hard("perfect", "ordinary", "a policy that still is its reference: nothing is gained, whatever the log-probabilities",
             lambda d: {"chosen": (c := -d.uniform(1, 500)), "rejected": (r := -d.uniform(1, 500)), "reference_chosen": c,
                        "reference_rejected": r}, 4),
        Hard("close", "cancellation", "a policy some ulps off its reference: four large numbers cancel, exactly",
             lambda d: {"reference_chosen": (c := -d.uniform(100, 1000)), "reference_rejected": (r := -d.uniform(100, 1000)),
                        "chosen": d.format.step(c, d.integer(-40, 40)), "rejected": d.format.step(r, d.integer(-40, 40))}, 10),
        Hard("offset", "cancellation", "a large common offset and gains of a few ulps of it: each pair must be subtracted exactly",
             lambda d: {"reference_chosen": (c := -d.uniform(2000, 90000)), "chosen": d.format.step(c, d.integer(-4000, 4000)),
                        "rejected": (r := -d.uniform(1, 4)), "reference_rejected": d.number(r + d.scaled(-20, -2))}, 8),
        Hard("corner", "kink", "nothing gained at small log-probabilities, and one or two ulps more or less",
             lambda d: {"chosen": d.nudged(-3.0), "rejected": -2.0, "reference_chosen": -3.0, "reference_rejected": -2.0}, 5),
        Hard("large_residual", "tail", "answers worlds apart: powers are right to a rounding or two, whatever the size",
             lambda d: {"chosen": d.sign() * d.scaled(10, 40)}, 6),
        Hard("small_residual", "tail", "tiny gains: an added constant shows, an absolute tolerance sees only 0",
             lambda d: {"chosen": d.sign() * d.scaled(-60, -15), "rejected": 0.0, "reference_chosen": 0.0, "reference_rejected": 0.0}, 6),
        Hard("sure_and_right", "tail", "far ahead: the loss and its slopes are an exponential, not 0, or exactly 0 for a hinge",
             lambda d: answers(d, d.uniform(d.saturation, d.underflow - 10) / beta), 12),
        Hard("sure_and_wrong", "tail", "far behind: exp overflows, the loss does not",
             lambda d: answers(d, -d.uniform(d.saturation / 2, 2 * d.underflow) / beta), 8),
        Hard("last_subnormal", "tail", "an exponential of the lead is a subnormal number or half of one",
             lambda d: answers(d, d.uniform(d.underflow - 12, d.underflow + 2) / beta), 6),
        Hard("approach", "tail", "step by step to where exp of the lead rounds away: a threshold beyond which code gives up shows",
             lambda d: answers(d, d.cycle(1.0, -1.0) * approach(d) / beta), 24),
    )


def aims() -> tuple[Hard, ...]:
    """What is hard about a gain that is to be 1 / (2 beta), no more and no less."""
    return (
        Hard("achieved", "cancellation", "a gain next to 1 / (2 beta): the slope is a small difference of either sign",
             lambda d: {"chosen": d.format.step(5.0, d.integer(-9, 9)), "rejected": 0.0, "reference_chosen": 0.0,
                        "reference_rejected": 0.0, "beta": d.cycle(0.1, 0.3, 0.7)}, 9),
        Hard("around_aim", "tail", "gains off the aim by 2^-1 to 2^-12 of it, both ways: another aim shows",
             lambda d: {"chosen": d.number(2.0 * (1 + d.cycle(1, -1) * 2.0 ** -(1 + d.index))), "rejected": 0.0, "reference_chosen": 0.0,
                        "reference_rejected": 0.0, "beta": 0.25}, 12),
    )


def apart(beta: float) -> tuple[Hard, ...]:
    """What is hard about two rewards of which each is a term of its own: beta times how far an answer gained on its reference."""

    def each(d: Stream, gained: float, lost: float) -> dict[str, Any]:
        c0, r0 = -d.uniform(40, 400), -d.uniform(40, 400)
        there = {"reference_chosen": c0, "reference_rejected": r0}
        return {"chosen": d.number(c0 + gained / beta), "rejected": d.number(r0 - lost / beta), **there}

    return (
        Hard("both_right", "tail", "one gained and the other lost by far: both terms are exponentials, and not 0",
             lambda d: each(d, d.uniform(d.saturation, d.underflow - 10), d.uniform(d.saturation, d.underflow - 10)), 12),
        Hard("both_wrong", "tail", "one lost and the other gained by far: exp overflows, the loss does not",
             lambda d: each(d, -d.uniform(d.saturation / 2, 2 * d.underflow), -d.uniform(d.saturation / 2, 2 * d.underflow)), 8),
        Hard("both_gained", "tail", "both gained, or lost, by far: each term is what it is, whatever their difference",
             lambda d: each(d, (s := d.cycle(1, -1)) * d.uniform(d.saturation, d.underflow - 10), -s * d.uniform(5, d.underflow - 10)), 8),
        Hard("some", "ordinary", "rewards of some size, of every pair of signs",
             lambda d: each(d, d.cycle(1, -1) * d.uniform(0.1, 5), d.cycle(1, 1, -1, -1) * d.uniform(0.1, 5)), 8),
    )

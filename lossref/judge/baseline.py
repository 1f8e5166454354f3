"""Two runs of one target compared, answer by answer: what got worse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lossref.judge.grades import LEVELS
from lossref.judge.verdict import Outcome, Verdict


@dataclass(frozen=True)
class Comparison:
    """Answers that both runs have: those that got worse with the grade they had, and how many got better.

    `broke` has a sentence for each loss that answered before and broke now.
    """

    compared: int
    better: int
    worse: tuple[tuple[Outcome, str], ...]
    broke: tuple[str, ...]


def compare(before: Sequence[Verdict], after: Sequence[Verdict]) -> Comparison:
    """What changed between two runs, by vector and part; the worst first."""
    had = {(o.vector.id, o.part): o for v in before for o in _outcomes(v)}
    pairs = [(had[o.vector.id, o.part], o) for v in after for o in _outcomes(v) if (o.vector.id, o.part) in had]
    steps = [(_rank(now) > _rank(was), _rank(now) < _rank(was), was, now) for was, now in pairs]
    worse = sorted(((now, was.grade) for down, _, was, now in steps if down), key=lambda pair: pair[0].severity)
    sound = {v.loss for v in before if not v.broke}
    broke = tuple(f"{v.loss}: {v.broke}" for v in after if v.broke and v.loss in sound)
    return Comparison(len(pairs), sum(up for _, up, _, _ in steps), tuple(worse), broke)


def _outcomes(verdict: Verdict) -> list[Outcome]:
    return [o for part in verdict.parts.values() for o in part.outcomes]


def _rank(o: Outcome) -> tuple[int, bool]:
    """Larger is worse."""
    return LEVELS.index(o.grade), o.is_lost

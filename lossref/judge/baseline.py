"""Two runs of one library compared, answer by answer: what got worse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lossref.judge.measure import LEVELS
from lossref.judge.outcome import Outcome
from lossref.judge.verdict import Verdict


@dataclass(frozen=True)
class Comparison:
    """Answers that both runs have: those that got worse with the grade they had, and how many got better.

    `gone` has a sentence for each loss or part of it that was answered before and is not now; `lacks` says what was not asked before.
    """

    compared: int
    better: int
    worse: tuple[tuple[Outcome, str], ...]
    gone: tuple[str, ...]
    lacks: str = ""


def compare(before: Sequence[Verdict], after: Sequence[Verdict]) -> Comparison:
    """What changed between two runs, by vector and part; the worst first."""
    had = {(o.vector.id, o.part): o for v in before for o in _outcomes(v)}
    pairs = [(had[o.vector.id, o.part], o) for v in after for o in _outcomes(v) if (o.vector.id, o.part) in had]
    steps = [(_rank(now) > _rank(was), _rank(now) < _rank(was), was, now) for was, now in pairs]
    worse = sorted(((now, was.grade) for down, _, was, now in steps if down), key=lambda pair: pair[0].severity)
    return Comparison(len(pairs), sum(up for _, up, _, _ in steps), tuple(worse), tuple(_gone(before, after)), _lacks(before, after))


def _lacks(before: Sequence[Verdict], after: Sequence[Verdict]) -> str:
    """The losses, the parts and the number of other answers that only the newer run has; empty if it has no more."""
    had = {v.loss: v for v in before}
    losses = [v.loss for v in after if v.parts and v.loss not in had]
    there = [(v, had[v.loss]) for v in after if v.loss in had]
    parts = [f"{now.loss} {name}" for now, was in there for name in now.parts if name not in was.parts]
    known = {(o.vector.id, o.part) for v in before for o in _outcomes(v)}
    new = [o for now, was in there for name in was.parts if name in now.parts for o in now.parts[name].outcomes]
    others = sum((o.vector.id, o.part) not in known for o in new)
    found = [*losses, *parts, *([f"{others} answers to vectors that were not asked then"] if others else [])]
    return ", ".join(found)


def _gone(before: Sequence[Verdict], after: Sequence[Verdict]) -> Iterator[str]:
    """Losses that broke since, and parts with fewer answers than they had."""
    now = {v.loss: v for v in after}
    for was in before:
        found = now.get(was.loss)
        if found is not None and found.broke:
            if not was.broke:
                yield f"{was.loss} broke: {found.broke}"
            continue
        for name, part in was.parts.items():
            answered = {o.vector.id for o in found.parts[name].outcomes} if found and name in found.parts else set()
            if missing := sum(o.vector.id not in answered for o in part.outcomes):
                yield f"{was.loss} {name}: {missing} of {len(part.outcomes)} answers are gone"


def _outcomes(verdict: Verdict) -> list[Outcome]:
    return [o for part in verdict.parts.values() for o in part.outcomes]


def _rank(o: Outcome) -> tuple[int, bool]:
    """Larger is worse."""
    return LEVELS.index(o.grade), o.is_lost

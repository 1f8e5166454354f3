"""A hunt, step by step: points that families draw, and points near the worst ones known, one kind after the other.

Every draw is of a stream of ours, and no clock decides what comes next: the same seed takes the same steps, and time says only how many.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, islice

from lossref import questions
from lossref.judge.outcome import Outcome
from lossref.search.examine import Examiner
from lossref.search.moves import moved, moved_parameters, resized
from lossref.spec import Question
from lossref.stream import Stream
from lossref.values import flat

FRESH = 24  # points that families draw, in a step
NEAR = 32  # points near one of the worst, in a step
CERTIFIED = 8  # of those, by the guess of their error; what it thinks nothing of may be wrong too, so
ANY = 4  # more whatever it says
SMALL, LARGE = 8, 65  # numbers of a point, at first and at most: what is larger is dearer, and twice as many are let in each time anew
CLIMBS = 4  # steps that climb, for one that draws, once the families were gone through a few times


@dataclass
class Hunt:
    """What was found so far: the worst outcome from each kind of point that was begun from, each a place to climb from."""

    examiner: Examiner
    seed: str
    worst_of: dict[str, Outcome] = field(default_factory=dict)

    @property
    def worst(self) -> Outcome | None:
        return min(self.worst_of.values(), key=lambda o: o.severity, default=None)

    @property
    def is_over(self) -> bool:
        """Whether no error could be larger."""
        return self.worst is not None and math.isinf(self.worst.E2)

    def steps(self) -> Iterator[None]:
        """Search for ever, a step at a time."""
        loss, form = self.examiner.loss, self.examiner.form
        for epoch in count():
            drawn, most = questions.generate(loss, form, f"search {self.seed}/{epoch}"), min(SMALL << epoch, LARGE)
            single = (q for q in _first(drawn) if q.region != "special" and len(flat(q.inputs)) <= most)
            for k in count():
                points = list(islice(single, FRESH))
                self._take(points, Stream(f"{self.seed}/{epoch}/{k}", form, 0))
                yield
                for near in range(min(1 + epoch, CLIMBS)):
                    self._climb(Stream(f"{self.seed}/{epoch}/{k}", form, 1 + near), most)
                    yield
                if len(points) < FRESH:
                    break

    def _climb(self, d: Stream, most: int) -> None:
        """Points near one that is known, the worse the likelier; of so many numbers at most."""
        known = sorted(self.worst_of.values(), key=lambda o: o.severity)
        if not known:
            return
        parent = resized(self.examiner.loss, known[min(d.integer(0, len(known) - 1) for _ in range(3))].vector.question, most, d)
        parameters = moved_parameters(self.examiner.loss, parent, d)
        near = (moved(self.examiner.loss, parent, parameters, d) for _ in range(NEAR))
        self._take([point for point in near if point], d)

    def _take(self, points: Iterable[Question], d: Stream) -> None:
        """Ask, certify what looks worst and some others, and keep the worst of each kind."""
        answered = sorted(self.examiner.answers(list(points)), key=lambda found: -found[2])
        chosen, rest = answered[:CERTIFIED], answered[CERTIFIED:]
        chosen += [rest.pop(d.integer(0, len(rest) - 1)) for _ in range(min(ANY, len(rest)))]
        for point, answer, _ in chosen:
            found = self.examiner.outcome(point, answer)
            if found and (point.flag not in self.worst_of or found.severity < self.worst_of[point.flag].severity):
                self.worst_of[point.flag] = found


def in_turn(hunts: Sequence[Hunt]) -> Iterator[None]:
    """A step of each hunt that is not over, one after the other, until all are."""
    running = [(hunt, hunt.steps()) for hunt in hunts]
    while any(not hunt.is_over for hunt in hunts):
        for hunt, steps in running:
            if not hunt.is_over:
                next(steps)
                yield


def _first(drawn: Iterator[Question]) -> Iterator[Question]:
    """Single examples, which come before the calls."""
    for question in drawn:
        if question.is_call:
            return
        yield question

"""One part of an implementation, asked at points of our choosing and measured by the certified answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref import catalog
from lossref.bits import widened
from lossref.conventions.formula import Convention
from lossref.formats import Format
from lossref.golden.write import certified
from lossref.judge.ask import Asked, array, ask
from lossref.judge.declared import declaring
from lossref.judge.outcome import Outcome, has_answer, outcome
from lossref.library import Implementation, NotSupported
from lossref.search.guide import guess
from lossref.spec import APART, Loss, Question
from lossref.values import shape


@dataclass
class Examiner:
    """What is asked, and by what it is judged: the formula, or the function that `conventions` declare.

    `asked` and `certified` count points and exact answers. Range edges count only where it is `strict`.
    """

    loss: Loss
    part: str
    implementation: Implementation
    conventions: Sequence[Convention]
    form: Format
    strict: bool = False
    asked: int = 0
    certified: int = 0
    habits: Asked = field(default_factory=Asked)

    def answers(self, points: Sequence[Question]) -> Iterator[tuple[Question, Any, float]]:
        """Each point that it takes, with its answer, numbers or a sentence on how there is none; and a guess of its error."""
        groups: dict[Any, list[Question]] = {}
        for point in points:
            counts = self.strict or point.region not in APART
            if counts and not self.implementation.takes(point) and not self.implementation.beyond(point):
                groups.setdefault((tuple(map(shape, point.inputs.values())), tuple(point.options.items())), []).append(point)
        for group in groups.values():
            self.asked += len(group)
            yield from self._together(group)

    def outcome(self, point: Question, answer: Any) -> Outcome | None:
        """An answer measured; None where nothing is certain, or what stands there does not count."""
        self.certified += 1
        with catalog.sentences(catalog.file_of(self.loss)) if catalog.is_own(self.loss) else nullcontext():
            vector = certified(self.loss, point)
            by = vector and self._redone(vector)
        if not by or not has_answer(by, self.part) or (by.region in APART and not self.strict):
            return None
        return outcome(by, self.part, answer)

    def alone(self, point: Question) -> Outcome | None:
        """The outcome of a point that is asked by itself."""
        for _, answer, _ in self.answers([point]):
            return self.outcome(point, answer)
        return None

    @cached_property
    def _redone(self) -> Any:
        return declaring(self.loss, self.conventions, self.form)

    def _together(self, group: Sequence[Question]) -> Iterator[tuple[Question, Any, float]]:
        """Points that fit in one call; one by one where that fails or is declined as a whole."""
        arrays = {name: array([point.inputs[name] for point in group], self.form) for name in self.loss.arguments}
        parameters = dict(group[0].options)
        try:
            found = ask(self.loss, self.part, self.implementation.parts[self.part], arrays, parameters, self.form, self.habits)
        except NotSupported:
            found = ""
        if isinstance(found, str):
            if len(group) > 1:
                for point in group:
                    yield from self._together([point])
            elif found:
                yield group[0], found, np.inf
            return
        rows: NDArray[np.float64] = np.concatenate([widened(x).reshape(len(group), -1) for x in found], axis=1)
        yield from zip(group, rows, guess(self.loss, self.part, arrays, parameters, rows, self.form).tolist(), strict=True)

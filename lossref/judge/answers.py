"""All answers of a part: every example in a batch of its like, some again and alone, and all among thousands of others; whole calls.

An honest implementation may give other bits for other batches, and no worse ones: whoever judges takes the worst of the answers.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref.bits import widened
from lossref.judge.ask import Asked, Function, ask, asked_of, batches, nothing
from lossref.library import BrokeError, NotSupported, Tiling
from lossref.spec import APART, Loss, Vector
from lossref.values import flat, shape

Rows = NDArray[np.float64]
NUMBERS = 1 << 16  # that a tiled batch has at most, unless its examples are few
PATIENCE = 2.0  # seconds for a tiled batch
AGAIN = "asked the same again"
ALONE = "asked alone"


@dataclass(frozen=True)
class Given:
    """An answer as float64 numbers, or a sentence that says how the implementation failed; `when` is empty for an ordinary batch."""

    answer: Any
    when: str = ""


@dataclass
class _Conversation:
    """A part of an implementation, and every answer that it gave, by the id of the vector."""

    loss: Loss
    part: str
    function: Function
    asked: Asked
    given: dict[str, list[Given]] = field(default_factory=dict)
    withheld: dict[str, Vector] = field(default_factory=dict)

    def rows(self, batch: Sequence[Vector], order: NDArray[np.int64] | None = None) -> Rows | str:
        """A row of float64 numbers for each vector, repeated in an order if there is one; or a sentence on how there is none."""
        arrays, options = asked_of(batch)
        if order is not None:
            arrays = {name: x[order] for name, x in arrays.items()}
        found = ask(self.loss, self.part, self.function, arrays, options, batch[0].question.form, self.asked)
        if isinstance(found, str):
            return found
        count = len(batch) if order is None else len(order)
        return np.concatenate([widened(x).reshape(count, -1) for x in found], axis=1)

    def take(self, vector: Vector, answer: Any) -> None:
        self.given.setdefault(vector.id, []).append(Given(answer))

    def decline(self, vector: Vector, error: NotSupported) -> None:
        if str(error) == nothing(self.part):
            self.withheld[vector.id] = vector
        else:
            self.asked.decline(self.part, vector, error)

    def answered(self, batch: Sequence[Vector]) -> bool:
        """Whether numbers came back for each vector."""
        return all(v.id in self.given and not isinstance(self.given[v.id][0].answer, str) for v in batch)

    def ask(self, batch: Sequence[Vector]) -> None:
        """A batch, which is asked again one by one where it fails or is declined: one example may be meant."""
        try:
            found = self.rows(batch)
        except NotSupported as error:
            if len(batch) > 1:
                self.ask_each(batch, "")
            else:
                self.decline(batch[0], error)
            return
        if isinstance(found, str) and not batch[0].question.is_call:
            self.ask_each(batch, found)
            return
        for vector, answer in zip(batch, [found] if isinstance(found, str) else found, strict=True):
            self.take(vector, answer)

    def ask_each(self, batch: Sequence[Vector], complaint: str) -> None:
        """The examples of a batch by themselves, where it failed as a whole, for which there must be a reason; or was declined."""
        explained = not complaint
        for vector in batch:
            try:
                found = self.rows([vector])
            except NotSupported as error:
                self.decline(vector, error)
                explained = True
                continue
            if isinstance(found, str):
                explained = True
                if vector.region not in APART:
                    raise BrokeError(f"{self.part}: {complaint or found}; first at {_place(vector)}")
            self.take(vector, found if isinstance(found, str) else found[0])
        if not explained and batch[0].region not in APART:
            raise BrokeError(f"{self.part}: {complaint}; in a batch, not alone")

    def ask_otherwise(self, batch: Sequence[Vector], when: str, order: NDArray[np.int64] | None = None) -> float:
        """What was answered already, asked in another way: other answers stand beside the first. The seconds that it took."""
        start = time.perf_counter()
        try:
            found = self.rows(batch, order)
        except NotSupported as error:
            if str(error) == nothing(self.part):
                found = nothing(self.part)
            else:
                self.asked.decline(self.part, batch[0], NotSupported(f"{error} ({when})"))
                return time.perf_counter() - start
        seconds = time.perf_counter() - start
        if isinstance(found, str):
            if batch[0].region not in APART:
                raise BrokeError(f"{self.part}: {found}; when it was {when}, and not otherwise; first at {_place(batch[0])}")
            for vector in batch:
                self.given[vector.id].append(Given(found, when))
            return seconds
        which = np.arange(len(batch)) if order is None else order
        first = np.stack([self.given[v.id][0].answer for v in batch])
        differs = (_bits(found) != _bits(first)[which]).any(axis=1)
        for i in np.unique(which[differs]).tolist():
            places = np.flatnonzero(differs & (which == i))
            self.asked.varied.setdefault(self.part, {})[batch[i].id] = None
            for k in _extreme(found[places]):
                row = when if order is None else f"{when}, at row {places[k] + 1:,}"
                self.given[batch[i].id].append(Given(found[places[k]], row))
        return seconds

    def ask_tiled(self, group: Sequence[Vector], rows: int) -> float:
        """Examples that fit together repeated to so many rows, in an order that has nothing to do with them; the seconds for a row."""
        rows = min(rows, NUMBERS // _width(group[0]))
        if not rows:
            return 0.0
        rows = max(rows, len(group))
        return self.ask_otherwise(group, f"asked for {rows:,} rows", shuffled(rows) % len(group)) / rows


def answers(
    loss: Loss, part: str, function: Function, vectors: Sequence[Vector], asked: Asked, tiling: Tiling
) -> Iterator[tuple[Vector, list[Given]]]:
    """Each vector with every answer that came back for it: different ones where it was asked more than once, the first one first.

    Every vector is asked in its batch. The largest batch, and the first whole call, are asked again: a pure function gives the same bits.
    One example of each region is asked alone, and all that fit together once repeated to many rows, shuffled: a batch of one, and the
    rows beyond those that a loop takes at once, are where implementations differ from themselves. Slow code is asked for fewer rows.

    BrokeError where an implementation fails on single examples that it must take, in any of these ways; or gives the part at times only.
    """
    conversation = _Conversation(loss, part, function, asked)
    found = list(batches(vectors))
    for batch in found:
        conversation.ask(batch)
    single = [batch for batch in found if not batch[0].question.is_call]
    largest = sorted(filter(conversation.answered, single), key=len)[-1:]
    called = [batch for batch in found[len(single) :] if conversation.answered(batch)][:1]
    for batch in largest + called:
        conversation.ask_otherwise(batch, AGAIN)
    for vector in _one_a_region(conversation, single):
        conversation.ask_otherwise([vector], ALONE)
    _ask_tiled(conversation, _together(v for batch in single for v in batch if conversation.answered([v])), tiling)
    _whole(conversation)
    yield from ((v, conversation.given[v.id]) for batch in found for v in batch if v.id in conversation.given)


def _ask_tiled(conversation: _Conversation, groups: Sequence[Sequence[Vector]], tiling: Tiling) -> None:
    """Each group for a few rows, the first for many: slow code is spared all after the first few."""
    for k, group in enumerate(groups):
        seconds = conversation.ask_tiled(group, tiling.others)
        if k == 0:
            if seconds * tiling.rows > PATIENCE:  # or something else kept the machine busy
                seconds = min(seconds, conversation.ask_tiled(group, tiling.others))
            if seconds * tiling.rows > PATIENCE:
                few = f"{tiling.others} rows at a time and not for {tiling.rows:,}"
                conversation.asked.remark(f"{conversation.part}: is slow, and was asked for {few}")
                return
            conversation.ask_tiled(group, tiling.rows)


def _whole(conversation: _Conversation) -> None:
    """BrokeError for a part that comes at times only: what is not taken is declined with a reason, by raising NotSupported."""
    part, withheld = conversation.part, list(conversation.withheld.values())
    must = [v for v in withheld if v.region not in APART]
    if conversation.given and must:
        total = len(withheld) + len(conversation.given)
        raise BrokeError(f"{part}: it gave none for {len(withheld)} of {total} vectors, and one for the others; first at {_place(must[0])}")
    for v in withheld:
        if conversation.given:
            conversation.take(v, nothing(part))
        else:
            conversation.asked.decline(part, v, NotSupported(nothing(part)))


def _one_a_region(conversation: _Conversation, single: Sequence[Sequence[Vector]]) -> Iterable[Vector]:
    """The first example of each region that was answered in company."""
    found: dict[str, Vector] = {}
    for batch in single:
        if len(batch) > 1:
            for v in batch:
                if v.region not in found and conversation.answered([v]):
                    found[v.region] = v
    return found.values()


def _together(vectors: Iterable[Vector]) -> list[list[Vector]]:
    """Examples that fit in one call, of whatever region, those of range and special inputs apart; the most first."""
    groups: dict[Any, list[Vector]] = {}
    for v in vectors:
        apart = v.region if v.region in APART else ""
        groups.setdefault((apart, tuple(map(shape, v.question.inputs.values())), tuple(v.question.options.items())), []).append(v)
    return sorted(groups.values(), key=lambda group: (group[0].region in APART, -len(group)))


@cache
def shuffled(count: int) -> NDArray[np.int64]:
    """The numbers below `count` in an order that is the same on every machine and day."""
    return np.array(sorted(range(count), key=lambda i: hashlib.sha256(f"rows/{count}/{i}".encode()).digest()))


def _extreme(rows: Rows) -> list[int]:
    """The rows among which the worst is: the least and the largest of each number, and one that has a NaN."""
    is_nan = np.isnan(rows)
    found = {int(i) for i in (*np.where(is_nan, math.inf, rows).argmin(axis=0), *np.where(is_nan, -math.inf, rows).argmax(axis=0))}
    return sorted(found | {int(i) for i in np.flatnonzero(is_nan.any(axis=1))[:1]})


def _bits(rows: Rows) -> NDArray[np.uint64]:
    """All NaNs are one."""
    return np.ascontiguousarray(np.where(np.isnan(rows), np.nan, rows)).view(np.uint64)


def _width(vector: Vector) -> int:
    return sum(1 for _ in flat(vector.question.inputs))


def _place(vector: Vector) -> str:
    return f"{dict(vector.question.inputs)}, vector {vector.id}"

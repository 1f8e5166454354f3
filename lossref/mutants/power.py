"""How much wrong code the golden vectors notice: every operator on every part of every loss, judged by certified answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import cycle, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref import questions
from lossref.formats import Format
from lossref.golden import write
from lossref.judge.ask import asked_of, batches
from lossref.judge.measure import Error, Truth, grade, measure, meets
from lossref.judge.outcome import has_answer, truths
from lossref.library import Implementation
from lossref.mutants import of_calls, of_loss, operators, source
from lossref.mutants.spoiling import Mutation, Right, arrays
from lossref.options import split
from lossref.spec import Loss, Question, Vector

ROUNDING = 4e-16  # a relative difference that no verdict falls for
TRIES = 64  # answers of a batch that are judged: those that differ most, for the condition of an example excuses much
CERTIFIED = 3  # questions of the pool
CLEARLY_WRONG = 16  # the least E2, twice what B allows, that shows code to be wrong: nearer to the bar a processor's exp decides
MEASURED = 6  # numbers of an answer, those that differ most
SEED = "power"  # of the questions that show a survivor to be wrong
ROWS = 40
OF_FEW = 4  # of the pool, one question in so many


@dataclass(frozen=True)
class Wrong:
    """One piece of wrong code: what noticed it at levels B and C, and, where nothing did, a question at which it is wrong."""

    loss: str
    part: str
    argument: str  # that the slopes are in
    operator: str
    variant: str
    killed: Mapping[str, str]  # level -> id of a golden vector
    witness: Question | None = None

    @property
    def is_shown(self) -> bool:
        """Whether it is known to be wrong at all."""
        return "B" in self.killed or self.witness is not None


@dataclass(frozen=True, eq=False)
class Spoilt:
    """Code made wrong in one part, for slopes in one argument alone: `mutation` is given the right code."""

    part: str
    array: int
    operator: str
    variant: str
    mutation: Mutation
    is_of_calls: bool | None = False  # None: of both
    takes: Callable[[Question], Any] = lambda question: ""

    def answer(self, right: Right, /, **given: Any) -> Any:
        """What it answers, as its caller sees it."""
        expected = right(**given)
        found = self.mixed(arrays(expected), self.changed(right, given))
        return found if isinstance(expected, tuple) else found[0]

    def changed(self, right: Right, given: dict[str, Any]) -> tuple[Any, ...]:
        """All that the mutation answers; nothing for a question of another kind, or where what is changed so is no argument any more."""
        if self.is_of_calls not in (None, "reduction" in given):
            return ()
        try:
            return arrays(self.mutation(right, given))
        except Exception:  # what is changed at random may raise anything
            return ()

    def mixed(self, expected: tuple[Any, ...], changed: tuple[Any, ...]) -> tuple[Any, ...]:
        """The right answer with the one array that is wrong; the right answer itself where none is."""
        k = self.array
        if not changed or changed[k] is expected[k] or changed[k].shape != expected[k].shape:
            return expected
        return (*expected[:k], changed[k], *expected[k + 1 :])


@dataclass(frozen=True)
class Batch:
    """Questions as the right code answers them."""

    vectors: Sequence[Vector]
    given: dict[str, Any]
    right: tuple[Any, ...]
    rows: NDArray[np.float64]
    known: dict[int, list[Truth]] = field(default_factory=dict)
    last: dict[Mutation, tuple[Any, ...]] = field(default_factory=dict)

    def changed(self, each: Spoilt, right: Right) -> tuple[Any, ...]:
        """What a mutation answers, computed once for all the arrays that it is tried in, one after the other."""
        if each.mutation not in self.last:
            self.last.clear()
            self.last[each.mutation] = each.changed(right, self.given)
        return self.last[each.mutation]

    def truths(self, i: int, part: str, form: Format) -> list[Truth]:
        """The exact answers of one vector, computed once for all wrong code."""
        if i not in self.known:
            self.known[i] = truths(self.vectors[i], part, form)
        return self.known[i]


@dataclass(frozen=True)
class Apart:
    """Wrong answers of a batch, a row a vector, and how far each number lies from the right one, relative to it."""

    rows: NDArray[np.float64]
    distance: NDArray[np.float64]

    def worst(self, most: int) -> list[int]:
        """The vectors that differ most, by more than rounding."""
        far = self.distance.max(axis=1, initial=0)
        return [i for i in np.argsort(-far, kind="stable")[:most].tolist() if far[i] > ROUNDING]

    def errors(self, i: int, expected: Sequence[Truth], form: Format) -> list[Error]:
        """The errors of the numbers of a vector that differ most: the others are as good as the right code's."""
        places = np.argsort(-self.distance[i], kind="stable")[:MEASURED].tolist()
        return [measure(float(self.rows[i][j]), expected[j], form) for j in places if self.distance[i][j] > 0]


def spoilt(loss: Loss, made: Callable[[Loss], Implementation]) -> Iterator[Spoilt]:
    """All that the operators make of a loss; `made` makes an implementation of its code."""
    parts = [part for part in ("value", "gradient", "hessian") if getattr(loss, part)]

    def of_each_array(part: str, *made: Any) -> Iterator[Spoilt]:
        return (Spoilt(part, array, *made) for array in range(len(loss.differentiable) if part == "gradient" else 1))

    for part in parts:
        for is_of_calls, several in ((False, operators.OPERATORS), (True, of_calls.CALL_OPERATORS if loss.is_called else ())):
            for operator in several:
                for variant, mutation in operator.of(loss, part):
                    yield from of_each_array(part, operator.name, variant, mutation, is_of_calls)
    for name, variant, edited in source.variants(loss):
        implementation = made(edited)
        for part in parts:
            if getattr(edited, part).__code__ is not getattr(loss, part).__code__:
                yield from of_each_array(part, name, variant, _in_place(implementation.parts[part]))
    for record in of_loss(loss.name):
        if record.judged and record.is_wrong:
            implementation = record.implementation()
            for part in implementation.parts:
                mutation = _in_place(implementation.parts[part])
                yield from of_each_array(part, "written down", record.name, mutation, None, implementation.takes)


def _in_place(function: Right) -> Mutation:
    return lambda right, given: function(**given)


def measured(
    loss: Loss, made: Callable[[Loss], Implementation], vectors: Sequence[Vector], form: Format, start: int = 0, step: int = 1
) -> Iterator[Wrong]:
    """What the golden vectors notice of all that the operators make of a loss, or of one in `step` of it."""
    ours, golden, fresh = made(loss), dict[str, list[Batch]](), Fresh(loss, form)
    for each in islice(spoilt(loss, made), start % step, None, step):
        function = ours.parts[each.part]
        if each.part not in golden:
            has = [v for v in vectors if is_judged(v, each.part)]
            golden[each.part] = sorted([*answered(function, has, form), *repeated(function, has, form)], key=lambda b: -len(b.vectors))
        killed = _killed(each, function, golden[each.part], form)
        argument = loss.differentiable[each.array] if each.part == "gradient" else ""
        shown = None if "B" in killed else witness(each, function, fresh)
        yield Wrong(loss.name, each.part, argument, each.operator, each.variant, killed, shown)


def is_judged(vector: Vector, part: str) -> bool:
    """Whether it decides anything; inputs that are infinite or NaN stand beside the verdict."""
    return vector.region != "special" and has_answer(vector, part)


def repeated(function: Right, vectors: Sequence[Vector], form: Format) -> Iterator[Batch]:
    """The most examples that fit together, once more and so often that they are many rows, as a check asks them."""
    largest = max((b for b in batches(vectors) if not b[0].question.is_call), key=len, default=[])
    yield from _answered(function, [list(islice(cycle(largest), ROWS))] if largest else [], form)


def answered(function: Right, vectors: Sequence[Vector], form: Format) -> Iterator[Batch]:
    """The vectors in the batches that a check asks them in."""
    return _answered(function, batches(vectors), form)


def _answered(function: Right, several: Iterable[Sequence[Vector]], form: Format) -> Iterator[Batch]:
    for batch in several:
        given_arrays, options = asked_of(batch)
        given = {**given_arrays, **options}
        if not batch[0].question.is_call:
            given = {**given_arrays, **split(options)[0]}
        with np.errstate(all="ignore"):
            right = arrays(function(**given))
        yield Batch(batch, given, right, _rows(right, len(batch)))


def _rows(found: tuple[Any, ...], count: int) -> NDArray[np.float64]:
    return np.concatenate([np.asarray(x, np.float64).reshape(count, -1) for x in found], axis=1)


def apart(each: Spoilt, function: Right, batch: Batch) -> Apart | None:
    """The wrong answers of a batch; None where none differs."""
    if each.takes(batch.vectors[0].question):
        return None

    def right(**given: Any) -> Any:
        same = given.keys() == batch.given.keys() and all(x is batch.given[name] for name, x in given.items())
        return batch.right if same else arrays(function(**given))

    with np.errstate(all="ignore"):
        found = each.mixed(batch.right, batch.changed(each, right))
        if found is batch.right or np.array_equal(found[each.array], batch.right[each.array], equal_nan=True):
            return None
        rows = _rows(found, len(batch.vectors))
        distance = np.abs(rows - batch.rows) / np.maximum(np.abs(batch.rows), np.finfo(float).smallest_subnormal)
    distance[(rows == batch.rows) | (np.isnan(rows) & np.isnan(batch.rows))] = 0
    distance[np.isnan(distance)] = np.inf
    return Apart(rows, distance)


def _killed(each: Spoilt, function: Right, asked: list[Batch], form: Format) -> dict[str, str]:
    """Which vector notices it at which level. The batch that decided stands first for the next: neighbours are wrong in the same places."""
    killed: dict[str, str] = {}
    for at, batch in enumerate(asked):
        if (found := apart(each, function, batch)) is None:
            continue
        for i in found.worst(TRIES):
            reached = grade(found.errors(i, batch.truths(i, each.part, form), form), form)
            killed |= {level: batch.vectors[i].id for level in ("B", "C") if level not in killed and not meets(reached, level)}
            if len(killed) == 2:
                asked.insert(0, asked.pop(at))
                return killed
    return killed


def witness(each: Spoilt, function: Right, fresh: Fresh) -> Question | None:
    """A question, among those at which it differs most, that shows it to be clearly wrong."""
    form = fresh.form
    differing = [
        (found.distance[i].max(), batch, i, found)
        for batch in fresh.batches(each.part, function)
        if (found := apart(each, function, batch)) is not None
        for i in found.worst(CERTIFIED)
    ]
    for _, batch, i, found in sorted(differing, key=lambda d: -d[0])[:CERTIFIED]:
        vector = fresh.vector(batch.vectors[i].question)
        errors = found.errors(i, truths(vector, each.part, form), form) if vector and is_judged(vector, each.part) else []
        if any(e.E2 > CLEARLY_WRONG for e in errors):
            return batch.vectors[i].question
    return None


@dataclass(frozen=True)
class Fresh:
    """Questions of the pool as no golden vector asks them, answered by right code, part by part; few are ever certified, each once."""

    loss: Loss
    form: Format
    known: dict[str, list[Batch]] = field(default_factory=dict)
    certified: dict[str, Vector | None] = field(default_factory=dict)

    def vector(self, question: Question) -> Vector | None:
        if question.id not in self.certified:
            self.certified[question.id] = write.certified(self.loss, question)
        return self.certified[question.id]

    def batches(self, part: str, function: Right) -> list[Batch]:
        if part not in self.known:
            self.known[part] = list(answered(function, self._asked, self.form))
        return self.known[part]

    @cached_property
    def _asked(self) -> list[Vector]:
        nothing: Any = None
        several = (q for _, _, q in questions.pool(self.loss, self.form, SEED, one_in=OF_FEW) if q.region != "special")
        return [Vector(q, nothing) for q in several]

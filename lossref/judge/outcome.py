"""One answer measured: what came back for one part of one vector, what is right, and how wrong each number is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from lossref.bits import as_fraction, order, written
from lossref.formats import Format
from lossref.judge.measure import FAILED, LEVELS, Error, Truth, grade, measure, of_rounding
from lossref.spec import APART, Answer, Vector
from lossref.values import flat, places, shape


@dataclass(frozen=True)
class Outcome:
    """What an implementation returned for one part of one vector, what is right, and how wrong each number is.

    `raised` says how it failed, where nothing came back; `when` how it was asked, where that was not in a batch of its like. What
    `has_the_bits` of the right answer, where one alone is right, is exact, nothing is lost, and E2 is at most 1: it is not measured until
    somebody asks how far off it is.
    """

    vector: Vector
    part: str
    got: tuple[float, ...] | None
    raised: str = ""
    when: str = ""
    has_the_bits: bool = False

    @property
    def form(self) -> Format:
        return self.vector.question.form

    @cached_property
    def truths(self) -> tuple[Truth, ...]:
        return tuple(truths(self.vector, self.part, self.form))

    @cached_property
    def errors(self) -> tuple[Error, ...]:
        """The error of each number; those that are alike are measured once."""
        if self.got is None:
            return (FAILED,) * len(self.truths)
        pairs = list(zip(_bits(self.got), map(id, self.truths), strict=True))
        different = {pair: (y, truth) for pair, y, truth in zip(pairs, self.got, self.truths, strict=True)}
        errors = {pair: measure(y, truth, self.form) for pair, (y, truth) in different.items()}
        return tuple(errors[pair] for pair in pairs)

    @cached_property
    def is_exact(self) -> bool:
        """Whether every number is the right one, correctly rounded, or in the interval that is right."""
        return self.has_the_bits or all(e.is_exact for e in self.errors)

    @property
    def worst_component(self) -> int:
        return max(range(len(self.errors)), key=lambda i: (self.errors[i].is_lost, self.errors[i].E2, self.errors[i].E1))

    @cached_property
    def grade(self) -> str:
        return "A+" if self.is_exact else grade(self.errors, self.form)

    @property
    def is_lost(self) -> bool:
        return not self.has_the_bits and any(e.is_lost for e in self.errors)

    @property
    def E1(self) -> float:
        if self.has_the_bits:
            return max(of_rounding(x, residual, self.form) for x, residual in _roundings(self.vector, self.part))
        return max(e.E1 for e in self.errors)

    @property
    def E2(self) -> float:
        return max(e.E2 for e in self.errors)

    @cached_property
    def severity(self) -> tuple[Any, ...]:
        """Sorts the worst first; among equals of a kind the simplest input first."""
        numbers = [float(x) for x in flat(self.vector.question.inputs)]
        simplicity = (len(numbers), sum(len(written(x)) for x in numbers), max(order(abs(x)) for x in numbers))
        large = -self.E2
        return (-LEVELS.index(self.grade), not self.is_lost, *(simplicity if self.is_lost else (large, *simplicity)))


@dataclass(frozen=True)
class Finding:
    """One number that came back: component `i` of an outcome."""

    outcome: Outcome
    i: int

    @property
    def vector(self) -> Vector:
        return self.outcome.vector

    @property
    def part(self) -> str:
        return self.outcome.part

    @property
    def got(self) -> float:
        """NaN where nothing came back."""
        return math.nan if self.outcome.got is None else self.outcome.got[self.i]

    @property
    def error(self) -> Error:
        return self.outcome.errors[self.i]

    @property
    def truth(self) -> Truth:
        return self.outcome.truths[self.i]

    @cached_property
    def grade(self) -> str:
        return grade([self.error], self.vector.question.form)

    @cached_property
    def place(self) -> tuple[str, tuple[int, ...]]:
        """The argument that a slope is in (nothing for a value), and the index in what came back."""
        question, answer = self.vector.question, self.vector.answer
        if self.part == "value":
            return "", (self.i,) if len(answer.value) > 1 else ()
        start = 0
        for name, found in answer.part(self.part).items():
            if self.i < start + len(found):
                return name, list(places(shape(question.inputs[name])))[self.i - start]
            start += len(found)
        raise IndexError(self.i)

    @property
    def label(self) -> str:
        """`gradient[0]`, or `gradient[anchor][0]` where it is taken in several arguments."""
        argument, place = self.place
        several = len(self.vector.answer.part(self.part)) > 1
        return self.part + (f"[{argument}]" if several else "") + (f"[{', '.join(map(str, place))}]" if place else "")


def outcome(vector: Vector, part: str, answer: Any) -> Outcome:
    """An answer to be measured: numbers row after row, or a sentence on how there is none."""
    return outcomes(part, [(vector, answer, "")])[0]


def outcomes(part: str, given: Sequence[tuple[Vector, Any, str]]) -> list[Outcome]:
    """Answers to a part of several vectors, and how each was asked: all are compared with the right ones at once."""
    answers = [answer if isinstance(answer, str) else tuple(np.asarray(answer, np.float64).tolist()) for _, answer, _ in given]
    right = [None if isinstance(answer, str) else _only(v, part) for (v, _, _), answer in zip(given, answers, strict=True)]
    alike = [k for k, (answer, x) in enumerate(zip(answers, right, strict=True)) if x and len(answer) == len(x)]
    got, wanted = (np.array([y for k in alike for y in rows[k] or ()], np.float64).view(np.uint64) for rows in (answers, right))
    starts = np.cumsum([0, *(len(answers[k]) for k in alike)])[:-1]
    same = {k for k, is_same in zip(alike, np.logical_and.reduceat(got == wanted, starts) if alike else (), strict=True) if is_same}
    return [
        Outcome(v, part, None, answer, when) if isinstance(answer, str) else Outcome(v, part, answer, "", when, k in same)
        for k, ((v, _, when), answer) in enumerate(zip(given, answers, strict=True))
    ]


def _only(v: Vector, part: str) -> tuple[float, ...] | None:
    """The rounded numbers of a part where they alone are right."""
    return None if v.unspoilt or any(p.interval for p in v.answer.part(part).values()) else rounded_answer(v, part)


def _bits(numbers: Sequence[float]) -> list[int]:
    found: list[int] = np.array(numbers, np.float64).view(np.uint64).tolist()
    return found


def truths(v: Vector, part: str, form: Format) -> list[Truth]:
    """The exact answer of each component of a part, with what is allowed around it."""
    found = list(_truths(v.answer, part, form))
    if v.unspoilt is None:
        return found
    beside = [truth if math.isfinite(truth.rounded or 0.0) else None for truth in _truths(v.unspoilt, part, form)]
    return [replace(truth, otherwise=other) for truth, other in zip(found, beside, strict=True)] if beside else found


def _truths(answer: Answer, part: str, form: Format) -> Iterator[Truth]:
    """One truth for all components that are alike, of which a wide row has many."""
    for found in answer.part(part).values():
        known: dict[Any, Truth] = {}
        columns: list[Sequence[Any]] = [_bits(x) for x in (found.rounded, found.K, found.S) if x is not None and len(x) == len(found)]
        columns += [x for x in (found.residual, found.interval) if x is not None]
        for i, alike in enumerate(zip(*columns, strict=True)):
            if alike not in known:
                known[alike] = Truth(
                    exact=found.exact(i, form),
                    rounded=None if found.rounded is None else found.rounded[i],
                    interval=found.interval[i] if found.interval else None,
                    allowance=as_fraction(found.K[i]),
                    size=as_fraction(found.size(i)),
                )
            yield known[alike]


def rounded_answer(v: Vector, part: str) -> tuple[float, ...] | None:
    """The correctly rounded numbers of a part, those of its arguments one after the other; None where there is an interval only."""
    found = list(v.answer.part(part).values())
    if not found or any(p.rounded is None for p in found):
        return None
    return tuple(x for p in found for x in p.rounded or ())


def _roundings(v: Vector, part: str) -> set[tuple[float, int]]:
    """Each rounded number of a part with what rounding took away."""
    return {pair for p in v.answer.part(part).values() for pair in zip(p.rounded or (), p.residual or (), strict=True)}


def has_answer(v: Vector, part: str) -> bool:
    """Whether a part of a vector is judged: a slope may be an interval, and where a loss jumps there is none.

    The slope of a mean over nothing whose value is NaN is nobody's business.
    """
    found = v.answer.part(part).values()
    if part != "value" and v.question.is_call and v.region not in APART and any(map(math.isnan, v.answer.value.rounded or ())):
        return False
    return bool(found) and all(p.is_judged for p in found)

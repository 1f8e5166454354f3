"""The verdict on a target: every vector called, every number measured, every region graded."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from lossref import golden
from lossref.formats import Format
from lossref.golden import Vector
from lossref.judge.asking import APART, Asked, answers
from lossref.judge.conventions import Convention
from lossref.judge.declared import declared
from lossref.judge.errors import Error, Truth, measure
from lossref.judge.grades import LEVELS, grade, meets, worst
from lossref.points import flat
from lossref.spec import Loss
from lossref.targets import Implementation, TargetBrokeError

PARTS = ("value", "gradient", "hessian")
PASSABLE = ("A+", "A", "B")  # shown after everything that lost something


@dataclass(frozen=True)
class Outcome:
    """What a target returned for one part of one vector, and how wrong its worst component is."""

    vector: Vector
    part: str
    got: tuple[float, ...] | None
    errors: tuple[Error, ...]
    raised: str = ""

    @property
    def worst_component(self) -> int:
        return max(range(len(self.errors)), key=lambda i: (self.errors[i].is_lost, self.errors[i].E2, self.errors[i].E1))

    @cached_property
    def grade(self) -> str:
        return grade(self.errors, self.vector.region)

    @property
    def is_lost(self) -> bool:
        return any(e.is_lost for e in self.errors)

    @property
    def E1(self) -> float:
        return max(e.E1 for e in self.errors)

    @property
    def severity(self) -> tuple[Any, ...]:
        """Sorts the worst first; among equals of a kind the simplest input first."""
        numbers = [float(x) for x in flat(self.vector.arguments)]
        simplicity = (len(numbers), sum(len(repr(x)) for x in numbers), max(abs(x) for x in numbers))
        large = -max(e.E2 for e in self.errors)
        return (-LEVELS.index(self.grade), not self.is_lost, *(simplicity if self.is_lost else (large, *simplicity)))


@dataclass(frozen=True)
class Waived:
    """Outcomes that a waiver leaves out of the grade, and what it says."""

    vectors: tuple[str, ...]
    reason: str
    link: str
    expires: str


@dataclass(frozen=True)
class PartVerdict:
    """One part (value, gradient, Hessian) of one loss: all outcomes that count, and what follows from them."""

    part: str
    outcomes: tuple[Outcome, ...]
    waived: tuple[Waived, ...] = ()

    @cached_property
    def regions(self) -> dict[str, str]:
        """The grade of each region that has vectors."""
        by_region: dict[str, list[Error]] = {}
        for outcome in self.outcomes:
            by_region.setdefault(outcome.vector.region, []).extend(outcome.errors)
        return {region: grade(errors, region) for region, errors in by_region.items()}

    def headline(self, strict: bool = False) -> str:
        """The worst region's grade; range and special inputs count only if strict."""
        return worst([g for region, g in self.regions.items() if strict or region not in APART])

    @property
    def E1(self) -> float:
        return max(o.E1 for o in self.outcomes if o.vector.region not in APART)

    @property
    def lost(self) -> int:
        return sum(o.is_lost for o in self.outcomes if o.vector.region not in APART)

    def worst_outcomes(self, strict: bool = False) -> list[Outcome]:
        """Everything that is not exact: what failed or lost something first, the worst of each reason before the others."""
        counted = [o for o in self.outcomes if strict or o.vector.region not in APART]
        wrong = sorted((o for o in counted if not all(e.is_exact for e in o.errors)), key=lambda o: o.severity)
        first = {o.vector.flag: o for o in reversed(wrong)}
        return sorted(wrong, key=lambda o: (o.grade in PASSABLE, o.grade == "C" and not o.is_lost, first[o.vector.flag] is not o))


@dataclass(frozen=True)
class Declaration:
    """A convention that was declared, and what it costs.

    `shifts` has a grade for each vector: what the declared answers, taken alone, are worth against the undeclared ones.
    `needless` is why it should not be declared, if so.
    """

    sentence: str
    shifts: tuple[str, ...]
    needless: str = ""

    def moved(self, level: str) -> int:
        """How many vectors it moves by more than the level allows."""
        return sum(not meets(shift, level) for shift in self.shifts)


@dataclass(frozen=True)
class Verdict:
    """The verdict on one loss of a target. `broke` says how the target failed to answer, if it did.

    With conventions it is that of the declared function; `undecided` vectors have no certain answer under them. `refusals`
    say why vectors were left out; `remarks` are habits that no grade shows, such as other bits at a second call.
    """

    loss: str
    composed: str
    vectors: int
    refused: int
    parts: dict[str, PartVerdict]
    broke: str = ""
    declarations: tuple[Declaration, ...] = ()
    undecided: int = 0
    refusals: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def judge(loss: Loss, implementation: Implementation, vectors: Sequence[Vector], form: Format) -> Verdict:
    """Call an implementation on all vectors it accepts and grade what comes back, against the function that it declares."""
    accepted = [v for v in vectors if implementation.accepts(v.arguments)]
    expected = declared(loss, implementation.conventions, accepted, form)
    refused = len(vectors) - len(accepted)
    blank = Verdict(loss.name, implementation.composed, len(expected), refused, {}, refusals=(implementation.refusal,) * (refused > 0))
    asked = Asked()
    parts: dict[str, list[Outcome]] = {}
    try:
        for part in PARTS:
            function = implementation.parts.get(part)
            if function is not None:
                wanted = [v for v in expected if has_answer(v, part)]
                found = [_outcome(v, part, y, form) for v, y in answers(loss, part, function, wanted, form, asked)]
                if found:
                    parts[part] = found
    except TargetBrokeError as error:
        return replace(blank, broke=str(error), remarks=tuple(asked.remarks))
    if asked.refused and not parts:
        return replace(blank, broke=f"takes none of the vectors: {next(iter(asked.refused.values()))}")
    return replace(
        blank,
        refused=blank.refused + len(asked.refused),
        refusals=tuple(dict.fromkeys((*blank.refusals, *asked.refused.values()))),
        remarks=tuple(asked.remarks),
        parts={part: PartVerdict(part, tuple(outcomes)) for part, outcomes in parts.items()},
        declarations=tuple(_declarations(loss, implementation.conventions, accepted, expected, parts, form)),
        undecided=len(accepted) - len(expected),
    )


def _declarations(
    loss: Loss,
    conventions: tuple[Convention, ...],
    vectors: list[Vector],
    expected: list[Vector],
    parts: dict[str, list[Outcome]],
    form: Format,
) -> Iterator[Declaration]:
    """What each convention costs by itself, and whether the target needs it beside the others."""
    outcomes = [o for found in parts.values() for o in found]
    known = {(): vectors, conventions: expected}
    undeclared = {v.id: v for v in vectors}
    for k, convention in enumerate(conventions):
        others = conventions[:k] + conventions[k + 1 :]
        for chosen in ((convention,), others):
            if chosen not in known:
                known[chosen] = declared(loss, chosen, vectors, form)
        shifts = tuple(_shift(v, undeclared[v.id], parts, form) for v in known[convention,])
        without = {v.id: v for v in known[others]}
        yield Declaration(convention.sentence, shifts, _needless(loss, convention, outcomes, without, form))


def _shift(moved: Vector, true: Vector, parts: Iterable[str], form: Format) -> str:
    """The grade of a vector's declared answers, as if somebody had returned them for the undeclared ones."""
    judged = ((part, _answers(moved, part)) for part in parts if has_answer(true, part))
    return worst(["A+", *(_outcome(true, part, answers, form).grade for part, answers in judged if answers)])


def _needless(loss: Loss, convention: Convention, outcomes: Sequence[Outcome], without: dict[str, Vector], form: Format) -> str:
    """A convention is needed where some answer that it moves is graded better with it; A+, A and B are as good."""
    pairs = [(o, without[o.vector.id]) for o in outcomes if o.got is not None and o.vector.id in without]
    moved = [(o, v) for o, v in pairs if _answers(o.vector, o.part) != _answers(v, o.part)]
    if not moved:
        return f"{loss.name}: {convention.sentence!r} is declared for nothing: it moves none of the {len(outcomes)} answers judged"
    for o, v in moved:
        other = _outcome(v, o.part, o.got, form).grade if has_answer(v, o.part) else ""
        if convention.narrows or (other not in ("", *PASSABLE) and LEVELS.index(o.grade) < LEVELS.index(other)):
            return ""
    return (
        f"{loss.name}: {convention.sentence!r} is declared and not needed: "
        f"without it the {len(moved)} answers that it moves are graded as well"
    )


def _answers(v: Vector, part: str) -> tuple[float, ...] | None:
    return (v.value,) if part == "value" else v.gradient if part == "gradient" else v.hessian


def has_answer(v: Vector, part: str) -> bool:
    """Whether a part of a vector is judged: a slope may be a box, and where a loss jumps there is none."""
    return part == "value" or (part == "gradient" and (v.gradient or v.box) is not None) or (
        part == "hessian" and v.hessian is not None
    )


def _outcome(vector: Vector, part: str, answer: Any, form: Format) -> Outcome:
    expected = list(truths(vector, part, form))
    if isinstance(answer, str):
        failed = Error(math.inf, math.inf, math.inf, False, False, True, False)
        return Outcome(vector, part, None, (failed,) * len(expected), answer)
    got = tuple(float(y) for y in answer)
    return Outcome(vector, part, got, tuple(measure(y, t, form) for y, t in zip(got, expected, strict=True)))


def truths(v: Vector, part: str, form: Format) -> Iterator[Truth]:
    """The exact answer of each component of a part, with what is allowed around it."""
    def exact(rounded: float, rest: int) -> Any:
        return golden.exact(rounded, rest, form) if math.isfinite(rounded) else rounded

    if part == "value":
        yield Truth(exact(v.value, v.value_rest), v.value, None, Fraction(v.value_K), Fraction(v.value_S))
    elif part == "hessian":
        for h, rest in zip(v.hessian or (), v.hessian_rest or (), strict=True):
            yield Truth(exact(h, rest), h, None, Fraction(0), Fraction(v.hessian_S))
    else:
        for i, allowance in enumerate(v.gradient_K):
            g = None if v.gradient is None else v.gradient[i]
            precise = None if g is None or v.gradient_rest is None else exact(g, v.gradient_rest[i])
            yield Truth(precise, g, v.box[i] if v.box else None, Fraction(allowance), Fraction(v.gradient_S))

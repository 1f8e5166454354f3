"""The verdict on an implementation: every question asked, every number measured, every region graded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from lossref.bits import order
from lossref.conventions.formula import Convention
from lossref.formats import Format
from lossref.judge.answers import Given, answers
from lossref.judge.ask import Asked
from lossref.judge.declared import declared, leaves
from lossref.judge.measure import LEVELS, PASSABLE, Error, digits_left, grade, meets, worst
from lossref.judge.outcome import Outcome, has_answer, outcome, outcomes, rounded_answer
from lossref.judge.spoilt import unspoilt
from lossref.library import BrokeError, Implementation, Library
from lossref.spec import APART, PARTS, Loss, Vector


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

    @property
    def form(self) -> Format:
        return self.outcomes[0].vector.question.form

    @cached_property
    def _inexact(self) -> list[Outcome]:
        return [o for o in self.outcomes if not o.is_exact]

    @property
    def digits_left(self) -> int:
        """How many decimal digits are right in every answer that counts for the grade, beside the terms of its formula."""
        return digits_left([e for o in self._inexact if o.vector.region not in APART for e in o.errors], self.form)

    @cached_property
    def regions(self) -> dict[str, str]:
        """The grade of each region that has vectors."""
        by_region: dict[str, list[Error]] = {o.vector.region: [] for o in self.outcomes}
        for o in self._inexact:
            by_region[o.vector.region].extend(o.errors)
        return {region: grade(errors, self.form) for region, errors in by_region.items()}

    def headline(self, strict: bool = False) -> str:
        """The worst region's grade; range and special inputs count only if strict, or where there is nothing else."""
        counted = [g for region, g in self.regions.items() if strict or region not in APART]
        return worst(counted or list(self.regions.values()))

    @property
    def E1(self) -> float:
        return max((o.E1 for o in self.outcomes if o.vector.region not in APART), default=0.0)

    @property
    def lost(self) -> int:
        return sum(o.is_lost for o in self.outcomes if o.vector.region not in APART)

    def worst_outcomes(self, strict: bool = False) -> list[Outcome]:
        """Everything that is not exact: what failed or lost something first, the worst of each reason before the others."""
        wrong = sorted((o for o in self._inexact if strict or o.vector.region not in APART), key=lambda o: o.severity)
        first = {o.vector.question.flag: o for o in reversed(wrong)}
        return sorted(wrong, key=lambda o: (o.grade in PASSABLE, o.grade == "C" and not o.is_lost, first[o.vector.question.flag] is not o))


@dataclass(frozen=True)
class Declaration:
    """A convention that was declared, and what it costs.

    `shifts` has a grade for each vector: what the declared answers, taken alone, are worth against the undeclared ones.
    `needless` is why it should not be declared, if so. A convention that `cuts` is one that gives one answer to all beyond a bound.
    """

    sentence: str
    shifts: tuple[str, ...]
    needless: str = ""
    cuts: bool = False

    def moved(self, level: str) -> int:
        """How many vectors it moves by more than the level allows."""
        return sum(not meets(shift, level) for shift in self.shifts)


@dataclass(frozen=True)
class Verdict:
    """The verdict on one loss of a library. `broke` says how the implementation failed to answer, if it did.

    `parts` measure the answers by the declared function, and decide; `mathematics` measure the same answers by the formula, where
    anything is declared. `undecided` vectors have no certain answer under what is declared. `refusals` counts the vectors that were
    left out for options that it has not, `declined` those that it declined itself, both by the reason; `emptied` are the regions of
    parts in which nothing is left to judge. `remarks` are habits that no grade shows; `varied` says of each part that gave other bits
    when it was asked again, alone or among many for how many vectors that was: the worst of its answers is graded. `standing` is the
    share of the formula's different answers that what is declared leaves different; `floating` says since which call the processor
    computes otherwise. `absent` is why nothing at all is asked of it, as of a library that has no code for the loss in the format.
    """

    loss: str
    composed: str
    vectors: int
    parts: dict[str, PartVerdict]
    refusals: dict[str, int]
    mathematics: dict[str, PartVerdict] = field(default_factory=dict)
    declined: dict[str, int] = field(default_factory=dict)
    emptied: tuple[str, ...] = ()
    broke: str = ""
    declarations: tuple[Declaration, ...] = ()
    undecided: int = 0
    standing: float = 1.0
    remarks: tuple[str, ...] = ()
    floating: tuple[str, ...] = ()
    varied: tuple[str, ...] = ()
    peer: str = ""
    absent: str = ""

    @property
    def refused(self) -> int:
        return sum(self.refusals.values())


def judge(loss: Loss, implementation: Implementation, vectors: Sequence[Vector], form: Format) -> Verdict:
    """Ask an implementation all the questions that it takes, once, and grade what comes back twice: as it declares, and by the formula.

    Vectors may be in a shorter format too: a part that answers in that of its inputs is judged by those.
    """
    shorter = [v for v in vectors if v.question.format != form.name]
    vectors = [v for v in vectors if v.question.format == form.name]
    reasons = {v.id: implementation.takes(v.question) for v in vectors}
    refusals = Counter(reason for reason in reasons.values() if reason)
    outside = {v.id: reason for v in vectors if not reasons[v.id] and (reason := implementation.beyond(v.question))}
    other = {v.id for v in vectors if v.id in outside and not implementation.beyond(v.question, of_magnitudes=True)}
    accepted = [v for v in vectors if not reasons[v.id] and v.id not in outside]
    groups = [accepted, [v for v in shorter if not (implementation.takes(v.question) or implementation.beyond(v.question))]]
    expected = {v.id: v for of in groups if of for v in declared(loss, implementation.conventions, of, of[0].question.form)}
    blank = Verdict(loss.name, implementation.composed, len(accepted), {}, dict(refusals))
    asked = Asked()
    parts: dict[str, list[Outcome]] = {}
    mathematics: dict[str, list[Outcome]] = {}
    try:
        for part in PARTS:
            if (function := implementation.parts.get(part)) is None:
                continue
            for of in groups:
                wanted = [v for v in of if has_answer(v, part) or (v.id in expected and has_answer(expected[v.id], part))]
                given = list(answers(loss, part, function, wanted, asked, implementation.tiling))
                for measured, right in ((parts, expected), (mathematics, {v.id: v for v in of if implementation.conventions})):
                    pairs = [(by, found) for v, found in given if (by := right.get(v.id)) is not None and has_answer(by, part)]
                    if pairs:
                        measured.setdefault(part, []).extend(_worst(loss, part, pairs))
                if part in parts or part not in asked.narrow or not groups[1]:
                    break
                del asked.declined[part]
                asked.remark(f"{part}: is judged in {groups[1][0].question.format}, in which it comes")
    except BrokeError as error:
        return replace(
            blank, broke=str(error), remarks=tuple(asked.remarks), floating=tuple(asked.floating), varied=tuple(asked.other_bits())
        )
    certain = [expected[v.id] for v in accepted if v.id in expected]
    declined = outside | asked.declined_by(parts or asked.declined)
    answered = {o.vector.id for found in (*parts.values(), *mathematics.values()) for o in found}
    plain = {v.id for v in accepted if not v.question.is_call and all(x == loss.defaults[n] for n, x in v.question.parameters.items())}
    lacking = {identifier: reason for by in asked.lacking.values() for identifier, reason in by.items() if identifier not in answered}
    declined |= {identifier: reason for identifier, reason in lacking.items() if identifier in plain}  # it has no option that it could lack
    late = {identifier: reason for identifier, reason in lacking.items() if identifier not in plain}
    refusals.update(late.values())
    if (refusals or declined) and not parts:
        commonest = max(every := refusals + Counter(declined.values()), key=every.__getitem__)
        nothing = f"takes none of the vectors: {commonest}"
        absent = asked.absent or ("" if accepted else commonest)
        return replace(blank, vectors=0, declined=dict(Counter(declined.values())), broke=nothing, absent=absent)
    return replace(
        blank,
        vectors=len(accepted) - len((declined.keys() | late.keys()) - outside.keys()),
        refusals=dict(refusals),
        declined=dict(Counter(declined.values())),
        emptied=(*asked.emptied(parts), *_emptied([v for v in vectors if v.id in declined and v.id not in other], parts)),
        remarks=tuple(asked.remarks),
        floating=tuple(asked.floating),
        varied=tuple(asked.other_bits()),
        parts={part: PartVerdict(part, tuple(found)) for part, found in parts.items()},
        mathematics={part: PartVerdict(part, tuple(found)) for part, found in mathematics.items()},
        declarations=tuple(_declarations(loss, implementation.conventions, accepted, certain, parts, form)),
        undecided=len(accepted) - len(certain),
        standing=_standing(accepted, certain, parts) if implementation.conventions else 1.0,
    )


def without_absent(library: Library, verdicts: Sequence[Verdict]) -> tuple[Library, list[Verdict]]:
    """The library and the verdicts on it less losses of which nothing at all could be asked, each with the reason."""
    absent = {verdict.loss: verdict.absent for verdict in verdicts if verdict.absent}
    left = {name: found for name, found in library.implementations.items() if name not in absent}
    return replace(library, implementations=left, reasons={**library.reasons, **absent}), [v for v in verdicts if not v.absent]


def deciding(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Those that a library is judged by: compositions decide nothing, unless there is nothing else."""
    return [v for v in verdicts if not v.composed] or list(verdicts)


def _emptied(declined: Sequence[Vector], parts: dict[str, list[Outcome]]) -> Iterator[str]:
    """The regions of parts of which nothing is left to judge, for all of it was declined."""
    for part, found in parts.items():
        left = {o.vector.region for o in found}
        yield from sorted({f"{part} {v.region}" for v in declined if has_answer(v, part) and v.region not in (*APART, *left)})


def _declarations(
    loss: Loss,
    conventions: tuple[Convention, ...],
    vectors: list[Vector],
    expected: list[Vector],
    parts: dict[str, list[Outcome]],
    form: Format,
) -> Iterator[Declaration]:
    """What each convention costs by itself, and whether the implementation needs it beside the others."""
    outcomes = [o for found in parts.values() for o in found]
    known = {(): vectors, conventions: expected}
    undeclared = {v.id: v for v in vectors}
    for k, convention in enumerate(conventions):
        others = conventions[:k] + conventions[k + 1 :]
        for chosen in ((convention,), others):
            if chosen not in known:
                beside = [c for c in conventions if c not in chosen]
                alike = {v.id for v in vectors if leaves(beside, chosen, v, form)}
                anew = declared(loss, chosen, [v for v in vectors if v.id not in alike], form)
                known[chosen] = [*anew, *(v for v in expected if v.id in alike)]
        shifts = tuple(_shift(v, undeclared[v.id], parts) for v in known[convention,])
        without = {v.id: v for v in known[others]}
        yield Declaration(convention.sentence, shifts, _needless(loss, convention, outcomes, without), convention.cuts)


def _standing(vectors: Sequence[Vector], expected: Sequence[Vector], parts: Iterable[str]) -> float:
    """The share of the formula's different answers that is left by what is declared, of the part where least is: constants say nothing."""

    def different(of: Sequence[Vector], part: str) -> int:
        return len({repr(found) for v in of if has_answer(v, part) and (found := rounded_answer(v, part))})

    shares = (different(expected, part) / total for part in parts if (total := different(vectors, part)))
    return min((1.0, *shares))


def _shift(moved: Vector, true: Vector, parts: Iterable[str]) -> str:
    """The grade of a vector's declared answers, as if somebody had returned them for the undeclared ones."""
    judged = ((part, rounded_answer(moved, part)) for part in parts if has_answer(true, part))
    return worst(["A+", *(outcome(true, part, found).grade for part, found in judged if found)])


def _needless(loss: Loss, convention: Convention, outcomes: Sequence[Outcome], without: dict[str, Vector]) -> str:
    """A convention is needed where some answer that it moves is graded better with it; A+, A and B are as good."""
    pairs = [(o, without[o.vector.id]) for o in outcomes if o.got is not None and o.vector.id in without]
    moved = [(o, v) for o, v in pairs if _orders(rounded_answer(o.vector, o.part)) != _orders(rounded_answer(v, o.part))]
    if not moved:
        return f"{loss.name}: {convention.sentence!r} is declared for nothing: it moves none of the {len(outcomes)} answers judged"
    for o, v in moved:
        other = outcome(v, o.part, o.got).grade if has_answer(v, o.part) else ""
        if convention.narrows or (other not in ("", *PASSABLE) and LEVELS.index(o.grade) < LEVELS.index(other)):
            return ""
    return (
        f"{loss.name}: {convention.sentence!r} is declared and not needed: "
        f"without it the {len(moved)} answers that it moves are graded as well"
    )


def _orders(numbers: Sequence[float] | None) -> list[int] | None:
    return None if numbers is None else list(map(order, numbers))


def _worst(loss: Loss, part: str, pairs: Sequence[tuple[Vector, Sequence[Given]]]) -> list[Outcome]:
    """Of every answer to each question that which is graded."""
    single = [
        (unspoilt(loss, by, by.question.form) if _may_differ(by, one.answer) else by, one.answer, one.when)
        for by, given in pairs
        for one in given
    ]
    found = iter(outcomes(part, single))
    several = [[next(found) for _ in given] for _, given in pairs]
    return [each[0] if len(each) == 1 else min(each, key=lambda o: o.severity) for each in several]


def _may_differ(v: Vector, answer: Any) -> bool:
    """Whether some number came back from a NaN."""
    return v.region == "special" and not isinstance(answer, str) and any(y == y for y in answer)

"""Which questions of the pool stay in the golden set: a greedy cover of all wrong code that the rest of it does not notice twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lossref import questions
from lossref.formats import Format
from lossref.judge.outcome import truths
from lossref.library import Implementation
from lossref.mutants.power import CLEARLY_WRONG, Batch, Fresh, Spoilt, answered, apart, is_judged, repeated, spoilt, witness
from lossref.spec import Loss, Question, Vector
from lossref.values import flat

# A fault is noticed for good beyond this E2, whatever a processor's exp errs by; one that is never so large, beyond what makes it wrong.
CLEARLY = (64, CLEARLY_WRONG)
TWICE = 2  # vectors that notice a fault: one may be lost
TURNS, MOST_TURNS = 3, 12  # of the pool: what nothing in one notices is asked in the next; after the third what is known to be wrong
PATIENCE = 16  # questions that tell a fault by its float64 difference, and not by the exact answer, before it is let be
JUDGED = 16  # vectors of a batch, those that differ most
FAR = 1e-6  # a relative difference that the inputs' rounding seldom excuses
OVERHEAD = 12  # numbers that a row costs beside its own
OF_SLOPE = 4  # numbers that a row has for each of its slopes: rounded, residual, K and S


@dataclass
class _Choice:
    """The ids of the questions that stay, and what was certified on the way."""

    fresh: Fresh
    stays: dict[str, None] = field(default_factory=dict)

    def staying(self, part: str) -> list[Vector]:
        return [v for identifier in self.stays if (v := self.fresh.certified[identifier]) and is_judged(v, part)]


def chosen(loss: Loss, made: Callable[[Loss], Implementation], vectors: Sequence[Vector], form: Format) -> dict[str, list[int]]:
    """The indices by flag, anew; `vectors` is the golden set, of which what was chosen before counts for nothing."""
    ours, vectors = made(loss), [v for v in vectors if v.question.flag not in questions.rungs(loss)]
    unnoticed: dict[str, list[Spoilt]] = defaultdict(list)
    for each in spoilt(loss, made):
        unnoticed[each.part].append(each)
    golden = {part: [v for v in vectors if is_judged(v, part)] for part in unnoticed}
    fresh, places = Fresh(loss, form), dict[str, tuple[str, int]]()
    choice = _Choice(fresh)
    for turn in range(MOST_TURNS):
        if turn >= TURNS:
            unnoticed = {part: [each for each in several if witness(each, ours.parts[part], fresh)] for part, several in unnoticed.items()}
        if not any(unnoticed.values()):
            break
        asked = [each for each in questions.pool(loss, form, turn=turn) if each[2].region != "special" and each[2].id not in places]
        places |= {question.id: (flag, index) for flag, index, question in asked}
        nothing: Any = None
        pool = [Vector(question, nothing) for question in {question.id: question for _, _, question in asked}.values()]
        for part, several in list(unnoticed.items()):
            function = ours.parts[part]
            known = [*answered(function, golden[part], form), *repeated(function, golden[part], form)]
            batches = list(answered(function, pool, form))
            for clearly in CLEARLY:
                staying = list(answered(function, choice.staying(part), form))
                need = {each: TWICE - _noticed(each, function, [*known, *staying], form, clearly) for each in several}
                several = _cover(choice, {each: n for each, n in need.items() if n}, function, batches, clearly)
            unnoticed[part] = several
    found: dict[str, list[int]] = defaultdict(list)
    for flag, index in sorted(places[identifier] for identifier in choice.stays):
        found[flag].append(index)
    return dict(found)


def _size(loss: Loss, question: Question) -> int:
    """About how many numbers a golden row has."""
    slopes = sum(len(list(flat(question.inputs[name]))) for name in loss.differentiable)
    return OVERHEAD + len(list(flat(question.inputs))) + OF_SLOPE * (slopes + (len(question.inputs[loss.first]) if question.is_call else 1))


def _noticed(each: Spoilt, function: Any, asked: Sequence[Batch], form: Format, clearly: float) -> int:
    """By how many vectors a fault is noticed clearly; enough are not counted further."""
    by: set[str] = set()
    for batch in asked:
        if (found := apart(each, function, batch)) is None:
            continue
        for i in found.worst(JUDGED):
            if any(e.E2 > clearly for e in found.errors(i, batch.truths(i, each.part, form), form)):
                by.add(batch.vectors[i].id)
            if len(by) == TWICE:
                return TWICE
    return len(by)


def _cover(choice: _Choice, missing: dict[Spoilt, int], function: Any, batches: Sequence[Batch], clearly: float) -> list[Spoilt]:
    """Take the question that tells most faults for its size, until every one is noticed or nothing tells it; those never noticed."""
    form, wrong = choice.fresh.form, list(missing)
    need = np.array([missing[each] for each in wrong], int)
    patience = np.full(len(wrong), PATIENCE)
    columns = [(batch, i) for batch in batches for i in range(len(batch.vectors))]
    cost = np.array([_size(choice.fresh.loss, batch.vectors[i].question) for batch, i in columns])
    tells = np.zeros((len(wrong), len(columns)), np.int8)
    start = 0
    for batch in batches:
        stop = start + len(batch.vectors)
        for m, each in enumerate(wrong):
            if (found := apart(each, function, batch)) is not None:
                far = found.distance.max(axis=1, initial=0)
                tells[m, start:stop] = (far > clearly * form.unit).astype(np.int8) + (far > FAR)
        start = stop
    while True:
        open_ = (need > 0) & (patience > 0)
        score = tells[open_].sum(axis=0, dtype=int) * 1000 // cost if open_.any() else np.zeros(1, int)
        q = int(score.argmax())
        if score[q] == 0:
            return [wrong[m] for m in np.flatnonzero(need == TWICE)]
        batch, i = columns[q]
        vector, useful = choice.fresh.vector(batch.vectors[i].question), False
        part = wrong[0].part
        expected = truths(vector, part, form) if vector and is_judged(vector, part) else None
        for m in np.flatnonzero(open_ & (tells[:, q] > 0)).tolist():
            again = apart(wrong[m], function, batch)
            if expected and again and any(e.E2 > clearly for e in again.errors(i, expected, form)):
                need[m] -= 1
                useful = True
            else:
                patience[m] -= 1
        if useful:
            choice.stays[batch.vectors[i].id] = None
        tells[:, q] = 0

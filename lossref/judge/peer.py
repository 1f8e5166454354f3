"""How the library that somebody's code is written in does itself where the code falls below level B: not every fault is theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lossref.formats import Format
from lossref.judge.measure import PASSABLE
from lossref.judge.verdict import Verdict, judge
from lossref.library import Implementation
from lossref.spec import APART, Loss, Vector


def judged_beside(loss: Loss, implementation: Implementation, vectors: Sequence[Vector], form: Format) -> Verdict:
    """The verdict, with a sentence on how what the code's library ships for the loss does where this falls below level B."""
    verdict = judge(loss, implementation, vectors, form)
    poor = [o for found in verdict.parts.values() for o in found.outcomes if o.vector.region not in APART and o.grade not in PASSABLE]
    if not poor or (peer := implementation.peer()) is None:
        return verdict
    name, theirs = peer
    asked = {o.vector.id: o.vector for o in poor}
    found = judge(loss, replace(theirs, conventions=()), list(asked.values()), form)
    graded = {(o.vector.id, part): o.grade for part, of in found.parts.items() for o in of.outcomes}
    grades = [graded[o.vector.id, o.part] for o in poor if (o.vector.id, o.part) in graded]
    if not grades:
        return verdict
    alike = sum(grade not in PASSABLE for grade in grades)
    where = f"{len(grades)} answers that fall below level B here"
    return replace(verdict, peer=f"{name} falls below it at {alike} of the {where}" if alike else f"{name} is right at all {where}")

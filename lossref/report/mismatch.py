"""A failed assertion as a bug report: headline, counts by class, causes, and the worst numbers with inputs and bits."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lossref import questions
from lossref.formats import Format
from lossref.judge import causes
from lossref.judge.measure import MEANING, meets, worst
from lossref.judge.verdict import Finding, Outcome
from lossref.mutants import matching
from lossref.report import finding, text
from lossref.spec import Loss

WORST = 3  # numbers that are written out
ORDER = ("NaN for a number", "infinite for a finite number", "wrong sign", "0, and the answer is not", "beyond the level")


def message(loss: Loss, part: str, outcomes: Sequence[Outcome], level: str, form: Format) -> str:
    """The report, or nothing where all numbers conform."""
    checked = [Finding(o, i) for o in outcomes for i in range(len(o.errors))]
    failing = [f for f in checked if not meets(f.grade, level)]
    if not failing:
        return ""
    kinds: dict[str, list[Finding]] = {kind: [] for kind in ORDER}
    for f in sorted(failing, key=lambda f: f.outcome.severity):
        kinds[_kind(f)].append(f)
    counts = [f"{len(members)} {kind}" for kind, members in kinds.items() if members]
    first = [members[0] for members in kinds.values() if members]
    ordered = [*first, *(f for members in kinds.values() for f in members[1:])]
    lines = [
        f"{loss.name} {part}: grade {worst([f.grade for f in checked])}, and level {level} is asked for ({MEANING[level]})",
        f"  {len(failing)} of {len(checked)} numbers fail in {form.name}: {'; '.join(counts)}; {len(checked) - len(failing)} fine",
        *(f"  cause   {sentence}" for sentence in common(failing, loss, form, len(outcomes))),
    ]
    for f in ordered[:WORST]:
        own = f.vector.question.reason == questions.OWN
        facts = finding.of_ones_own(f, loss, form) if own else finding.described(f, form)
        lines += ["", *text.lines(facts)]
    if len(failing) > WORST:
        lines += ["", f"and {len(failing) - WORST} more"]
    return "\n".join(lines)


def common(failing: Sequence[Finding], loss: Loss, form: Format, examples: int) -> list[str]:
    """What all failing numbers have in common, a known-bad formula that returns the same among it."""
    return [*causes.of_all(failing, form, examples), *matching.same_as(failing, loss, form)]


def _kind(f: Finding) -> str:
    truth, got = f.truth, f.got
    if math.isnan(got):
        return ORDER[0]
    if math.isinf(got) and not isinstance(truth.exact, float):
        return ORDER[1]
    low, high = truth.interval or (truth.exact, truth.exact)
    if low is not None and high is not None and ((got < 0 < low) or (got > 0 > high)):
        return ORDER[2]
    wants_nan = isinstance(truth.exact, float) and math.isnan(truth.exact)
    return ORDER[3] if got == 0 and not wants_nan else ORDER[4]

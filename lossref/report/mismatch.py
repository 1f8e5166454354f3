"""A failed assertion as a bug report: headline, counts by class, causes, and the worst numbers with inputs and bits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lossref import options, questions
from lossref.bits import unflushed
from lossref.conventions.grammar import parse
from lossref.formats import Format
from lossref.judge import alterations, causes
from lossref.judge.live import Asked, Inputs, Measured
from lossref.judge.measure import MEANING, meets, worst
from lossref.judge.outcome import Finding, Outcome
from lossref.mutants import matching
from lossref.report import finding, text
from lossref.spec import Loss
from lossref.values import flat

WORST = 3  # numbers that are written out
LONG = 256  # numbers of an example up to which a line that asks the oracle for it is written
ORDER = ("NaN for a number", "infinite for a finite number", "wrong sign", "0, and the answer is not", "beyond the level")


def of_a_test(inputs: Inputs, part: str, answer: Any, measured: Sequence[Measured], level: str) -> str:
    """The report of answers at inputs of one's own, or nothing where all numbers conform."""
    outcomes = [m.outcome for m in measured]
    if all(meets(o.grade, level) for o in outcomes):
        return ""
    times = {id(m.outcome): m.times for m in measured}
    said = alterations.same_as(inputs, part, answer)
    return message(inputs.loss, part, outcomes, level, inputs.form, times=times, asked=inputs.asked, said=said)


def uncertain(inputs: Inputs, part: str, measured: Sequence[Measured]) -> str:
    """A sentence where no exact answer is certain for some examples, for nothing can be said of theirs."""
    open_ended = [m for m in measured if any(causes.is_uncertain(Finding(m.outcome, i)) for i in range(len(m.outcome.errors)))]
    if not open_ended:
        return ""
    count, first = sum(m.times for m in open_ended), open_ended[0].outcome.vector.question
    place = ", ".join(f"{name}={finding.short(x)}" for name, x in finding.inputs(first).items())
    return f"{inputs.loss.name} {part}: no exact answer is certain at {count} of these examples, so they are not judged: first at {place}"


def message(
    loss: Loss,
    part: str,
    outcomes: Sequence[Outcome],
    level: str,
    form: Format,
    *,
    times: Mapping[int, int] | None = None,
    asked: Asked | None = None,
    said: Sequence[str] = (),
) -> str:
    """The report, or nothing where all numbers conform. `times` says how often an outcome was there, `said` what its cause is."""

    def many(f: Finding) -> int:
        return times[id(f.outcome)] if times else 1

    checked = [Finding(o, i) for o in outcomes for i in range(len(o.errors))]
    failing = [f for f in checked if not meets(f.grade, level)]
    if not failing:
        return ""
    kinds: dict[str, list[Finding]] = {kind: [] for kind in ORDER}
    for f in sorted(failing, key=lambda f: f.outcome.severity):
        kinds[_kind(f)].append(f)
    counts = [f"{sum(map(many, members))} {kind}" for kind, members in kinds.items() if members]
    first = [members[0] for members in kinds.values() if members]
    ordered = [*first, *(f for members in kinds.values() for f in members[1:])]
    wrong, total = sum(map(many, failing)), sum(map(many, checked))
    examples = sum(times.values()) if times else len(outcomes)
    lines = [
        f"{loss.name} {part}: grade {worst([f.grade for f in checked])}, and level {level} is asked for ({MEANING[level]})",
        f"  {wrong} of {total} numbers fail in {form.name}: {'; '.join(counts)}; {total - wrong} fine",
        *(f"  {line}" for line in _asked(asked) if asked),
        *(f"  cause   {sentence}" for sentence in said or common(failing, loss, form, examples)),
    ]
    for f in ordered[:WORST]:
        own = f.vector.question.reason == questions.OWN
        facts = _of_ones_own(f, loss, form, asked) if own else finding.described(f, form)
        lines += ["", *text.lines(facts)]
    if (rest := wrong - sum(map(many, ordered[:WORST]))) > 0:
        lines += ["", f"and {rest} more"]
    return "\n".join(lines)


def _asked(asked: Asked | None) -> list[str]:
    """The options of a call and what is declared, as they were given."""
    if asked is None:
        return []
    chosen = options.split(asked.named)[1]
    shown = [f"{name} {finding.short(_plain(x))}" for name, x in chosen.items()]
    lines = [f"options {', '.join(shown)}"] if shown else []
    return [*lines, *(f"judged  as the function that is declared: {sentence}" for sentence in asked.sentences)]


def _by_shape(x: Any) -> str:
    return f"of shape {np.shape(_plain(x))}" if np.ndim(_plain(x)) else str(x)


def _plain(x: Any) -> Any:
    return (x.detach() if hasattr(x, "detach") else x).tolist() if hasattr(x, "tolist") else x


def _of_ones_own(f: Finding, loss: Loss, form: Format, asked: Asked | None) -> dict[str, Any]:
    """One number as plain data, with a line that asks the oracle for it where that line is short."""
    inputs = f.vector.question.inputs
    if set(inputs) != set(loss.arguments):  # a sum over a whole call: its arguments are the test's own
        shapes = {name: _by_shape(x) for name, x in (asked.named.items() if asked else ()) if name in loss.arguments}
        return finding.described(f, form) | {"id": "", "reason": "", "inputs": shapes}
    facts = finding.of_ones_own(f, loss, form)
    facts["reason"] = facts["reason"].removeprefix(questions.OWN)
    if len(flat(inputs)) > LONG:
        return {k: x for k, x in facts.items() if k != "command"}
    declared = [sentence for sentence in asked.sentences if not parse(sentence).is_of_answers] if asked else []
    if declared:
        facts["command"] = facts["command"].removesuffix(f").{f.part}") + f", convention={declared!r}).{f.part}"
    return facts


def common(failing: Sequence[Finding], loss: Loss, form: Format, examples: int) -> list[str]:
    """What all failing numbers have in common, a known-bad formula that returns the same among it."""
    return [*causes.of_all(failing, form, examples), *matching.same_as(failing, loss, form)]


def _kind(f: Finding) -> str:
    truth, got = f.truth, unflushed(f.got)
    if math.isnan(got):
        return ORDER[0]
    if math.isinf(got) and not isinstance(truth.exact, float):
        return ORDER[1]
    low, high = map(unflushed, truth.interval or (truth.exact, truth.exact))
    if low is not None and high is not None and ((got < 0 < low) or (got > 0 > high)):
        return ORDER[2]
    wants_nan = isinstance(truth.exact, float) and math.isnan(truth.exact)
    return ORDER[3] if got == 0 and not wants_nan else ORDER[4]

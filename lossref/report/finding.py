"""What a run found, as plain data: what --json prints and what every text is made of."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from lossref import catalog, golden
from lossref.bits import Shown, hexadecimal, order, parsed, written
from lossref.formats import FLOAT64, FORMATS, Format
from lossref.golden.source import GOLDEN, Source
from lossref.judge import alterations, causes
from lossref.judge.baseline import Comparison
from lossref.judge.measure import LEVELS, PASSABLE, meets
from lossref.judge.measure import worst as worst_grade
from lossref.judge.outcome import Finding, Outcome
from lossref.judge.verdict import Declaration, PartVerdict, Verdict, deciding
from lossref.library import Library
from lossref.report.machine import machine
from lossref.spec import APART, Loss, Question
from lossref.values import flat, mapped

SCHEMA = 1  # of report.schema.json
WIDE = 256  # numbers of a wide row
NEAR_1, BINADES = 10, 8  # of a profile: binades that stand alone, and how many are one beyond them
DRAWN_ERRORS, DRAWN_INPUTS = (-2, 18), 8  # decimal orders that pictures of a profile show: what is beyond stands at the edge
LEAST_STANDING = 1 / 2  # of what is judged, below which what is declared leaves nothing to conform to


def run(
    library: Library, verdicts: Sequence[Verdict], form: str, level: str, strict: bool, worst: int, complete: bool = False,
    strict_declarations: bool = False, same_bits: bool = False, source: Source = GOLDEN,
) -> dict[str, Any]:
    """The report of a whole check.

    A `complete` one forgives nothing that was declined, strict declarations nothing that is in vain, and the `same_bits` are wanted for
    the same inputs, however they are asked.
    """
    decides = {v.loss for v in deciding(verdicts)}
    losses = [
        {"loss": v.loss, "decides": v.loss in decides, **_loss(library, v, form, level, strict, worst)} for v in verdicts
    ]
    for verdict, entry in zip(verdicts, losses, strict=True):
        vain = strict_declarations and any(d.needless for d in verdict.declarations)
        entry["conforms"] = entry["conforms"] and not vain and not (complete and verdict.declined) and not (same_bits and verdict.varied)
    counted = [entry for entry in losses if entry["decides"]]
    parts = [part for entry in counted for part in entry["parts"].values()]
    manifest = golden.manifest(golden.folder())
    return {
        "schema": SCHEMA,
        "implementation": library.name,
        "title": library.title,
        "golden": {"version": manifest["version"], "root": manifest["root"]} if source.is_golden else None,
        "fresh": source.facts,
        "asked": "blind" if library.blind else "in-process",
        "format": form,
        "level": level,
        "strict": strict,
        "strict_declarations": strict_declarations,
        "same_bits": same_bits,
        "machine": machine(),
        "floating": [*library.floating, *(sentence for v in verdicts for sentence in v.floating)],
        "losses": losses,
        "lacks": library.lacks,
        "conforms": all(entry["conforms"] for entry in counted),
        "best_level": worst_grade([part["grade"] for part in parts]) if parts else None,
        "lost": sum(part["lost"] for part in parts),
        "broke": any(entry["broke"] for entry in counted),
    }


def _loss(library: Library, verdict: Verdict, form: str, level: str, strict: bool, worst: int) -> dict[str, Any]:
    parts = {
        name: _part(library, found, verdict.mathematics.get(name, found), level, strict, worst)
        for name, found in verdict.parts.items()
    }
    needless = [d.needless for d in verdict.declarations if d.needless]
    cause = _cause(verdict, level, strict, FORMATS[form])
    for part in parts.values():  # what the numbers of one answer do not tell all of them may
        if not part["conforms"] and part["worst"] and not part["worst"][0]["cause"]:
            part["worst"][0]["cause"] = cause
    return {
        "composed": verdict.composed,
        "vectors": verdict.vectors,
        "calls": len({o.vector.id for found in verdict.parts.values() for o in found.outcomes if o.vector.question.is_call}),
        "refused": verdict.refused,
        "refusals": verdict.refusals,
        "limits": [limit.sentence for limit in library.implementations[verdict.loss].limits],
        "declined": verdict.declined,
        "emptied": list(verdict.emptied),
        "remarks": [*verdict.remarks, *verdict.varied, *needless],
        "peer": verdict.peer,
        "conventions": [declaration(d, level) for d in verdict.declarations],
        "undecided": verdict.undecided,
        "standing": _standing(verdict, level),
        "parts": parts,
        "conforms": bool(parts) and all(part["conforms"] for part in parts.values()) and _is_judged(verdict, level),
        "cause": cause,
        "broke": verdict.broke,
    }


def _is_judged(verdict: Verdict, level: str) -> bool:
    """Whether nothing was emptied or left undecided, and what is declared leaves something to conform to."""
    return not (verdict.emptied or verdict.undecided) and _standing(verdict, level) >= LEAST_STANDING


def _standing(verdict: Verdict, level: str) -> float:
    """What is left by what is declared: of the different answers, or of the vectors by what cuts most of them."""
    cut = (d.moved(level) / len(d.shifts) for d in verdict.declarations if d.cuts and d.shifts)
    return min((verdict.standing, *(1 - share for share in cut)))


def _cause(verdict: Verdict, level: str, strict: bool, form: Format) -> str:
    """What usually causes what is wrong with a loss that falls below the level, if that can be told."""
    below = [found for found in verdict.parts.values() if not meets(found.headline(strict), level)]
    below.sort(key=lambda found: (-LEVELS.index(found.headline(strict)), found.digits_left))
    if below and (said := _otherwise(below[0].worst_outcomes(strict))):
        return said
    failing = []
    for found in below:
        counted = [o for o in found.worst_outcomes(strict) if not o.raised]
        numbers = [f for o in counted for f in (Finding(o, i) for i in _different(o)) if not meets(f.grade, level)]
        failing += [sorted(numbers, key=lambda f: f.i != f.outcome.worst_component)] if numbers else []
    return causes.of_loss(failing, form) if failing else ""


def _different(found: Outcome) -> Collection[int]:
    """The numbers of an answer; of a wide row, in which many are alike, the worst and the first of each kind."""
    if len(found.errors) < WIDE or found.got is None:
        return range(len(found.errors))
    first = {(id(truth), y): i for i, (truth, y) in reversed(list(enumerate(zip(found.truths, found.got, strict=True))))}
    return sorted({found.worst_component, *first.values()})


def _otherwise(outcomes: Sequence[Outcome]) -> str:
    """Another question that the worst answer is right for, where it is far from this one's."""
    worst = outcomes[0]
    loss = worst.vector.question.loss
    is_far = worst.grade in ("D", "F") and not worst.raised and loss in catalog.names()
    return alterations.of_outcome(catalog.get(loss), worst) if is_far else ""


def comparison(library: Library, compared: Comparison, older: str, form: str) -> dict[str, Any]:
    """What is worse than in an older run, as bug reports with the grade that each answer had."""
    worse = [outcome(library, o) | {"was": was} for o, was in compared.worse]
    return {"baseline": older, "title": library.title, "format": form, "compared": compared.compared,
            "better": compared.better, "gone": list(compared.gone), "lacks": compared.lacks, "worse": worse}  # fmt: skip


def waived(found: Mapping[str, Any]) -> str:
    """What a waiver leaves out of a part's grade, and why."""
    return f"{len(found['vectors'])} waived until {found['expires']}: {found['reason']} ({found['link']})"


def declaration(found: Declaration, level: str) -> dict[str, Any]:
    """A declared convention and its cost: the vectors that it alone moves by more than the level allows."""
    moved, total = found.moved(level), len(found.shifts)
    share = moved / total if total else 0.0
    return {"sentence": found.sentence, "moved": moved, "vectors": total, "share": share, "needless": bool(found.needless)}


def _part(library: Library, found: PartVerdict, by_formula: PartVerdict, level: str, strict: bool, worst: int) -> dict[str, Any]:
    outcomes = found.worst_outcomes(strict)
    poor = [o for o in outcomes if o.grade not in PASSABLE]
    shown = poor[:worst] if poor else outcomes[: min(worst, 1)]
    grade = found.headline(strict)
    return {
        "grade": grade,
        "mathematics": by_formula.headline(strict),
        "digits_left": found.digits_left if grade == "D" else None,
        "regions": found.regions,
        "worst_E1": number(found.E1),
        "lost": found.lost,
        "waived": [asdict(waived) | {"vectors": list(waived.vectors)} for waived in found.waived],
        "inexact": len(outcomes),
        "conforms": meets(grade, level),
        "profile": profile(found.outcomes),
        "worst": [outcome(library, o) for o in shown],
    }


def profile(outcomes: Sequence[Outcome]) -> list[list[float | str]]:
    """The largest error, in ulps that are widened by what rounding of the inputs moves, along the first argument: by its number of the
    largest magnitude, binade by binade around 1 and in blocks of binades further out. 0 where the answer is correctly rounded. Of single
    examples, where they count for the grade."""
    found: dict[tuple[bool, int], tuple[float, float]] = {}
    for o in outcomes:
        question = o.vector.question
        if question.is_call or question.region in APART:
            continue
        x = max((float(x) for x in flat(next(iter(question.inputs.values())))), key=lambda x: order(abs(x)))
        binade = (order(abs(x)) >> 52) - 1023
        place = (x < 0, binade if abs(binade) <= NEAR_1 else binade // BINADES * BINADES)
        error = 0.0 if o.is_exact else o.E2 / 2
        if place not in found or error > found[place][1]:
            found[place] = (x, error)
    return [[_brief(x), _brief(error)] for x, error in sorted(found.values(), key=lambda pair: order(pair[0]))]


def _brief(x: float) -> float | str:
    """Four digits, which no picture shows more of; all of them where four would be infinite."""
    if math.isfinite(x) and math.isfinite(short := parsed(f"{Shown(x):.4g}")):
        return number(short)
    return number(x)


def outcome(library: Library, found: Outcome) -> dict[str, Any]:
    """One answer of a library as a bug report, by its worst number, in the format that it is judged in."""
    question = found.vector.question
    implementation = library.implementations[question.loss]
    line = implementation.line(found.part, question)
    command = line if implementation.is_shell else f"python -c '{line}'"
    worst = described(Finding(found, found.worst_component), question.form)
    return worst | {"grade": found.grade, "lost": found.is_lost, "line": line, "command": command}


def described(found: Finding, form: Format) -> dict[str, Any]:
    """One number that came back, beside the exact one."""
    question, raised = found.vector.question, found.outcome.raised
    return {
        "id": question.id,
        "loss": question.loss,
        "part": found.part,
        "label": found.label,
        "region": question.region,
        "flag": question.flag,
        "reason": question.reason,
        "counts": question.region not in APART,
        "grade": found.grade,
        "lost": found.error.is_lost,
        "inputs": inputs(question),
        "got": raised or spelled(found.got, form),
        "when": found.outcome.when,
        "exact": exact_answer(found),
        "cause": "" if raised else causes.of_one(found, form),
        **{name: number(getattr(found.error, name)) for name in ("E1", "E2", "E3")},
    }


def of_ones_own(found: Finding, loss: Loss, form: Format) -> dict[str, Any]:
    """The same at inputs that somebody chose: with their bits, what the nearest golden vector is there for, and whom to ask."""
    question = found.vector.question
    facts = described(found, form) | {"id": "", "bits": mapped_values(question, lambda x: bits(x, form))}
    if vector := causes.nearest(found, loss, form):
        near = ", ".join(f"{name} {short(mapped(lambda y: f'{Shown(y):.4g}', x))}" for name, x in vector.question.inputs.items())
        facts["reason"] = f"golden vector {vector.id}, the nearest, at {near}, is there because: {vector.question.reason}"
    spelled_out = ", ".join(f"{name}={_source(x)}" for name, x in {**question.inputs, **question.options}.items())
    return facts | {"command": f"lossref.oracle({loss.name!r}, {spelled_out}).{found.part}"}


def inputs(question: Question) -> dict[str, Any]:
    """Arguments, parameters and options as decimals, infinities and NaN as text."""
    return mapped_values(question, lambda x: number(x) if isinstance(x, (int, float)) else x)


def mapped_values(question: Question, function: Any) -> dict[str, Any]:
    return {name: listed(mapped(function, x)) for name, x in {**question.inputs, **question.options}.items()}


def listed(x: Any) -> Any:
    """Tuples as lists."""
    return [listed(y) for y in x] if isinstance(x, tuple) else x


def exact_answer(found: Finding) -> dict[str, Any] | list[dict[str, Any]] | str:
    """The correctly rounded answer of one component, the two ends of its interval at a kink, or that none is certain."""
    truth, form = found.truth, found.vector.question.form
    if causes.is_uncertain(found):
        return "not certain here, and a number"
    if truth.rounded is None:
        return [spelled(end, form) for end in truth.interval or ()]
    return spelled(truth.rounded, form)


def spelled(x: float, form: Format) -> dict[str, Any]:
    """A number three ways: decimal, hexadecimal float, bits (none where it is not a number of the format)."""
    digits = form.encode(x) if math.isnan(x) or form.holds(x) else None
    return {"decimal": number(x), "hex": hexadecimal(x) if math.isfinite(x) else str(x), "bits": digits}


def number(x: float | int) -> float | int | str:
    """JSON has no infinity and no NaN: they are text."""
    if isinstance(x, int):
        return x
    return Shown(x) if math.isfinite(x) else str(x)


def bits(x: Any, form: Format) -> str:
    """Of a format that holds x; parameters and wider answers may be float64 numbers. Labels, counts and words have none."""
    if not isinstance(x, float):
        return str(x)
    kind = form if math.isnan(x) or form.holds(x) else FLOAT64
    return f"{'' if kind is form else kind.name + ' '}{kind.encode(x)}"


MANY = 6  # components of an array that are written out


def short(x: Any) -> str:
    """An array by its first components; what is not one as it is."""
    if isinstance(x, Mapping):
        return ", ".join(f"{name} {short(y)}" for name, y in x.items())
    if not isinstance(x, (list, tuple)):
        return str(x)
    return f"[{', '.join(map(short, x[:MANY]))}{f', ... {len(x)} in all' if len(x) > MANY else ''}]"


def _source(x: Any) -> str:
    if isinstance(x, tuple):
        return f"[{', '.join(map(_source, x))}]"
    return repr(x) if not isinstance(x, float) else written(x) if math.isfinite(x) else f'float("{x}")'

"""What a search found, as plain data and on a terminal: of each part the simplest wrong answer, and how large the error gets."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

from lossref.judge.measure import meets
from lossref.judge.outcome import Outcome
from lossref.library import Library
from lossref.report import finding, text
from lossref.report.machine import machine
from lossref.report.screen import say
from lossref.search.hunt import Hunt

SCHEMA = 1
DECLARED, FORMULA = "as documented", "by the formula"


@dataclass(frozen=True)
class Found:
    """A hunt that has ended, and the simplest outcome that is as wrong as the worst, if there is one.

    None is made simple where nothing is wrong, or the worst `is_right_alone`: it was wrong in a batch.
    """

    hunt: Hunt
    simplest: Outcome | None
    is_right_alone: bool = False


def report(library: Library, found: Sequence[Found], level: str, seed: int, steps: int, interrupted: bool) -> dict[str, Any]:
    """A search as plain data."""
    examiner = found[0].hunt.examiner
    conventions = library.implementations[examiner.loss.name].conventions
    hunts = [_hunt(library, one, level, conventions) for one in found]
    return {
        "schema": SCHEMA,
        "implementation": library.name,
        "title": library.title,
        "loss": examiner.loss.name,
        "format": examiner.form.name,
        "level": level,
        "strict": examiner.strict,
        "seed": seed,
        "steps": steps,
        "asked": sum(hunt["asked"] for hunt in hunts),
        "certified": sum(hunt["certified"] for hunt in hunts),
        "conventions": [convention.sentence for convention in conventions],
        "machine": machine(),
        "hunts": hunts,
        "found": any(hunt["found"] and hunt["decides"] for hunt in hunts),
        "interrupted": interrupted,
    }


def _hunt(library: Library, one: Found, level: str, conventions: Sequence[Any]) -> dict[str, Any]:
    examiner, worst = one.hunt.examiner, one.hunt.worst
    by_formula = not examiner.conventions
    return {
        "part": examiner.part,
        "by": FORMULA if by_formula else DECLARED,
        "decides": not (by_formula and conventions),
        "asked": examiner.asked,
        "certified": examiner.certified,
        "found": worst is not None and not meets(worst.grade, level),
        "worst": _outcome(library, worst) if worst else None,
        "simplest": _outcome(library, one.simplest) if one.simplest else None,
        "right_alone": one.is_right_alone,
    }


def _outcome(library: Library, found: Outcome) -> dict[str, Any]:
    """As in a check; no golden vector has this id, and nobody chose the point for a reason but that the search began from such ones."""
    question = found.vector.question
    return finding.outcome(library, found) | {"id": "", "flag": "", "reason": "", "origin": question.flag}


def show(console: Console, report: Mapping[str, Any], again: str) -> None:
    """A search as text; `again` is the command that takes the same steps."""
    say(console, f"{report['title']} {report['loss']} in {report['format']}: {_verdict(report)}", "bold")
    for sentence in report["conventions"]:
        say(console, f"declares {sentence!r}: as documented it is judged so, which decides, and by the formula without", "dim")
    for hunt in report["hunts"]:
        _show_hunt(console, hunt)
    console.print("")
    asked = f"{report['asked']:,} points asked and {report['certified']:,} certified in {report['steps']:,} steps"
    say(console, f"{'Interrupted: ' if report['interrupted'] else ''}{asked}; the same again: {again}", "dim")


def _verdict(report: Mapping[str, Any]) -> str:
    """The parts that fall below the level, of those that decide and then of the others."""
    told = []
    for by in dict.fromkeys(hunt["by"] for hunt in report["hunts"]):
        failing = [hunt["part"] for hunt in report["hunts"] if hunt["found"] and hunt["by"] == by]
        found = f"{' and '.join(failing)} below level {report['level']}" if failing else f"nothing found below level {report['level']}"
        told.append(f"{by} {found}" if report["conventions"] else found)
    return "; ".join(told)


def _show_hunt(console: Console, hunt: Mapping[str, Any]) -> None:
    """A part: the simplest answer that is as wrong as the worst, and the worst; or how large the error gets where nothing fails."""
    worst = hunt["worst"]
    console.print("")
    if worst is None:
        say(console, f"{hunt['part']}, {hunt['by']}: nothing could be judged", "bold")
        return
    shown = hunt["simplest"] or worst
    if not hunt["found"]:
        say(console, f"{worst['loss']} {worst['label']}, {hunt['by']}: {worst['grade']}, the largest error found is {_size(worst)}")
        return
    title, *rest = text.lines(shown)
    head = Text(title, "bold")
    as_found = ", in a batch of its like; asked alone it is not so wrong" if hunt["right_alone"] else ", as it was found"
    head.append(f"  ({hunt['by']}{'' if hunt['simplest'] else as_found})", "dim")
    console.print(head, soft_wrap=not console.is_terminal)
    for line in rest:
        is_command = line.startswith("  try")  # wrapped by us it could not be pasted
        console.print(Text(line), soft_wrap=True) if is_command else say(console, line, indent=" " * 10)
    if shown["inputs"] != worst["inputs"]:
        say(console, f"  largest {_size(worst)}", indent=" " * 10)


def _size(worst: Mapping[str, Any]) -> str:
    """The error of an answer, and where."""
    size = text.by_inputs(worst).removeprefix("off by ") if math.isfinite(float(worst["E2"])) else "beyond any measure"
    return f"{size}, at {finding.short(worst['inputs'])}"



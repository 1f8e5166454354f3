"""A run as text: one line a loss, then the worst vectors as bug reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from lossref.judge.measure import LEVELS, MEANING, meets
from lossref.report.finding import short
from lossref.spec import APART, PARTS

COLOURS = {"A+": "bold green", "A": "green", "B": "green", "C": "yellow", "D": "red", "F": "bold red"}


def console() -> Console:
    """Standard output; wide where nobody's window limits it. What others wrote stays as it is: "[red]" is no colour."""
    screen = Console(highlight=False, markup=False, emoji=False)
    return screen if screen.is_terminal else Console(highlight=False, markup=False, emoji=False, width=120)


def show_run(console: Console, report: Mapping[str, Any]) -> None:
    """Table, bug reports and one closing sentence."""
    golden = report["golden"]
    console.print(
        f"{report['title']} in {report['format']}, judged at level {report['level']} "
        f"({MEANING[report['level']]}) by golden set {golden['version']}, {golden['root'][:12]}",
        soft_wrap=True,
    )
    console.print(_table(report))
    for note in _notes(report):
        console.print(Text(note, "dim"), soft_wrap=True)
    for entry in report["losses"]:
        if entry["broke"]:
            console.print(Text(f"{entry['loss']} broke: {entry['broke']}", "bold red"), soft_wrap=True)
        for found in entry["parts"].values():
            for k, wrong in enumerate(found["worst"]):
                console.print(_bug(wrong, found["inexact"] if k == 0 else None), soft_wrap=True)
    console.print(_closing(report), soft_wrap=True)


def show_comparison(console: Console, report: Mapping[str, Any], worst: int) -> None:
    """What is worse than in an older run, the worst first."""
    for sentence in report["gone"]:
        console.print(Text(sentence, "bold red"), soft_wrap=True)
    for wrong in report["worse"][:worst]:
        console.print(_bug(wrong, None), soft_wrap=True)
        console.print(f"  was     {wrong['was']}", soft_wrap=True)
    console.print(
        f"\n{report['title']} in {report['format']}: of {report['compared']} answers that {report['baseline']} has, "
        f"{len(report['worse'])} got worse and {report['better']} better. This says nothing of conformance.",
        soft_wrap=True,
    )


def _table(report: Mapping[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    parts = [part for part in PARTS if part != "hessian" or any(part in e["parts"] for e in report["losses"])]
    for column in ("loss", *parts):
        table.add_column(column, no_wrap=True)
    for column in ("worst\nE1", "lost\nvalues", "lost\ngrads", "vectors"):
        table.add_column(column, justify="right", no_wrap=True)
    for column in APART:
        table.add_column(column, no_wrap=True)
    for entry in report["losses"]:
        found = entry["parts"]
        lost = [str(found[part]["lost"]) if part in found else "-" for part in ("value", "gradient")]
        error = f"{max(float(p['worst_E1']) for p in found.values()):.2g}" if found else "broke"
        grades = [_grade(found[part]["grade"]) if part in found else Text("-") for part in parts]
        apart = [_apart(found, region) for region in APART]
        table.add_row(entry["loss"], *grades, error, *lost, str(entry["vectors"]), *apart)
    return table


def _notes(report: Mapping[str, Any]) -> Iterator[str]:
    """What the grades do not say: what is declared, waived, composed, refused or missing."""
    for entry in report["losses"]:
        yield from declared(entry, report["level"])
        for part, found in entry["parts"].items():
            for waived in found["waived"]:
                count = len(waived["vectors"])
                yield f"{entry['loss']} {part}: {count} waived until {waived['expires']}: {waived['reason']} ({waived['link']})"
        if entry["composed"]:
            yield f"{entry['loss']} is composed: {entry['composed']}"
        yield from (f"{entry['loss']} {remark}" for remark in entry["remarks"])
    left_out: dict[str, list[str]] = {}
    for entry in report["losses"]:
        for reason, count in entry["refusals"].items():
            left_out.setdefault(reason, []).append(f"{entry['loss']} {count}")
    for reason, losses in left_out.items():
        yield f"left out, for {reason}: {', '.join(losses)}"
    for entry in report["losses"]:
        for sentence in entry["limits"]:
            yield f"{entry['loss']} is asked only where {sentence}"
        for reason, count in entry["declined"].items():
            yield f"{entry['loss']} declined {count} of {count + entry['vectors']}: {reason}"
        for region in entry["emptied"]:
            yield f"{entry['loss']}: nothing is left to judge of {region}, for all of it was declined"
    plainly = [loss for loss, reason in report["lacks"].items() if reason == "not there"]
    for loss, reason in report["lacks"].items():
        if loss not in plainly:
            yield f"{loss} is missing: {reason}"
    if plainly:
        yield f"not there: {', '.join(plainly)}"


def declared(entry: Mapping[str, Any], level: str) -> Iterator[str]:
    """What a loss is judged as, and what that costs."""
    for convention in entry["conventions"]:
        cost = f"{convention['moved']} of {convention['vectors']} vectors ({convention['share']:.1%})"
        yield f"{entry['loss']} declares {convention['sentence']!r}: it moves {cost} by more than level {level} allows"
    if entry.get("undecided"):
        yield f"{entry['loss']}: {entry['undecided']} vectors are left out, too wide or undecided under what is declared"


def _apart(parts: Mapping[str, Any], region: str) -> Text:
    grades = [p["regions"][region] for p in parts.values() if region in p["regions"]]
    return _grade(max(grades, key=LEVELS.index)) if grades else Text("-")


def _grade(grade: str) -> Text:
    return Text(grade, COLOURS[grade])


def _bug(wrong: Mapping[str, Any], total: int | None) -> RenderableType:
    title, *rest = lines(wrong)
    head = Text(f"\n{title}", "bold")
    head.highlight_words([f" {wrong['grade']} "], COLOURS[wrong["grade"]])
    head.append(f"  (worst of {total} not correctly rounded)" if total else "", "dim")
    return Group(head, *map(Text, rest))


def lines(wrong: Mapping[str, Any]) -> list[str]:
    """A finding in words, on a terminal and in an assertion's message alike."""
    errors = ", ".join(f"{name} {float(wrong[name]):.3g}" for name in ("E1", "E2", "E3"))
    place = "  ".join(filter(None, (wrong["region"] + (f", {wrong['flag']}" if wrong["flag"] else ""), errors, wrong["id"])))
    found = [f"{wrong['loss']} {wrong['label']}  {wrong['grade']}{' lost' if wrong['lost'] else ''}  {place}"]
    found.append(f"  inputs  {short(wrong['inputs'])}")
    if "bits" in wrong:
        found.append(f"  bits    {short(wrong['bits'])}")
    found.append(f"  got     {wrong['got'] if isinstance(wrong['got'], str) else number(wrong['got'])}")
    found.append(f"  exact   {_exact(wrong['exact'])}")
    if wrong["cause"]:
        found.append(f"  cause   {wrong['cause']}")
    if wrong["reason"]:
        found.append(f"  why     {wrong['reason']}")
    if "command" in wrong:
        found.append(f"  try     {wrong['command']}")
    return found


def _exact(answer: Any) -> str:
    if isinstance(answer, list):
        return "any slope from " + " to ".join(map(number, answer))
    return answer if isinstance(answer, str) else number(answer)


def number(x: Mapping[str, Any]) -> str:
    """A number three ways."""
    return f"{x['decimal']!s:<24} {x['hex']!s:<24} {x['bits'] or ''}".rstrip()


def _closing(report: Mapping[str, Any]) -> str:
    failing = [f"{e['loss']} {' and '.join(_failing(e))}" for e in report["losses"] if not e["conforms"]]
    if report["conforms"]:
        return f"\n{report['title']} conforms at level {report['level']} in {report['format']}."
    line = f"\n{report['title']} differs at level {report['level']} in {report['format']}: {'; '.join(failing)}."
    lost = sum(part["lost"] for entry in report["losses"] for part in entry["parts"].values())
    found = [f"{lost} answers are lost." if lost > 1 else "1 answer is lost."] if lost else []
    best = report["best_level"]
    if best is not None and best != "F" and not report["broke"] and not meets(best, report["level"]):
        found.append(f"The best level that passes is {best}: add --level {best}.")
    return "\n".join([line, *([" ".join(found)] if found else [])])


def _failing(entry: Mapping[str, Any]) -> Iterator[str]:
    if entry["broke"]:
        yield "(broke)"
    for part, found in entry["parts"].items():
        if not found["conforms"]:
            yield f"{part} ({found['grade']})"

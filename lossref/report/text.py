"""A run as text: one line a loss, then the worst vectors as bug reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from lossref.judge.asking import APART
from lossref.judge.grades import LEVELS, MEANING
from lossref.judge.verdict import PARTS

COLOURS = {"A+": "bold green", "A": "green", "B": "green", "C": "yellow", "D": "red", "F": "bold red"}
MANY = 6  # components of a vector that are written out


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
        for part, found in entry["parts"].items():
            for k, wrong in enumerate(found["worst"]):
                console.print(_bug(entry["loss"], part, wrong, found["inexact"] if k == 0 else None), soft_wrap=True)
    console.print(_closing(report), soft_wrap=True)


def show_comparison(console: Console, report: Mapping[str, Any], worst: int) -> None:
    """What is worse than in an older run, the worst first."""
    for sentence in report["gone"]:
        console.print(Text(sentence, "bold red"), soft_wrap=True)
    for wrong in report["worse"][:worst]:
        console.print(_bug(wrong["loss"], wrong["part"], wrong, None), soft_wrap=True)
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
        if entry["refused"]:
            yield f"{entry['loss']}: {entry['refused']} vectors are left out: {entry['refusal']}"
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


def _bug(loss: str, part: str, wrong: Mapping[str, Any], total: int | None) -> RenderableType:
    component = f"[{wrong['component']}]" if wrong["component"] is not None else ""
    title = Text(f"\n{loss} {part}{component}  ", "bold")
    title.append(f"{wrong['grade']}{' lost' if wrong['lost'] else ''}", COLOURS[wrong["grade"]])
    errors = ", ".join(f"{name} {_short(wrong[name])}" for name in ("E1", "E2", "E3"))
    title.append(f"  {wrong['region']}, {wrong['flag']}  {errors}")
    title.append(f"  {wrong['id']}" + (f"  (worst of {total} not correctly rounded)" if total else ""), "dim")
    lines = [title, Text("  inputs  " + ", ".join(f"{name} {_input(x)}" for name, x in wrong["inputs"].items()))]
    got = wrong["got"] if isinstance(wrong["got"], str) else _number(wrong["got"])
    lines += [Text(f"  got     {got}"), Text(f"  exact   {_exact(wrong['exact'])}"), Text(f"  why     {wrong['reason']}")]
    lines.append(Text(f"  try     {wrong['command']}"))
    return Group(*lines)


def _exact(answer: Any) -> str:
    return " to ".join(map(_number, answer)) if isinstance(answer, list) else _number(answer)


def _number(x: Mapping[str, Any]) -> str:
    return f"{x['decimal']!s:<24} {x['hex']}{'  ' + x['bits'] if x['bits'] else ''}"


def _input(x: Any) -> str:
    if not isinstance(x, list):
        return str(x)
    return f"[{', '.join(map(str, x[:MANY]))}{f', ... {len(x)} in all' if len(x) > MANY else ''}]"


def _short(x: float | str) -> str:
    return f"{float(x):.3g}"


def _closing(report: Mapping[str, Any]) -> str:
    failing = [f"{e['loss']} {' and '.join(_failing(e))}" for e in report["losses"] if not e["conforms"]]
    if report["conforms"]:
        return f"\n{report['title']} conforms at level {report['level']} in {report['format']}."
    return f"\n{report['title']} differs at level {report['level']} in {report['format']}: {'; '.join(failing)}."


def _failing(entry: Mapping[str, Any]) -> Iterator[str]:
    if entry["broke"]:
        yield "(broke)"
    for part, found in entry["parts"].items():
        if not found["conforms"]:
            yield f"{part} ({found['grade']})"

"""Findings as text: each number that is wrong as a bug report, and what is worse than in an older run."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from lossref.bits import Shown
from lossref.report.finding import LEAST_STANDING, short
from lossref.spec import PARTS

COLOURS = {"A+": "bold green", "A": "green", "B": "green", "C": "yellow", "D": "red", "F": "bold red"}


def show_comparison(console: Console, report: Mapping[str, Any], worst: int) -> None:
    """What is worse than in an older run, the worst first."""
    for sentence in report["gone"]:
        console.print(Text(sentence, "bold red"), soft_wrap=True)
    for wrong in report["worse"][:worst]:
        console.print("\n" + "\n".join(lines(wrong)), soft_wrap=True)
        console.print(f"  was     {wrong['was']}", soft_wrap=True)
    if report["lacks"]:
        console.print(f"{report['baseline']} lacks {report['lacks']}", soft_wrap=True)
    console.print(
        f"\n{report['title']} in {report['format']}: of {report['compared']} answers that {report['baseline']} has, "
        f"{len(report['worse'])} got worse and {report['better']} better. This says nothing of conformance.",
        soft_wrap=True,
    )


def declared(entry: Mapping[str, Any], level: str) -> Iterator[str]:
    """What a loss is judged as, and what that costs."""
    for convention in entry["conventions"]:
        cost = f"{convention['moved']} of {convention['vectors']} vectors ({convention['share']:.1%})"
        yield f"{entry['loss']} declares {convention['sentence']!r}: it moves {cost} by more than level {level} allows"
    if entry.get("standing", 1) < LEAST_STANDING:
        left = f"what is declared leaves {entry['standing']:.1%} of the answers standing"
        yield f"{entry['loss']}: {left}, fewer than half: it conforms to nothing"
    if entry.get("undecided"):
        yield f"{entry['loss']}: {entry['undecided']} vectors are left out, too wide or undecided under what is declared"


def grade(found: str) -> Text:
    return Text(found, COLOURS[found])


def joined(parts: Mapping[str, Any], key: str) -> str:
    """What the parts of a loss have, such as "B/C/F": value and gradient, "-" where there is none, and the Hessian where there is one."""
    return "/".join(parts[part][key] if part in parts else "-" for part in PARTS if part in parts or part != "hessian")


def lines(wrong: Mapping[str, Any]) -> list[str]:
    """A finding in words, on a terminal and in an assertion's message alike."""
    place = "  ".join(filter(None, (wrong["region"] + (f", {wrong['flag']}" if wrong["flag"] else ""), wrong["id"])))
    found = [f"{wrong['loss']} {wrong['label']}  {wrong['grade']}{' lost' if wrong['lost'] else ''}  {place}"]
    found.append(f"  inputs  {short(wrong['inputs'])}")
    if "bits" in wrong:
        found.append(f"  bits    {short(wrong['bits'])}")
    found.append(f"  got     {wrong['got'] if isinstance(wrong['got'], str) else number(wrong['got'])}")
    if wrong["when"]:
        found.append(f"  when    {wrong['when']}: other bits than in a batch of its like")
    found.append(f"  exact   {_exact(wrong['exact'])}")
    if words := in_words(wrong):
        found.append(f"  error   {words}")
    if wrong["cause"]:
        found.append(f"  cause   {wrong['cause']}")
    if wrong["reason"]:
        found.append(f"  why     {wrong['reason']}")
    if "command" in wrong:
        found.append(f"  try     {wrong['command']}")
    return found


def in_words(wrong: Mapping[str, Any]) -> str:
    """E1, E2 and E3; nothing where no number came back, or none was wanted."""
    errors = {name: Shown(wrong[name]) for name in ("E1", "E2", "E3")}
    if not all(map(math.isfinite, errors.values())):
        return ""
    return (
        f"{errors['E1']:.2g} ulps from the exact answer; {errors['E2']:.2g} times what rounding the inputs does; "
        f"{errors['E3']:.2g} times what rounding the terms does"
    )


def by_inputs(wrong: Mapping[str, Any]) -> str:
    """E2 alone."""
    return f"off by {Shown(wrong['E2']):.2g} times what rounding the inputs does" if math.isfinite(float(wrong["E2"])) else ""


def _exact(answer: Any) -> str:
    if isinstance(answer, list):
        return "any slope from " + " to ".join(map(number, answer))
    return answer if isinstance(answer, str) else number(answer)


def number(x: Mapping[str, Any]) -> str:
    """A number three ways."""
    return f"{x['decimal']!s:<24} {x['hex']!s:<24} {x['bits'] or ''}".rstrip()

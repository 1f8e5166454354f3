"""Reports as one page that needs nothing beside it: a league table, and for each loss what it is, how far off each implementation is
along its inputs, and the worst answers with the lines that reproduce them."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lossref import __version__, catalog
from lossref.judge.measure import LEVELS, MEANING
from lossref.report import league, mathml, picture, text
from lossref.report.screen import judged_by
from lossref.spec import PARTS

Entry = Mapping[str, Any]
def of_reports(reports: Sequence[Mapping[str, Any]]) -> str:
    """The page of reports as `league.read` has them."""
    table = league.league(reports)
    return picture.template("page.html").render(
        table=table,
        version=__version__,
        facts=[(name, report, judged_by(report)) for name, report in zip(table.columns, reports, strict=True)],
        losses=[_loss(name, table) for name in table.rows],
        ulps=league.ulps,
        caption=picture.CAPTION,
        levels=LEVELS,
        meaning=MEANING,
    )


def _loss(name: str, table: league.League) -> dict[str, Any]:
    """What the page says of a loss; of one that is not in the catalogue, somebody's own, only how it is judged."""
    entries = [next((entry for entry in report["losses"] if entry["loss"] == name), None) for report in table.reports]
    known = catalog.get(name) if name in catalog.names() else None
    sentence, formulas, conventions = mathml.parts(known.documentation) if known else ("", "", "")
    return {
        "name": name,
        "cells": table.rows[name],
        "sentence": sentence,
        "formulas": mathml.block(formulas) if known else "",
        "conventions": conventions,
        "code": "\n\n".join(source(getattr(known, part)) for part in PARTS if known and getattr(known, part)),
        "hard": {hard.flag: hard.reason for hard in known.hard} if known else {},
        "pictures": list(_pictures(entries, table.columns)),
        "judged": [
            _judged(column, entry, report["level"])
            for column, entry, report in zip(table.columns, entries, table.reports, strict=True)
            if entry
        ],
    }


def _judged(column: str, entry: Entry, level: str) -> dict[str, Any]:
    worst = [wrong for part in entry["parts"].values() for wrong in part["worst"][:1]]
    return {
        "column": column,
        "entry": entry,
        "declared": list(text.declared(entry, level)),
        "findings": [_finding(wrong) for wrong in worst],
    }


def _finding(wrong: Entry) -> dict[str, Any]:
    """A bug report, its line that reproduces it apart."""
    title, *lines = text.lines({name: x for name, x in wrong.items() if name != "command"})
    return {"title": title, "lines": [line.removeprefix("  ") for line in lines], "command": wrong["command"]}


def source(function: Any) -> str:
    return textwrap.dedent(inspect.getsource(function)).rstrip()


def _pictures(entries: Sequence[Entry | None], columns: Sequence[str]) -> Iterator[tuple[str, picture.Picture]]:
    """One for each part of which somebody's errors are known."""
    for part in PARTS:
        there = [(column, entry["parts"][part]) for column, entry in zip(columns, entries, strict=True) if entry and part in entry["parts"]]
        if found := [(column, answered["profile"]) for column, answered in there if picture.numbers(answered.get("profile", ()))]:
            yield part, picture.of(found)

"""lossref report: reports of checks side by side, as a page, a table, a badge or JUnit XML; lossref compare: what changed between two."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from lossref import files
from lossref.commands import CONFORMS, DIFFERS, Commands, UsageError, command, print_json
from lossref.output import say
from lossref.report import junit, league, text
from lossref.report.console import standard_output

REPORT = """\
Put reports side by side. Each RUN is a file with what `lossref check --json` printed:

  lossref check scipy --json > scipy.json
  lossref check torch --json > torch.json
  lossref report scipy.json torch.json --html report.html

The page needs nothing beside it and no network: a league table to sort and to filter, and for each loss its
formula, its hard points, a picture of each implementation's error along the inputs, and the worst answers with
the lines that show them. Without an option the table is printed.
"""
COMPARE = """\
Say what is worse in the report AFTER than in the report BEFORE: grades, answers lost, losses that went or broke.
Both are files with what `lossref check --json` printed. Ends with 1 where anything is worse or gone.
"""
NO_JINJA = "--html needs Jinja: pip install 'lossref[report]'"


def add(commands: Commands) -> None:
    parser = command(commands, "report", "reports of checks side by side: a page, a table, a badge, JUnit XML", REPORT)
    parser.add_argument("runs", metavar="RUN", type=Path, nargs="+", help="what `lossref check --json` printed")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the page")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit XML, for the pages of a CI service")
    parser.add_argument("--badge", type=Path, metavar="FILE", help="write an SVG picture of the best level of one RUN, for a README")
    parser.add_argument("--markdown", action="store_true", help="print the table in Markdown")
    parser.set_defaults(run=run_report)
    parser = command(commands, "compare", "what is worse in one report than in another", COMPARE)
    parser.add_argument("before", metavar="BEFORE", type=Path)
    parser.add_argument("after", metavar="AFTER", type=Path)
    parser.set_defaults(run=run_compare)


def run_report(given: argparse.Namespace) -> int:
    if given.badge and len(given.runs) > 1:
        raise UsageError(f"--badge is of one RUN, and there are {len(given.runs)}")
    reports = [_read(path) for path in given.runs]
    written = {given.html: _page, given.junit: junit.of_runs, given.badge: _badge}
    for path, made in written.items():
        if path is not None:
            files.write(path, made(reports))
    if given.json:
        print_json({"columns": (table := league.league(reports)).columns, "losses": _cells(table)})
    elif given.markdown:
        say(league.markdown(league.league(reports)).rstrip())
    elif not any(written):
        _show(league.league(reports))
    return CONFORMS


def run_compare(given: argparse.Namespace) -> int:
    before, after = _read(given.before), _read(given.after)
    if before["format"] != after["format"]:
        raise UsageError(f"one report is in {before['format']} and the other in {after['format']}")
    found = league.compared(before, after)
    if given.json:
        print_json(found)
    else:
        _show_changes(found)
    return DIFFERS if found["worse"] or found["gone"] else CONFORMS


def _read(path: Path) -> dict[str, Any]:
    try:
        return league.read(path)
    except league.ReportError as error:
        raise UsageError(error) from None


def _page(reports: list[dict[str, Any]]) -> str:
    try:
        from lossref.report import page
    except ModuleNotFoundError as error:
        if error.name != "jinja2":
            raise
        raise UsageError(NO_JINJA) from None
    return page.of_reports(reports)


def _badge(reports: list[dict[str, Any]]) -> str:
    return league.badge(reports[0])


def _cells(table: league.League) -> dict[str, Any]:
    facts = ("grades", "by_formula", "lost", "conforms", "composed", "broke")
    return {name: [cell and {fact: getattr(cell, fact) for fact in facts} for cell in cells] for name, cells in table.rows.items()}


def _show(table: league.League) -> None:
    shown = Table("loss", *map(escape, table.columns), box=None, pad_edge=False, header_style="bold")
    for name, cells in table.rows.items():
        shown.add_row(name, *(Text(cell.words, text.COLOURS[cell.grade]) if cell else Text("") for cell in cells))
    standard_output().print(shown)


def _show_changes(found: Mapping[str, Any]) -> None:
    screen = standard_output()
    for title, style in (("worse", "bold red"), ("better", "green")):
        for change in found[title]:
            name = " ".join(filter(None, (change["loss"], change["part"])))
            screen.print(Text(f"{title}  {name}: {change['was']}, now {change['now']}", style), soft_wrap=True)
    for title, names in (("gone", found["gone"]), ("new", found["new"])):
        if names:
            screen.print(Text(f"{title}: {', '.join(names)}", "bold red" if title == "gone" else ""), soft_wrap=True)
    counts = f"{len(found['worse'])} got worse, {len(found['better'])} better, {len(found['gone'])} are gone"
    same = f"{found['same']} losses are as they were"
    screen.print(f"{found['before']} to {found['after']} in {found['format']}: {counts}; {same}", soft_wrap=True)

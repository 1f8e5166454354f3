"""lossref coverage: how many of a library's losses we can judge."""

from __future__ import annotations

import argparse
from typing import Any

from rich.table import Table

from lossref.commands import CONFORMS, Commands, UsageError, command, print_json
from lossref.implementations import resolve
from lossref.library import ImplementationError, Library
from lossref.report import text

DESCRIPTION = """\
List the losses that a library ships, by its own names, and the loss that judges each, or why none does yet.

LIBRARY is an adapter that keeps such a list. What a library ships is counted for the version that the adapter was
written for; losses that are made here of a library's pieces are not counted.
"""


def add(commands: Commands) -> None:
    parser = command(commands, "coverage", "how many of a library's losses can be judged", DESCRIPTION)
    parser.add_argument("library", metavar="LIBRARY")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    try:
        library = resolve(given.library)
    except ImplementationError as error:
        raise UsageError(error) from None
    if not library.offers:
        raise UsageError(f"{library.title} comes with no list of the losses that it ships")
    report = coverage(library)
    print_json(report) if given.json else _show(report)
    return CONFORMS


def coverage(library: Library) -> dict[str, Any]:
    """As plain data."""
    offers = []
    for name, found in library.offers.items():
        judged = found in library.implementations
        offers.append({"name": name, "judged_as": found if judged else None, "reason": None if judged else found})
    count = sum(offer["judged_as"] is not None for offer in offers)
    return {"library": library.name, "title": library.title, "offers": offers, "judged": count, "of": len(offers)}


def _show(report: dict[str, Any]) -> None:
    table = Table("loss there", "judged as", "or why not yet", box=None, pad_edge=False, header_style="bold")
    for offer in report["offers"]:
        table.add_row(offer["name"], offer["judged_as"] or "-", offer["reason"] or "")
    console = text.console()
    console.print(table)
    console.print(f"\n{report['judged']} of the {report['of']} losses of {report['title']} can be judged.", soft_wrap=True)

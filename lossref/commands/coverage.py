"""lossref coverage: how many of the libraries' losses we have, and of one library how each is judged."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from rich.table import Column, Table

from lossref import catalog, census
from lossref.commands import CONFORMS, Commands, UsageError, command, print_json
from lossref.implementations import resolve
from lossref.library import ImplementationError, Library
from lossref.output import say
from lossref.report.console import standard_output

DESCRIPTION = """\
List libraries with the number of losses that each ships, and of how many the catalogue has the mathematics.

With LIBRARY: its losses, by its own names, and the loss that judges each, or why none does yet; where it has no adapter,
or is not installed, the losses of the catalogue that stand for each. What a library ships is counted for the version that is
named; a loss counts where all that stands for it is in the catalogue. What is made here of a library's pieces is not counted.
"""


def add(commands: Commands) -> None:
    parser = command(commands, "coverage", "how many of the libraries' losses can be asked and judged", DESCRIPTION)
    parser.add_argument("library", metavar="LIBRARY", nargs="?")
    parser.add_argument("--markdown", action="store_true", help="print the table of all libraries as it stands in the docs")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    if given.library is None:
        found = [asked(name) for name, shipped in census.libraries().items() if shipped.losses]
        print_json(found) if given.json else say(markdown(found)) if given.markdown else _print(HEAD, _rows(found))
        return CONFORMS
    if given.markdown:
        raise UsageError("--markdown prints the table of all libraries: leave LIBRARY out")
    try:
        library = resolve(given.library)
    except ImplementationError as error:
        if not census.libraries().get(given.library, census.Shipped()).losses:
            raise UsageError(error) from None
        report = asked(given.library)
        print_json(report) if given.json else _show_asked(report)
        return CONFORMS
    if not library.offers:
        raise UsageError(f"{library.title} comes with no list of the losses that it ships")
    report = coverage(library)
    print_json(report) if given.json else _show(report)
    return CONFORMS


def asked(name: str) -> dict[str, Any]:
    """The losses that a library ships and what stands for each, as plain data; needs no library."""
    shipped, here = census.libraries()[name], {*catalog.names()}
    offers = []
    for loss, stands_for in shipped.losses.items():
        needed = {x.loss for x in stands_for if not x.remark} or {stands_for[0].loss}
        offers.append({"name": loss, "stands_for": [*map(str, stands_for)], "missing": sorted(needed - here)})
    count = sum(not offer["missing"] for offer in offers)
    return {"library": name, "title": shipped.title, "offers": offers, "asked": count, "of": len(offers)}


def coverage(library: Library) -> dict[str, Any]:
    """How the losses of a library are judged, as plain data."""
    offers = []
    for name, found in library.offers.items():
        judged = found in library.implementations
        offers.append({"name": name, "judged_as": found if judged else None, "reason": None if judged else found})
    count = sum(offer["judged_as"] is not None for offer in offers)
    return {"library": library.name, "title": library.title, "offers": offers, "judged": count, "of": len(offers)}


def _show(report: dict[str, Any]) -> None:
    rows = [(offer["name"], offer["judged_as"] or "-", offer["reason"] or "") for offer in report["offers"]]
    last = f"{report['judged']} of the {report['of']} losses of {report['title']} can be judged."
    _print(("loss there", "judged as", "or why not yet"), rows, last)


def _show_asked(report: dict[str, Any]) -> None:
    rows = [(offer["name"], ", ".join(offer["stands_for"]), ", ".join(offer["missing"])) for offer in report["offers"]]
    last = f"{report['asked']} of the {report['of']} losses of {report['title']} are in the catalogue."
    _print(("loss there", "stands for", "not in the catalogue yet"), rows, last)


HEAD = ("library", "what was counted", "losses", "in the catalogue", "")


def _rows(found: Sequence[dict[str, Any]]) -> list[tuple[str, ...]]:
    every = [*found, {"library": "all", "title": "", **{key: sum(report[key] for report in found) for key in ("asked", "of")}}]
    return [(r["library"], r["title"], str(r["of"]), str(r["asked"]), f"{100 * r['asked'] // r['of']} %") for r in every]


def markdown(found: Sequence[dict[str, Any]]) -> str:
    lines = [HEAD, ("---",) * len(HEAD), *_rows(found)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _print(head: Sequence[str], rows: Sequence[Sequence[str]], last: str = "") -> None:
    table = Table(*(Column(title, overflow="fold") for title in head), box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*row)
    console = standard_output()
    console.print(table)
    if last:
        console.print(f"\n{last}", soft_wrap=True)

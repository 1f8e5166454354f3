"""lossref list: the catalogue by name. It imports little, for it is what one types first."""

from __future__ import annotations

import argparse

from lossref import catalog
from lossref.commands import CONFORMS, Commands, command, print_json
from lossref.report.console import table
from lossref.spec import Loss


def add(commands: Commands) -> None:
    parser = command(commands, "list", "name every loss")
    parser.set_defaults(run=run_list)


def run_list(given: argparse.Namespace) -> int:
    losses = [catalog.get(name) for name in catalog.names()]
    entries = [{"loss": loss.name, "family": loss.family, "summary": _summary(loss)} for loss in losses]
    if given.json:
        print_json(entries)
    else:
        table(("loss", "family", ""), [tuple(entry.values()) for entry in entries])
    return CONFORMS


def _summary(loss: Loss) -> str:
    return loss.documentation.partition("\n")[0].rstrip(".")

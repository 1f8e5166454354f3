"""The commands of the command line, one module a group: `add` declares arguments, `run` returns an exit status."""

from __future__ import annotations

import argparse
import difflib
import re
from typing import Any, NoReturn, TypeAlias

from lossref import catalog
from lossref.bits import json_text
from lossref.catalog import DefinitionError
from lossref.output import say
from lossref.spec import Loss
from lossref.strictjson import plain

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

CONFORMS, DIFFERS, BAD_USE, BROKE = 0, 1, 2, 3
LONGEST = 1e6  # seconds


class UsageError(Exception):
    """What the user should read instead of a traceback."""

    def __init__(self, message: object, status: int = BAD_USE) -> None:
        super().__init__(message)
        self.status = status


class Parser(argparse.ArgumentParser):
    """Of a misspelt option or choice it says what may have been meant."""

    def error(self, message: str) -> NoReturn:
        choice = re.search(r"invalid choice: '(.*)' \(choose from (.*)\)", message)
        option = re.search("unrecognized arguments: (--[^ =]+)", message)
        known = re.findall(r"--[a-z][a-z-]*", self.format_usage()) if option else re.findall(r"[\w+-]+", choice[2]) if choice else []
        near = difflib.get_close_matches((option or choice or [message])[1 if option or choice else 0], known, n=1)
        super().error(plain(message) + (f"; did you mean {near[0]}?" if near else ""))


def command(commands: Commands, name: str, summary: str, description: str = "") -> argparse.ArgumentParser:
    """A subparser with --json, like all of them."""
    parser = commands.add_parser(
        name, help=summary, description=description or summary, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(parser=parser)
    return parser


def known_loss(name: str, library: str = "") -> Loss:
    """The loss of a name, ours or another library's, or of a file of the user's own; UsageError suggests what may have been meant."""
    try:
        return catalog.load(name) if name.endswith(".py") else catalog.get(catalog.named(name, library))
    except DefinitionError as error:
        raise UsageError(error) from None
    except KeyError as error:
        raise UsageError(error.args[0]) from None


def catalogued(name: str, library: str = "") -> str:
    """The name of a loss of the catalogue; UsageError for a file of the user's own too."""
    loss = known_loss(name, library)
    if catalog.is_own(loss):
        raise UsageError(f"--loss takes the name of a loss of the catalogue, and {name} is a file: --definition takes it")
    return loss.name


def check_timeout(seconds: float) -> None:
    """UsageError for what no system waits: nothing, for ever, or longer than its clocks count."""
    if not 0 < seconds <= LONGEST:
        raise UsageError(f"--timeout must be a number of seconds above 0, and is {seconds:g}; at most {LONGEST:g} are waited")


def print_json(content: Any) -> None:
    say(json_text(content))

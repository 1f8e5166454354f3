"""The command line: parses, dispatches, and turns every expected failure into one line and an exit status."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from lossref import __version__, output
from lossref.commands import BAD_USE, Parser, UsageError

GROUPS = {  # modules of `lossref.commands`, and the commands that each adds, in the order of the help
    "check": ("check", "calls", "judge"),
    "search": ("search",),
    "sweep": ("sweep",),
    "report": ("report", "compare"),
    "plot": ("plot",),
    "coverage": ("coverage",),
    "listing": ("list",),
    "look": ("show", "eval", "why"),
    "golden": ("golden",),
    "power": ("power",),
    "folklore": ("folklore",),
    "programs": ("vectors", "protocol", "smoke", "serve"),
    "init_adapter": ("init-adapter",),
}

EPILOG = """\
exit status: 0 conforms or done, 1 differs, 2 bad use, 3 the implementation broke; 128 and the number of a signal that
ended it: 130 interrupted, 143 asked to end, 129 its terminal went; 141 the reader left

try:
  lossref check scipy                                judge SciPy's losses, worst answers first
  lossref check examples.implementations:textbook --loss sigmoid_cross_entropy
  lossref init-adapter c                             a program in C (or six others) to start from
  lossref check mine.py:f --definition mine_loss.py  judge by a loss of your own
  lossref check mine:losses --waivers known.toml --junit lossref.xml     in your CI
  lossref search torch --loss softplus               hunt for the largest error, and make it simple
  lossref sweep softplus --implementation torch      every number of float32, and the worst of each binade
  lossref report scipy.json torch.json --html report.html      reports of checks side by side, as one page
  lossref calls torch                                judge whole calls alone: reductions, weights, masks
  lossref coverage torch                             how many of PyTorch's losses can be judged
  lossref eval sigmoid_cross_entropy --logits 40 --target 1
  lossref show huber                                 formula, domains, hard points
  lossref golden verify                              the data is what its manifest says
  lossref folklore run                               wrong formulas from texts, and what each gets wrong
"""


CLOSED_PIPE = 128 + 13  # what a shell says of a program that SIGPIPE ended


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status. Whoever reads the output may leave, as `head` does, and a disk be full."""
    try:
        try:
            return _run(sys.argv[1:] if arguments is None else arguments)
        finally:
            sys.stdout.flush()
    except OSError as error:
        with open(os.devnull, "w") as nowhere:  # what is left in the buffer goes there when Python ends
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return CLOSED_PIPE
        print(f"lossref: standard output cannot be written: {error.strerror}", file=sys.stderr)
        return BAD_USE


def parser(command: str = "") -> argparse.ArgumentParser:
    """The whole command line; or of a command that is known the group that has it, for the others take their time to import."""
    whole = Parser(
        prog="lossref",
        description="Loss functions with certified answers: check an implementation, ask for an answer, take golden data.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action="version", version=f"lossref {__version__}")
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    groups = [group for group, names in GROUPS.items() if command in names] or list(GROUPS)
    for group in groups:
        import_module(f"lossref.commands.{group}").add(commands)
    return whole


def _complete() -> None:
    """Tell a shell, which asks by this variable, how a line may go on: commands, options, choices, names of losses and libraries."""
    try:
        import argcomplete
        from argcomplete.completers import ChoicesCompleter
    except ImportError:
        return
    from lossref import catalog
    from lossref.implementations.resolve import ADAPTERS

    whole = parser()
    known = {"LOSS": dict.fromkeys(catalog.names(), ""), "IMPLEMENTATION": dict.fromkeys(ADAPTERS, "")}
    commands: Any = next(action for action in whole._actions if action.metavar == "COMMAND")  # argparse has no public way to these
    for action in (action for command in commands.choices.values() for action in command._actions if action.metavar in known):
        action.completer = ChoicesCompleter(known[action.metavar])
    argcomplete.autocomplete(whole)


def _run(typed: Sequence[str]) -> int:
    if "_ARGCOMPLETE" in os.environ:
        _complete()
    whole = parser(typed[0] if typed else "")
    if wrong := [word for word in typed if re.fullmatch("--[a-z-]+=--", word)]:  # which argparse takes for an empty list
        whole.error(f"{wrong[0]}: -- is no value of an option")
    given, rest = whole.parse_known_args(_joined(typed))
    given.typed, given.values = list(map(str, typed)), rest
    if rest and not getattr(given, "takes_values", False):
        given.parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        with output.reporting():
            status: int = given.run(given)
        return status
    except UsageError as error:
        print(f"lossref: {_in_one_line(error)}", file=sys.stderr)
        return error.status
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"lossref: {_in_one_line(error)}", file=sys.stderr)
        return BAD_USE


def _in_one_line(error: Exception) -> str:
    """Its sentence; the name of a file may hold line feeds and what no terminal shows."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(error))


def _joined(arguments: Sequence[str]) -> list[str]:
    """`--logits -40,0` as `--logits=-40,0`: the parser takes a value that begins with a minus for an option."""
    joined: list[str] = []
    for word in arguments:
        if joined and re.fullmatch(r"--\w+", joined[-1]) and re.match(r"-[.\d]|-inf", word):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined

"""What check, calls and judge do while they run: read or certify the vectors, ask, and show on a terminal how far that is."""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from lossref import catalog
from lossref.commands import UsageError
from lossref.formats import FORMATS, JUDGED
from lossref.golden.source import COUNT, OptionError, Source, of_losses, of_options, sizes_typed
from lossref.judge.peer import judged_beside
from lossref.judge.verdict import Verdict
from lossref.library import Library
from lossref.spec import Loss, Vector


@contextmanager
def status(sentence: str) -> Iterator[None]:
    """A sentence on standard error while something takes its time, if that is a terminal."""
    screen = Console(stderr=True)
    if not screen.is_terminal:
        yield
        return
    with screen.status(escape(sentence)):
        yield


@contextmanager
def progress(sentence: str) -> Iterator[Callable[[int, int | None], None]]:
    """How far it is, on standard error, if that is a terminal; the function is told how much is done, and of how much."""
    screen = Console(stderr=True)
    if not screen.is_terminal:
        yield lambda done, total: None
        return
    with Progress(console=screen, transient=True) as shown:
        task = shown.add_task(escape(sentence), total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


def add_source(parser: argparse.ArgumentParser, *, counted: bool = True, stored: bool = False) -> None:
    """The options that say which questions are meant, where they are not the golden ones."""
    parser.add_argument("--fresh", metavar="SEED", help="in place of the golden questions some that are drawn and certified now")
    if counted:
        parser.add_argument("--count", type=int, metavar="N", help=f"about so many fresh questions a loss ({COUNT})")
    parser.add_argument(
        "--sizes", metavar="N,N", help="in place of the golden questions rows of so many numbers, certified now: 1000,4097,32000,128256"
    )
    if stored:
        parser.add_argument(
            "--stored", choices=JUDGED, metavar="FORMAT", help="give inputs in this shorter format, and judge answers in --format (float32)"
        )


def source(given: argparse.Namespace) -> Source:
    """Where the vectors come from, by the options; UsageError for one that says nothing."""
    count = getattr(given, "count", None)
    if (stored := getattr(given, "stored", None)) and not given.format:
        given.format = "float32"
    try:
        asked = of_options(given.fresh, count, sizes_typed(given.sizes), getattr(given, "format", None), stored)
        return replace(asked, calls=getattr(given, "calls", False))
    except OptionError as error:
        raise UsageError(f"--{error}") from None


def vectors(source: Source, losses: Sequence[Loss], form: str) -> list[tuple[Loss, list[Vector]]]:
    """The vectors of losses; those of a loss of the user's own, and fresh ones, are certified now."""
    named = losses[0].name if len(losses) == 1 else f"{len(losses)} losses"
    if source.is_golden and not any(map(catalog.is_own, losses)):  # they are read, which takes no time to speak of
        return list(zip(losses, of_losses(source, losses, FORMATS[form]), strict=True))
    with progress(f"certifying {named}") as advance:
        return list(zip(losses, of_losses(source, losses, FORMATS[form], advance), strict=True))


def judged(library: Library, asked: Sequence[tuple[Loss, list[Vector]]], form: str) -> list[Verdict]:
    """A verdict a loss."""
    gc.freeze()  # what was imported and read is kept until the command ends: looking for cycles in it took a tenth of the time
    verdicts = []
    with progress(f"judging {library.title}") as advance:
        for done, (loss, chosen) in enumerate(asked):
            advance(done, len(asked))
            verdicts.append(judged_beside(loss, library.implementations[loss.name], chosen, FORMATS[form]))
    gc.freeze()  # the verdicts too: what is left of the command shows them
    return verdicts

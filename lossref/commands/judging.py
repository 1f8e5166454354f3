"""What check, calls and judge do while they run: read or certify the vectors, ask, and show on a terminal how far that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from lossref import catalog
from lossref.formats import FORMATS
from lossref.golden import write
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


def vectors(loss: Loss, form: str) -> list[Vector]:
    """The golden vectors of a loss; those of the user's own are certified now."""
    if not catalog.is_own(loss):  # they are read, which takes no time to speak of
        return write.of_loss(loss, FORMATS[form])
    with progress(f"certifying {loss.name}") as advance:
        return write.of_loss(loss, FORMATS[form], advance)


def judged(library: Library, asked: Sequence[tuple[Loss, list[Vector]]], form: str) -> list[Verdict]:
    """A verdict a loss."""
    verdicts = []
    with progress(f"judging {library.title}") as advance:
        for done, (loss, chosen) in enumerate(asked):
            advance(done, len(asked))
            verdicts.append(judged_beside(loss, library.implementations[loss.name], chosen, FORMATS[form]))
    return verdicts

"""What check, calls and judge do while they run: read or certify the vectors, ask, and show on a terminal how far that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from lossref import catalog, golden
from lossref.catalog import DefinitionError
from lossref.commands import UsageError
from lossref.conventions import limits
from lossref.conventions.formula import Convention
from lossref.conventions.grammar import parse_declaration
from lossref.exact import balls
from lossref.formats import FORMATS
from lossref.golden.write import vectors as certified_vectors
from lossref.judge.verdict import Verdict, beside_its_peer, judge
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
def _progress(sentence: str) -> Iterator[Callable[[int, int | None], None]]:
    screen = Console(stderr=True)
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task(escape(sentence), total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def vectors(loss: Loss, own: Loss | None, form: str) -> list[Vector]:
    """The golden vectors of a loss; those of the user's own are certified now."""
    if own is None:
        return golden.read(loss, FORMATS[form])
    with _progress(f"certifying {loss.name}") as progress:
        found = certified_vectors(loss, FORMATS[form], proved=balls.INSTALLED, progress=progress)
    if not found:
        raise DefinitionError(f"{catalog.file_of(loss)}: no point of its arguments has an answer that settles")
    return found


def judged(library: Library, asked: Sequence[tuple[Loss, list[Vector]]], form: str) -> list[Verdict]:
    """A verdict a loss."""
    verdicts = []
    with _progress(f"judging {library.title}") as progress:
        for done, (loss, chosen) in enumerate(asked):
            progress(done, len(asked))
            found = judge(loss, library.implementations[loss.name], chosen, FORMATS[form])
            verdicts.append(beside_its_peer(found, loss, library.implementations[loss.name], FORMATS[form]))
    return verdicts


def declaring(library: Library, declared: Sequence[str], wanted: Sequence[str], as_mathematics: bool) -> Library:
    """The library with the conventions that the user declares, in place of its own of that kind and beside the others; or without any."""
    if as_mathematics and declared:
        raise UsageError("--as-mathematics judges by the formula alone: leave out --convention")
    implementations = dict(library.implementations)
    if as_mathematics:
        implementations = {name: replace(found, conventions=()) for name, found in implementations.items()}
    own: dict[str, list[Convention]] = {}
    for loss, convention in map(parse_declaration, declared):
        if loss not in implementations or (wanted and loss not in wanted):
            raise UsageError(f"{convention.sentence!r} is declared for {loss!r}, which is not judged in this run")
        own.setdefault(loss, []).append(convention)
    for loss, said in own.items():
        kept = (c for c in implementations[loss].conventions if c.kind not in {convention.kind for convention in said})
        implementations[loss] = replace(implementations[loss], conventions=(*kept, *said))
    return replace(library, implementations=implementations)


def limited(library: Library, declared: Sequence[str], wanted: Sequence[str]) -> Library:
    """The library with the limits that the user states added to its own."""
    implementations = dict(library.implementations)
    for said in declared:
        loss, colon, sentence = (part.strip() for part in said.partition(":"))
        if not colon or loss not in implementations or (wanted and loss not in wanted):
            raise UsageError(f"a limit is stated as LOSS: SENTENCE of a loss that is judged in this run, not {said!r}")
        found = implementations[loss]
        implementations[loss] = replace(found, limits=(*found.limits, limits.parse(sentence, catalog.get(loss))))
    return replace(library, implementations=implementations)

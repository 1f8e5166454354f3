"""A sweep from end to end: its blocks spread over processes by joblib, kept in a file as they come, put together, and the worst judged."""

from __future__ import annotations

import atexit
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from lossref import __version__, catalog, files
from lossref.arrays import shown
from lossref.formats import FORMATS
from lossref.golden.write import answered, check_processor
from lossref.implementations import resolve
from lossref.implementations.resolve import format_of
from lossref.judge.measure import DEFAULT_LEVEL
from lossref.judge.peer import judged_beside
from lossref.library import Implementation, ImplementationError, Library
from lossref.report import finding
from lossref.report.machine import machine
from lossref.spec import Vector
from lossref.strictjson import JsonError, loads
from lossref.sweeps.block import PARTS, WITHIN, Tally, tally
from lossref.sweeps.line import Line, SweepError, lines

Progress = Callable[[int, int], None]
MISSING = "sweeps are spread by joblib: pip install 'lossref[sweep]'"
SCHEMA = 1
DIGESTS = Path(__file__).parent / "digests.json"  # of exact answers, by title, made by scripts/write_sweeps.py


@dataclass(frozen=True)
class Asked:
    """What is swept, in words and numbers that another process can read, and that a file keeps."""

    loss: str  # a name of the catalogue, or a file
    format: str
    along: str
    across: str
    fixed: Mapping[str, float]
    implementation: str | None
    device: str = ""


def sweep(
    loss: str,
    implementation: str | None = None,
    *,
    format: str = "float32",
    along: str = "",
    across: str = "",
    fixed: Mapping[str, float] | None = None,
    device: str = "",
    level: str = DEFAULT_LEVEL,
    resume: Path | str | None = None,
    jobs: int | None = None,
    progress: Progress = lambda done, total: None,
) -> dict[str, Any]:
    """All finite numbers of a format through one argument of a loss: exact answers, and an implementation judged at each of them.

        lossref.sweep("softplus", "torch", format="bfloat16")["counts"]

    The answer is what `lossref sweep --json` prints. Without an `implementation`, which is a name as on the command line, it has the
    digest of the exact answers alone. `along` is the argument that goes through all numbers (the first), `across` a second one, in
    formats of 8 bits; all others are `fixed`, by name (the first that fits of 1, 0, 1/2 and -1; parameters at their defaults). With
    `resume` each block is kept in that file when it is done, and those that it has are not computed again. The blocks are spread by
    joblib: over so many `jobs`, or by whatever `joblib.parallel_config` says around this call, such as a cluster of dask or ray.

    Raises SweepError (a ValueError) for what cannot be swept, KeyError for an unknown loss, ImplementationError for an implementation that
    cannot be asked, FileError where `resume` is no file of this sweep.
    """
    for name, given in (("loss", loss), ("format", format), ("along", along), ("across", across), ("device", device)):
        if not isinstance(given, str):
            raise SweepError(f"{name} must be a text, and is {shown(given)}")
    asked = Asked(loss, format, along, across, dict(fixed or {}), implementation, device)
    check_processor()
    text, call = json.dumps(asdict(asked), sort_keys=True), secrets.token_hex(8)
    prepared = _prepared(text, call)
    total = len(prepared.places)
    kept = _Kept(Path(resume), _header(text, prepared)) if resume is not None else None
    done = {found.index: found for found in kept.found} if kept else {}
    progress(len(done), total)
    for found in _spread(text, call, [index for index in range(total) if index not in done], jobs):
        done[found.index] = found
        if kept:
            kept.add(found)
        progress(len(done), total)
    return _report(asked, [done[index] for index in range(total)], prepared, level)


class _Prepared:
    """What a process has made ready: the lines of a sweep, and the implementation."""

    def __init__(self, asked: Asked) -> None:
        record = catalog.load(asked.loss) if asked.loss.endswith(".py") else catalog.get(catalog.named(asked.loss))
        self.lines = lines(record, asked.format, asked.fixed, asked.along, asked.across)
        self.places = [(line, index) for line in self.lines for index in range(len(line.blocks))]
        self.library: Library | None = None
        self.implementation: Implementation | None = None
        loss = self.lines[0].loss
        if asked.implementation is not None:
            self.library = resolve(asked.implementation, loss if catalog.is_own(loss) else loss.name, asked.device)
            atexit.register(self.library.close)
            format_of(asked.format, self.library)
            if loss.name not in self.library.implementations:
                raise ImplementationError(f"{self.library.title} lacks {loss.name}: {self.library.lacks.get(loss.name, 'not there')}")
            self.implementation = self.library.implementations[loss.name]

    def tally(self, index: int) -> Tally:
        line, place = self.places[index]
        return replace(tally(line, place, self.implementation), index=index)


@lru_cache(maxsize=1)
def _prepared(text: str, call: str) -> _Prepared:
    """Once a process and call of `sweep`: what a file defines may be another the next time."""
    return _Prepared(Asked(**json.loads(text)))


def _work(text: str, call: str, index: int) -> Tally:
    """A block, in whatever process."""
    return _prepared(text, call).tally(index)


def _header(text: str, prepared: _Prepared) -> str:
    """The first line of a file of blocks: what is swept, by which version of what, and the bytes of the files that say so."""
    asked = json.loads(text)
    names = [name.partition(":")[0] for name in (asked["loss"], asked["implementation"] or "")]
    own = {name: hashlib.sha256(Path(name).read_bytes()).hexdigest() for name in names if name.endswith(".py") and Path(name).exists()}
    title = prepared.library.title if prepared.library else None
    return json.dumps({**asked, "lossref": __version__, "title": title, "files": own}, sort_keys=True)


def _spread(text: str, call: str, todo: Sequence[int], jobs: int | None) -> Iterator[Tally]:
    try:
        from joblib import Parallel, delayed
    except ImportError:
        raise SweepError(MISSING) from None
    found: Iterator[Tally] = Parallel(n_jobs=jobs, return_as="generator_unordered")(delayed(_work)(text, call, index) for index in todo)
    yield from found


def _read(found: Mapping[str, Any]) -> Tally:
    """A block that a file tells; TypeError or ValueError for what is none."""
    block = Tally(**found)
    blank = asdict(Tally(0))
    if any(type(x) is not type(blank[name]) for name, x in found.items()) or not re.fullmatch("[0-9a-f]{64}", block.exact):
        raise ValueError("not a block")
    if not all(isinstance(of, list) and len(of) == 1 + len(WITHIN) and all(type(n) is int for n in of) for of in block.counts.values()):
        raise ValueError("no counts")
    if not all(isinstance(bits, str) and re.fullmatch("[0-9a-f]{2,8}", bits) for bits in (*block.worst, *block.open)):
        raise ValueError("no bits of an input")
    return block


class _Kept:
    """A file of blocks: what is swept on its first line, then a block a line. A last line that was cut is dropped."""

    def __init__(self, path: Path, header: str) -> None:
        self.path = path
        self.found: list[Tally] = []
        if not path.exists():
            files.write(path, header + "\n")
            return
        try:
            text = path.read_text(encoding="ascii")
            first, *others = text[: text.rfind("\n") + 1].splitlines() or [""]
            if first != header:
                raise SweepError(f"resume: {path} is no file of this sweep: it begins {first[:200]!r}, and this one {header[:200]!r}")
            self.found = [_read(loads(line, path)) for line in others]
        except (OSError, ValueError, JsonError, TypeError) as error:
            raise SweepError(f"resume: {path} cannot be read as a file of blocks: {error}") from None
        if not text.endswith("\n"):
            files.write(path, text[: text.rfind("\n") + 1])

    def add(self, found: Tally) -> None:
        """Another block at the end of the file."""
        try:
            with self.path.open("a", encoding="ascii") as file:
                file.write(json.dumps(asdict(found)) + "\n")
        except OSError as error:
            raise SweepError(f"resume: {self.path} cannot be written on: {error.strerror}") from None


def _report(asked: Asked, found: Sequence[Tally], own: _Prepared, level: str) -> dict[str, Any]:
    first = own.lines[0]
    exact = _digest(block.exact for block in found)
    title = title_of(asked, first)
    data = {
        "schema": SCHEMA, "title": title, "loss": first.loss.name, "format": asked.format, "along": first.along, "across": asked.across,
        "fixed": {name: x for name, x in first.fixed.items() if name != asked.across},
        "blocks": len(found), "inputs": sum(block.inputs for block in found), "alone": sum(block.alone for block in found),
        "exact": exact, "committed": committed().get(title) if not catalog.is_own(first.loss) else None,
        "implementation": None, "answers": {}, "counts": {}, "said": [], "judged": None, "machine": machine(), "conforms": True,
    }  # fmt: skip
    if own.library is None or own.implementation is None:
        return data
    parts = [part for part in PARTS if all(part in block.answers for block in found if block.inputs)]
    counts = {part: np.sum([block.counts[part] for block in found if part in block.counts], axis=0).tolist() for part in parts}
    verdict = judged_beside(first.loss, own.implementation, _worst(own, found), FORMATS[asked.format])
    report = finding.run(own.library, [verdict], asked.format, level, False, 1)
    return data | {
        "implementation": own.library.title,
        "answers": {part: _digest(block.answers.get(part, "") for block in found) for part in parts},
        "counts": {part: {"inexact": of[0], **{f"beyond_{limit:g}": n for limit, n in zip(WITHIN, of[1:], strict=True)}}
                   for part, of in counts.items()},
        "said": sorted({block.said for block in found if block.said}),
        "judged": report["losses"][0],
        "conforms": report["conforms"] and not any(block.said for block in found),
    }  # fmt: skip


def title_of(asked: Asked, line: Line) -> str:
    """What is swept, in words: the name of its committed digest."""
    return f"{line.titled(asked.across)}, in {asked.format}"


def committed() -> dict[str, str]:
    """The digests that this package has, by title."""
    found: dict[str, str] = loads(DIGESTS.read_bytes(), DIGESTS)
    return found


def _worst(own: _Prepared, blocks: Sequence[Tally]) -> list[Vector]:
    """The worst input of each binade and part, and those that have no single answer, certified."""
    questions = {}
    for block in blocks:
        line, _ = own.places[block.index]
        for bits in (*block.worst, *block.open):
            question = line.question(line.form.decode(bits))
            questions[question.id] = question
    if not questions:  # all is right: some input says so
        questions = {"": own.lines[0].question(0.5)}
    found = answered(own.lines[0].loss, list(questions.values()), own.lines[0].form)
    return [replace(vector, answer=replace(vector.answer, hessian={})) for vector in found]  # bends are not swept


def _digest(digests: Iterable[str]) -> str:
    return hashlib.sha256("".join(f"{digest}\n" for digest in digests).encode()).hexdigest()

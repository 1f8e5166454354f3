"""Write golden data: questions -> certified answers -> JSON lines, the same bytes for any number of workers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from lossref import catalog, files, floating, questions
from lossref.exact.answer import answer
from lossref.exact.numbers import NoAnswerError
from lossref.formats import FORMATS, RESIDUAL_STEPS, Format
from lossref.golden import roots
from lossref.golden import row as rows
from lossref.golden.install import install, mend, replaceable
from lossref.golden.read import (
    MANIFEST,
    SCHEMA,
    SHIPPED_FORMATS,
    VERSION,
    GoldenError,
    folder,
    manifest,
    relative_path,
    root_hash,
    stored,
)
from lossref.golden.verify import consistent, listed_files
from lossref.golden.workers import in_processes
from lossref.spec import Answer, Loss, Question, Region, Vector

Progress = Callable[[int, int], None]


def certified(loss: Loss, question: Question, *, proved: bool | None = None) -> Vector | None:
    """A question with its exact answer, in the region that the answer says; None where there is no answer to store."""
    try:
        found = answer(loss, question.inputs, question.options, question.form, proved=proved)
    except NoAnswerError:
        return None
    return Vector(replace(question, region=region(question, found)), found)


def region(question: Question, found: Answer) -> Region:
    """What the answer says of a question's region: kinks are found, and subnormal answers belong to the range column.

    Hardware that flushes subnormal numbers is judged for it there. Where other losses of the kind have a kink and this one bends
    smoothly, with a Hessian, its point is ordinary.
    """
    parts = [found.value, *found.gradient.values()]
    if any(question.form.is_subnormal(x) for part in parts for x in part.rounded or ()):
        return "range"
    at_a_kink = any(part.interval for part in parts)
    if question.region == "kink":
        return "ordinary" if found.hessian and not at_a_kink else "kink"
    return "kink" if at_a_kink and question.region not in ("range", "special") else question.region


def vectors(loss: Loss, form: Format, *, seed: str = "golden", proved: bool | None = None) -> list[Vector]:
    """All questions of a loss, answered now; a definition of somebody's that cannot be evaluated raises DefinitionError."""
    with catalog.sentences(catalog.file_of(loss)) if catalog.is_own(loss) else nullcontext():
        return answered(loss, [questions.explained(loss, q) for q in questions.generate(loss, form, seed)], form, proved=proved)


def answered(
    loss: Loss, asked: Sequence[Question], form: Format, *, proved: bool | None = None, progress: Progress | None = None
) -> list[Vector]:
    """Questions of a loss, each that has an answer with it."""
    found = []
    for done, question in enumerate(asked, start=1):
        found.append(certified(loss, question, proved=proved))
        if progress:
            progress(done, len(asked))
    only_calls = all(question.is_call for question in asked)
    if asked and not any(v and v.region != "special" and (only_calls or not v.question.is_call) for v in found):
        # Nothing was evaluated anywhere, and the first question says why.
        answer(loss, asked[0].inputs, asked[0].options, form, proved=proved)
    return [vector for vector in found if vector is not None]


def content(loss: Loss, found: Sequence[Vector], form: Format) -> bytes:
    """One golden file: a header, then a row a vector."""
    used = {vector.question.flag for vector in found}
    names = sorted({name for vector in found for name in vector.question.call})
    header = {
        "version": VERSION,
        "loss": loss.name,
        "family": loss.family,
        "format": form.name,
        "inputs": {name: space.description for name, space in loss.arguments.items()},
        "options": {name: parameter.space.description for name, parameter in loss.parameters.items()}
        | dict.fromkeys(names, "what a call does with its batch: lossref.options.Options; inputs have an entry an example then"),
        "flags": {flag: reason for flag, reason in questions.reasons(loss).items() if flag in used},
        "residual_steps": RESIDUAL_STEPS,
        "vectors": len(found),
        "licence": "CC0-1.0",
    }
    lines = [header, *map(rows.row, found)]
    return "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines).encode("ascii")


def generate(where: Path, jobs: int = 1, progress: Progress = lambda done, total: None, only: Sequence[str] = ()) -> int:
    """Regenerate the set in `where`, or some losses' files: written within it, checked, installed. The number of vectors."""
    check_processor()
    schema = stored(folder(), SCHEMA)
    files.make_folder(where)
    mend(where)
    listed_files(where)
    replaceable(where)
    tasks = _tasks(only)
    with files.folder_within(where) as new:
        entries: dict[str, dict[str, Any]] = {}
        if only:
            entries = {path: entry for path, entry in manifest(where)["files"].items() if path not in {_path(task) for task in tasks}}
            for path in entries:
                _put(new / path, stored(where, path))
        for done, (path, data) in enumerate(contents(jobs, only), start=1):
            _put(new / path, data)
            entries[path] = _entry(data)
            progress(done, len(tasks))
        _put(new / SCHEMA, schema)
        _put(new / MANIFEST, _manifest(entries, schema))
        total = consistent(new)
        install(new, where)
    return total


def check_processor() -> None:
    """GoldenError where the processor computes with floats otherwise than usual: questions are drawn with some, and may be others then."""
    if facts := floating.state().facts:
        raise GoldenError(
            "golden data and fresh questions are made where the processor flushes nothing and rounds to nearest, and here "
            f"{' and '.join(facts)}: "
            "some library told it to (torch.set_flush_denormal, code linked with -ffast-math); make it in a process without that"
        )


def stale_files(where: Path, jobs: int = 1, only: Sequence[str] = ()) -> Iterator[Path]:
    """The files of a set that are not, byte for byte, what generating would write, the manifest included."""
    entries = {}
    listed = listed_files(where)
    for path, data in contents(jobs, only):
        entries[path] = _entry(data)
        if path not in listed or stored(where, path) != data:
            yield where / path
    if only:
        return
    yield from (where / path for path in sorted(listed - entries.keys()))
    if stored(where, MANIFEST) != _manifest(entries, stored(where, SCHEMA)):
        yield where / MANIFEST


def contents(jobs: int = 1, only: Sequence[str] = ()) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of every golden file, or of some losses', computed by so many processes, in a fixed order."""
    tasks = _tasks(only)
    yield from map(_content, tasks) if jobs == 1 else in_processes(_content, tasks, jobs)


def _put(path: Path, data: bytes) -> None:
    files.make_folder(path.parent)
    files.write(path, data)


def _entry(data: bytes) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(data).hexdigest(), "vectors": data.count(b"\n") - 1}


def _manifest(entries: dict[str, dict[str, Any]], schema: bytes) -> bytes:
    digest = hashlib.sha256(schema).hexdigest()
    version = VERSION if entries.keys() == {_path(task) for task in _tasks()} else roots.UNVERSIONED
    content: dict[str, Any] = {"version": version, "root": "", "schema": digest, "files": dict(sorted(entries.items()))}
    content["root"] = root_hash(content)
    return (json.dumps(content, indent=1) + "\n").encode("ascii")


def _tasks(only: Sequence[str] = ()) -> list[tuple[str, str]]:
    """(loss, format); those with calls, which take longest, first."""
    names = sorted(only or catalog.names(), key=lambda name: not catalog.get(name).is_called)
    return [(name, form) for name in names for form in SHIPPED_FORMATS]


def _path(task: tuple[str, str]) -> str:
    return relative_path(catalog.get(task[0]), FORMATS[task[1]])


def _content(task: tuple[str, str]) -> tuple[str, bytes]:
    loss, form = catalog.get(task[0]), FORMATS[task[1]]
    return _path(task), content(loss, vectors(loss, form), form)

"""Runs as files of messages (`lossref protocol`): the questions to put somewhere, and answers from anywhere, judged later."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from lossref import __version__, golden, strictjson
from lossref.formats import FORMATS, Format
from lossref.golden.source import GOLDEN, OptionError, Source, of_facts
from lossref.implementations import wire
from lossref.implementations.process import TILING, described
from lossref.judge.answers import answers
from lossref.judge.ask import Asked, shapes
from lossref.judge.outcome import has_answer
from lossref.judge.verdict import Verdict, judge
from lossref.library import LacksError, Library, Tiling
from lossref.spec import PARTS, Loss, Vector, identify
from lossref.strictjson import JsonError

REPLIES = (*wire.ANSWERS, "broke")
VERSION = 1  # of a recorded run
ANEW = "record it anew"


@dataclass
class Recording:
    """Everything that was said in a run: the program's hello, and each question with its replies, in their order."""

    hello: dict[str, Any] = field(default_factory=dict)
    replies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rows: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)  # by part and id
    formats: set[str] = field(default_factory=set)
    losses: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    source: Source = GOLDEN

    def library(self, own: Loss | None = None) -> Library:
        """The library whose answers these are, with the parts that it was asked."""
        whole = described(self.hello, self.answer, own=own)
        asked = {part for part, _ in self.rows}
        return replace(
            whole,
            implementations={
                name: replace(found, parts={part: function for part, function in found.parts.items() if part in asked})
                for name, found in whole.implementations.items()
            },
        )

    def asked(self, library: Library, vectors: Iterable[Vector]) -> list[Vector]:
        """The vectors of losses asked for in the run that were asked, or never would be; all of a loss that failed to answer."""
        ids = {identifier for _, identifier in self.rows}

        def is_meant(v: Vector) -> bool:
            found = library.implementations.get(v.question.loss)
            return v.id in ids or v.question.loss in self.failed or bool(found and (found.takes(v.question) or found.beyond(v.question)))

        return [v for v in vectors if v.question.loss in self.losses and is_meant(v)]

    def judged(self, older: Library, loss: Loss, now: Library, vectors: Iterable[Vector], form: str) -> Verdict | None:
        """What the run, as the `older` library, is worth by what is declared `now`; None where nothing was asked in it."""
        found = now.implementations.get(loss.name)
        implementation = replace(older.implementations[loss.name], conventions=found.conventions if found else ())
        chosen = self.asked(older, vectors)
        return judge(loss, implementation, chosen, FORMATS[form]) if chosen else None

    def answer(self, run: Mapping[str, Any]) -> dict[str, Any]:
        """What was replied to a question; put together row by row where nobody asked just that."""
        if found := self.replies.get(wire.key(run)):
            return found.pop(0) if len(found) > 1 else found[0]
        rows = [self.rows.get((run["part"], identifier)) for identifier in _ids(run)]
        kinds = {row["type"] if row else "" for row in rows}
        if len(rows) > 1 and kinds != {"result"} and len(kinds) > 1:  # the examples are asked for one by one then
            return {"type": "broke", "message": "was asked otherwise in the recorded run"}
        if "" in kinds:
            raise LacksError("it was not asked in the recorded run")
        if failed := next((row for row in filter(None, rows) if row["type"] != "result"), None):
            return failed
        given = [row["answer"] for row in filter(None, rows)]
        return {"type": "result", "answer": given[0] if wire.is_call(run) else _joined(given)}

    def add(self, run: Mapping[str, Any], reply: dict[str, Any]) -> None:
        """A question and its reply; of a row's replies the last counts: examples of a batch that fails are asked alone."""
        self.formats.add(run["format"])
        self.losses.add(run["loss"])
        self.replies.setdefault(wire.key(run), []).append(reply)
        if reply["type"] == "result" and (problem := wire.misfit(run, reply)):
            reply = {"type": "broke", "message": problem}
        if reply["type"] in ("broke", "error"):
            self.failed.add(run["loss"])
        for i, identifier in enumerate(_ids(run)):
            is_batch = reply["type"] == "result" and not wire.is_call(run)
            self.rows[run["part"], identifier] = {**reply, "answer": _row(reply["answer"], i)} if is_batch else reply


def ended(lines: Iterable[str]) -> Iterator[str]:
    """Lines with questions, and one that counts and signs them: what was cut or edited is told by it."""
    digest, count = hashlib.sha256(), 0
    for text in lines:
        digest.update(f"{text}\n".encode())
        count += 1
        yield text
    yield wire.line({"type": "end", "lines": count, "sha256": digest.hexdigest()})


def of_run(implementation: str, said: Iterable[str], source: Source = GOLDEN) -> str:
    """The file of a whole run: what made it, everything that was said, and its end."""
    root = golden.manifest(golden.folder())["root"]
    facts = {"lossref": __version__, "golden": root, "implementation": strictjson.shown(implementation, 2000)}
    facts |= {} if source.is_golden else {"fresh": source.facts}
    header = wire.line({"type": "recording", "format_version": VERSION, **facts})
    return "".join(f"{text}\n" for text in ended([header, *said]))


def read(paths: Sequence[Path]) -> Recording:
    """The recording in one file, or in one of questions and one of answers; JsonError for anything else, and for what was cut or edited."""
    recording = Recording()
    runs: dict[int, dict[str, Any]] = {}
    replies: dict[int, dict[str, Any]] = {}
    for path in paths:
        for place, message in _whole(path):
            kind = message["type"]
            if kind == "hello" and "name" in message:
                recording.hello = recording.hello or message
            elif kind == "recording" and (drawn := message.get("fresh")):
                try:
                    recording.source = of_facts(drawn)
                except OptionError as error:
                    raise JsonError(f"{place}: {error}") from None
            elif kind == "run" or kind in REPLIES:
                side = runs if kind == "run" else replies
                if message["sequence"] in side:
                    raise JsonError(f"{place}: sequence {message['sequence']} stands twice; are these several runs?")
                side[message["sequence"]] = message
    names = " and ".join(map(str, paths))
    if not recording.hello:
        raise JsonError(f"{names}: no hello of a program; its first line says what it has (`lossref protocol`)")
    if stray := next((number for number in replies if number not in runs), None):
        raise JsonError(f"{names}: an answer to sequence {stray}, which was not asked; are these two files of one run?")
    if not replies:
        raise JsonError(f"{names}: no answers")
    for number, run in runs.items():
        recording.add(run, replies.get(number, {"type": "broke", "message": "gave no answer"}))
    return recording


def _whole(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The messages of a file; JsonError where it has questions and does not end with the line that counts and signs them."""
    digest, count, asks, end = hashlib.sha256(), 0, False, None
    for place, text in strictjson.lines(path):
        if end:
            raise JsonError(f"{place}: something after the end of a run; {ANEW}")
        message = wire.read(text, place, *_kinds(text))
        if message["type"] == "end":
            end = message
            continue
        digest.update(text.rstrip(b"\r\n") + b"\n")
        count += 1
        asks = asks or message["type"] in ("run", "recording")
        yield place, message
    if asks and end is None:
        raise JsonError(f"{path}: no last line that counts and signs the run: it was cut, or an older lossref wrote it; {ANEW}")
    if end and (end["lines"], end["sha256"]) != (count, digest.hexdigest()):
        raise JsonError(f"{path}: its {count} lines are not the {end['lines']} that its last line counts and signs: it was edited; {ANEW}")


def questions(
    loss: Loss, parts: Sequence[str], vectors: Sequence[Vector], form: Format, tiling: Tiling = TILING
) -> Iterator[dict[str, Any]]:
    """The questions that a live run puts to a program that takes and answers everything, unnumbered."""
    asked: list[dict[str, Any]] = []

    def listening(part: str) -> Callable[..., Any]:
        def function(**given: Any) -> Any:
            arrays = {name: given[name] for name in loss.arguments}
            chosen = {name: x for name, x in given.items() if name not in arrays}
            asked.append(wire.question(0, loss.name, part, form, arrays, chosen))
            found = tuple(map(np.zeros, shapes(loss, part, arrays, chosen)))
            return found if len(found) > 1 else found[0]

        return function

    for part in (part for part in PARTS if part in parts):
        wanted = [v for v in vectors if has_answer(v, part)]
        for _ in answers(loss, part, listening(part), wanted, Asked(), tiling):
            pass
    yield from asked


def _kinds(text: bytes) -> tuple[str, ...]:
    """What a line of a file may be; a hello is lossref's if it says so."""
    return ("greeting" if re.search(rb'"lossref"\s*:', text[:200]) else "hello", "run", "bye", "recording", "end", *REPLIES)


def _ids(run: Mapping[str, Any]) -> list[str]:
    """The id of a whole call, or of each example of a batch."""
    columns = run["inputs"]
    rows = [columns] if wire.is_call(run) else [dict(zip(columns, row, strict=False)) for row in zip(*columns.values(), strict=False)]
    return [identify(run["loss"], run["format"], row, run["options"]) for row in rows]


def _row(answer: Any, i: int) -> Any:
    """Of an answer what answers one example."""
    return {name: x[i] for name, x in answer.items()} if isinstance(answer, dict) else answer[i]


def _joined(rows: list[Any]) -> Any:
    """The reverse; what came in several shapes is no answer afterwards either."""
    if rows and all(isinstance(row, dict) for row in rows):
        return {name: [row.get(name, "") for row in rows] for name in rows[0]}
    return rows

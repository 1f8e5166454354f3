"""Runs as files of messages (`lossref protocol`): the questions to put somewhere, and answers from anywhere, judged later."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from lossref import golden, strictjson, wire
from lossref.formats import Format
from lossref.golden import Vector
from lossref.judge.asking import Asked, answers
from lossref.judge.verdict import PARTS, has_answer
from lossref.spec import Loss
from lossref.strictjson import JsonError
from lossref.targets import NotSupportedError, Target
from lossref.targets.process import described

REPLIES = (*wire.ANSWERS, "broke")


@dataclass
class Recording:
    """Everything that was said in a run: the program's hello, and each question with its replies, in their order."""

    hello: dict[str, Any] = field(default_factory=dict)
    replies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rows: dict[tuple[str, str], tuple[dict[str, Any], int]] = field(default_factory=dict)
    formats: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)

    def target(self) -> Target:
        """The target whose answers these are."""
        return described(self.hello, self.answer)

    def asked(self, vectors: Iterable[Vector]) -> list[Vector]:
        """The vectors that were asked in the run; all of a loss whose questions ended with a failure."""
        ids = {identifier for _, identifier in self.rows}
        return [v for v in vectors if v.id in ids or v.loss in self.failed]

    def answer(self, run: Mapping[str, Any]) -> dict[str, Any]:
        """What was replied to a question; put together row by row where nobody asked just that."""
        if found := self.replies.get(wire.key(run)):
            return found.pop(0) if len(found) > 1 else found[0]
        rows = [self.rows.get((run["part"], identifier)) for identifier in _ids(run)]
        kinds = {row[0]["type"] if row else "" for row in rows}
        if len(rows) > 1 and kinds != {"result"} and len(kinds) > 1:  # the examples are asked for one by one then
            return {"type": "broke", "message": "was asked otherwise in the recorded run"}
        if "" in kinds:
            raise NotSupportedError("it was not asked in the recorded run")
        if failed := next((reply for reply, _ in filter(None, rows) if reply["type"] != "result"), None):
            return failed
        return {"type": "result", "answer": [reply["answer"][i] for reply, i in filter(None, rows)]}

    def add(self, run: Mapping[str, Any], reply: dict[str, Any]) -> None:
        """A question and its reply; of a row's replies the last counts: examples of a batch that fails are asked alone."""
        self.formats.add(run["format"])
        self.replies.setdefault(wire.key(run), []).append(reply)
        identifiers = _ids(run)
        if reply["type"] == "result" and (problem := wire.misfit(run, reply)):
            reply = {"type": "broke", "message": problem}
        if reply["type"] in ("broke", "error"):
            self.failed.add(run["loss"])
        for i, identifier in enumerate(identifiers):
            self.rows[run["part"], identifier] = (reply, i)


def read(paths: Sequence[Path]) -> Recording:
    """The recording in one file, or in one of questions and one of answers; JsonError for anything else."""
    recording = Recording()
    runs: dict[int, dict[str, Any]] = {}
    replies: dict[int, dict[str, Any]] = {}
    for path in paths:
        for place, text in strictjson.lines(path):
            message = wire.read(text, place, *_kinds(text))
            kind = message["type"]
            if kind == "hello" and "name" in message:
                recording.hello = recording.hello or message
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


def questions(loss: Loss, parts: Sequence[str], vectors: Sequence[Vector], form: Format) -> Iterator[dict[str, Any]]:
    """The questions that a live run puts to a target in good health, unnumbered."""
    asked: list[dict[str, Any]] = []

    def listen(part: str) -> Any:
        def function(**given: Any) -> Any:
            arrays = {name: given[name] for name in loss.arguments}
            options = {name: x for name, x in given.items() if name not in arrays}
            asked.append(wire.question(0, loss.name, part, form, arrays, options))
            first = arrays[loss.differentiable]
            return np.zeros(first.shape[:1] if part == "value" else first.shape)

        return function

    for part in (part for part in PARTS if part in parts):
        wanted = [v for v in vectors if has_answer(v, part)]
        for _ in answers(loss, part, listen(part), wanted, form, Asked()):
            pass
    yield from asked


def _kinds(text: bytes) -> tuple[str, ...]:
    """What a line of a file may be; a hello is lossref's if it says so."""
    return ("greeting" if re.search(rb'"lossref"\s*:', text[:200]) else "hello", "run", "bye", *REPLIES)


def _ids(run: Mapping[str, Any]) -> list[str]:
    """The golden ids of a question's examples."""
    columns = run["inputs"]
    count = min(map(len, columns.values()))
    rows = ({name: x[i] for name, x in columns.items()} for i in range(count))
    return [golden.identify(run["loss"], run["format"], row, run["options"]) for row in rows]



"""Feed broken input to every reader: whatever it is, it ends in an answer or in one printable line, soon, in little memory.

Golden files, manifests and schemas, recorded runs, messages both ways, waivers and conventions are mutated, byte by byte and
as JSON. No archive and no pickle is read anywhere. A case is named by seed and number, and `--only NUMBER` runs it again.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import io
import json
import random
import re
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from lossref import catalog, golden, strictjson
from lossref.conventions.formula import ConventionError
from lossref.conventions.grammar import GRAMMAR, parse, parse_declaration
from lossref.formats import FORMATS
from lossref.golden import GoldenError
from lossref.golden.read import MANIFEST, SCHEMA, forget, listed_bytes, root_hash
from lossref.golden.roots import UNVERSIONED
from lossref.golden.verify import differences, listed_files
from lossref.implementations import recorded, resolve, wire
from lossref.implementations.process import described
from lossref.implementations.serve import serve
from lossref.judge import waivers
from lossref.judge.ask import asked_of
from lossref.judge.waivers import WaiverError
from lossref.library import FailedError, ImplementationError, Library, NotSupported
from lossref.spec import Vector
from lossref.strictjson import JsonError

DECLARED = (GoldenError, JsonError, WaiverError, ConventionError, ImplementationError, FailedError, NotSupported)
PER_INPUT = 5.0  # seconds
FORM = FORMATS["float32"]
LOSSES = ("hinge", "squared_error", "softmax_cross_entropy")
FILES = ("margin/hinge.float32.jsonl", "regression/squared_error.float32.jsonl")
DAY = date(2026, 1, 1)
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**53, 2**53 + 1, 2**63, 10**16, "", "\0", "\x1b[31m", "\n", "\ud800", "\u202e", "é", "[/red]", "ff" * 8,
    "7ff0000000000000", "7fc00000", "7ff8000000000000", "0" * 16, "0" * 8, "x" * 3000, [], [[]], [[[]]], {}, {"": 0}, [0, "0" * 16],
    ["0" * 16, ["0" * 16]], "hinge", "value", "float64", "../../etc/passwd", "/etc/passwd", "margin\\..\\x.jsonl", "#/definitions/vector",
    "http://example.org/", "file:///etc/passwd", "(a+)+$", {"$ref": "#/definitions/vector"}, {"anyOf": [{}, {}]}, "type", "const",
)  # fmt: skip
RAW = (
    b"NaN", b"-Infinity", b"1e400", b"1.5", b"-0", b"9" * 30, b"9" * 5000, b"[" * 5000, b'{"a":' * 3000, b'"\\ud800"', b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf", b"\0", b"\r", b"\n\n", b"\x1b[2J", b'"type":"run",', b"\\u0000", b"'", b'"', b"{", b"}", b"[", b"]", b",", b"=",
    b"\xe2\x80\xa8",
)  # fmt: skip


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A text with one to four things wrong with it: bytes for the most part, JSON values on one line in two where there are any."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        data = _as_json(data, chance) if chance.random() < 0.5 else _as_bytes(data, chance)
    return data


def _as_bytes(data: bytes, chance: random.Random) -> bytes:
    i, j = sorted(chance.randrange(len(data) + 1) for _ in "ab")
    near = min(j, i + chance.choice((1, 8, 200)))
    kind = chance.randrange(8)
    if kind == 0 and data:
        flipped = bytearray(data)
        flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        return bytes(flipped)
    if kind == 1:
        return data[:i]
    if kind == 2:
        return data[:i] + data[near:]
    if kind == 3:
        return data[:near] + data[i:near] * chance.choice((1, 2, 50)) + data[near:]
    if kind == 4:
        rows = data.splitlines(keepends=True)
        chance.shuffle(rows)
        return b"".join(rows[: chance.randrange(len(rows) + 1)] + rows[: chance.choice((0, 0, 2))])
    if kind == 5:
        rows = data.splitlines(keepends=True) or [b""]
        rows[chance.randrange(len(rows))] = chance.choice(rows)[: chance.randrange(400)] + chance.choice(rows)
        return b"".join(rows)
    return data[:i] + chance.choice(RAW) + data[i if kind == 6 else near :]


def _as_json(data: bytes, chance: random.Random) -> bytes:
    """One value or key changed somewhere in one line (in the whole, where the whole is one value)."""
    with contextlib.suppress(ValueError, RecursionError):
        return _changed(data, chance)
    rows = data.split(b"\n")
    k = chance.randrange(len(rows))
    with contextlib.suppress(ValueError, RecursionError):
        rows[k] = _changed(rows[k], chance)
    return b"\n".join(rows)


def _changed(data: bytes, chance: random.Random) -> bytes:
    tree = [json.loads(data)]
    places = list(_places(tree))
    holder, key = chance.choice(places)
    kind = chance.randrange(6)
    if kind == 0:
        holder[key] = copy.deepcopy(chance.choice(ODD))
    elif kind == 1:
        holder[key] = [holder[key]] * chance.choice((1, 2, 100))
    elif kind == 2 and isinstance(holder, dict):
        holder[chance.choice([x for x in ODD if isinstance(x, str)])] = holder.pop(key)
    elif kind == 3 and len(holder) > 1:
        del holder[key]
    elif kind == 4:
        other, its = chance.choice(places)
        holder[key], other[its] = other[its], holder[key]
    elif kind == 5 and isinstance(holder, dict):
        holder[str(chance.choice(ODD))] = chance.choice(ODD)
    return json.dumps(tree[0], separators=(",", ":")).encode() if tree else b""


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every (holder, key) of a JSON value."""
    for key, x in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield tree, key
        if isinstance(x, (dict, list)):
            yield from _places(x)


@cache
def a_set() -> dict[str, bytes]:
    """A golden set of a few files, by path."""
    whole = golden.manifest(golden.folder())
    rows = {path: listed_bytes(path, golden.folder()).splitlines(keepends=True) for path in FILES}
    files = {path: b"".join(lines[:5] + lines[-4:]) for path, lines in rows.items()}  # single examples stand first, calls last
    files = {path: re.sub(rb'"vectors":[0-9]+', b'"vectors":8', data, count=1) for path, data in files.items()}
    schema = (golden.folder() / SCHEMA).read_bytes()
    return {**files, SCHEMA: schema, MANIFEST: json.dumps({**whole, "version": UNVERSIONED, "files": {}}).encode()}


def stamped(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The set with a manifest whose digests fit, whatever the files hold."""
    content = json.loads(a_set()[MANIFEST])
    content["schema"] = hashlib.sha256(files[SCHEMA]).hexdigest()
    content["files"] = {path: {"sha256": hashlib.sha256(files[path]).hexdigest(), "vectors": 8} for path in FILES}
    content["root"] = root_hash(content)
    return {**files, MANIFEST: json.dumps(content).encode()}


@cache
def a_run() -> tuple[bytes, bytes]:
    """Questions and answers of a run of a few losses."""
    asked = [q for name in LOSSES for q in recorded.questions(catalog.get(name), ("value", "gradient"), _vectors(name), FORM)]
    texts = [wire.line(wire.GREETING), *(wire.line({**q, "sequence": k}) for k, q in enumerate(asked, start=1)), wire.line(wire.BYE)]
    questions = "".join(f"{text}\n" for text in texts).encode()
    return questions, _served(questions)


def _vectors(name: str) -> list[Vector]:
    """Some of single examples and of calls: the last is one."""
    return golden.read(catalog.get(name), FORM)[::-40][::-1]


def _served(questions: bytes) -> bytes:
    answers = io.StringIO()
    with contextlib.redirect_stderr(io.StringIO()):
        serve(_library(), None, "lossref serve lossref", io.BytesIO(questions), answers)
    return answers.getvalue().encode()


@cache
def _library() -> Library:
    return resolve("lossref")


def read_golden(chance: random.Random, where: Path) -> None:
    files = stamped(a_set())
    path = chance.choice((*FILES, SCHEMA, MANIFEST))
    files[path] = mutated(files[path], chance)
    if path != MANIFEST and chance.random() < 0.7:
        files = stamped(files)
    for name, data in files.items():
        (where / name).parent.mkdir(exist_ok=True)
        (where / name).write_bytes(data)
    forget()
    try:
        listed_files(where)
        golden.read(catalog.get("hinge"), FORM, where)
        golden.read(catalog.get("squared_error"), FORM, where)
    except GoldenError as error:
        _one_line(error)
    list(differences(where, where))


def sealed(data: bytes, right: bool) -> bytes:
    """Lines with a last one that counts and signs them: or else whatever is wrong with them is told by that alone."""
    lines = data.splitlines(keepends=True)
    digest = hashlib.sha256(b"".join(line.rstrip(b"\r\n") + b"\n" for line in lines)).hexdigest()
    end = {"type": "end", "lines": len(lines) + (not right), "sha256": digest}
    return data + (b"" if data.endswith(b"\n") else b"\n") + wire.line(end).encode() + b"\n"


def read_run(chance: random.Random, where: Path) -> None:
    questions, answers = a_run()
    paths = [where / "run", where / "results"]
    both = [questions + answers] if chance.random() < 0.5 else [questions, answers]
    wrong = chance.randrange(len(both))
    for k, (path, data) in enumerate(zip(paths, both, strict=False)):
        path.write_bytes(sealed(mutated(data, chance) if k == wrong else data, chance.random() < 0.9))
    recording = recorded.read(paths[: len(both)])
    library = recording.library()
    _ask(library, [name for name in LOSSES if recording.asked(library, _vectors(name))])


def _ask(library: Library, names: list[str]) -> None:
    """Put a single example and a call to a library, and have the line printed that would do so."""
    if not library.title.isprintable():
        raise AssertionError(f"the title {library.title!a} is not printable")
    for name in names:
        for part, function in library.implementations[name].parts.items() if name in library.implementations else ():
            for v in _vectors(name)[:: len(_vectors(name)) - 1]:
                library.implementations[name].line(part, v.question)
                library.implementations[name].takes(v.question)
                arrays, options = asked_of([v])
                try:
                    function(**arrays, **options)
                except (FailedError, NotSupported) as error:
                    _one_line(error)


def read_message(chance: random.Random, where: Path) -> None:
    questions, answers = a_run()
    line = chance.choice(questions.splitlines() + answers.splitlines() + list(MESSAGES))
    message = wire.read(mutated(line, chance), "a line", chance.choice(("greeting", "hello")), "run", "bye", *recorded.REPLIES)
    if "losses" in message:
        _ask(described(message, lambda run: {"type": "error", "sequence": 1, "message": "no"}), list(LOSSES))


def read_reply(chance: random.Random, where: Path) -> None:
    """A program's hello and its replies."""
    hello, *replies = a_run()[1].splitlines()
    first = wire.read(mutated(hello, chance) if chance.random() < 0.3 else hello, "its first line", "hello")
    reply = chance.choice(replies + list(MESSAGES[2:]))

    def answer(run: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return wire.read(mutated(reply, chance), "its reply", *wire.ANSWERS)
        except JsonError as error:
            return {"type": "broke", "message": str(error)}

    _ask(described(first, answer), list(LOSSES))


def ask_serve(chance: random.Random, where: Path) -> None:
    for line in _served(mutated(b"\n".join(chance.sample(a_run()[0].splitlines(), 3)), chance)).splitlines():
        wire.read(line, "a reply of serve", "hello", *wire.ANSWERS)


def read_waivers(chance: random.Random, where: Path) -> None:
    (where / "waivers.toml").write_bytes(mutated(chance.choice((WAIVERS, WAIVERS, ANOTHER)), chance))
    for waiver in waivers.read(where / "waivers.toml", DAY):
        if not (waiver.reason.isprintable() and waiver.link.isprintable()):
            raise AssertionError("a waiver holds what is not printable")


def read_convention(chance: random.Random, where: Path) -> None:
    data = mutated(chance.choice(SENTENCES).encode(), chance)
    parse(data.decode("utf-8", "surrogateescape")) if chance.random() < 0.5 else parse_declaration("hinge: " + data.decode("latin-1"))


def read_json(chance: random.Random, where: Path) -> None:
    strictjson.loads(mutated(chance.choice(list(a_set().values())).splitlines()[0], chance), "a text")


READERS: dict[str, tuple[Callable[[random.Random, Path], None], int]] = {  # and in how many of 20 inputs
    "golden set": (read_golden, 5), "recorded run": (read_run, 4), "message": (read_message, 3), "program's reply": (read_reply, 2),
    "serve": (ask_serve, 2), "waivers": (read_waivers, 2), "convention": (read_convention, 1), "JSON text": (read_json, 1),
}  # fmt: skip
MESSAGES = (
    b'{"type":"bye"}', b'{"type":"hello","protocol":2,"lossref":"0.1.0"}', b'{"type":"error","sequence":1,"message":"negative logits"}',
    b'{"type":"unsupported","sequence":1,"reason":"no label smoothing","link":"https://example.org/issue/1"}',
    b'{"type":"result","sequence":1,"answer":["00000000"]}', b'{"type":"result","sequence":1,"answer":[["00000000","3f800000"]]}',
    b'{"type":"result","sequence":1,"answer":{"prediction":["00000000"],"target":[["00000000"]]}}',
    b'{"type":"hello","protocol":2,"name":"mine","language":"C","version":"1","command":"./my","formats":["float32"],"losses":'
    b'{"hinge":{"parts":["value","gradient"],"options":["reduction"],"composed":"of parts",'
    b'"conventions":["factor 1/2","at a kink the lower slope"]}}}',
)  # fmt: skip
WAIVERS = b"""[[waiver]]
flag = "small_residual"
loss = "squared_error"
part = "value"
reason = "rounds twice"
link = "https://example.org/7"
expires = 2030-12-31
[[waiver]]
vectors = ["92748ec56cdd"]
reason = '''known'''
link = "https://example.org/8"
expires = "2030-12-31"
"""
ANOTHER = b"""waiver = [{vectors = ["92748ec56cdd"], reason = "x", link = "https://x.y", expires = 2030-12-31},
 {vectors = ["3f800000"], expires = 0x1f, reason.a.b = 'x', link = [[1.5], inf, 07:32:00]}]
"""
SENTENCES = (
    *GRAMMAR, "clip probabilities to [1e-7, 1 - 1e-7], gradient zero outside", "factor 1/2", "log base 2", "add eps inside log",
    "clamp log at -100, gradient denominator at least 1e-12", "at a kink the lower slope", "hessian at least 1e-16", "factor " + "1" * 400,
)  # fmt: skip


def fuzz(seed: int, number: int, where: Path) -> tuple[str, str]:
    """Run one case: the reader, and how it ended. What nobody declared comes out as it is."""
    chance = random.Random(f"{seed} {number}")
    name = chance.choices(list(READERS), [share for _, share in READERS.values()])[0]
    start = time.monotonic()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            READERS[name][0](chance, where)
            ended = "read"
        except DECLARED as error:
            _one_line(error)
            ended = type(error).__name__
    if time.monotonic() - start > PER_INPUT:
        raise AssertionError(f"it took {time.monotonic() - start:.1f} s")
    return name, ended


def _one_line(error: Exception) -> None:
    if not (str(error) and str(error).isprintable() and len(str(error)) < 10_000):
        raise AssertionError(f"{type(error).__name__} is not one printable line: {ascii(str(error))[:500]}") from error

"""The messages of lossref/protocol.md: written, read, checked against their JSON Schema, and numbers as strings of bits."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref import __version__, golden, strictjson
from lossref.formats import FORMATS, Format
from lossref.strictjson import JsonError

VERSION = 1
GREETING: Mapping[str, Any] = {"type": "hello", "protocol": VERSION, "lossref": __version__}
BYE: Mapping[str, Any] = {"type": "bye"}
ANSWERS = ("result", "unsupported", "error")  # to a run
TEXTS = ("name", "language", "version", "command", "composed", "conventions", "reason", "link", "message")  # that people read


def line(message: Mapping[str, Any]) -> str:
    """A message as one line of ASCII, its keys in their order."""
    return json.dumps(message, separators=(",", ":"), allow_nan=False)


def read(data: bytes | str, place: object, *kinds: str) -> dict[str, Any]:
    """A message of one of these kinds (the names of the schema); JsonError says what is wrong with any other.

    Texts come with every character spelled out that is not printable: they are shown on terminals.
    """
    message = strictjson.loads(data, place)
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise JsonError(f"{place}: no message, an object with a type: {strictjson.shown(data)}")
    kind = {"greeting": "hello"}
    names = {kind.get(name, name): name for name in kinds}
    if message["type"] not in names:
        raise JsonError(f"{place}: a message of type {ascii(message['type'])[:60]} where {' or '.join(names)} is wanted")
    try:
        problem = _problem(names[message["type"]], message)
    except RecursionError:
        problem = "nested too deep"
    if problem:
        raise JsonError(f"{place}: {problem}")
    losses = {"losses": {name: _plain(facts) for name, facts in message["losses"].items()}} if "losses" in message else {}
    return _plain(message) | losses


def question(
    sequence: int, loss: str, part: str, form: Format, inputs: Mapping[str, NDArray[Any]], options: Mapping[str, Any]
) -> dict[str, Any]:
    """The message that asks for one part of a loss on a batch."""
    return {
        "type": "run",
        "sequence": sequence,
        "loss": loss,
        "part": part,
        "format": form.name,
        "inputs": {name: spelled(x) for name, x in inputs.items()},
        "options": {name: golden.encoded(x, form) for name, x in options.items()},
    }


def key(run: Mapping[str, Any]) -> str:
    """What a question asks, whatever its number."""
    return line({name: x for name, x in run.items() if name != "sequence"})


def spelled(x: NDArray[Any]) -> Any:
    """An array as nested lists of bit strings; whole numbers as they are."""
    if x.dtype.kind in "iu":
        return x.tolist()
    digits = 2 * x.dtype.itemsize
    text = x.astype(x.dtype.newbyteorder(">")).tobytes().hex()
    flat = [text[i : i + digits] for i in range(0, len(text), digits)]
    if x.ndim == 1:
        return flat
    width = x.shape[-1]
    return [flat[i : i + width] for i in range(0, len(flat), width)]


def numbers(answer: Any, form: Format, shape: tuple[int, ...]) -> NDArray[Any]:
    """The array of an answer, checked by the schema before; ValueError where it has another shape or another format."""
    rows = answer if answer and isinstance(answer[0], list) else [answer]
    if any(isinstance(row, list) is not (rows is answer) for row in answer):  # put together from several replies
        raise ValueError("numbers and vectors are mixed in it")
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        raise ValueError(f"its vectors have lengths {sorted(widths)[:5]}")
    found = (len(answer), *widths) if rows is answer else (len(answer),)
    if found != shape:
        raise ValueError(f"it has shape {found} where {shape} is wanted")
    digits = form.width // 4
    if wrong := next((x for row in rows for x in row if len(x) != digits), None):
        raise ValueError(f"{wrong!r} has {len(wrong)} digits, and a {form.name} has {digits}")
    bits = bytes.fromhex("".join(x for row in rows for x in row))
    if form.name in ("float64", "float32", "float16"):
        return np.frombuffer(bits, np.dtype(form.name).newbyteorder(">")).astype(form.name).reshape(shape)
    return np.array([form.decode(x) for row in rows for x in row]).reshape(shape)


def inputs_of(run: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arrays and the options of a question, as a Python function is called with them."""
    form = FORMATS[run["format"]]
    arrays: dict[str, Any] = {}
    for name, x in run["inputs"].items():
        if isinstance(x[0], int):
            arrays[name] = np.array(x, np.int64)
        else:
            arrays[name] = numbers(x, form, (len(x), len(x[0])) if isinstance(x[0], list) else (len(x),))
    options = {name: form.decode(x) if isinstance(x, str) else x for name, x in run["options"].items()}
    return arrays, options


def misfit(run: Mapping[str, Any], reply: Mapping[str, Any]) -> str:
    """Why an answer is none to its question; empty if it is one."""
    first = next(iter(run["inputs"].values()))
    widths = (len(first[0]),) if isinstance(first[0], list) and run["part"] != "value" else ()
    try:
        numbers(reply["answer"], FORMATS[run["format"]], (len(first), *widths))
    except ValueError as error:
        return f"gave an answer that is none: {error}"
    return ""


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """An object with its texts spelled plainly."""

    def spelled(x: Any) -> Any:
        return [strictjson.plain(y) for y in x] if isinstance(x, list) else strictjson.plain(x)

    return {name: spelled(x) if name in TEXTS else x for name, x in facts.items()}


def _problem(kind: str, message: Mapping[str, Any]) -> str:
    """What the schema has against a message of a kind; empty if nothing."""
    check, known = _schema(kind)
    if unknown := sorted(message.keys() - known):
        return f"unknown key {ascii(unknown[0])[:60]} in a message of type {message['type']}"
    import fastjsonschema

    try:
        check(message)
    except fastjsonschema.JsonSchemaException as error:
        return strictjson.shown(str(error.message).replace("data", str(message["type"]), 1), 300)
    return ""


@cache
def _schema(kind: str) -> tuple[Callable[[Any], Any], frozenset[str]]:
    try:
        import fastjsonschema
    except ImportError:
        raise JsonError("judging programs and recorded runs needs fastjsonschema: pip install 'lossref[golden]'") from None
    schema = json.loads(Path(__file__).with_name("protocol.json").read_bytes())
    part = {**schema, "$ref": f"#/definitions/{kind}"}
    return fastjsonschema.compile(part), frozenset(schema["definitions"][kind]["properties"])

"""The messages of protocol.md: written, read, checked against their JSON Schema, and numbers as strings of bits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref import __version__, options, schemas, spec, strictjson, values
from lossref.bits import dtype, widened
from lossref.formats import FORMATS, Format
from lossref.strictjson import JsonError

VERSION = 2
GREETING: Mapping[str, Any] = {"type": "hello", "protocol": VERSION, "lossref": __version__}
UNVERSIONED = "-"  # the version of code that has none
BYE: Mapping[str, Any] = {"type": "bye"}
ANSWERS = ("result", "unsupported", "error")  # to a run
TEXTS = ("name", "language", "version", "command", "composed", "conventions", "limits", "reason", "link", "message")  # that people read
DEEPEST = 16  # lists inside one another, far more axes than any loss has
Shape = tuple[int, ...]


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
    sequence: int, loss: str, part: str, form: Format, inputs: Mapping[str, NDArray[Any]], chosen: Mapping[str, Any]
) -> dict[str, Any]:
    """The message that asks for one part of a loss on a batch: its inputs, and its parameters and options of a call."""
    return {
        "type": "run",
        "sequence": sequence,
        "loss": loss,
        "part": part,
        "format": form.name,
        "inputs": {name: spelled(x) for name, x in inputs.items()},
        "options": {name: spelled(x) if isinstance(x, np.ndarray) else spec.encoded(x, form) for name, x in chosen.items()},
    }


def is_call(run: Mapping[str, Any]) -> bool:
    """Whether a question asks for a whole call, and not for each example of its batch."""
    return "reduction" in run["options"]


def is_reduced(chosen: Mapping[str, Any]) -> bool:
    """Whether the value is one number for the whole batch."""
    return bool(chosen.get("reduction", "none") != "none")


def key(run: Mapping[str, Any]) -> str:
    """What a question asks, whatever its number."""
    return line({name: x for name, x in run.items() if name != "sequence"})


def spelled(x: NDArray[Any]) -> Any:
    """An array as nested lists of bit strings; whole numbers and truth values as they are."""
    if x.dtype.kind in "iub" or not x.size:
        return x.tolist()
    digits, words = 2 * x.dtype.itemsize, np.ascontiguousarray(x).view(f"u{x.dtype.itemsize}")
    text = words.astype(words.dtype.newbyteorder(">")).tobytes().hex()
    nest: list[Any] = [text[i : i + digits] for i in range(0, len(text), digits)]
    for width in reversed(x.shape):
        nest = [nest[i : i + width] for i in range(0, len(nest), width)]
    return nest[0]


def numbers(nest: Any, form: Format, shape: Shape) -> NDArray[Any]:
    """The array of nested bit strings; ValueError where it has another shape or another format."""
    found, seen = values.shape(nest), shape[: shape.index(0) + 1] if 0 in shape else shape  # no list is left below an empty one
    if found != seen:
        raise ValueError(f"it has shape {found} where {seen} is wanted")
    bits, digits = values.flat(nest), form.width // 4
    if wrong := [x for x in bits if not isinstance(x, str) or len(x) != digits]:
        raise ValueError(f"{strictjson.shown(str(wrong[0]))!r} has {len(wrong[0])} digits, and a {form.name} has {digits}")
    words = np.frombuffer(bytes.fromhex("".join(bits)), f">u{form.width // 8}")
    return words.astype(f"u{form.width // 8}").view(dtype(form.name)).reshape(shape)


def answer_of(found: Any, form: Format, shapes: Shape | Mapping[str, Shape]) -> Any:
    """The array of an answer, or by argument the arrays of one that has several; ValueError where it is none of these shapes."""
    if not isinstance(shapes, Mapping):
        if isinstance(found, dict):
            raise ValueError(f"it is an object where an array of shape {shapes} is wanted")
        return numbers(found, form, shapes)
    if not isinstance(found, dict) or found.keys() != shapes.keys():
        raise ValueError(f"it is no object with an array for each of {', '.join(shapes)}")
    return {name: numbers(found[name], form, shape) for name, shape in shapes.items()}


def inputs_of(run: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arrays and the options of a question, as a Python function is called with them; ValueError for what are none."""
    form = FORMATS[run["format"]]
    arrays = {name: _array(x, form) for name, x in run["inputs"].items()}
    return arrays, {name: _option(name, x, form) for name, x in run["options"].items()}


def misfit(run: Mapping[str, Any], reply: Mapping[str, Any]) -> str:
    """Why an answer is none to its question; empty if it is one."""
    inputs, found = run["inputs"], reply["answer"]
    try:
        first = values.shape(next(iter(inputs.values())))
        shapes: Shape | dict[str, Shape] = first
        if run["part"] == "value":
            shapes = (1,) if is_reduced(run["options"]) else first[:1]
        elif isinstance(found, dict):
            shapes = {name: values.shape(inputs[name]) for name in found if name in inputs}
        answer_of(found, FORMATS[run["format"]], shapes)
    except ValueError as error:
        return f"gave an answer that is none: {strictjson.shown(str(error), 300)}"
    return ""


def _array(x: Any, form: Format) -> NDArray[Any]:
    """Class indices as int64, truth values as bool, numbers in the format."""
    shape, kinds = values.shape(x), set(map(type, values.flat(x)))
    if len(kinds) > 1:
        raise ValueError("numbers of different kinds are mixed in one input or option")
    if kinds <= {str}:
        return numbers(x, form, shape)
    return np.array(x, np.bool_ if kinds == {bool} else np.int64)


def _option(name: str, x: Any, form: Format) -> Any:
    if isinstance(x, list):
        return _array(x, form)
    is_word = name in options.TEXTS and (name != "denominator" or x in options.DENOMINATORS)
    return x if is_word or not isinstance(x, str) else float(widened(numbers(x, form, ())))


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
    if complaint := check(message):
        return strictjson.shown(complaint, 300)
    return "nested too deep" if _levels(message) > DEEPEST else ""


def _levels(x: Any) -> int:
    """How many lists stand inside one another in a message that the schema has passed."""
    if isinstance(x, dict):
        return max(map(_levels, x.values()), default=0)
    if not isinstance(x, list):
        return 0
    return 1 + (max(map(_levels, x)) if x and isinstance(x[0], list) else 0)


@cache
def _schema(kind: str) -> tuple[schemas.Check, frozenset[str]]:
    schema = json.loads(Path(__file__).with_name("protocol.json").read_bytes())
    return schemas.reader(schema, kind), frozenset(schema["definitions"][kind]["properties"])

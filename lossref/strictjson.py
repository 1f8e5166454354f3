"""JSON from strangers: no number that JSON has not, no key twice, nothing larger or deeper than a cap; one sentence if not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

LINE_LIMIT = 1 << 26  # bytes of a line: 64 MiB
FILE_LIMIT = 1 << 30
SHOWN = 120  # characters of a bad line that a message shows


class JsonError(Exception):
    """Text that is not the JSON it should be; the message says where and why."""


def loads(data: bytes | str, place: object, limit: int = LINE_LIMIT) -> Any:
    """The value of a JSON text; floats are refused, for a float here is a string of bits."""
    if len(data) > limit:
        raise JsonError(f"{place}: longer than the {limit} bytes that are read")
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_refused, parse_float=_refused, parse_int=_whole)
    except UnicodeDecodeError:
        raise JsonError(f"{place}: not UTF-8 text: {shown(data)}") from None
    except RecursionError:
        raise JsonError(f"{place}: nested too deep") from None
    except ValueError as error:
        raise JsonError(f"{place}: not the JSON that is wanted ({error}): {shown(data)}") from None


def lines(path: Path) -> Iterator[tuple[str, bytes]]:
    """(place, line) of a file that may be anything, never more than one line of it in memory."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(capped(file), start=1):
                yield f"{path} line {number}", line
    except OSError as error:
        raise JsonError(f"{path} cannot be read: {error.strerror}") from None


def capped(file: IO[bytes]) -> Iterator[bytes]:
    """Lines without their ends; a longer one than the limit is cut just above it, and ends the reading."""
    while line := file.readline(LINE_LIMIT + 2):
        yield line.rstrip(b"\r\n")
        if len(line) > LINE_LIMIT + 1:
            return


def shown(data: bytes | str, characters: int = SHOWN) -> str:
    """The start of a line, on one line, with nothing in it that a terminal acts on."""
    text = data if isinstance(data, str) else data[: 4 * characters].decode("utf-8", "backslashreplace")
    plain = "".join(c if c.isprintable() and c.isascii() else ascii(c)[1:-1] for c in text[:characters])
    return plain + ("..." if len(data) > characters else "")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"key {twice!a} stands twice")
    return found


def _refused(text: str) -> Any:
    raise ValueError(f"{text[:40]} stands where no such number may stand")


def _whole(text: str) -> int:
    if len(text) > 17:
        raise ValueError(f"{text[:40]}... is beyond 2**53")
    return int(text)

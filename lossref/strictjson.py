"""JSON from strangers: no number that JSON has not, no key twice, nothing larger or deeper than a cap; one sentence if not."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

LINE_LIMIT = 1 << 26  # bytes of a line: 64 MiB
FILE_LIMIT = 1 << 28  # bytes of a recorded run: 256 MiB, some fifty times what all losses take
MEMORY_LIMIT = 1 << 30  # bytes that the values of a text, or of all lines of a file, may come to by `cost`
SHOWN = 120  # characters of a bad line that a message shows
SENTENCE = 2000  # characters of a message


class JsonError(Exception):
    """Text that is not the JSON it should be; the message says where and why."""

    def __init__(self, message: object) -> None:
        super().__init__(sentence(message))


def loads(data: bytes | str, place: object, limit: int = LINE_LIMIT) -> Any:
    """The value of a JSON text; floats are refused, for a float here is a string of bits."""
    if len(data) > limit:
        raise JsonError(f"{place}: longer than the {limit} bytes that are read")
    if cost(data) > MEMORY_LIMIT:
        raise JsonError(f"{place}: more lists, keys and entries than {MEMORY_LIMIT >> 20} MiB of memory hold")
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_refused, parse_float=_refused, parse_int=_whole)
    except UnicodeDecodeError:
        raise JsonError(f"{place}: not UTF-8 text: {shown(data)}") from None
    except RecursionError:
        raise JsonError(f"{place}: nested too deep") from None
    except ValueError as error:
        raise JsonError(f"{place}: not the JSON that is wanted ({error}): {shown(data)}") from None


def cost(data: bytes | str) -> int:
    """About the bytes of memory that a text's value takes, from above, before anything is parsed: 3 bytes can ask for 100."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return (4 if raw.isascii() else 8) * len(raw) + 80 * (raw.count(b",") + raw.count(b"[") + raw.count(b"{")) + 250 * raw.count(b":")


def lines(path: Path) -> Iterator[tuple[str, bytes]]:
    """(place, line) of a file that may be anything, never more than one line of it in memory."""
    length = memory = 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(capped(file), start=1):
                length, memory = length + len(line) + 1, memory + cost(line)
                if length > FILE_LIMIT or memory > MEMORY_LIMIT:
                    raise JsonError(f"{path} line {number}: a run above {FILE_LIMIT} bytes, or {MEMORY_LIMIT} in memory, is not read")
                yield f"{path} line {number}", line
    except OSError as error:
        raise JsonError(f"{path} cannot be read: {error.strerror}") from None


def capped(file: IO[bytes], ended: bool = False) -> Iterator[bytes]:
    """Lines without their ends; a longer one than the limit is cut just above it, and ends the reading.

    With `ended` a last line that nobody ended is left out.
    """
    while line := file.readline(LINE_LIMIT + 2):
        if ended and len(line) <= LINE_LIMIT + 1 and not line.endswith(b"\n"):
            return
        yield line.rstrip(b"\r\n")
        if len(line) > LINE_LIMIT + 1:
            return


def whole_file(path: Path, limit: int) -> bytes:
    """The bytes of a file inside somebody's folder; OSError for a larger one, and for a pipe or device, which could hold us."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except ValueError as error:  # a null character in its name
        raise OSError(0, str(error)) from None
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(0, "it is no file")
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError(0, f"it is longer than the {limit} bytes that are read")
    return data


def shown(data: bytes | str, characters: int = SHOWN) -> str:
    """The start of a line, on one line, with nothing in it that a terminal acts on."""
    text = data if isinstance(data, str) else data[: 4 * characters].decode("utf-8", "backslashreplace")
    spelled = "".join(c if c.isprintable() and c.isascii() else ascii(c)[1:-1] for c in text[:characters])
    return spelled + ("..." if len(data) > characters else "")


def plain(text: str) -> str:
    """Text with every character that is not printable spelled as its escape: controls, line ends, marks that turn the direction."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def sentence(message: object) -> str:
    """What an error says: one line, plain, and no longer than anybody reads."""
    text = str(message)
    return plain(text[:SENTENCE]) + ("..." if len(text) > SENTENCE else "")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:  # never by counting each: a million keys would take a million times a million steps
            if key in seen:
                raise ValueError(f"key {key[:40]!a} stands twice")
            seen.add(key)
    return found


def _refused(text: str) -> Any:
    raise ValueError(f"{text[:40]} stands where no such number may stand")


def _whole(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > 2**53:
        raise ValueError(f"{text[:40]} is beyond 2**53")
    return int(text)

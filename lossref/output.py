"""Standard output belongs to our reports: whatever else is written to it comes out on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import TextIOWrapper
from typing import Any, TextIO

_reports: TextIO | None = None  # where reports go while a command runs


def stream() -> TextIO:
    """Where reports go."""
    return _reports or sys.stdout


def say(*what: object, end: str = "\n", flush: bool = False) -> None:
    """Print a part of a report; characters that the stream has not are escaped."""
    text, to = " ".join(map(str, what)), stream()
    try:
        print(text, end=end, file=to, flush=flush)
    except UnicodeEncodeError:
        coding = to.encoding or "ascii"
        print(text.encode(coding, "backslashreplace").decode(coding), end=end, file=to, flush=flush)


@contextmanager
def reporting() -> Iterator[None]:
    """For as long as a command runs, what Python code prints, imported, called or in a thread of its own, is no report."""
    global _reports
    before, _reports = _reports, sys.stdout
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        _reports = before


def open_closed() -> None:
    """Standard streams that are closed lead nowhere, so that no file and no pipe that is opened later takes their number."""
    for number, (name, mode) in enumerate({"stdin": "r", "stdout": "w", "stderr": "w"}.items()):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the least number that is free
            os.set_inheritable(number, True)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, closefd=False))  # noqa: SIM115 - as long as the process


@contextmanager
def apart() -> Iterator[None]:
    """In a process that is all ours: what compiled code writes to descriptor 1, now or when the process ends, is no report.

    Nor is it given back afterwards: the buffers of a C library are emptied after everything else.
    """
    old: Any = sys.stdout
    old.flush()
    raw = open(os.dup(1), "wb", 0 if old.write_through else -1)  # noqa: SIM115 - as long as the process
    os.dup2(2, 1)
    sys.stdout = TextIOWrapper(
        raw, encoding=old.encoding, errors=old.errors, line_buffering=old.line_buffering, write_through=old.write_through
    )
    try:
        yield
    finally:
        sys.stdout = sys.stderr

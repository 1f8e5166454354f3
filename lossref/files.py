"""Files are written whole or not at all, and nothing but a regular file is ever replaced.

What is written stands beside its place first, in a file or folder whose name starts with `.lossref-` and which its process keeps locked.
A lock ends with its process, however that ends: so the next writer in a folder tells litter, which it removes, from others' work.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from lossref import output

if sys.platform != "win32":
    import fcntl

PREFIX = ".lossref-"
LITTER = re.compile(re.escape(PREFIX) + "[0-9a-f]{16}")
DESCRIPTOR = re.compile(r"/(?:dev|proc/(?:self|thread-self|[0-9]+))/(?:fd/([0-9]+)|std(in|out|err))")
LINKS = 40  # that are followed to a place, as systems do


class FileError(OSError):
    """A file cannot be written; the message names it and says why."""


def attempt(path: Path, why: str = "") -> None:
    """FileError, before any work is done, where a file cannot be written; `why` says what wants it there."""
    with _sentences(path, why):
        place = _place(path)
        if place is not None:
            handle, beside = _beside(place.parent, 0o600)
            beside.unlink()
            os.close(handle)
        elif (number := _descriptor(path)) is not None:
            os.write(number, b"")  # which those refuse that are only read


def write(path: Path, content: str | bytes) -> None:
    """Write a file at the place that links lead to, whole or not at all; a stream or device is written to. FileError where it fails.

    A file that is there keeps its mode; a new one has what the umask leaves.
    """
    data = content.encode() if isinstance(content, str) else content
    with _sentences(path):
        place = _place(path)
        if place is None:
            _pour(path, data)
            return
        old = stat.S_IMODE(place.stat().st_mode) if place.exists() else None
        handle, beside = _beside(place.parent, 0o666 if old is None else old)
        try:
            with os.fdopen(handle, "wb") as file:
                if old is not None:
                    os.chmod(beside, old)  # the umask took from it
                file.write(data)
                file.flush()
                settle(handle)
                if os.fstat(handle).st_size != len(data):
                    raise OSError(0, "not all of it was written")
                if sys.platform == "win32":  # which renames no open file, and has no lock that its closing would end
                    file.close()
                os.replace(beside, place)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        settle(place.parent)


def make_folder(path: Path) -> None:
    """A folder, with those that it stands in; FileError where none can be."""
    with _sentences(path):
        path.mkdir(parents=True, exist_ok=True)


@contextlib.contextmanager
def folder_within(where: Path) -> Iterator[Path]:
    """A folder of ours in another, for as long as it takes; what is still in it afterwards is removed."""
    with _sentences(where):
        sweep(where)
        while True:
            path = where / f"{PREFIX}{secrets.token_hex(8)}"
            path.mkdir()
            handle = _opened(path)
            if _locks(handle) and path.exists():
                break
            _close(handle)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        _close(handle)


@contextlib.contextmanager
def locked(where: Path) -> Iterator[None]:
    """While nobody else changes what stands in a folder."""
    handle = _opened(where.resolve())
    try:
        if handle is not None and sys.platform != "win32":
            with contextlib.suppress(OSError):  # not every file system has locks
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        _close(handle)


def sweep(where: Path) -> None:
    """Remove what processes that no longer live left in a folder."""
    with contextlib.suppress(OSError):
        for found in [path for path in where.iterdir() if LITTER.fullmatch(path.name) and not path.is_symlink()]:
            with contextlib.suppress(OSError):
                handle = _opened(found)
                if handle is not None and _locks(handle, otherwise=False):
                    shutil.rmtree(found) if found.is_dir() else found.unlink()
                _close(handle)


def settle(what: int | Path) -> None:
    """Wait until a file, or the names in a folder, would outlast the power."""
    if isinstance(what, int):
        os.fsync(what)
    elif sys.platform != "win32":
        with contextlib.suppress(OSError):  # not every file system does it for folders
            handle = os.open(what, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _place(path: Path) -> Path | None:
    """Where a regular file is to stand, behind all links; None where something is that is written to, not replaced."""
    if _descriptor(path) is not None:
        return None
    try:
        found = path.stat()
    except FileNotFoundError:
        place = Path(os.path.realpath(path))
        if not place.parent.is_dir():
            raise OSError(0, f"there is no folder {place.parent}") from None
        return place
    if not os.access(path, os.W_OK):
        raise OSError(0, "it may only be read")
    if stat.S_ISREG(found.st_mode):
        return Path(os.path.realpath(path))
    if stat.S_ISCHR(found.st_mode) or stat.S_ISFIFO(found.st_mode):
        return None
    raise OSError(0, "it is a folder" if stat.S_ISDIR(found.st_mode) else "it is neither a file nor a stream")


def _descriptor(path: Path) -> int | None:
    """The descriptor of this process that a path such as /dev/stdout names, itself or at the end of links."""
    place = os.path.abspath(path)
    for _ in range(LINKS):
        if found := DESCRIPTOR.fullmatch(place):
            return int(found[1]) if found[1] else ("in", "out", "err").index(found[2])
        if not os.path.islink(place):
            return None
        place = os.path.normpath(os.path.join(os.path.dirname(place), os.readlink(place)))
    return None


def _pour(path: Path, data: bytes) -> None:
    """Write to a stream: a descriptor's own, from where it stands, or what the path opens."""
    number = _descriptor(path)
    if number == 1:
        output.say(data.decode(), end="", flush=True)
        return
    handle = os.open(path, os.O_WRONLY | getattr(os, "O_NOCTTY", 0)) if number is None else os.dup(number)
    with os.fdopen(handle, "wb") as file:
        file.write(data)


def _beside(folder: Path, mode: int) -> tuple[int, Path]:
    """A new file of ours in a folder, open and locked."""
    sweep(folder)
    while True:
        path = folder / f"{PREFIX}{secrets.token_hex(8)}"
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), mode)
        if _locks(handle) and path.exists():
            return handle, path
        os.close(handle)  # another took it for litter before it was locked


def _opened(path: Path) -> int | None:
    """A descriptor by which something is locked; None where folders have none."""
    return None if sys.platform == "win32" else os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)


def _close(handle: int | None) -> None:
    if handle is not None:
        os.close(handle)


def _locks(handle: int | None, otherwise: bool = True) -> bool:
    """Lock at once what is open, unless another process has it; `otherwise` where the system or the file system has no locks."""
    if handle is None or sys.platform == "win32":
        return otherwise
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return otherwise
    return True


@contextlib.contextmanager
def _sentences(path: Path, why: str = "") -> Iterator[None]:
    """What the system says, as a sentence that names the file; of a reader that left the command line knows what to say."""
    try:
        yield
    except (FileError, BrokenPipeError):
        raise
    except OSError as error:
        raise FileError(f"{f'{why} ' if why else ''}{path} cannot be written: {error.strerror or error}") from None

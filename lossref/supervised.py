"""A command in a process below one that waits: whatever the code that it runs does to the process, the status is the command's own.

Compiled code may end a process with status 0 where nothing in that process can prevent it; so the command hands its status over a
pipe, and a process that ends without having done so has no verdict. Where a system cannot fork, the command runs as it is.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

BROKE = 3  # as in lossref.commands, which takes its time to load
CRASHES = ("SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT")
DELAY = 0.5  # seconds before a signal is passed on: most come to the whole group
PARENT_ENDED = 1  # of prctl


def status_of(run: Callable[[], int]) -> int:
    """The status that a function returned, in the process that waits and in its own, where it goes on to end."""
    if not hasattr(os, "fork"):
        return run()
    reading, writing = os.pipe()
    parent, ends = os.getpid(), {getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP")}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # until both know what to do with them
    child = os.fork()
    if child:
        os.close(writing)
        return _awaited(child, reading, ends)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ends)
    os.close(reading)
    _end_with(parent)
    status = BROKE
    try:
        status = run()
    except SystemExit as error:  # of the parser of the command line
        status = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        status = 1
        raise
    finally:
        with contextlib.suppress(OSError):  # whoever waited was killed
            os.write(writing, bytes([status]))
    return status


def _awaited(child: int, reading: int, ends: set[signal.Signals]) -> int:
    """The status that the child handed over, or what its end means without."""

    def pass_on(number: int, frame: FrameType | None) -> None:
        if number == signal.SIGINT and _has_the_terminal():
            return  # which sends it to the child too
        time.sleep(DELAY)
        os.kill(child, number)

    for number in ends:
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup, for one, has it ignored
            signal.signal(number, pass_on)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ends)
    _, ended = os.waitpid(child, 0)
    os.set_blocking(reading, False)  # what the code that was checked started may hold the other end
    with contextlib.suppress(BlockingIOError):
        if said := os.read(reading, 1):
            return said[0]
    code = os.waitstatus_to_exitcode(ended)
    if code < 0 and signal.Signals(-code).name not in CRASHES:
        return 128 - code
    how = f"with status {code}" if code >= 0 else f"by {signal.Signals(-code).name}"
    print(f"lossref: no verdict: the code that was checked ended the process {how}; --isolated says where", file=sys.stderr)
    return BROKE


def _end_with(parent: int) -> None:
    """Have this process end with its parent, where the system can."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(PARENT_ENDED, signal.SIGTERM)
    if os.getppid() != parent:  # it ended meanwhile
        os.kill(os.getpid(), signal.SIGTERM)


def _has_the_terminal() -> bool:
    """Whether this process group is what a terminal's keys interrupt."""
    for stream in range(3):
        with contextlib.suppress(OSError):
            return os.tcgetpgrp(stream) == os.getpgrp()
    return False

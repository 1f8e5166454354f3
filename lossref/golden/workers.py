"""Processes that compute certified answers beside each other: results in the order of the tasks, and none outlives its parent."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TypeVar

from lossref.golden.read import GoldenError

Task = TypeVar("Task")
Found = TypeVar("Found")


def in_processes(function: Callable[[Task], Found], tasks: Sequence[Task], jobs: int, method: str | None = None) -> Iterator[Found]:
    """The function of each task, computed by so many processes, in the order of the tasks; `method` is how a process starts."""
    # Whoever interrupts waits for no task: only this process hears of it, and ends the others.
    others = set(multiprocessing.active_children())
    with ProcessPoolExecutor(jobs, multiprocessing.get_context(method), initializer=_work) as pool:
        try:
            for task in [pool.submit(function, task) for task in tasks]:
                yield task.result()
        except BrokenProcessPool:
            raise GoldenError("a process that computed certified answers was ended; nothing is written") from None
        except BaseException:
            for worker in set(multiprocessing.active_children()) - others:
                worker.kill()
            raise


def may_spawn() -> bool:
    """Whether a new process may import the main module again: a command's guards itself, and somebody's script may do its work anew."""
    main = sys.modules["__main__"]
    spec, file = getattr(main, "__spec__", None), getattr(main, "__file__", None) or ""
    return (spec.name if spec else Path(file).stem) in ("lossref", "lossref.__main__")


def _work() -> None:
    """What a worker does first: interrupts are its parent's, a request to end is obeyed at once, and it ends with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: BaseProcess) -> None:
    """End when the parent has, however it ended."""
    parent.join()
    os._exit(1)

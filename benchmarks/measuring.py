"""What all benchmarks share: the machine in words, runs in turns, and goals beside what was measured."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version

import numpy as np
from rich.console import Console
from rich.table import Table

from lossref.report.machine import machine as report_machine

PACKAGES = ("numpy", "scipy", "mpmath", "python-flint", "torch", "jax", "scikit-learn", "numba", "keras")
console = Console(width=150, highlight=False)


def machine() -> str:
    """Processor features that NumPy uses, versions, threads: without them no figure means anything."""
    facts = report_machine()
    known = [f"{name} {found}" for name in PACKAGES if (found := _version(name))]
    processor = f"{facts['processor']}, {os.cpu_count()} processors, {' '.join(facts['numpy']) or 'no vector instructions'}"
    if not any("AVX512" in name for name in facts["numpy"]):
        processor += " (no AVX-512, for which the goals of the engine are: NumPy's exp and log1p have no vector code then)"
    threads = os.environ.get("OMP_NUM_THREADS", "as the libraries choose")
    return f"{processor}; Python {platform.python_version()}; {', '.join(known)}; threads: {threads}"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def in_turns(runs: Mapping[str, Callable[[], object]], rounds: int, seconds: float = 8.0) -> dict[str, list[float]]:
    """Seconds of each run in each round, one after the other, so that what else the machine does meets all alike."""
    repeats = {}
    for name, run in runs.items():
        run()
        start = time.perf_counter()
        run()
        once = max(time.perf_counter() - start, 1e-7)
        repeats[name] = max(1, int(min(seconds / rounds / len(runs), 0.02) / once))
    found: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.perf_counter()
            for _ in range(repeats[name]):
                run()
            found[name].append((time.perf_counter() - start) / repeats[name])
    return found


def ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """The median of the ratios of each round."""
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


@dataclass
class Report:
    """A table of goals beside what was measured; what misses its goal is counted, never left out."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    met: int = 0
    missed: list[str] = field(default_factory=list)

    def add(self, *cells: str, measured: float | None = None, goal: float | None = None) -> None:
        """A row; where there is a goal, at most so much is wanted."""
        verdict = ""
        if measured is not None and goal is not None:
            verdict = "met" if measured <= goal else "missed"
            if measured <= goal:
                self.met += 1
            else:
                self.missed.append(f"{self.title}: {', '.join(cells[:2])}: {measured:.3g}, goal {goal:g}")
        self.rows.append((*cells, "" if goal is None else f"{goal:g}", verdict))

    def show(self) -> None:
        table = Table(*self.columns, "goal", "verdict", title=self.title, title_justify="left", box=None, header_style="bold")
        for row in self.rows:
            table.add_row(*row)
        console.print(table)
        console.print()


def draws() -> np.random.Generator:
    return np.random.default_rng(0)

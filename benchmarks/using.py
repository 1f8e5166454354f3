"""What it takes to use lossref: imports, commands, the golden set; each in processes of its own, in turns.

    python benchmarks/using.py [--rounds 3] [--one-in 24] [--without-set]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.util import find_spec

from measuring import Report, console, machine, ratio

from lossref import catalog
from lossref.formats import FORMATS
from lossref.golden import SHIPPED_FORMATS, write

COMMANDS = {"lossref list": ("list",), "lossref check scipy": ("check", "scipy")}
GOALS = {"lossref list": 0.3, "lossref check scipy": 3.0}
BESIDE = {"torch": 5.0, "keras": 20.0}  # a library, and the seconds that a check may take beside its import


def seconds(*command: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *command], capture_output=True, check=False)
    return time.perf_counter() - start


def per_vector(names: Sequence[str]) -> tuple[float, int]:
    """Seconds that a golden vector of these losses takes, and how many there were."""
    start = time.perf_counter()
    vectors = sum(len(write.vectors(catalog.get(name), FORMATS[form])) for name in names for form in SHIPPED_FORMATS)
    return (time.perf_counter() - start) / vectors, vectors


def main() -> Report:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--one-in", type=int, default=24, metavar="N", help="of the losses so many are computed anew (24)")
    parser.add_argument("--without-set", action="store_true", help="do not make the whole golden set, which takes minutes")
    given = parser.parse_args()
    console.print(machine())
    report = Report("Using it", ("what", "measured"))
    imports: dict[str, list[float]] = {"numpy": [], "lossref": []}
    for _ in range(3 * given.rounds):
        for name, found in imports.items():
            found.append(seconds("-c", f"import {name}; {name}.__name__"))
    report.add("import lossref, by import numpy", f"{(r := ratio(imports['lossref'], imports['numpy'])):.2f}", measured=r, goal=1.15)
    evaluated = [seconds("-c", "import lossref; lossref.value") for _ in range(given.rounds)]
    r = ratio(evaluated, imports["numpy"][: given.rounds])
    report.add("import lossref and its float64 functions, by import numpy", f"{r:.2f}")
    for title, command in COMMANDS.items():
        took = statistics.median(seconds("-m", "lossref", *command) for _ in range(given.rounds))
        report.add(title, f"{took:.2f} s", measured=took, goal=GOALS[title])
    for name, goal in BESIDE.items():
        if find_spec(name):
            own = seconds("-c", f"import {name}")
            took = seconds("-m", "lossref", "check", name) - own
            report.add(f"lossref check {name}, beside its import", f"{took:.1f} s", measured=took, goal=goal)
    names = catalog.names()
    single = [name for name in names if not any(space.axes for space in catalog.get(name).arguments.values())]
    goals = {"single numbers": 1.0}
    for kind, some in {"single numbers": single[:: max(1, given.one_in // 2)], "all kinds": names[:: given.one_in]}.items():
        each, vectors = per_vector(some)
        title = f"10,000 golden vectors of {kind} anew, one process (by {vectors:,})"
        report.add(title, f"{each * 10_000:.1f} s", measured=each * 10_000, goal=goals.get(kind))
    if not given.without_set:
        with tempfile.TemporaryDirectory() as folder:
            took = seconds("-m", "lossref", "golden", "generate", "--to", folder, "--jobs", "2")
        report.add("the whole golden set anew, two processes", f"{took:.0f} s", measured=took, goal=120.0)
    report.show()
    return report


if __name__ == "__main__":
    main()

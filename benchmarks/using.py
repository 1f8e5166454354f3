"""What it takes to use lossref: imports, commands, the golden set; each in processes of its own, in turns.

    python benchmarks/using.py [--rounds 3] [--one-in 24]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
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


def main() -> Report:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--one-in", type=int, default=24, metavar="N", help="of the golden set so much is computed anew (24)")
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
    vectors, start = 0, time.perf_counter()
    for name in catalog.names()[:: given.one_in]:
        for form in SHIPPED_FORMATS:
            loss = catalog.get(name)
            vectors += len(write.vectors(loss, FORMATS[form]))
    each = (time.perf_counter() - start) / vectors * 10_000
    report.add(f"10,000 golden vectors anew, one process (by {vectors:,})", f"{each:.1f} s", measured=each, goal=1.0)
    report.show()
    return report


if __name__ == "__main__":
    main()

"""Show that golden data and grades are the same under other versions of Python and of the libraries, and without vector instructions.

Each environment is made afresh: the wheel of this checkout is installed, the whole golden set is regenerated and compared byte for
byte with the one here, and our own code is judged in float64 and float32. It must meet level B everywhere; a letter above may
move with the processor's exp and log, and is listed. By default every choice is made at least once, in as few environments as there
are versions of Python here; --all takes every combination. With --one-in N each environment regenerates one loss in N, another share in
each. Exit 1 where a file differs or a grade falls below B.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from lossref import catalog
from lossref.judge.measure import meets

ROOT = Path(__file__).parent.parent
PYTHONS = ("3.11", "3.12", "3.13")
OLDEST = {"3.13": ("numpy==2.1.0", "scipy==1.14.1")}  # before those there were no wheels for it
LIBRARIES = {"oldest": ("numpy==2.0.0", "scipy==1.13.0"), "newest": ()}
MPMATH = {"1.3": ("mpmath==1.3.0",), "newest": ()}
GMPY2 = {"without": (), "with": ("gmpy2",)}
VECTORS = ("off", "on")
DISPATCHED = "from numpy._core import _multiarray_umath as m; print(*(x for x in m.__cpu_dispatch__ if m.__cpu_features__[x]))"
VERSIONS = """
import importlib.metadata as m
print(*(next((d.version for d in m.distributions(name=x)), "-") for x in ("numpy", "scipy", "mpmath", "gmpy2", "python-flint")))
"""


class BrokenError(Exception):
    """A command of an environment failed; what it said."""


@dataclass(frozen=True)
class Cell:
    """One environment: a version of Python by its program, and a choice from each table."""

    version: str
    python: str
    libraries: str
    mpmath: str
    gmpy2: str
    vectors: str

    @property
    def requirements(self) -> tuple[str, ...]:
        libraries = OLDEST.get(self.version, LIBRARIES["oldest"]) if self.libraries == "oldest" else ()
        return *libraries, *MPMATH[self.mpmath], *GMPY2[self.gmpy2]


@dataclass(frozen=True)
class Found:
    """The versions in an environment, the golden files that differ, and the grade of each part of each loss."""

    versions: Sequence[str]
    differing: Sequence[str]
    grades: dict[str, str]


def pythons() -> dict[str, str]:
    """The program of each version of Python on this machine: on the path, or installed by pyenv."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = {}
    for version in PYTHONS:
        for program in (shutil.which(f"python{version}"), sys.executable, *map(str, sorted(kept.glob(f"{version}.*/bin/python3")))):
            code = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
            if program and subprocess.run([program, "-c", code], capture_output=True, text=True).stdout.strip() == version:
                found[version] = program
                break
    return found


def cells(programs: dict[str, str], *, every: bool) -> Iterator[Cell]:
    choices = (LIBRARIES, MPMATH, GMPY2, VECTORS)
    if every:
        for version, *chosen in itertools.product(programs, *choices):
            yield Cell(version, programs[version], *chosen)
        return
    for i in range(max(2, len(programs))):
        version = list(programs)[i % len(programs)]
        yield Cell(version, programs[version], *(list(choice)[(i + j) % len(choice)] for j, choice in enumerate(choices)))


def run(*command: str, environment: dict[str, str] | None = None, good: Sequence[int] = (0,)) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(environment or {})}, cwd=tempfile.gettempdir())
    if done.returncode not in good:
        raise BrokenError(f"{' '.join(command)}: status {done.returncode}\n{done.stderr.strip()[-2000:]}")
    return done.stdout


def examined(cell: Cell, wheel: Path, folder: Path, jobs: int, losses: Sequence[str]) -> Found:
    """What one environment gives, of the golden files of some losses; it is made in an empty folder."""
    run(cell.python, "-m", "venv", str(folder / "venv"))
    python = str(folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python")
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{wheel}[golden]", *cell.requirements)
    environment = {"PYTHONPATH": ""}
    if cell.vectors == "off":
        environment |= {"NPY_DISABLE_CPU_FEATURES": run(python, "-c", DISPATCHED).strip()}
        environment |= {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX512F,-FMA,-FMA4"}
    made = folder / "golden"
    shutil.copytree(ROOT / "golden", made)
    for path in made.rglob("*.jsonl"):
        if path.name.split(".")[0] in losses:
            path.write_bytes(b"")  # to be made anew
    chosen = [f"--loss={name}" for name in losses]
    run(python, "-m", "lossref", "golden", "generate", "--to", str(made), "--jobs", str(jobs), *chosen, environment=environment)
    ours = {path.relative_to(ROOT / "golden") for path in (ROOT / "golden").rglob("*.json*")}
    theirs = {path.relative_to(made) for path in made.rglob("*.json*")}
    same = {path for path in ours & theirs if (made / path).read_bytes() == (ROOT / "golden" / path).read_bytes()}
    return Found(run(python, "-c", VERSIONS).split(), sorted(map(str, (ours | theirs) - same)), grades(python, environment, jobs))


def grades(python: str, environment: dict[str, str], jobs: int) -> dict[str, str]:
    """The grade of each part of our own code, by format, loss and part; a process a format."""

    def of_format(form: str) -> dict[str, str]:
        check = ("check", "lossref", "--format", form, "--level", "F", "--json")
        report = json.loads(run(python, "-m", "lossref", *check, environment=environment, good=(0, 1)))
        return {f"{loss['loss']} {part} in {form}": facts["grade"] for loss in report["losses"] for part, facts in loss["parts"].items()}

    with ThreadPoolExecutor(jobs) as pool:
        return {name: grade for found in pool.map(of_format, ("float64", "float32")) for name, grade in found.items()}


def moved(all_grades: Sequence[dict[str, str]]) -> dict[str, str]:
    """The parts that are not graded alike everywhere, with their grades in order."""
    names = sorted(set().union(*all_grades))
    rows = {name: [found.get(name, "none") for found in all_grades] for name in names}
    return {name: " ".join(row) for name, row in rows.items() if len(set(row)) > 1}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="every combination")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (all processors)")
    parser.add_argument("--one-in", type=int, default=1, metavar="N", help="regenerate one loss in so many in each environment (1: all)")
    parser.add_argument("--list", action="store_true", help="print the environments, and make none")
    given = parser.parse_args()
    console, chosen = Console(width=None if sys.stdout.isatty() else 140), list(cells(pythons(), every=given.all))
    table = Table("python", "numpy", "scipy", "mpmath", "gmpy2", "python-flint", "vector instructions", "golden files that differ")
    results: list[Found] = []
    if given.list:
        lines = (f"{cell.version}: {', '.join(cell.requirements) or 'newest'}; vector instructions {cell.vectors}" for cell in chosen)
        console.print(*lines, sep="\n")
        return 0
    with tempfile.TemporaryDirectory() as place, Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("environments", total=len(chosen))
        run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", place, str(ROOT))
        (wheel,) = Path(place).glob("*.whl")
        for k, cell in enumerate(chosen):
            losses = catalog.names()[k % given.one_in :: given.one_in]
            with tempfile.TemporaryDirectory(dir=place) as folder:
                results.append(found := examined(cell, wheel, Path(folder), given.jobs, losses))
            table.add_row(cell.version, *found.versions, cell.vectors, ", ".join(found.differing) or "none")
            progress.advance(task)
    console.print(table)
    below = sorted(f"{name}: {grade}" for found in results for name, grade in found.grades.items() if not meets(grade, "B"))
    above = [f"{name}: {row}" for name, row in moved([found.grades for found in results]).items()]
    console.print(f"{len(results[0].grades)} grades of our own code, {len(below)} below B, {len(above)} that moved", *above, sep="\n  ")
    if below:
        console.print("Below B:", *below, sep="\n  ")
    return int(bool(below) or any(found.differing for found in results))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenError as error:
        sys.exit(str(error))

"""Kill what writes at random moments, and look at what is left: the old data or the new, whole; no process; after the next run no litter.

  python scripts/kills.py --count 100 --seed 0         all jobs in turn; prints a table, and exits 1 at any finding
  python scripts/kills.py --only 17 --seed 0           one of them again
Linux only: processes are found by a mark in their environment.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lossref import golden
from lossref.golden import write
from lossref.golden.read import MANIFEST, SCHEMA, manifest
from lossref.golden.verify import consistent

SIGNALS = ("SIGKILL", "SIGTERM", "SIGINT", "SIGHUP")
OURS = re.compile(r'File ".*/lossref/')  # of a traceback: before and after us, Python has its own
LOSSREF = f"{sys.executable} -m lossref"
FEW = ("margin/hinge.float32.jsonl", "margin/hinge.float64.jsonl", "regression/huber.float64.jsonl")
PATIENCE = 10.0  # seconds for everything to be gone
INSTALL = """
import shutil, sys
from pathlib import Path
from lossref import files
from lossref.golden.install import install, mend
where = Path("golden")
try:
    mend(where)
    with files.folder_within(where) as new:
        shutil.copytree("new", new, dirs_exist_ok=True)
        print("ready", flush=True)
        install(new, where)
except KeyboardInterrupt:
    sys.exit(130)
"""


@dataclass(frozen=True)
class Job:
    """A command that writes in the current folder; `data` is what a reader has there, or raises."""

    name: str
    command: list[str]
    prepare: Callable[[Path], None]
    data: Callable[[Path], object]
    begins: bool = False  # it is killed from its first line of output on, not from its start


@dataclass(frozen=True)
class Whole:
    """What a job takes, and what a reader has before and after it, where nobody kills it."""

    seconds: float
    old: object
    new: object


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100, metavar="N", help="how many kills (100)")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="this kill alone")
    parser.add_argument("--job", action="append", choices=[job.name for job in JOBS], help="only this job (may be repeated)")
    given = parser.parse_args()
    jobs = [job for job in JOBS if job.name in (given.job or [job.name])]
    counts, findings, start = Counter[tuple[str, str, str]](), 0, time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        wholes: dict[str, Whole] = {}
        for number in range(given.count) if given.only is None else [given.only]:
            job, chance = jobs[number % len(jobs)], random.Random(f"{given.seed} {number}")
            where = Path(folder) / str(number)
            where.mkdir()
            if job.name not in wholes:
                wholes[job.name] = _whole(job, Path(folder) / job.name)
            name = chance.choice(SIGNALS)
            first = chance.choice((0, 0.85))  # half of them when most is written, at the end
            moment = (first + (1.05 - first) * chance.random()) * wholes[job.name].seconds
            found = list(tried(job, wholes[job.name], where, name, moment, counts))
            findings += len(found)
            for finding in found:
                print(f"--seed {given.seed} --only {number}: {job.name}, {name} after {moment:.3f} s: {finding}", flush=True)
            shutil.rmtree(where)
    print(f"{'job':10} {'signal':8} {'it left':8} {'kills':>6}")
    for (job_name, name, left), count in sorted(counts.items()):
        print(f"{job_name:10} {name:8} {left:8} {count:6}")
    print(f"{sum(counts.values())} kills in {time.monotonic() - start:.0f} s, {findings} findings")
    return 1 if findings else 0


def tried(job: Job, whole: Whole, where: Path, name: str, moment: float, counts: Counter[tuple[str, str, str]]) -> Iterator[str]:
    """Kill a job, and let it run once more; what is wrong, in sentences."""
    job.prepare(where)
    there = _names(where)
    with _started(job, where) as running:
        _ready(job, running)
        time.sleep(moment)
        running.process.send_signal(getattr(signal, name))
        yield from running.left()
    state = _state(job, whole, where)
    counts[job.name, name, state] += 1
    if state not in ("old", "new"):
        yield f"it left {state}"
    with _started(job, where) as running:
        yield from running.left()
    if (state := _state(job, whole, where)) != "new":
        yield f"the next run left {state}: {running.error.strip()[-300:]}"
    if strays := sorted(_names(where) - there):
        yield f"the next run left {', '.join(strays)}"


class _started:  # noqa: N801 - it is used like a function
    """A job that runs, marked."""

    def __init__(self, job: Job, where: Path) -> None:
        self.mark = f"KILLS_{secrets.token_hex(16)}"
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path)), self.mark: "1"}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            job.command, cwd=where, env=environment, stdout=pipe, stderr=pipe, text=True, preexec_fn=_as_usual
        )
        self.error = ""

    def __enter__(self) -> _started:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._marked():
            os.kill(process, signal.SIGKILL)
        self.process.kill()
        self.process.communicate()

    def left(self) -> Iterator[str]:
        """Wait for its end; what it left running, and what it said that is no sentence."""
        try:
            _, self.error = self.process.communicate(timeout=20 * PATIENCE)
        except subprocess.TimeoutExpired:
            yield f"it did not end within {20 * PATIENCE:g} s"
            return
        if "Traceback" in self.error and OURS.search(self.error):
            yield f"a traceback: {self.error[-600:]}"
        until = time.monotonic() + PATIENCE
        while (marked := self._marked()) and time.monotonic() < until:
            time.sleep(0.02)
        if marked:
            yield f"{len(marked)} processes live on: {', '.join(map(_title, marked))}"

    def _marked(self) -> list[int]:
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                if f"{self.mark}=".encode() in path.read_bytes():
                    found.append(int(path.parent.name))
            except OSError:  # it is gone, or not ours
                continue
        return found


def _as_usual() -> None:
    for name in SIGNALS[1:]:
        signal.signal(getattr(signal, name), signal.SIG_DFL)


def _ready(job: Job, running: _started) -> None:
    if job.begins and running.process.stdout is not None:
        running.process.stdout.readline()


def _whole(job: Job, where: Path) -> Whole:
    where.mkdir()
    job.prepare(where)
    old = job.data(where)
    with _started(job, where) as running:
        _ready(job, running)
        start = time.monotonic()
        for finding in running.left():
            raise SystemExit(f"{job.name} does not work: {finding}")
        seconds = time.monotonic() - start
    if (new := job.data(where)) == old:
        raise SystemExit(f"{job.name} does not work: {running.error}")
    return Whole(seconds, old, new)


def _state(job: Job, whole: Whole, where: Path) -> str:
    try:
        data = job.data(where)
    except Exception as error:  # whatever it is, the data is not readable
        return f"{type(error).__name__}: {error}"
    return "new" if data == whole.new else "old" if data == whole.old else "something else"


def _names(where: Path) -> set[str]:
    return {path.relative_to(where).as_posix() for path in where.rglob("*")}


def _title(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:80]
    except OSError:
        return str(process)


def _set(where: Path, less: int) -> None:
    """A golden set of a few files; of the second the last vectors are left out."""
    entries = {}
    for path in FEW:
        header, *rows = (golden.folder() / path).read_bytes().splitlines(keepends=True)
        if path == FEW[1] and less:
            rows = rows[:-less]
            header = json.dumps(json.loads(header) | {"vectors": len(rows)}, separators=(",", ":")).encode() + b"\n"
        (where / path).parent.mkdir(parents=True, exist_ok=True)
        (where / path).write_bytes(header + b"".join(rows))
        entries[path] = write._entry(header + b"".join(rows))
    schema = (golden.folder() / SCHEMA).read_bytes()
    (where / SCHEMA).write_bytes(schema)
    (where / MANIFEST).write_bytes(write._manifest(entries, schema))


def _two_sets(where: Path) -> None:
    _set(where / "golden", 1)
    _set(where / "new", 0)


def _root(where: Path) -> object:
    """The set, once every file of it was read and found to be the manifest's."""
    consistent(where / "golden")
    return manifest(where / "golden")["root"]


def _old(name: str) -> Callable[[Path], None]:
    def prepare(where: Path) -> None:
        (where / name).write_text("old\n")

    return prepare


def _bytes(name: str) -> Callable[[Path], object]:
    return lambda where: (where / name).read_bytes()


CHECK = ["check", f"cmd:{LOSSREF} serve scipy --loss huber", "--loss", "huber"]
JOBS = (
    Job("generate", [*LOSSREF.split(), "golden", "generate", "--to", "golden", "--loss", "hinge", "--jobs", "2"], _two_sets, _root),
    Job("install", [sys.executable, "-c", INSTALL], _two_sets, _root, begins=True),
    Job("record", [*LOSSREF.split(), *CHECK, "--record", "run"], _old("run"), _bytes("run")),
    Job("report", [*LOSSREF.split(), *CHECK, "--junit", "found.xml", "--json"], _old("found.xml"), _bytes("found.xml")),
)

if __name__ == "__main__":
    sys.exit(main())

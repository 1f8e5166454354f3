"""lossref sweep: every input of a format through one argument of a loss, exactly, and an implementation judged at each of them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from lossref.bits import parsed
from lossref.catalog import DefinitionError
from lossref.commands import CONFORMS, DIFFERS, Commands, UsageError, command, judging, print_json
from lossref.files import FileError
from lossref.formats import FORMATS
from lossref.golden.read import GoldenError
from lossref.judge.measure import DEFAULT_LEVEL, LEVELS
from lossref.library import ImplementationError
from lossref.report import screen, text
from lossref.report.console import standard_output
from lossref.sweeps.line import SWEPT, SweepError
from lossref.sweeps.run import sweep

DESCRIPTION = """\
Go through all finite numbers of a format in one argument of a loss, all other arguments fixed: no input is left to chance.

  lossref sweep sigmoid_cross_entropy --format bfloat16        digest of the exact answers, compared with the one that is committed
  lossref sweep sigmoid_cross_entropy --implementation torch   all 4,278,190,080 numbers of float32: minutes on two processors
  lossref sweep huber --implementation mine.py:f --at target=0.5 --at delta=2 --format float16
  lossref sweep squared_error --format float8_e4m3fn --across target     all pairs of two arguments

The exact answers are proved: polynomials with an error bound that Arb's balls give, and the oracle where a rounding is in doubt. Each
answer of the implementation is compared with them. The worst of each binade are then judged as in a check, which the verdict is of.

With --resume FILE each block is kept when it is done, and a sweep that was interrupted, or killed, goes on from there.
From Python, lossref.sweep is spread over a cluster by joblib.parallel_config("dask") or ("ray").

exit status: 0 conforms, or the digest is the committed one; 1 differs, 2 bad use
"""
COLUMNS = {"inexact": "not correctly rounded", "beyond_1": "> 1 ulp", "beyond_8": "> 8 ulp", "beyond_1024": "> 1024 ulp"}
Errors = (SweepError, ImplementationError, DefinitionError, GoldenError, FileError)


def add(parsers: Commands) -> None:
    parser = command(parsers, "sweep", "every input of a format", DESCRIPTION)
    parser.add_argument("loss", metavar="LOSS", help="a name of `lossref list`, or a file with a loss of your own")
    parser.add_argument("--format", choices=SWEPT, default="float32", help="of inputs and answers (float32)")
    parser.add_argument("--implementation", metavar="IMPLEMENTATION", help="what `lossref check` takes; without one, exact answers alone")
    parser.add_argument("--along", default="", metavar="ARGUMENT", help="the argument that goes through all numbers (the first)")
    parser.add_argument("--across", default="", metavar="ARGUMENT", help="a second one, in a format of 8 bits")
    parser.add_argument("--at", action="append", default=[], metavar="NAME=NUMBER", help="fix an argument or a parameter (may be repeated)")
    parser.add_argument("--device", default="", metavar="NAME", help="where tensors of torch are put, such as cuda")
    parser.add_argument("--level", choices=LEVELS, default=DEFAULT_LEVEL, help=f"the least grade that conforms ({DEFAULT_LEVEL})")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="keep each block there, and go on from what it has")
    parser.add_argument("--jobs", type=int, metavar="N", help="processes (all processors; one for formats of 16 bits and less)")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    jobs = given.jobs if given.jobs is not None else (os.cpu_count() or 1) if FORMATS[given.format].width > 16 else 1
    if jobs < 1:
        raise UsageError(f"--jobs must be 1 or more, and is {jobs}")
    try:
        with judging.progress(f"sweeping {given.loss}") as advance:
            report = sweep(
                given.loss, given.implementation, format=given.format, along=given.along, across=given.across, fixed=_fixed(given.at),
                device=given.device, level=given.level, resume=given.resume, jobs=jobs, progress=advance,
            )  # fmt: skip
    except KeyError as error:
        raise UsageError(error.args[0]) from None
    except Errors as error:
        raise UsageError(error) from None
    print_json(report) if given.json else _show(report)
    stale = report["committed"] not in (None, report["exact"])
    return CONFORMS if report["conforms"] and not stale else DIFFERS


def _fixed(typed: Sequence[str]) -> dict[str, float]:
    found = {}
    for word in typed:
        name, _, number = word.partition("=")
        try:
            found[name] = parsed(number)
        except ValueError:
            raise UsageError(f"--at takes a name and a number, such as --at target=1, and is {word}") from None
    return found


def _show(report: Mapping[str, Any]) -> None:
    console = standard_output()
    entry = report["judged"]
    if entry:
        verdict = "conforms" if report["conforms"] else "differs"
        screen.say(console, f"{report['implementation']} {verdict}: {report['title']}, at every input", "bold")
    else:
        screen.say(console, report["title"], "bold")
    alone = f"; {report['alone']:,} of them one by one, where rounding was in doubt" if report["alone"] else ""
    screen.say(console, f"{report['inputs']:,} inputs answered exactly{alone}")
    known = {None: "none is committed to compare with", report["exact"]: "as committed"}.get(report["committed"], "NOT as committed")
    screen.say(console, f"SHA-256 of the exact answers: {report['exact']} ({known})", "dim" if known != "NOT as committed" else "bold red")
    if not entry:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("", "grade", *COLUMNS.values()):
        table.add_column(column, justify="right" if column not in ("", "grade") else "left")
    for part, counts in report["counts"].items():
        grade = text.grade(entry["parts"][part]["grade"]) if part in entry["parts"] else ""
        table.add_row(part, grade, *(_share(counts[name], report["inputs"]) for name in COLUMNS))
    console.print(table)
    for part, digest in report["answers"].items():
        screen.say(console, f"SHA-256 of its answers, {part}: {digest}", "dim")
    for sentence in report["said"]:
        screen.say(console, f"not asked to the end: {sentence}", "bold red")
    screen.show_findings(console, entry, every_part=True)


def _share(count: int, whole: int) -> str:
    """`1,234 (12.3 %)`."""
    return f"{count:,} ({100 * count / whole:.3g} %)" if count else "0"

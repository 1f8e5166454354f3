"""Judge libraries and write what was found: reports/<library>.json, and reports/README.md as a table of them all.

    python scripts/library_reports.py torch scipy        # those installed here; the table is made of all files that lie there
    python scripts/library_reports.py torch --device cuda --limit 'binary_cross_entropy: target is finite'  # torch-cuda.json
    python scripts/library_reports.py --table            # only the table
    KERAS_BACKEND=torch python scripts/library_reports.py keras      # beside the report of the backend that is chosen otherwise

A finding is kept only if its line prints the answer that was judged where it is run without us: all lines of a format in one
fresh process, for importing a framework takes longer than they do, and none of them sees the variables of another.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lossref import files
from lossref.formats import JUDGED
from lossref.judge.measure import PASSABLE
from lossref.report.text import joined

FOLDER = Path(__file__).parent.parent / "reports"
DRAWN = "float64"  # the format whose errors along the inputs are kept, which the site draws
PROFILE = re.compile(r'^( *)"profile": \[\n((?:\1 .*\n)+)\1\]', re.MULTILINE)
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?|nan|-?inf")
TIMEOUT = 600  # seconds that all lines of a format may take: the first use of each function compiles it
ALONE = """
import contextlib, io, json, os, sys
import numpy

lines = json.load(sys.stdin)
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what a library prints by other means than print
numpy.set_printoptions(precision=17)
printed = []
for line in lines:
    if "torch" in line:
        import torch
        torch.set_printoptions(precision=17)
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(line, {})
    except Exception as error:
        print(type(error).__name__, error, line, file=sys.stderr)
    printed.append(out.getvalue())
assert "lossref" not in sys.modules
json.dump(printed, answers)
answers.flush()
"""


def judged(library: str, form: str, more: Sequence[str]) -> dict[str, Any] | None:
    """The report of `lossref check`, by the command line; None where the library takes nothing of the format."""
    command = [sys.executable, "-m", "lossref", "check", library, "--format", form, "--json", "--worst", "1", *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    nothing = ("takes none of the vectors", f"and not in {form}", f"computes none of these losses in {form}")
    if any(words in done.stderr for words in nothing):
        return None
    if not done.stdout:
        sys.exit(f"lossref check {library}: {done.stderr.strip()}")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def printed_alone(lines: Sequence[str]) -> list[str]:
    """What each line prints in a process that knows nothing of us, told only to print all digits."""
    command = [sys.executable, "-W", "ignore", "-c", ALONE]
    done = subprocess.run(command, input=json.dumps(lines), capture_output=True, text=True, timeout=TIMEOUT)
    if done.returncode:
        sys.exit(f"the lines that show findings end a process: {done.stderr.strip()}")
    answers: list[str] = json.loads(done.stdout)
    return answers


def reproduces(finding: dict[str, Any], printed: str) -> bool:
    """The number that was judged is among those that are printed."""
    numbers = [float(x) for x in NUMBER.findall(re.sub(r",? *dtype=[a-z.0-9]+|float\d+", "", printed))]
    got = float(finding["got"]["decimal"])
    return any(np.isclose(x, got, rtol=1e-6, atol=0, equal_nan=True) for x in numbers)


def findings(report: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """The worst answer of each loss and part that fails by the library's own doing, and that its line shows."""
    found = {}
    for entry in report["losses"]:
        for part, judged_part in entry["parts"].items():
            for worst in judged_part["worst"][:1]:
                if worst["grade"] not in PASSABLE and not entry["composed"] and isinstance(worst["got"], dict):
                    found[entry["loss"], part] = worst
    lines = printed_alone([worst["line"] for worst in found.values()])
    fields = ("id", "inputs", "label", "got", "exact", "line")
    shown = zip(found.items(), lines, strict=True)
    return {place: {name: worst[name] for name in fields} for (place, worst), printed in shown if reproduces(worst, printed)}


def losses(report: dict[str, Any], form: str) -> list[dict[str, Any]]:
    kept = findings(report)
    rows = []
    for entry in report["losses"]:
        row = {name: entry[name] for name in ("loss", "composed", "vectors", "calls", "refused", "broke")} | {"parts": {}}
        for part, found in entry["parts"].items():
            row["parts"][part] = {
                **{name: found[name] for name in ("grade", "mathematics", "digits_left", "worst_E1", "lost")},
                "calls": found["regions"].get("reduction"), "special": found["regions"].get("special"),
                "finding": kept.get((entry["loss"], part)),
                **({"profile": found["profile"]} if form == DRAWN else {}),
            }
        rows.append(row)
    return rows


def write(library: str, device: str, limits: Sequence[str], forms: Sequence[str]) -> None:
    more = [*([f"--device={device}"] if device else []), *(f"--limit={limit}" for limit in limits)]
    asked = {form: judged(library, form, more) for form in forms}
    reports = {form: report for form, report in asked.items() if report}
    first = next(iter(reports.values()))
    content = {
        "library": " on ".join(filter(None, (first["title"], device))),
        "platform": f"{platform.machine()} {platform.system()}, Python {platform.python_version()}, NumPy {np.__version__}",
        "machine": first["machine"] | ({"device": _named(device)} if device else {}),
        "limits": list(limits),
        "golden": first["golden"],
        "formats": {form: losses(report, form) for form, report in reports.items()},
    }
    FOLDER.mkdir(exist_ok=True)
    backend = os.environ.get("KERAS_BACKEND") if library == "keras" else None
    path = FOLDER / f"{'-'.join(filter(None, (library, backend, device)))}.json"
    files.write(path, written(content) + "\n")


def written(content: dict[str, Any]) -> str:
    """As JSON, a profile on a line: with a line a number they would be most of the file."""
    return PROFILE.sub(lambda found: f'{found[1]}"profile": [{"".join(found[2].split())}]', json.dumps(content, indent=1))


def _named(device: str) -> str:
    """What is behind a device of torch's."""
    import torch

    return torch.cuda.get_device_name(device) if device.startswith("cuda") else device


def table() -> str:
    """All reports as one page: grades by loss and library, of single examples and of whole calls, then lines that show each fault."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))]
    lines = [
        "# What libraries get right", "",
        "Value / gradient (/ Hessian diagonal) as the library documents them, and by the formula where that differs; lost tails in",
        "brackets; the grades are explained in the README. Written by",
        "`scripts/library_reports.py`; the JSON files beside this page have the inputs bit for bit. Keras computes much of float64 in",
        "float32 except on TensorFlow, by design; its float64 column says what that costs.",
    ]  # fmt: skip
    lines += [f"\n{report['library']} is asked only where: {'; '.join(report['limits'])}." for report in found if report.get("limits")]
    had = [form for form in JUDGED if any(form in report["formats"] for report in found)]
    for form in had:
        lines += ["", f"## {form}", "", *_grid(found, form, _cell)]
    lines += [
        "", "## Whole calls", "",
        "Reductions, weights, ignored targets, masks, smoothing and upstream gradients: value / gradient, and how many of the golden calls",
        "have options that the library has too. These are part of the grades above.",
    ]  # fmt: skip
    for form in had:
        lines += ["", f"### {form}", "", *_grid(found, form, _call_cell)]
    lines += ["", "## Lines that show it", ""]
    for report in found:
        lines += [report["library"], "", *(f"- {words}\n\n      {line}\n" for words, line in faults(report))]
    return "\n".join(lines) + "\n"


def _grid(reports: Sequence[dict[str, Any]], form: str, cell: Callable[[dict[str, Any]], str]) -> Iterator[str]:
    """A row a loss, a column a library that has any."""
    rows = [{row["loss"]: cell(row) for row in report["formats"].get(form, [])} for report in reports]
    columns = [(report["library"], cells) for report, cells in zip(reports, rows, strict=True) if any(cells.values())]
    yield "| loss | " + " | ".join(library for library, _ in columns) + " |"
    yield "| --- |" + " --- |" * len(columns)
    for name in sorted({name for _, cells in columns for name in cells}):
        yield f"| `{name}` | " + " | ".join(cells.get(name, "") for _, cells in columns) + " |"


def faults(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each fault in float64 in words, and a line of the library's own that shows it."""
    for row in report["formats"].get("float64", []):
        for part, cell in row["parts"].items():
            if (finding := cell["finding"]) and not row["composed"]:
                exact = finding["exact"]
                right = exact["decimal"] if isinstance(exact, dict) else " to ".join(str(end["decimal"]) for end in exact)
                yield f"{row['loss']} {part} ({cell['grade']}): {finding['got']['decimal']}, exactly {right}", finding["line"]


def _cell(row: dict[str, Any]) -> str:
    if not row["parts"]:
        return ""
    lost = sum(cell["lost"] for cell in row["parts"].values())
    grades, by_formula = (joined(row["parts"], key) for key in ("grade", "mathematics"))
    beside = f", by the formula {by_formula}" if by_formula != grades else ""
    return grades + (f" ({lost})" if lost else "") + beside + (" composed" if row["composed"] else "")


def _call_cell(row: dict[str, Any]) -> str:
    if not row["calls"]:
        return ""
    grades = "/".join(row["parts"].get(part, {}).get("calls") or "-" for part in ("value", "gradient"))
    return f"{grades}, {row['calls']}" + (" composed" if row["composed"] else "")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("libraries", nargs="*", metavar="LIBRARY")
    parser.add_argument("--table", action="store_true", help="only write the table of the reports that lie there")
    parser.add_argument("--device", default="", help="where the tensors of torch are put; the report is one beside that of the processor")
    parser.add_argument("--limit", action="append", default=[], metavar="'LOSS: SENTENCE'", help="as for lossref check (may be repeated)")
    parser.add_argument("--format", action="append", choices=JUDGED, help="a format to judge in (all; may be repeated)")
    given = parser.parse_args()
    for library in given.libraries:
        write(library, given.device, given.limit, given.format or JUDGED)
    files.write(FOLDER / "README.md", table())
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Judge libraries and write what was found: reports/<library>.json, and reports/README.md as a table of them all.

    python scripts/library_reports.py torch scipy        # those installed here; the table is made of all files that lie there
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
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lossref.golden import SHIPPED_FORMATS
from lossref.judge.verdict import PARTS, PASSABLE

FOLDER = Path(__file__).parent.parent / "reports"
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


def judged(what: str, target: str, form: str) -> dict[str, Any]:
    """The report of `lossref check` or `lossref calls`, by the command line; empty where a library makes no calls."""
    command = [sys.executable, "-m", "lossref", what, target, "--format", form, "--json", "--worst", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout and what == "calls" and "makes no calls" in done.stderr:
        return {"losses": []}
    if not done.stdout:
        sys.exit(f"lossref {what} {target}: {done.stderr.strip()}")
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
    """The number that was judged is printed in its place."""
    numbers, place = NUMBER.findall(printed.split("dtype")[0]), finding["component"] or 0
    got = float(finding["got"]["decimal"])
    return len(numbers) > place and bool(np.isclose(float(numbers[place]), got, rtol=1e-6, atol=0, equal_nan=True))


def findings(report: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """The worst vector of each loss and part that fails by the library's own doing, and that its line shows."""
    found = {}
    for entry in report["losses"]:
        for part, judged_part in entry["parts"].items():
            for worst in judged_part["worst"][:1]:
                if worst["grade"] not in PASSABLE and not entry["composed"] and isinstance(worst["got"], dict):
                    found[entry["loss"], part] = worst
    lines = printed_alone([worst["line"] for worst in found.values()])
    fields = ("id", "inputs", "component", "got", "exact", "line")
    shown = zip(found.items(), lines, strict=True)
    return {place: {name: worst[name] for name in fields} for (place, worst), printed in shown if reproduces(worst, printed)}


def call_reproduces(worst: dict[str, Any], printed: str) -> bool:
    """A line prints the value, then the gradient: the part that was judged is what it was judged as."""
    numbers = [float(x) for x in NUMBER.findall(re.sub(r",? *dtype=[a-z.0-9]+|float\d+", "", printed))]
    if not isinstance(worst["got"], list) or not worst["got"]:
        return False
    got = [float(x) for x in worst["got"]]
    found = numbers[: len(got)] if worst["part"] == "value" else numbers[-len(got) :]
    return len(found) == len(got) and bool(np.allclose(found, got, rtol=1e-6, atol=0, equal_nan=True))


def calls(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The grades of whole calls, and the worst call of each loss that its line shows."""
    worst = {entry["loss"]: entry["worst"][0] for entry in report["losses"] if entry["worst"] and not entry["composed"]}
    lines = printed_alone([call["line"] for call in worst.values()])
    shown = {loss: call for (loss, call), printed in zip(worst.items(), lines, strict=True) if call_reproduces(call, printed)}
    fields = ("id", "part", "flag", "options", "got", "exact", "line")
    names = ("loss", "composed", "value", "gradient", "range", "special", "calls", "refused")
    return [
        {name: entry[name] for name in names}
        | {"finding": {name: shown[entry["loss"]][name] for name in fields} if entry["loss"] in shown else None}
        for entry in report["losses"]
    ]


def losses(report: dict[str, Any]) -> list[dict[str, Any]]:
    kept = findings(report)
    rows = []
    for entry in report["losses"]:
        row = {"loss": entry["loss"], "composed": entry["composed"], "vectors": entry["vectors"], "broke": entry["broke"], "parts": {}}
        for part, found in entry["parts"].items():
            row["parts"][part] = {
                "grade": found["grade"], "worst_E1": found["worst_E1"], "lost": found["lost"],
                "finding": kept.get((entry["loss"], part)),
            }
        rows.append(row)
    return rows


def write(target: str) -> None:
    reports = {form: judged("check", target, form) for form in SHIPPED_FORMATS}
    first = next(iter(reports.values()))
    content = {
        "library": first["title"],
        "platform": f"{platform.machine()} {platform.system()}, Python {platform.python_version()}, NumPy {np.__version__}",
        "golden": first["golden"],
        "formats": {form: losses(report) for form, report in reports.items()},
        "calls": {form: calls(judged("calls", target, form)) for form in SHIPPED_FORMATS},
    }
    FOLDER.mkdir(exist_ok=True)
    backend = os.environ.get("KERAS_BACKEND") if target == "keras" else None
    path = FOLDER / f"{'-'.join(filter(None, (target, backend)))}.json"
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    beside.replace(path)


def table() -> str:
    """All reports as one page: grades by loss and library, of single examples and of whole calls, then lines that show each fault."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))]
    lines = [
        "# What libraries get right", "",
        "Value / gradient (/ Hessian diagonal), lost tails in brackets; the grades are explained in the README. Written by",
        "`scripts/library_reports.py`; the JSON files beside this page have the inputs bit for bit. Keras computes much of float64 in",
        "float32 except on TensorFlow, by design; its float64 column says what that costs.",
    ]  # fmt: skip
    for form in SHIPPED_FORMATS:
        lines += ["", f"## {form}", "", *_grid(found, "formats", form, _cell)]
    lines += [
        "", "## Whole calls", "",
        "Reductions, weights, ignored targets, masks, smoothing and upstream gradients: value / gradient, in brackets the column",
        "`special` (weights of 0 on NaN), then how many of the golden calls have options that the library has too.",
    ]  # fmt: skip
    for form in SHIPPED_FORMATS:
        lines += ["", f"### {form}", "", *_grid(found, "calls", form, _call_cell)]
    lines += ["", "## Lines that show it", ""]
    for report in found:
        lines += [report["library"], "", *_shown_by(report)]
    return "\n".join(lines) + "\n"


def _grid(reports: Sequence[dict[str, Any]], what: str, form: str, cell: Callable[[dict[str, Any]], str]) -> Iterator[str]:
    """A row a loss, a column a library that has any."""
    rows = [{row["loss"]: cell(row) for row in report[what][form]} for report in reports]
    columns = [(report["library"], cells) for report, cells in zip(reports, rows, strict=True) if any(cells.values())]
    yield "| loss | " + " | ".join(library for library, _ in columns) + " |"
    yield "| --- |" + " --- |" * len(columns)
    for name in sorted({name for _, cells in columns for name in cells}):
        yield f"| `{name}` | " + " | ".join(cells.get(name, "") for _, cells in columns) + " |"


def _shown_by(report: dict[str, Any]) -> Iterator[str]:
    """A line of the library's own for each fault."""
    for row in report["formats"]["float64"]:
        for part, cell in row["parts"].items():
            if (finding := cell["finding"]) and not row["composed"]:
                exact = finding["exact"]
                right = exact["decimal"] if isinstance(exact, dict) else " to ".join(str(end["decimal"]) for end in exact)
                got = finding["got"]["decimal"]
                yield f"- {row['loss']} {part} ({cell['grade']}): {got}, exactly {right}\n\n      {finding['line']}\n"
    for call in report["calls"]["float64"]:
        if finding := call["finding"]:
            options = ", ".join(f"{name} {x}" for name, x in finding["options"].items())
            got, right = (", ".join(map(str, finding[key][:4])) for key in ("got", "exact"))
            yield f"- {call['loss']}, {finding['part']} with {options}: {got}, exactly {right}\n\n      {finding['line']}\n"


def _cell(row: dict[str, Any]) -> str:
    if not row["parts"]:
        return ""
    parts = [row["parts"].get(part) for part in PARTS if part != "hessian" or part in row["parts"]]
    lost = sum(cell["lost"] for cell in parts if cell)
    grades = "/".join(cell["grade"] if cell else "-" for cell in parts)
    return grades + (f" ({lost})" if lost else "") + (" composed" if row["composed"] else "")


def _call_cell(row: dict[str, Any]) -> str:
    special = f" ({row['special']})" if row["special"] else ""
    return f"{row['value'] or '-'}/{row['gradient'] or '-'}{special}, {row['calls']}" + (" composed" if row["composed"] else "")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--table", action="store_true", help="only write the table of the reports that lie there")
    given = parser.parse_args()
    for target in given.targets:
        write(target)
    (FOLDER / "README.md").write_text(table(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

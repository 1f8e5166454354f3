"""Judge libraries and write what was found: reports/<library>.json, and reports/README.md as a table of them all.

    python scripts/library_reports.py torch scipy        # those installed here; the table is made of all files that lie there
    python scripts/library_reports.py --table            # only the table

A finding is kept only if its line, run in a process of its own, prints the answer that was judged.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track

from lossref.golden import SHIPPED_FORMATS
from lossref.judge.verdict import PARTS, PASSABLE

FOLDER = Path(__file__).parent.parent / "reports"
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?|nan|-?inf")
TIMEOUT = 120  # seconds that a printed line may take: importing a framework is most of it


def judged(target: str, form: str) -> dict[str, Any]:
    """The report of one check, by the command line."""
    command = [sys.executable, "-m", "lossref", "check", target, "--format", form, "--json", "--worst", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout:
        sys.exit(f"lossref check {target}: {done.stderr.strip()}")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def reproduces(finding: dict[str, Any]) -> bool:
    """The line alone, told only to print all digits, prints the number that was judged in its place."""
    if not isinstance(finding["got"], dict):
        return False
    line = finding["line"]
    digits = [f"import {name}; {name}.set_printoptions(precision=17)" for name in ("numpy", "torch") if name == "numpy" or name in line]
    code = "; ".join([*digits, line])
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=TIMEOUT)
    printed = NUMBER.findall(done.stdout.split("dtype")[0])
    place = finding["component"] or 0
    got = float(finding["got"]["decimal"])
    return len(printed) > place and bool(np.isclose(float(printed[place]), got, rtol=1e-6, atol=0, equal_nan=True))


def losses(report: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for entry in track(report["losses"], description=report["title"], console=Console(stderr=True)):
        row = {"loss": entry["loss"], "composed": entry["composed"], "vectors": entry["vectors"], "broke": entry["broke"], "parts": {}}
        for part, found in entry["parts"].items():
            worst = found["worst"][0] if found["worst"] else None
            plain = worst is not None and worst["grade"] not in PASSABLE and not entry["composed"]  # else it may be our own doing
            kept = worst is not None and plain and reproduces(worst)
            fields = ("id", "inputs", "component", "got", "exact", "line")
            finding = {name: worst[name] for name in fields} if kept and worst else None
            row["parts"][part] = {
                "grade": found["grade"], "worst_E1": found["worst_E1"], "lost": found["lost"], "finding": finding,
            }
        rows.append(row)
    return rows


def write(target: str) -> None:
    reports = {form: judged(target, form) for form in SHIPPED_FORMATS}
    first = next(iter(reports.values()))
    content = {
        "library": first["title"],
        "platform": f"{platform.machine()} {platform.system()}, Python {platform.python_version()}, NumPy {np.__version__}",
        "golden": first["golden"],
        "formats": {form: losses(report) for form, report in reports.items()},
    }
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{target}.json"
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    beside.replace(path)


def table() -> str:
    """All reports as one page: grades by loss and library, then a line that shows each fault."""
    found = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
    names = sorted({row["loss"] for report in found.values() for row in report["formats"]["float64"]})
    lines = [
        "# What libraries get right", "",
        "Value / gradient (/ Hessian diagonal) in float64, lost tails in brackets; the grades are explained in the README. Written by",
        "`scripts/library_reports.py`; the JSON files beside this page have float32 too, and the inputs bit for bit.", "",
        "| loss | " + " | ".join(report["library"] for report in found.values()) + " |",
        "| --- |" + " --- |" * len(found),
    ]
    for name in names:
        cells = [_cell(_row(report, name, "float64")) or _cell(_row(report, name, "float32"), " in float32") for report in found.values()]
        lines.append(f"| `{name}` | " + " | ".join(cells) + " |")
    lines += ["", "## Lines that show it", ""]
    for report in found.values():
        lines += [f"{report['library']}", ""]
        for row in report["formats"]["float64"]:
            for part, cell in row["parts"].items():
                if cell["finding"] and not row["composed"]:
                    exact = cell["finding"]["exact"]
                    right = exact["decimal"] if isinstance(exact, dict) else " to ".join(str(end["decimal"]) for end in exact)
                    lines.append(
                        f"- {row['loss']} {part} ({cell['grade']}): {cell['finding']['got']['decimal']}, exactly {right}"
                        f"\n\n      {cell['finding']['line']}\n"
                    )
    return "\n".join(lines) + "\n"


def _row(report: dict[str, Any], loss: str, form: str) -> dict[str, Any] | None:
    """The row of a loss, if it was judged in that format."""
    return next((row for row in report["formats"][form] if row["loss"] == loss and row["parts"]), None)


def _cell(row: dict[str, Any] | None, remark: str = "") -> str:
    if row is None:
        return ""
    parts = [row["parts"].get(part) for part in PARTS if part != "hessian" or part in row["parts"]]
    lost = sum(cell["lost"] for cell in parts if cell)
    grades = "/".join(cell["grade"] if cell else "-" for cell in parts)
    return grades + (f" ({lost})" if lost else "") + (" composed" if row["composed"] else "") + remark


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

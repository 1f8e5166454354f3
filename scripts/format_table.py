"""Write into docs/formats.md how a library does in each format: the grade of each loss, and how many answers it loses.

    python scripts/format_table.py torch          from the recorded reports in reports/formats/, which --run makes anew
    python scripts/format_table.py torch --run
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lossref import catalog, files
from lossref.judge.measure import LEVELS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs" / "formats.md"
REPORTS = ROOT / "reports" / "formats"
FORMATS = ("float64", "float32", "bfloat16", "float16")
Report = Mapping[str, Any]


def kept(report: Report) -> dict[str, Any]:
    """What the table needs of a check's report: which run it was, and grades and lost answers of each loss that decides."""
    losses = {
        entry["loss"]: {part: [found["grade"], found["lost"]] for part, found in entry["parts"].items()}
        for entry in report["losses"]
        if entry["decides"]
    }
    return {name: report[name] for name in ("title", "format", "golden", "fresh", "machine", "lost")} | {"losses": losses}


def run(library: str, form: str) -> None:
    """Check the library in a format, and keep what the table needs."""
    command = [sys.executable, "-m", "lossref", "check", library, "--format", form, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    files.make_folder(REPORTS)
    files.write(REPORTS / f"{library}.{form}.json", json.dumps(kept(json.loads(done.stdout)), indent=1) + "\n")


def read(library: str) -> dict[str, Report]:
    """The recorded reports of a library by format."""
    return {form: json.loads((REPORTS / f"{library}.{form}.json").read_text(encoding="utf-8")) for form in FORMATS}


def worst(entry: Report) -> str:
    """The lower grade of value and gradient."""
    return max((str(entry[part][0]) for part in ("value", "gradient") if part in entry), key=LEVELS.index)


def summary(reports: Mapping[str, Report]) -> list[str]:
    """A line a format: how many losses have each grade, by their lower one of value and gradient, and how many answers are lost."""
    lines = [f"| format | losses | {' | '.join(LEVELS)} | lost answers |", f"|---|---:|{'---:|' * len(LEVELS)}---:|"]
    for form, report in reports.items():
        counts = Counter(map(worst, report["losses"].values()))
        cells = [str(counts[level] or "") for level in LEVELS]
        lines.append(f"| {form} | {len(report['losses'])} | {' | '.join(cells)} | {report['lost']:,} |")
    return lines


def table(reports: Mapping[str, Report]) -> list[str]:
    """A line a loss: grades of value and gradient in each format, and how many answers it loses there."""
    lines = [f"| loss | {' | '.join(reports)} |", f"|---|{'---|' * len(reports)}"]
    for name in catalog.names():
        cells = []
        for report in reports.values():
            entry = report["losses"].get(name, {})
            lost = sum(entry[part][1] for part in ("value", "gradient") if part in entry)
            grades = "/".join(entry[part][0] for part in ("value", "gradient") if part in entry)
            cells.append(f"{grades}{f', {lost} lost' if lost else ''}")
        if any(cells):
            lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def put(path: Path, mark: str, lines: Sequence[str]) -> str:
    """The text of a file with lines between the two places of a mark."""
    before, _, rest = path.read_text(encoding="utf-8").partition(f"<!-- {mark} -->\n")
    _, end, after = rest.partition(f"<!-- end of {mark} -->")
    return f"{before}<!-- {mark} -->\n" + "\n".join(lines) + f"\n{end}{after}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", metavar="LIBRARY")
    parser.add_argument("--run", action="store_true", help="check the library anew, which takes minutes")
    given = parser.parse_args()
    for form in FORMATS if given.run else ():
        run(given.library, form)
    reports = read(given.library)
    files.write(DOCS, put(DOCS, f"{given.library} by format", [*summary(reports), "", *table(reports)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())

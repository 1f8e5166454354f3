"""Write the table of our own accuracy into docs/accuracy.md: worst E1 by loss and part, measured here. Run with --check to compare."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from lossref import catalog, files, golden
from lossref.formats import FLOAT64
from lossref.implementations import resolve
from lossref.judge.verdict import judge
from lossref.spec import PARTS

PAGE = Path(__file__).parent.parent / "docs" / "accuracy.md"
START, END = "<!-- accuracy: written by scripts/accuracy_table.py -->", "<!-- accuracy: end -->"


def rows(names: Sequence[str] = catalog.names()) -> list[tuple[str, ...]]:
    """(loss, then grade and worst E1 of value, gradient and Hessian), a loss at a time."""
    ours = resolve("lossref")
    found = []
    for name in names:
        verdict = judge(catalog.get(name), ours.implementations[name], golden.read(catalog.get(name), FLOAT64), FLOAT64)
        cells = [
            f"{verdict.parts[part].headline(strict=True)}, {verdict.parts[part].E1:.2g}" if part in verdict.parts else "-"
            for part in PARTS
        ]
        found.append((f"`{name}`", *cells, str(verdict.vectors)))
    return found


def table() -> str:
    head = ("loss", "value", "gradient", "Hessian diagonal", "vectors")
    lines = [head, ("---",) * len(head), *rows()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether docs/accuracy.md is up to date")
    given = parser.parse_args()
    old = PAGE.read_text(encoding="utf-8")
    new = re.sub(f"{START}.*?{END}", lambda _: f"{START}\n{table()}\n{END}", old, flags=re.DOTALL)
    if given.check:
        print("docs/accuracy.md is up to date" if new == old else "docs/accuracy.md is stale: run scripts/accuracy_table.py")
        return int(new != old)
    files.write(PAGE, new)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Reports side by side: a row a loss, a column an implementation in a format; and two reports, what of one is worse in the other."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from lossref import schemas
from lossref.bits import Shown
from lossref.judge.measure import LEVELS, worst
from lossref.report import text
from lossref.spec import PARTS

Entry = Mapping[str, Any]
LIMIT = 1 << 26  # bytes of a report: some fifty times what a library with all losses takes
SCHEMA = Path(__file__).with_name("report.schema.json")


class ReportError(Exception):
    """A file is no report; one sentence."""


@dataclass(frozen=True)
class Cell:
    """What an implementation does with a loss. `grades` are those of value/gradient/Hessian, also `by_formula` where that differs; `ulps`
    are the most of all parts. Of one that broke there is only that sentence."""

    grades: str
    by_formula: str
    grade: str
    ulps: float
    lost: int
    conforms: bool
    composed: str
    broke: str

    @property
    def words(self) -> str:
        """For a table of plain text."""
        if self.broke:
            return "broke"
        notes = [f"{self.lost} lost"] if self.lost else []
        notes += [f"by the formula {self.by_formula}"] if self.by_formula else []
        return self.grades + (f" ({', '.join(notes)})" if notes else "") + (" composed" if self.composed else "")

    @property
    def rank(self) -> int:
        """Larger is worse."""
        return len(LEVELS) if self.broke else LEVELS.index(self.grade)


@dataclass(frozen=True)
class League:
    """The reports, what their columns are called, and by loss a cell for each; None where an implementation has no such loss."""

    reports: tuple[Mapping[str, Any], ...]
    columns: tuple[str, ...]
    rows: Mapping[str, tuple[Cell | None, ...]]


def read(path: Path) -> dict[str, Any]:
    """What `lossref check --json` printed; ReportError for all else."""
    try:
        if path.stat().st_size > LIMIT:
            raise ReportError(f"{path} is larger than the {LIMIT >> 20} MiB that are read")
        found = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refused)
    except OSError as error:
        raise ReportError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise ReportError(f"{path} is no JSON text: {str(error)[:200]}") from None
    if complaint := _complaint()(found):
        raise ReportError(f"{path} is no report of `lossref check --json`: {complaint}")
    report: dict[str, Any] = found
    return report


def league(reports: Sequence[Mapping[str, Any]]) -> League:
    """The table of some reports; formats are named where there are several."""
    several = len({report["format"] for report in reports}) > 1
    columns = tuple(f"{report['title']}{' in ' + report['format'] if several else ''}" for report in reports)
    entries = [{entry["loss"]: entry for entry in report["losses"]} for report in reports]
    names = sorted({name for found in entries for name in found})
    rows = {name: tuple(_cell(found[name]) if name in found else None for found in entries) for name in names}
    return League(tuple(reports), columns, rows)


def markdown(table: League) -> str:
    """The table as GitHub and others show it."""
    lines = ["| loss | " + " | ".join(map(_escaped, table.columns)) + " |", "| --- |" + " --- |" * len(table.columns)]
    for name, cells in table.rows.items():
        lines.append(f"| `{name}` | " + " | ".join(_escaped(cell.words) if cell else "" for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def badge(report: Mapping[str, Any]) -> str:
    """An SVG picture of a line: the name, the best level that passes everywhere, and how many answers are lost."""
    grade = "F" if report["broke"] else report["best_level"] or "F"
    lost = f", {report['lost']} lost" if report["lost"] else ""
    words = "broke" if report["broke"] else f"{grade} in {report['format']}{lost}"
    colours = {"C": "#8a6100", "D": "#b3261e", "F": "#b3261e"}
    wide, beside = 56, 14 + 7 * len(words)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide + beside}" height="20" role="img" aria-label="lossref: {words}">'
        f'<rect width="{wide + beside}" height="20" rx="3" fill="#444"/>'
        f'<path d="M{wide} 0h{beside - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{beside - 3}z" fill="{colours.get(grade, "#2e7d32")}"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{wide / 2}" y="14">lossref</text><text x="{wide + beside / 2}" y="14">{words}</text></g></svg>\n'
    )


def compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """By loss and part what changed from one report to another: grades, answers lost, losses that came, went or broke."""
    old, new = ({entry["loss"]: entry for entry in report["losses"]} for report in (before, after))
    changes = [
        change for name in sorted(old.keys() & new.keys()) for part in ("", *PARTS) if (change := _change(name, part, old[name], new[name]))
    ]
    return {
        "before": before["title"],
        "after": after["title"],
        "format": after["format"],
        "worse": [change for change in changes if change["is_worse"]],
        "better": [change for change in changes if not change["is_worse"]],
        "gone": sorted(old.keys() - new.keys()),
        "new": sorted(new.keys() - old.keys()),
        "same": len(old.keys() & new.keys()) - len({change["loss"] for change in changes}),
    }


def _change(name: str, part: str, was: Entry, now: Entry) -> dict[str, Any] | None:
    """What is another grade, or another number of answers lost; of no part, whether it broke."""
    if not part:
        before, after = (f"broke: {entry['broke']}" if entry["broke"] else "answered" for entry in (was, now))
        return _described(name, "", before, after, bool(now["broke"])) if bool(was["broke"]) != bool(now["broke"]) else None
    if was["broke"] or now["broke"] or not (part in was["parts"] or part in now["parts"]):
        return None
    if part not in was["parts"] or part not in now["parts"]:
        before, after = (_graded(entry["parts"][part]) if part in entry["parts"] else "none" for entry in (was, now))
        return _described(name, part, before, after, part in was["parts"])
    ranks = [(LEVELS.index(entry["parts"][part]["grade"]), entry["parts"][part]["lost"]) for entry in (was, now)]
    if ranks[0] == ranks[1]:
        return None
    return _described(name, part, _graded(was["parts"][part]), _graded(now["parts"][part]), ranks[1] > ranks[0])


def _described(name: str, part: str, was: str, now: str, is_worse: bool) -> dict[str, Any]:
    return {"loss": name, "part": part, "was": was, "now": now, "is_worse": is_worse}


def _graded(part: Entry) -> str:
    return f"{part['grade']}{', ' + str(part['lost']) + ' lost' if part['lost'] else ''}"


def _cell(entry: Entry) -> Cell:
    there = list(entry["parts"].values())
    grades, by_formula = (text.joined(entry["parts"], key) for key in ("grade", "mathematics"))
    return Cell(
        grades=grades,
        by_formula=by_formula if by_formula != grades else "",
        grade=worst([part["grade"] for part in there]) if there else "F",
        ulps=max((float(part["worst_E1"]) for part in there), default=math.inf),
        lost=sum(part["lost"] for part in there),
        conforms=entry["conforms"],
        composed=entry["composed"],
        broke=entry["broke"] or ("" if there else "nothing was answered"),
    )


def ulps(x: float) -> str:
    """Of two digits."""
    return f"{Shown(x):.2g}" if math.isfinite(x) else "infinitely many"


def _escaped(words: str) -> str:
    return words.replace("|", "\\|")


def _refused(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")


@cache
def _complaint() -> schemas.Check:
    whole = json.loads(SCHEMA.read_text(encoding="utf-8"))
    definitions = whole.pop("definitions")
    return schemas.reader({"definitions": {**definitions, "report": whole}}, "report")

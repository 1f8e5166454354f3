"""Reports as one page that needs nothing beside it: a league table, and for each loss what it is, how far off each implementation is
along its inputs, and the worst answers with the lines that reproduce them."""

from __future__ import annotations

import inspect
import math
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import jinja2

from lossref import __version__, catalog
from lossref.judge.measure import E2_OF_B, LEVELS, MEANING
from lossref.report import league, mathml, text
from lossref.report.finding import DRAWN_ERRORS, DRAWN_INPUTS
from lossref.report.screen import judged_by
from lossref.spec import PARTS

Entry = Mapping[str, Any]
WIDTH, LEFT, BELOW = 460, 56, 36
LEAST, MOST = DRAWN_ERRORS
ALONE, ROW, NAMED = 174, 44, 24  # heights of what one implementation is drawn in, alone or of several each, and of its name above
CAPTION = (
    "An ulp is widened here by what the rounding of the inputs moves the answer. In the shaded band is all that level B allows; at 0 the "
    "answer is the correctly rounded one. Each point is the worst of its stretch."
)
NAME = 44  # characters of a name that have room beside the error


@dataclass(frozen=True)
class Strip:
    """The errors of one implementation along the inputs, both logarithmic, as paths of an SVG picture."""

    name: str
    worst: str
    top: float
    bottom: float
    up: tuple[tuple[float, str], ...]  # where an error is, and how it is written
    allowed: float  # the height up to which level B goes
    within: str  # the path of the points there
    beyond: str


@dataclass(frozen=True)
class Picture:
    """The errors of some implementations, one below the other: where several are wrong alike, points would lie on points."""

    edges: ClassVar = (LEFT, WIDTH - 8)  # left and right of what is drawn in
    part: str
    strips: tuple[Strip, ...]
    across: tuple[tuple[float, str], ...]  # where an input is, and how it is written
    words: str

    @property
    def size(self) -> tuple[float, float]:
        return WIDTH, self.strips[-1].bottom + BELOW


def of_reports(reports: Sequence[Mapping[str, Any]]) -> str:
    """The page of reports as `league.read` has them."""
    table = league.league(reports)
    return _template("page.html").render(
        table=table,
        version=__version__,
        facts=[(name, report, judged_by(report)) for name, report in zip(table.columns, reports, strict=True)],
        losses=[_loss(name, table) for name in table.rows],
        ulps=league.ulps,
        caption=CAPTION,
        levels=LEVELS,
        meaning=MEANING,
    )


def of_profiles(part: str, profiles: Mapping[str, Sequence[Any]]) -> str:
    """A picture alone, as a piece of HTML: what each name has for a part in its report."""
    found = [(name, _drawn(profile)) for name, profile in profiles.items()]
    return _template("picture.html").render(picture=_picture(part, found))


def _template(name: str) -> jinja2.Template:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    ).get_template(name)  # fmt: skip


def _loss(name: str, table: league.League) -> dict[str, Any]:
    """What the page says of a loss; of one that is not in the catalogue, somebody's own, only how it is judged."""
    entries = [next((entry for entry in report["losses"] if entry["loss"] == name), None) for report in table.reports]
    known = catalog.get(name) if name in catalog.names() else None
    sentence, formulas, conventions = mathml.parts(known.documentation) if known else ("", "", "")
    return {
        "name": name,
        "cells": table.rows[name],
        "sentence": sentence,
        "formulas": mathml.block(formulas) if known else "",
        "conventions": conventions,
        "code": "\n\n".join(source(getattr(known, part)) for part in PARTS if known and getattr(known, part)),
        "hard": {hard.flag: hard.reason for hard in known.hard} if known else {},
        "pictures": list(_pictures(entries, table.columns)),
        "judged": [
            _judged(column, entry, report["level"])
            for column, entry, report in zip(table.columns, entries, table.reports, strict=True)
            if entry
        ],
    }


def _judged(column: str, entry: Entry, level: str) -> dict[str, Any]:
    worst = [wrong for part in entry["parts"].values() for wrong in part["worst"][:1]]
    return {
        "column": column,
        "entry": entry,
        "declared": list(text.declared(entry, level)),
        "findings": [_finding(wrong) for wrong in worst],
    }


def _finding(wrong: Entry) -> dict[str, Any]:
    """A bug report, its line that reproduces it apart."""
    title, *lines = text.lines({name: x for name, x in wrong.items() if name != "command"})
    return {"title": title, "lines": [line.removeprefix("  ") for line in lines], "command": wrong["command"]}


def source(function: Any) -> str:
    return textwrap.dedent(inspect.getsource(function)).rstrip()


def _pictures(entries: Sequence[Entry | None], columns: Sequence[str]) -> Iterator[Picture]:
    """One for each part of which somebody's errors are known."""
    for part in PARTS:
        found = [
            (column, _drawn(entry["parts"][part].get("profile", [])))
            for column, entry in zip(columns, entries, strict=True)
            if entry and part in entry["parts"]
        ]
        if found := [(column, profile) for column, profile in found if profile]:
            yield _picture(part, found)


def _drawn(profile: Sequence[Sequence[Any]]) -> list[tuple[float, float]]:
    """Inputs and errors as numbers, in a report that anybody may have written: an error that is none counts as infinite."""
    pairs = [(float(x), float(error)) for x, error in profile]
    return [(x, math.inf if math.isnan(error) else max(error, 0.0)) for x, error in pairs if math.isfinite(x)]


def _picture(part: str, found: Sequence[tuple[str, Sequence[tuple[float, float]]]]) -> Picture:
    points = [pair for _, profile in found for pair in profile]
    magnitudes = [math.log10(abs(x)) for x, _ in points if x] or [0.0]
    low = max(math.floor(min(magnitudes)), -DRAWN_INPUTS)
    high = max(min(math.ceil(max(magnitudes)), DRAWN_INPUTS), low + 1)
    signs = sorted({(x > 0) - (x < 0) for x, _ in points} - {0}) or [1]
    left, right = Picture.edges
    middle = left if signs == [1] else right if signs == [-1] else (left + right) / 2
    reach = (right - left) / len(signs)

    def across(x: float) -> float:
        if x == 0:
            return middle
        share = (min(max(math.log10(abs(x)), low), high) - low) / (high - low)
        return middle + math.copysign(8 + share * (reach - 16), x)

    step = max(1, -(-(high - low) // (3 if len(signs) > 1 else 6)))
    places = [(sign, k) for sign in signs for k in range(high, low if len(signs) > 1 else low - 1, -step)]
    marks = [(across(sign * 10.0**k), f"{'-' if sign < 0 else ''}{_power(k)}") for sign, k in places]
    marks += [(middle, "0")] if len(signs) > 1 else []
    height = ROW if len(found) > 1 else ALONE
    tops = [k * (NAMED + height) + NAMED for k in range(len(found))]
    strips = tuple(_strip(*pair, top, height, across) for pair, top in zip(found, tops, strict=True))
    worst = [(name, *max(((e, x) for x, e in profile), default=(0.0, 0.0))) for name, profile in found]
    words = "; ".join(f"{name}: at most {league.ulps(e)} ulps{f', at {x:.3g}' if e else ''}" for name, e, x in worst)
    return Picture(part, strips, tuple(marks), words)


def _strip(name: str, profile: Sequence[tuple[float, float]], top: float, height: float, across: Callable[[float], float]) -> Strip:
    def up(error: float) -> float:
        order = min(max(math.log10(error), LEAST), MOST) if error else LEAST
        return top + height - (order - LEAST) / (MOST - LEAST) * height

    def path(is_within: bool) -> str:
        return "".join(f"M{across(x):.0f} {up(error):.0f}h0" for x, error in profile if (error <= E2_OF_B / 2) == is_within)

    step = 4 if height == ALONE else (MOST - LEAST) // 2
    marks = tuple((up(10.0**k), "0" if k == LEAST else _power(k)) for k in range(LEAST, MOST + 1, step))
    worst = league.ulps(max((error for _, error in profile), default=0.0))
    shown = name if len(name) <= NAME else f"{name[: NAME - 1]}\u2026"
    return Strip(shown, worst, top, top + height, marks, up(E2_OF_B / 2), path(True), path(False))


def _power(k: int) -> str:
    return {0: "1", 1: "10"}.get(k, f"1e{k}")

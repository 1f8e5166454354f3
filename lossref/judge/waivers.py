"""Waivers: known failures left out of a grade and shown beside it, each with a reason, a link and a day on which it ends.

A file holds tables `[[waiver]]`. Each names golden vectors (`vectors`, a list of ids, for all parts or for one `part`), or a
`flag` of a `loss` in one `part` (in one `format`, or in all). It is read strictly: what no longer fits fails the run.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from lossref import catalog, golden, strictjson
from lossref.golden.read import listed_bytes
from lossref.judge.measure import meets
from lossref.judge.outcome import Outcome
from lossref.judge.verdict import PartVerdict, Verdict, Waived
from lossref.questions import reasons
from lossref.spec import APART, PARTS

DRAFTED = {"reason": "TODO: why this is tolerated", "link": "TODO: where that is discussed"}  # by lossref.judge.drafts
ALWAYS = {"reason", "link", "expires"}
LONGEST = 2000  # characters of a text
DOTS = 50  # on a line: of a key a.b.c and so on, the standard library keeps every beginning, as many bytes as their square
BY_ID, BY_FLAG = {"vectors", "part"}, {"flag", "loss", "part", "format"}
FILE_LIMIT = 1 << 18  # bytes: some thousand waivers, and what a hostile file makes of them is still read in a second or two


class WaiverError(Exception):
    """A waiver that cannot be read, has expired, or waives nothing; one sentence that names it."""

    def __init__(self, message: object) -> None:
        super().__init__(strictjson.sentence(message))


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """One table of the file; `place` names it in messages. Empty fields leave the choice open."""

    place: str
    reason: str
    link: str
    expires: date
    vectors: tuple[str, ...] = ()
    loss: str = ""
    part: str = ""
    flag: str = ""
    format: str = ""

    def names(self, found: Outcome) -> bool:
        question = found.vector.question
        if self.part not in ("", found.part):
            return False
        here = (self.loss, self.flag) == (question.loss, question.flag) and self.format in ("", question.format)
        return question.id in self.vectors or here


def day(said: str | None) -> date:
    """A day as an option gives it, or the system's; ValueError with the end of a sentence."""
    try:
        return date.fromisoformat(said) if said is not None else date.today()
    except ValueError:
        raise ValueError(f"must be a day such as 2030-12-31, not {said!r}") from None


def read(path: Path, today: date) -> list[Waiver]:
    """The waivers of a file, none of them expired on this day."""
    try:
        with path.open("rb") as file:
            data = file.read(FILE_LIMIT + 1)
        if len(data) > FILE_LIMIT:
            raise WaiverError(f"{path}: longer than the {FILE_LIMIT} bytes that are read")
        if max(line.count(b".") for line in data.split(b"\n")) > DOTS:
            raise WaiverError(f"{path}: a line with more than {DOTS} dots is not read")
        content = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise WaiverError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise WaiverError(f"{path} is not TOML: {strictjson.shown(str(error), 300)}") from None
    if stray := sorted(content.keys() - {"waiver"}):
        raise WaiverError(f"{path}: unknown key {stray[0]!r}; waivers stand in tables [[waiver]]")
    tables = content.get("waiver", [])
    if not (isinstance(tables, list) and all(isinstance(table, dict) for table in tables)):
        raise WaiverError(f"{path}: waivers stand in tables [[waiver]]")
    return [_waiver(f"{path}: waiver {k}", table, today) for k, table in enumerate(tables, start=1)]


def _waiver(place: str, table: Mapping[str, Any], today: date) -> Waiver:
    selector = BY_FLAG if "flag" in table else BY_ID
    if ("flag" in table) == ("vectors" in table):
        raise WaiverError(f"{place} must have either vectors or a flag")
    if stray := sorted(table.keys() - ALWAYS - selector):
        may = ", ".join(sorted(ALWAYS | selector))
        raise WaiverError(f"{place}: unknown key {stray[0]!r}; it may have {may}")
    needed = ALWAYS | ({"loss", "part"} if "flag" in table else set())
    if missing := sorted(needed - table.keys()):
        raise WaiverError(f"{place} has no {missing[0]}")
    for key, x in table.items():
        if key not in ("vectors", "expires") and not (isinstance(x, str) and x.strip() and len(x) <= LONGEST):
            raise WaiverError(f"{place}: {key} must be text, and not empty or above {LONGEST} characters")
    if still := [key for key in DRAFTED if table[key].lstrip().startswith("TODO")]:
        raise WaiverError(f"{place}: its {still[0]} is still that of the draft; say {DRAFTED[still[0]].removeprefix('TODO: ')}")
    if not table["link"].startswith(("https://", "http://")):
        raise WaiverError(f"{place}: link must be an address that starts with https://, not {table['link']!r}")
    ids = table.get("vectors", ())
    if "vectors" in table and not (isinstance(ids, list) and ids and all(isinstance(x, str) for x in ids) and len(set(ids)) == len(ids)):
        raise WaiverError(f"{place}: vectors must be a list of different ids")
    _known(place, table)
    expires = _day(place, table["expires"])
    if expires < today:
        raise WaiverError(f"{place} expired on {expires}: {table['reason']}")
    shown = {key: strictjson.plain(table[key]) for key in ("reason", "link")}
    return Waiver(place=place, **{**table, **shown, "vectors": tuple(ids), "expires": expires})


def _known(place: str, table: Mapping[str, Any]) -> None:
    """Raise WaiverError for a loss, part, format, flag or id that does not exist."""
    choices = {"part": PARTS, "format": golden.SHIPPED_FORMATS, "loss": catalog.names()}
    for key, known in choices.items():
        if table.get(key, known[0]) not in known:
            raise WaiverError(f"{place}: unknown {key} {table[key]!r}")
    if "flag" in table and table["flag"] not in reasons(catalog.get(table["loss"])):
        raise WaiverError(f"{place}: {table['loss']} has no flag {table['flag']!r}")
    for identifier in table.get("vectors", ()):
        if not _place(identifier):
            raise WaiverError(f"{place}: no golden vector has the id {identifier!r}")


def _place(identifier: str) -> tuple[str, str] | None:
    """Loss and format of the vector with this id; the start of an id is none."""
    return _places(golden.folder()).get(identifier)


@cache
def _places(where: Path) -> dict[str, tuple[str, str]]:
    """Loss and format of every id, collected once: a file may name thousands."""
    found: dict[str, tuple[str, str]] = {}
    for path in golden.manifest(where)["files"]:
        name, form, _ = path.rpartition("/")[2].split(".")
        found |= {identifier.decode(): (name, form) for identifier in re.findall(rb'"id":"([0-9a-f]{12})"', listed_bytes(path, where))}
    return found


def _day(place: str, x: Any) -> date:
    if isinstance(x, date) and not isinstance(x, datetime):
        return x
    try:
        return date.fromisoformat(x)
    except (TypeError, ValueError):
        # A number may have more digits than Python prints.
        given = str(x)[:60] if isinstance(x, (str, datetime)) else f"a value of type {type(x).__name__}"
        raise WaiverError(f"{place}: expires must be a day such as 2030-12-31, not {given}") from None


def fails(found: Outcome, level: str, strict: bool) -> bool:
    """Whether an answer counts and is worse than the level."""
    return (strict or found.vector.region not in APART) and not meets(found.grade, level)


def apply(
    waivers: Sequence[Waiver], verdicts: Sequence[Verdict], form: str, level: str, strict: bool, wanted: Sequence[str] = ()
) -> list[Verdict]:
    """The verdicts without the failures that are waived; a waiver that waives nothing is an error.

    Waivers for another format, or for losses that were not `wanted`, wait for the run that judges them.
    """
    used: dict[str, set[str]] = {waiver.place: set() for waiver in waivers}

    def waived(found: PartVerdict) -> PartVerdict:
        by: dict[str, list[Outcome]] = {}
        for outcome in found.outcomes:
            claims = [waiver.place for waiver in waivers if fails(outcome, level, strict) and waiver.names(outcome)]
            if len(claims) > 1:
                raise WaiverError(f"{claims[1]} names vector {outcome.vector.id}, which another one waives already")
            for place in claims:
                by.setdefault(place, []).append(outcome)
                used[place] |= {outcome.vector.id, outcome.vector.question.flag}
        gone = {id(o) for outcomes in by.values() for o in outcomes}
        left = tuple(o for o in found.outcomes if id(o) not in gone)
        if by and all(o.vector.region in APART for o in left):
            loss = found.outcomes[0].vector.question.loss
            raise WaiverError(f"{next(iter(by))} leaves nothing of the {found.part} of {loss} to be graded")
        told = [Waived(tuple(o.vector.id for o in by[w.place]), w.reason, w.link, str(w.expires)) for w in waivers if w.place in by]
        return replace(found, outcomes=left, waived=tuple(told))

    judged = [replace(v, parts={part: waived(found) for part, found in v.parts.items()}) for v in verdicts]
    broke = {v.loss for v in verdicts if v.broke}
    for waiver in waivers:
        for name in waiver.vectors or (waiver.flag,):
            loss, where = (waiver.vectors and _place(name)) or (waiver.loss, waiver.format or form)
            judged_here = where == form and loss not in broke and (not wanted or loss in wanted)
            if judged_here and name not in used[waiver.place]:
                kind = "vector" if waiver.vectors else f"{waiver.part} of {loss} at flag"
                raise WaiverError(f"{waiver.place} no longer matches: {kind} {name} does not fail at level {level}")
    return judged

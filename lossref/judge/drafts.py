"""A file of waivers drafted: what fails now, in as few words as name it; who waives it must still say why."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from lossref.judge.outcome import Outcome
from lossref.judge.verdict import PartVerdict, Verdict, deciding
from lossref.judge.waivers import DRAFTED, fails
from lossref.spec import APART

LASTS = timedelta(days=90)
WIDTH = 120
HEAD = """\
# Drafted by lossref: what {title} fails at level {level} in {form}. Delete what is to be mended, and say of the rest why it
# is tolerated and where that is discussed; `--waivers FILE` refuses a reason or a link that is still the draft's.
"""


def draft(title: str, verdicts: Sequence[Verdict], form: str, level: str, strict: bool, today: date) -> str:
    """The text of a waivers file; empty where nothing fails that can be waived."""
    tables = [table for v in deciding(verdicts) for found in v.parts.values() for table in _part(v.loss, found, form, level, strict, today)]
    broken = [f"\n# {v.loss} broke, which nothing waives\n" for v in deciding(verdicts) if v.broke]
    return "".join([HEAD.format(title=title, level=level, form=form), *tables, *broken]) if tables or broken else ""


def _part(loss: str, found: PartVerdict, form: str, level: str, strict: bool, today: date) -> Iterator[str]:
    """The tables of a part: of its ids, or of the flags at which all fails, so that nothing new can hide; whichever is shorter."""
    failing = [o for o in found.outcomes if fails(o, level, strict)]
    left = [o for o in found.outcomes if o.vector.region not in APART and not fails(o, level, strict)]
    if failing and not left:
        yield f"\n# nothing of the {found.part} of {loss} meets the level: to waive all of it is refused\n"
    elif failing:
        at_fault = {o.vector.question.flag for o in failing} - {o.vector.question.flag for o in left}
        rest = [o for o in failing if o.vector.question.flag not in at_fault]
        ways = [_by_ids(failing, found.part, today)]
        if at_fault:
            whole = _by_flags([o for o in failing if o.vector.question.flag in at_fault], found.part, form, today)
            ways.append(whole + (_by_ids(rest, found.part, today) if rest else ""))
        yield min(ways, key=len)


def _by_ids(failing: Sequence[Outcome], part: str, today: date) -> str:
    ids = textwrap.wrap(", ".join(f'"{o.vector.id}"' for o in failing), WIDTH)
    listed = "\n".join(f"  {line}" for line in ids)
    return _table(failing, f'vectors = [\n{listed}\n]\npart = "{part}"\n', today)


def _by_flags(failing: Sequence[Outcome], part: str, form: str, today: date) -> str:
    by_flag: dict[str, list[Outcome]] = {}
    for o in failing:
        by_flag.setdefault(o.vector.question.flag, []).append(o)
    names = (("loss", failing[0].vector.question.loss), ("part", part), ("format", form))
    same = "".join(f'{key} = "{value}"\n' for key, value in names)
    return "".join(_table(found, f'flag = "{flag}"\n{same}', today) for flag, found in by_flag.items())


def _table(failing: Sequence[Outcome], selector: str, today: date) -> str:
    grades = sorted({o.grade for o in failing})
    lost = sum(o.is_lost for o in failing)
    question = failing[0].vector.question
    remark = f"# {len(failing)} answers of {question.loss} are {' or '.join(grades)}{f', {lost} of them lost' if lost else ''}"
    texts = "".join(f'{key} = "{value}"\n' for key, value in DRAFTED.items())
    return f"\n{remark}\n[[waiver]]\n{selector}{texts}expires = {today + LASTS}\n"

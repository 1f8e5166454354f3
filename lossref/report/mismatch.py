"""A failed assertion as a bug report: headline, counts by class, causes, and the worst numbers with inputs and bits."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lossref.formats import FLOAT64, Format
from lossref.golden import Vector
from lossref.judge import causes
from lossref.judge.grades import LEVELS, MEANING, meets, worst
from lossref.judge.live import Checked
from lossref.points import flat
from lossref.spec import Loss

WORST = 3  # numbers that are written out
MANY = 6  # components of a vector that are
ORDER = ("NaN for a number", "infinite for a finite number", "wrong sign", "0, and the answer is not", "beyond the level")


def message(loss: Loss, part: str, checked: Sequence[Checked], level: str, form: Format, examples: int) -> str:
    """The report, or nothing where all numbers conform."""
    failing = [c for c in checked if not meets(c.grade, level)]
    if not failing:
        return ""
    kinds: dict[str, list[Checked]] = {kind: [] for kind in ORDER}
    for c in sorted(failing, key=_severity):
        kinds[_kind(c)].append(c)
    counts = [f"{len(members)} {kind}" for kind, members in kinds.items() if members]
    first = [members[0] for members in kinds.values() if members]
    ordered = [*first, *(c for members in kinds.values() for c in members[1:])]
    lines = [
        f"{loss.name} {part}: grade {worst([c.grade for c in checked])}, and level {level} is asked for ({MEANING[level]})",
        f"  {len(failing)} of {len(checked)} numbers fail in {form.name}: {'; '.join(counts)}; {len(checked) - len(failing)} fine",
        *(f"  cause   {sentence}" for sentence in causes.of_all(failing, loss, form, examples)),
    ]
    for c in ordered[:WORST]:
        lines += ["", *_number(loss, c, form)]
    if len(failing) > WORST:
        lines += ["", f"and {len(failing) - WORST} more"]
    return "\n".join(lines)


def _kind(c: Checked) -> str:
    exact = None if c.truth is None else c.truth.exact
    if math.isnan(c.got):
        return ORDER[0]
    if math.isinf(c.got) and not isinstance(exact, float):
        return ORDER[1]
    low, high = (exact, exact) if c.truth is None or not c.truth.box else c.truth.box
    if low is not None and high is not None and ((c.got < 0 < low) or (c.got > 0 > high)):
        return ORDER[2]
    wants_nan = isinstance(exact, float) and math.isnan(exact)
    return ORDER[3] if c.got == 0 and not wants_nan else ORDER[4]


def _severity(c: Checked) -> tuple[Any, ...]:
    """The worst first; among equals the simplest input first."""
    numbers = [float(x) for x in flat(c.values)]
    simplicity = (len(numbers), sum(len(repr(x)) for x in numbers), max(abs(x) for x in numbers))
    return (-LEVELS.index(c.grade), not c.error.is_lost, *(simplicity if c.error.is_lost else (-c.error.E2, *simplicity)))


def _number(loss: Loss, c: Checked, form: Format) -> Iterator[str]:
    errors = ", ".join(f"{name} {getattr(c.error, name):.3g}" for name in ("E1", "E2", "E3"))
    place = f"[{', '.join(map(str, c.place))}]" if c.place else ""
    yield f"{c.part}{place}  {c.grade}{' lost' if c.error.is_lost else ''}  error in ulps: {errors}"
    yield "  inputs  " + ", ".join(f"{name} {_listed(x, str)}" for name, x in c.values.items())
    yield "  bits    " + ", ".join(f"{name} {_listed(x, lambda y: bits(y, form))}" for name, x in c.values.items())
    yield f"  got     {spelled(c.got, form)}"
    if c.truth is None:
        yield "  exact   not certain here, and a number"
    elif c.truth.rounded is None:
        yield "  exact   any slope from " + " to ".join(spelled(end, form) for end in c.truth.box or ())
    else:
        yield f"  exact   {spelled(c.truth.rounded, form)}"
    if cause := causes.of_one(c, form):
        yield f"  cause   {cause}"
    if c.why:
        yield f"  why     {c.why}"
    elif vector := causes.nearest(c, loss, form):
        yield f"  why     golden vector {vector.id}, {_near(vector)}, is there because: {vector.reason}"
    yield f"  ask     lossref.oracle({loss.name!r}, {', '.join(f'{name}={_source(x)}' for name, x in c.values.items())}).{c.part}"


def _near(vector: Vector) -> str:
    return "the nearest, at " + ", ".join(f"{name} {_listed(x, lambda y: f'{y:.4g}')}" for name, x in vector.arguments.items())


def spelled(x: float, form: Format) -> str:
    """Decimal, hexadecimal float, and bits where it is a number of the format."""
    return f"{x!s:<24} {x.hex() if math.isfinite(x) else x!s:<24} {bits(x, form)}".rstrip()


def bits(x: float, form: Format) -> str:
    """Of a format that holds x; parameters and wider answers may be float64 numbers. Labels and counts have none."""
    kind = form if math.isnan(x) or form.holds(x) else FLOAT64
    return str(x) if isinstance(x, int) else f"{'' if kind is form else kind.name + ' '}{kind.encode(x)}"


def _listed(x: Any, shown: Callable[[Any], str]) -> str:
    if not isinstance(x, tuple):
        return shown(x)
    return f"[{', '.join(map(shown, x[:MANY]))}{f', ... {len(x)} in all' if len(x) > MANY else ''}]"


def _source(x: Any) -> str:
    if isinstance(x, tuple):
        return f"[{', '.join(map(_source, x))}]"
    return repr(x) if math.isfinite(x) else f'float("{x}")'

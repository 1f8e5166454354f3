"""Where to look: hard points, options, range edges, special inputs, seeded draws and whole calls, each with a region and a reason."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from lossref import batches, catalog, crossings, families
from lossref.batches import rounded, within
from lossref.bits import as_fraction
from lossref.exact.answer import nearest
from lossref.formats import FORMATS, Format
from lossref.spaces import Space
from lossref.spec import Hard, Known, Loss, Question, Region, Values
from lossref.stream import Stream
from lossref.values import flat, replaced

ORDINARY = 24
WIDE = 2
WIDE_SIZE = 64
REASONS = {
    "ordinary": "a draw from the middle of the domain, where every formula looks right",
    "option": "a parameter away from its default",
    "wide": "64 components: a sum must keep its small terms",
    "extreme": "an input near the ends of the format: squares overflow and small products vanish",
    "nan": "NaN in an argument gives NaN: a mask or a zero weight may hide it, a comparison may not",
    "limit": "an infinite input: the answer is the limit, not inf - inf",
    "known": "an answer known in closed form or from the literature",
}
Draw = Callable[[Stream], Values]
CHOSEN = Path(__file__).parent / "chosen.json"  # loss -> format -> flag -> indices, made by `lossref power --choose`
OF_OWN = 40


def generate(loss: Loss, form: Format, seed: str = "golden") -> Iterator[Question]:
    """All questions of a loss in a format, without repetition, in a fixed order: single examples, then calls."""
    seen = set()
    for question in (*_examples(loss, form, f"{seed}/{loss.name}"), *_calls(loss, form, seed), *_chosen(loss, form, seed)):
        if not (question.is_call or question.flag in ("nan", "limit") or is_inside(loss, form, question)):
            continue  # a step of some ulps leaves the domain, or the range, of a small format
        if form.width <= 8 and not _is_held(question):
            continue  # an infinity, where the format has none, or a weight beyond it
        key = json.dumps([question.inputs, question.options], sort_keys=True)
        if key not in seen:
            seen.add(key)
            yield question


def pool(loss: Loss, form: Format, seed: str = "golden", turn: int = 0, one_in: int = 1) -> Iterator[tuple[str, int, Question]]:
    """Far more questions than are worth certifying, each by its flag and index: rungs, and options crossed with them.

    Each turn draws others, at the same steps; of a flag every one or one in so many.
    """
    for flag, rung in rungs(loss).items():
        for index in range(turn * rung.count, (turn + 1) * rung.count, one_in):
            if (question := rung.at(form, index, seed)) is not None:
                yield flag, index, question


@dataclass(frozen=True)
class Rung:
    """Questions of one flag, of which each turn has so many; `at` gives None where a small format, or the domain, has not got one."""

    count: int
    at: Callable[[Format, int, str], Question | None]


def rungs(loss: Loss) -> dict[str, Rung]:
    """The questions of the pool, by flag."""
    ladders = {hard.flag: Rung(hard.count, partial(_at_rung, loss, hard)) for hard in families.ladders(loss)}
    return ladders | ({crossings.FLAG: Rung(crossings.CROSSED, partial(_crossed, loss))} if loss.is_called else {})


def _at_rung(loss: Loss, hard: Hard, form: Format, index: int, seed: str) -> Question | None:
    stream = Stream(f"{seed}/{loss.name}/{hard.flag}", form, index, nearest=nearest)
    question = _example(loss, form, hard.draw(stream), hard.region, hard.flag, cycle=index)
    return question if is_inside(loss, form, question) else None


def _crossed(loss: Loss, form: Format, index: int, seed: str) -> Question | None:
    call = crossings.crossed(loss, form, f"{seed}/{loss.name}", index, nearest)
    return call and Question(loss.name, form.name, *call, "reduction", crossings.FLAG, crossings.REASON)


@cache
def chosen() -> dict[str, dict[str, dict[str, list[int]]]]:
    """Which questions of the pool are in the golden set: indices by loss, format and flag."""
    found: dict[str, dict[str, dict[str, list[int]]]] = json.loads(CHOSEN.read_text("ascii"))
    return found


def _chosen(loss: Loss, form: Format, seed: str) -> Iterator[Question]:
    """The questions of the pool that stay: for a loss of somebody's own one in so many, for nobody chose yet."""
    of_each = None if catalog.is_own(loss) else chosen().get(loss.name, {}).get(form.name, {})
    for flag, rung in rungs(loss).items():
        for index in range(0, rung.count, OF_OWN) if of_each is None else of_each.get(flag, ()):
            if (question := rung.at(form, index, seed)) is not None:
                yield question


def reasons(loss: Loss) -> dict[str, str]:
    """Every flag that a question of this loss can carry, explained."""
    rows = {known.row: f"acceptance row {known.row}, {known.reason}" for known in loss.known if known.row}
    points = (*families.hard_points(loss), *families.ladders(loss))
    return REASONS | batches.REASONS | {crossings.FLAG: crossings.REASON} | {hard.flag: hard.reason for hard in points} | rows


def _examples(loss: Loss, form: Format, seed: str) -> Iterator[Question]:
    def drawn(hard: Hard, size: int | None = None) -> Iterator[Question]:
        for index in range(hard.count):
            stream = Stream(f"{seed}/{hard.flag}", form, index, size, nearest=nearest)
            yield _example(loss, form, hard.draw(stream), hard.region, hard.flag, cycle=index)

    def ordinary(stream: Stream) -> Values:
        return families.example(loss, stream)

    for known in loss.known:
        if known.row:
            yield from _known(loss, form, known)
    yield from drawn(Hard("ordinary", "ordinary", "", lambda d: {**ordinary(d), **loss.defaults}, ORDINARY))
    if len(loss.free_axes) == 1:
        yield from drawn(Hard("wide", "ordinary", "", lambda d: {**ordinary(d), **loss.defaults}, WIDE), WIDE_SIZE)
    if loss.parameters:
        yield from drawn(Hard("option", "option", "", ordinary, ORDINARY // 2))
    for hard in families.hard_points(loss):
        yield from drawn(hard)
    for known in loss.known:
        if not known.row:
            yield from _known(loss, form, known)
    yield from _extremes(loss, form, seed, ordinary)
    for k, (name, space) in enumerate(loss.arguments.items()):
        if not space.is_discrete:
            inputs = dict(ordinary(Stream(f"{seed}/nan", form, k, nearest=nearest)))
            inputs[name] = replaced(inputs[name], (0,) * space.rank, math.nan)
            yield _example(loss, form, inputs, "special", "nan")


def _known(loss: Loss, form: Format, known: Known) -> Iterator[Question]:
    """The single examples that a known value is of; those of a call one by one."""
    at = dict(known.at)
    if "reduction" in at:
        columns = {name: at[name] for name in loss.arguments}
        rows: list[Any] = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        given = {name: at[name] for name in loss.parameters if name in at}
    else:
        rows, given = [at], {}
    for row in rows:
        flag = "limit" if any(math.isinf(x) for x in flat(row)) else known.row or "known"
        yield _example(loss, form, {**loss.defaults, **given, **row} if known.row else row, known.region, flag)


def _calls(loss: Loss, form: Format, seed: str) -> Iterator[Question]:
    """What is asked of whole batches, where there are any."""
    if not loss.is_called:
        return
    explained = reasons(loss)
    for known in loss.known:
        if "reduction" in known.at:
            inputs = {name: rounded(known.at[name], form) for name in loss.arguments}
            chosen = {name: x for name, x in known.at.items() if name not in inputs}
            yield Question(loss.name, form.name, inputs, chosen, "reduction", known.row or "known", explained[known.row or "known"])
    for batch, options, flag in batches.calls(loss, form, "calls" if seed == "golden" else f"{seed}/calls", nearest):
        yield Question(loss.name, form.name, batch, options, batches.APART.get(flag, "reduction"), flag, explained[flag])


def _is_held(question: Question) -> bool:
    """Whether all its numbers are those of its format."""
    numbers = [y for x in (*question.inputs.values(), *question.options.values()) for y in flat(x)]
    return all(question.form.holds(y) for y in numbers if isinstance(y, float) and not math.isnan(y))


def is_inside(loss: Loss, form: Format, question: Question) -> bool:
    """Whether the finite numbers of a single example lie in their spaces."""
    given = {**question.inputs, **question.parameters}
    if question.region == "special" or not all(map(math.isfinite, question.parameters.values())):
        return False
    return all(
        space.contains(np.asarray(given[name]), precision=form.precision, classes=classes_of(loss, space, given)).all()
        for name, space in loss.spaces.items()
    )


def classes_of(loss: Loss, space: Space, given: Values) -> int:
    """How many classes a label of this space counts: the length of the last axis of what it is a label of."""
    return int(np.shape(given[space.label_of])[-1]) if space.label_of else 0


def _extremes(loss: Loss, form: Format, seed: str, ordinary: Draw) -> Iterator[Question]:
    """Each real argument at magnitudes spread over the format, the others ordinary."""
    top, least = form.largest.numerator.bit_length() - 1, form.least_exponent
    exponents = (least, least + 1, 2 - form.bias, least // 2 - 2, top // 2 + 2, top - 2)
    for name, space in loss.arguments.items():
        if space.is_discrete or space.sums_to_one:
            continue
        for index, exponent in enumerate(exponents):
            if exponent > 0 and max(-space.low, space.high) < math.inf:
                continue
            stream = Stream(f"{seed}/extreme/{name}", form, index, nearest=nearest)
            inputs = dict(ordinary(stream))
            size = stream.magnitude(exponent)
            extreme = size * (-1 if space.high <= 0 else stream.sign() if space.low < -size else 1)
            inputs[name] = replaced(inputs[name], (0,) * space.rank, extreme)
            yield _example(loss, form, inputs, "range", "extreme")
    if all(s.rank == 0 and s.low == -math.inf == -s.high and not s.is_discrete for s in loss.arguments.values()):
        for sign in (1.0, -1.0):  # opposite ends: their difference overflows
            ends = {name: sign * (-1) ** k * float(form.largest) for k, name in enumerate(loss.arguments)}
            yield _example(loss, form, ends, "range", "extreme", cycle=1)


def _example(loss: Loss, form: Format, given: Values, region: Region, flag: str, cycle: int = 0) -> Question:
    inputs = {name: given[name] if space.label_of else rounded(given[name], form) for name, space in loss.arguments.items()}
    parameters = {
        name: within(parameter.space, form, given.get(name, parameter.grid[cycle % len(parameter.grid)]))
        for name, parameter in loss.parameters.items()
    }
    return Question(loss.name, form.name, inputs, parameters, _region(region, form, flat(inputs)), flag)


def _region(region: Region, form: Format, numbers: list[float]) -> Region:
    """Special and range are read off the inputs; the rest is what the draw is meant for."""
    if not all(math.isfinite(x) for x in numbers):
        return "special"
    near = form.bias // 2 - 1  # half the exponents of the format: no square of what is well within them leaves it
    far = [as_fraction(y) ** 2 for y in numbers if not 2.0**-near < abs(y) < 2.0**near]
    return "range" if any(s > form.largest or 0 < s < form.least_normal for s in far) else region


def explained(loss: Loss, question: Question) -> Question:
    """The question with the reason that its flag has."""
    return question if question.reason else replace(question, reason=reasons(loss)[question.flag])


OWN = "an input of your own"


def of_inputs(loss: Loss, form: str, inputs: Values, chosen: Values, place: tuple[int, ...] = ()) -> Question:
    """A question of somebody's own, at inputs of a format; `place` is where it stands in their batch."""
    numbers = [x for x in flat(inputs) if isinstance(x, float)]
    flag = f"example {', '.join(map(str, place))}".strip()
    return Question(loss.name, form, inputs, chosen, _region("ordinary", FORMATS[form], numbers), flag, OWN)

"""Where to look: hard points, options, range edges, special inputs and seeded draws, each with a region and a reason."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from lossref.acceptance import rows_of
from lossref.formats import Format
from lossref.spaces import Space
from lossref.spec import Hard, Loss, Region, Values
from lossref.stream import Stream

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
    "witness": "an answer known in closed form or from the literature",
}


@dataclass(frozen=True)
class Point:
    """One input: arguments and parameters as numbers of a format, why it is there, and how hard it is meant to be."""

    arguments: Values
    parameters: Values
    region: Region
    flag: str


def generate(loss: Loss, form: Format, seed: str = "golden") -> Iterator[Point]:
    """All points of a loss in a format, without repetition, in a fixed order."""
    seen = set()
    for point in _all(loss, form, f"{seed}/{loss.name}"):
        if point.flag not in ("nan", "limit") and not _is_inside(loss, form, point):
            continue  # a step of some ulps leaves the domain, or the range, of a small format
        key = json.dumps([point.arguments, point.parameters], sort_keys=True)
        if key not in seen:
            seen.add(key)
            yield point


def reasons(loss: Loss) -> dict[str, str]:
    """Every flag that a vector of this loss can carry, explained."""
    return REASONS | {hard.flag: hard.reason for hard in loss.hard} | {row.id: row.reason for row in rows_of(loss.name)}


def _all(loss: Loss, form: Format, seed: str) -> Iterator[Point]:
    def drawn(hard: Hard, size: int | None = None) -> Iterator[Point]:
        for index in range(hard.count):
            stream = Stream(f"{seed}/{hard.flag}", form, index, size)
            values = hard.draw(stream)
            yield _point(loss, form, values, hard.region, hard.flag, cycle=index)

    defaults = {name: parameter.default for name, parameter in loss.parameters.items()}

    def ordinary(stream: Stream) -> Values:
        return {name: draw(space, stream) for name, space in loss.arguments.items()}

    for row in rows_of(loss.name):
        for example in row.examples:
            yield _point(loss, form, {**defaults, **example}, row.region, row.id)
    yield from drawn(Hard("ordinary", "ordinary", "", lambda d: {**ordinary(d), **defaults}, ORDINARY))
    if any(space.rank for space in loss.arguments.values()):
        yield from drawn(Hard("wide", "ordinary", "", lambda d: {**ordinary(d), **defaults}, WIDE), WIDE_SIZE)
    if loss.parameters:
        yield from drawn(Hard("option", "option", "", ordinary, ORDINARY // 2))
    for hard in loss.hard:
        yield from drawn(hard)
    for witness in loss.witnesses:
        flag = "limit" if any(math.isinf(x) for x in flat(witness.at)) else "witness"
        yield _point(loss, form, witness.at, "ordinary", flag)
    yield from _extremes(loss, form, seed, ordinary)
    for k, name in enumerate(loss.arguments):
        if not loss.arguments[name].is_discrete:
            stream = Stream(f"{seed}/nan", form, k)
            values = dict(ordinary(stream))
            x = values[name]
            values[name] = (math.nan, *x[1:]) if isinstance(x, tuple) else math.nan
            yield _point(loss, form, values, "special", "nan")


def _is_inside(loss: Loss, form: Format, point: Point) -> bool:
    values, classes = {**point.arguments, **point.parameters}, np.size(point.arguments[loss.differentiable])
    spaces = {**loss.arguments, **{name: parameter.space for name, parameter in loss.parameters.items()}}
    finite = point.region != "special" and all(map(math.isfinite, point.parameters.values()))
    return finite and all(
        space.contains(np.asarray(values[name]), precision=form.precision, classes=classes) for name, space in spaces.items()
    )


def _extremes(loss: Loss, form: Format, seed: str, ordinary: Any) -> Iterator[Point]:
    """Each real argument at magnitudes spread over the format, the others ordinary."""
    top, least = form.largest.numerator.bit_length() - 1, form.least_exponent
    exponents = (least, least + 1, 2 - form.bias, least // 2 - 2, top // 2 + 2, top - 2)
    for name, space in loss.arguments.items():
        if space.is_discrete or space.sums_to_one:
            continue
        for index, exponent in enumerate(exponents):
            if exponent > 0 and max(-space.low, space.high) < math.inf:
                continue
            stream = Stream(f"{seed}/extreme/{name}", form, index)
            values = dict(ordinary(stream))
            extreme = stream.magnitude(exponent) * (-1 if space.high <= 0 else stream.sign() if space.low < 0 else 1)
            values[name] = (extreme, *values[name][1:]) if space.rank else extreme
            yield _point(loss, form, values, "range", "extreme")
    if all(s.rank == 0 and s.low == -math.inf == -s.high and not s.is_discrete for s in loss.arguments.values()):
        for sign in (1.0, -1.0):  # opposite ends: their difference overflows
            ends = {name: sign * (-1) ** k * float(form.largest) for k, name in enumerate(loss.arguments)}
            yield _point(loss, form, ends, "range", "extreme", cycle=1)


def draw(space: Space, stream: Stream) -> Any:
    """One ordinary element of a space."""
    if space.values:
        return space.values[stream.integer(0, len(space.values) - 1)]
    if space.label_of:
        return stream.label()
    if space.sums_to_one:
        return stream.simplex()
    low, high = max(space.low, -4.0), min(space.high, 4.0)
    return stream.vector(lambda: stream.uniform(low, high)) if space.rank else stream.uniform(low, high)


def _point(loss: Loss, form: Format, values: Values, region: Region, flag: str, cycle: int = 0) -> Point:
    arguments = {
        name: values[name] if space.label_of else _rounded(values[name], form) for name, space in loss.arguments.items()
    }
    parameters = {
        name: form.nearest(values.get(name, parameter.grid[cycle % len(parameter.grid)]))
        for name, parameter in loss.parameters.items()
    }
    return Point(arguments, parameters, _region(region, form, flat(arguments)), flag)


def _rounded(x: Any, form: Format) -> Any:
    if isinstance(x, tuple):
        return tuple(_rounded(y, form) for y in x)
    return x if math.isnan(x) else form.nearest(float(x))


def _region(region: Region, form: Format, numbers: list[float]) -> Region:
    """Special and range are read off the inputs; the rest is what the draw is meant for."""
    if not all(math.isfinite(x) for x in numbers):
        return "special"
    squares = [Fraction(x) ** 2 for x in numbers if x]
    return "range" if any(s > form.largest or s < form.least_normal for s in squares) else region


def flat(values: Values) -> list[float]:
    """Every number among the values, labels included."""
    return [y for x in values.values() for y in (x if isinstance(x, tuple) else (x,))]

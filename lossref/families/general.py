"""One ordinary example of any loss, and what is hard about an argument that no family covers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from lossref.families.scalars import decade
from lossref.spaces import Space, lengths
from lossref.spec import SPATIAL, Hard, Loss, Region, Values
from lossref.stream import SIZES, Stream
from lossref.values import mapped, shape

MOST = 3  # entries along each of several axes
DIRECTIONS = 2  # coordinates of a point: each more of them doubles what meets at a kink, and the cost of an answer there


def example(loss: Loss, d: Stream, given: Values | None = None) -> dict[str, Any]:
    """One ordinary example. What is given stays; of the axes that it leaves open the first has the stream's length."""
    given = given or {}
    sizes = _sizes(loss, d, given)
    return {**given, **{name: _ordinary(loss, space, d, sizes) for name, space in loss.arguments.items() if name not in given}}


def _sizes(loss: Loss, d: Stream, given: Values) -> dict[str, int]:
    """The length of each axis: that of what is given, the stream's own, or one that follows from it."""
    axes = dict.fromkeys(axis for space in loss.arguments.values() for axis in space.axes)
    free = {axis: SIZES[(d.size + 3 * k) % len(SIZES)] if k else d.size for k, axis in enumerate(axes)}
    if len(axes) > 1:  # a certified answer costs the square of the numbers
        free = {axis: min(length, MOST) for axis, length in free.items()}
    free = {axis: min(length, DIRECTIONS) if axis in SPATIAL else length for axis, length in free.items()}
    fixed = {name: space for name, space in loss.arguments.items() if name in given}
    return free | lengths(fixed, {name: shape(given[name]) for name in fixed})


def _ordinary(loss: Loss, space: Space, d: Stream, sizes: Mapping[str, int]) -> Any:
    """One ordinary element of a space."""
    low, high = max(space.low, -4.0), min(space.high, 4.0)

    def number() -> float:
        if space.label_of is not None:
            return d.integer(0, sizes[loss.arguments[space.label_of].axes[-1]] - 1)
        if space.choices:
            return space.choices[d.integer(0, len(space.choices) - 1)]
        x = d.uniform(low, high)
        return d.format.step(x, 1) if space.low_is_open and x == space.low else x  # in a short format numbers beside the end become it

    return _filled(space, d, sizes, (lambda: d.uniform(2**-10, 1)) if space.sums_to_one else number)


def _filled(space: Space, d: Stream, sizes: Mapping[str, int], number: Callable[[], float]) -> Any:
    """An element of a space, number by number; positive weights become rows that sum to 1."""

    def nest(lengths: list[int]) -> Any:
        if space.sums_to_one and len(lengths) == 1:
            return d.normalised([number() for _ in range(lengths[0])])
        return tuple(nest(lengths[1:]) for _ in range(lengths[0])) if lengths else number()

    return nest([sizes[axis] for axis in space.axes])


def of_argument(loss: Loss, name: str) -> tuple[Hard, ...]:
    """What is hard about one argument in whatever loss, the others being ordinary."""
    space = loss.arguments[name]

    def every(number: Callable[[Stream], float]) -> Callable[[Stream], Values]:
        return lambda d: {name: _filled(space, d, _sizes(loss, d, {}), lambda: number(d))}

    def sided(x: float) -> float:
        """On the side of 0 where the space lies."""
        return -abs(x) if space.high <= 0 else abs(x) if space.low > -math.inf else x

    if space.is_discrete:
        if not space.choices or not space.rank:
            return ()
        alike = Hard(f"{name}_alike", "tail", f"{name} all alike: one of the labels is absent", every(lambda d: d.cycle(*space.choices)), 8)
        return (alike,)
    found = []
    if space.sums_to_one:
        found += [Hard(f"{name}_rare", "tail", f"{name} far below every clip and every added eps", every(lambda d: d.scaled(-60, 0)), 16)]
    elif max(-space.low, space.high) < math.inf:
        found += [Hard(f"{name}_ends", "tail", f"{name} next to, or at, the ends of its space", every(lambda d: _end(space, d)), 24)]
    else:
        found += [
            Hard(f"{name}_decades", "tail", f"{name} of every size whose square the format holds: caps and added constants show",
                 every(lambda d: sided(decade(d, 12))), 12),
        ]
        if space.low <= 0 <= space.high and not space.low_is_open:
            region: Region = "kink" if space.rank else "tail"
            found += [Hard(f"{name}_zero", region, f"{name} is 0: a corner of norms, and quotients are 0 / 0", every(lambda d: 0.0), 4)]
        if space.rank:
            found += [
                Hard(f"{name}_uneven", "tail", f"{name} of large and small numbers: each keeps its own slope",
                     every(lambda d: sided(d.sign() * d.scaled(-30, 30))), 8),
                Hard(f"{name}_offset", "cancellation", f"{name} with a large common offset: differences of its entries are small",
                     every(lambda d: sided(d.number(1000.0 + d.uniform(-3, 3)))), 6),
            ]
    mates = [other for other, its in loss.arguments.items() if (its.kind, its.axes) == (space.kind, space.axes) and space.rank]
    return (*found, *(_beside(loss, mates[0], name) if name in mates[1:] else ()))


def _end(space: Space, d: Stream) -> float:
    """Next to the lower or the upper end, or at one of them."""
    which = d.index % 4 if d.index < 8 else d.integer(0, 3)
    if which > 1 and not (which == 2 and space.low_is_open):
        return space.low if which == 2 else space.high
    distance = (space.high - space.low) * d.scaled(-60, -2)
    return d.number(space.high - distance if which == 1 else space.low + distance)


def _beside(loss: Loss, first: str, name: str) -> list[Hard]:
    """Two arguments of one shape: what is hard about their difference, distance and angle."""

    def moved(change: Callable[[Stream, float], float]) -> Callable[[Stream], Values]:
        def draw(d: Stream) -> Values:
            x = _ordinary(loss, loss.arguments[first], d, _sizes(loss, d, {}))
            return {first: x, name: mapped(lambda z: d.number(change(d, z)), x)}

        return draw

    found = [
        Hard(f"{name}_close", "cancellation", f"{name} next to {first}: their difference is small, their cosine next to 1",
             moved(lambda d, z: z * (1 - 2.0 ** -(2 + 5 * d.index) * d.uniform(0, 1))), 10),
        Hard(f"{name}_equal", "kink", f"{name} equal to {first}: a distance of 0, where a norm has its corner", moved(lambda d, z: z), 4),
    ]
    if loss.arguments[name].low == -math.inf:
        parallel = moved(lambda d, z: z * d.cycle(2.0, -1.0, 0.25, -8.0))
        found += [Hard(f"{name}_parallel", "tail", f"{name} along {first}, or against it: a cosine of exactly 1 or -1", parallel, 4)]
    return found

"""A family of hard points of two boxes, each between two opposite corners: how they overlap, and how small they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from lossref.laws import mirror
from lossref.spec import Hard
from lossref.stream import Stream
from lossref.values import mapped

NAMES = ("corner", "opposite", "target_corner", "target_opposite")


def _with_ends(by: Callable[[float], float]) -> Callable[..., dict[str, Any]]:
    return lambda **given: {name: mapped(by, given[name]) for name in NAMES}


moved_or_mirrored = (
    mirror("L of boxes moved by 1 is L", _with_ends(lambda x: x + 1), 1),
    mirror("L of mirrored boxes is L", _with_ends(lambda x: -x), -1),
)


def of_intervals(d: Stream, *axes: Sequence[float]) -> dict[str, Any]:
    """Two boxes by where they begin and end along each axis, the predicted one first; a predicted corner may be either one."""
    rows = [tuple(d.number(axis[k]) for axis in axes) for k in range(4)]
    if d.index % 4 == 3:
        rows[:2] = rows[1::-1]
    return dict(zip(NAMES, rows, strict=True))


def weighed(hard: Hard, trade_off: Callable[..., Any]) -> Hard:
    """The same boxes with the trade-off that a formula makes of them, as code has it, and once in five times with another one."""

    def draw(d: Stream) -> dict[str, Any]:
        found = {"eps": d.number((1e-7, 1e-3, 1.0)[d.index // 4 % 3]) or 2.0**d.format.least_exponent, **hard.draw(d)}
        corner, opposite, target_corner, target_opposite = (found[name] for name in NAMES)
        is_finite = all(math.isfinite(x) for name in NAMES for x in found[name])  # a small format has not all of them
        if d.index % 5 == 4 or not is_finite or corner[-1] == opposite[-1] or target_corner[-1] == target_opposite[-1]:
            return {**found, "trade_off": d.uniform(0, 1)}
        eps = found["eps"]
        return {**found, "trade_off": d.exactly(lambda m: trade_off(m, *([*map(m.lift, found[name])] for name in NAMES), m.lift(eps)))}

    return replace(hard, draw=draw)


def pairs(*_: str) -> tuple[Hard, ...]:
    """What is hard about a quotient of the volumes of what two boxes share and what they have."""

    def beside(d: Stream, distance: float) -> dict[str, Any]:
        """Boxes whose corners are a relative distance apart."""
        size = d.cycle(1.0, 64.0)
        ends = [(size * d.uniform(0.1, 1), size * d.uniform(2, 4)) for _ in range(2)]
        return of_intervals(d, *((*(x * (1 + distance * d.uniform(-1, 1)) for x in end), *end) for end in ends))

    def within(d: Stream, side: float) -> tuple[float, float, float, float]:
        """Along one axis two intervals that overlap, of such a size."""
        return 0.0, side * d.uniform(0.5, 1), side * d.uniform(0.1, 0.4), side * d.uniform(1.1, 1.5)

    return (
        Hard("overlapping", "ordinary", "boxes in pixels that overlap, as in training, one before the other or after it",
             lambda d: of_intervals(d, *((x, x + d.uniform(30, 60), y, y + d.uniform(30, 60)) for x in
                                         (d.uniform(0, 300) for _ in range(2)) for y in [x + d.uniform(-25, 25)])), 8),
        Hard("nested", "ordinary", "one box within the other: their hull is the larger one, and only two sides have what is shared",
             lambda d: of_intervals(d, *((0.5, d.uniform(1, 2), -d.uniform(0, 1), d.uniform(2, 4)) if d.index % 2 else
                                         (-d.uniform(0, 1), d.uniform(2, 4), 0.5, d.uniform(1, 2)) for _ in range(2))), 4),
        Hard("disjoint", "ordinary", "boxes that share nothing: what pulls them together is their hull, or their distance",
             lambda d: of_intervals(d, (-d.uniform(1, 4), -0.5, d.uniform(0, 3), d.uniform(4, 8)), within(d, 4)), 4),
        Hard("worlds_apart", "tail", "boxes far apart beside their sizes: the loss is next to its end, its slopes are small, not 0",
             lambda d: of_intervals(d, *((x, x + d.uniform(0.1, 1), 0.0, d.uniform(0.1, 1))
                                         for x in (d.sign() * 2.0 ** (2 + 4 * d.index),) * 2)), 6),
        Hard("almost_right", "cancellation", "corners next to their targets: 1 less a rounded quotient keeps nothing of a small loss",
             lambda d: beside(d, 2.0 ** -(3 + 4 * d.index)), 12),
        Hard("right", "kink", "equal boxes, and a corner an ulp or two off: every end is that of what is shared and of the hull",
             lambda d: of_intervals(d, (d.nudged(1.0), 3.0, 1.0, 3.0), (2.0, 5.0, 2.0, 5.0)), 5),
        Hard("touching", "kink", "boxes that touch, and an ulp or two more or less: they begin to share",
             lambda d: of_intervals(d, (0.0, d.nudged(1.0), 1.0, 3.0), within(d, 2)), 3),
        Hard("at_corner", "kink", "boxes that touch in one corner, and an ulp or two more or less",
             lambda d: of_intervals(d, (0.0, d.nudged(1.0), 1.0, 3.0), (0.0, 2.0, 2.0, 5.0)), 3),
        Hard("barely_shared", "tail", "boxes that share a strip: its volume is small beside others, and its slopes are whole",
             lambda d: of_intervals(d, (0.0, 1.0 + d.scaled(-20, -2), 1.0, 2.0), within(d, 2)), 5),
        Hard("flat", "kink", "a box without volume, and one an ulp or two high: its side begins at 0",
             lambda d: of_intervals(d, (1.0, d.nudged(1.0), 0.5, d.cycle(2.0, 0.5)), within(d, 2)), 6),
        Hard("points", "kink", "two boxes without volume, apart or at one place: 0 / 0 but for eps",
             lambda d: of_intervals(d, (x := d.cycle(0.0, 1.0), x, 1.0, 1.0), (x, x, 1.0, 1.0)), 2),
        Hard("small", "tail", "boxes whose volumes are about eps, above and below: it shows",
             lambda d: of_intervals(d, *(within(d, 2.0 ** -(2 + 2 * d.index)) for _ in range(2))) | {"eps": 2.0**-23}, 10),
        Hard("tiny", "tail", "boxes far smaller than eps: what is left of a quotient is not 0",
             lambda d: of_intervals(d, *(within(d, 2.0 ** -(20 + 4 * d.index)) for _ in range(2))), 5),
        Hard("long", "tail", "boxes a thousand times as long as high: each axis has a size of its own",
             lambda d: of_intervals(d, within(d, 2.0 ** (5 + 2 * d.index)), within(d, 2.0 ** -(5 + 2 * d.index))), 5),
        Hard("shifted", "cancellation", "boxes far from the origin: only differences of coordinates count, and are exact",
             lambda d: of_intervals(d, *(tuple(d.number(x + z) for z in within(d, 2)) for x in (d.uniform(1000, 9000),) * 2)), 4),
        Hard("space", "ordinary", "boxes of three axes that overlap", lambda d: of_intervals(d, *(within(d, 2) for _ in range(3))), 4),
    )

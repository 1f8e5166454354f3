"""Rungs: every argument of every loss at magnitudes that leave no gap, in rows of many widths, under every label, at odd parameters.

There are far more than are worth certifying: `lossref power --choose` takes those that notice wrong code which nothing else notices.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from itertools import repeat
from typing import Any

from lossref.families.general import example
from lossref.spaces import Space
from lossref.spec import Hard, Loss, Parameter, Values
from lossref.stream import Stream
from lossref.values import filled, flat, mapped, places, replaced, shape

KINDS, STEPS, ODD = 5, 120, 4
RUNGS = KINDS * STEPS
WIDTHS = (3, 2, 8, 1, 9, 7, 33, 5, 64, 31, 32, 65, 63, 17)  # powers of two, and beside them: where vector code has a remainder
FINE = tuple(2.0**octave * step for octave in range(-3, 11) for step in (1.0, 1.19, 1.42, 1.68))  # 1/8 to 1,720: where exp turns
WIDEST_OF_SEVERAL, WIDEST_FAR = 33, 5  # arguments that slopes are taken in
FAR = 3  # the kind of rung that is far from everything
TYPED = (  # thresholds as people type them, and where a format or its exp ends
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 24, 25, 26, 28, 30, 32, 33, 34, 35, 36, 37, 38, 40, 45,
    50, 60, 64, 70, 75, 80, 87, 88, 89, 100, 103, 104, 128, 150, 200, 256, 300, 500, 512, 700, 709, 710, 745, 1000, 10000,
)  # fmt: skip
CLASSES = (0, 1, 2, 3, 4, 8, -1)


def ladders(loss: Loss, hard: tuple[Hard, ...]) -> tuple[Hard, ...]:
    """The rungs of each argument of real numbers, and those around each kink that its hard points have."""
    found = []
    for name, space in loss.arguments.items():
        if not space.is_discrete:
            reason = f"a rung of {name}: magnitudes without a gap; labels, widths and parameters take turns"
            found.append(Hard(f"{name}_rung", "tail", reason, partial(_rung, loss, name), RUNGS))
    for each in hard:
        if each.region == "kink":
            reason = f"off a kink ({each.flag}) by 2^-1 to 2^-50 of what is there, both ways: a branch point elsewhere shows"
            found.append(Hard(f"{each.flag}_beside", "tail", reason, _beside(loss, each), 2 * 50))
    return tuple(found)


def _rung(loss: Loss, name: str, d: Stream) -> Values:
    return rung(loss, name, d)


def rung(loss: Loss, name: str, d: Stream, width: int = 0, top: int = 0) -> dict[str, Any]:
    """One example with one number of an argument at a rung, below 2^top; the others are ordinary, or 0 or at an end where they may be."""
    space = loss.arguments[name]
    d.size = width or WIDTHS[d.index % len(WIDTHS)]
    if len(loss.differentiable) > 1 and space.rank == 1:  # certifying takes the square of all their numbers, at a precision that spans them
        d.size = min(d.size, WIDEST_FAR if d.index % KINDS == FAR else WIDEST_OF_SEVERAL)
    inputs = example(loss, d)
    for other, its in loss.arguments.items():
        if its.choices:
            inputs[other] = _by_turns(inputs[other], its.choices, d.index // 2)
        elif its.label_of:
            inputs[other] = _by_turns(inputs[other], [c % shape(inputs[its.label_of])[-1] for c in CLASSES], d.index // 2)
        elif other != name and d.index % 3 == 0 and (plain := _plain(its, d)) is not None:
            inputs[other] = filled(inputs[other], repeat(plain))
    there = list(places(shape(inputs[name])))
    at = number(space, d, top or d.format.bias - 1)
    x = replaced(inputs[name], there[d.index // KINDS * 7 % len(there)], at) if there != [()] else at
    if space.sums_to_one and len(shape(x)) == 1:
        x = d.normalised(flat(x)) if any(flat(x)) else inputs[name]
    return {**loss.defaults, **inputs, name: x, **odd_parameters(loss, d)}


def _by_turns(x: Any, choices: Any, start: int) -> Any:
    turn = iter(range(start, 1 << 40))
    return mapped(lambda _: choices[next(turn) % len(choices)], x)


def _plain(space: Space, d: Stream) -> float | None:
    """An end of a space that belongs to it, or 0; nothing where it has neither, rows that sum to 1, and corners, which met there."""
    if space.sums_to_one or space.low_is_open or space.kind == "corner":
        return None
    if space.low > -math.inf and space.ends_are_exact:
        return (space.low, space.high)[d.integer(0, 1)] if space.high < math.inf else space.low
    return 0.0 if space.low < 0 < space.high else None


def number(space: Space, d: Stream, top: int) -> float:
    """A number of a space: one of five kinds of steps by turns, drawn between this step and the next; the far ones below 2^top."""
    step, kind = divmod(d.index % RUNGS, KINDS)
    if max(-space.low, space.high) < math.inf:  # from either end, each binade, and the middle
        distance = d.magnitude(-1 - step % (d.format.precision + 10)) * (space.high - space.low)
        return d.number(space.low + distance if kind % 2 else space.high - distance) if kind else d.uniform(space.low, space.high)
    x = abs((
        lambda: d.number(TYPED[step % len(TYPED)] * d.uniform(1.0 + 2.0**-20, 1.0 + 2.0**-7)),  # just beyond
        lambda: d.number(FINE[step % len(FINE)] * d.uniform(1.0, 1.18)),
        lambda: d.number(FINE[step % len(FINE)] * d.uniform(1.0, 1.18)),
        lambda: d.magnitude(-top + 1 + 2 * (top - 1) * (step * 37 % STEPS) // (STEPS - 1)),
        lambda: d.magnitude(-1 - step % 60),
    )[kind]())  # fmt: skip
    is_below = (step >= len(TYPED), False, True, step % 2 == 1, step % 2 == 1)[kind]
    return -x if space.high <= 0 or (is_below and space.low < -x) else x


def odd_parameters(loss: Loss, d: Stream) -> dict[str, Any]:
    """Half of the time defaults, else one of a few settings that no short format holds."""
    which = d.index // 2 % len(WIDTHS) % (2 * ODD)
    if not loss.parameters or which >= ODD:
        return {}
    return {name: _odd(parameter, Stream(f"odd/{loss.name}/{name}", d.format, which)) for name, parameter in loss.parameters.items()}


def _odd(parameter: Parameter, d: Stream) -> float:
    space = parameter.space
    if space.choices:
        return space.choices[d.integer(0, len(space.choices) - 1)]
    if max(-space.low, space.high) < math.inf:
        return d.uniform(space.low, space.high)
    if space.low > -math.inf:
        return d.number(space.low + d.scaled(-4, 4))
    return d.sign() * d.scaled(-4, -1)  # a large one swallows what it is added to


def _beside(loss: Loss, kink: Hard) -> Callable[[Stream], Values]:
    """A point of a kink whose first argument is moved by a share of it, or from 0 by that much."""

    def draw(d: Stream) -> Values:
        point = {**loss.defaults, **example(loss, d, kink.draw(d))}
        x = point[loss.first]
        there = list(places(shape(x)))
        place = there[d.index % len(there)]
        old = x
        for i in place:
            old = old[i]
        share = (1 if d.index % 2 else -1) * d.magnitude(-2 - d.index // 2)
        new = d.number(old + (abs(old) or 1.0) * share)
        return {**point, loss.first: replaced(x, place, new) if place else new}

    return draw

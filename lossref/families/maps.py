"""A family of hard points of two maps of probabilities, a predicted and a true one: how far they overlap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lossref.spec import Hard
from lossref.stream import Stream
from lossref.values import mapped


def pixels(d: Stream, number: Callable[[], float] | None = None) -> Any:
    """A map of at most 3 by 3 pixels, of 0 and 1 if nothing else is drawn."""
    draw = number or (lambda: float(d.integer(0, 1)))
    return tuple(tuple(draw() for _ in range(1 + d.index % 3)) for _ in range(min(d.size, 3)))


def overlaps(p: str, t: str, smooth: float) -> tuple[Hard, ...]:
    """What is hard about 1 less a quotient of what two maps share; labels of 1/4 balance slopes where both smoothing terms are `smooth`."""
    return (
        Hard("almost_right", "cancellation", "pixels next to their labels: 1 less a rounded quotient keeps nothing of a small loss",
             lambda d: {t: (y := pixels(d)), p: mapped(lambda z: d.number(abs(z - d.scaled(-20, -2) ** 2)), y)}, 16),
        Hard("target_equal", "cancellation", "equal maps: of 0 and 1 they cost exactly 0 for a = b, others do not, for p^2 is less than p",
             lambda d: {p: (y := pixels(d, (lambda: d.uniform(0, 1)) if d.index % 2 else None)), t: y}, 8),
        Hard("balanced", "cancellation", "labels next to half of 1 - L: the slope is a small difference of either sign",
             lambda d: {t: (((1 + d.cycle(1, -1) * 2.0 ** -(1 + d.index)) / 4,) * 2,) * 2, "smooth_nr": smooth, "smooth_dr": smooth}, 12),
        Hard("empty", "tail", "two empty maps: 0 / 0 but for the smoothing terms, which decide between 0 and 1",
             lambda d: {p: (x := pixels(d, lambda: 0.0)), t: x}, 8),
        Hard("faint", "tail", "nothing to find, and probabilities of every size: a smoothing term shows where they are as small as it",
             lambda d: {p: (x := pixels(d, lambda: d.magnitude(-2 - 3 * d.index))), t: mapped(lambda z: 0.0, x)}, 20),
        Hard("missed", "tail", "an object that is all but missed: what is shared is small beside a smoothing term, its slopes are not",
             lambda d: {t: (y := pixels(d)), p: mapped(lambda z: d.scaled(-60, -8), y)}, 10),
        Hard("many_pixels", "ordinary", "64 pixels: a sum must keep its small terms",
             lambda d: {p: tuple(tuple(d.uniform(0, 1) for _ in range(8)) for _ in range(8))}, 2),
    )

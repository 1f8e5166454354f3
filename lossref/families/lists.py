"""Families of hard points of lists: scores of labels of which any number hold, and scores of items each of which has a grade."""

from __future__ import annotations

from collections.abc import Callable

from lossref.families.scalars import DECADES, approach, decade
from lossref.spec import Hard, Values
from lossref.stream import Stream


def labels(d: Stream) -> tuple[float, ...]:
    """Labels of which each holds or does not."""
    return d.vector(lambda: float(d.integer(0, 1)))


def grades(d: Stream) -> tuple[float, ...]:
    """A grade from 0 to 4 for each item."""
    return d.vector(lambda: float(d.integer(0, 4)))


def far_apart(d: Stream) -> tuple[float, ...]:
    """Scores whose differences lose digits beside 1, or are 0."""
    return d.vector(lambda: d.number(d.uniform(d.saturation, d.underflow) * d.integer(-3, 3)))


def in_the_middle(d: Stream) -> tuple[float, ...]:
    """Three scores, the second next to the middle of the others."""
    return (x := 2.0**-d.index), 0.0, d.number(-x * (1 - d.uniform(0, 1) / 64))


def multilabel(z: str, y: str) -> tuple[Hard, ...]:
    """Scores, and for each whether its label holds: what holds is to lie above 0, and the rest below."""
    return _marked(z, y, labels, lambda mark: 2 * mark - 1)


def graded(z: str, y: str) -> tuple[Hard, ...]:
    """Scores of items, and the grade of each."""
    return _marked(z, y, grades, lambda grade: grade - 1)


def _marked(z: str, y: str, marks: Callable[[Stream], tuple[float, ...]], place: Callable[[float], float]) -> tuple[Hard, ...]:
    """Scores and their marks; `place` says where the score of a mark belongs, in leads."""

    def apart(d: Stream, lead: float) -> Values:
        return {y: (found := marks(d)), z: tuple(d.number(place(mark) * lead + d.uniform(-1, 1)) for mark in found)}

    return (
        Hard("separated", "tail", "all in order, and apart by more than the precision: what is left is tails, not 0, or exactly 0",
             lambda d: apart(d, d.uniform(d.saturation, d.underflow - 12)), 12),
        Hard("reversed", "tail", "all in reverse order, and far apart: exp overflows, the loss does not",
             lambda d: apart(d, -d.uniform(d.saturation, 2 * d.underflow)), 10),
        Hard("approach", "tail", "step by step to where exp of a lead rounds away: a threshold beyond which code gives up shows",
             lambda d: apart(d, d.cycle(1.0, -1.0) * approach(d)), 24),
        Hard("one_of_many", "ordinary", "one that counts among others that do not: a loss of classes looks right",
             lambda d: {z: d.vector(lambda: d.uniform(-4, 4)), y: tuple(float(j == d.index % d.size) for j in range(d.size))}, 8),
        Hard("marks_alike", "tail", "all are alike, wanted or not: there is nothing to compare with",
             lambda d: {z: d.vector(lambda: d.uniform(-4, 4)), y: (d.cycle(0.0, 1.0),) * d.size}, 8),
        Hard("offset", "cancellation", "a large common offset: only differences matter, or all scores are sure of one thing",
             lambda d: {z: d.vector(lambda: d.number(1000.0 + d.uniform(-3, 3))), y: marks(d)}, 8),
        Hard("decades", "tail", "scores of every size whose square the format holds: a cap shows",
             lambda d: {z: d.vector(lambda: decade(d)), y: marks(d)}, DECADES),
        Hard("uneven", "tail", "large and small scores: each keeps its own slope",
             lambda d: {z: d.vector(lambda: d.sign() * d.scaled(-30, 30)), y: marks(d)}, 8),
        Hard("ties", "ordinary", "equal scores share exactly, whatever is wanted of each",
             lambda d: {z: (d.uniform(-9, 9),) * d.size, y: marks(d)}, 6),
    )

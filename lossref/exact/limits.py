"""What a loss does at infinite inputs, by rule: its value and its slopes as these go there, all else held fixed.

Several infinite inputs go there at several rates; a number that is another at another rate has no limit, and is NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import count as counting
from typing import Any, TypeVar

from lossref.exact.germs import Germs
from lossref.exact.jets import Jet, Jets
from lossref.exact.numbers import NoValueError, Number, is_infinite
from lossref.exact.settle import START, settle
from lossref.exact.systems import Base
from lossref.spec import Loss, Values
from lossref.values import flat

X = TypeVar("X")
AHEAD = 1000  # times as fast: at twice or thrice the rate a slower input may still decide on which side of a corner the limit is
GROWTH = 4  # of the precision: a germ takes nearly as long at 128 bits as at 4096, and what no precision decides takes all


def limits(
    loss: Loss, values: Values, system: type[Base], rounded: Callable[[Base, Number], X | None], undefined: X, start: int = START
) -> list[list[X]]:
    """Value and slopes, rounded, of each smooth piece that meets at the point; `undefined` is what has no limit.

    Raises NoAnswerError where the rule does not say, never a guess.
    """
    count = sum(map(is_infinite, flat(tuple(values[name] for name in loss.arguments))))
    try:
        found = [settle(system, partial(_rounded, loss, values, rates, rounded), start, GROWTH) for rates in _orders(count)]
    except NoValueError:
        return [[undefined] * (1 + sum(len(flat(values[name])) for name in loss.differentiable))]
    if len({len(rows) for rows in found}) > 1:
        return [[undefined] * len(found[0][0])]
    together = [list(zip(*rows, strict=True)) for rows in zip(*found, strict=True)]
    return [[x if all(x == y for y in others) else undefined for x, *others in row] for row in together]


def _orders(count: int) -> list[tuple[int, ...]]:
    """Rates for so many infinite inputs: all alike, and so that each is once far ahead of any other one, and, of three, of both."""
    rising, mixed = range(count), (*range(1, count, 2), *range(0, count, 2))
    several = [rising, mixed] if count > 2 else [rising] if count > 1 else []
    return [(1,) * count, *(tuple(AHEAD**x for x in y) for order in several for y in (order, [count - 1 - x for x in order]))]


def _rounded(
    loss: Loss, values: Values, rates: tuple[int, ...], rounded: Callable[[Base, Number], X | None], base: Base
) -> list[list[X]] | None:
    base.keeps_roots = True  # two distances that grow alike by a root cancel exactly
    pieces = list(_pieces(loss, values, base, rates))
    rows = [[x for n in piece if (x := rounded(base, n)) is not None] for piece in pieces]
    return rows if all(len(row) == len(piece) for row, piece in zip(rows, pieces, strict=True)) else None


def _pieces(loss: Loss, values: Values, base: Base, rates: tuple[int, ...]) -> Iterator[list[Number]]:
    """The piece that the point lies on; where a comparison is tied the pieces along each axis both ways."""
    met, first = _piece(loss, values, base, rates, None)
    yield first
    for i in sorted(met):
        for side in (-1, 1):
            yield _piece(loss, values, base, rates, {i: side})[1]


def _piece(
    loss: Loss, values: Values, base: Base, rates: tuple[int, ...], direction: Mapping[int, int] | None
) -> tuple[set[int], list[Number]]:
    """Value and slopes, and the variables that tied comparisons depend on: along any other one the piece goes on."""
    germs = Germs(base)
    jets = Jets(germs, order=1, direction=direction)
    remaining, places = iter(rates), counting()

    def placed(name: str, x: Any) -> Any:
        if isinstance(x, (tuple, list)):
            return [placed(name, y) for y in x]
        if isinstance(x, int):
            return x
        grown = germs.growing(next(remaining) * (1 if x > 0 else -1)) if name in loss.arguments and is_infinite(x) else x
        return jets.variable(grown, next(places)) if name in loss.differentiable else jets.lift(germs.lift(grown))

    in_order = (*loss.differentiable, *(name for name in (*loss.arguments, *loss.parameters) if name not in loss.differentiable))
    arguments = {name: placed(name, values[name]) for name in in_order}
    result: Jet = jets.lift(loss.definition(jets, **arguments)).data
    width = sum(len(flat(values[name])) for name in loss.differentiable)
    slopes = [result.slopes.get(i, germs.lift(0)) for i in range(width)]
    if any(i < 0 for i in result.slopes):
        raise NoValueError("a square root of 0 beside an infinite number")
    return jets.met if jets.exact_ties else set(), [germs.limit(n) for n in (result.value, *slopes)]


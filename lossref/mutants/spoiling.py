"""How right code is spoilt: its inputs changed first, its answer changed after, everywhere or in some examples alone.

A mutation is given the right function of a part, and what it is called with, and answers something else. Whether that
is wrong anywhere is not said here: it is measured against exact answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lossref.spec import Loss, Parameter

Right = Callable[..., Any]  # an array, or one for each argument that a gradient is taken in
Mutation = Callable[[Right, dict[str, Any]], Any]
Test = Callable[[dict[str, Any]], Any]  # one truth value an example, or one for a whole call
Variants = Iterator[tuple[str, Mutation]]  # what tells it from the others of its operator, and the mutation
SLIGHTLY = 1.001  # wrong by a tenth of a per cent: far beyond rounding, and far below what a plot would show


@dataclass(frozen=True)
class Operator:
    """One kind of slip; `of(loss, part)` are its variants for a part of a loss, none where it makes no sense."""

    name: str
    of: Callable[[Loss, str], Variants]


def real(loss: Loss) -> list[str]:
    return [name for name, space in loss.arguments.items() if not space.is_discrete]


def unbounded(loss: Loss) -> list[str]:
    return [name for name in real(loss) if loss.arguments[name].low == -np.inf and loss.arguments[name].high == np.inf]


def bounded(loss: Loss) -> list[str]:
    return [name for name in real(loss) if name not in unbounded(loss)]


def labels(loss: Loss) -> list[str]:
    return [name for name, space in loss.arguments.items() if space.label_of]


def arrays(found: Any) -> tuple[Any, ...]:
    return found if isinstance(found, tuple) else (found,)


def given_to(names: list[str], change: Callable[[Any], Any]) -> Mutation:
    """Some arguments are changed first; where that changes nothing, the right code is asked what it was asked."""

    def changed(x: Any) -> Any:
        y = change(x).astype(x.dtype)
        return x if np.array_equal(x, y, equal_nan=x.dtype.kind == "f") else y

    def mutation(right: Right, given: dict[str, Any]) -> Any:
        return right(**{name: changed(x) if name in names else x for name, x in given.items()})

    return mutation


def without(name: str) -> Mutation:
    return lambda right, given: right(**{k: x for k, x in given.items() if k != name}) if name in given else right(**given)


def answered(change: Callable[..., Any]) -> Mutation:
    """The answer is changed, array by array."""

    def mutation(right: Right, given: dict[str, Any]) -> Any:
        return tuple(np.asarray(change(x), dtype=x.dtype) for x in arrays(right(**given)))

    return mutation


slightly_wrong = answered(lambda y: y * SLIGHTLY)
turned = answered(lambda y: -y)


def only(test: Test, mutation: Mutation) -> Mutation:
    """Where a test of the examples holds, and everywhere in a number that is reduced from several of which it holds once."""

    def chosen(right: Right, given: dict[str, Any]) -> Any:
        holds = np.asarray(test(given))
        found = right(**given)
        if not holds.any():
            return found
        mixed = []
        for a, b in zip(arrays(found), arrays(mutation(right, given)), strict=True):
            fits = holds.ndim == 1 and a.shape[:1] == holds.shape
            mixed.append(np.where(holds.reshape(holds.shape + (1,) * (a.ndim - 1)), b, a) if fits else b)
        return tuple(mixed)

    return chosen


def both(one: Test, other: Test) -> Test:
    return lambda given: one(given) & other(given)


def is_used(name: str, parameter: Parameter) -> Test:
    """Whether a parameter is given, and not its default."""
    return lambda given: np.asarray(given.get(name, parameter.default) != parameter.default)


def each(name: str, test: Callable[[Any], Any]) -> Test:
    """Whether a test holds for any number of an argument, example by example."""

    def holds(given: Mapping[str, Any]) -> Any:
        found = test(given[name])
        return found.reshape(len(found), -1).any(axis=1)

    return holds

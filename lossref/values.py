"""Nested numbers: one walker for scalars, vectors, maps and batches of them, as tuples (or lists) of any depth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any


def flat(x: Any) -> list[Any]:
    """Every number, row after row; of a mapping those of all its values."""
    if isinstance(x, Mapping):
        x = tuple(x.values())
    return [z for y in x for z in flat(y)] if isinstance(x, (tuple, list)) else [x]


def rows(x: Any) -> list[Any]:
    """Every innermost tuple of numbers; a number by itself has none."""
    if not isinstance(x, (tuple, list)):
        return []
    return [x] if not any(isinstance(y, (tuple, list)) for y in x) else [row for y in x for row in rows(y)]


def shape(x: Any) -> tuple[int, ...]:
    """The length of each axis; ValueError for rows of different lengths."""
    if not isinstance(x, (tuple, list)):
        return ()
    inner = {shape(y) for y in x}
    if len(inner) > 1:
        raise ValueError(f"rows of different shapes: {' and '.join(map(str, sorted(inner)))}")
    return (len(x), *(inner.pop() if inner else ()))


def mapped(function: Callable[[Any], Any], x: Any) -> Any:
    """The same nest of tuples with the function of each number."""
    return tuple(mapped(function, y) for y in x) if isinstance(x, (tuple, list)) else function(x)


def filled(like: Any, numbers: Iterator[Any]) -> Any:
    """A nest of tuples of the shape of another one, from its numbers row after row."""
    return tuple(filled(y, numbers) for y in like) if isinstance(like, (tuple, list)) else next(numbers)


def places(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The index of each number, row after row."""
    if not shape:
        yield ()
        return
    for i in range(shape[0]):
        for rest in places(shape[1:]):
            yield (i, *rest)


def replaced(x: Any, place: tuple[int, ...], by: Any) -> Any:
    """The same nest with one number replaced."""
    if not place:
        return by
    return tuple(replaced(y, place[1:], by) if i == place[0] else y for i, y in enumerate(x))


def plain(x: Any) -> Any:
    """Lists as tuples."""
    return tuple(map(plain, x)) if isinstance(x, (list, tuple)) else x

"""How somebody's loss wants a batch laid out: in rows, numbers as columns, classes along the second axis of a map, or one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lossref.spec import Loss

Step = tuple[str, tuple[int, ...]]  # a method of a tensor, and what it is called with


@dataclass(frozen=True)
class Layout:
    """The steps that turn an argument, a batch of a shape with an example in each row, into what is asked for."""

    name: str
    steps: Callable[[tuple[int, ...]], tuple[Step, ...]]

    def of(self, x: Any, shape: tuple[int, ...]) -> Any:
        for method, given in self.steps(shape):
            x = getattr(x, method)(*given)
        return x

    def text(self, source: str, shape: tuple[int, ...]) -> str:
        return source + "".join(f".{method}({', '.join(map(str, given))})" for method, given in self.steps(shape))

    def described(self, loss: Loss) -> str:
        return f"{' and '.join(loss.arguments)} in {self.name}"


def _map(shape: tuple[int, ...]) -> tuple[Step, ...]:
    """(N, C) as (N/2, C, 1, 2), and labels (N) as (N/2, 1, 2); an odd N as a column of maps of one place."""
    wide = 2 if shape[0] % 2 == 0 else 1
    ends = (1, 3) if len(shape) > 1 else (1, 2)
    return ("reshape", (shape[0] // wide, wide, 1, *shape[1:])), ("swapaxes", ends)


ROWS = Layout("rows", lambda shape: ())
COLUMNS = Layout("columns", lambda shape: (("reshape", (-1, 1)),))
MAP = Layout("maps with the classes along axis 1", _map)
CHANNEL = Layout("maps with one channel", lambda shape: (("reshape", (shape[0], 1, *shape[1:])),))
WHOLE = Layout("one map for the whole batch", lambda shape: ())
ALONE = Layout("one example a call", lambda shape: (("squeeze", (0,)),))


def fitting(loss: Loss) -> Iterator[Layout]:
    """The layouts that a loss may be asked in, the commonest first."""
    ranks = {name: space.rank for name, space in loss.arguments.items()}
    yield ROWS
    if not any(ranks.values()):
        yield COLUMNS
    if ranks[loss.first] == 1 and "target" in ranks:
        yield MAP
    if set(ranks.values()) == {2}:
        yield CHANNEL
        yield WHOLE
    yield ALONE

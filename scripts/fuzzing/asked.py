"""What the fuzzer asks: one call of a public function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fuzzing.arguments import described


@dataclass
class Call:
    """A function with its arguments, the errors that it declares, and the words one of which each error must hold."""

    name: str
    function: Callable[..., Any]
    positional: list[Any] = field(default_factory=list)
    named: dict[str, Any] = field(default_factory=dict)
    declared: tuple[type[BaseException], ...] = (KeyError, TypeError, ValueError)
    words: tuple[str, ...] = ()
    plain: Callable[[], Any] | None = None  # the same question of plain arrays, which has the same answer
    is_told_apart: bool = True  # its answers can be compared

    def __call__(self) -> Any:
        return self.function(*self.positional, **self.named)

    def __str__(self) -> str:
        given = [*map(described, self.positional), *(f"{name}={described(x)}" for name, x in self.named.items())]
        return f"{self.name}({', '.join(given)})"[:700]

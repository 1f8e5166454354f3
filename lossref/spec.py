"""What a loss file states: one frozen record, answered in the same order by every loss."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from lossref.formats import Rounded
from lossref.spaces import Space

if TYPE_CHECKING:
    from lossref.exact.numbers import Operand, System
    from lossref.identities import Identity
    from lossref.stream import Stream

Region = Literal["ordinary", "tail", "cancellation", "kink", "option", "range", "special"]
Values = Mapping[str, Any]  # argument or parameter name -> a number, an integer label or a tuple of numbers


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """An argument with a default, not differentiated; `grid` is where it is tested."""

    space: Space
    default: float
    grid: tuple[float, ...]


@dataclass(frozen=True)
class Hard:
    """A family of points where implementations break, and how: `draw` makes one from a stream, `count` are drawn."""

    flag: str
    region: Region
    reason: str
    draw: Callable[[Stream], Values]
    count: int = 8


@dataclass(frozen=True)
class Witness:
    """An answer known without us: a closed form over the number system, or a decimal with all its digits right.

    With an infinite input it states the limit, which a test approaches.
    """

    at: Values
    value: Callable[[System], Operand] | str
    reason: str
    gradient: str | tuple[str, ...] | None = None

    def stated(self) -> tuple[Rounded, tuple[Rounded, ...] | None]:
        """Its decimals as exact numbers: the value and the gradient's components."""

        def number(text: str) -> Rounded:
            return float(text) if "inf" in text else Fraction(text)

        assert isinstance(self.value, str)
        slopes = (self.gradient,) if isinstance(self.gradient, str) else self.gradient
        return number(self.value), None if slopes is None else tuple(number(slope) for slope in slopes)


@dataclass(frozen=True, kw_only=True)
class Loss:
    """A loss: its arguments (prediction first, target second), its float64 code, its definition, and its facts.

    `value`, `gradient` and `hessian` (the diagonal) are float64 NumPy, vectorised and unreduced; the gradient is in
    the first argument. `definition(m, ...)` is the formula for one example over a number system m. `soft_target` names the
    loss that takes a weight for each class where this one takes an index.
    """

    name: str
    arguments: Mapping[str, Space]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    value: Callable[..., Any]
    gradient: Callable[..., Any]
    value_and_gradient: Callable[..., Any] | None = None
    hessian: Callable[..., Any] | None = None
    definition: Callable[..., Any]
    identities: tuple[Identity, ...]
    hard: tuple[Hard, ...]
    witnesses: tuple[Witness, ...]
    source: str
    also_known_as: Mapping[str, str]
    soft_target: str = ""

    @property
    def differentiable(self) -> str:
        """The argument that the gradient is taken in."""
        return next(iter(self.arguments))

    @property
    def family(self) -> str:
        return self.value.__module__.split(".")[-2]

    @property
    def documentation(self) -> str:
        """The docstring of the loss file: formula, arguments, conventions."""
        return (sys.modules[self.value.__module__].__doc__ or "").strip()

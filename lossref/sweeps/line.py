"""What a sweep goes along: one argument of a loss through all finite numbers of a format, the others fixed, in blocks of so many."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref.bits import written
from lossref.exact.taylor import Curve
from lossref.formats import FORMATS, Format
from lossref.spec import Loss, Question, Values

BLOCK_BITS = {8: 7, 16: 12, 32: 23}  # the bits that count within a block: of float32 a block is one binade of one sign
SWEPT = ("float32", "float16", "bfloat16", "float8_e5m2", "float8_e4m3fn")
PREFERRED = (1.0, 0.0, 0.5, -1.0)  # what an argument is fixed at, unless its user says: the first that its space holds
REASON = "the worst of its binade among all inputs of the format"


class SweepError(ValueError):
    """What cannot be swept, in a sentence that names the argument."""


@dataclass(frozen=True)
class Block:
    """Numbers of one sign whose bits without it are from `first` up to `end`."""

    sign: int
    first: int
    end: int


@dataclass(frozen=True)
class Line:
    """A loss along one argument. `fixed` has the others and the parameters."""

    loss: Loss
    along: str
    fixed: Values
    form: Format

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """All finite numbers, in a fixed order: those from 0 on, then those from -0 on."""
        size = 1 << BLOCK_BITS[self.form.width]
        end = int(self.form.encode(self.form.largest), 16) + 1
        return tuple(Block(sign, k, min(k + size, end)) for sign in (1, -1) for k in range(0, end, size))

    @cached_property
    def curve(self) -> Curve:
        return Curve(self.loss, self.along, self.fixed, self.form)

    def titled(self, across: str = "") -> str:
        """What is swept, in words; with the argument that is swept across, if any, in place of its number."""
        fixed = (f"{name} {_shown(x)}" for name, x in self.fixed.items() if name != across)
        return ", ".join([f"{self.loss.name} along {self.along}{f' across {across}' if across else ''}", *fixed])

    def numbers(self, block: Block, first: int, end: int) -> NDArray[np.float64]:
        """The numbers of a block whose bits are in a range."""
        if self.form.width == 32:
            return np.copysign(np.arange(first, end, dtype=np.uint32).view(np.float32).astype(np.float64), block.sign)
        return np.array([math.copysign(self.form.decode(f"{bits:x}"), block.sign) for bits in range(first, end)])

    def inside(self, block: Block) -> tuple[int, int]:
        """The range of bits of a block that lie in the argument's space, which is an interval."""
        space = self.loss.arguments[self.along]
        if space.low == -math.inf and space.high == math.inf:
            return block.first, block.end
        held = np.flatnonzero(space.contains(self.numbers(block, block.first, block.end), precision=self.form.precision))
        return (block.first + int(held[0]), block.first + int(held[-1]) + 1) if held.size else (block.first, block.first)

    def question(self, x: float) -> Question:
        """One input, as any other question."""
        inputs = {name: x if name == self.along else self.fixed[name] for name in self.loss.arguments}
        options = {name: self.fixed[name] for name in self.loss.parameters}
        return Question(self.loss.name, self.form.name, inputs, options, "ordinary", "swept", REASON)


def lines(loss: Loss, form: str, fixed: Mapping[str, float] | None = None, along: str = "", across: str = "") -> tuple[Line, ...]:
    """The line of a loss along its first argument, or another; or as many as `across` a second one has numbers, of a format of 8 bits.

    The arguments that nobody fixed are at the first that fits of 1, 0, 1/2 and -1, and parameters at their defaults, rounded to the format.
    Raises SweepError for a loss whose example is no single numbers, and for names and numbers that it has not.
    """
    if form not in SWEPT:
        raise SweepError(f"format must be one of {', '.join(SWEPT)}, and is {form}: nobody waits for more numbers than these have")
    wanted = FORMATS[form]
    if arrays := [name for name, space in loss.arguments.items() if space.axes]:
        raise SweepError(f"{loss.name} cannot be swept: its {arrays[0]} is {loss.arguments[arrays[0]].description}, and not one number")
    free = [name for name in loss.arguments if not loss.arguments[name].is_discrete]
    along, chosen = along or loss.first, dict(fixed or {})
    for word, name in (("along", along), ("across", across)):
        if name and name not in free:
            raise SweepError(f"{loss.name} is swept {word} one of {', '.join(free)}, and {word} is {name}")
    if across and (across == along or wanted.width > 8):
        raise SweepError("across takes a second argument, in a format of 8 bits: others have billions of pairs")
    others = [name for name in (*loss.arguments, *loss.parameters) if name not in (along, across)]
    for name, x in chosen.items():
        if name not in others:
            raise SweepError(f"{loss.name} has no {name} to be fixed beside {along}: it has {', '.join(others) or 'nothing else'}")
        if not _fits(loss, name, x, wanted):
            raise SweepError(f"{name} must be {loss.spaces[name].description}, and a number of {form}, and is {_shown(x)}")
    for name in others:
        if name not in chosen:
            default = loss.parameters[name].default if name in loss.parameters else None
            likely = PREFERRED if default is None else (wanted.nearest(default) if isinstance(default, float) else default,)
            fitting = [x for x in likely if _fits(loss, name, x, wanted)]
            if not fitting:
                raise SweepError(f"{name} must be {loss.spaces[name].description}, and its default is none in {form}: fix another")
            chosen[name] = fitting[0]
    names = [name for name in (*loss.arguments, *loss.parameters) if name != along]
    seconds = _all(loss, across, wanted) if across else [0.0]
    return tuple(Line(loss, along, {name: y if name == across else chosen[name] for name in names}, wanted) for y in seconds)


def _all(loss: Loss, name: str, form: Format) -> list[float]:
    """All finite numbers of a short format that an argument may be, 0 once."""
    numbers = {form.decode(f"{bits:x}") + 0.0 for bits in range(1 << form.width)}
    return sorted(x for x in numbers if math.isfinite(x) and loss.spaces[name].holds(x, precision=form.precision))


def _fits(loss: Loss, name: str, x: float, form: Format) -> bool:
    return math.isfinite(x) and form.holds(x) and loss.spaces[name].holds(x, precision=form.precision)


def _shown(x: Any) -> str:
    return written(x) if isinstance(x, float) else str(x)


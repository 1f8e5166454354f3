"""The one operator class a definition sees, and what every number system under it shares."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any


class UndecidedError(ArithmeticError):
    """An enclosure is too wide to say; a higher precision may."""


class NoAnswerError(ArithmeticError):
    """There is no answer to give, for the reason that the message states; never a guess."""


class NoValueError(NoAnswerError):
    """Not defined at this very point: x / 0, inf - inf, the logarithm of a negative number."""


class Number:
    """A number of some system. Definitions compute with these and with plain integers, nothing else."""

    __slots__ = ("data", "system")

    def __init__(self, system: System, data: Any) -> None:
        self.system, self.data = system, data

    def __add__(self, other: Operand) -> Number:
        return self.system.add(self, self.system.lift(other))

    def __radd__(self, other: Operand) -> Number:
        return self.system.add(self.system.lift(other), self)

    def __sub__(self, other: Operand) -> Number:
        return self.system.add(self, self.system.negate(self.system.lift(other)))

    def __rsub__(self, other: Operand) -> Number:
        return self.system.add(self.system.lift(other), self.system.negate(self))

    def __mul__(self, other: Operand) -> Number:
        return self.system.multiply(self, self.system.lift(other))

    def __rmul__(self, other: Operand) -> Number:
        return self.system.multiply(self.system.lift(other), self)

    def __truediv__(self, other: Operand) -> Number:
        return self.system.divide(self, self.system.lift(other))

    def __rtruediv__(self, other: Operand) -> Number:
        return self.system.divide(self.system.lift(other), self)

    def __neg__(self) -> Number:
        return self.system.negate(self)

    def __pow__(self, power: int) -> Number:
        """A small whole power; everything else is exp and log, written out."""
        if power < 0:
            return 1 / self**-power
        product = self.system.lift(1)
        for _ in range(power):
            product = product * self
        return product

    def __abs__(self) -> Number:
        return self.system.abs(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Operand) and self.system.compare(self, other) == 0

    __hash__ = None  # type: ignore[assignment]  # equal numbers may be enclosed differently

    def __bool__(self) -> bool:
        raise TypeError("a number of a definition is no condition by itself: write x == 0, or compare it otherwise")

    def __float__(self) -> float:
        raise TypeError("a number of a definition is no float: functions of it are those of m, such as m.exp(x)")

    def __lt__(self, other: Operand) -> bool:
        return self.system.compare(self, other) < 0

    def __le__(self, other: Operand) -> bool:
        return self.system.compare(self, other) <= 0

    def __gt__(self, other: Operand) -> bool:
        return self.system.compare(self, other) > 0

    def __ge__(self, other: Operand) -> bool:
        return self.system.compare(self, other) >= 0


Operand = Number | Fraction | int | float


class System:
    """What all systems share: everything follows from lift, add, multiply, divide, negate, sign, apply, magnitude."""

    def lift(self, x: Operand) -> Number:
        raise NotImplementedError

    def add(self, a: Number, b: Number) -> Number:
        raise NotImplementedError

    def multiply(self, a: Number, b: Number) -> Number:
        raise NotImplementedError

    def divide(self, a: Number, b: Number) -> Number:
        raise NotImplementedError

    def negate(self, a: Number) -> Number:
        raise NotImplementedError

    def sign(self, a: Number) -> int:
        """-1, 0 or 1; raises UndecidedError rather than guess."""
        raise NotImplementedError

    def apply(self, function: str, a: Number) -> Number:
        """One of the functions of DERIVATIVE."""
        raise NotImplementedError

    def magnitude(self, a: Number) -> Number:
        """|a|, also where an enclosure holds 0 and its sign is open."""
        raise NotImplementedError

    def known_zero(self, a: Number) -> bool:
        """Exactly 0, known without an enclosure."""
        raise NotImplementedError

    def known_infinite(self, a: Number) -> bool:
        raise NotImplementedError

    def compare(self, a: Number, b: Operand) -> int:
        return self.sign(a - b)

    def exp(self, x: Operand) -> Number:
        return self.apply("exp", self.lift(x))

    def log(self, x: Operand) -> Number:
        return self.apply("log", self.lift(x))

    def sqrt(self, x: Operand) -> Number:
        return self.apply("sqrt", self.lift(x))

    def cos(self, x: Operand) -> Number:
        return self.apply("cos", self.lift(x))

    def sin(self, x: Operand) -> Number:
        return self.apply("sin", self.lift(x))

    def arctan(self, x: Operand) -> Number:
        return self.apply("arctan", self.lift(x))

    def power(self, x: Operand, exponent: Operand) -> Number:
        """x to any power above 0, for x of at least 0."""
        x, exponent = self.lift(x), self.lift(exponent)
        if self.compare(exponent, 1) == 0:  # also where a kink within reach makes a size negative
            return x
        return self._power_of_zero(x, exponent) if self.sign(x) == 0 else self.exp(exponent * self.log(x))

    def _power_of_zero(self, zero: Number, exponent: Number) -> Number:
        return self.lift(0)

    def abs(self, x: Operand) -> Number:
        x = self.lift(x)
        return x if self.compare(x, 0) >= 0 else -x

    def max(self, first: Operand, *others: Operand) -> Number:
        largest = self.lift(first)
        for x in others:
            largest = largest if self.compare(largest, x) >= 0 else self.lift(x)
        return largest

    def min(self, *numbers: Operand) -> Number:
        return -self.max(*(-self.lift(x) for x in numbers))

    def ranked(self, numbers: Iterable[Operand]) -> list[Number]:
        """All of them, the largest first; every pair is compared."""
        found: list[Number] = []
        for x in map(self.lift, numbers):
            found.insert(sum(self.compare(x, y) <= 0 for y in found), x)
        return found

    def sum(self, terms: Iterable[Operand]) -> Number:
        total = self.lift(0)
        for x in terms:
            total = total + x
        return total


# f'(x), given x and f(x), in the functions of the same system: the only derivatives a human writes.
DERIVATIVE: dict[str, Callable[[Number, Number], Operand]] = {
    "exp": lambda x, fx: fx,
    "log": lambda x, fx: 1 / x,
    "sqrt": lambda x, fx: 1 / (2 * fx),
    "cos": lambda x, fx: -x.system.sin(x),
    "sin": lambda x, fx: x.system.cos(x),
    "arctan": lambda x, fx: 1 / (1 + x * x),
}


def computed_one(system: System) -> Number:
    """The slope of a variable in itself: a number that was computed, so that slopes are added as terms and not as data."""
    return system.lift(1) * 1


def lifted(system: System, x: Any) -> Any:
    """Every float becomes a number before a definition sees it: 1 - p in float arithmetic would already be rounded."""
    if isinstance(x, (list, tuple)):
        return [lifted(system, y) for y in x]
    return system.lift(x) if isinstance(x, (float, Fraction)) else x


def is_infinite(x: Any) -> bool:
    """Whether the data of a base number is an exact infinity."""
    return isinstance(x, float) and math.isinf(x)

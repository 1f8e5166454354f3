"""Numbers that remember the size of the terms they were added from: the scale of the normwise error E3.

size(a + b) = size a + size b, size(a b) = size a size b, and size(f(a)) = |f(a)| + |f'(a)| size a: what a formula
evaluated as printed, each operation rounded once, is uncertain by, in units of the rounding. Data (inputs, parameters,
constants) is exact here: the sum or difference of two data has the size of its result, and a function of data has
the size of its value, because the allowance K already pays for the rounding of inputs.
"""

from __future__ import annotations

from dataclasses import dataclass

from lossref.exact.numbers import DERIVATIVE, Number, Operand, System, is_infinite
from lossref.exact.systems import Base


@dataclass(slots=True)
class Sized:
    number: Number
    size: Number
    is_data: bool = False


class Sizes(System):
    """A system over Base numbers; jets run over it unchanged, so gradients get their sizes too."""

    def __init__(self, base: Base) -> None:
        self.base = base

    def lift(self, x: Operand) -> Number:
        if isinstance(x, Number) and x.system is self:
            return x
        number = self.base.lift(x)
        return Number(self, Sized(number, self.base.magnitude(number), is_data=True))

    def add(self, a: Number, b: Number) -> Number:
        for x, y in ((a, b), (b, a)):
            if x.data.is_data and self.known_zero(x):
                return y
        total = a.data.number + b.data.number
        size = self.base.magnitude(total) if a.data.is_data and b.data.is_data else a.data.size + b.data.size
        return Number(self, Sized(total, size))

    def multiply(self, a: Number, b: Number) -> Number:
        return Number(self, Sized(a.data.number * b.data.number, a.data.size * b.data.size))

    def divide(self, a: Number, b: Number) -> Number:
        x, y = a.data, b.data
        quotient = x.number / y.number
        if self.known_infinite(b):
            return self.lift(quotient)
        return Number(self, Sized(quotient, x.size * y.size / (y.number * y.number)))

    def negate(self, a: Number) -> Number:
        return Number(self, Sized(-a.data.number, a.data.size, a.data.is_data))

    def sign(self, a: Number) -> int:
        return self.base.sign(a.data.number)

    def known_zero(self, a: Number) -> bool:
        return self.base.known_zero(a.data.number)

    def known_infinite(self, a: Number) -> bool:
        return self.base.known_infinite(a.data.number)

    def magnitude(self, a: Number) -> Number:
        return self.lift(self.base.magnitude(a.data.number))

    def apply(self, function: str, a: Number) -> Number:
        x = a.data
        y = self.base.apply(function, x.number)
        size = self.base.magnitude(y)
        steep = function == "sqrt" and self.base.known_zero(x.number)  # no finite slope: an exact 0 counts as data
        if not x.is_data and not steep and not is_infinite(y.data) and not is_infinite(x.number.data):
            slope = self.base.lift(DERIVATIVE[function](x.number, y))
            size = size + self.base.magnitude(slope) * x.size
        return Number(self, Sized(y, size))

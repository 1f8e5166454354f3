"""Power series over Arb balls: a definition along one of its arguments, whose other arguments are fixed.

A number of this system is a function of the variable X,

    exp(rate X + shift) (slope X + rest),

with rational `rate` and `slope` and power series `shift` and `rest` about the middle of a ball. What is rational in X stays apart, so that
a ball as wide as a binade costs nothing: log(1 + exp X) - X is log(1 + exp -X) where X is large, and not a difference of two wide balls.
Taken about a point the series are Taylor's; taken about a ball their last coefficient bounds what follows the others anywhere in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lossref.bits import as_fraction
from lossref.exact import balls
from lossref.exact.numbers import NoValueError, Number, Operand, System, UndecidedError, is_infinite

if balls.INSTALLED:
    from flint import arb, arb_series, ctx, fmpq

FAR = 1 << 30  # an exponential beyond is 0 or an infinity in every format


@contextmanager
def working(precision: int, length: int) -> Iterator[None]:
    """Arb at a precision, and series of at least so many coefficients: both belong to the whole process."""
    with balls.Balls.working(precision):
        before, ctx.cap = ctx.cap, max(ctx.cap, length + 1)
        try:
            yield
        finally:
            ctx.cap = before


@dataclass(frozen=True, slots=True)
class Along:
    """exp(rate X + shift) (slope X + rest); no exponential where the rate is 0 and there is no shift."""

    rate: Fraction
    shift: Any
    slope: Fraction
    rest: Any


class Series(System):
    """Series of so many coefficients about a ball; constants stay rational. Computed with `working`."""

    def __init__(self, middle: Any, length: int) -> None:
        self.length = length
        self.variable = Number(self, Along(Fraction(0), None, Fraction(1), self._series([0])))
        self._x = self._series([middle, 1])

    def lift(self, x: Operand) -> Number:
        if isinstance(x, Number):
            return x
        return Number(self, x if is_infinite(x) else as_fraction(x))

    def add(self, a: Number, b: Number) -> Number:
        p, q = a.data, b.data
        if type(p) is Fraction and type(q) is Fraction:
            return Number(self, p + q)
        if is_infinite(p) or is_infinite(q):
            raise UndecidedError("an infinity")
        if p == 0 or q == 0:
            return b if p == 0 else a
        x, y = self._along(p), self._along(q)
        if x.rate == y.rate and x.shift is y.shift:
            return self._number(x.rate, x.shift, x.slope + y.slope, x.rest + y.rest)
        apart = self._linear(x.rate - y.rate, self._shift(x) - self._shift(y))
        if apart[0] < 0:
            x, y, apart = y, x, -apart
        elif not apart[0] > 0:
            return self._number(Fraction(0), None, Fraction(0), self.collapsed(x) + self.collapsed(y))
        return self._number(x.rate, x.shift, Fraction(0), self._factor(x) + self._factor(y) * self._exp(-apart))

    def negate(self, a: Number) -> Number:
        x = a.data
        return self._number(x.rate, x.shift, -x.slope, -x.rest) if isinstance(x, Along) else Number(self, -x)

    def multiply(self, a: Number, b: Number) -> Number:
        p, q = a.data, b.data
        for x, y in ((p, q), (q, p)):
            if type(x) is Fraction:
                if x == 0:
                    return Number(self, x)
                if type(y) is Fraction:
                    return Number(self, x * y)
                if isinstance(y, Along):
                    return self._number(y.rate, y.shift, x * y.slope, _ball(x) * y.rest)
        if is_infinite(p) or is_infinite(q):
            raise UndecidedError("an infinity")
        rate, shift = p.rate + q.rate, q.shift if p.shift is None else p.shift if q.shift is None else p.shift + q.shift
        return self._number(rate, shift, Fraction(0), self._factor(p) * self._factor(q))

    def divide(self, a: Number, b: Number) -> Number:
        q = b.data
        if type(q) is Fraction:
            if q == 0:
                raise NoValueError("x / 0")
            return self.multiply(a, Number(self, 1 / q))
        if is_infinite(q):
            raise UndecidedError("an infinity")
        factor = self._factor(q)
        if not _is_apart(factor[0]):
            raise UndecidedError("a denominator")
        return self.multiply(a, self._number(-q.rate, None if q.shift is None else -q.shift, Fraction(0), 1 / factor))

    def sign(self, a: Number) -> int:
        x = a.data
        if not isinstance(x, Along):
            return 1 if x > 0 else -1 if x < 0 else 0
        middle = self._factor(x)[0]
        if middle > 0 or middle < 0:
            return 1 if middle > 0 else -1
        raise UndecidedError("a sign")

    def apply(self, function: str, a: Number) -> Number:
        x = a.data
        if is_infinite(x):
            raise UndecidedError("an infinity")
        if type(x) is Fraction:
            if (known := EXACT.get((function, x))) is not None:
                return Number(self, Fraction(known))
            if function == "log" and x == 0:
                raise UndecidedError("log 0")
            return self._number(Fraction(0), None, Fraction(0), self._series([getattr(_ball(x), NAMES[function])()]))
        if function == "exp":
            if x.rate == 0 and x.shift is None:
                return self._number(x.slope, x.rest, Fraction(0), self._series([1]))
            return self._number(Fraction(0), self.collapsed(x), Fraction(0), self._series([1]))
        if function in ("log", "sqrt"):
            factor = self._factor(x)
            if not factor[0] > 0:
                raise UndecidedError(function)
            if function == "log":
                return self._number(Fraction(0), None, x.rate, factor.log() if x.shift is None else x.shift + factor.log())
            return self._number(x.rate / 2, None if x.shift is None else x.shift / 2, Fraction(0), factor.sqrt())
        return self._number(Fraction(0), None, Fraction(0), getattr(self.collapsed(x), NAMES[function])())

    def magnitude(self, a: Number) -> Number:
        return a if self.sign(a) >= 0 else -a

    def known_zero(self, a: Number) -> bool:
        return type(a.data) is Fraction and a.data == 0

    def known_infinite(self, a: Number) -> bool:
        return is_infinite(a.data)

    def derivative(self, a: Number) -> Number:
        """The derivative in X, of one coefficient less."""
        if not isinstance(a.data, Along):
            return self.lift(0)
        x = a.data
        factor, rate = self._factor(x), self._series([_ball(x.rate)])
        if x.shift is not None:
            rate = rate + x.shift.derivative()
        return self._number(x.rate, x.shift, Fraction(0), rate * factor + factor.derivative())

    def collapsed(self, x: Any) -> Any:
        """One power series."""
        x = self._along(x)
        factor = self._factor(x)
        return factor if x.rate == 0 and x.shift is None else self._exp(self._exponent(x)) * factor

    def exponent(self, a: Number) -> Any:
        """The ball of the exponent, and that of the factor."""
        x = self._along(a.data)
        return self._exponent(x)[0], self._factor(x)[0]

    def _number(self, rate: Fraction, shift: Any, slope: Fraction, rest: Any) -> Number:
        return Number(self, Along(rate, shift, slope, rest))

    def _along(self, x: Any) -> Along:
        return x if isinstance(x, Along) else Along(Fraction(0), None, Fraction(0), self._series([_ball(x)]))

    def _series(self, coefficients: list[Any]) -> Any:
        return arb_series(coefficients, self.length)

    def _linear(self, rate: Fraction, rest: Any) -> Any:
        return _ball(rate) * self._x + rest if rate else rest

    def _factor(self, x: Along) -> Any:
        return self._linear(x.slope, x.rest)

    def _shift(self, x: Along) -> Any:
        return self._series([0]) if x.shift is None else x.shift

    def _exponent(self, x: Along) -> Any:
        return self._linear(x.rate, self._shift(x))

    def _exp(self, x: Any) -> Any:
        first, *others = [x[k] for k in range(x.prec)]
        return arb_series([0, *others], x.prec).exp() * _exp(first)


EXACT: dict[tuple[str, Fraction | int], int] = {
    ("exp", 0): 1, ("log", 1): 0, ("sqrt", 0): 0, ("sqrt", 1): 1, ("sin", 0): 0, ("cos", 0): 1, ("arctan", 0): 0,
}  # fmt: skip
NAMES = {"exp": "exp", "log": "log", "sqrt": "sqrt", "cos": "cos", "sin": "sin", "arctan": "atan"}


def _ball(x: Fraction) -> Any:
    return arb(fmpq(x.numerator, x.denominator))


def _exp(x: Any) -> Any:
    """The exponential of a ball by its ends: Arb's own, about its middle, reaches below 0 where the ball is wide."""
    if not x < FAR:
        raise UndecidedError("exp of a number beyond every format")
    low, high = x.lower(), x.upper()
    return (low.exp() if low > -FAR else arb(0)).union(high.exp() if high > -FAR else arb((1, -FAR)))


def _is_apart(x: Any) -> bool:
    """Whether a ball excludes 0."""
    return bool(x > 0 or x < 0)

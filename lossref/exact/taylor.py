"""A loss along one argument as polynomials with proved errors, so that each of billions of inputs takes a few additions and products.

Of a range of inputs the definition is enclosed twice, as series over balls: about the middle, which gives Taylor's coefficients, and about
all of the range, whose last coefficient bounds what they leave out (Lagrange). A polynomial of degree n with float64 coefficients c,
evaluated by Horner's rule at |t| <= r in IEEE additions and products, is then off by at most

    (2 n + 1) u / (1 - (2 n + 1) u) sum |c_k| r^k  +  sum rad(c_k) r^k  +  |f_n+1| r^(n+1),        u = 2^-53,

the rounding of the rule and of the coefficients (N. J. Higham, Accuracy and Stability of Numerical Algorithms, section 5.1), what Arb
leaves open of them, and the remainder. A range on which that is not far below the spacing of the format is halved; a few inputs are left
for the oracle.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lossref.bits import as_float
from lossref.exact import balls
from lossref.exact.numbers import NoAnswerError, Number, UndecidedError
from lossref.exact.series import Series, working
from lossref.formats import Format
from lossref.spec import Loss, Values

if balls.INSTALLED:
    from flint import arb

PRECISION = 320  # of balls: log(1 + exp z) beside 1 down to the least number of float32, with as many bits again
LAST_PRECISION = 1 << 13
LENGTH = 14  # coefficients of the value, the bound of the remainder among them
ALONE = 4  # so many inputs are not halved again: one by one they take no longer
MARGIN = 20  # bits that an error lies below half a spacing: one input in half a million is in doubt
MOST_PIECES = 1 << 14
SURE = 54  # bits of a ball that its nearest float64 stands for
LEAST, LARGEST = 1e-300, 1e300  # of floats that are multiplied without loss


class UnsweptError(Exception):
    """A definition that is not decided over ranges of inputs."""


@dataclass(frozen=True)
class Polynomial:
    """Coefficients about the middle of a piece, the constant one first, and how far what Horner's rule gives may be off.

    A function that is beyond the format everywhere is a constant infinity.
    """

    coefficients: tuple[float, ...]
    error: float


@dataclass(frozen=True)
class Piece:
    """Consecutive numbers of a format, of one sign, by their bits without it: the first, and the one after the last.

    Of a piece without polynomials each input is asked alone.
    """

    first: int
    end: int
    middle: float
    unit: int
    parts: tuple[Polynomial, Polynomial] | None  # of the value and of the slope


class Curve:
    """A loss along one argument, the others fixed."""

    def __init__(self, loss: Loss, along: str, fixed: Values, form: Format) -> None:
        self.loss, self.along, self.fixed, self.form = loss, along, fixed, form
        self._largest = form.largest * 2
        self._least = Fraction(2) ** (form.least_exponent - 1)

    def pieces(self, sign: int, first: int, end: int) -> Iterator[Piece]:
        """The pieces of a range of bits, in order; UnsweptError where they do not end."""
        waiting, count = [(first, end)], 0
        while waiting:
            low, high = waiting.pop()
            with working(PRECISION, LENGTH):
                piece = self._piece(sign, low, high)
            if piece is None:
                half = (low + high) // 2
                waiting += [(half, high), (low, half)]
                continue
            count += 1
            if count > MOST_PIECES:
                near = self.number(sign, low)
                raise UnsweptError(f"the definition of {self.loss.name} is not decided over ranges of {self.along}, near {near!r}")
            yield piece

    def number(self, sign: int, bits: int) -> float:
        """The number of the format with these bits and this sign."""
        x = self.form.decode(f"{bits:x}")
        return -x if sign < 0 else x

    def at(self, x: float) -> tuple[float | None, float | None]:
        """Value and slope at one input, correctly rounded; None of what balls do not decide, as at a kink."""
        precision = PRECISION
        found: tuple[float | None, float | None] = None, None
        while precision <= LAST_PRECISION and None in found:
            with working(precision, LENGTH):
                try:
                    series, (value, slope) = self._numbers(arb(x), 2)
                    found = self._rounded(series, value), self._rounded(series, slope)
                except (UndecidedError, NoAnswerError, ZeroDivisionError):
                    pass
            precision *= 4
        return found

    def _piece(self, sign: int, low: int, high: int) -> Piece | None:
        ends = [self.number(sign, bits) for bits in (low, high - 1)]
        middle = (ends[0] + ends[1]) / 2
        radius = max(abs(end - middle) for end in ends)
        unit = math.frexp(radius)[1]
        if high - low <= ALONE:
            return Piece(low, high, middle, unit, None)
        try:
            parts = self._polynomials(middle, radius, unit)
        except (UndecidedError, NoAnswerError, ZeroDivisionError):
            return None
        return parts and Piece(low, high, middle, unit, parts)

    def _polynomials(self, middle: float, radius: float, unit: int) -> tuple[Polynomial, Polynomial] | None:
        wide, over = self._numbers(arb(middle, radius), LENGTH)
        near, about = self._numbers(arb(middle), LENGTH)
        found = []
        for order, (rough, exact) in enumerate(zip(over, about, strict=True)):
            polynomial = self._extreme(wide, rough) or self._polynomial(
                near.collapsed(exact.data), wide.collapsed(rough.data), LENGTH - 1 - order, unit
            )
            if polynomial is None:
                return None
            found.append(polynomial)
        return found[0], found[1]

    def _numbers(self, x: Any, length: int) -> tuple[Series, tuple[Number, Number]]:
        """Value and slope over a ball."""
        series = Series(x, length)
        given: Mapping[str, Any] = {name: series.lift(y) if isinstance(y, float) else y for name, y in self.fixed.items()}
        value = series.lift(self.loss.definition(series, **given, **{self.along: series.variable}))
        return series, (value, series.derivative(value))

    def _extreme(self, series: Series, x: Number) -> Polynomial | None:
        """A constant where the function is 0 or an infinity in the format everywhere."""
        exponent, factor = series.exponent(x)
        if exponent > 4096 and abs(factor) > self._ball(self._least):
            return Polynomial((math.inf if factor > 0 else -math.inf,), 0.0)
        size = abs(series.collapsed(x.data)[0])
        if size < self._ball(self._least):
            return Polynomial((0.0,), _above(size))
        if size > self._ball(self._largest):
            return Polynomial((math.inf if series.sign(x) > 0 else -math.inf,), 0.0)
        return None

    def _polynomial(self, near: Any, wide: Any, degree: int, unit: int) -> Polynomial | None:
        """In t = (x - middle) / 2**unit, which is within 1."""
        assert wide.prec > degree <= near.prec, "a series that was cut"  # whose last coefficient would bound nothing
        terms = [near[k] * arb((1, unit * k)) for k in range(degree)]
        coefficients = list(map(float, terms))
        if not all(map(math.isfinite, coefficients)):
            return None
        error = abs(wide[degree]) * arb((1, unit * degree))
        sizes = list(map(abs, coefficients))
        scale = max(_below(arb(sizes[0]) - sum(map(arb, sizes[1:]), arb(0))), float(self.form.least_normal))
        while len(coefficients) > 1 and sizes[-1] < scale * 2.0**-60:
            error += abs(terms[len(coefficients) - 1])
            coefficients.pop()
            sizes.pop()
        error += sum((abs(term - c) for term, c in zip(terms, coefficients, strict=False)), arb(0))
        if len(coefficients) > 1:
            operations = 2 * len(coefficients)
            error += sum(map(arb, sizes), arb(0)) * (operations * 2.0**-53 * 1.001) + operations * 2.0**-1074
        off = _above(error)
        if off:  # beside the middle of two numbers nothing that is left may be rounded away when it is added
            off = max(off, _above(sum(map(arb, sizes), arb(0)) * 2.0**-51))
        return Polynomial(tuple(coefficients), off) if off <= scale * float(self.form.unit) * 2.0**-MARGIN else None

    def _rounded(self, series: Series, x: Number) -> float | None:
        if type(x.data) is Fraction:
            return as_float(self.form.round(x.data))
        exponent, factor = series.exponent(x)
        if exponent > 4096 and abs(factor) > self._ball(self._least):
            return math.inf if factor > 0 else -math.inf
        ball = series.collapsed(x.data)[0]
        if abs(ball) < self._ball(self._least):
            return 0.0
        if not ball.is_finite():
            return None
        near = float(ball)
        if ball.rel_accuracy_bits() > SURE and self.form.width < 64 and LEAST < abs(near) < LARGEST:  # most: within two of its last places
            first, second = (self.form.nearest(near * (1 + side * 2.0**-51)) for side in (-1, 1))
            if first == second:
                return first
        low, high = (end.mid().man_exp() for end in (ball.lower(), ball.upper()))
        found = {self.form.round_dyadic(int(mantissa), int(shift)) for mantissa, shift in (low, high)}
        return as_float(found.pop()) if len(found) == 1 else None

    def _ball(self, x: Fraction) -> Any:
        return arb(x.numerator) / x.denominator


def _above(x: Any) -> float:
    """A float64 not below a ball that is at least 0."""
    return math.nextafter(float(x.abs_upper()), math.inf) if x.is_finite() else math.inf


def _below(x: Any) -> float:
    return math.nextafter(float(x.lower()), -math.inf) if x.is_finite() else 0.0

"""mpmath's raw numbers with a proved bound on their error, a power of two: what a tape is confirmed over.

A number is a value v and a whole number e: the truth lies within 2**e of v. Sums, products and quotients of mpmath are correctly
rounded; its functions are trusted to FUNCTION_ULPS units of 2**-precision, as by `floats`. Each step rounds its bound up to a power of
two, a bit or two a step, which the bits beyond those of the ball pay for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from mpmath import libmp

from lossref.exact.floats import FUNCTION_ULPS
from lossref.exact.numbers import UndecidedError

EXACT = -(10**15)  # the bound of an exact number, and of a value of 0 the power of two above it
TRUSTED = FUNCTION_ULPS.bit_length() - 1
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": libmp.mpf_exp, "log": libmp.mpf_log, "sqrt": libmp.mpf_sqrt, "cos": libmp.mpf_cos, "sin": libmp.mpf_sin,
    "arctan": libmp.mpf_atan,
}  # fmt: skip


class Near:
    """A value with its bound; `bits` is the power of two above it, and `precision` is one for all numbers of a computation."""

    __slots__ = ("bits", "e", "precision", "v")

    def __init__(self, v: Any, e: int, precision: int) -> None:
        self.v, self.e, self.precision = v, e, precision
        self.bits = v[2] + v[3] if v[1] else EXACT

    def __neg__(self) -> Near:
        return Near(libmp.mpf_neg(self.v), self.e, self.precision)

    def __abs__(self) -> Near:
        return Near(libmp.mpf_abs(self.v), self.e, self.precision)

    def __add__(self, other: Near) -> Near:
        precision = self.precision
        y = Near(libmp.mpf_add(self.v, other.v, precision, "n"), EXACT, precision)
        y.e = max(self.e, other.e, y.bits - precision) + 2
        return y

    def __mul__(self, other: Near) -> Near:
        precision = self.precision
        y = Near(libmp.mpf_mul(self.v, other.v, precision, "n"), EXACT, precision)
        y.e = max(self.bits + other.e, other.bits + self.e, self.e + other.e, y.bits - precision) + 2
        return y

    def __truediv__(self, other: Near) -> Near:
        if not other.v[1] or other.e > other.bits - 3:
            raise UndecidedError("division by an enclosure of 0")
        precision = self.precision
        y = Near(libmp.mpf_div(self.v, other.v, precision, "n"), EXACT, precision)
        y.e = max(max(self.e, y.bits + other.e) + 3 - other.bits, y.bits - precision) + 1  # |other| - 2**e is at least 2**(bits - 2)
        return y

    @property
    def ends(self) -> tuple[Any, Any]:
        """Middle and radius, each as (mantissa, exponent)."""
        sign, mantissa, exponent, _ = self.v
        return (-int(mantissa) if sign else int(mantissa), int(exponent)), (1, max(self.e, self.bits - 4 * self.precision, EXACT // 1000))


def total(terms: Sequence[Near]) -> Near:
    """The sum of many, added with more bits, so that it loses no bits with its length."""
    precision, room = terms[0].precision, len(terms).bit_length()
    v = libmp.fzero
    for x in terms:
        v = libmp.mpf_add(v, x.v, precision + 40, "n")
    y = Near(libmp.mpf_pos(v, precision, "n"), EXACT, precision)
    added = max(x.bits for x in terms) + 2 * room - precision - 40
    y.e = max(max(x.e for x in terms) + room, added, y.bits - precision) + 2
    return y


def functions(precision: int) -> dict[str, Any]:
    """What a tape names, over these numbers."""
    one = Near(libmp.fone, EXACT, precision)
    return {**{name: _function(name) for name in FUNCTIONS}, "one": one, "sum": total, "total": total}


def near(x: float | Fraction, precision: int) -> Near:
    if isinstance(x, float):
        return Near(libmp.from_float(x), EXACT, precision)
    y = Near(libmp.from_rational(x.numerator, x.denominator, precision, "n"), EXACT, precision)
    if x.denominator != 1 or x.numerator.bit_length() > precision:
        y.e = y.bits - precision
    return y


def of(x: Any, precision: int) -> Near:
    """A number of `floats`, its margin as the power of two above it."""
    _, mantissa, exponent, size = x.error._mpf_
    return Near(x.value._mpf_, exponent + size if mantissa else EXACT, precision)


def _function(name: str) -> Callable[[Near], Near]:
    def apply(x: Near) -> Near:
        function, carried = FUNCTIONS[name], CARRIED[name]
        if name in ("log", "sqrt") and (x.v[0] or not x.v[1] or x.e > x.bits - 2):
            raise UndecidedError(f"{name} of an enclosure of 0")
        if name == "exp" and x.e > -1:
            raise UndecidedError("exp of a wide enclosure")
        y = Near(function(x.v, x.precision, "n"), EXACT, x.precision)
        y.e = max(carried(x, y), y.bits + TRUSTED - x.precision) + 1
        return y

    return apply


# How far an argument's bound carries: exp moves by 2 y 2**e at most where 2**e <= 1/2, and x is at least twice 2**e below a log or a root.
CARRIED: dict[str, Callable[[Near, Near], int]] = {
    "exp": lambda x, y: y.bits + 1 + x.e,
    "log": lambda x, y: x.e + 2 - x.bits,
    "sqrt": lambda x, y: x.e + 2 - y.bits,
    "cos": lambda x, y: x.e,
    "sin": lambda x, y: x.e,
    "arctan": lambda x, y: x.e,
}

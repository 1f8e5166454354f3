"""mpmath with a margin: the second opinion, and the oracle where python-flint is not installed.

Each number carries a bound on its error, a few units in the last place for every operation. mpmath does not promise
those few, so what stands on these margins is unproved.
"""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any

from mpmath.ctx_mp import MPContext

from lossref.exact.numbers import UndecidedError
from lossref.exact.systems import Base

FUNCTION_ULPS = 4  # what mpmath's functions are trusted to, in units of 2 ** -precision


_own = threading.local()


def context() -> Any:
    """An mpmath context of our own, one a thread: the user's precision is never touched."""
    if not hasattr(_own, "context"):
        _own.context = MPContext()
    return _own.context


class Margin:
    """value +- error."""

    __slots__ = ("error", "value")

    def __init__(self, value: Any, error: Any) -> None:
        mp = context()
        self.value = value
        self.error = error + abs(value) * mp.ldexp(1, 2 - mp.prec) if value else error

    def __neg__(self) -> Margin:
        return _exactly(-self.value, self.error)

    def __add__(self, other: Margin) -> Margin:
        return Margin(self.value + other.value, self.error + other.error)

    def __mul__(self, other: Margin) -> Margin:
        error = abs(self.value) * other.error + abs(other.value) * self.error + self.error * other.error
        return Margin(self.value * other.value, error)

    def __truediv__(self, other: Margin) -> Margin:
        room = abs(other.value) - other.error
        if room <= 0:
            raise UndecidedError("division by an enclosure of 0")
        quotient = self.value / other.value
        return Margin(quotient, (self.error + abs(quotient) * other.error) / room)


def _exactly(value: Any, error: Any) -> Margin:
    margin = Margin.__new__(Margin)
    margin.value, margin.error = value, error
    return margin


class Floats(Base):
    """Exact numbers, then mpmath numbers with a margin."""

    @staticmethod
    def working(precision: int) -> AbstractContextManager[object]:
        manager: AbstractContextManager[object] = context().workprec(precision)
        return manager

    def enclose(self, x: Fraction) -> Margin:
        mp = context()
        if x.denominator & (x.denominator - 1) == 0 and x.numerator.bit_length() <= mp.prec:
            return _exactly(mp.mpf(x.numerator) / x.denominator, mp.mpf(0))
        return Margin(mp.mpf(x.numerator) / x.denominator, mp.mpf(0))

    def enclosed(self, function: str, x: Any) -> Margin:
        mp, v, e = context(), x.value, x.error
        if function == "exp":
            if e > 0.5:
                raise UndecidedError("exp of a wide enclosure")
            y = mp.exp(v)
            error = y * 2 * e
        elif function in ("cos", "sin"):
            y, error = (mp.cos(v) if function == "cos" else mp.sin(v)), e
        elif function == "expm1":
            y = mp.expm1(v)
            error = 4 * e
        elif function == "log1p":
            y = mp.log1p(v)
            error = 2 * e
        elif function == "arctan":
            y, error = mp.atan(v), e
        elif v <= e:
            raise UndecidedError(f"{function} of an enclosure of 0")
        elif function == "log":
            y = mp.log(v)
            error = e / (v - e)
        else:
            y = mp.sqrt(v)
            error = e / mp.sqrt(v - e)
        return Margin(y, error + FUNCTION_ULPS * abs(y) * mp.ldexp(1, -mp.prec))

    def is_small(self, x: Any) -> bool:
        return bool(abs(x.value) + x.error < 0.5)

    def enclosed_sign(self, x: Any) -> int:
        if abs(x.value) > x.error:
            return 1 if x.value > 0 else -1
        raise UndecidedError("sign")

    def enclosed_magnitude(self, x: Any) -> Margin:
        return _exactly(abs(x.value), x.error)

    def ends(self, x: Any) -> tuple[tuple[int, int], tuple[int, int]]:
        mp = context()
        return _dyadic(mp.fsub(x.value, x.error, rounding="f")), _dyadic(mp.fadd(x.value, x.error, rounding="c"))


def _dyadic(x: Any) -> tuple[int, int]:
    sign, mantissa, exponent, _ = x._mpf_  # mpf.man_exp leaves the sign out
    return -int(mantissa) if sign else int(mantissa), int(exponent)

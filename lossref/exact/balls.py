"""Balls: Arb enclosures (python-flint). Every result contains the truth, so what they decide is proved."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from fractions import Fraction
from typing import Any

from lossref.exact.floats import Floats
from lossref.exact.numbers import UndecidedError
from lossref.exact.systems import Base

try:
    from flint import arb, ctx, fmpq, fmpz
except ModuleNotFoundError:  # an extra: only what is to be proved needs it
    INSTALLED = False
else:
    INSTALLED = True

MISSING = "certified answers need python-flint: pip install 'lossref[golden]'"

SMALL_ARGUMENT = 2**40  # up to here arb.exp needs no help
HOPELESS_ARGUMENT_BITS = 5_000


one_at_a_time = threading.RLock()
if hasattr(os, "register_at_fork"):
    # A fork waits for whoever computes: its child would find the lock taken, by a thread that it does not have, and Arb's precision moved.
    os.register_at_fork(
        before=one_at_a_time.acquire, after_in_parent=one_at_a_time.release, after_in_child=one_at_a_time.release
    )


@contextmanager
def _exclusively(precision: int) -> Iterator[None]:
    """Arb's precision belongs to the whole process: one thread computes at a time."""
    if not INSTALLED:
        raise ModuleNotFoundError(MISSING)
    with one_at_a_time, ctx.workprec(precision):
        yield


def ball(x: float | Fraction) -> Any:
    """A float exactly, or a fraction as near as the precision allows."""
    return arb(x) if isinstance(x, float) else arb(fmpq(x.numerator, x.denominator))


def around(middle: tuple[int, int], radius: tuple[int, int]) -> Any:
    """A ball by its middle and radius, each a whole number times a power of two."""
    return arb(middle, arb(radius))


def functions() -> dict[str, Any]:
    """What a tape names, over balls."""
    return {"exp": arb.exp, "log": arb.log, "sqrt": arb.sqrt, "cos": arb.cos, "sin": arb.sin, "arctan": arb.atan, "one": arb(1)}


class Balls(Base):
    """Exact numbers, then Arb balls."""

    @staticmethod
    def working(precision: int) -> AbstractContextManager[object]:
        return _exclusively(precision)

    def enclose(self, x: Fraction) -> arb:
        return arb(fmpq(x.numerator, x.denominator))

    def enclosed(self, function: str, x: Any) -> arb:
        if function == "exp":
            y = self._exp(x)
        elif function in ("cos", "sin"):
            y = x.cos() if function == "cos" else x.sin()
        elif function == "arctan":
            y = x.atan()
        elif function == "sqrt":
            y = x.sqrt() if x > 0 else x.abs_upper().sqrt().union(arb(0))  # cut to the domain, where the truth is
        elif function == "log1p":
            y = x.log1p()
        elif function == "expm1":  # of which Arb keeps few bits next to 0: |exp x - 1 - x| < x^2 there
            y = x * arb(1, x.abs_upper()) if abs(x) < arb((1, -self.precision)) else x.expm1()
        else:
            y = x.log()
        if not y.is_finite():
            raise UndecidedError(function)
        return y

    def is_small(self, x: Any) -> bool:
        return bool(abs(x) < 0.5)

    def enclosed_sign(self, x: Any) -> int:
        if x > 0 or x < 0:
            return 1 if x > 0 else -1
        raise UndecidedError("sign")

    def enclosed_magnitude(self, x: Any) -> arb:
        return abs(x)

    def ends(self, x: Any) -> tuple[tuple[int, int], tuple[int, int]]:
        if not x.is_finite():
            raise UndecidedError("an enclosure without ends")
        low, high = (end.mid().man_exp() for end in (x.lower(), x.upper()))
        return (int(low[0]), int(low[1])), (int(high[0]), int(high[1]))

    def _exp(self, x: Any) -> arb:
        """Arb gives up on exp of a huge number: take the powers of two out first, at the precision that needs."""
        if not x.is_finite():
            raise UndecidedError("exp of an enclosure without ends")
        if abs(x) < SMALL_ARGUMENT:
            return x.exp()
        mantissa, exponent = x.abs_upper().mid().man_exp()
        extra = int(mantissa).bit_length() + int(exponent) + 64
        if extra > HOPELESS_ARGUMENT_BITS and x < 0:
            return arb(0).union(arb((fmpz(1), -(fmpz(1) << 60))))
        if extra > HOPELESS_ARGUMENT_BITS:
            raise UndecidedError("exp of a number beyond every format")
        with ctx.workprec(self.precision + extra):
            whole = (x / arb.const_log2()).mid().floor().unique_fmpz()
            rest = (x - whole * arb.const_log2()).exp() if whole is not None else arb.nan()
        if not rest.is_finite():
            raise UndecidedError("exp of a wide enclosure")
        return rest * arb((fmpz(1), whole))


def strongest() -> type[Base]:
    """The number system that proves the most here: balls, or without python-flint mpmath with its margins."""
    return Balls if INSTALLED else Floats

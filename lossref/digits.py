"""The numbers that the oracle gives: mpmath numbers that keep their digits when they are printed, converted or computed with."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from mpmath.ctx_mp import MPContext

from lossref import arrays
from lossref.bits import as_float
from lossref.formats import FORMATS

GUARD_BITS = 8  # beyond the digits asked for


def bits_of(digits: int) -> int:
    """The precision that numbers of so many digits have."""
    return math.ceil(digits * math.log2(10)) + GUARD_BITS


@lru_cache(maxsize=64)
def context(digits: int) -> Any:
    """An mpmath context whose numbers have so many digits, whatever precision mpmath itself is set to.

    `str` and `repr` show them all; `float` is the nearest float64, subnormal numbers too; `rounded("bfloat16")` is the nearest number of
    a format of `lossref.formats`; the result of arithmetic has as many digits again.
    """
    numbers = MPContext()
    numbers.prec = bits_of(digits)

    def rounded(self: Any, form: str = "float64") -> float:
        if not isinstance(form, str) or form not in FORMATS:
            raise ValueError(f"form must be one of {', '.join(FORMATS)}, and is {arrays.shown(form)}")
        sign, mantissa, exponent, _ = self._mpf_
        if not mantissa:  # 0, an infinity, or NaN
            return float(approximate(self))
        return as_float(FORMATS[form].round_dyadic(-int(mantissa) if sign else int(mantissa), int(exponent)))

    def shown(self: Any) -> str:
        return str(numbers.nstr(+self, digits))

    def reduced(self: Any) -> Any:
        return _made, (digits, self._mpf_)

    approximate = numbers.mpf.__float__
    methods = {"rounded": rounded, "__float__": rounded, "__str__": shown, "__repr__": shown, "__reduce__": reduced}
    for name, method in methods.items():
        setattr(numbers.mpf, name, method)
    return numbers


def kept(x: Any, digits: int) -> Any:
    """The same numbers, in nested tuples or by name, as numbers of so many digits; none of their own is rounded away."""
    if isinstance(x, dict):
        return {name: kept(y, digits) for name, y in x.items()}
    if isinstance(x, tuple):
        return tuple(kept(y, digits) for y in x)
    return _made(digits, x._mpf_) if hasattr(x, "_mpf_") else x


def _made(digits: int, parts: tuple[int, int, int, int]) -> Any:
    return context(digits).make_mpf(parts)

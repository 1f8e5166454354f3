"""Floats as their bits: lifted, compared, rounded, parsed and written through integers.

A processor may flush results below the normal numbers to zero, take such operands for zero, even in a comparison, or round in another
direction, when a library has told it to. Nothing here computes with a float below the normal numbers, or lets the processor round.
"""

from __future__ import annotations

import importlib
import json
import math
import re
import struct
from bisect import bisect
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref.floating import rounding

BY_NUMPY = ("float64", "float32", "float16")  # the formats that NumPy has by itself
LEAST_NORMAL = math.ldexp(1.0, -1022)
LEAST_EXPONENT = -1074
GRID = 1200  # 2 ** -GRID divides every float, the 65536th part of its ulp, and 2 ** -53 of it
SIGN_BIT = 1 << 63
FAR = 400  # decimal orders of magnitude, beyond which every float64 is 0 or infinite
LONGEST = 2000  # characters of a number that is read digit by digit
MOST_DIGITS = 17  # digits that tell every float64 from its neighbours
SUBNORMALS = {  # the word, the bits of the fraction, the exponent of the least number
    "float32": (np.uint32, 23, -149),
    "float16": (np.uint16, 10, -24),
    "bfloat16": (np.uint16, 7, -133),
    "float8_e5m2": (np.uint8, 2, -16),
    "float8_e4m3fn": (np.uint8, 3, -9),
}
ADDED = tuple(name for name in SUBNORMALS if name not in BY_NUMPY)  # those of them that ml_dtypes adds to NumPy


def word(x: float) -> int:
    """The 64 bits of a float."""
    found: int = struct.unpack("<Q", struct.pack("<d", x))[0]
    return found


def of_word(bits: int) -> float:
    """The float of 64 bits."""
    found: float = struct.unpack("<d", struct.pack("<Q", bits))[0]
    return found


def is_subnormal(x: Any) -> bool:
    """Whether a number is a float below the normal ones, and not 0."""
    return isinstance(x, float) and abs(x) < LEAST_NORMAL and word(x) & (SIGN_BIT - 1) != 0


def as_fraction(x: int | float | Fraction) -> Fraction:
    """The number itself, as `Fraction(x)` has it."""
    if not isinstance(x, float) or not abs(x) < LEAST_NORMAL:
        return Fraction(x)
    bits = word(x)
    steps = bits & (SIGN_BIT - 1)
    return Fraction(-steps if bits & SIGN_BIT else steps, 1 << -LEAST_EXPONENT) if steps else Fraction(0)


def on_grid(x: int | float | Fraction) -> int:
    """The number in steps of 2 ** -GRID, of which every float is a whole number: sums and comparisons of these take no time to speak of."""
    if isinstance(x, float):
        bits = word(x)
        magnitude = bits & (SIGN_BIT - 1)
        exponent = max((magnitude >> 52) - 1, 0)
        steps = magnitude - (exponent << 52) << GRID + LEAST_EXPONENT + exponent
        return -steps if bits & SIGN_BIT else steps
    p, q = x.numerator, x.denominator
    if q & (q - 1) or (shift := GRID + 1 - q.bit_length()) < 0:
        raise ValueError(f"{x} is no whole number of 2 ** -{GRID}")
    return p << shift


def unflushed(x: Any) -> Any:
    """A number as it is, but a float that the processor may take for 0 as a fraction."""
    return as_fraction(x) if is_subnormal(x) else x


def order(x: float) -> int:
    """A whole number that grows with x, by which floats are compared; both zeros are equal, and a NaN lies beyond the infinities."""
    bits = word(x)
    return bits if bits < SIGN_BIT else SIGN_BIT - bits


def as_float(x: Fraction | float) -> float:
    """The nearest float64 of a fraction, ties to even; a float as it is. OverflowError beyond the largest, as `float(x)` has it."""
    if isinstance(x, float):
        return x
    p, q = x.numerator, x.denominator
    y = (p << 64) / (q << 64)  # long integers are divided by integers, short ones by the processor
    if abs(y) >= 2 * LEAST_NORMAL or not p:
        return y
    steps = round(Fraction(abs(p) << -LEAST_EXPONENT, q))
    return of_word(steps | SIGN_BIT if p < 0 else steps)


def parsed(text: str) -> float:
    """The float64 nearest to a decimal, as `float(text)` has it; ValueError where the text is none."""
    x = float(text)
    if len(text) > LONGEST or math.isnan(x):
        return x
    decimal = Decimal(text)
    if not decimal.is_finite() or decimal.adjusted() > FAR:
        return x
    try:
        size = as_float(abs(Fraction(decimal))) if decimal.adjusted() > -FAR else 0.0
    except OverflowError:
        size = math.inf
    return -size if decimal.is_signed() else size


class Shown(float):
    """A float that is written, whole or to some digits, as it is where the processor flushes nothing and rounds to nearest."""

    def __repr__(self) -> str:
        return written(self)

    __str__ = __repr__

    def __format__(self, form: str) -> str:
        return shortened(self, int(form[1:-1])) if re.fullmatch(r"\.[0-9]+g", form) else format(written(self), form)


def json_text(content: Any, margin: str = "\n") -> str:
    """JSON with one space an indent, as `json.dumps` has it; of a float the shortest decimal that is read as it."""
    if isinstance(content, float) and math.isfinite(content):
        return written(content)
    if not isinstance(content, (dict, list, tuple)) or not content:
        return json.dumps(content, allow_nan=False)
    inner = f"{margin} "
    if isinstance(content, dict):
        return f"{{{inner}{f',{inner}'.join(f'{json.dumps(str(name))}: {json_text(x, inner)}' for name, x in content.items())}{margin}}}"
    return f"[{inner}{f',{inner}'.join(json_text(x, inner) for x in content)}{margin}]"


def written(x: float) -> str:
    """The shortest decimal that is read as x, as `repr(float(x))` has it."""
    if _is_plain(x):
        return float.__repr__(float(x))
    counts = range(1, MOST_DIGITS)
    count = counts.start + bisect(counts, 0, key=lambda count: len(_telling(x, count)))
    digits, exponent = _telling(x, count)[0]
    return _laid_out(x, digits, exponent, 16, ".0")


def shortened(x: float, count: int) -> str:
    """So many digits of x, as `f"{x:.3g}"` has them."""
    if _is_plain(x):
        return f"{float(x):.{count}g}"
    (digits, exponent), *_ = _rounded(x, max(count, 1))
    return _laid_out(x, digits, exponent, max(count, 1), "")


def hexadecimal(x: float) -> str:
    """`x.hex()`."""
    if not is_subnormal(x):
        return float(x).hex()
    bits = word(x)
    return f"{'-' if bits & SIGN_BIT else ''}0x0.{bits & (SIGN_BIT - 1):013x}p-1022"


def widened(x: NDArray[Any]) -> NDArray[np.float64]:
    """The same numbers in float64."""
    with np.errstate(invalid="ignore"):  # a NaN that signals is a NaN
        wide = x.astype(np.float64)
    if x.dtype.name in SUBNORMALS:
        kind, fraction, least = SUBNORMALS[x.dtype.name]
        steps = x.astype(x.dtype.newbyteorder("="), order="C").view(kind) & kind((1 << 8 * x.itemsize - 1) - 1)
        tiny = steps < 1 << fraction
        wide[tiny] = np.copysign(np.ldexp(steps[tiny].astype(np.float64), least), wide[tiny])
    return wide


def narrowed(numbers: Any, form: str) -> NDArray[Any]:
    """Numbers that a format holds, nested as they may be, as an array of it; ImportError where NumPy has not the format and ml_dtypes is
    not there to add it.
    """
    wide = np.asarray(numbers, np.float64)
    narrow = wide.astype(dtype(form))
    if form in SUBNORMALS:
        kind, fraction, least = SUBNORMALS[form]
        tiny = np.abs(wide) < np.ldexp(1.0, least + fraction)
        steps = np.ldexp(np.abs(wide[tiny]), -least).astype(kind)
        narrow.view(kind)[tiny] = steps | (np.signbit(wide[tiny]).astype(kind) << kind(8 * narrow.itemsize - 1))
    return narrow


def dtype(form: str) -> np.dtype[Any]:
    """The type of NumPy's arrays of a format; ImportError where neither NumPy nor ml_dtypes, which is not there, has it."""
    if form not in BY_NUMPY:
        try:
            importlib.import_module("ml_dtypes")  # which tells NumPy its names
        except ImportError:
            raise ImportError(f"arrays of {form} need ml_dtypes; try: pip install ml_dtypes") from None
    return np.dtype(form)


def is_floating(kind: np.dtype[Any]) -> bool:
    """Whether arrays of a type hold floats, of NumPy's own formats or of others."""
    return kind.kind == "f" or kind.name in SUBNORMALS


def below_zero(x: NDArray[np.float64]) -> NDArray[np.bool_]:
    """`x < 0`."""
    return np.asarray((x.view(np.uint64) > SIGN_BIT) & (x == x))


def _is_plain(x: float) -> bool:
    """Whether Python writes it right: where the processor rounds otherwise, 1e23 to three digits is nan."""
    return (x == 0 and not is_subnormal(x)) or not math.isfinite(x) or (not is_subnormal(x) and rounding() == "to nearest")


def _telling(x: float, count: int) -> list[tuple[int, int]]:
    """Decimals of so many digits that are read as x."""
    return [(digits, exponent) for digits, exponent in _rounded(x, count) if word(parsed(f"{digits}e{exponent}")) == word(abs(x))]


def _rounded(x: float, count: int) -> list[tuple[int, int]]:
    """The two decimals of so many digits beside a number, the nearer one first, each as digits and a power of ten; signs are left out."""
    exact = abs(as_fraction(x))
    exponent = len(str(exact.numerator)) - len(str(exact.denominator)) - count
    whole = exact / Fraction(10) ** exponent
    if whole >= 10**count:
        exponent, whole = exponent + 1, whole / 10
    nearest = round(whole)
    return [(nearest, exponent), (nearest + (1 if nearest < whole else -1), exponent)]


def _laid_out(x: float, digits: int, exponent: int, widest: int, end: str) -> str:
    """Digits times a power of ten as Python lays them out, with an exponent where that is shorter."""
    sign, text = "-" if math.copysign(1.0, x) < 0 else "", str(digits)
    point, text = len(text) + exponent, text.rstrip("0")
    if not -4 < point <= widest:
        return f"{sign}{text[0]}{'.' + text[1:] if text[1:] else ''}e{'-' if point < 1 else '+'}{abs(point - 1):02}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{text}"
    return f"{sign}{text[:point]:0<{point}}{'.' + text[point:] if text[point:] else end}"

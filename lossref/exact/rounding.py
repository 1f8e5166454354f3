"""A ball rounded to a format: by a double and a remainder where their margin is checked, by integers elsewhere.

A ball good to SURE bits has a radius below 2**-12 of a residual step. So where the remainder is not within 2**-10 of a step's border, of
half an ulp, or of a power of two, a float decides it as the integers would.
"""

from __future__ import annotations

import math
import struct
from fractions import Fraction
from typing import Any

from lossref.bits import as_float, as_fraction
from lossref.exact import settle
from lossref.exact.balls import Balls
from lossref.exact.numbers import Number
from lossref.exact.settle import correct
from lossref.formats import FLOAT64, RESIDUAL_STEPS, Format

SURE = 53 + 16 + 13
PACKED = {"float32": "f", "float16": "e"}  # what the processor rounds a double to
EDGE = 0.499
HALF = RESIDUAL_STEPS / 2
LEAST, LARGEST = 1e-280, 1e300


def rounded(ball: Any, form: Format, base: Balls) -> tuple[float, int] | None:
    """The correctly rounded number and its residual; None while the ends of the ball round apart."""
    near = float(ball)
    if LEAST < abs(near) < LARGEST and ball.rel_accuracy_bits() > SURE:
        if (decided := _by_remainder(ball, near, form)) is not None:
            return decided
    elif near == 0 and ball.is_zero():
        return 0.0, 0
    found = correct(base, Number(base, ball), form)
    return None if found is None else (as_float(found.rounded), found.residual)


def above(ball: Any, base: Balls) -> float | None:
    """The float64 after the nearest one, as `settle.above` has it, whose integers decide where a double does not."""
    near = float(ball)
    if near == 0 and ball.is_zero():
        return 0.0
    if LEAST < near < LARGEST and ball.rel_accuracy_bits() > SURE and (found := _by_remainder(ball, near, FLOAT64)) is not None:
        return math.nextafter(found[0], math.inf)
    return settle.above(base, Number(base, ball))


def ulp(x: float | Fraction, form: Format) -> float | Fraction:
    """The spacing of the format at x, as `Format.ulp` has it, which is a fraction where a float may be flushed."""
    if not isinstance(x, float) or (form is FLOAT64 and abs(x) < LEAST):
        return form.ulp(as_fraction(x))
    if form is FLOAT64:
        return math.ulp(x)
    return math.ldexp(1.0, max(math.frexp(x)[1] - form.precision, form.least_exponent)) if x else math.ldexp(1.0, form.least_exponent)


def _by_remainder(ball: Any, near: float, form: Format) -> tuple[float, int] | None:
    if form is not FLOAT64:
        if form.name not in PACKED:
            return None
        size = abs(near)
        if not float(form.least_normal) * 2 < size < float(form.largest):
            return None
        near = struct.unpack(PACKED[form.name], struct.pack(PACKED[form.name], near))[0]
    rest = ball - near
    steps = float(rest) / ulp(near, form) * RESIDUAL_STEPS
    away = steps if near > 0 else -steps
    residual = round(steps)
    below = HALF / 2 if abs(math.frexp(near)[0]) == 0.5 else HALF  # the numbers below a power of two are nearer
    if abs(steps - residual) < EDGE and -below + 0.001 < away < HALF - 0.001:
        return near, residual
    if rest.is_exact() and rest == float(rest) and (-below < away < HALF or (-below <= away <= HALF and near / ulp(near, form) % 2 == 0)):
        return near, residual  # an exact number, to the even neighbour where it lies halfway
    return None

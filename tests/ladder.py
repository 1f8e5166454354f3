"""All the numbers of every format in order, enumerated from published facts: what rounding and bits are compared with."""

import bisect
import math
import random
from fractions import Fraction
from functools import cache

# name: width, precision, log2 of the least positive number, the largest (IEEE 754, OCP FP8, ml_dtypes)
FACTS = {
    "float64": (64, 53, -1074, Fraction(2) ** 1024 - Fraction(2) ** 971),
    "float32": (32, 24, -149, Fraction(2) ** 128 - Fraction(2) ** 104),
    "float16": (16, 11, -24, Fraction(65504)),
    "bfloat16": (16, 8, -133, Fraction(255) * 2**120),
    "float8_e5m2": (8, 3, -16, Fraction(57344)),
    "float8_e4m3": (8, 4, -9, Fraction(240)),
    "float8_e3m4": (8, 5, -6, Fraction(31, 2)),
    "float8_e4m3fn": (8, 4, -9, Fraction(448)),
    "float8_e5m2fnuz": (8, 3, -17, Fraction(57344)),
    "float8_e4m3fnuz": (8, 4, -10, Fraction(240)),
    "float8_e4m3b11fnuz": (8, 4, -13, Fraction(30)),
}


class Ladder:
    """The numbers from 0 up, one a rung; the rung of a positive number is its bit pattern."""

    def __init__(self, name):
        self.width, self.precision, least, self.largest = FACTS[name]
        self.half, self.least = 1 << (self.precision - 1), Fraction(2) ** least
        spacing, first, rungs = self.least, 0, 0  # (first rung, its number, spacing above) of each binade
        self.binades = []
        while first <= self.largest:
            self.binades.append((rungs, first, spacing))
            spacing, first = (spacing * 2 if first else spacing), first + self.half * spacing
            rungs += self.half
        self.firsts = [first for _, first, _ in self.binades]
        self.top = self.below(self.largest)

    def number(self, rung):
        start, first, spacing = self.binades[min(rung // self.half, len(self.binades) - 1)]
        return first + (rung - start) * spacing

    def below(self, x):
        """The rung at or below x."""
        start, first, spacing = self.binades[bisect.bisect_right(self.firsts, x) - 1]
        return start + (x - first) // spacing

    def signed(self, rung):
        return -self.number(-rung) if rung < 0 else self.number(rung)

    def round(self, x):
        """The nearer of the two rungs around x, of equals the even one; infinity above the last."""
        rung = self.below(abs(x))
        down, up = abs(x) - self.number(rung), self.number(rung + 1) - abs(x)
        rung += up < down or (up == down and rung % 2)
        size = self.number(rung) if rung <= self.top else math.inf
        return -size if x < 0 else size


ladder = cache(Ladder)


@cache
def rungs(name):
    """All of an 8-bit format, otherwise both ends, both sides of every power of two, and some thousands in between."""
    scale = ladder(name)
    if scale.width == 8:
        return range(scale.top + 1)
    edges = {rung + k for rung, _, _ in scale.binades for k in (-1, 0)} | {1, 2, 3, scale.top}
    edges |= {scale.half >> k for k in range(scale.precision)}
    inside = random.Random(name)
    edges |= {inside.randrange(scale.top + 1) for _ in range(1000 if scale.width == 64 else 4500)}
    return sorted(rung for rung in edges if 0 <= rung <= scale.top)


def shown(x):
    """A number for a message: hexadecimal digits and a power of two."""
    if isinstance(x, float):
        return x.hex()
    p, q = x.numerator, x.denominator
    zeros, twos = (p & -p).bit_length() - 1 if p else 0, (q & -q).bit_length() - 1
    return f"{p >> zeros:#x} * 2**{zeros - twos}" + (f" / {q >> twos}" if q >> twos > 1 else "")


@cache
def adversaries(name):
    """Numbers, midpoints and their neighbourhoods, of either sign, up to beyond the overflow threshold."""
    scale, found = ladder(name), []
    for rung in rungs(name):
        low, high = scale.number(rung), scale.number(rung + 1)
        middle, tiny = (low + high) / 2, (high - low) / 2 ** (7 + rung % 300)
        sign = -1 if rung % 3 == 0 else 1
        found += [sign * x for x in (low, middle, middle - tiny, middle + tiny, low + tiny, (2 * low + high) / 3)]
    end = scale.number(scale.top + 1)
    found += [scale.least / 2, scale.least / 3, scale.least / 2**70, end, end + scale.least, 2 * end, end**3]
    return found + [-x for x in found[-12:]]

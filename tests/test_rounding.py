"""Rounding, spacing, bits and steps of every format agree with a ladder of its numbers, built from the specifications."""

import bisect
import math
import random
import struct
from fractions import Fraction
from functools import cache

import pytest

from lossref.formats import FORMATS

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
PACKED = {"float64": ">d", "float32": ">f", "float16": ">e"}
every_format = pytest.mark.parametrize("name", FACTS)


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


def report(misses, name):
    shown = "\n".join(f"  {what}: got {got}, wanted {wanted}" for what, got, wanted in misses[:10])
    assert not misses, f"{name}: {len(misses)} misses, the first:\n{shown}"


def test_the_adversaries_are_many_and_for_every_format():
    assert set(FACTS) == set(FORMATS)
    assert sum(len(adversaries(name)) for name in FACTS) >= 100_000


@every_format
def test_largest_and_least_numbers_are_those_of_the_specification(name):
    form, (width, precision, least, largest) = FORMATS[name], FACTS[name]
    assert (form.width, form.precision, form.least_exponent, form.largest) == (width, precision, least, largest)
    assert form.least_normal == Fraction(2) ** (least + precision - 1)
    assert form.unit == Fraction(1, 2**precision)


@every_format
def test_round_takes_the_nearest_rung(name):
    form, scale = FORMATS[name], ladder(name)
    tries = ((x, form.round(x), scale.round(x)) for x in adversaries(name))
    report([t for t in tries if t[1] != t[2]], name)


@every_format
def test_round_dyadic_is_round_however_the_number_is_written(name):
    form, scale, misses = FORMATS[name], ladder(name), []
    for k, x in enumerate(adversaries(name)[::3] + adversaries(name)[-20:]):
        if x.denominator & (x.denominator - 1) == 0:
            exponent, wanted = 1 - x.denominator.bit_length(), scale.round(x)
            spread = k % 90
            ways = ((x.numerator, exponent), (x.numerator << spread, exponent - spread))
            misses += [((m, e), got, wanted) for m, e in ways if (got := form.round_dyadic(m, e)) != wanted]
    far = 10**12
    wanted = {(1, far): math.inf, (-3, far): -math.inf, (7, -far): 0, (-7, -far): 0, (0, far): 0, (0, -far): 0}
    misses += [(way, got, x) for way, x in wanted.items() if (got := form.round_dyadic(*way)) != x]
    report(misses, name)


@every_format
def test_ulp_is_the_gap_between_rungs(name):
    form, scale, misses = FORMATS[name], ladder(name), []
    for x in adversaries(name)[::4]:
        rung = scale.below(abs(x))
        wanted = scale.number(rung + 1) - scale.number(rung)
        if rung <= scale.top and form.ulp(x) != wanted:
            misses.append((x, form.ulp(x), wanted))
    report(misses, name)


@every_format
def test_the_bits_of_a_number_are_its_rung(name):
    form, scale, misses = FORMATS[name], ladder(name), []
    for rung in range(scale.top + 1) if scale.width <= 16 else rungs(name):
        for x, bits in ((scale.number(rung), rung), (-scale.number(rung), rung | (1 << (scale.width - 1)) if rung else 0)):
            digits = f"{bits:0{scale.width // 4}x}"
            if form.encode(x) != digits or Fraction(form.decode(digits)) != x:
                misses.append((x, (form.encode(x), form.decode(digits)), digits))
    report(misses, name)


@pytest.mark.parametrize("name", [name for name in FACTS if FACTS[name][0] <= 16])
def test_every_bit_pattern_comes_back(name):
    form, width = FORMATS[name], FACTS[name][0]
    numbers = [form.decode(f"{bits:0{width // 4}x}") for bits in range(1 << width)]
    back = [int(form.encode(x), 16) for x in numbers]
    changed = [(hex(k), hex(bits), hex(k)) for k, bits in enumerate(back) if bits != k and not math.isnan(numbers[k])]
    report(changed, name)
    nans = [k for k, x in enumerate(numbers) if math.isnan(x)]
    above = [rung | sign for sign in (0, 1 << (width - 1)) for rung in range(ladder(name).top + 1, 1 << (width - 1))]
    if name.endswith("fnuz"):
        above, infinite = [1 << (width - 1)], []
    elif name.endswith("fn"):
        infinite = []
    else:
        infinite = [ladder(name).top + 1, ladder(name).top + 1 | 1 << (width - 1)]
    assert nans == [k for k in above if k not in infinite]
    assert [k for k, x in enumerate(numbers) if math.isinf(x)] == infinite


@every_format
def test_zeros_infinities_and_nan_have_their_bits(name):
    form, scale = FORMATS[name], ladder(name)
    sign = 1 << (scale.width - 1)
    spelled = [int(form.encode(x), 16) for x in (0.0, -0.0, math.inf, -math.inf)]
    if name.endswith("fnuz"):
        assert spelled == [0, 0, sign, sign]
    elif name.endswith("fn"):
        assert [*spelled[:2], *(bits & ~sign for bits in spelled[2:])] == [0, sign, sign - 1, sign - 1]
    else:
        assert spelled == [0, sign, scale.top + 1, scale.top + 1 | sign]
    assert math.isnan(form.decode(form.encode(math.nan)))
    assert len(form.encode(math.nan)) == scale.width // 4


@every_format
def test_what_is_not_a_number_of_the_format_has_no_bits(name):
    form, scale = FORMATS[name], ladder(name)
    for x in (scale.least / 2, scale.number(scale.top + 1), -2 * form.largest, scale.number(scale.half) + scale.least / 2):
        with pytest.raises(ValueError, match=name):
            form.encode(x)


@every_format
def test_a_step_climbs_one_rung_through_zero_and_stops_at_the_largest(name):
    form, scale, misses = FORMATS[name], ladder(name), []
    for k, rung in enumerate(rungs(name)):
        for start, by in ((rung if k % 2 else -rung, k % 9 - 4), (k % 5, -(k % 11)), (scale.top - k % 5, k % 7 - 1)):
            wanted = scale.signed(max(-scale.top, min(scale.top, start + by)))
            got = form.step(float(scale.signed(start)), by)
            if got != wanted:
                misses.append(((scale.signed(start), by), got, wanted))
    report(misses, name)


@pytest.mark.parametrize("name", PACKED)
def test_struct_packs_the_same_bits(name):
    form, misses = FORMATS[name], []
    for x in adversaries(name):
        try:
            if Fraction(y := float(abs(x))) != abs(x):
                continue
            wanted = struct.pack(PACKED[name], y).hex()
        except OverflowError:  # from float() and from pack() alike
            y, wanted = abs(x), form.encode(math.inf)
        got = form.encode(form.round(Fraction(y)))
        misses += [(x, got, wanted)] if got != wanted else []
    report(misses, name)

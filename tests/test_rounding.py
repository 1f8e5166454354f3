"""Rounding and spacing of every format agree with the nearest of all its numbers, at midpoints, ties and both ends."""

import math
import struct
from fractions import Fraction

import pytest
from ladder import FACTS, adversaries, ladder, shown

from lossref.formats import FORMATS

every_format = pytest.mark.parametrize("name", FACTS)
PACKED = {"float64": ">d", "float32": ">f", "float16": ">e"}


def told(x, got, wanted):
    return f"{shown(x)}: got {shown(got)}, wanted {shown(wanted)}"


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
def test_round_takes_the_nearest_rung(name, listed):
    form, scale = FORMATS[name], ladder(name)
    listed([told(x, got, wanted) for x in adversaries(name) if (got := form.round(x)) != (wanted := scale.round(x))])


@every_format
def test_round_dyadic_is_round_however_the_number_is_written(name, listed):
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
    listed([f"{m} * 2**{e}: got {shown(got)}, wanted {shown(x)}" for (m, e), got, x in misses])


@every_format
def test_ulp_is_the_gap_between_rungs(name, listed):
    form, scale, misses = FORMATS[name], ladder(name), []
    for x in adversaries(name)[::4]:
        rung = scale.below(abs(x))
        wanted = scale.number(rung + 1) - scale.number(rung)
        if rung <= scale.top and form.ulp(x) != wanted:
            misses.append(told(x, form.ulp(x), wanted))
    listed(misses)


@pytest.mark.parametrize("name", PACKED)
def test_struct_packs_the_same_bits(name, listed):
    form, misses = FORMATS[name], []
    for x in adversaries(name):
        try:
            if Fraction(y := float(abs(x))) != abs(x):
                continue
            wanted = struct.pack(PACKED[name], y).hex()
        except OverflowError:  # from float() and from pack() alike
            y, wanted = abs(x), form.encode(math.inf)
        got = form.encode(form.round(Fraction(y)))
        misses += [f"{shown(x)}: got {got}, wanted {wanted}"] if got != wanted else []
    listed(misses)

"""The bits of every format: numbers, infinities, NaN and zeros are spelled as published, and a step goes to the next pattern."""

import math
from fractions import Fraction

import pytest
from ladder import FACTS, ladder, rungs, shown

from lossref.bits import GRID, on_grid
from lossref.formats import FORMATS

every_format = pytest.mark.parametrize("name", FACTS)


@every_format
def test_the_bits_of_a_number_are_its_rung(name, listed):
    form, scale, misses = FORMATS[name], ladder(name), []
    for rung in range(scale.top + 1) if scale.width <= 16 else rungs(name):
        for x, bits in ((scale.number(rung), rung), (-scale.number(rung), rung | (1 << (scale.width - 1)) if rung else 0)):
            digits = f"{bits:0{scale.width // 4}x}"
            if form.encode(x) != digits or Fraction(form.decode(digits)) != x:
                misses.append(f"{shown(x)} is {digits}: encoded {form.encode(x)}, decoded {form.decode(digits)}")
    listed(misses)


@pytest.mark.parametrize("name", [name for name in FACTS if FACTS[name][0] <= 16])
def test_every_bit_pattern_comes_back(name, listed):
    form, width = FORMATS[name], FACTS[name][0]
    numbers = [form.decode(f"{bits:0{width // 4}x}") for bits in range(1 << width)]
    back = [int(form.encode(x), 16) for x in numbers]
    listed([f"{k:#x} comes back as {bits:#x}" for k, bits in enumerate(back) if bits != k and not math.isnan(numbers[k])])
    sign, beyond = 1 << (width - 1), ladder(name).top + 1
    infinite = set() if "fn" in name else {beyond, beyond | sign}
    finite = {rung | side for rung in range(beyond) for side in (0, sign)} - ({sign} if "uz" in name else set())
    assert {k for k, x in enumerate(numbers) if math.isinf(x)} == infinite
    assert {k for k, x in enumerate(numbers) if math.isnan(x)} == set(range(1 << width)) - finite - infinite


@every_format
def test_on_the_grid_a_number_is_itself(name):
    form = FORMATS[name]
    for x in (0.0, 1.0, -1.5, float(form.largest), float(form.least_normal), 2.0**form.least_exponent, -3 * 2.0**form.least_exponent):
        steps = on_grid(x)
        assert Fraction(steps, 1 << GRID) == Fraction(x)
        assert on_grid(Fraction(x)) == steps
        assert steps % 65536 == 0  # of an ulp so many parts
    with pytest.raises(ValueError, match="is no whole number"):
        on_grid(Fraction(1, 3))


@every_format
def test_zeros_infinities_and_nan_have_their_bits(name):
    form, scale = FORMATS[name], ladder(name)
    sign = 1 << (scale.width - 1)
    spelled = [int(form.encode(x), 16) for x in (0.0, -0.0, math.inf, -math.inf)]
    if "uz" in name:
        assert spelled == [0, 0, sign, sign]
    elif "fn" in name:
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
def test_a_step_climbs_one_rung_through_zero_and_stops_at_the_largest(name, listed):
    form, scale, misses = FORMATS[name], ladder(name), []
    for k, rung in enumerate(rungs(name)):
        for start, by in ((rung if k % 2 else -rung, k % 9 - 4), (k % 5, -(k % 11)), (scale.top - k % 5, k % 7 - 1)):
            wanted = scale.signed(max(-scale.top, min(scale.top, start + by)))
            got = form.step(float(scale.signed(start)), by)
            if got != wanted:
                misses.append(f"{shown(scale.signed(start))} by {by}: got {shown(got)}, wanted {shown(wanted)}")
    listed(misses)

"""Two roundings written apart agree: ours, of integers and of arrays, and one of the bits of a float64 by shifts and masks."""

import math
import os

import numpy as np
import pytest
from ladder import FACTS

from lossref.arrays import rounded
from lossref.formats import FORMATS

FEW, ALL = 20_000, 1_000_000
NARROW = [name for name in FACTS if name != "float64"]
FIELD, HIDDEN = (1 << 52) - 1, 1 << 52


def adversaries(name, count):
    """Numbers of float64 at, and one or a few of its last places beside, the numbers of a format and the middles between them.

    All orders of magnitude of the format and some beyond both ends, its subnormal numbers among them.
    """
    _, precision, least, largest = FACTS[name]
    draw = np.random.default_rng(sum(name.encode()))
    top = math.frexp(float(largest))[1]
    exponents = draw.integers(least - 3, top + 2, count)
    kept = np.minimum(np.maximum(exponents - least, 0) + 1, precision)  # bits that a number of this size has in the format
    steps = draw.integers(0, 2, count) + 2 * draw.integers(0, 1 << precision, count) % (2 << kept)  # in halves of a spacing
    near = np.ldexp(steps.astype(np.float64) + (2 << kept) * (kept == precision), np.maximum(exponents - precision, least - 1))
    words = near.view(np.uint64) + draw.integers(-3, 4, count).astype(np.int64).view(np.uint64) * (near > 0)
    return np.where(draw.integers(0, 2, count) > 0, 1.0, -1.0) * words.view(np.float64)


def apart(x, name):
    """The nearest number of a format, ties to even, by the bits of x: its last places are masked away, and a carry goes where it goes."""
    _, precision, least, largest = FACTS[name]
    words = np.abs(x).view(np.uint64)
    exponent = (words >> np.uint64(52)).astype(np.int64) - 1023
    drop = 53 - precision + np.maximum(least + precision - 1 - exponent, 0)  # bits of the significand that the format has not
    gone = drop > 53  # not even half of the least number
    drop = np.minimum(drop, 53).astype(np.uint64)
    significand = np.where(exponent > -1023, words & np.uint64(FIELD) | np.uint64(HIDDEN), np.uint64(0))
    one = np.uint64(1)
    half, kept = one << (drop - one), significand >> drop
    rest = significand & ((one << drop) - one)
    kept = kept + ((rest > half) | ((rest == half) & (kept & one == one))).astype(np.uint64)
    found = np.where(gone, 0.0, np.ldexp(kept.astype(np.float64), np.maximum(exponent, -1022) - 52 + drop.astype(np.int64)))
    return np.copysign(np.where(found > float(largest), math.inf, found), x)


def asked():
    """A million of each format where the whole suite is asked, and some thousands elsewhere."""
    return ALL if "LOSSREF_WHOLE_SUITE" in os.environ else FEW


@pytest.mark.parametrize("name", NARROW)
def test_arrays_are_rounded_as_by_the_bits(name, listed):
    x = adversaries(name, ALL)
    wanted, got = apart(x, name), rounded(x, FORMATS[name])
    wrong = np.flatnonzero(wanted != got)
    listed([f"{float(x[i]).hex()}: got {got[i]}, wanted {wanted[i]}" for i in wrong[:40].tolist()])
    below = wanted[(np.abs(wanted) < float(FORMATS[name].least_normal)) & (wanted != 0)]
    assert len(below) > 1000
    assert np.isinf(wanted).sum() > 1000


@pytest.mark.parametrize("name", NARROW)
def test_integers_are_rounded_as_by_the_bits(name, listed):
    form, x = FORMATS[name], adversaries(name, asked())
    misses = [(y, got, z) for y, z in zip(x.tolist(), apart(x, name).tolist(), strict=True) if (got := form.nearest(y)) != z]
    listed([f"{y.hex()}: got {got}, wanted {z}" for y, got, z in misses])


@pytest.mark.parametrize("name", NARROW)
def test_what_no_float64_holds_decides_a_tie(name, listed):
    """However little is left beside the middle of two numbers; beside any other number it changes nothing."""
    form, misses = FORMATS[name], []
    x = adversaries(name, 10_000)
    x = x[(np.abs(x) < 2.0**60) & (np.abs(x) > 2.0**-200)]
    is_middle = np.ldexp(x, 1 - np.maximum(np.frexp(x)[1] - FACTS[name][1], FACTS[name][2])) % 2 == 1
    here, (below, above) = apart(x, name), [apart(np.nextafter(x, end), name) for end in (-math.inf, math.inf)]
    for side, beside in ((-1, below), (1, above)):
        wanted = np.where(is_middle, beside, here)
        for y, z in zip(x.tolist(), wanted.tolist(), strict=True):
            p, q = y.as_integer_ratio()
            got = form.round_dyadic((p << 300) + side, -300 - q.bit_length() + 1)
            misses += [(y.hex(), side, got, z)] if got != z else []
    assert is_middle.sum() > 100
    listed(misses)

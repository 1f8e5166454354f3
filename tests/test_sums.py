"""Sums and means of many weighted terms: exact before their one rounding, whatever the sizes."""

from fractions import Fraction

import numpy as np
import pytest
from processor import ROUNDING, needs_modes, processor

import lossref
from lossref.float64 import wide
from lossref.float64.wide import BLOCK, Wide, exact_sum, times, total
from lossref.formats import FLOAT64

RANGES = {"whole range": (-1074, 1023), "alike": (-2, 2), "subnormal": (-1074, -1022), "largest": (1000, 1023), "apart": (-1000, 1000)}


def drawn(count, exponents, seed=0):
    source = np.random.default_rng(seed)
    return np.ldexp(source.uniform(-1, 1, count), source.integers(*exponents, count, endpoint=True))


@pytest.fixture
def block(monkeypatch):
    """A short block, so that few numbers are many blocks."""
    monkeypatch.setattr(wide, "BLOCK", 64)
    return 64


@pytest.mark.parametrize("exponents", RANGES.values(), ids=RANGES)
@pytest.mark.parametrize("count", [0, 1, 2, 63, 64, 65, 199])
def test_sums_are_exact(exponents, count, block):
    terms, weights = drawn(count, exponents), np.abs(drawn(count, exponents, seed=1))
    assert exact_sum(Wide(terms)) == sum(map(Fraction, terms), Fraction(0))
    assert total(Wide(terms), Wide(weights)) == sum(map(Fraction.__mul__, map(Fraction, terms), map(Fraction, weights)), Fraction(0))


@needs_modes
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("direction", ROUNDING)
def test_sums_are_exact_however_the_processor_rounds(direction, sign):
    """One large number and many small ones, of which rounding away from 0 leaves a whole last place of the sum, each with a last bit."""
    x = np.array([1.0] + [sign * 3 * 2.0**-77] * (BLOCK - 2))
    with processor(f"rounds {direction}"):
        found = exact_sum(Wide(x))
    assert found == 1 + sign * (BLOCK - 2) * Fraction(3, 2**77)


@pytest.mark.parametrize("exponents", RANGES.values(), ids=RANGES)
def test_exponents_of_their_own_are_taken_into_account(exponents, block):
    terms, more = drawn(3 * block, exponents), np.random.default_rng(2).integers(-3000, 3000, 3 * block)
    wanted = sum((Fraction(x) * Fraction(2) ** int(k) for x, k in zip(terms, more, strict=True)), Fraction(0))
    assert exact_sum(Wide(terms, more)) == wanted
    assert total(Wide(terms, more), Wide(np.asarray(1.0))) == wanted


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("exponents", RANGES.values(), ids=RANGES)
def test_a_call_is_rounded_once(reduction, exponents, block):
    terms, weights = np.abs(drawn(5 * block, exponents)), np.abs(drawn(5 * block, exponents, seed=1))
    found = lossref.value("absolute_error", terms, np.zeros(terms.size), reduction=reduction, sample_weight=weights)
    wanted = sum(map(Fraction.__mul__, map(Fraction, terms), map(Fraction, weights)), Fraction(0))
    wanted /= sum(map(Fraction, weights)) if reduction == "mean" else 1
    assert found == float(FLOAT64.round(wanted))


@pytest.mark.parametrize("x", [1 - 2.0**-53, -(1 + 2.0**-52), 5e-324, float(FLOAT64.largest)])
def test_a_whole_block_of_long_numbers_adds_up_exactly(x):
    assert exact_sum(Wide(np.full(BLOCK + 1, x))) == (BLOCK + 1) * Fraction(x)
    assert total(Wide(np.full(BLOCK + 1, x)), Wide(np.full(BLOCK + 1, x))) == (BLOCK + 1) * Fraction(x) ** 2


@pytest.mark.parametrize("mantissa", [0.5, 1.0, 0.75])
@pytest.mark.parametrize("exponent", [-2000, 0, 5])
def test_a_factor_for_all_counts_whole(mantissa, exponent):
    product = times(Wide(np.array([3.0, 5e-324])), Wide(np.asarray(mantissa), exponent))
    assert exact_sum(product) == (3 + Fraction(5e-324)) * Fraction(mantissa) * Fraction(2) ** exponent

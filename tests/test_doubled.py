"""Arithmetic of twice float64's precision against exact rationals and the oracle: 95 bits of the terms, zeros and tails included."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from lossref.float64 import doubled

BITS = 95
rng = np.random.default_rng(3)


def drawn(low, high, size=200):
    """Numbers of both signs over many binades, each with a low part of its own."""
    high_parts = np.ldexp(rng.uniform(1, 2, size), rng.integers(low, high, size)) * rng.choice([-1, 1], size)
    return doubled.joined(high_parts, high_parts * rng.uniform(-1, 1, size) * 2.0**-54)


def exact(x):
    return [Fraction(float(high)) + Fraction(float(low)) for high, low in zip(*map(np.ravel, x), strict=True)]


def misses(found, wanted, sizes):
    return [(f, w) for f, w, s in zip(exact(found), wanted, sizes, strict=True) if abs(f - w) > s / 2**BITS]


A, B = drawn(-40, 40), drawn(-40, 40)
PAIRS = list(zip(exact(A), exact(B), strict=True))
CASES = {
    "plus": (doubled.plus(A, B), [a + b for a, b in PAIRS], [abs(a) + abs(b) for a, b in PAIRS]),
    "minus": (doubled.minus(A, B), [a - b for a, b in PAIRS], [abs(a) + abs(b) for a, b in PAIRS]),
    "times": (doubled.times(A, B), [a * b for a, b in PAIRS], [abs(a * b) for a, b in PAIRS]),
    "over": (doubled.over(A, B), [a / b for a, b in PAIRS], [abs(a / b) for a, b in PAIRS]),
}


@pytest.mark.parametrize("name", CASES)
def test_operations(name, listed):
    listed(misses(*CASES[name]))


def test_a_root_squared_is_the_number(listed):
    squared = [x * x for x in exact(doubled.root((np.abs(A[0]), A[1] * np.sign(A[0]))))]
    listed([(r, abs(a)) for r, a in zip(squared, exact(A), strict=True) if abs(r - abs(a)) > abs(a) / 2**BITS])


def test_a_sum_is_right_to_its_terms(listed):
    rows = tuple(np.reshape(x, (20, 10)) for x in A)
    terms = np.reshape(np.array(exact(A), object), (20, 10))
    listed(misses(doubled.total(rows), terms.sum(axis=1), abs(terms).sum(axis=1)))


@pytest.mark.parametrize("lift", [0, 512])
def test_an_exponential_keeps_its_digits_far_down(lift, listed):
    x = drawn(-60, 9)
    x = -np.abs(x[0]), -x[1] * np.sign(x[0])
    found = doubled.exponential(x, lift)
    with mpmath.workprec(300):
        wanted = [mpmath.exp(mpmath.mpf(a.numerator) / a.denominator) * mpmath.mpf(2) ** lift for a in exact(x)]
        errors = [abs(mpmath.mpf(float(h)) + mpmath.mpf(float(low)) - w) / w for h, low, w in zip(*found, wanted, strict=True)]
        # Below 2**-900 the low part is next to subnormal.
        listed([(w, e) for w, e in zip(wanted, errors, strict=True) if w > mpmath.mpf(2) ** -900 and e > mpmath.mpf(2) ** -BITS])


def error_of(high, low, wanted):
    return abs(mpmath.mpf(float(high)) + mpmath.mpf(float(low)) - wanted) / wanted


def test_a_brief_exponential_is_right_to_58_bits(listed):
    x = drawn(-60, 9, 2000)
    x = -np.abs(x[0]), -x[1] * np.sign(x[0])
    with mpmath.workprec(300):
        wanted = [mpmath.exp(mpmath.mpf(a.numerator) / a.denominator) for a in exact(x)]
        errors = [error_of(h, low, w) for h, low, w in zip(*doubled.brief_exponential(x), wanted, strict=True)]
        listed([(w, e) for w, e in zip(wanted, errors, strict=True) if w > mpmath.mpf(2) ** -900 and e > mpmath.mpf(2) ** -58])
    for far in (-np.inf, -1e300, -2000.0):
        assert doubled.brief_exponential(doubled.doubled(far))[0] == 0
    assert doubled.brief_exponential(doubled.doubled(0.0)) == (1, 0)


@pytest.mark.parametrize("exponent", [0.0, 0.1, 1.0, 2.0, 5.5, 100.0])
def test_a_share_to_a_power_keeps_its_digits(exponent, listed):
    shares = np.concatenate([rng.uniform(0, 1, 200), 2.0 ** -rng.uniform(0, 40, 200), 1 - 2.0 ** -rng.uniform(1, 50, 200)])
    shares = shares, shares * rng.uniform(-1, 1, 600) * 2.0**-54
    with mpmath.workprec(300):
        wanted = [(mpmath.mpf(a.numerator) / a.denominator) ** mpmath.mpf(exponent) for a in exact(shares)]
        errors = [error_of(x, 0, w) for x, w in zip(doubled.raised(shares, exponent), wanted, strict=True)]
        listed([(w, e) for w, e in zip(wanted, errors, strict=True) if w > mpmath.mpf(2) ** -1000 and e > mpmath.mpf(2) ** -51])
    assert doubled.raised(doubled.doubled(0.0), exponent) == (exponent == 0)


def test_shares_of_a_softmax_are_right_to_57_bits(listed):
    z, y = rng.normal(0, 8, (50, 6)), rng.integers(0, 6, 50)
    others, own = doubled.shares(z, y)
    with mpmath.workprec(300):
        for row, label, high, low, share in zip(z, y, *others, own, strict=True):
            powers = [mpmath.exp(mpmath.mpf(float(x))) for x in row]
            wanted = (sum(powers) - powers[label]) / sum(powers)
            listed([(row, label)] if error_of(high, low, wanted) > mpmath.mpf(2) ** -57 else [])
            listed([(row, label)] if error_of(share, 0, powers[label] / sum(powers)) > mpmath.mpf(2) ** -51 else [])


def test_zeros_and_what_is_out_of_reach():
    zero, one = doubled.doubled(0.0), doubled.doubled(1.0)
    assert doubled.over(zero, zero)[0] == 0
    assert doubled.root(zero) == (0, 0)
    assert doubled.times(zero, one)[0] == 0
    for x in (-np.inf, -1e300, -2000.0):
        assert doubled.exponential(doubled.doubled(x))[0] == 0
    assert doubled.exponential(zero) == (1, 0)

"""Sizes of terms on examples done by hand: data is exact, computed numbers carry what they were added from."""

import math
from fractions import Fraction

import pytest
from mpmath import mp
from rationals import SYSTEMS, bounds, exact

from lossref.exact.jets import Jets
from lossref.exact.sizes import Sizes

TINY = Fraction(1, 2**30)


@pytest.fixture(params=SYSTEMS.values(), ids=SYSTEMS)
def m(request):
    with request.param.working(128), mp.workprec(300):
        yield Sizes(request.param(128))


def pair(x):
    """A rational result: the number and its size."""
    return x.data.number.data, x.data.size.data


def close(m, size, wanted):
    low, high = bounds(m.base, size)
    return abs(low - exact(mp.mpf(wanted))) < Fraction(1, 2**90) and high - low < Fraction(1, 2**90)


def cancelling(m):
    """15 - 14 = 1, computed: of size 29."""
    return m.lift(3) * 5 - m.lift(7) * 2


def test_data_has_its_own_size(m):
    assert [pair(m.lift(x)) for x in (3, -3, 0.5, 0)] == [(3, 3), (-3, 3), (0.5, 0.5), (0, 0)]
    assert pair(-m.lift(3)) == (-3, 3)


def test_a_sum_of_two_data_has_the_size_of_its_result(m):
    assert pair(m.lift(1 + TINY) - 1) == (TINY, TINY)
    assert pair(1 - m.lift(1 + TINY)) == (-TINY, TINY)
    assert pair(-m.lift(5) + 2) == (-3, 3)
    assert pair(m.lift(5) - 5) == (0, 0)


def test_a_computed_sum_adds_sizes(m):
    assert pair(cancelling(m)) == (1, 29)
    assert pair(cancelling(m) - 1) == (0, 30)
    assert pair(4 - cancelling(m)) == (3, 33)
    assert pair(cancelling(m) - cancelling(m)) == (0, 58)
    assert pair(cancelling(m) - cancelling(m) + 3) == (3, 61)
    assert pair(-cancelling(m)) == (-1, 29)
    assert pair(m.sum(m.lift(x) * 1 for x in (3, -2, 4))) == (5, 9)


def test_a_result_is_no_longer_data(m):
    difference = m.lift(1 + TINY) - 1
    assert pair(difference - 1) == (TINY - 1, 1 + TINY)
    assert pair((m.lift(1) + 2) - 3) == (0, 6)
    assert pair(m.lift(2) * 3 - 6) == (0, 12)
    assert pair(m.lift(6) / 2 - 3) == (0, 6)


def test_adding_an_exact_zero_changes_nothing(m):
    assert pair(0 + m.lift(1 + TINY) - 1) == (TINY, TINY)
    assert pair((0 - m.lift(1 + TINY)) + 1) == (-TINY, TINY)
    assert pair(cancelling(m) + 0) == (1, 29)
    assert pair(m.sum([m.lift(5)]) - 4) == (1, 1)


def test_products_and_quotients_multiply_sizes(m):
    one = cancelling(m)
    assert pair(one * one) == (1, 29**2)
    assert pair(one * -2) == (-2, 58)
    assert pair(one**3) == (1, 29**3)
    assert pair(one / 4) == (Fraction(1, 4), Fraction(29, 4))
    assert pair(8 / (4 * one)) == (2, 8 * 4 * 29 / Fraction(16))  # size x * size y / y**2
    assert pair(one / one) == (1, 29**2)
    assert pair(0 * one) == (0, 0)


def test_a_function_of_data_has_the_size_of_its_value(m):
    assert close(m, m.exp(3).data.size, mp.exp(3))
    assert close(m, m.log(0.25).data.size, mp.log(4))
    assert close(m, m.log(1 + TINY).data.size, mp.log(1 + mp.ldexp(1, -30)))
    assert pair(m.sqrt(9)) == (3, 3)
    assert pair(m.exp(0)) == (1, 1)
    assert pair(m.log(0)) == (-math.inf, math.inf)


def test_a_function_of_a_computed_number_adds_its_slope_times_the_size(m):
    one = cancelling(m)
    assert close(m, m.exp(one).data.size, 30 * mp.e)  # e + e * 29
    assert close(m, m.exp(-one).data.size, 30 / mp.e)
    assert pair(m.log(one)) == (0, 29)  # 0 + 1/1 * 29
    assert pair(m.sqrt(one)) == (1, Fraction(31, 2))  # 1 + 1/2 * 29


@pytest.mark.parametrize("z", [-200, -40, 0, 30])
def test_the_textbook_softplus_is_of_size_one_or_more(m, z):
    textbook = m.log(1 + m.exp(z))
    assert close(m, textbook.data.size, mp.log(1 + mp.exp(z)) + 1)
    assert close(m, (textbook - m.lift(0.5) * z).data.size, mp.log(1 + mp.exp(z)) + 1 + abs(z) / 2)


def test_a_branch_keeps_its_own_size(m):
    one = cancelling(m)
    assert pair(abs(-one)) == (1, 29)
    assert pair(m.max(one, 3)) == (3, 3)
    assert pair(m.max(one, -3)) == (1, 29)


def test_jets_over_sizes_give_the_sizes_of_derivatives(m):
    jets = Jets(m)
    x, y = jets.variable(1 + TINY, 0), jets.variable(1, 1)
    square = ((x - y) ** 2).data
    assert [pair(square.slopes[i]) for i in (0, 1)] == [(2 * TINY, 2 * TINY), (-2 * TINY, 2 * TINY)]
    assert [pair(square.curvatures[ij])[0] for ij in ((0, 0), (0, 1), (1, 1))] == [2, -2, 2]
    expanded = (x * x - 2 * x * y + y * y).data
    assert pair(expanded.value)[1] == (1 + TINY) ** 2 + 2 * (1 + TINY) + 1
    assert pair(expanded.slopes[0]) == (2 * TINY, 2 * (1 + TINY) + 2)
    logit = jets.variable(-40, 0)
    slope = (jets.log(1 + jets.exp(logit)) - jets.lift(0.25) * logit).data.slopes[0]
    assert close(m, slope.data.size, 1 / (1 + mp.exp(40)) + 0.25)

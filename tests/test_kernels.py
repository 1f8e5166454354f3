"""The scalar kernels against the certified oracle: relative error in ulps over tails, cancellation and the last subnormals."""

import math
from fractions import Fraction

import numpy as np
import pytest

from lossref.exact.answer import nearest
from lossref.float64 import kernels
from lossref.formats import FLOAT64
from lossref.stream import Stream


def wide(d):
    return d.sign() * (d.scaled(-40, 9) if d.index % 2 else d.uniform(0, 745))


def unit(d):
    return d.scaled(-60, -1) if d.index % 2 else d.uniform(0, 1)


def close_pair(d):
    x = d.uniform(0.1, 1)
    return x, d.number(x * (1 + d.sign() * d.scaled(-50, -2) if d.index % 4 else 1))


def any_pair(d):
    return d.scaled(-400, 0), d.scaled(-400, 0)


CASES = {
    "softplus": (kernels.softplus, lambda m, x: m.log(1 + m.exp(x)), lambda d: (wide(d),), 1.5),
    "sigmoid": (kernels.sigmoid, lambda m, x: 1 / (1 + m.exp(-x)), lambda d: (wide(d),), 2),
    "xlogy": (kernels.xlogy, lambda m, x, y: x * m.log(y), lambda d: (unit(d), unit(d)), 1.5),
    "xlog1py": (kernels.xlog1py, lambda m, x, y: x * m.log(1 + y), lambda d: (unit(d), -unit(d)), 1.5),
    "bregman_log": (kernels.bregman_log, lambda m, x, y: x * m.log(x) - x * m.log(y) - x + y, close_pair, 8),
    "log1p_less": (kernels.log1p_less, lambda m, u: u - m.log(1 + u), lambda d: (d.number((1.5 * unit(d) - 0.5) * d.scaled(-40, -1)),), 8),
    "xlogratio": (kernels.xlogratio, lambda m, x, y: x * m.log(x) - x * m.log(y), any_pair, 2),
    "exp_less_line": (kernels.exp_less_line, lambda m, x: m.exp(x) - 1 - x, lambda d: (min(wide(d), 700.0),), 3),
    "log1mexp": (kernels.log1mexp, lambda m, x: m.log(1 - m.exp(x)), lambda d: (-abs(wide(d)),), 2),
    "sigmoid_slope": (kernels.sigmoid_slope, lambda m, x: m.exp(x) / ((1 + m.exp(x)) * (1 + m.exp(x))), lambda d: (wide(d),), 3),
}


@pytest.mark.parametrize("name", CASES)
def test_kernel_is_right_to_a_few_ulps(name, listed):
    kernel, formula, draw, bound = CASES[name]
    misses, worst = [], 0.0
    for k in range(600):
        inputs = draw(Stream(f"kernels/{name}", FLOAT64, k))
        exact = nearest(lambda m, inputs=inputs: formula(m, *map(m.lift, inputs)), FLOAT64)
        with np.errstate(all="ignore"):
            got = float(kernel(*map(np.float64, inputs)))
        error = abs(got - exact) / float(FLOAT64.ulp(Fraction(exact)))
        worst = max(worst, error)
        if not error <= bound:
            misses.append((error, inputs, got, exact))
    print(f"{name}: worst {worst:.3g} ulps from the rounded answer")
    listed(sorted(misses, reverse=True))


def test_edges():
    with np.errstate(all="ignore"):
        assert kernels.xlogy(0.0, 0.0) == kernels.xlog1py(0.0, -1.0) == 0
        assert kernels.xlogratio(0.0, 0.0) == kernels.xlogratio(0.0, 0.25) == kernels.bregman_log(0.5, 0.5) == 0
        assert kernels.xlogratio(0.5, 0.0) == np.inf
        assert kernels.log1mexp(0.0) == -np.inf
        assert not kernels.are_close(0.0, 0.0)
        assert kernels.softplus(np.inf) == np.inf
        assert kernels.softplus(-np.inf) == kernels.sigmoid(-np.inf) == 0
        assert kernels.sigmoid(-745.0) == 5e-324
        assert np.isnan(kernels.sigmoid(np.nan))


def test_exact_sum_survives_cancellation():
    terms = np.array([1e16, 1.0, -1e16, 1e-3, -1.0, 2.0**-60])
    assert kernels.exact_sum(terms) == 1e-3 + 2.0**-60
    assert kernels.exact_sum(np.array([[0.1] * 10, [1.0] * 10])).tolist() == [1.0, 10.0]


def test_a_sum_of_positive_terms_is_rounded_once(listed):
    """In wide rows of near and of far magnitudes, where a plain sum is off by several ulps."""
    misses, plain = [], 0
    for k in range(120):
        d = Stream("kernels/positive", FLOAT64, k)
        terms = np.array([d.scaled(-60 * (k % 3), 0) for _ in range(2 + 41 * (k % 60))])
        exact = math.fsum(terms)
        plain += float(np.cumsum(terms)[-1]) != exact
        misses += [] if (got := float(kernels.sum_of_positives(terms)[0])) == exact else [(abs(got - exact) / np.spacing(exact), k)]
    listed(sorted(misses, reverse=True))
    assert plain > 60
    assert np.isnan(kernels.sum_of_positives(np.array([1.0, np.nan]))[0])
    assert kernels.sum_of_positives(np.array([[0.0, 0.0], [5e-324, 5e-324]])).tolist() == [[0.0], [1e-323]]


def test_a_sum_and_a_product_in_two_parts_keep_twice_the_digits(listed):
    misses = []
    for k in range(300):
        d = Stream("kernels/two", FLOAT64, k)
        terms = [d.sign() * d.scaled(-60, 0) for _ in range(1 + k % 9)]
        total, low = (Fraction(float(x[0])) for x in kernels.sum_in_two(np.array(terms)))
        exact = sum(map(Fraction, terms))
        room = Fraction(2) ** -98 * sum(abs(Fraction(x)) for x in terms)
        misses += [] if abs(total + low - exact) <= room else [("sum", terms, float(total), float(low))]
        product, lost = (Fraction(float(x)) for x in kernels.product_in_two(terms[0], float(total), float(low)))
        exact = Fraction(terms[0]) * (total + low)
        misses += [] if abs(product + lost - exact) <= Fraction(2) ** -98 * abs(exact) else [("product", terms, float(product))]
    listed(misses)
    with np.errstate(all="ignore"):
        assert [float(x[0]) for x in kernels.sum_in_two(np.array([np.inf, 1.0]))] == [np.inf, 0.0]
        assert kernels.product_in_two(5e-324, 0.5) == (0.0, 0.0)


def test_leader_and_tails_put_back_what_a_shift_rounds_away():
    leader, tails, lag = kernels.leader_and_tails(np.array([1e8 + 0.1, 0.3]))
    assert leader.tolist() == [True, False]
    assert lag[1] == float(np.float64(1e8 + 0.1) - np.float64(0.3))
    _, tails, _ = kernels.leader_and_tails(np.array([500.0, 500.0 - 1e-3, 3e-14]))
    wanted = nearest(lambda m: m.exp(m.lift(3e-14) - 500), FLOAT64)
    assert abs(tails[2] / wanted - 1) < 2**-51


def test_a_product_and_what_rounding_took_are_the_exact_product(listed):
    misses = []
    for k in range(500):
        d = Stream("kernels/products", FLOAT64, k)
        x, y = d.sign() * d.scaled(-400, 400), d.sign() * d.scaled(-400, 400)
        product, lost = map(float, kernels.two_product(np.float64(x), np.float64(y)))
        if abs(product) > 1e-280 and Fraction(product) + Fraction(lost) != Fraction(x) * Fraction(y):
            misses.append((x, y, product, lost))
        difference, lost = map(float, kernels.two_difference(np.float64(x), np.float64(y)))
        if Fraction(difference) + Fraction(lost) != Fraction(x) - Fraction(y):
            misses.append((x, y, difference, lost))
    listed(misses)
    assert kernels.two_product(0.0, 1e300)[1] == 0
    with np.errstate(all="ignore"):
        assert kernels.two_difference(1.7e308, -1.7e308) == (np.inf, 0.0)


@pytest.mark.parametrize("twos", [0.0, -3.0, -40.5, 7.0])
def test_a_power_keeps_its_digits_however_large_its_exponent(twos, listed):
    misses = []
    for k in range(200):
        d = Stream(f"kernels/powers/{twos}", FLOAT64, k)
        logarithm = d.uniform(-0.35, 0.35) if twos else -d.scaled(-40, 6)
        exponent = d.cycle(1.0, 2.0, 0.5, 3.7, 0.0, 11.25)
        exact = nearest(lambda m, e=exponent, x=logarithm: m.exp(m.lift(e) * (m.lift(twos) * m.log(2) + x)), FLOAT64)
        got = float(kernels.power(np.float64(exponent), np.float64(logarithm), np.float64(twos)))
        error = abs(got - exact) / float(FLOAT64.ulp(Fraction(exact)))
        misses += [] if error <= 4 else [(error, exponent, logarithm, got, exact)]
    listed(sorted(misses, reverse=True))

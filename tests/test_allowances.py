"""Allowances K and sizes S of certified answers, done by hand; hard labels and the edges of a space are exact data."""

import math
from fractions import Fraction

from mpmath import mp
from rationals import exact

from lossref import catalog
from lossref.exact.certify import certify
from lossref.formats import FLOAT64


def ask(name, **values):
    return certify(catalog.get(name), values, FLOAT64)


def test_allowances_are_just_above_slopes_times_ulps_of_rounded_inputs():
    def above(stated, wanted):
        return wanted < stated <= wanted * (1 + Fraction(1, 2**51))

    square = ask("squared_error", prediction=5.0, target=3.0)
    ulps = Fraction(math.ulp(5.0)) + Fraction(math.ulp(3.0))
    assert above(square.value_allowance, 4 * ulps)
    assert above(square.gradient_allowance[0], 2 * ulps)
    assert above(square.value_size, 4)
    huber = ask("huber", prediction=3.0, target=0.25, delta=0.5)  # no allowance for delta
    assert above(huber.value_allowance, (Fraction(math.ulp(3.0)) + Fraction(math.ulp(0.25))) / 2)
    assert huber.gradient_allowance == (0,)
    hard, soft = (ask("sigmoid_cross_entropy", logits=1.0, target=y) for y in (0.0, 0.5))  # a hard label is exact
    with mp.workprec(300):
        slope = exact(1 / (1 + mp.exp(-1)))
    assert above(hard.value_allowance, slope * Fraction(math.ulp(1.0)))
    assert above(soft.value_allowance, (slope - Fraction(1, 2)) * Fraction(math.ulp(1.0)) + Fraction(math.ulp(0.5)))


def test_hard_labels_annihilate_and_the_edges_of_a_space_are_exact():
    right = [ask("binary_cross_entropy", probabilities=p, target=p) for p in (0.0, 1.0)]
    assert [(a.value.rounded, a.gradient[0].rounded, a.hessian[0].rounded) for a in right] == [(0, 1, 1), (0, -1, 1)]
    assert [(a.value_allowance, a.gradient_allowance) for a in right] == [(0, (0,))] * 2
    wrong = [ask("binary_cross_entropy", probabilities=p, target=1 - p) for p in (0.0, 1.0)]
    assert [(a.value.rounded, a.gradient[0].rounded) for a in wrong] == [(math.inf, -math.inf), (math.inf, math.inf)]

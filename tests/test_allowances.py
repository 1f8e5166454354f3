"""Allowances K and sizes S of certified answers, done by hand; hard labels and the edges of a space are exact data."""

import math
from fractions import Fraction

from asking import bends, certified, slopes
from mpmath import mp
from rationals import exact


def test_allowances_are_just_above_slopes_times_ulps_of_rounded_inputs():
    def above(stated, wanted):
        return wanted < stated <= wanted * (1 + Fraction(1, 2**51))

    square = certified("squared_error", prediction=5.0, target=3.0)
    ulps = Fraction(math.ulp(5.0)) + Fraction(math.ulp(3.0))
    assert above(square.value.K[0], 4 * ulps)
    assert above(square.gradient["prediction"].K[0], 2 * ulps)
    assert above(square.value.S[0], 4)
    huber = certified("huber", prediction=3.0, target=0.25, delta=0.5)  # no allowance for delta
    assert above(huber.value.K[0], (Fraction(math.ulp(3.0)) + Fraction(math.ulp(0.25))) / 2)
    assert huber.gradient["prediction"].K == (0,)
    hard, soft = (certified("sigmoid_cross_entropy", logits=1.0, target=y) for y in (0.0, 0.5))  # a hard label is exact
    with mp.workprec(300):
        slope = exact(1 / (1 + mp.exp(-1)))
    assert above(hard.value.K[0], slope * Fraction(math.ulp(1.0)))
    assert above(soft.value.K[0], (slope - Fraction(1, 2)) * Fraction(math.ulp(1.0)) + Fraction(math.ulp(0.5)))


def test_hard_labels_annihilate_and_the_edges_of_a_space_are_exact():
    right = [certified("binary_cross_entropy", probabilities=p, target=p) for p in (0.0, 1.0)]
    assert [(a.value.rounded, slopes(a), bends(a)) for a in right] == [((0,), [1], [1]), ((0,), [-1], [1])]
    assert [(a.value.K, a.gradient["probabilities"].K) for a in right] == [((0,), (0,))] * 2
    wrong = [certified("binary_cross_entropy", probabilities=p, target=1 - p) for p in (0.0, 1.0)]
    assert [(a.value.rounded, slopes(a)) for a in wrong] == [((math.inf,), [-math.inf]), ((math.inf,), [math.inf])]

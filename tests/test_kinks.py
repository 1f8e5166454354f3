"""Kinks are found: a box instead of a gradient where branches meet, both beside it, and neither box nor gap where they agree."""

from fractions import Fraction

import pytest

from lossref import catalog
from lossref.exact.certify import certify
from lossref.formats import FLOAT64


def ask(name, **values):
    return certify(catalog.get(name), values, FLOAT64)


def slopes(answer):
    return answer.gradient and [g.rounded for g in answer.gradient]


@pytest.mark.parametrize("target", [-1.0, 1.0])
def test_hinge_opens_within_two_ulps_of_its_margin(target):
    right, wrong = 0, -target
    cases = {0: (None, True), -1: (wrong, True), -2: (wrong, True), -3: (wrong, False), 1: (right, True), 3: (right, False)}
    for ulps, (gradient, is_open) in cases.items():
        margin = FLOAT64.step(1.0, ulps)
        answer = ask("hinge", prediction=target * margin, target=target)
        assert slopes(answer) == (None if gradient is None else [gradient]), ulps
        assert answer.box == (((min(0, wrong), max(0, wrong)),) if is_open else None), ulps
        assert answer.value.rounded == max(0, 1 - Fraction(margin)), ulps


def test_absolute_error_has_a_corner_at_zero():
    answer = ask("absolute_error", prediction=0.7, target=0.7)
    assert (answer.value.rounded, answer.gradient, answer.box) == (0, None, ((-1, 1),))
    beside = ask("absolute_error", prediction=FLOAT64.step(0.7, -1), target=0.7)
    assert (slopes(beside), beside.box) == ([-1], ((-1, 1),))
    away = ask("absolute_error", prediction=FLOAT64.step(0.7, 5), target=0.7)  # the ulps of both arguments count: 2 + 2
    assert (slopes(away), away.box) == ([1], None)


@pytest.mark.parametrize("side", [-1, 1])
def test_huber_is_smooth_where_its_branches_meet(side):
    answer = ask("huber", prediction=side * 0.5, target=0.0, delta=0.5)
    assert (answer.value.rounded, slopes(answer), answer.box, answer.hessian) == (0.125, [side * 0.5], None, None)
    inside, outside = (ask("huber", prediction=side * x, target=0.0, delta=0.5) for x in (0.25, 0.75))
    assert (inside.hessian[0].rounded, outside.hessian[0].rounded) == (1, 0)
    zero = ask("huber", prediction=0.0, target=0.0, delta=0.5)
    assert (zero.value.rounded, slopes(zero), zero.box, zero.hessian[0].rounded) == (0, [0], None, 1)


def test_equal_logits_are_no_kink():
    answer = ask("softmax_cross_entropy", logits=(5.0, 5.0, 5.0), target=0)
    assert (slopes(answer), answer.box) == ([-2 / 3, 1 / 3, 1 / 3], None)

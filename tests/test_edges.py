"""At edges and jumps: infinite slopes of the right sign, finite neighbours, the limits of what lies inside, or no slope at all."""

import math
from fractions import Fraction

import mpmath
import pytest
from asking import bends, certified, intervals, slopes

import lossref
from lossref import oracle

TINY = Fraction(1, 2**200)
ARCFACE = {"target": 0, "margin": 0.5, "scale": 64.0}


@pytest.mark.parametrize(("end", "steep"), [(1, -math.inf), (-1, math.inf)])
def test_arcface_at_exact_alignment_is_the_limit_from_inside(end, steep):
    at = certified("arcface", cosines=(float(end), 0.25, -0.5), **ARCFACE)
    near = oracle("arcface", (end * (1 - TINY), Fraction(1, 4), Fraction(-1, 2)), **ARCFACE)
    assert float(near.value) == pytest.approx(at.value.rounded[0], rel=1e-14, abs=0)
    assert slopes(at)[0] == steep
    assert float(near.gradient[0]) * math.copysign(1, steep) > 1e3
    assert [float(g) for g in near.gradient[1:]] == pytest.approx(slopes(at)[1:], rel=1e-14, abs=0)
    nearer = oracle("arcface", (end * (1 - TINY / 4), Fraction(1, 4), Fraction(-1, 2)), **ARCFACE)
    assert float(nearer.gradient[0] / near.gradient[0]) == pytest.approx(2, rel=1e-20, abs=0)  # as 1 / sqrt of the distance


def test_arcface_is_judged_at_alignment_as_beside_it():
    """A cosine of 1 counts as rounded: the allowance is that of a cosine next to 1, where the slope is still finite."""
    at, beside = (certified("arcface", cosines=(c, 0.25), **ARCFACE) for c in (1.0, 1 - 2.0**-53))
    assert 0.5 < at.value.K[0] / beside.value.K[0] < 4
    assert 0.5 < at.gradient["cosines"].K[1] / beside.gradient["cosines"].K[1] < 4


def test_arcface_turns_round_past_pi():
    """cos(a + m) as it stands: beyond a = pi - m a larger cosine costs more, and the value is that of the plain formula."""
    turn = -math.cos(0.5)
    for cosine, sign in ((turn + 0.02, -1), (turn - 0.02, 1), (-0.999, 1)):
        answer = oracle("arcface", (cosine, 0.25), **ARCFACE, digits=30)
        assert float(answer.gradient[0]) * sign > 0
        with mpmath.workdps(60):
            z = 64 * mpmath.cos(mpmath.acos(mpmath.mpf(cosine)) + mpmath.mpf(0.5))
            assert mpmath.almosteq(answer.value, mpmath.log1p(mpmath.exp(16 - z)), rel_eps=1e-28)


def test_one_class_costs_nothing_however_it_is_aligned():
    for cosine in (1.0, 0.3, -1.0):
        assert certified("arcface", cosines=(cosine,), **ARCFACE).value.rounded == (0,)


def test_entropy_of_an_impossible_outcome_has_an_infinite_slope():
    at = certified("entropy", probabilities=(0.5, 0.0, 0.5))
    assert at.value.rounded == (math.log(2),)
    assert slopes(at)[1] == math.inf
    assert bends(at)[1] == -math.inf
    near = oracle("entropy", (Fraction(1, 2), TINY, Fraction(1, 2) - TINY))
    assert float(near.gradient[1]) == pytest.approx(200 * math.log(2) - 1, rel=1e-12, abs=0)
    assert certified("entropy", probabilities=(1.0, 0.0), base=2.0).value.rounded == (0,)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("zero_one", {"prediction": 2.0, "target": 2.0}),
        ("thresholded_zero_one", {"prediction": 0.5, "target": 1.0}),
        ("thresholded_zero_one", {"prediction": 0.5, "target": 1.0, "at_threshold": 0.0}),
    ],
)
def test_a_jump_has_no_slope_and_no_interval(name, values):
    found = certified(name, **values)
    assert (slopes(found), intervals(found), bends(found)) == (None, None, None)
    assert not any(part.is_judged for part in found.gradient.values())
    asked = oracle(name, **values)
    assert (asked.gradient, asked.interval) == (None, None)
    beside = certified(name, **values | {"prediction": values["prediction"] + 2.0**-30})
    assert slopes(beside) == [0]


def test_a_tie_in_reach_of_a_corner_is_no_jump():
    """|f - y| is exactly 0 and, within the ulps of such large numbers, at the threshold; only the first is met."""
    found = certified("thresholded_zero_one", prediction=1e10, target=1e10, threshold=1e-6)
    assert slopes(found) == [0]
    assert oracle("thresholded_zero_one", 1e10, 1e10, threshold=1e-6).gradient == 0


def test_the_boundary_costs_what_its_parameter_says():
    for cost in (0.0, 1.0):
        assert certified("thresholded_zero_one", prediction=0.5, target=1.0, at_threshold=cost).value.rounded == (cost,)
    assert certified("thresholded_zero_one", prediction=0.3, target=0.1, threshold=0.2).value.rounded == (0,)


def test_weights_whose_sum_overflows_have_their_slopes():
    """S = 1.9e308 is beyond float64, S p - t is not."""
    logits, target = (0.1, 0.0, -0.3), (8.98846567431158e307, 1e308, 0.0)
    slopes = lossref.gradient("soft_target_cross_entropy", logits, target)
    exact = lossref.oracle("soft_target_cross_entropy", logits, target, digits=17).gradient
    assert [abs(float(a) - b) <= 2e-15 * abs(b) for a, b in zip(exact, slopes, strict=True)] == [True] * 3
    small = lossref.hessian("soft_target_cross_entropy", logits, [t / 1024 for t in target])
    assert lossref.hessian("soft_target_cross_entropy", logits, target).tolist() == (small * 1024).tolist()

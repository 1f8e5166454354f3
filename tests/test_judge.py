"""Errors and grades, on numbers whose right verdict is known by hand."""

import math
from fractions import Fraction

import pytest

from lossref.formats import FLOAT64, FORMATS, RESIDUAL_STEPS
from lossref.judge.measure import LEVELS, Truth, digits_left, grade, measure, meets, of_rounding, worst

ULP = 2.0**-52
ZERO = Fraction(0)


def truth(exact, interval=None, allowance=0.0, size=0.0):
    precise = None if exact is None else exact if isinstance(exact, float) and not math.isfinite(exact) else Fraction(exact)
    rounded = None if exact is None else float(exact)
    return Truth(precise, rounded, interval, Fraction(allowance), Fraction(size))


def test_errors_are_counted_in_ulps_of_the_exact_answer():
    error = measure(1 + 3 * ULP, truth(1.0), FLOAT64)
    assert (error.E1, error.E2) == (3, 6)
    assert error.E3 > 1e200
    assert measure(1.0, truth(Fraction(1) + Fraction(1, 2**53)), FLOAT64).E1 == 0.5


@pytest.mark.parametrize("name", FORMATS)
def test_E1_of_a_correctly_rounded_number_is_what_measuring_it_gives(name):
    """At powers of two, below which ulps are half as large, at the least normal number and at ordinary ones, rounded either way."""
    form, wrong = FORMATS[name], []
    least = float(form.least_normal)
    for x in (least, 2 * least, least / 4, 1.0, -2.0, 1.5, form.nearest(0.1), float(form.largest), -float(form.largest), 0.0):
        for residual in (0, 1, -1, 16384, -16384, 8191, -8191):
            exact = Fraction(x) + form.ulp(Fraction(x)) * Fraction(residual, RESIDUAL_STEPS)
            if form.nearest(exact) == x:
                found, wanted = of_rounding(x, residual, form), measure(x, Truth(exact, x, None, ZERO, ZERO), form).E1
                wrong += [] if found == wanted else [(x, residual, found, wanted)]
    assert not wrong


def test_ulp_is_taken_below_a_power_of_two_when_the_exact_answer_lies_below_it():
    below = Fraction(1) - Fraction(1, 2**54)
    assert measure(1.0, truth(below), FLOAT64).E1 == 0.5


def test_allowance_and_size_widen_E2_and_E3():
    error = measure(1.0 + 10 * ULP, truth(1.0, allowance=19 * ULP, size=40.0), FLOAT64)
    assert error.E2 == 10 / (0.5 + 9.5)
    assert error.E3 == 10 / (0.5 * 40 + 9.5)


def test_signed_zeros_and_nans_are_one():
    assert measure(-0.0, truth(0.0), FLOAT64).is_exact
    assert measure(math.nan, truth(math.nan), FLOAT64).is_exact
    assert measure(math.inf, truth(math.inf), FLOAT64).is_exact
    assert math.isinf(measure(1e308, truth(math.inf), FLOAT64).E3)
    assert math.isinf(measure(math.nan, truth(math.inf), FLOAT64).E1)
    assert math.isinf(measure(-math.inf, truth(math.inf), FLOAT64).E3)


def test_a_returned_infinity_counts_as_the_first_power_beyond_the_format():
    error = measure(math.inf, truth(FLOAT64.largest, size=FLOAT64.largest), FLOAT64)
    assert (error.E1, error.E3) == pytest.approx((1, 1), rel=1e-9)
    assert math.isinf(measure(math.inf, truth(FLOAT64.largest * (1 - Fraction(1, 2**30)), size=FLOAT64.largest), FLOAT64).E3)


@pytest.mark.parametrize("got", [0.0, -1e-17, math.nan, math.inf, -math.inf])
def test_lost_is_zero_wrong_sign_or_not_finite(got):
    assert measure(got, truth(1e-17), FLOAT64).is_lost
    assert not measure(2e-17, truth(1e-17), FLOAT64).is_lost


def test_nothing_is_lost_where_the_inputs_decide_or_below_the_normal_numbers():
    assert not measure(0.0, truth(1e-17, allowance=1e-16), FLOAT64).is_lost
    assert not measure(0.0, truth(1e-310), FLOAT64).is_lost
    assert measure(0.0, truth(1e-37), FORMATS["float32"]).is_lost
    assert not measure(0.0, truth(1e-40), FORMATS["float32"]).is_lost


def test_inside_the_interval_everything_is_right():
    kink = truth(None, interval=(-1.0, 0.0))
    assert all(measure(g, kink, FLOAT64).is_exact for g in (-1.0, -0.5, 0.0))
    assert measure(0.25, kink, FLOAT64).E2 > 1e10
    assert not measure(0.25, kink, FLOAT64).is_exact


def test_beside_a_kink_the_interval_excuses_but_is_not_exact():
    near = truth(-1.0, interval=(-1.0, 0.0))
    error = measure(0.0, near, FLOAT64)
    assert (error.E2, error.is_exact, error.is_lost) == (0, False, False)
    assert error.E1 == 2**52
    assert measure(1.0, near, FLOAT64).is_lost is False
    assert measure(1.0, near, FLOAT64).E2 > 1e10


def errors(*pairs, **facts):
    return [measure(got, truth(exact, **facts), FLOAT64) for got, exact in pairs]


@pytest.mark.parametrize(
    ("got", "exact", "grade_of_it"),
    [
        (1.0, 1.0, "A+"),
        (1 + ULP, 1.0, "A"),
        (1 + 4 * ULP, 1.0, "B"),
        (1 + 8 * ULP, 1.0, "C"),
        (0.0, 1e-17, "C"),  # lost, though normwise small
        (1 + 9 * ULP, 1.0, "D"),
        (1 + 2**-26.6, 1.0, "D"),
        (1 + 2**-26.4, 1.0, "F"),
        (1e6 - 3, 1.0, "F"),  # finite garbage
        (-7.0, 1.0, "F"),
        (0.0, 1.0, "F"),
        (1.0, 0.0, "F"),
        (math.nan, 1.0, "F"),
        (math.inf, 1.0, "F"),
        (1.0, math.inf, "F"),
        (1.0, math.nan, "F"),
    ],
)
def test_each_grade_is_reached(got, exact, grade_of_it):
    assert grade(errors((got, exact), size=1.0), FLOAT64) == grade_of_it


def test_half_the_digits_is_half_of_those_of_the_format():
    single = FORMATS["float32"]
    graded = [grade([measure(got, truth(1.0, size=1.0), single)], single) for got in (1 + 2.0**-12, 1 + 2.0**-11)]
    assert graded == ["D", "F"]


@pytest.mark.parametrize(("got", "digits"), [(1.0, 15), (1 + 9 * ULP, 14), (1 + 9e-13, 12), (1 + 1.2e-8, 7), (0.0, 0), (math.nan, 0)])
def test_digits_left_are_those_that_agree(got, digits):
    assert digits_left(errors((got, 1.0), size=1.0), FLOAT64) == digits


def test_below_the_normal_numbers_nothing_is_finer_than_one_rounding_at_their_least():
    """A subnormal answer that keeps half of its digits beside the least normal number is D; flushed to zero it is F."""
    least = 2.0**-1022
    for got, expected in ((least / 2 * (1 - 2.0**-26), "D"), (0.0, "F")):
        assert grade([measure(got, truth(least / 2, size=least / 2), FLOAT64)], FLOAT64) == expected


def test_nan_and_the_answer_without_it_are_both_right_where_nan_does_not_reach():
    both = Truth(math.nan, math.nan, None, ZERO, ZERO, otherwise=truth(-1.0))
    assert all(measure(got, both, FLOAT64).is_exact for got in (math.nan, -1.0))
    assert grade([measure(-1.5, both, FLOAT64)], FLOAT64) == "F"
    assert not measure(-1.0, truth(math.nan), FLOAT64).is_exact


@pytest.mark.parametrize("got", [0.0, -1e-3, -5.0, math.inf, math.nan])
def test_a_lost_answer_is_below_level_b(got):
    """Lost is what E2 itself puts below B: where rounded inputs reach 0 within that level, 0 is no loss."""
    for allowance in (0.0, 1e-9, 0.1, 0.2499, 0.2501, 1.9):
        (error,) = errors((got, 1.0), allowance=allowance, size=1.0)
        assert error.is_lost == (allowance < 0.25)
        assert error.E2 > 8 or not error.is_lost
        if error.is_lost:
            assert grade([error], FLOAT64) in ("C", "D", "F")


def test_one_bad_component_decides_and_levels_are_ordered():
    assert grade(errors((1.0, 1.0), (math.inf, 1.0)), FLOAT64) == "F"
    assert worst(["A", "C", "A+"]) == "C"
    assert [meets(level, "C") for level in LEVELS] == [True, True, True, True, False, False]


def test_where_no_answer_is_certain_any_number_is_right():
    open_to_all = truth(None, interval=(-math.inf, math.inf))
    assert measure(1e300, open_to_all, FLOAT64).is_exact
    assert math.isinf(measure(math.nan, open_to_all, FLOAT64).E3)

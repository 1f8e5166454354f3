"""The public oracle: digits, exact inputs, kinks, enclosures, domains; with and without a proof it says the same."""

import math
import pickle
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from asking import components, given, parts, stands_for
from rationals import exact

from lossref import golden, hessian, oracle
from lossref.exact import balls
from lossref.exact_inputs import fraction
from lossref.formats import FLOAT64, FORMATS

pytestmark = pytest.mark.sampled


def held(x, ends):
    """Whether a number of 60 digits lies in its enclosure, but for the digits that it does not show."""
    with mpmath.workprec(1000):  # never as fractions: a slope may be exp(-2**500)
        low, high = ends
        slack = abs(x) / mpmath.mpf(10) ** 60
        return low <= high and low - slack <= x <= high + slack


def vectors(loss, step):
    """Single examples of every region but the ends of the range, where some slopes are below 10**-4000 and have no digits to give."""
    return [v for v in golden.read(loss, FLOAT64)[::step] if v.region not in ("special", "range") and not v.question.is_call]


def asked(loss, v, **how):
    """What the oracle says; it may refuse only where something rounds to 0, and so may be too small to have digits."""
    try:
        return oracle(loss.name, **how, **given(v.question))
    except ValueError as error:
        if "digits cannot be settled" not in str(error) or 0 not in [x for part in parts(v.answer) for x in part.rounded or ()]:
            raise
        return None


def has_no_digits(answer):
    """Whether a number is too small for its digits to be told: 0, in an enclosure of more."""
    return any(x == 0 and low < high for x, (low, high) in zip(components(answer), answer.enclosure, strict=False))


def test_proved_and_unproved_answers_agree(loss, listed, monkeypatch):
    """At 60 digits Arb and mpmath without it give the same number, and the enclosure holds it; every golden region is visited.

    Where no precision shows any digits of a number mpmath is slow to say so: it is asked for two of those.
    """
    misses, seen, shown_none = [], 0, 0
    for v in (some := vectors(loss, 5)):
        proved = asked(loss, v, digits=60, certified=True)
        if (proved is None or has_no_digits(proved)) and (shown_none := shown_none + 1) > 2:
            continue
        with monkeypatch.context() as without:
            without.setattr(balls, "INSTALLED", False)
            plain = asked(loss, v, digits=60)
        if plain is None or proved is None:
            misses += [] if plain is proved else [(v.id, plain, proved)]
            continue
        seen += 1
        assert (plain.certified, proved.certified) == (False, True)
        assert plain.enclosure is None or 0 in components(plain)  # what is too small for its digits
        same = components(plain) == components(proved) and plain.interval == proved.interval
        inside = [held(x, ends) for x, ends in zip(components(proved), proved.enclosure, strict=False) if mpmath.isfinite(x)]
        misses += [] if same and all(inside) else [(v.id, components(plain), components(proved))]
    assert seen >= 0.8 * len(some) > 10
    listed(misses)


def test_digits_agree_with_golden_bits(loss, listed):
    """The golden number is the nearest to what the digits stand for: no digit is rounded twice, and all of them are compared."""
    misses, seen = [], 0
    for v in (some := vectors(loss, 4)):
        if (answer := asked(loss, v, digits=30)) is None:
            continue
        stored = [(part, i) for part in (v.answer.value, *v.answer.gradient.values()) if part.rounded for i in range(len(part))]
        found = components(answer)
        assert len(found) == len(stored)
        seen += 1
        misses += [(v.id, i, x, part.rounded[i]) for x, (part, i) in zip(found, stored, strict=True) if not stands_for(part, i, x)]
    assert seen >= 0.8 * len(some) > 10
    listed(misses)


def test_a_thousand_logits_take_first_order_work_only():
    """What quadratic work took a minute for: each slope against mpmath."""
    logits = [((k * 7919) % 1000) / 100 for k in range(1000)]
    with mpmath.workdps(60):
        powers = [mpmath.exp(z) for z in logits]
        total = mpmath.fsum(powers)
        found = oracle("softmax_cross_entropy", logits, 3)
        assert abs(found.value - mpmath.log(total) + logits[3]) < mpmath.mpf(10) ** -48
        off = [abs(g - e / total + (k == 3)) for k, (g, e) in enumerate(zip(found.gradient, powers, strict=True))]
        assert max(off) < mpmath.mpf(10) ** -50


def test_many_digits_are_right():
    value = oracle("sigmoid_cross_entropy", 0, 0.5, digits=1000).value
    with mpmath.workdps(1010):
        assert abs(value - mpmath.log(2)) < mpmath.mpf(10) ** -1000
        few = oracle("sigmoid_cross_entropy", -150, 0, digits=30).value
        assert abs(few / mpmath.log1p(mpmath.exp(-150)) - 1) < mpmath.mpf(10) ** -30


def test_inputs_are_taken_exactly_or_as_the_nearest_double():
    assert exact(oracle("squared_error", Fraction(1, 2), Decimal("0.25")).value) == Fraction(1, 16)
    assert oracle("squared_error", "0.1", 0).value == oracle("squared_error", 0.1, 0).value
    assert oracle("squared_error", Decimal("0.1"), 0).value != oracle("squared_error", 0.1, 0).value
    third = oracle("absolute_error", Fraction(1, 3), 0, digits=40).value
    assert abs(exact(third) - Fraction(1, 3)) < Fraction(1, 10**41)
    assert oracle("softmax_cross_entropy", np.array([1.0, 2.0]), np.int64(1)).value == oracle("softmax_cross_entropy", ("1", 2), 1).value


def test_a_parameter_in_decimal_is_not_first_rounded():
    assert exact(oracle("huber", 10, 0, delta=Decimal("0.5")).value) == Fraction(1, 2) * (10 - Fraction(1, 4))
    by_float = exact(oracle("huber", 10, 0, delta=0.1).value)
    assert abs(by_float - Fraction(0.1) * (10 - Fraction(0.1) / 2)) < Fraction(1, 10**50)


def test_exact_zeros_are_zero():
    assert oracle("kl_divergence", (0.25, 0.75), (0.25, 0.75)).value == 0
    assert oracle("softmax_cross_entropy", (Fraction(1, 3),), 0).value == 0
    assert oracle("sigmoid_cross_entropy", 0, 0.5).gradient == 0
    assert oracle("binary_cross_entropy", 0, 0).value == 0


def test_kinks_have_an_interval_and_no_gradient():
    assert oracle("hinge", 1, 1).interval == ((-1, 0),)
    assert oracle("hinge", -1, -1).interval == ((0, 1),)
    assert oracle("hinge", 1, 1).gradient is None
    assert oracle("absolute_error", 2, 2).interval == ((-1, 1),)
    smooth = oracle("huber", 1, 0, delta=1)
    assert (smooth.interval, smooth.gradient) == (None, 1)
    beside = oracle("hinge", 1 - 2.0**-53, 1)
    assert (beside.interval, beside.gradient) == (None, -1)


def test_infinite_answers_and_nan():
    assert oracle("binary_cross_entropy", 0, 1).value == mpmath.inf
    assert oracle("binary_cross_entropy", 0, 1).gradient == -mpmath.inf
    assert mpmath.isnan(oracle("hinge", float("nan"), 1).value)
    assert oracle("sigmoid_cross_entropy", "inf", 1).value == 0


def test_answers_are_right_in_many_threads():
    wanted = {d: oracle("sigmoid_cross_entropy", 40.123, 0.3, digits=d).value for d in (20, 50, 300)}
    before, wrong = sys.getswitchinterval(), []

    def ask(digits, certified):
        answers = [oracle("sigmoid_cross_entropy", 40.123, 0.3, digits=digits, certified=certified) for _ in range(15)]
        wrong.extend(digits for answer in answers if answer.value != wanted[digits])

    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(6) as pool:
            for done in [pool.submit(ask, d, c) for d in wanted for c in (False, True)]:
                done.result()
    finally:
        sys.setswitchinterval(before)
    assert wrong == []


def test_mpmath_numbers_and_single_precision_probabilities_are_taken():
    assert oracle("hinge", mpmath.mpf("0.5"), 1).value == 0.5
    third = np.ones(3, np.float32) / 3
    assert oracle("kl_divergence", third, third).value == 0
    assert abs(exact(oracle("squared_error", 10**400, 0).value) / 10**800 - 1) < Fraction(1, 10**50)
    assert oracle("absolute_error", 10**5000, Fraction(1, 10**5000)).gradient == 1  # too long for Python to print
    assert oracle("sigmoid_cross_entropy", float("inf"), 1, certified=True).certified is False


def test_answers_are_frozen_and_keep_all_digits_at_any_working_precision():
    before = mpmath.mp.prec
    answer = oracle("sigmoid_cross_entropy", 40, 1, digits=50)
    assert mpmath.mp.prec == before
    assert exact(answer.value).numerator.bit_length() > 160
    with pytest.raises(AttributeError):
        answer.value = 0


ERRORS = [
    (("hinge", 1, 0), {}, "target must be -1 or 1, and is 0.0"),
    (("huber", 1, 0), {"delta": 0}, "delta must be a number above 0"),
    (("softmax_cross_entropy", (1, 2), 2), {}, "target must be a class index"),
    (("softmax_cross_entropy", (1, 2), 0.5), {}, "target must be a class index"),
    (("softmax_cross_entropy", 1, 0), {}, "must be one example"),
    (("softmax_cross_entropy", (), 0), {}, "must be one example"),
    (("squared_error", (1, 2), (1, 2, 3)), {}, "these shapes do not fit together: prediction (2,), target (3,)"),
    (("kl_divergence", (0.5, 0.6), (0.5, 0.5)), {}, "must sum to 1 along the last axis"),
    (("kl_divergence", (0.5, 0.5), (1,)), {}, "do not fit together"),
    (("binary_cross_entropy", 10**400, 0), {}, "and is a number above 2**1024"),
    (("softmax_cross_entropy", [[1, 2], [3]], 0), {}, "logits has rows of different shapes"),
    (("sigmoid", Decimal("1e99999999")), {}, "x must be 0 or between 2**-20000 and 2**20000 in size"),
    (("sigmoid", mpmath.mpf(2) ** -30000), {}, "x must be 0 or between"),
    (("sigmoid", 10**7000), {}, "x must be 0 or between"),
    (("squared_error", "one", 1), {}, "prediction must be numbers, and holds 'one'"),
    (("squared_error", None, 1), {}, "prediction must be numbers"),
    (("squared_error", 1, 1), {"digits": 0}, "digits must be a whole number"),
    (("squared_error", 1, 1), {"digits": 2.5}, "digits must be a whole number"),
    (("sigmoid_cross_entropy", 1, 1), {"digits": 100_000}, "digits must be a whole number from 1 to 10000"),
    (("cross_entropy", ("inf", 0.3), (0.5, 0.5)), {}, "must be"),
]


@pytest.mark.parametrize(("arguments", "named", "words"), ERRORS)
def test_errors_are_one_clear_line(arguments, named, words):
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        oracle(*arguments, **named)
    assert "\n" not in str(caught.value)


def test_numbers_keep_their_digits_when_they_are_shown_or_computed_with():
    found = oracle("sigmoid_cross_entropy", 0.5, 1, digits=30)
    text = "0.474076984180106680872997355081"
    assert (str(found.value), repr(found.value), str(found.value * 1), str(0 + found.value)) == (text,) * 4
    assert str(mpmath.mpf(1) - found.value) == "0.525923015819893"  # mpmath's own numbers have the digits that it is set to
    assert str(pickle.loads(pickle.dumps(found)).value) == text
    assert text in str(found)


@pytest.mark.parametrize("exact", ["1e-310", "5e-324", "2.5e-324", "1.797693134862315708e308", "0.1"])
def test_numbers_round_correctly_to_any_format(exact):
    """To float64 subnormals too, which mpmath rounds twice."""
    found = oracle("absolute_error", Fraction(exact), 0, digits=40)
    assert float(found.value) == float(exact)
    for form in FORMATS.values():
        assert found.value.rounded(form.name) == float(form.nearest(Fraction(exact)))
    assert math.isinf(float(oracle("absolute_error", "inf", 0).value))
    assert math.isnan(oracle("absolute_error", "nan", 0).value.rounded("float32"))


def test_what_is_too_small_for_its_digits_is_its_nearest_float64_with_an_enclosure():
    """Of a batch one such row spoils no other; a difference of exponentials has its digits as far as 2**17 bits reach."""
    far = oracle("sigmoid_cross_entropy", 12_000, 1)
    with mpmath.workdps(60):
        assert mpmath.almosteq(far.value, mpmath.exp(-12_000), rel_eps=mpmath.mpf(10) ** -49)
    for z in (1e6, 1e300):
        found = oracle("softmax_cross_entropy", [[0, z], [0, 1]], [1, 1])
        assert (float(found.value[0]), [float(x) for x in found.gradient[0]]) == (0, [0, 0])
        value, other, *slopes = found.enclosure
        assert value[0] <= 0 <= value[1] < mpmath.mpf(2) ** -10_000
        assert (other, slopes[2:]) == (None, [None, None])  # the other row's digits are all told
        assert slopes[1][0] <= 0 <= slopes[1][1]  # p - 1; that of p itself has its digits
        assert float(found.value[1]) == oracle("softmax_cross_entropy", [0, 1], 1).value.rounded()


def test_a_number_next_to_the_middle_of_two_has_its_digits_too():
    """1e16 - 0.1 lies exp(-1e16) beside a half of its last bit at 30 digits: no precision tells the side, and either is its nearest."""
    for precision in (1, 53, 300):  # of the user's own mpmath, which counts for nothing
        with mpmath.workprec(precision):
            found = oracle("softmax_cross_entropy", [0.1, 1e16], 0, digits=30)
        assert str(found.value) == "9999999999999999.9"
        assert fraction(found.value) == Fraction(1e16) - Fraction(0.1)


def test_the_second_derivative_on_request():
    found = oracle("sigmoid_cross_entropy", [0.5, -300], [1, 0], reduction="mean", sample_weight=[1.0, 3.0], hessian=True, digits=30)
    ours = hessian("sigmoid_cross_entropy", [0.5, -300.0], [1.0, 0.0], reduction="mean", sample_weight=[1.0, 3.0])
    assert [float(x) for x in found.hessian] == pytest.approx(list(ours), rel=1e-15, abs=0)
    assert oracle("huber", 0.5, 0, hessian=True).hessian == 1
    assert oracle("hinge", 1, 1, hessian=True).hessian is None
    assert oracle("huber", 0.5, 0).hessian is None
    rows = oracle("softmax_cross_entropy", [[1, 2], [3, 5]], [0, 1], hessian=True).hessian
    ours = np.array(hessian("softmax_cross_entropy", [[1, 2], [3, 5]], [0, 1]))
    assert [[float(x) for x in row] for row in rows] == pytest.approx(ours, rel=1e-12, abs=0)

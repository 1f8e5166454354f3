"""The exact layer, over Arb and over mpmath: rationals, zeros and infinities stay exact, and nothing undefined gets a value."""

import math
import operator
import random
from fractions import Fraction

import pytest
from rationals import SYSTEMS, bounds, some_rational

from lossref.exact.numbers import NoValueError, UndecidedError

PRECISION = 128
OPERATORS = (operator.add, operator.sub, operator.mul, operator.truediv)


@pytest.fixture(params=SYSTEMS.values(), ids=SYSTEMS)
def base(request):
    with request.param.working(PRECISION):
        yield request.param(PRECISION)


def test_rationals_stay_exact(base):
    source = random.Random(1)
    for _ in range(300):
        number, wanted = base.lift(start := some_rational(source)), start
        for _ in range(6):
            other, combine = some_rational(source), source.choice(OPERATORS)
            if combine is not operator.truediv or other:
                number, wanted = combine(number, other), combine(wanted, other)
        assert isinstance(number.data, Fraction)
        assert number.data == wanted
        assert (number**3).data == wanted**3
        assert abs(number).data == abs(wanted)
        assert base.max(number, 1, 0).data == max(wanted, 1)
        assert base.min(number, 1, 0).data == min(wanted, 0)
        assert wanted == 0 or (number**-2).data == wanted**-2


@pytest.mark.parametrize("x", [Fraction(1, 3), Fraction(5), Fraction(0.1), Fraction(1), 2**-1074, 1.7e308])
def test_logarithms_and_exponentials_cancel_exactly(base, x, listed):
    log, exp = base.log(x), base.exp(x)
    identities = {
        "log x - log x": (log - log, 0),
        "log x + log 1/x": (log + base.log(1 / Fraction(x)), 0),
        "3 log x / 3 - log x": (3 * log / 3 - log, 0),
        "exp x / exp x": (exp / exp, 1),
        "exp x exp(-x)": (exp * base.exp(-base.lift(x)), 1),
        "(7 exp x) / (2 exp x)": (7 * exp / (2 * exp), Fraction(7, 2)),
        "log exp x": (base.log(exp), x),
        "log(x exp 3) - log x": (base.log(base.lift(x) * base.exp(3)) - log, 3),
        "exp x - exp x": (exp - exp, 0),
    }
    exactly = {name: (got.data, wanted) for name, (got, wanted) in identities.items() if isinstance(got.data, Fraction)}
    listed([name for name in identities if name not in exactly], "not exact")
    listed([(name, got, wanted) for name, (got, wanted) in exactly.items() if got != wanted])


def test_square_roots_are_exact_where_they_can_be(base):
    source = random.Random(2)
    for x in (Fraction(0), *(abs(some_rational(source)) for _ in range(50)), Fraction(10**300, 7), Fraction(2) ** -537):
        root = base.sqrt(x * x)
        assert isinstance(root.data, Fraction)
        assert root.data == x
    low, high = bounds(base, base.sqrt(2))
    assert low**2 < 2 < high**2


def test_zero_annihilates_and_infinities_are_exact(base):
    zero, infinity, two = base.lift(0), base.lift(math.inf), base.log(2)
    assert [x.data for x in (zero * base.log(0), base.log(0) * zero, zero * infinity, zero * base.exp(5))] == [0] * 4
    assert [x.data for x in (base.exp(-infinity), 1 / infinity, two / infinity, base.sqrt(zero))] == [0] * 4
    assert [x.data for x in (base.log(0), -infinity, infinity * -3, -infinity + 1, two - infinity)] == [-math.inf] * 5
    assert [x.data for x in (base.exp(infinity), infinity * two, infinity / two, infinity + infinity)] == [math.inf] * 4
    assert [x.data for x in (base.log(infinity), base.sqrt(infinity), base.max(1, infinity))] == [math.inf] * 3


UNDEFINED = {
    "inf - inf": lambda m: m.lift(math.inf) - math.inf,
    "log 0 + inf": lambda m: m.log(0) + math.inf,
    "inf / inf": lambda m: m.lift(math.inf) / m.lift(-math.inf),
    "1 / 0": lambda m: 1 / m.lift(0),
    "0 / 0": lambda m: m.lift(0) / 0,
    "inf / 0": lambda m: m.lift(math.inf) / 0,
    "log 2 / 0": lambda m: m.log(2) / (m.log(3) - m.log(3)),
    "log -1": lambda m: m.log(-1),
    "log -inf": lambda m: m.log(-math.inf),
    "log of -exp 1": lambda m: m.log(-m.exp(1)),
    "log of log 1/2": lambda m: m.log(m.log(Fraction(1, 2))),
    "sqrt -2": lambda m: m.sqrt(-2),
    "sqrt of log 2 - log 3": lambda m: m.sqrt(m.log(2) - m.log(3)),
}


@pytest.mark.parametrize("formula", UNDEFINED.values(), ids=UNDEFINED)
def test_what_is_not_defined_has_no_value(base, formula):
    with pytest.raises(NoValueError):
        formula(base)


def nothing(base):
    """0, but no rational combination of logarithms says so."""
    return base.log(2) + base.log(3) - base.log(6)


def test_an_enclosure_of_zero_has_a_magnitude_and_two_ends(base):
    low, high = bounds(base, nothing(base))
    assert low < 0 < high
    assert 0 <= bounds(base, base.magnitude(nothing(base)))[1] < Fraction(1, 2 ** (PRECISION - 8))


UNDECIDED = {
    "sign x": lambda m, x: m.sign(x),
    "x < 0": lambda m, x: x < 0,
    "abs x": lambda m, x: abs(x),
    "max(x, 0)": lambda m, x: m.max(x, 0),
    "log x": lambda m, x: m.log(x),
    "inf x": lambda m, x: math.inf * x,
    "0 / x": lambda m, x: 0 / x,
    "ends of 1 / x": lambda m, x: bounds(m, 1 / x),
    "sign 1 / x": lambda m, x: m.sign(1 / x),
    "exp 1 / x": lambda m, x: m.exp(1 / x),
    "log 1 / x": lambda m, x: m.log(1 / x),
    "sqrt 1 / x": lambda m, x: m.sqrt(1 / x),
}


@pytest.mark.parametrize("question", UNDECIDED.values(), ids=UNDECIDED)
def test_what_an_enclosure_of_zero_cannot_say_is_undecided(base, question):
    with pytest.raises(UndecidedError):
        question(base, nothing(base))


def test_no_value_and_undecided_are_two_things():
    assert not issubclass(NoValueError, UndecidedError)
    assert not issubclass(UndecidedError, NoValueError)
    assert issubclass(NoValueError, ArithmeticError)
    assert issubclass(UndecidedError, ArithmeticError)

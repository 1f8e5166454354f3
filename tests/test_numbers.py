"""The exact layer, over Arb and over mpmath: what is rational stays exact, the rest is enclosed, and nothing is guessed."""

import math
import operator
import random
from fractions import Fraction

import pytest
from mpmath import mp

from lossref.exact.balls import Balls
from lossref.exact.base import Form
from lossref.exact.certify import settle
from lossref.exact.floats import Floats
from lossref.exact.numbers import NoValue, Undecided
from lossref.formats import FLOAT64

PRECISION = 128
TRUTH = 3000  # bits
OPERATORS = (operator.add, operator.sub, operator.mul, operator.truediv)


@pytest.fixture(params=[Balls, Floats], ids=["Arb", "mpmath"])
def base(request):
    with request.param.working(PRECISION):
        yield request.param(PRECISION)


def bounds(base, x):
    """Both ends of a number as exact rationals."""
    if isinstance(x.data, Fraction):
        return x.data, x.data
    return tuple(m * Fraction(2) ** e for m, e in base.ends(base.near(x.data)))


def exact(x):
    """An mpmath number as a fraction."""
    sign, mantissa, exponent, _ = x._mpf_
    return (-1) ** sign * int(mantissa) * Fraction(2) ** exponent


def rational(source):
    return Fraction(source.randint(-40, 40), source.choice((1, 2, 3, 7, 10, 2**20)))


def test_rationals_stay_exact(base):
    source = random.Random(1)
    for _ in range(300):
        number, wanted = base.lift(start := rational(source)), start
        for _ in range(6):
            other, combine = rational(source), source.choice(OPERATORS)
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
def test_logarithms_and_exponentials_cancel_exactly(base, x):
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
    missed = [name for name, (got, wanted) in identities.items() if got.data != wanted or not isinstance(got.data, Fraction)]
    assert not missed


def test_square_roots_are_exact_where_they_can_be(base):
    source = random.Random(2)
    for x in (Fraction(0), *(abs(rational(source)) for _ in range(50)), Fraction(10**300, 7), Fraction(2) ** -537):
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


@pytest.mark.parametrize(
    "formula",
    {
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
    }.items(),
    ids=lambda item: item[0],
)
def test_what_is_not_defined_has_no_value(base, formula):
    with pytest.raises(NoValue):
        formula[1](base)


def test_an_enclosure_around_zero_is_undecided(base):
    nothing = base.log(2) + base.log(3) - base.log(6)
    low, high = bounds(base, nothing)
    assert low < 0 < high
    assert 0 <= bounds(base, base.magnitude(nothing))[1] < Fraction(1, 2 ** (PRECISION - 8))
    ways = (base.sign, abs, base.log, lambda x: 1 / x, lambda x: math.inf * x, lambda x: base.max(x, 0), lambda x: x < 0)
    for way in ways:
        with pytest.raises(Undecided):
            way(nothing)


def test_no_value_and_undecided_are_two_things():
    assert not issubclass(NoValue, Undecided)
    assert not issubclass(Undecided, NoValue)
    assert issubclass(NoValue, ArithmeticError)
    assert issubclass(Undecided, ArithmeticError)


@pytest.mark.parametrize("x", [1e300, -1e300, 1e17, -(2.0**50) / 3])
@pytest.mark.parametrize("system", [Balls, Floats])
def test_exponentials_of_huge_numbers_have_all_their_digits(system, x):
    with mp.workprec(TRUTH):
        quotient = mp.mpf(x) / mp.ln2
        whole = int(mp.floor(quotient))
        mantissa = exact(mp.exp((quotient - whole) * mp.ln2))  # exp x = mantissa * 2 ** whole

    def narrow(base):
        (low, p), (high, q) = base.ends(base.near(base.exp(x).data))
        low, high = low * Fraction(2) ** (p - whole), high * Fraction(2) ** (q - whole)
        return (low, high) if high - low < Fraction(1, 2**100) else None

    low, high = settle(system, narrow)
    assert low <= mantissa <= high
    for formula, wanted in ((lambda m: m.exp(x), math.inf if x > 0 else 0), (lambda m: m.log(1 + m.exp(x)), max(x, 0))):
        ends = settle(system, lambda m, f=formula: {FLOAT64.round_dyadic(*end) for end in m.ends(m.near(f(m).data))})
        assert ends == {wanted}


def test_an_exponential_beyond_every_format_is_undecided(base):
    with pytest.raises(Undecided):
        base.exp(base.exp(10**5))


class Elsewhere(Exception):
    """A random expression left the domain, or grew too large."""


class Plain:
    """mpmath, with the domain of the expressions kept small."""

    lift = staticmethod(lambda x: mp.mpf(x.numerator) / x.denominator)

    @staticmethod
    def within(x, low):
        if not low < x < 1e4:
            raise Elsewhere
        return x

    def divide(self, a, b):
        return a / (b if abs(b) > 1e-30 else self.within(0, 1))

    def apply(self, function, x):
        return getattr(mp, function)(self.within(x, -1e4 if function == "exp" else 1e-30))


def expression(source, depth):
    """A random formula over any system that brings lift, divide and apply."""
    if depth == 0 or source.random() < 0.1:
        x = rational(source) + Fraction(source.random())
        return lambda m: m.lift(x)
    a, kind = expression(source, depth - 1), source.choice(("exp", "log", "sqrt", "+", "-", "*", "/", "/"))
    if len(kind) > 1:
        return lambda m: m.apply(kind, a(m))
    b = expression(source, depth - 1)
    if kind == "/":
        return lambda m: m.divide(a(m), b(m))
    combine = OPERATORS["+-*".index(kind)]
    return lambda m: combine(a(m), b(m))


@pytest.mark.parametrize("system", [Balls, Floats])
def test_enclosures_contain_the_truth(system):
    source, misses, narrow, seen = random.Random(3), [], 0, 0
    while seen < 2500:
        formula, precision = expression(source, source.randint(1, 5)), source.randint(30, 200)
        try:
            with mp.workprec(TRUTH):
                truth = exact(formula(Plain()))
        except Elsewhere:
            continue
        try:
            with system.working(precision):
                base = system(precision)
                low, high = bounds(base, formula(base))
        except Undecided:
            continue
        seen += 1
        narrow += high - low <= abs(truth) / 2 ** (precision // 2)
        beyond = max(low - truth, truth - high)
        if beyond > abs(truth) / 2 ** (TRUTH - 1000):  # the truth has its own rounding, exact answers have none
            misses.append((float(beyond / truth) if truth else math.inf, precision, float(truth)))
    assert not misses, f"{len(misses)} of {seen}, worst (relative distance, bits, truth): {sorted(misses, reverse=True)[:5]}"
    assert narrow > 0.9 * seen, f"only {narrow} of {seen} enclosures are narrow"


def test_forms_compute_like_the_enclosures_they_stand_for(base):
    source, misses, forms = random.Random(4), [], 0
    for _ in range(300):
        c, r, z = Fraction(source.randint(1, 30), 7), abs(rational(source)) + 2, rational(source) / 8
        a = c * base.log(r) - base.exp(z) + z
        b = base.log(1 / r) / 3 + c * base.exp(z + 1)
        power = -c * base.exp(z)
        near = {x: base.near(x.data) for x in (a, b, power)}
        scalar = base.near(c)
        pairs = {
            "a + b": (a + b, near[a] + near[b]),
            "a - b": (a - b, near[a] + -near[b]),
            "c a": (c * a, scalar * near[a]),
            "a / c": (a / c, near[a] / scalar),
            "a / exp": (a / power, near[a] / near[power]),
            "exp / exp": (power / base.exp(-z), near[power] / base.near(base.exp(-z).data)),
        }
        for name, (ours, plain) in pairs.items():
            (low, high), (left, right) = bounds(base, ours), (m * Fraction(2) ** e for m, e in base.ends(plain))
            forms += isinstance(ours.data, Form)
            if low > right or left > high or max(high - low, right - left) > Fraction(1, 2 ** (PRECISION - 30)):
                misses.append((name, c, r, z, float(low), float(left)))
    assert not misses, misses[:5]
    assert forms > 1000

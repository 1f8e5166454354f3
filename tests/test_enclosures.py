"""Enclosures, over Arb and over mpmath, contain the truth and are narrow: against mpmath at 3000 bits."""

import math
import operator
import random
from fractions import Fraction

import pytest
from mpmath import mp
from rationals import SYSTEMS, bounds, ends, exact, some_rational

from lossref.exact.numbers import UndecidedError
from lossref.exact.settle import settle
from lossref.exact.systems import Form
from lossref.formats import FLOAT64

TRUTH = 3000  # bits
COMBINE = {"+": operator.add, "-": operator.sub, "*": operator.mul}
both_systems = pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)


@both_systems
@pytest.mark.parametrize("x", [1e300, -1e300, 1e17, -(2.0**50) / 3])
def test_exponentials_of_huge_numbers_have_all_their_digits(system, x):
    with mp.workprec(TRUTH):
        quotient = mp.mpf(x) / mp.ln2
        whole = int(mp.floor(quotient))
        mantissa = exact(mp.exp((quotient - whole) * mp.ln2))  # exp x = mantissa * 2 ** whole

    def narrow(base):
        low, high = (m * Fraction(2) ** (e - whole) for m, e in base.ends(base.near(base.exp(x).data)))
        return (low, high) if high - low < Fraction(1, 2**100) else None

    low, high = settle(system, narrow)
    assert low <= mantissa <= high


@both_systems
@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        (lambda m: m.exp(1e300), math.inf),
        (lambda m: m.exp(-1e300), 0),
        (lambda m: -m.exp(1e300) / 3, -math.inf),
        (lambda m: m.log(1 + m.exp(1e300)), 1e300),
        (lambda m: 1 / (1 + m.exp(1e300)), 0),
        (lambda m: m.exp(-(10**20) * m.log(3)), 0),
        (lambda m: m.exp(-(10**20) * m.sqrt(3)) * m.exp(10**20), 0),
    ],
)
def test_huge_exponentials_round_to_the_ends_of_the_format(system, formula, wanted):
    def rounded(base):
        both = {FLOAT64.round_dyadic(*end) for end in base.ends(base.near(formula(base).data))}
        return both.pop() if len(both) == 1 else None

    assert settle(system, rounded) == wanted


@both_systems
def test_an_exponential_beyond_every_format_is_undecided(system):
    with system.working(128), pytest.raises(UndecidedError):
        (base := system(128)).exp(base.exp(10**5))


class ElsewhereError(Exception):
    """A random expression left the domain, grew too large, or may be exactly zero."""


class Plain:
    """mpmath, with the domain of the expressions kept small."""

    lift = staticmethod(lambda x: mp.mpf(x.numerator) / x.denominator)

    @staticmethod
    def within(x, low):
        if not low < x < 1e4:
            raise ElsewhereError
        return x

    def divide(self, a, b):
        return a / (b if abs(b) > 1e-30 else self.within(0, 1))

    def apply(self, function, x):
        return getattr(mp, "atan" if function == "arctan" else function)(self.within(x, 1e-30 if function in ("log", "sqrt") else -1e4))


def expression(source, depth):
    """A random formula over any system that brings lift, divide and apply."""
    if depth == 0 or source.random() < 0.1:
        x = some_rational(source) + Fraction(source.random())
        return lambda m: m.lift(x)
    a, kind = expression(source, depth - 1), source.choice(("exp", "log", "sqrt", "cos", "sin", "arctan", "+", "-", "*", "/", "/"))
    if len(kind) > 1:
        return lambda m: m.apply(kind, a(m))
    b = expression(source, depth - 1)
    if kind == "/":
        return lambda m: m.divide(a(m), b(m))
    return lambda m: COMBINE[kind](a(m), b(m))


@both_systems
@pytest.mark.whole
def test_enclosures_contain_the_truth(system, listed):
    source, misses, narrow, seen = random.Random(3), [], 0, 0
    for _ in range(5000):
        formula, precision = expression(source, source.randint(1, 5)), source.randint(30, 200)
        try:
            with mp.workprec(TRUTH):
                y = formula(Plain())
                Plain.within(abs(y), mp.ldexp(1, -1000))
                truth = exact(y)
        except ElsewhereError:
            continue
        try:
            with system.working(precision):
                base = system(precision)
                low, high = bounds(base, formula(base))
        except UndecidedError:
            continue
        seen += 1
        narrow += high - low <= abs(truth) / 2 ** (precision // 2)
        beyond = max(low - truth, truth - high)
        if beyond > abs(truth) / 2 ** (TRUTH - 1000):  # the truth has its own rounding, an exact answer has none
            misses.append((float(beyond / abs(truth)), f"of the truth {float(truth)}, at {precision} bits"))
    listed(sorted(misses, reverse=True))
    assert seen > 2000, f"only {seen} expressions were decided"
    assert narrow > 0.9 * seen, f"only {narrow} of {seen} enclosures are narrow"


@both_systems
def test_a_function_of_a_rational_is_narrow(system, listed):
    source, misses = random.Random(4), []
    with system.working(128):
        base = system(128)
        for _ in range(300):
            x = abs(some_rational(source)) + 2
            for function in ("exp", "log", "sqrt", "arctan"):
                low, high = bounds(base, base.apply(function, base.lift(x)))
                if high - low > low / 2**118:  # ten bits: x of up to 2**6 multiplies the error of exp
                    misses.append((float((high - low) / low), function, x))
    listed(sorted(misses, reverse=True))


def happens(m, z, w):
    """1 - exp(-w log(1 + exp z))."""
    return 1 - m.exp(-w * m.log(1 + m.exp(z)))


@both_systems
@pytest.mark.parametrize(
    "formula",
    [
        lambda m, z: m.log(1 + m.exp(z)),
        lambda m, z: 3 - m.log(1 + m.exp(z)) - 3,
        lambda m, z: happens(m, z, 5),
        lambda m, z: m.log(1 - happens(m, z, 5)),
        lambda m, z: happens(m, z, 5) + happens(m, z, 3),
    ],
)
def test_what_is_tiny_beside_a_rational_keeps_its_digits(system, formula, listed):
    """What is added to 1, and what is left of an exponential without its 1, down to exp(-6,000), at 128 bits."""
    misses = []
    for z in (-1, -20, -90, -800, -6_000):
        with mp.workprec(1_000 - 4 * z):
            truth = exact(formula(mp, mp.mpf(z)))
        with system.working(128):
            base = system(128)
            low, high = bounds(base, formula(base, base.lift(z)))
        width = max(high - low, truth - low, high - truth)  # which is no smaller where the truth is outside
        if width > abs(truth) / 2**110:
            misses.append((math.log2(width / abs(truth)), z))
    listed(sorted(misses, reverse=True))


@both_systems
def test_forms_compute_like_the_enclosures_they_stand_for(system, listed):
    source, misses, forms = random.Random(5), [], 0
    with system.working(128):
        base = system(128)
        for _ in range(300):
            c, r, z = Fraction(source.randint(1, 30), 7), abs(some_rational(source)) + 2, some_rational(source) / 8
            a = c * base.log(r) - base.exp(z) + z
            b = base.log(1 / r) / 3 + c * base.exp(z + 1)
            power = -c * base.exp(z)
            near_a, near_b, near_power, near_c = (base.near(x.data) for x in (a, b, power, base.lift(c)))
            pairs = {
                "a + b": (a + b, near_a + near_b),
                "a - b": (a - b, near_a + -near_b),
                "c a": (c * a, near_c * near_a),
                "a / c": (a / c, near_a / near_c),
                "a / power": (a / power, near_a / near_power),
                "power / exp": (power / base.exp(-z), near_power / base.near(base.exp(-z).data)),
            }
            for name, (ours, plain) in pairs.items():
                (low, high), (left, right) = bounds(base, ours), ends(base, plain)
                forms += isinstance(ours.data, Form)
                if low > right or left > high:
                    misses.append((float(max(low - right, left - high)), name, c, r, z))
    listed(sorted(misses, reverse=True))
    assert forms > 1000

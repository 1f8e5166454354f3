"""Jets: gradients and Hessians of formulas against mpmath's numerical derivatives at 60 digits, and who decides a tie."""

import math
import random
from fractions import Fraction

import pytest
from mpmath import mp
from rationals import bounds

from lossref.exact.balls import Balls
from lossref.exact.jets import Jets
from lossref.exact.numbers import NoValueError

# Written once and evaluated twice: m is a system of jets or mpmath.
FORMULAS = {
    "exp": lambda m, x: m.exp(3 * x),
    "log": lambda m, x: m.log(1 + x),
    "sqrt": lambda m, x: m.sqrt(x),
    "power": lambda m, x: x**5 - 7 * x**-2,
    "quotient": lambda m, x: (1 + x) / (2 + x**2),
    "constant over x": lambda m, x: 5 / x - x / 5,
    "softplus": lambda m, x: m.log(1 + m.exp(-x)),
    "x exp x log x": lambda m, x: x * m.exp(x) * m.log(x),
    "product": lambda m, x, y: x * y * (x - y),
    "general power": lambda m, x, y: m.exp(y * m.log(x)),
    "power of a sum": lambda m, x, y: m.power(x + y, Fraction(7, 4)),
    "norm": lambda m, x, y: m.sqrt(x * x + y * y),
    "cross-entropy": lambda m, x, y: -x * m.log(y) - (1 - x) * m.log(1 + y),
    "quotient of both": lambda m, x, y: (x - y) / (x + y),
    "softmax": lambda m, x, y, z: m.log(m.exp(x) + m.exp(y) + m.exp(z)) - y,
    "cosine": lambda m, x, y, z: (x * y + z) / m.sqrt((x * x + 1) * (y * y + z * z)),
    "angle": lambda m, x, y: getattr(m, "arctan", getattr(m, "atan", None))(x / y),
    "nested": lambda m, x, y, z: m.exp(-x * m.log(1 + m.sqrt(y / z)) / (x + z)),
}


def jets(**options):
    return Jets(Balls(256), **options)


def variables(m, *numbers):
    return [m.variable(x, i) for i, x in enumerate(numbers)]


def slopes(number):
    """The gradient of a jet whose slopes are exact."""
    return {i: s.data for i, s in number.data.slopes.items()}


@pytest.fixture(autouse=True)
def precise():
    with Balls.working(256), mp.workdps(60):
        yield


@pytest.mark.parametrize("name", FORMULAS)
def test_derivatives_are_those_of_mpmath(name, listed):
    formula, source, misses = FORMULAS[name], random.Random(name), []
    n = formula.__code__.co_argcount - 1
    for _ in range(3):
        at = [Fraction(source.randint(30, 300), 128) for _ in range(n)]
        m = jets()
        jet = formula(m, *variables(m, *at)).data
        orders = {(i,): jet.slopes.get(i) for i in range(n)}
        orders |= {(i, j): jet.curvatures.get((i, j)) for i in range(n) for j in range(i, n)}
        for variable, ours in {(): jet.value, **orders}.items():
            low, high = bounds(m.base, m.base.lift(0) if ours is None else ours)
            plain = [mp.mpf(x.numerator) / x.denominator for x in at]
            theirs = mp.diff(lambda *x: formula(mp, *x), tuple(plain), tuple(variable.count(i) for i in range(n)))
            distance = abs(mp.mpf(low.numerator) / low.denominator - theirs)
            if high - low > Fraction(1, 2**200) or distance > mp.mpf("1e-25") * max(1, abs(theirs)):
                misses.append((float(distance), "d" + str(variable), list(map(str, at)), float(low), float(theirs)))
    listed(sorted(misses, reverse=True))


def test_what_is_absent_is_zero():
    m = jets()
    x, y = variables(m, 2, 3)
    jet = (5 * x + y).data
    assert jet.value.data == 13
    assert slopes(5 * x + y) == {0: 5, 1: 1}
    assert jet.curvatures == {}
    assert m.lift(7).data.slopes == {}
    first = jets(order=1)
    assert first.exp(first.variable(2, 0)).data.curvatures == {}


def test_a_constant_zero_annihilates_value_and_derivatives():
    m = jets()
    x, y = variables(m, 0, 2)
    for product in (0 * m.log(x), m.log(x) * 0, m.lift(0) / y, 0 * (m.log(x) + y), (m.lift(1) - 1) * m.sqrt(x)):
        assert product.data.value.data == 0
        assert not product.data.slopes
        assert not product.data.curvatures


ZERO_TIMES_INFINITY = {
    "x log y": lambda m, x, y: x * m.log(y),
    "sqrt x y": lambda m, x, y: m.sqrt(x * y),
    "sqrt -x^2": lambda m, x, y: m.sqrt(y * y - x * x),
    "log x^2": lambda m, x, y: m.log(x * x),
    "x^2 log x": lambda m, x, y: x * x * m.log(x),
}


@pytest.mark.parametrize("formula", ZERO_TIMES_INFINITY.values(), ids=ZERO_TIMES_INFINITY)
def test_zero_times_infinity_has_no_value_in_a_derivative(formula):
    m = jets(direction={0: 1})
    with pytest.raises(NoValueError):
        formula(m, *variables(m, 0, 0))


def test_derivatives_at_the_edge_are_limits_from_inside():
    m = jets()
    (x,) = variables(m, 0)
    for formula, limits in ((m.log(x), (-math.inf, math.inf, -math.inf)), (x * m.log(x), (0, -math.inf, math.inf))):
        jet = formula.data
        assert (jet.value.data, jet.slopes[0].data, jet.curvatures[0, 0].data) == limits
    for falling in (-3 * x * m.log(x), (-x) * m.log(x), x * -m.log(x)):
        assert (falling.data.slopes[0].data, falling.data.curvatures[0, 0].data) == (math.inf, -math.inf)
    with pytest.raises(NoValueError):
        x * m.exp(-m.log(x))  # 1, but not to be seen from infinity


@pytest.mark.parametrize(
    ("exponent", "slope", "bend"),
    [(0.5, math.inf, -math.inf), (1, 1, 0), (1.5, 0, math.inf), (2, 0, 2), (2.5, 0, 0), (3, 0, 0)],
)
def test_derivatives_of_powers_of_zero_are_limits_from_inside(exponent, slope, bend):
    m = jets()
    (x,) = variables(m, 0)
    jet = m.power(x, Fraction(exponent)).data
    zero = m.base.lift(0)
    assert (jet.value.data, jet.slopes.get(0, zero).data, jet.curvatures.get((0, 0), zero).data) == (0, slope, bend)


def test_a_root_of_zero_decides_a_comparison():
    m = jets()
    (x,) = variables(m, 0)
    assert m.max(0, m.sqrt(x)).data.slopes.keys() == m.max(m.sqrt(x), 0).data.slopes.keys() == {~0}
    assert not m.max(0, -m.sqrt(x)).data.slopes


def test_roots_of_zero_from_either_side_have_no_value():
    m = jets()
    (x,) = variables(m, 1)
    m.sqrt(1 - x)
    assert m.sides == {0: -1}
    with pytest.raises(NoValueError):
        m.sqrt(x - 1)


def test_a_root_of_zero_has_a_slope_in_the_root_of_the_distance():
    m = jets()
    (x,) = variables(m, 1)
    root = m.sqrt(1 - x * x)  # sqrt(2 e - e^2) at distance e from 1: sqrt 2 times sqrt e
    assert root.data.value.data == 0
    assert root.data.slopes.keys() == {~0}
    assert abs(float(root.data.slopes[~0].data.mid()) - math.sqrt(2)) < 1e-15
    assert (x + root).data.slopes[0].data == 1


NORMS = {  # each with its slopes from 0 along the first variable, and whether that leads anywhere
    "|x|": (lambda m, x, y: m.sqrt(x * x), {0: 1}),
    "3 |x|": (lambda m, x, y: m.sqrt(9 * x * x), {0: 3}),
    "|(x, y)|": (lambda m, x, y: m.sqrt(x * x + y * y), {0: 1, 1: 0}),
    "|x - y|": (lambda m, x, y: m.sqrt((x - y) ** 2), {0: 1, 1: -1}),
    "|(x - y, y)|": (lambda m, x, y: m.sqrt((x - y) ** 2 + y**2), {0: 1, 1: -1}),
    "|x| by logarithms": (lambda m, x, y: m.sqrt(m.exp(x) + m.exp(-x) - 2), {0: 1}),
    "x^2": (lambda m, x, y: m.sqrt(x**4), {0: 0}),
    "|y|": (lambda m, x, y: m.sqrt(y * y), {1: 0}),
}


@pytest.mark.parametrize("name", NORMS)
def test_a_norm_at_0_is_a_kink_that_a_direction_opens(name):
    formula, wanted = NORMS[name]
    for direction in (None, {0: 1}, {0: -1}):
        m = jets(direction=direction)
        root = formula(m, *variables(m, 0, 0))
        side = direction[0] if direction else 0
        assert root.data.value.data == 0
        assert {i: bounds(m.base, s) for i, s in root.data.slopes.items()} == {i: (side * s, side * s) for i, s in wanted.items()}
        assert (m.open_ties, m.exact_ties) == (1, 1)


@pytest.mark.parametrize("side", [-1, 1])
def test_a_direction_chooses_the_branch_at_an_exact_tie(side):
    m = jets(direction={0: side})
    x, y, zero = m.variable(3, 0), m.variable(3, 1), m.variable(0, 0)
    assert slopes(m.max(x, y)) == slopes(m.max(y, x)) == ({0: 1} if side > 0 else {1: 1})
    assert slopes(m.min(x, y)) == ({1: 1} if side > 0 else {0: 1})
    assert slopes(abs(zero)) == {0: side}
    assert slopes(abs(-zero)) == {0: side}
    assert (x > y, x < y, x >= y, x <= y) == (side > 0, side < 0, side > 0, side < 0)
    assert (x == y, x != y) == (False, True)
    assert m.open_ties == m.exact_ties == 11


def test_a_direction_that_does_not_move_the_gap_leaves_the_exact_order():
    for m in (jets(), jets(direction={2: 1}), jets(direction={0: 1, 1: 1})):
        x, y = variables(m, 3, 3)
        assert m.compare(x, y) == 0
        assert m.exact_ties == 1
        assert m.compare(x, y + 1) == -1
        assert m.compare(m.lift(3), 3) == 0  # no variable, no tie
        assert (m.open_ties, m.exact_ties) == (1, 1)


@pytest.mark.parametrize(("ulps_away", "is_open"), [(0, True), (1, True), (2, True), (Fraction(2001, 1000), False), (3, False)])
@pytest.mark.parametrize("side", [-1, 1])
def test_a_near_tie_is_open_within_reach(ulps_away, is_open, side):
    ulp = Fraction(1, 2**52)
    for above in (-1, 1):
        m = jets(direction={0: side}, ulps=[ulp], reach=2)
        exact = m.compare(m.variable(1 + above * ulps_away * ulp, 0), 1)
        assert exact == (side if is_open else above)
        assert (m.open_ties, m.exact_ties) == (is_open, is_open and ulps_away == 0)
        without = jets(ulps=[ulp], reach=2)
        assert without.compare(without.variable(1 + above * ulps_away * ulp, 0), 1) == (above if ulps_away else 0)
        assert without.open_ties == is_open


def test_reach_counts_the_ulps_of_every_variable_times_its_slope():
    ulps = [Fraction(1, 2**52), Fraction(1, 2**50)]
    for distance, is_open in ((14, True), (15, False)):  # 2 * (3 * 1 + 1 * 4) = 14
        m = jets(direction={1: 1}, ulps=ulps, reach=2)
        x, y = m.variable(1 + Fraction(distance, 3) * ulps[0], 0), m.variable(3, 1)
        assert m.compare(3 * x, y) == (-1 if is_open else 1)
        assert m.open_ties == is_open


@pytest.mark.parametrize("side", [-1, 1])
def test_one_direction_decides_all_ties(side):
    m = jets(direction={0: side}, ulps=[Fraction(1, 2**52)], reach=2)
    x = m.variable(Fraction(-1, 2**52), 0)
    formulas = {
        "|x| - max(x, -x)": abs(x) - m.max(x, -x),
        "max(x, 0) - max(-x, 0) - x": m.max(x, 0) - m.max(-x, 0) - x,
        "|x| - side x": abs(x) - side * x,
        "|2 x| - 2 |x|": abs(2 * x) - 2 * abs(x),
    }
    assert {name: slopes(f)[0] for name, f in formulas.items()} == dict.fromkeys(formulas, 0)
    assert m.open_ties == 7

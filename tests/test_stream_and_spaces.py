"""Draws are reproducible numbers of their format, vary, reach both ends and lie in the spaces they are drawn for."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from lossref import catalog
from lossref.exact.answer import nearest
from lossref.formats import FORMATS
from lossref.spaces import (
    Bit,
    Cosines,
    Label,
    LogBase,
    NonNegative,
    NonPositive,
    Positive,
    Power,
    Ranks,
    Real,
    Sign,
    Simplex,
    Unit,
    Vector,
    Weights,
    lengths,
)
from lossref.stream import LOG_2, SIZES, Stream
from lossref.values import flat, mapped

DRAWS = {
    "uniform": lambda d: d.uniform(-3, 5),
    "scaled": lambda d: d.scaled(-6, 3),
    "sign": lambda d: d.sign(),
    "integer": lambda d: d.integer(-2, 2),
    "cycle": lambda d: d.cycle(0.0, 0.5, 1.0),
    "nudged": lambda d: d.nudged(0.75),
    "vector": lambda d: d.vector(lambda: d.uniform(0, 1)),
    "label": lambda d: d.label(),
    "simplex": lambda d: d.simplex(),
    "steep simplex": lambda d: d.simplex(lambda: d.scaled(-5, 0)),
}
every_format = pytest.mark.parametrize("kind", FORMATS.values(), ids=FORMATS)
every_draw = pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)


def drawn(draw, kind, count=200, seed="test"):
    return [draw(Stream(seed, kind, index)) for index in range(count)]


def numbers(values):
    return [y for x in values for y in (x if isinstance(x, tuple) else (x,))]


@every_format
@every_draw
def test_draws_repeat_vary_and_are_numbers_of_the_format(draw, kind):
    values = drawn(draw, kind)
    assert values == drawn(draw, kind)
    assert len(set(values)) > 1
    assert [x for x in numbers(values) if not (math.isfinite(x) and kind.holds(x))] == []
    assert not any(x == 0 and math.copysign(1, x) < 0 for x in numbers(values))


def test_a_stream_depends_on_seed_format_and_index_and_moves_on():
    float32, float64 = FORMATS["float32"], FORMATS["float64"]
    first = Stream("a", float64, 0)
    others = [Stream("b", float64, 0), Stream("a", float32, 0), Stream("a", float64, 1), first]
    taken = [first.integer(0, 1 << 64), *(d.integer(0, 1 << 64) for d in others)]
    assert len(set(taken)) == 5


def test_the_first_draw_never_changes():
    """Golden points hang on it: SHA-256 of seed/format/index/counter, its first 16 bytes, big-endian, modulo the range."""
    assert Stream("golden", FORMATS["float64"], 7).integer(0, 10**20) == 20_846_695_232_686_865_103


@every_format
@pytest.mark.parametrize(("low", "high"), [(-3, 5), (0, 1), (0.25, 0.75), (-8, -2)])
def test_uniform_reaches_both_ends(kind, low, high):
    values = drawn(lambda d: d.uniform(low, high), kind, 1000)
    ends, room = (kind.nearest(float(low)), kind.nearest(float(high))), 0.05 * (high - low)
    assert ends[0] <= min(values) <= ends[0] + room
    assert ends[1] - room <= max(values) <= ends[1]
    below = sum(x < (low + high) / 2 for x in values) + sum(x == (low + high) / 2 for x in values) / 2
    assert 400 < below < 600


@every_format
def test_scaled_reaches_every_exponent_and_integer_every_number(kind):
    exponents = [math.frexp(x)[1] - 1 for x in drawn(lambda d: d.scaled(-4, 2), kind, 1000)]
    low, high = max(-4, 1 - kind.bias), min(2, kind.bias - 1)  # as far as the format goes
    assert set(range(low, high + 1)) <= set(exponents) <= set(range(low, high + 2))  # one more, when almost 2 rounds up
    assert set(drawn(lambda d: d.integer(-2, 2), kind)) == {-2, -1, 0, 1, 2}
    assert set(drawn(lambda d: d.sign(), kind)) == {-1.0, 1.0}


def test_choices_and_sizes_cycle():
    kind = FORMATS["float32"]
    assert drawn(lambda d: d.cycle(3.0, 4.0, 5.0), kind, 7) == [3.0, 4.0, 5.0, 3.0, 4.0, 5.0, 3.0]
    assert [len(x) for x in drawn(lambda d: d.vector(lambda: 0.0), kind, 16)] == [*SIZES, *SIZES]
    assert {d.label() for i in range(100) for d in [Stream("test", kind, i, 4)]} == {0, 1, 2, 3}
    ulp = 2.0**-24
    assert drawn(lambda d: d.nudged(0.75), kind, 5) == [0.75, 0.75 - ulp, 0.75 + ulp, 0.75 - 2 * ulp, 0.75 + 2 * ulp]


@every_format
@pytest.mark.parametrize("weight", [None, lambda d: d.scaled(-5, 0)], ids=["even", "steep"])
def test_simplex_draws_lie_in_the_simplex(kind, weight):
    for index in range(200):
        stream = Stream("test", kind, index)
        x = stream.simplex(weight and (lambda d=stream: weight(d)))
        assert Simplex().contains(np.array(x), precision=kind.precision), x


def test_closed_forms_are_drawn_correctly_rounded():
    for name, wanted in (("float64", math.log(2)), ("float32", float(np.float32(math.log(2))))):
        assert Stream("test", FORMATS[name], nearest=nearest).exactly(lambda m: m.log(2)) == wanted
    with pytest.raises(TypeError, match="made without the oracle"):
        Stream("test", FORMATS["float64"]).exactly(lambda m: m.log(2))


@pytest.mark.parametrize("name", ["float64", "float32", "float16"])
def test_saturation_and_underflow_are_where_exp_meets_the_format(name):
    kind = FORMATS[name]
    stream = Stream("test", kind)
    assert math.isclose(math.exp(-stream.saturation), 2.0**-kind.precision, rel_tol=1e-7)
    assert math.isclose(math.exp(-stream.underflow / 2), 2.0 ** (kind.least_exponent / 2), rel_tol=1e-6)
    assert abs(float(LOG_2) - math.log(2)) < 1e-9


SPACES = {
    "Real": (Real(), [0.0, -1e308, math.inf, -math.inf, math.nan], []),
    "Real of two axes": (Real("n", "d"), [((0.0, math.inf),), ((1.0,), (math.nan,))], []),
    "Positive": (Positive(), [5e-324, 1.0, math.inf, math.nan], [0.0, -0.0, -1.0, -math.inf]),
    "Positive along an axis": (Positive("n"), [(5e-324, 1.0), (math.inf, math.nan)], [(1.0, 0.0), (-1.0,)]),
    "NonNegative": (NonNegative(), [0.0, -0.0, 1.0, math.inf, math.nan], [-5e-324, -math.inf]),
    "NonPositive": (NonPositive(), [0.0, -1.0, -math.inf, math.nan], [5e-324, math.inf]),
    "Unit": (Unit(), [0.0, 0.5, 1.0, math.nan], [-5e-324, 1 + 2.0**-52, math.inf]),
    "Unit of two axes": (Unit("h", "w"), [((0.0, 1.0), (0.5, math.nan))], [((0.0, 1.0), (0.5, 1.5))]),
    "LogBase": (LogBase(), [1.0, 2.0, math.inf], [0.5, 0.0, -1.0]),
    "Sign": (Sign(), [-1.0, 1.0, math.nan], [0.0, 0.5, 2.0, math.inf]),
    "Bit": (Bit(), [0.0, 1.0, math.nan], [-1.0, 0.5, 2.0]),
    "Bit along an axis": (Bit("n"), [(0.0, 1.0), (1.0,)], [(0.0, 0.5)]),
    "Label": (Label("logits"), [0, 1, 2], [-1, 3]),
    "Ranks": (Ranks("logits"), [(0, 2), (1, 1)], [(0, 3), (-1, 0)]),
    "Power": (Power(), [1.0, 2.5, math.inf, math.nan], [0.5, -1.0]),
    "Vector": (Vector(), [(0.0, math.inf), (1.0,), (math.nan, 1.0)], []),
    "Weights": (Weights(), [(0.0, 3.0), (1e308, 1e308)], [(1.0, -5e-324)]),
    "Simplex": (Simplex(), [(1.0,), (0.5, 0.5), (0.25, 0.75 + 2.0**-52), (math.nan, 0.5)], [(0.5, 0.75), (1.5, -0.5), (0.5,)]),
    "Simplex to n ulps": (
        Simplex(), [(0.5, 0.5 + 2.0**-51), (0.5, 0.5 - 2.0**-51)], [(0.5, 0.5 + 3 * 2.0**-52), (0.5, 0.5 - 3 * 2.0**-52)]
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SPACES)
def test_spaces_contain_what_they_describe(name):
    space, inside, outside = SPACES[name]

    def contained(x):
        return bool(space.contains(np.array(x), precision=53, classes=3))

    assert [x for x in inside if not contained(x)] == []
    assert [x for x in outside if contained(x)] == []
    assert {np.ndim(x) for x in inside} == {space.rank}
    rows = [x for x in (*inside, *outside) if np.shape(x) == np.shape(inside[0])]
    assert space.contains(np.array(rows), precision=53, classes=3).tolist() == list(map(contained, rows))


@pytest.mark.parametrize("name", SPACES)
def test_exact_elements_are_held_as_floats_are_contained(name):
    space, inside, outside = SPACES[name]

    def exactly(x):
        return x if isinstance(x, int) or not math.isfinite(x) else Fraction(x)

    def held(x):
        return space.holds(mapped(exactly, x), precision=53, classes=3)

    assert [x for x in inside if not held(x) and not any(map(math.isnan, flat(x)))] == []
    assert [x for x in outside if held(x)] == []


def test_axes_of_one_name_are_equally_long():
    spaces = {"scores": Real("n", "k"), "relevances": Positive("k"), "length": Real()}
    assert lengths(spaces, {"scores": (4, 3), "relevances": (3,), "length": ()}) == {"n": 4, "k": 3}
    with pytest.raises(ValueError, match="scores has 3 along k, and relevances has 2"):
        lengths(spaces, {"scores": (4, 3), "relevances": (2,), "length": ()})
    with pytest.raises(ValueError, match=r"relevances must be numbers above 0 along the last axis, and one example has shape \(4, 3\)"):
        lengths(spaces, {"scores": (4, 3), "relevances": (4, 3), "length": ()})


def test_only_finite_ends_that_are_exact_data_are_edges():
    assert [Unit().is_edge(x) for x in (0.0, 1.0, 0.5)] == [True, True, False]
    assert [Real().is_edge(x) for x in (0.0, math.inf)] == [False, False]
    assert [Weights().is_edge(x) for x in (0.0, 1.0)] == [True, False]
    assert not Cosines().is_edge(1.0)  # one that rounded to 1


BESIDE = (math.nextafter(1, 2), math.nextafter(-1, -2))
ODD = (0.0, -0.0, 5e-324, -5e-324, 1.0, -1.0, *BESIDE, 0.5, 2.0, 3.0, 1e308, -1e308, math.inf, -math.inf, math.nan)
ONE_NUMBER = {space for name in catalog.names() for space in catalog.get(name).spaces.values() if not (space.rank or space.label_of)}


@pytest.mark.parametrize("space", sorted(ONE_NUMBER, key=repr), ids=lambda space: space.description)
def test_a_row_is_contained_where_each_of_its_numbers_is_and_none_is_nan(space):
    for pair in itertools.product(ODD, repeat=2):
        row = np.array([*pair, pair[0]])
        assert space.contains_all(row) == (bool(space.contains(row, precision=53).all()) and not np.isnan(row).any()), pair

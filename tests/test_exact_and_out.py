"""Two choices of a caller: what exactness is not worth its time for, `exact=False`, and arrays that answers are written to, `out=`."""

import math
from dataclasses import replace

import numpy as np
import pytest

import lossref
from lossref import catalog, golden
from lossref.formats import FLOAT64
from lossref.implementations import resolve
from lossref.judge.measure import meets
from lossref.judge.verdict import judge
from lossref.spaces import Real
from lossref.spec import PARTS, Loss

PLAIN = [name for name in catalog.names() if catalog.get(name).plain]
CALLED = ["sigmoid_cross_entropy", "squared_error", "huber", "softmax_cross_entropy", "kl_divergence", "cauchy", "logistic"]
COUNT = 3 * (1 << 14) + 5  # more than a block


def inexactly(name, part):
    return lambda **given: getattr(lossref, part)(name, exact=False, **given)


@pytest.mark.parametrize("name", sorted({*PLAIN, *CALLED}))
def test_what_is_not_exact_is_graded_b(name):
    """Single examples, and whole calls with every option."""
    loss = catalog.get(name)
    ours = resolve("lossref").implementations[name]
    asked = replace(ours, parts={part: inexactly(name, part) for part in ours.parts})
    verdict = judge(loss, asked, golden.read(loss, FLOAT64), FLOAT64)
    assert not verdict.broke
    assert set(verdict.parts) == set(ours.parts)
    assert {part: found.headline(strict=True) for part, found in verdict.parts.items() if not meets(found.headline(strict=True), "B")} == {}
    assert sum(found.lost for found in verdict.parts.values()) == 0


def rows(count, classes):
    source = np.random.default_rng(count)
    return source.normal(0, 3, (count, classes)) * 2.0 ** source.integers(-3, 6, (count, 1)), source.integers(0, classes, count)


@pytest.mark.parametrize("classes", [1, 2, 10, 64, 65, 1000])
def test_plain_rows_are_near_the_exact_ones_at_every_width(classes):
    """Within what the difference of logits of up to 1,000 may lose, whatever leads; infinite logits and NaN are told alike."""
    logits, target = rows(200, classes)
    logits[3:6] = logits[3:6, :1]  # ties
    logits[7, 0], logits[8, -1], logits[9, 0] = math.inf, -math.inf, math.nan
    target[7] = 0
    exact = lossref.value_and_gradient("softmax_cross_entropy", logits, target)
    plain = lossref.value_and_gradient("softmax_cross_entropy", logits, target, exact=False)
    for x, y in zip(exact, plain, strict=True):
        assert np.allclose(x, y, rtol=1e-12, atol=0, equal_nan=True)


def test_a_sum_that_is_not_exact_loses_no_more_than_its_products():
    """Of a million terms, the largest after the smallest, which a sum in their order gets wrong by a thousand times as much."""
    source = np.random.default_rng(1)
    x = np.sort(np.abs(source.normal(0, 1, 10**6)))
    weights = source.uniform(0.5, 2, x.size)
    for named in ({}, {"sample_weight": weights}):
        exact = lossref.value("absolute_error", x, np.zeros(x.size), reduction="sum", **named)
        found = lossref.value("absolute_error", x, np.zeros(x.size), reduction="sum", exact=False, **named)
        assert abs(found - exact) <= 2 * np.spacing(exact)


@pytest.mark.parametrize("scale", [1e-320, 1e-200, 1e200, 1e308])
def test_sums_that_are_not_exact_reach_as_far(scale):
    x, y = np.array([1.0, 0.5, 0.25]) * scale, np.zeros(3)
    for reduction in ("sum", "mean"):
        pairs = [lossref.value_and_gradient("absolute_error", x, y, reduction=reduction, exact=exact) for exact in (True, False)]
        assert pairs[0][0] == pytest.approx(pairs[1][0], rel=1e-15)
        assert pairs[0][1].tolist() == pairs[1][1].tolist()


OUT = {
    "sigmoid_cross_entropy": lambda n: {"logits": np.linspace(-50, 50, n), "target": np.arange(n) % 2 * 1.0},
    "softmax_cross_entropy": lambda n: dict(zip(("logits", "target"), rows(n, 3), strict=True)),
    "triplet_margin": lambda n: {name: rows(n + k, 4)[0][:n] for k, name in enumerate(("anchor", "positive", "negative"))},
    "welsch": lambda n: {"prediction": np.linspace(-9, 9, n), "target": np.zeros(n)},
}


def emptied(found):
    if isinstance(found, tuple):
        return tuple(map(emptied, found))
    return np.full(np.shape(found), 7.0)


def same(one, other):
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return np.array_equal(one, other)


HAVE = [(name, part) for name in OUT for part in (*PARTS, "value_and_gradient") if part != "hessian" or catalog.get(name).hessian]


@pytest.mark.parametrize("count", [1, 5, COUNT])
@pytest.mark.parametrize(("name", "part"), HAVE)
def test_answers_are_written_to_what_is_given_for_them(name, part, count):
    given = OUT[name](count)
    wanted = getattr(lossref, part)(name, **given)
    out = emptied(wanted)
    assert getattr(lossref, part)(name, **given, out=out) is out
    assert same(out, wanted)


@pytest.mark.parametrize("named", [{"reduction": "mean"}, {"reduction": "sum", "sample_weight": 0.5}, {"class_axis": 0}], ids=str)
def test_calls_are_written_to_it_too(named):
    logits, target = rows(6, 6)
    if "class_axis" in named:
        logits = np.ascontiguousarray(logits.T)
    wanted = lossref.value_and_gradient("softmax_cross_entropy", logits, target, **named)
    out = emptied(wanted)
    assert lossref.value_and_gradient("softmax_cross_entropy", logits, target, **named, out=out) is out
    assert same(out, wanted)


def test_out_may_be_an_argument_or_lie_in_any_order():
    logits, target = np.linspace(-9, 9, COUNT), np.arange(COUNT) % 2 * 1.0
    wanted = lossref.value_and_gradient("sigmoid_cross_entropy", logits, target)
    strided = np.full((COUNT, 2), 7.0)
    lossref.value_and_gradient("sigmoid_cross_entropy", logits, target, out=(strided[:, 0], strided[::-1, 1][::-1]))
    assert same((strided[:, 0], strided[:, 1]), wanted)
    lossref.value_and_gradient("sigmoid_cross_entropy", logits, target, out=(logits, target))
    assert same((logits, target), wanted)


@pytest.mark.parametrize(
    ("out", "said"),
    [
        (np.empty(4), "out must be a float64 array of shape (3,), and is a float64 array of shape (4,)"),
        (np.empty(3, np.float32), "and is a float32 array of shape (3,)"),
        ([0.0, 0.0, 0.0], "out must be an array that can be written to"),
        ((np.empty(3), np.empty(3)), "and is a float64 array of shape (3,) and a float64 array of shape (3,)"),
        (np.broadcast_to(0.0, 3), "out must be an array that can be written to"),
    ],
    ids=range(5),
)
def test_what_does_not_fit_is_refused(out, said):
    with pytest.raises(ValueError, match="out must be") as error:
        lossref.value("squared_error", np.ones(3), np.zeros(3), out=out)
    assert said in str(error.value)


def test_two_answers_share_no_memory():
    room = np.empty(3)
    with pytest.raises(ValueError, match="share no memory"):
        lossref.value_and_gradient("squared_error", np.ones(3), np.zeros(3), out=(room, room))


def test_exact_is_a_truth_value():
    with pytest.raises(ValueError, match="exact must be True or False, and is 'no'"):
        lossref.value("squared_error", 1.0, 0.0, exact="no")


@pytest.mark.parametrize("count", [5, COUNT])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_slopes_are_weighted_where_they_are_and_once(count, reduction):
    """One array that a loss gives for its value and both of its slopes; and arguments stay as they were."""
    source = np.random.default_rng(count)
    x, y, weight = (source.uniform(-1, 1, count) for _ in range(3))

    def both(x, y):
        power = np.exp(x + y)
        return power, (power, power)

    loss = Loss(
        name="n",
        arguments={"x": Real(), "y": Real()},
        differentiable=("x", "y"),
        value=lambda x, y: both(x, y)[0],
        gradient=lambda x, y: both(x, y)[1],
        value_and_gradient=both,
        definition=lambda m, x, y: m.exp(x + y),
    )
    for sample in ({}, {"sample_weight": weight + 2}):
        factor = sample.get("sample_weight", np.ones(count))
        factor = factor / (factor.sum() if reduction == "mean" else 1)
        before = [z.copy() for z in (x, y, weight)]
        value, slopes = lossref.value_and_gradient(loss, x, y, reduction=reduction, exact=False, **sample)
        terms = np.exp(x + y) * factor
        np.testing.assert_allclose(value, terms if reduction == "none" else terms.sum(), rtol=1e-12)
        for slope in slopes:
            np.testing.assert_allclose(slope, terms, rtol=1e-14)
        assert all(np.array_equal(a, b) for a, b in zip((x, y, weight), before, strict=True))


@pytest.mark.parametrize("count", [5, COUNT])
def test_slopes_that_are_arguments_are_not_weighted_in_them(count):
    x = np.linspace(1, 2, count)
    y = x + 1
    loss = Loss(
        name="n",
        arguments={"x": Real(), "y": Real()},
        differentiable=("x", "y"),
        value=lambda x, y: x * y,
        gradient=lambda x, y: (y, x),
        definition=lambda m, x, y: x * y,
    )
    for weights in ({}, {"sample_weight": x}):
        in_x, in_y = lossref.gradient(loss, x, y, reduction="sum", exact=False, **weights)
        np.testing.assert_array_equal(in_x, y * weights.get("sample_weight", 1))
        np.testing.assert_array_equal(in_y, x * weights.get("sample_weight", 1))
    assert np.array_equal(x, np.linspace(1, 2, count))
    assert np.array_equal(y, x + 1)

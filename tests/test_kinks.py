"""Kinks are found: an interval instead of a gradient where branches meet, both beside it, and neither interval nor gap where they agree."""

from fractions import Fraction

import pytest
from asking import bends, certified, components, intervals, slopes

from lossref import oracle
from lossref.exact.answer import answer
from lossref.exact.balls import strongest
from lossref.exact.evaluate import branches
from lossref.exact.settle import ends_of
from lossref.formats import FLOAT64
from lossref.spaces import Real, Vector
from lossref.spec import Loss
from lossref.values import flat


@pytest.mark.parametrize("target", [-1.0, 1.0])
def test_hinge_opens_within_two_ulps_of_its_margin(target):
    right, wrong = 0, -target
    cases = {0: (None, True), -1: (wrong, True), -2: (wrong, True), -3: (wrong, False), 1: (right, True), 3: (right, False)}
    for ulps, (gradient, is_open) in cases.items():
        margin = FLOAT64.step(1.0, ulps)
        found = certified("hinge", prediction=target * margin, target=target)
        assert slopes(found) == (None if gradient is None else [gradient]), ulps
        assert intervals(found) == ([(min(0, wrong), max(0, wrong))] if is_open else None), ulps
        assert found.value.rounded == (max(0, 1 - Fraction(margin)),), ulps


def test_absolute_error_has_a_corner_at_zero():
    found = certified("absolute_error", prediction=0.7, target=0.7)
    assert (found.value.rounded, slopes(found), intervals(found)) == ((0,), None, [(-1, 1)])
    beside = certified("absolute_error", prediction=FLOAT64.step(0.7, -1), target=0.7)
    assert (slopes(beside), intervals(beside)) == ([-1], [(-1, 1)])
    away = certified("absolute_error", prediction=FLOAT64.step(0.7, 5), target=0.7)  # the ulps of both arguments count: 2 + 2
    assert (slopes(away), intervals(away)) == ([1], None)


@pytest.mark.parametrize("side", [-1, 1])
def test_huber_is_smooth_where_its_branches_meet(side):
    found = certified("huber", prediction=side * 0.5, target=0.0, delta=0.5)
    assert (found.value.rounded, slopes(found), intervals(found), bends(found)) == ((0.125,), [side * 0.5], None, None)
    inside, outside = (certified("huber", prediction=side * x, target=0.0, delta=0.5) for x in (0.25, 0.75))
    assert (bends(inside), bends(outside)) == ([1], [0])
    zero = certified("huber", prediction=0.0, target=0.0, delta=0.5)
    assert (zero.value.rounded, slopes(zero), intervals(zero), bends(zero)) == ((0,), [0], None, [1])


def test_equal_logits_are_no_kink():
    found = certified("softmax_cross_entropy", logits=(5.0, 5.0, 5.0), target=0)
    assert (slopes(found), intervals(found)) == ([-2 / 3, 1 / 3, 1 / 3], None)


def norm(m, x):
    return m.sqrt(m.sum(y * y for y in x))


def distance(m, x, y):
    return m.sqrt(m.sum((a - b) ** 2 for a, b in zip(x, y, strict=True)))


ONE = {"x": Vector()}
TWO = {"x": Vector("d"), "y": Vector("d")}
ZERO, EQUAL = {"x": (0.0, 0.0, 0.0)}, {"x": (0.5, -3.0), "y": (0.5, -3.0)}
NORMS = {  # the loss, a point at which its norm is 0, its value there and the interval of each component
    "in one argument": (Loss(name="n", arguments=ONE, definition=norm), ZERO, 0, [(-1, 1)] * 3),
    "of one number": (Loss(name="n", arguments={"x": Real()}, definition=lambda m, x: m.sqrt(x * x)), {"x": 0.0}, 0, [(-1, 1)]),
    "scaled": (Loss(name="n", arguments=ONE, definition=lambda m, x: 2 - 3 * norm(m, x)), ZERO, 2, [(-3, 3)] * 3),
    "in one of two": (Loss(name="n", arguments=TWO, definition=distance), EQUAL, 0, [(-1, 1)] * 2),
    "in two": (Loss(name="n", arguments=TWO, differentiable=("x", "y"), definition=distance), EQUAL, 0, [(-1, 1)] * 4),
    "under a max": (
        Loss(name="n", arguments=TWO, differentiable=("x", "y"), definition=lambda m, x, y: m.max(0, distance(m, x, y))),
        EQUAL, 0, [(-1, 1)] * 4,
    ),
    "two of them": (
        Loss(name="n", arguments=ONE, definition=lambda m, x: norm(m, x) + 2 * norm(m, x[:2])), ZERO, 0, [(-3, 3)] * 2 + [(-1, 1)]
    ),
}  # fmt: skip
SMOOTH = {  # whatever the norm does, the loss has one gradient there
    "squared": Loss(name="n", arguments=ONE, definition=lambda m, x: norm(m, x) ** 2),
    "times 0": Loss(name="n", arguments=ONE, definition=lambda m, x: norm(m, x) * m.sum(x)),
    "of squares": Loss(name="n", arguments=ONE, definition=lambda m, x: norm(m, [y * y for y in x])),
}


@pytest.mark.parametrize("name", NORMS)
def test_a_norm_at_0_is_a_kink(name):
    loss, at, value, wanted = NORMS[name]
    found = answer(loss, at, {}, FLOAT64)
    assert (found.value.rounded, slopes(found), intervals(found), bends(found)) == ((value,), None, wanted, None)
    widths = {key: len(flat(at[key])) for key in loss.differentiable}
    assert {key: len(part.interval) for key, part in found.gradient.items()} == widths
    for proved in (True, False):
        said = oracle(loss, certified=proved, **at)
        assert (said.value, said.gradient, list(said.interval)) == (value, None, wanted)


@pytest.mark.parametrize("name", SMOOTH)
def test_a_norm_at_0_that_nothing_shows_is_no_kink(name):
    found = answer(SMOOTH[name], ZERO, {}, FLOAT64)
    assert (found.value.rounded, slopes(found), intervals(found)) == ((0,), [0] * 3, None)
    assert components(oracle(SMOOTH[name], **ZERO)) == [0] * 4


def test_a_norm_in_a_call_is_a_kink_of_its_own_example():
    loss, at = NORMS["in two"][0], {"x": ((0.5, -3.0), (3.0, 4.0)), "y": ((0.5, -3.0), (0.0, 0.0))}
    found = answer(loss, at, {"reduction": "mean"}, FLOAT64)
    assert found.value.rounded == (2.5,)
    assert found.gradient["x"].interval == ((-0.5, 0.5), (-0.5, 0.5), (0.3, 0.3), (0.4, 0.4))
    assert found.gradient["y"].interval == ((-0.5, 0.5), (-0.5, 0.5), (-0.3, -0.3), (-0.4, -0.4))
    assert list(oracle(loss, reduction="mean", **at).interval)[:2] == [(-0.5, 0.5)] * 2


@pytest.mark.parametrize(
    ("definition", "pieces", "different"),
    [
        (lambda m, x: m.max(m.sum(x), 0), 3, 2),  # the tie itself, and both sides, whichever of the axes leads there
        (lambda m, x: sum((m.abs(y) for y in x), m.lift(0)), 7, 4),
        (lambda m, x: m.max(*x), 7, 3),
        (lambda m, x: norm(m, x), 7, 7),  # along every axis another slope
        (lambda m, x: m.max(norm(m, x), -1), 7, 7),
        (lambda m, x: m.abs(x[1]) if x[0] <= 0 else x[0], 5, 3),
    ],
    ids=["one tie", "three ties", "the largest", "a norm", "a norm and no tie", "a tie on one side of another"],
)
@pytest.mark.parametrize("order", [1, 2])
def test_each_piece_that_meets_at_a_point_is_worked_out_once(definition, pieces, different, order):
    loss = Loss(name="n", arguments=ONE, definition=definition)
    base = strongest()(128)
    with base.working(128):
        found = list(branches(loss, ZERO, base, order=order))
        slopes_of = [tuple(ends_of(base, n) for n in piece.gradient) for piece in found]
    assert len(found) == pieces
    assert len(set(slopes_of)) == different

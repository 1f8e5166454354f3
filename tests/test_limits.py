"""Infinite inputs: the limit follows by rule, is approached by finite answers, and is NaN where two ways there differ."""

import math
from itertools import pairwise

import numpy as np
import pytest
from test_known_values import at_a_point, at_distance

from lossref import catalog, families, oracle, value_and_gradient
from lossref.exact.answer import answer, nearest
from lossref.exact.balls import Balls
from lossref.exact.germs import Germs
from lossref.exact.jets import Jets
from lossref.exact.numbers import NoAnswerError, NoValueError
from lossref.formats import FLOAT64
from lossref.spaces import Real
from lossref.spec import Loss
from lossref.stream import Stream
from lossref.values import flat, replaced

pytestmark = pytest.mark.sampled

DISTANCES = (10, 12, 13)  # powers of two; at the last a difference of exponentials takes 12,000 bits


def points(loss):
    """Every argument that may be infinite, its first and its last entry, either way, beside ordinary numbers."""
    for name, space in loss.arguments.items():
        if space.is_discrete or space.sums_to_one:
            continue
        for index, infinite in enumerate(x for x in (space.low, space.high) if math.isinf(x)):
            inputs = dict(families.example(loss, Stream(f"limits/{loss.name}/{name}", FLOAT64, index, nearest=nearest)))
            inputs = {argument: inputs[argument] for argument in loss.arguments}
            for place in {(0,) * space.rank, (-1,) * space.rank}:
                place = tuple(k % len(inputs[name]) for k in place)
                yield {**inputs, name: replaced(inputs[name], place, infinite)}


def by_rule(loss, at, **options):
    found = answer(loss, at, options or loss.defaults, FLOAT64)
    return [found.value.rounded[0], *(x for part in found.gradient.values() for x in part.rounded)]


def is_approached(limit, path):
    """The distance to a finite limit shrinks, to below 2**-8, unless a path passes it; to infinity it goes by steps of at least 1/4."""
    if math.isinf(limit):
        sizes = [y * math.copysign(1, limit) for y in path]
        return all(b == math.inf or b >= a + 0.25 for a, b in pairwise(sizes))
    distances = [abs(y - limit) for y in path]
    passes = min(path) < limit < max(path)  # and turns back farther out, as a slope of giou does, whose terms are of 1 / T and 1 / T^2
    return (passes or distances == sorted(distances, reverse=True)) and distances[-1] <= 2.0**-8


def in_float64(loss, at):
    value, gradient = value_and_gradient(loss, **at)
    return [value, *(x for part in (gradient if isinstance(gradient, tuple) else (gradient,)) for x in np.ravel(part))]


def test_every_limit_is_approached_and_float64_code_gives_it_or_nan(loss, listed):
    missed = []
    for at in points(loss):
        answers = [at_a_point(loss, {name: at_distance(x, k) for name, x in at.items()}) for k in DISTANCES]
        for limit, ours, path in zip(by_rule(loss, at), in_float64(loss, at), zip(*answers, strict=True), strict=True):
            if not is_approached(limit, path):
                missed.append((at, limit, path))
            if not (ours != ours or ours == limit or abs(ours - limit) <= 2.0**-50 * abs(limit)):
                missed.append((at, limit, ours))
    listed(missed)


MASKED = [  # logits, target, value, slopes
    ((1.0, -math.inf), 0, 0.0, (0.0, 0.0)),
    ((0.0, 0.0, -math.inf), 0, math.log(2), (-0.5, 0.5, 0.0)),
    ((-math.inf, 0.0, -math.inf), 0, math.inf, (-1.0, 1.0, 0.0)),
    ((-math.inf, 0.0, -math.inf), 1, 0.0, (0.0, 0.0, 0.0)),
    ((math.inf, 0.0, -math.inf), 1, math.inf, (1.0, -1.0, 0.0)),
    ((math.inf, math.inf, 0.0), 0, math.nan, (math.nan, math.nan, 0.0)),
    ((-math.inf, -math.inf), 0, math.nan, (math.nan, math.nan)),
]


@pytest.mark.parametrize(("logits", "target", "value", "slopes"), MASKED)
def test_masked_logits_are_ordinary(logits, target, value, slopes):
    found = by_rule(catalog.get("softmax_cross_entropy"), {"logits": logits, "target": target})
    assert repr(found) == repr([value, *slopes])
    asked = oracle("softmax_cross_entropy", logits, target)
    assert repr([float(asked.value), *map(float, asked.gradient)]) == repr([value, *slopes])


def test_where_a_masked_class_weighs_nothing_it_costs_nothing():
    loss = catalog.get("soft_target_cross_entropy")
    logits = (0.0, -math.inf, 0.0)
    assert by_rule(loss, {"logits": logits, "target": (0.25, 0.0, 0.25)}) == [0.5 * math.log(2), 0.0, 0.0, 0.0]
    assert by_rule(loss, {"logits": logits, "target": (0.25, 0.5, 0.25)}) == [math.inf, 0.25, -0.5, 0.25]


def test_in_a_call_too():
    """A masked row beside a finite one; smoothing over all classes makes a masked class infinite."""
    loss, logits = catalog.get("softmax_cross_entropy"), ((0.0, 0.0, -math.inf), (0.0, 0.0, 0.0))
    found = by_rule(loss, {"logits": logits, "target": (0, 1)}, reduction="sum")
    assert found[0] == pytest.approx(math.log(6), rel=1e-15, abs=0)
    assert found[1:4] == [-0.5, 0.5, 0.0]
    assert by_rule(loss, {"logits": logits, "target": (0, 1)}, reduction="mean", label_smoothing=0.125)[0] == math.inf
    asked = oracle("softmax_cross_entropy", logits, [0, 1], reduction="none")
    assert [float(x) for x in asked.value] == pytest.approx([math.log(2), math.log(3)], rel=1e-15, abs=0)
    assert [float(x) for x in flat(asked.gradient)][:3] == [-0.5, 0.5, 0.0]


def test_a_kink_beside_an_infinite_input_is_an_interval():
    """|y| + 1 / (1 + exp x) at x = inf, y = 0: the slope in y is any of [-1, 1], that in x is 0."""
    mine = Loss(name="mine", arguments={"x": Real(), "y": Real()}, differentiable=("x", "y"),
                definition=lambda m, x, y: abs(y) + 1 / (1 + m.exp(x)))  # fmt: skip
    found = answer(mine, {"x": math.inf, "y": 0.0}, {}, FLOAT64)
    assert (found.value.rounded, found.gradient["x"].rounded) == ((0.0,), (0.0,))
    assert (found.gradient["y"].rounded, found.gradient["y"].interval) == (None, ((-1.0, 1.0),))
    asked = oracle(mine, math.inf, 0)
    assert (asked.gradient, asked.interval) == (None, ((0, 0), (-1, 1)))


RULES = {  # a formula of T, and its limit
    "T - T": (lambda m, t: t - t, 0.0),
    "(T + 1)^2 - T^2 - 2 T": (lambda m, t: (t + 1) ** 2 - t * t - 2 * t, 1.0),
    "sqrt(T^2 + T) - T": (lambda m, t: m.sqrt(t * t + t) - t, 0.5),
    "sqrt(2 T^2 + 4 T) - sqrt(2) T": (lambda m, t: (m.sqrt(2 * t * t + 4 * t) - m.sqrt(2) * t) * m.sqrt(2), 2.0),
    "log(exp(T) + exp(2)) - T": (lambda m, t: m.log(m.exp(t) + m.exp(2)) - t, 0.0),
    "(log(exp(T) + 3) - T) exp(T)": (lambda m, t: (m.log(m.exp(t) + 3) - t) * m.exp(t), 3.0),
    "T exp(-T)": (lambda m, t: t * m.exp(-t), 0.0),
    "exp(T) / T^3": (lambda m, t: m.exp(t) / t**3, math.inf),
    "log(T) / T": (lambda m, t: m.log(t) / t, 0.0),
    "exp(2 log T) - T^2": (lambda m, t: m.exp(2 * m.log(t)) - t * t, 0.0),
    "exp(-T^2) T": (lambda m, t: m.exp(-t * t) * t, 0.0),
    "T^2 (1 - cos(1/T))": (lambda m, t: t * t * (1 - m.cos(1 / t)), 0.5),
    "T^2 (1/T - arctan(1/T)) T": (lambda m, t: t * t * (1 / t - m.arctan(1 / t)) * t, 1 / 3),
    "T (pi / 2 - arctan T)": (lambda m, t: t * (2 * m.arctan(1) - m.arctan(t)), 1.0),
    "T (arctan(1 + 1/T) - arctan 1)": (lambda m, t: t * (m.arctan(1 + 1 / t) - m.arctan(1)), 0.5),
    "T sin(1/T)": (lambda m, t: t * m.sin(1 / t), 1.0),
    "log(T^2) - 2 log(T)": (lambda m, t: m.log(t * t) - 2 * m.log(t), 0.0),
}


@pytest.mark.parametrize("rule", RULES)
def test_what_cancels_is_taken_away_exactly(rule):
    formula, limit = RULES[rule]
    with Balls.working(128):
        base = Balls(128)
        base.keeps_roots = True
        germs = Germs(base)
        found = germs.limit(germs.lift(formula(germs, germs.growing(1)))).data
        assert float(found) == limit


@pytest.mark.parametrize("formula", [
    lambda m, t: m.exp(m.exp(t)), lambda m, t: m.log(m.log(t)), lambda m, t: m.sin(t),
    lambda m, t: (m.exp(1 / t) - sum(((1 / t) ** k / math.factorial(k) for k in range(1, 12)), start=m.lift(1))) * t**12,
])  # fmt: skip
def test_what_the_rule_does_not_tell_is_refused(formula):
    with Balls.working(128):
        germs = Germs(Balls(128))
        with pytest.raises((NoAnswerError, NoValueError)):
            germs.limit(germs.lift(formula(germs, germs.growing(1))))


def test_slopes_are_those_of_what_grows():
    with Balls.working(128):
        germs = Germs(Balls(128))
        jets = Jets(germs, order=1)
        t = jets.variable(germs.growing(1), 0)
        slope = jets.log(1 + jets.exp(t)).data.slopes[0]
        assert germs.limit(slope).data == 1


def test_a_limit_has_as_many_digits_as_are_asked_for():
    """Beyond the 16,384 bits at which what is undecided is given up otherwise: the first digits are those of a short answer."""
    point = {"logits": [-math.inf, 1.0, 2.0], "target": 1}
    short, long = (oracle("softmax_cross_entropy", **point, digits=digits) for digits in (50, 6000))
    assert len(str(long.value)) > 5990
    assert str(long.value).startswith(str(short.value)[:49])
    assert str(long.value).startswith(str(oracle("softmax_cross_entropy", [1.0, 2.0], 0, digits=6000).value)[:5990])

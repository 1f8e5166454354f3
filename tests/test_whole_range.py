"""Over the whole double range: no warning, no NaN at finite input, and B against the oracle wherever hypothesis looks."""

import math

import numpy as np
import pytest
from asking import longest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import lossref
from lossref import catalog
from lossref.exact.answer import answer
from lossref.exact.settle import AllowanceOverflowError, UnsettledError
from lossref.formats import FLOAT64
from lossref.judge.outcome import has_answer, outcome
from lossref.questions import of_inputs
from lossref.spec import Vector
from lossref.strategies import arguments_for
from lossref.values import flat, plain

pytestmark = pytest.mark.sampled

logits = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.floats(-800, 800), st.floats(-1e-3, 1e-3))
few = settings(max_examples=70, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def plain_numbers(values):
    """Drawn arrays as the tuples and numbers that the oracle takes."""
    return {name: plain(x.tolist()) if np.ndim(x) else x for name, x in values.items()}


def judged(name, capped=False, **values):
    """Value and gradients are within E2 = 8 of the certified answer, and nothing is lost; False where none can be certified.

    A size or an allowance beyond float64 is the largest number where they are capped, as in an assertion.
    """
    loss = catalog.get(name)
    inputs, options = ({key: x for key, x in values.items() if (key in loss.arguments) == own} for own in (True, False))
    try:
        vector = Vector(of_inputs(loss, "float64", inputs, options), answer(loss, inputs, options, FLOAT64, capped=capped))
    except (UnsettledError, AllowanceOverflowError):
        return False
    value, gradient = lossref.value_and_gradient(name, **values)
    slopes = gradient if isinstance(gradient, tuple) else (gradient,)
    assert len(slopes) == len(loss.differentiable)
    for part, found in (("value", [value]), ("gradient", flat([x.tolist() for x in slopes]))):
        if has_answer(vector, part):  # a loss that jumps has no slope
            graded = outcome(vector, part, found)
            assert len(graded.errors) == len(found)
            for error in graded.errors:
                assert error.E2 <= 8, (values, found, error)
                assert not error.is_lost
    return True


def test_b_wherever_hypothesis_looks(loss):
    @few
    @given(arguments_for(loss, max_classes=longest(loss)))
    def everywhere(values):
        assume(judged(loss.name, **plain_numbers(values)))

    everywhere()


CORNERS = [
    ("huber", {"prediction": 1e150, "target": 0.0, "delta": 1e-200}),
    *(("triplet_margin", {"anchor": a, "positive": p, "negative": n}) for a, p, n in (
        ((0.0, 0.0), (0.0, 0.0), (0.0, 0.0)), ((1.0, 2.0), (1.0, 2.0), (3.0, 4.0)), ((1.0, 2.0), (3.0, 4.0), (1.0, 2.0)),
        ((1e200, 1.0), (-1e200, 1.0), (1.0, 1.0)), ((1e-200, 0.0), (0.0, 1e-200), (1e-200, 1e-200)), ((5e-324,), (0.0,), (1.0,)))),
    *(("sigmoid_cross_entropy", {"logits": z, "target": y}) for z, y in ((710.0, 0.0), (-745.2, 0.0), (5e-324, 0.5), (1e150, 1.0))),
    *(("softmax_cross_entropy", {"logits": z, "target": y}) for z, y in (
        ((1e150, -1e150), 0), ((1e150, 1e150), 1), ((0.0, -745.2), 0), ((5e-324, -5e-324), 0))),
    *(("thresholded_zero_one", {"prediction": 0.5, "target": y, "threshold": 0.5, "at_threshold": b})
      for y in (-1e-20, 0.0, 1e-20) for b in (0.0, 1.0)),
    *(("thresholded_zero_one", {"prediction": -0.5, "target": y, "threshold": 0.5, "at_threshold": 0.0}) for y in (-1e-20, 1e-20)),
    ("half_squared_error", {"prediction": 1.5e154, "target": 0.0}),
    *(("poisson", {"log_rate": sign * 1.6e308, "target": 9.0}) for sign in (1, -1)),
    ("tweedie", {"log_mean": 8e307, "target": 18.0, "power": 1.0}),
    ("jensen_shannon", {"probabilities": (1.0, 0.0), "target": (1.0, 5e-324)}),
    ("cross_entropy_lambda", {"prediction": -1e300, "target": 1.0, "exposure": 3e-300}),
    ("giou", {"corner": (0.0,) * 3, "opposite": (0.0, 0.0, 1.7e308), "target_corner": (0.0,) * 3, "target_opposite": (1.0, 1.0, 0.0)}),
    ("cross_entropy", {"probabilities": (1.0, 1e-100), "target": (0.0, 1.0), "base": 10.0}),
    *(("arcface", {"cosines": (c, 0.25), "target": 0, "margin": 0.5, "scale": 64.0}) for c in (1.0, -1.0, 1 - 2**-53, 2**-53 - 1)),
    *(("entropy", {"probabilities": p}) for p in ((1.0, 0.0), (0.5, 0.5, 0.0), (1 - 2**-53, 2**-53))),
    *(("sigmoid", {"x": x}) for x in (-745.13, -745.14, 36.8, 745.13)),
    *(("log1mexp", {"x": x}) for x in (-1e-60, -0.6931471805599453, -745.13, 0.0)),
]


@pytest.mark.parametrize(("name", "values"), CORNERS, ids=[f"{name}-{k}" for k, (name, _) in enumerate(CORNERS)])
def test_b_in_corners(name, values):
    assert judged(name, capped=True, **values)


@few
@given(st.lists(st.floats(-300, 300), min_size=2, max_size=6), st.integers(-1000, 1000))
def test_softmax_cross_entropy_under_shifts(logits, shift):
    """Logits on a grid are shifted exactly, and then every bit of value and gradient stays."""
    grid = np.round(np.array(logits) * 1024) / 1024
    for a, b in zip(
        lossref.value_and_gradient("softmax_cross_entropy", grid, 0),
        lossref.value_and_gradient("softmax_cross_entropy", grid + shift, 0),
        strict=True,
    ):
        np.testing.assert_array_equal(a, b)


@few
@given(logits)
def test_mirrored_labels_give_mirrored_bits(z):
    value, slope = lossref.value_and_gradient("sigmoid_cross_entropy", z, 1.0)
    assert (value, slope) == (
        lossref.value("sigmoid_cross_entropy", -z, 0.0),
        -lossref.gradient("sigmoid_cross_entropy", -z, 0.0),
    )


@few
@given(logits)
def test_tails_never_vanish_before_they_underflow(z):
    """exp(-|z|) above the least subnormal: value and slope of a sure and right answer are not 0."""
    if abs(z) < 744:
        y = float(z > 0)
        assert lossref.value("sigmoid_cross_entropy", z, y) > 0
        assert lossref.gradient("sigmoid_cross_entropy", z, y) != 0
        assert math.isfinite(lossref.value("sigmoid_cross_entropy", z, 1 - y))

"""Over the whole double range: no warning, no NaN at finite input, and B against the oracle wherever hypothesis looks."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import lossref
from lossref import catalog
from lossref.exact.answers import AllowanceOverflowError
from lossref.exact.certify import certify
from lossref.exact.settle import UnsettledError
from lossref.formats import FLOAT64
from lossref.golden import exact
from lossref.judge.errors import Truth, measure
from lossref.strategies import arguments_for

logits = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.floats(-800, 800), st.floats(-1e-3, 1e-3))
few = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def plain_numbers(values):
    """Drawn arrays as the tuples and numbers that the oracle takes."""
    return {name: tuple(x.tolist()) if np.ndim(x) else x for name, x in values.items()}


def judged(name, **values):
    """Value and gradient are within E2 = 8 of the certified answer, and nothing is lost; False where none can be certified."""
    loss = catalog.get(name)
    parameters = {key: values.get(key, p.default) for key, p in loss.parameters.items()}
    try:
        answer = certify(loss, {**values, **parameters}, FLOAT64)
    except (UnsettledError, AllowanceOverflowError):
        return False
    value, gradient = lossref.value_and_gradient(name, **values)
    truths = [Truth(plain(answer.value), float(answer.value.rounded), None, answer.value_allowance, answer.value_size)]
    slopes = answer.gradient_allowance if answer.gradient or answer.box else ()  # a loss that jumps has none
    for i, allowance in enumerate(slopes):
        slope = answer.gradient and answer.gradient[i]
        box = answer.box and tuple(map(float, answer.box[i]))
        truths.append(Truth(slope and plain(slope), slope and float(slope.rounded), box, allowance, answer.gradient_size))
    for got, truth in zip([value, *np.atleast_1d(gradient)][: len(truths)], truths, strict=True):
        error = measure(float(got), truth, FLOAT64)
        assert error.E2 <= 8, (values, got, truth, error)
        assert not error.is_lost
    return True


def plain(correct):
    return correct.rounded if isinstance(correct.rounded, float) else exact(correct.rounded, correct.rest, FLOAT64)


def test_b_wherever_hypothesis_looks(loss):
    @few
    @given(arguments_for(loss))
    def everywhere(values):
        assume(judged(loss.name, **plain_numbers(values)))

    everywhere()


CORNERS = [
    ("huber", {"prediction": 1e150, "target": 0.0, "delta": 1e-200}),
    *(("sigmoid_cross_entropy", {"logits": z, "target": y}) for z, y in ((710.0, 0.0), (-745.2, 0.0), (5e-324, 0.5), (1e150, 1.0))),
    *(("softmax_cross_entropy", {"logits": z, "target": y}) for z, y in (
        ((1e150, -1e150), 0), ((1e150, 1e150), 1), ((0.0, -745.2), 0), ((5e-324, -5e-324), 0))),
    *(("thresholded_zero_one", {"prediction": 0.5, "target": y, "threshold": 0.5, "at_threshold": b})
      for y in (-1e-20, 0.0, 1e-20) for b in (0.0, 1.0)),
    *(("thresholded_zero_one", {"prediction": -0.5, "target": y, "threshold": 0.5, "at_threshold": 0.0}) for y in (-1e-20, 1e-20)),
    ("half_squared_error", {"prediction": 1.5e154, "target": 0.0}),
    ("cross_entropy", {"probabilities": (1.0, 1e-100), "target": (0.0, 1.0), "base": 10.0}),
    *(("arcface", {"cosines": (c, 0.25), "target": 0, "margin": 0.5, "scale": 64.0}) for c in (1.0, -1.0, 1 - 2**-53, 2**-53 - 1)),
    *(("entropy", {"probabilities": p}) for p in ((1.0, 0.0), (0.5, 0.5, 0.0), (1 - 2**-53, 2**-53))),
    *(("sigmoid", {"x": x}) for x in (-745.13, -745.14, 36.8, 745.13)),
    *(("log1mexp", {"x": x}) for x in (-1e-60, -0.6931471805599453, -745.13, 0.0)),
]


@pytest.mark.parametrize(("name", "values"), CORNERS, ids=[f"{name}-{k}" for k, (name, _) in enumerate(CORNERS)])
def test_b_in_corners(name, values):
    assert judged(name, **values)


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

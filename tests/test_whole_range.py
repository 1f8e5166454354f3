"""Over the whole double range: no warning, no NaN at finite input, and B against the oracle wherever hypothesis looks."""

import math

import numpy as np
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import lossref
from lossref import catalog
from lossref.exact.certify import AllowanceOverflowError, certify
from lossref.exact.settle import UnsettledError
from lossref.formats import FLOAT64
from lossref.golden import exact
from lossref.judge.errors import Truth, measure

numbers = st.floats(allow_nan=False, allow_infinity=False)
units = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 1.0, 5e-324, 1 - 2**-53]))
logits = st.one_of(numbers, st.floats(-800, 800), st.floats(-1e-3, 1e-3))
few = settings(max_examples=150, deadline=None, derandomize=True)


def judged(name, **values):
    """Value and gradient are within E2 = 8 of the certified answer, and nothing is lost."""
    loss = catalog.get(name)
    parameters = {key: values.get(key, p.default) for key, p in loss.parameters.items()}
    try:
        answer = certify(loss, {**values, **parameters}, FLOAT64)
    except (UnsettledError, AllowanceOverflowError):
        assume(False)
    value, gradient = lossref.value_and_gradient(name, **values)
    truths = [Truth(plain(answer.value), float(answer.value.rounded), None, answer.value_allowance, answer.value_size)]
    for i, allowance in enumerate(answer.gradient_allowance):
        slope = answer.gradient and answer.gradient[i]
        box = answer.box and tuple(map(float, answer.box[i]))
        truths.append(Truth(slope and plain(slope), slope and float(slope.rounded), box, allowance, answer.gradient_size))
    for got, truth in zip([value, *np.atleast_1d(gradient)], truths, strict=True):
        error = measure(float(got), truth, FLOAT64)
        assert error.E2 <= 8, (values, got, truth, error)
        assert not error.is_lost


def plain(correct):
    return correct.rounded if isinstance(correct.rounded, float) else exact(correct.rounded, correct.rest, FLOAT64)


@few
@given(numbers, numbers)
def test_squared_error(prediction, target):
    judged("squared_error", prediction=prediction, target=target)


@few
@given(numbers, numbers)
def test_absolute_error(prediction, target):
    judged("absolute_error", prediction=prediction, target=target)


@few
@given(numbers, numbers, st.floats(1e-300, 1e300))
@example(1e200, 0.0, 1e-200)
def test_huber(prediction, target, delta):
    judged("huber", prediction=prediction, target=target, delta=delta)


@few
@given(numbers, st.sampled_from([-1.0, 1.0]))
def test_hinge(prediction, target):
    judged("hinge", prediction=prediction, target=target)


@few
@given(units, units)
def test_binary_cross_entropy(probabilities, target):
    judged("binary_cross_entropy", probabilities=probabilities, target=target)


@few
@given(logits, units)
@example(710.0, 0.0)
@example(-745.2, 0.0)
@example(5e-324, 0.5)
@example(1.7e308, 1.0)
def test_sigmoid_cross_entropy(logits, target):
    judged("sigmoid_cross_entropy", logits=logits, target=target)


@few
@given(st.lists(logits, min_size=1, max_size=6), st.integers(0, 5))
@example([1.7e308, -1.7e308], 0)
@example([1.7e308, 1.7e308], 1)
@example([0.0, -745.2], 0)
@example([5e-324, -5e-324], 0)
def test_softmax_cross_entropy(logits, target):
    judged("softmax_cross_entropy", logits=tuple(logits), target=target % len(logits))


@few
@given(st.lists(st.tuples(st.integers(0, 2**40), st.integers(0, 2**40)), min_size=1, max_size=6))
def test_kl_divergence(weights):
    q, t = ([w[k] for w in weights] for k in (0, 1))
    assume(sum(q) and sum(t))
    judged("kl_divergence", probabilities=tuple(x / sum(q) for x in q), target=tuple(x / sum(t) for x in t))


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

"""Classes along another axis than the last: the same answers as with the axis moved there, from the float64 code and from the oracle."""

import re

import numpy as np
import pytest

import lossref
from lossref import catalog, loss
from lossref.exact.balls import INSTALLED

SOURCE = np.random.default_rng(0)
LOGITS, LABELS = SOURCE.normal(size=(2, 3, 2)) * 5, SOURCE.integers(0, 3, (2, 2))
WEIGHTS = {"sample_weight": [[1.0, 0.5], [0.0, 3.0]], "reduction": "mean"}
SMOOTHED = {"label_smoothing": 0.125, "class_weight": [1, 2, 3], "reduction": "mean"}
PARTS = ("value", "gradient", "value_and_gradient")


def moved(x):
    return np.moveaxis(np.asarray(x), 1, -1)


def numbers(found, back):
    """What a part gives, flat, with its slopes moved back."""
    value, *slopes = found if isinstance(found, tuple) else (found,)
    arrays = [value, *slopes]
    return [np.moveaxis(x, -1, 1) if back and np.ndim(x) == 3 else np.asarray(x) for x in arrays]


@pytest.mark.parametrize("options", [{}, {"reduction": "sum"}, WEIGHTS, SMOOTHED])
@pytest.mark.parametrize("part", PARTS)
def test_it_is_the_same_as_moving_the_axis(part, options):
    call = getattr(lossref, part)
    found = numbers(call("softmax_cross_entropy", LOGITS, LABELS, class_axis=1, **options), back=False)
    wanted = numbers(call("softmax_cross_entropy", moved(LOGITS), LABELS, **options), back=True)
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(a, b)


def test_rows_of_labels_and_several_gradients_move_too():
    rows = np.moveaxis(np.eye(3)[LABELS], -1, 1)
    one_hot = lossref.value("softmax_cross_entropy", LOGITS, rows, target_form="one_hot", class_axis=1)
    np.testing.assert_array_equal(one_hot, lossref.value("softmax_cross_entropy", LOGITS, LABELS, class_axis=1))
    other, signs = LOGITS[::-1].copy(), np.array([[1.0, -1.0], [-1.0, 1.0]])
    found = lossref.gradient("cosine_embedding", LOGITS, other, signs, class_axis=1)
    wanted = lossref.gradient("cosine_embedding", moved(LOGITS), moved(other), signs)
    assert len(found) == 2
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(a, np.moveaxis(b, -1, 1))


@pytest.mark.parametrize("axis", [1, -2])
def test_the_oracle_shapes_its_slopes_alike(axis):
    found = lossref.oracle("softmax_cross_entropy", LOGITS, LABELS, class_axis=axis, hessian=True, certified=INSTALLED, **WEIGHTS)
    wanted = lossref.gradient("softmax_cross_entropy", LOGITS, LABELS, class_axis=1, **WEIGHTS)
    np.testing.assert_allclose(np.array(found.gradient, float), wanted, rtol=1e-14, atol=0)
    assert np.shape(found.hessian) == LOGITS.shape
    if INSTALLED:
        ends = np.array([[float(low), float(high)] for low, high in found.enclosure[1:]]).reshape(*LOGITS.shape, 2)
        np.testing.assert_allclose(ends[..., 0], wanted, rtol=1e-14, atol=0)


def test_intervals_are_in_the_order_of_the_slopes():
    """Of two triplets the first is at a kink: its intervals stand where its slopes would."""
    anchor, negative = np.array([[[0.0, 5.0], [1.0, 7.0]]]), np.array([[[3.0, 5.5], [1.0, 7.0]]])
    arguments = {"anchor": anchor, "positive": np.add(anchor, [0.0, 3.0]), "negative": negative}
    found = lossref.oracle("triplet_margin", **arguments, class_axis=1, margin=3.0)
    straight = lossref.oracle("triplet_margin", **{name: moved(x) for name, x in arguments.items()}, margin=3.0)
    wanted = [np.moveaxis(ends, -2, 1) for ends in np.array(straight.interval, float).reshape(3, 1, 2, 2, 2)]
    np.testing.assert_array_equal(np.array(found.interval, float).reshape(3, 1, 2, 2, 2), wanted)
    assert found.interval != straight.interval


def test_typed_functions_of_rows_take_it():
    np.testing.assert_array_equal(
        loss.softmax_cross_entropy(LOGITS, LABELS, class_axis=1), lossref.value("softmax_cross_entropy", LOGITS, LABELS, class_axis=1)
    )
    with pytest.raises(TypeError, match="class_axis"):
        loss.huber(1.0, 0.0, class_axis=0)


@pytest.mark.parametrize(
    ("name", "axis", "words"),
    [
        ("softmax_cross_entropy", 7, "class_axis 7 is none of the 3 axes of logits"),
        ("softmax_cross_entropy", "x", "class_axis must be a whole number, and is 'x'"),
        ("squared_error", 0, "squared_error has no axis of classes, and takes no class_axis"),
    ],
)
def test_what_means_nothing_is_a_sentence(name, axis, words):
    arguments = dict(zip(catalog.get(name).arguments, (LOGITS, LABELS), strict=True))
    for call in (lossref.value, lossref.oracle):
        with pytest.raises(ValueError, match=re.escape(words)):
            call(name, **arguments, class_axis=axis)

"""Shapes, dtypes and bad input: batch equals singles, float64 out, arguments untouched, errors that name the argument."""

import re

import numpy as np
import pytest

import lossref
from lossref import golden
from lossref.float64.parts import BLOCK
from lossref.formats import FLOAT64
from lossref.values import shape

pytestmark = pytest.mark.sampled

PARTS = ("value", "gradient", "hessian")


def examples(loss):
    return [v.question for v in golden.read(loss, FLOAT64) if not v.question.is_call]


def batches(loss):
    """Golden examples grouped by shape and parameters, as arrays."""
    groups = {}
    for q in examples(loss):
        groups.setdefault((*map(shape, q.inputs.values()), *q.options.items()), []).append(q)
    for group in groups.values():
        arrays = {name: np.array([q.inputs[name] for q in group]) for name in loss.arguments}
        yield arrays, dict(group[0].options), len(group)


def each(found):
    """The arrays of a part: a gradient in several arguments is a tuple of them."""
    return found if isinstance(found, tuple) else (found,)


def flattened(found):
    return [y for x in found for y in flattened(x)] if isinstance(found, tuple) else [found]


def same(found, wanted):
    for a, b in zip(each(found), each(wanted), strict=True):
        np.testing.assert_array_equal(a, b)


def parts_of(loss):
    return [part for part in PARTS if part != "hessian" or loss.hessian]


def test_a_batch_gives_what_its_elements_give(loss):
    """Same bits: the batch, each element alone, and the batch seen through strides (which NumPy may compute differently)."""
    for arrays, parameters, n in batches(loss):
        for part in parts_of(loss):
            call = getattr(lossref, part)
            whole = call(loss.name, **arrays, **parameters)
            singles = [each(call(loss.name, **{k: x[i] for k, x in arrays.items()}, **parameters)) for i in range(n)]
            same(whole, tuple(np.array(column) for column in zip(*singles, strict=True)))
            square = {k: np.stack([x, x]) for k, x in arrays.items()}
            same(call(loss.name, **square, **parameters), tuple(np.stack([x, x]) for x in each(whole)))


def test_reversed_views_stay_within_two_ulps(loss):
    for arrays, parameters, _ in batches(loss):
        whole = lossref.value(loss.name, **arrays, **parameters)
        turned = lossref.value(loss.name, **{k: x[::-1] for k, x in arrays.items()}, **parameters)[::-1]
        np.testing.assert_array_max_ulp(np.nan_to_num(whole), np.nan_to_num(turned), 2)


@pytest.mark.whole
def test_a_large_batch_in_blocks_gives_the_same_bits(loss):
    for arrays, parameters, _ in list(batches(loss))[::3][:6]:
        times = 2 * BLOCK // arrays[loss.first].size + 1
        many = {k: np.concatenate([x] * times) for k, x in arrays.items()}
        for part in parts_of(loss):
            call = getattr(lossref, part)
            once = call(loss.name, **arrays, **parameters)
            same(call(loss.name, **many, **parameters), tuple(np.concatenate([x] * times) for x in each(once)))


def test_leading_axes_broadcast(loss):
    """One example against a batch, whichever argument has the batch, gives what the full batch gives."""
    arrays, parameters, _ = max(batches(loss), key=lambda b: b[2])
    for single in loss.arguments:
        mixed = {k: x[0] if k == single else x for k, x in arrays.items()}
        full = {k: np.broadcast_to(x[0], x.shape) if k == single else x for k, x in arrays.items()}
        for part in (*parts_of(loss), "value_and_gradient"):
            found, wanted = (getattr(lossref, part)(loss.name, **given, **parameters) for given in (mixed, full))
            for a, b in zip(flattened(found), flattened(wanted), strict=True):
                np.testing.assert_array_equal(np.broadcast_to(a, b.shape), b)


def test_value_and_gradient_is_both(loss):
    for arrays, parameters, _ in batches(loss):
        value, gradient = lossref.value_and_gradient(loss.name, **arrays, **parameters)
        np.testing.assert_array_equal(value, lossref.value(loss.name, **arrays, **parameters))
        same(gradient, lossref.gradient(loss.name, **arrays, **parameters))


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.float64])
def test_shapes_and_dtypes(loss, dtype):
    for arrays, parameters, n in batches(loss):
        with np.errstate(over="ignore"):
            given = {k: x if x.dtype.kind == "i" else x.astype(dtype) for k, x in arrays.items()}
        if not all(loss.arguments[k].contains(x, precision=53, classes=1 << 20).all() for k, x in given.items()):
            assert dtype is not np.float64
            continue  # rounding to a smaller format has left the space: probabilities sum to 1 no more, a variance is 0
        kept = {k: x.copy() for k, x in given.items()}
        value, gradient = lossref.value(loss.name, **given, **parameters), lossref.gradient(loss.name, **given, **parameters)
        assert value.dtype == np.float64
        assert value.shape == (n,)
        for slope, name in zip(each(gradient), loss.differentiable, strict=True):
            assert slope.dtype == np.float64
            assert slope.shape == given[name].shape
        for k, x in given.items():
            np.testing.assert_array_equal(x, kept[k])


def test_nan_anywhere_gives_nan_and_nothing_warns(loss):
    for q in examples(loss):
        if q.flag == "nan":
            assert np.isnan(lossref.value(loss.name, **q.inputs, **q.options))
            assert all(np.isnan(slope).all() for slope in each(lossref.gradient(loss.name, **q.inputs, **q.options)))


BAD = [
    ("hinge", {"prediction": [1.0, 2.0], "target": [1, 0]}, "hinge: target must be -1 or 1, and is 0.0 at index 1"),
    ("huber", {"prediction": 1.0, "target": 2.0, "delta": 0.0}, "delta must be a number above 0"),
    ("huber", {"prediction": 1.0, "target": 2.0, "delta": -1.0}, "delta must be a number above 0"),
    ("binary_cross_entropy", {"probabilities": 1.5, "target": 1.0}, "probabilities must be a number in [0, 1], and is 1.5"),
    ("binary_cross_entropy", {"probabilities": 0.5, "target": -0.5}, "target must be a number in [0, 1]"),
    ("sigmoid_cross_entropy", {"logits": 1.0, "target": 2.0}, "target must be a number in [0, 1], and is 2.0"),
    ("softmax_cross_entropy", {"logits": [1.0, 2.0], "target": 2}, "target must be a class index"),
    ("softmax_cross_entropy", {"logits": [1.0, 2.0], "target": -1}, "target must be a class index"),
    ("softmax_cross_entropy", {"logits": [1.0, 2.0], "target": 1.5}, "target must be integers"),
    ("softmax_cross_entropy", {"logits": 1.0, "target": 0}, "a single number was given"),
    ("softmax_cross_entropy", {"logits": [[1.0, 2.0], [0.0, 0.0]], "target": [0, 1, 0]}, "do not fit together"),
    ("softmax_cross_entropy", {"logits": np.zeros((2, 0)), "target": [0, 0]}, "a vector without components has no softmax"),
    ("softmax_cross_entropy", {"logits": np.eye(3), "target": np.eye(3, dtype=int)}, "one-hot rows become indices by argmax"),
    ("softmax_cross_entropy", {"logits": [1.0, 2.0], "target": [0, 1]}, "target has the shape of logits, (2,)"),
    ("softmax_cross_entropy", {"logits": np.zeros((2, 3)), "target": [1, 3]}, "and is 3 at index 1 (classes counted from 1 need"),
    ("categorical_cross_entropy", {"probabilities": [2.0, -1.0], "target": [1, 0]}, "[2.0, -1.0] (scores become probabilities by softmax)"),
    ("categorical_cross_entropy", {"probabilities": [0.5, 0.5], "target": [-1, 2]}, "target must be weights of at least 0, of any sum"),
    ("soft_target_cross_entropy", {"logits": [1.0, 2.0], "target": 1}, "target is weights of at least 0, of any sum"),
    ("perceptron", {"prediction": 1.0, "target": 0}, "-1 or 1, and is 0.0 (labels y of 0 and 1 become these by 2 y - 1)"),
    ("exponential", {"prediction": [1.0, 1.0], "target": [1, 0.5]}, "target must be -1 or 1, and is 0.5 at index 1"),
    ("thresholded_zero_one", {"prediction": 1.0, "target": 0.0, "at_threshold": 0.5}, "at_threshold must be 0 or 1, and is 0.5"),
    ("entropy", {"probabilities": [0.5, 0.5], "base": 0.5}, "base must be 1 for the natural logarithm, or a base above 1"),
    ("arcface", {"cosines": [1.5, 0.0], "target": 0}, "cosines must be cosines in [-1, 1]"),
    ("arcface", {"cosines": [0.5, 0.0], "target": 0, "margin": 28.6}, "margin must be an angle above 0 and below pi, in radians"),
    ("l2_penalty", {"weights": 3.0}, "weights is a vector of real numbers along the last axis; a single number was given"),
    ("l2_penalty", {"weights": []}, "a vector without components has no l2_penalty"),
    ("soft_target_cross_entropy", {"logits": np.zeros((3, 3)), "target": [0, 1, 2]}, "become such rows by lossref.functions.one_hot"),
    ("squared_error", {"prediction": np.zeros(3), "target": np.zeros((3, 1))}, "do not fit together"),
    ("huber", {"prediction": [1.0, 2.0], "target": [0.0, 0.0], "delta": [1.0, 2.0, 3.0]}, "delta must be one number, or one an example"),
    ("am_softmax", {"cosines": [0.5, 0.2], "target": 0, "scale": np.inf}, "scale must be a number above 0, and is inf"),
    ("zero_one", {"prediction": 2**53 + 1, "target": 2**53}, "prediction holds integers beyond 2**53"),
    ("log1mexp", {"x": 0.5}, "x must be a number of at most 0, and is 0.5"),
    ("kl_divergence", {"probabilities": [0.5, 0.6], "target": [0.5, 0.5]}, "must sum to 1 along the last axis, and sum to 1.1"),
    ("kl_divergence", {"probabilities": [0.5, 0.5], "target": [1.5, -0.5]}, "target must be probabilities"),
    ("kl_divergence", {"probabilities": [0.5, 0.5], "target": [1.0]}, "do not fit together"),
    ("squared_error", {"prediction": [1.0, 2.0], "target": [1.0, 2.0, 3.0]}, "do not fit together"),
    ("squared_error", {"prediction": "one", "target": 1.0}, "prediction must be real numbers"),
    ("squared_error", {"prediction": 1j, "target": 1.0}, "prediction must be real numbers"),
]


@pytest.mark.parametrize(("name", "values", "words"), BAD)
def test_bad_input_is_named(name, values, words):
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        lossref.value(name, **values)
    assert "\n" not in str(caught.value)


def test_a_negative_zero_is_a_zero():
    for name in ("categorical_cross_entropy", "cross_entropy", "kl_divergence"):
        assert lossref.gradient(name, [1.0, -0.0], [0.5, 0.5])[1] == -np.inf
    assert lossref.gradient("binary_cross_entropy", -0.0, 0.5) == -np.inf
    assert lossref.gradient("entropy", [1.0, -0.0])[1] == np.inf


def test_missing_unknown_and_double_arguments_are_named():
    with pytest.raises(TypeError, match="needs target"):
        lossref.value("hinge", 1.0)
    with pytest.raises(TypeError, match="no argument 'margin'; it takes prediction, target"):
        lossref.value("hinge", 1.0, 1.0, margin=2)
    with pytest.raises(TypeError, match="target was given twice"):
        lossref.value("hinge", 1.0, 1.0, target=1.0)
    with pytest.raises(TypeError, match="takes 2 positional arguments, 3 were given"):
        lossref.value("huber", 1.0, 1.0, 1.0)
    with pytest.raises(KeyError, match="did you mean hinge"):
        lossref.value("hing", 1.0, 1.0)
    with pytest.raises(ValueError, match="hinge has no hessian"):
        lossref.hessian("hinge", 1.0, 1.0)


def test_integers_lists_and_broadcasting_are_taken():
    assert lossref.value("squared_error", 3, [1, 2]).tolist() == [4.0, 1.0]
    assert lossref.value("softmax_cross_entropy", [[0, 0], [0, 0]], 1).shape == (2,)
    assert lossref.value("hinge", np.float32(0.5), np.int8(1)) == 0.5
    assert lossref.value("huber", np.zeros((0,)), np.zeros((0,))).shape == (0,)

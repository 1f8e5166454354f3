"""NaN is wanted only where the answer depends on it: elsewhere the answer without it is as right."""

import math

import numpy as np
import pytest

from lossref import catalog, golden
from lossref.formats import FLOAT64
from lossref.implementations import resolve
from lossref.judge.spoilt import unspoilt
from lossref.judge.verdict import judge

# loss, argument with the NaN: the value and the slopes that the NaN does not reach, by hand
FREE = {
    ("negative_log_likelihood", "log_probabilities"): lambda x: (math.nan, [-1.0, 0.0]),
    ("l2_penalty", "weights"): lambda x: (math.nan, [math.nan, x["weights"][1]]),
    ("zero_one", "target"): lambda x: (math.nan, [0.0]),
    ("xlogy", "x"): lambda x: (math.nan, [math.log(x["y"])]),
    ("categorical_cross_entropy", "probabilities"): lambda x: (math.nan, [math.nan, -x["target"][1] / x["probabilities"][1]]),
    ("relu", "x"): None,  # on each side of 0 alone its slope is a constant
    ("hinge", "prediction"): None,
    ("huber", "target"): None,
    ("arcface", "cosines"): None,  # far off its slope is 64 to all digits
    ("triplet_margin", "negative"): None,
    ("thresholded_zero_one", "prediction"): lambda x: (math.nan, [0.0]),
    ("softmax_cross_entropy", "logits"): None,
}


def spoilt(loss, argument):
    """The golden vector with a NaN in an argument."""
    vectors = [v for v in golden.read(loss, FLOAT64) if v.question.flag == "nan"]
    return next(v for v in vectors if "nan" in str(v.question.inputs[argument]))


@pytest.mark.parametrize(("name", "argument"), FREE, ids="-".join)
def test_only_what_does_not_depend_on_the_nan_is_free(name, argument):
    loss, free = catalog.get(name), FREE[name, argument]
    v = spoilt(loss, argument)
    found = unspoilt(loss, v, FLOAT64).unspoilt
    if free is None:
        assert found is None
        return
    value, slopes = free(v.question.inputs)
    np.testing.assert_allclose(found.value.rounded, [value], rtol=1e-14)
    np.testing.assert_allclose(found.gradient[loss.first].rounded, slopes, rtol=1e-14)


@pytest.mark.parametrize(("slope", "grade"), [(-1.0, "A+"), (math.nan, "A+"), (-1.5, "F"), (0.0, "F")])
def test_a_constant_slope_may_be_the_constant_or_nan(slope, grade):
    loss = catalog.get("negative_log_likelihood")
    ours = resolve("lossref").implementations[loss.name]

    def gradient(**given):
        found = np.zeros_like(given["log_probabilities"])
        places = np.arange(len(found)), given["target"]
        found[places] = np.where(np.isnan(given["log_probabilities"]).any(axis=1), slope, -1.0)
        return found

    implementation = type(ours)(parts={"gradient": gradient}, line=ours.line)
    special = [v for v in golden.read(loss, FLOAT64) if v.question.flag == "nan"]
    assert judge(loss, implementation, special, FLOAT64).parts["gradient"].regions["special"] == grade


def test_what_depends_on_the_nan_must_be_nan():
    loss = catalog.get("squared_error")
    ours = resolve("lossref").implementations[loss.name]
    special = [v for v in golden.read(loss, FLOAT64) if v.question.flag == "nan"]

    def masked(**given):
        return np.nan_to_num(ours.parts["gradient"](**given))

    found = judge(loss, type(ours)(parts={"gradient": masked}, line=ours.line), special, FLOAT64)
    assert found.parts["gradient"].regions["special"] == "F"

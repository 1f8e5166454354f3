"""Wrong code that once passed: each is a piece of the wrong code that `lossref power` makes, and is noticed now at level B."""

from functools import cache

import pytest

from lossref import catalog, golden
from lossref.formats import FLOAT64
from lossref.implementations.adapters.lossref import implementation
from lossref.mutants.power import measured

SOFTMAX, SIGMOID = "softmax_cross_entropy", "sigmoid_cross_entropy"
ESCAPES = [  # what passed, and the loss, operator and variant that stand for it
    ("softplus is x above 30", "softplus", "written down", "identity_above_30"),
    ("softplus is wrong from 29 to 37", "softplus", "wrong in one region", "x 29 to 37"),
    ("wrong for 11 to 63 classes", SOFTMAX, "wrong for some widths", "logits of 9 to 30"),
    ("wrong for 33 to 63 classes", SOFTMAX, "wrong for some widths", "logits of 33 to 63"),
    ("wrong for more than 64 classes", SOFTMAX, "wrong for some widths", "logits of 65 to 1000000000"),
    ("squares capped at 1e30", "squared_error", "large answers capped", "at 1e+30"),
    ("slopes capped at 1e15", "squared_error", "large answers capped", "at 1e+15"),
    ("residuals clipped between 1e18 and 1e100", "squared_error", "wrong in one region", "prediction 1e18 to 1e100"),
    ("a hinge slope up to 1e-6 past the margin", "hinge", "a branch point moved", "1.000001"),
    ("huber's threshold off by 1e-6 in the Hessian", "huber", "a branch point moved", "1.000001"),
    ("slope 0 at a logit of 0 with label 0", SIGMOID, "wrong for one label", "target 0, 0 at logits 0"),
    ("wrong at 0 for one label", "exponential", "wrong for one label", "target -1, prediction at 0"),
    ("logits clipped at 700, exponential", "exponential", "inputs clipped", "at 700"),
    ("logits clipped at 700, logistic", "logistic", "inputs clipped", "at 700"),
    ("logits clipped at 700, sigmoid", "sigmoid", "inputs clipped", "at 700"),
    ("logits that saturate at 5", SIGMOID, "inputs clipped", "at 5"),
    ("an index that is off by one in wide rows", SOFTMAX, "classes off by one", "target after 31"),
    ("soft labels near 0 and 1 rounded", SIGMOID, "wrong for one label", "target near (0.0, 1.0) rounded"),
    ("the remainder of 8 classes dropped", SOFTMAX, "wrong for some widths", "remainder of 8 entries of logits left out"),
    ("ignore_index is always -100", SOFTMAX, "ignored labels", "always -100"),
    ("every negative index is ignored, and no other", SOFTMAX, "ignored labels", "negative alone"),
    ("0 cannot be ignored", SOFTMAX, "ignored labels", "never 0"),
    ("means of chunks beyond 4 rows", SOFTMAX, "the mean", "of the means of chunks of 4"),
    ("smoothing is always 0.125", SOFTMAX, "an option", "label_smoothing always 0.125"),
    ("weights through float32", SOFTMAX, "an option", "sample_weight in float32"),
    ("weights of classes through float16", SOFTMAX, "an option", "class_weight in float16"),
    ("pos_weight is missing where a logit is negative", SIGMOID, "an option", "pos_weight ignored where logits is negative"),
    ("class 2 is never a target", SOFTMAX, "wrong for one label", "target 2"),
    ("delta is constant in a call", "huber", "an option", "delta constant"),
    ("a weight is forgotten beside a mask", "squared_error", "two options", "sample_weight ignored beside mask"),
    ("wrong in a tail where an option is given", SOFTMAX, "hidden behind an option", "logits above 30, with sample_weight"),
]


@cache
def found(loss):
    return tuple(measured(catalog.get(loss), implementation, golden.read(catalog.get(loss), FLOAT64), FLOAT64))


@pytest.mark.whole
@pytest.mark.parametrize(("name", "operator", "variant"), [escape[1:] for escape in ESCAPES], ids=[escape[0] for escape in ESCAPES])
def test_what_once_passed_is_noticed(name, operator, variant):
    is_edit = operator == "a branch point moved"  # whose variants name the line
    alike = [w for w in found(name) if w.operator == operator and (variant in w.variant if is_edit else w.variant == variant)]
    wrong = [w for w in alike if w.is_shown]
    assert wrong, f"none of {len(alike)} is wrong anywhere"
    assert [w.part for w in wrong if "B" not in w.killed] == []


@pytest.mark.whole
@pytest.mark.parametrize("name", sorted({escape[1] for escape in ESCAPES if catalog.get(escape[1]).is_called}))
def test_nor_does_it_pass_where_it_is_hidden_behind_an_option(name):
    hidden = [w for w in found(name) if w.operator in ("hidden behind an option", "a parameter", "two options") and w.is_shown]
    assert {w.part for w in hidden} >= {"value", "gradient"}
    assert [f"{w.part}: {w.variant}" for w in hidden if "B" not in w.killed] == []

"""What the oracle of a call takes and refuses: the same as the float64 code, in a sentence where it cannot."""

import math
from fractions import Fraction

import mpmath
import pytest
from asking import components, given, stands_for

import lossref
from lossref import golden
from lossref.formats import FLOAT64

SOFTMAX = {"logits": [[1, 2, 3], [0, 0, 1]], "reduction": "mean"}
AGREE = [
    ("softmax_cross_entropy", SOFTMAX | {"target": [0, 7], "sample_weight": [1, 0], "class_weight": [1, 2, 3]}),
    ("hinge", {"prediction": [0.5, 2], "target": [1, math.nan], "mask": [True, False], "reduction": "sum"}),
    ("huber", {"prediction": [1, 3], "target": [0, 0], "mask": [True], "reduction": "sum"}),
    ("squared_error", {"prediction": [1, 3], "target": [0, 0], "sample_weight": [2], "reduction": "mean"}),
]
REFUSED = [
    ("huber", {"prediction": [1, 2], "target": [0, 0], "delta": [1.0, 2.0]}, "takes one number for delta"),
    ("huber", {"prediction": [10**400], "target": [0]}, "numbers up to the largest of float64"),
    ("huber", {"prediction": [1], "target": [0], "upstream": math.inf}, "finite upstream gradients"),
    ("huber", {"prediction": [], "target": []}, "needs at least one example"),
    ("huber", {"prediction": [1], "target": [0], "sample_weight": [math.inf]}, "sample_weight must be at least 0 everywhere and finite"),
    ("huber", {"prediction": [1], "target": [0], "ignore_index": 0}, "takes no ignore_index"),
    ("huber", {"prediction": [1], "target": [0], "denominator": None}, "denominator must be a number above 0"),
    ("huber", {"prediction": [1], "target": [0], "label_smoothing": None}, "label_smoothing must be a number in"),
    ("hinge", {"prediction": [1], "target": [1], "class_weight": [1.0, 2.0]}, "takes no class_weight"),
    ("softmax_cross_entropy", {"logits": [[1, 2]], "target": [0], "pos_weight": 0.0}, "takes no pos_weight"),
    ("binary_cross_entropy", {"probabilities": [1 + Fraction(1, 10**30)], "target": [1]}, "probabilities must be"),
]


@pytest.mark.parametrize(("name", "given"), AGREE)
def test_the_oracle_answers_what_the_code_answers(name, given):
    answer = lossref.oracle(name, digits=20, **given)
    assert float(answer.value) == pytest.approx(lossref.value(name, **given), rel=1e-15)


@pytest.mark.parametrize(("name", "given", "words"), REFUSED)
def test_what_it_cannot_take_is_a_sentence(name, given, words):
    with pytest.raises(ValueError, match=words):
        lossref.oracle(name, digits=20, **{"reduction": "sum"} | given)


def test_golden_calls_have_the_oracles_digits(loss, listed):
    """Options, weights, masks, label forms, kinks and means over nothing alike: 30 digits stand for the golden numbers."""
    misses, seen = [], 0
    for v in [v for v in golden.read(loss, FLOAT64) if v.question.is_call and v.region != "range"][::5]:
        answer = lossref.oracle(loss.name, digits=30, **given(v.question))
        stored = [(part, i) for part in (v.answer.value, *v.answer.gradient.values()) if part.rounded for i in range(len(part))]
        found = components(answer)
        assert len(found) == len(stored)
        assert (answer.interval is not None) == any(part.rounded is None and part.interval for part in v.answer.gradient.values())
        seen += 1
        misses += [(v.id, v.question.options, i, x, part.rounded[i]) for x, (part, i) in zip(found, stored, strict=True)
                   if not stands_for(part, i, x) and not (mpmath.isnan(x) and math.isnan(part.rounded[i]))]
    assert seen >= 6 or loss.is_function
    listed(misses)


def test_an_infinite_term_beside_an_overflowing_product_stays_infinite():
    assert lossref.value("xlogy", [1.0, 1e300], [math.inf, 1e-300], reduction="sum", sample_weight=[1.0, 1e300]) == math.inf

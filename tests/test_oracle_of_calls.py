"""What the oracle of a call takes and refuses: the same as the float64 code, in a sentence where it cannot."""

import math
import re
from fractions import Fraction
from itertools import product

import mpmath
import numpy as np
import pytest
from asking import components, given, stands_for

import lossref
from lossref import catalog, families, golden
from lossref.exact.answer import nearest
from lossref.exact.balls import INSTALLED
from lossref.formats import FLOAT64
from lossref.stream import Stream
from lossref.values import flat

pytestmark = pytest.mark.sampled

SOFTMAX = {"logits": [[1, 2, 3], [0, 0, 1]], "reduction": "mean"}
AGREE = [
    ("softmax_cross_entropy", SOFTMAX | {"target": [0, 7], "sample_weight": [1, 0], "class_weight": [1, 2, 3]}),
    ("hinge", {"prediction": [0.5, 2], "target": [1, math.nan], "mask": [True, False], "reduction": "sum"}),
    ("huber", {"prediction": [1, 3], "target": [0, 0], "mask": [True], "reduction": "sum"}),
    ("squared_error", {"prediction": [1, 3], "target": [0, 0], "sample_weight": [2], "reduction": "mean"}),
]
REFUSED = [
    ("huber", {"prediction": [10**400], "target": [0]}, "the oracle of a batch takes nothing larger"),
    ("huber", {"prediction": [1], "target": [0], "upstream": math.inf}, "finite upstream gradients"),
    ("huber", {"prediction": [], "target": []}, "needs at least one example"),
    ("huber", {"prediction": [1], "target": [0], "sample_weight": [math.inf]}, "sample_weight must be finite everywhere"),
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
    assert float(answer.value) == pytest.approx(lossref.value(name, **given), rel=1e-15, abs=0)


@pytest.mark.parametrize(("name", "given", "words"), REFUSED)
def test_what_it_cannot_take_is_a_sentence(name, given, words):
    with pytest.raises(ValueError, match=words):
        lossref.oracle(name, digits=20, **{"reduction": "sum"} | given)


def test_a_hidden_row_takes_nothing_from_the_others():
    """Neither the Hessian nor the proof: what is hidden is no infinite point."""
    rows = {"logits": [[1, 2], [math.nan, 1]], "target": [0, 1], "reduction": "sum", "sample_weight": [1, 0], "hessian": True}
    found, alone = lossref.oracle("softmax_cross_entropy", **rows), lossref.oracle("softmax_cross_entropy", [1, 2], 0, hessian=True)
    assert (found.hessian[0], found.gradient[0]) == (alone.hessian, alone.gradient)
    assert flat((found.hessian[1], found.gradient[1])) == [0] * 4
    if INSTALLED:
        assert len(lossref.oracle("softmax_cross_entropy", **rows, certified=True).enclosure) == 5


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
    assert seen >= 6 or not loss.is_called
    listed(misses)


def test_an_infinite_term_beside_an_overflowing_product_stays_infinite():
    assert lossref.value("xlogy", [1.0, 1e300], [math.inf, 1e-300], reduction="sum", sample_weight=[1.0, 1e300]) == math.inf


SHAPES = [(), (1,), (3,), (2, 2), (2, 1, 3)]
CHOICES = [
    {}, {"reduction": "none"}, {"reduction": "sum"}, {"reduction": "mean"}, {"reduction": "mean", "denominator": "batch"},
    {"reduction": "mean", "sample_weight": 0.5}, {"sample_weight": "each"}, {"reduction": "sum", "mask": "each"},
    {"reduction": "none", "upstream": "each"}, {"reduction": "mean", "pos_weight": 2.0}, {"reduction": "sum", "pos_weight": "each"},
]  # fmt: skip


def drawn(loss, shape, seed):
    """Ordinary arguments of a batch of a shape, as arrays."""
    count = math.prod(shape)
    found = [families.example(loss, Stream(f"oracle/{seed}", FLOAT64, i, 3, nearest=nearest)) for i in range(count)]
    return {name: np.array([row[name] for row in found]).reshape(shape + np.shape(found[0][name])) for name in loss.arguments}


def each(x, shape):
    return np.resize([True, False, True] if x == "mask" else [1.0, 2.0, 0.5], shape)


def test_it_takes_the_shapes_and_options_that_the_code_takes(loss, listed):
    """Batches of any rank, weights and masks of their shape, one example with a reduction: both answer, and alike, or both refuse."""
    misses = []
    turn = catalog.names().index(loss.name) % 2
    for k, (shape, chosen) in enumerate(product(SHAPES, CHOICES)):
        if k % 2 != turn:
            continue  # every second one, by turns: 55 are odd, so each comes up with half of the losses
        if loss.arguments[loss.first].rank > 1 and math.prod(shape) > 3:
            continue  # many numbers each
        arguments = drawn(loss, shape, k)
        options = {name: each(name, shape) if isinstance(x, str) and x == "each" else x for name, x in chosen.items()}
        try:
            value, gradient = lossref.value_and_gradient(loss, **arguments, **options)
        except ValueError as refused:
            with pytest.raises(ValueError, match=re.escape(str(refused)[:20])):
                lossref.oracle(loss, digits=20, **arguments, **options)
            continue
        found = lossref.oracle(loss, digits=20, **arguments, **options)
        got = [float(x) for x in flat(found.value)]
        slopes = np.concatenate([np.ravel(x) for x in (gradient if isinstance(gradient, tuple) else (gradient,))])
        exact = [float(x) for x in flat(found.gradient)] if found.gradient is not None else None
        if np.shape(found.value) != np.shape(value) or not np.allclose(got, np.ravel(value), rtol=1e-9, atol=1e-12):
            misses.append((shape, chosen, got, value))
        if exact is not None and not np.allclose(exact, slopes, rtol=1e-9, atol=1e-12):
            misses.append((shape, chosen, exact, slopes))
    listed(misses)


def test_parameters_and_positive_weights_may_be_one_an_example_or_a_label():
    asked = lossref.oracle("huber", [1, 3], [0, 0], delta=[1.0, 2.0], reduction="sum")
    assert float(asked.value) == lossref.value("huber", [1.0, 3.0], [0.0, 0.0], delta=[1.0, 2.0], reduction="sum")
    logits, target, weights = np.ones((2, 3)), np.ones((2, 3)), [1.0, 2.0, 3.0]
    asked = lossref.oracle("sigmoid_cross_entropy", logits, target, pos_weight=weights)
    np.testing.assert_allclose(np.array(asked.value, float), lossref.value("sigmoid_cross_entropy", logits, target, pos_weight=weights))


def test_one_rule_says_which_rows_sum_to_1():
    """What float32 holds may have been rounded to it; float16 rows are taken as such; others sum to 1 as float64 does."""
    for form, works in ((np.float16, False), (np.float32, True)):
        row = np.array([0.1, 0.2, 0.7], form)
        for ask in (lossref.value, lossref.oracle):
            ask("kl_divergence", row, row)
            if works:
                ask("kl_divergence", row.astype(float), row.astype(float))
            with pytest.raises(ValueError, match=r"sum (to )?1"):
                ask("kl_divergence", np.add(row.astype(float), [1e-7 + 2**-50, 0, 0]), row.astype(float))

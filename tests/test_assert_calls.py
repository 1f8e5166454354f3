"""Assertions about options, conventions and whole calls: of two twins the right one passes, and the wrong one is told its cause."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

import lossref
from lossref import catalog, golden
from lossref.formats import FLOAT64, FORMATS
from lossref.judge import alterations, live
from lossref.judge.ask import asked_of
from lossref.testing import assert_call_matches, assert_matches

F = np.float32
Z = np.array([-2.0, 0.25, 3.0, 7.0, -5.0, 1.5], F)
Y = np.array([0.0, 1.0, 0.0, 1.0, 0.0, 1.0], F)
W = np.array([0.5, 2.0, 1.0, 0.25, 3.0, 0.75], F)
LOGITS = np.array([[0.5, -1.25, 2.0], [3.0, 0.0, -2.0], [1.0, 1.5, -0.5], [-4.0, 2.5, 0.25]], F)
CLASSES = np.array([2, 0, 1, 0])


def softplus(z):
    return np.logaddexp(F(0), z).astype(F)


def sigmoid(z):
    return (1 / (1 + np.exp(-z))).astype(F)


def log_softmax(z):
    shifted = z - z.max(axis=1, keepdims=True)
    return (shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))).astype(F)


TERMS = np.where(Y == 1, softplus(-Z), softplus(Z))
SLOPES = np.where(Y == 1, -sigmoid(-Z), sigmoid(Z))
BCE = {"logits": Z, "target": Y}
SMOOTH = 0.1


def smoothed(n):
    share = (1 - F(SMOOTH)) * np.eye(3, dtype=F)[CLASSES] + F(SMOOTH) / F(n)
    return F(np.mean(-(share * log_softmax(LOGITS)).sum(axis=1)))


def positive(weight, *, whole):
    """The stable formula, its weight on both terms or on one; two of the examples of label 1 are on the wrong side."""
    z = -Z
    log_term, linear = np.log1p(np.exp(-np.abs(z))), np.maximum(-z, 0)
    factor = 1 + (weight - 1) * Y
    return F(np.mean((1 - Y) * z + factor * (log_term + linear) if whole else (1 - Y) * z + linear + factor * log_term))


# The wrong answer and the right one, the call, and a piece of the sentence that says what is wrong.
TWINS = {
    "count for weights": (
        F((W * TERMS).mean()), F((W * TERMS).sum() / W.sum()), "sigmoid_cross_entropy", BCE | {"sample_weight": W},
        "the mean is divided by the number of all examples, and not by the sum of the weights",
    ),
    "weights for count": (
        F((W * TERMS).sum() / W.sum()), F((W * TERMS).mean()), "sigmoid_cross_entropy", BCE | {"sample_weight": W, "denominator": "count"},
        "the mean is divided by the sum of the weights, and not by the number of all examples",
    ),
    "sum for mean": (F(TERMS.sum()), F(TERMS.mean()), "sigmoid_cross_entropy", BCE, "a sum, where a mean is asked for"),
    "weights left out": (
        F(TERMS.mean()), F((W * TERMS).sum() / W.sum()), "sigmoid_cross_entropy", BCE | {"sample_weight": W}, "sample_weight is left out",
    ),
    "pos_weight without the linear part": (
        positive(F(2.5), whole=False), positive(F(2.5), whole=True), "sigmoid_cross_entropy",
        {"logits": -Z, "target": Y, "pos_weight": 2.5},
        "misses the linear part max(-z, 0) of label 1",
    ),
    "smoothing by the batch": (
        smoothed(4), smoothed(3), "softmax_cross_entropy", {"logits": LOGITS, "target": CLASSES, "label_smoothing": float(F(SMOOTH))},
        "label smoothing divides by 4, the length of another axis, and not by 3 classes",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TWINS)
def test_the_right_twin_passes_and_the_wrong_one_is_told_its_cause(name):
    wrong, right, loss, given, sentence = TWINS[name]
    assert_call_matches(right, None, loss, **given)
    with pytest.raises(AssertionError, match=re.escape(sentence)):
        assert_call_matches(wrong, None, loss, **given)


def test_a_slope_over_the_wrong_denominator_is_told_so():
    given = BCE | {"sample_weight": W}
    assert_call_matches(None, (W * SLOPES / W.sum()).astype(F), "sigmoid_cross_entropy", **given)
    with pytest.raises(AssertionError, match="divided by the number of all examples, and not by the sum of the weights"):
        assert_call_matches(None, (W * SLOPES / F(6)).astype(F), "sigmoid_cross_entropy", **given)


P = np.array([0.25, 1 - 2**-22, 1.0, 2**-24, 0.75], F)
T = np.array([1.0, 0.0, 0.0, 1.0, 0.0], F)
CLIP = "clip probabilities to [1e-6, 1 - 1e-6]"


def clipped():
    p = np.clip(P, F(1e-6), 1 - F(1e-6))
    slope = np.where(p == P, np.where(T == 1, -1 / p, 1 / (1 - p)), F(0))  # none of them is at a bound
    return np.where(T == 1, -np.log(p), -np.log1p(-p)).astype(F), slope.astype(F)


def test_a_declared_clip_is_the_function_judged():
    values, slopes = clipped()
    given = {"probabilities": P, "target": T}
    assert_matches(values, slopes, "binary_cross_entropy", convention=CLIP, **given)
    assert_call_matches(F(values.mean()), slopes / F(5), "binary_cross_entropy", convention=[CLIP], **given)
    with pytest.raises(AssertionError, match=re.escape(f"judged  as the function that is declared: {CLIP}")):
        assert_matches(values * F(1.01), None, "binary_cross_entropy", convention=CLIP, **given)


def test_a_clip_that_is_not_declared_is_named():
    given = {"probabilities": P[[0, 1, 3, 4]], "target": T[[0, 1, 3, 4]]}
    exact = lossref.value("binary_cross_entropy", **given)
    assert_call_matches(F(exact.mean()), None, "binary_cross_entropy", **given)
    with pytest.raises(AssertionError, match=re.escape(f"convention='{CLIP}")):
        assert_call_matches(F(clipped()[0][[0, 1, 3, 4]].mean()), None, "binary_cross_entropy", **given)


@pytest.mark.whole
def test_a_long_sum_in_order_fails_and_a_pairwise_one_passes():
    """Three million rows, of which 300 are distinct."""
    draw = np.random.default_rng(3)
    pool = draw.normal(size=300).astype(F)
    z = pool[draw.integers(0, 300, 3_000_000)]
    y = (z > 0.5).astype(F)
    terms = lossref.value("sigmoid_cross_entropy", z, y).astype(F)
    count = F(len(z))
    assert_call_matches(F(np.sum(terms) / count), None, "sigmoid_cross_entropy", logits=z, target=y)
    with pytest.raises(AssertionError, match="adding 3000000 float32 numbers one after the other"):
        assert_call_matches(F(np.add.accumulate(terms)[-1] / count), None, "sigmoid_cross_entropy", logits=z, target=y)


@pytest.mark.sampled
def test_our_own_calls_pass_and_a_nudge_does_not(loss):
    """At golden calls: our value and gradient conform, and each moved by a hundredth does not."""
    called = [v for v in golden.read(loss, FLOAT64) if v.question.is_call and v.region in ("ordinary", "reduction")]
    for v in called[::9]:
        arrays, _ = asked_of([v])
        given = arrays | dict(v.question.options)
        value, gradient = lossref.value(loss.name, **given), lossref.gradient(loss.name, **given)
        assert_matches(value, gradient, loss.name, **given)
        if np.ndim(value) == 0 and value and math.isfinite(value):
            with pytest.raises(AssertionError):
                assert_matches(value * 1.01, None, loss.name, **given)


@pytest.mark.parametrize("kind", ["float64", "float32"])
@pytest.mark.whole
def test_a_call_is_judged_by_the_golden_answers(kind):
    """The sum of the examples' shares is the answer that was certified as a whole, its slopes and allowances too."""
    for name in ("softmax_cross_entropy", "sigmoid_cross_entropy", "gaussian_nll"):
        for v in golden.read(lossref.catalog.get(name), FORMATS[kind]):
            if not v.question.is_call or v.question.flag == "kinks":
                continue
            arrays, _ = asked_of([v])
            found = live.read_inputs(live.Asked(lossref.catalog.get(name), arrays | dict(v.question.options)))
            rows = [found.vectors[i].answer for i in found.which]
            values = [found.total.answer.value] if found.total else [row.value for row in rows]
            assert repr(tuple(x for part in values for x in part.rounded)) == repr(v.answer.value.rounded)
            if v.question.flag == "R16":
                continue
            assert [k for part in values for k in part.K] == pytest.approx(v.answer.value.K, rel=3e-3, abs=1e-300)
            for argument, part in v.answer.gradient.items():
                if v.region != "special":
                    assert tuple(x for row in rows for x in row.gradient[argument].rounded) == part.rounded
                    assert [k for row in rows for k in row.gradient[argument].K] == pytest.approx(part.K, rel=1e-9, abs=1e-300)


def test_classes_may_lie_on_another_axis():
    z = np.arange(24, dtype=F).reshape(2, 3, 4) ** F(1.5) / 8
    given = {"logits": z, "target": np.array([[0, 1, 2, 0], [2, 2, 1, -100]]), "ignore_index": -100, "class_weight": [0.5, 2.0, 1.0]}
    value, gradient = (
        part("softmax_cross_entropy", **given, class_axis=1, reduction="mean").astype(F) for part in (lossref.value, lossref.gradient)
    )
    assert gradient.shape == z.shape
    assert_call_matches(value, gradient, "softmax_cross_entropy", **given, class_axis=1)
    with pytest.raises(AssertionError, match=r"has shape \(2, 4, 3\), and \(2, 3, 4\) is wanted"):
        assert_call_matches(value, np.moveaxis(gradient, 1, -1), "softmax_cross_entropy", **given, class_axis=1)


def test_options_of_an_example_act_unreduced():
    given = BCE | {"sample_weight": W, "mask": Y == 1, "upstream": [1.0, -2.0, 0.0, 3.0, 1.0, 1.0]}
    kept = W * (Y == 1)
    slopes = kept * SLOPES * np.array(given["upstream"], F)
    assert_matches(kept * TERMS, slopes, "sigmoid_cross_entropy", **given)
    with pytest.raises(AssertionError, match="upstream is left out"):
        assert_matches(None, kept * SLOPES, "sigmoid_cross_entropy", **given)


def test_a_mean_over_nothing_is_what_is_asked_for():
    nothing = {"logits": Z, "target": Y, "mask": np.zeros(6, bool)}
    assert_call_matches(np.nan, None, "sigmoid_cross_entropy", **nothing)
    assert_call_matches(0.0, np.zeros(6), "sigmoid_cross_entropy", **nothing, empty="zero")
    with pytest.raises(AssertionError, match="6 of 6 numbers fail"):
        assert_call_matches(0.0, np.full(6, 1e-30), "sigmoid_cross_entropy", **nothing, empty="zero")
    assert_call_matches(np.nan, np.zeros(0), "sigmoid_cross_entropy", logits=Z[:0], target=Y[:0])
    with pytest.raises(AssertionError, match="1 of 1 numbers fail"):
        assert_call_matches(0.0, np.zeros(0), "sigmoid_cross_entropy", logits=Z[:0], target=Y[:0])


def test_what_is_masked_may_hold_anything():
    z = np.where(Y == 1, Z, np.nan).astype(F)
    kept = Y == 1
    mean = F(TERMS[kept].mean())
    assert_call_matches(mean, np.where(kept, SLOPES / F(3), 0).astype(F), "sigmoid_cross_entropy", logits=z, target=Y, mask=kept)
    with pytest.raises(AssertionError, match="NaN for a number"):
        assert_call_matches(mean, np.where(kept, SLOPES / F(3), np.nan), "sigmoid_cross_entropy", logits=z, target=Y, mask=kept)


def test_the_message_says_what_is_asked_and_how_to_ask_for_one_example():
    with pytest.raises(AssertionError) as caught:
        assert_call_matches(None, np.zeros(6, F), "sigmoid_cross_entropy", **BCE, sample_weight=W, reduction="sum")
    text = str(caught.value)
    assert "6 of 6 numbers fail in float32: 6 0, and the answer is not" in text
    assert "  options reduction sum, sample_weight [0.5, 2.0, 1.0, 0.25, 3.0, 0.75]" in text
    line = next(line for line in text.splitlines() if line.startswith("  try"))
    asked = eval(line.removeprefix("  try").removesuffix(".gradient"), {"lossref": lossref})
    slopes = lossref.gradient("sigmoid_cross_entropy", Z, Y) * W
    assert min(abs(slopes - float(asked.gradient[0]))) < 1e-15


def test_equal_examples_are_counted_and_judged_once():
    given = {"logits": np.array([1.0, 2.0, 1.0, 1.0, 1.0]), "target": np.zeros(5)}
    wrong = lossref.value("sigmoid_cross_entropy", **given) * np.array([1.5, 1.0, 1.5, 1.0, 1.5])
    with pytest.raises(AssertionError, match="3 of 5 numbers fail in float64: 3 beyond the level; 2 fine"):
        assert_matches(wrong, None, "sigmoid_cross_entropy", **given)


@pytest.mark.whole
def test_thousands_of_logits_are_judged():
    z = np.random.default_rng(5).normal(size=(1, 4096)).astype(F)
    given = {"logits": z, "target": [7]}
    value, gradient = lossref.value("softmax_cross_entropy", **given), lossref.gradient("softmax_cross_entropy", **given)
    assert_matches(value.astype(F), gradient.astype(F), "softmax_cross_entropy", **given)
    gradient[0, 4000] *= 1.001
    with pytest.raises(AssertionError, match="1 of 4096 numbers fail") as caught:
        assert_matches(None, gradient, "softmax_cross_entropy", **given)
    assert len(str(caught.value)) < 5000


WRONG_CALLS = [
    (AssertionError, "value and gradient are both None", (None, None), {}),
    (AssertionError, "the value has shape (6,), and () is wanted: one number, the call reduced", (TERMS, None), {}),
    (ValueError, "reduction must be one of", (0.0, None), {"reduction": "average"}),
    (ValueError, "sample_weight must have the shape of the batch", (0.0, None), {"sample_weight": [1.0, 2.0]}),
    (ValueError, "upstream must have the shape of the value, ()", (0.0, None), {"upstream": W}),
    (ValueError, "takes no class_weight", (0.0, None), {"class_weight": [1.0, 2.0]}),
    (ValueError, "is no convention; what can be said", (0.0, None), {"convention": "clip it"}),
    (ValueError, "has no axis of classes", (0.0, None), {"class_axis": 1}),
    (TypeError, "has no argument 'weight'", (0.0, None), {"weight": W}),
]


@pytest.mark.parametrize(("error", "sentence", "answers", "options"), WRONG_CALLS, ids=[c[1] for c in WRONG_CALLS])
def test_wrong_calls_get_a_sentence(error, sentence, answers, options):
    with pytest.raises(error, match=re.escape(sentence)):
        assert_call_matches(*answers, "sigmoid_cross_entropy", **BCE, **options)


def test_a_forgotten_return_is_no_pass():
    with pytest.raises(AssertionError, match="is a return missing"):
        assert_matches(None, None, "sigmoid_cross_entropy", **BCE)


def test_a_declared_function_too_wide_to_judge_gets_a_sentence():
    p = np.full((1, 128), 1 / 128)
    with pytest.raises(ValueError, match="examples of up to 64 components are judged, and one of 128 takes too long"):
        assert_matches([0.0], None, "kl_divergence", probabilities=p, target=p, convention="divide probabilities by their sum")


def test_no_bound_is_certified_for_a_nan(monkeypatch):
    monkeypatch.setattr(alterations, "_is_right", lambda *asked: pytest.fail(f"certified for a NaN: {asked[0].sentences}"))
    right = lossref.value("binary_cross_entropy", probabilities=[0.25, 0.5], target=[1.0, 0.0])
    with pytest.raises(AssertionError):
        assert_matches([math.nan, right[1]], None, "binary_cross_entropy", probabilities=[0.25, 0.5], target=[1.0, 0.0])
    with pytest.raises(AssertionError):
        assert_matches(None, [-4.0, math.nan], "binary_cross_entropy", probabilities=[0.25, 0.5], target=[1.0, 0.0])


def test_an_argument_without_slopes_is_clipped_with_one_slope_only():
    asked = live.Asked(catalog.get("ciou"), {})
    sentences = [other.sentences[0] for other, _ in alterations._clipped(asked)]
    assert len({s.split(", gradient")[0] for s in sentences}) == len(sentences) == len(alterations.EPS) + 1

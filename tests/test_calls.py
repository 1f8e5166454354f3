"""Whole calls: our own are B, every option is asked, and what is no answer or no option is said."""

import itertools
import json
import math
import re
import subprocess
import sys
import types
from functools import partial
from importlib.util import find_spec

import mpmath
import numpy as np
import pytest

import lossref
from lossref import batches, catalog, golden
from lossref.cli import main
from lossref.exact_inputs import fraction
from lossref.judge.measure import meets
from lossref.judge.outcome import has_answer
from lossref.judge.verdict import judge
from lossref.library import Implementation
from lossref.mutants.calls import cross_entropy
from lossref.values import flat

pytestmark = pytest.mark.sampled

PARTS = ("value", "gradient")
CALLED = [name for name in catalog.names() if catalog.get(name).is_called]
STANDING = [name for name in CALLED if catalog.get(name).stands_for_its_kind]


def vectors(name, form):
    return [v for v in golden.read(catalog.get(name), form) if v.question.is_call]


def implementation(call):
    """A call that returns value and gradient, as parts."""
    parts = {part: lambda k=k, **given: call(**given)[k] for k, part in enumerate(PARTS)}
    return Implementation(parts=parts, line=lambda *_: "", takes=lambda question: "" if question.is_call else "it takes calls only")


def judged(call, name, form):
    return judge(catalog.get(name), implementation(call), vectors(name, form), form)


def outcomes(verdict, level):
    """What does not meet a level, the worst first."""
    found = [o for part in verdict.parts.values() for o in part.worst_outcomes()]
    return [(o.part, o.grade, o.vector.question.options, o.raised, o.got) for o in found if not meets(o.grade, level)]


def ours(name):
    def call(**given):
        dtype = given[catalog.get(name).first].dtype
        value, slopes = lossref.value_and_gradient(name, **given)
        several = slopes if isinstance(slopes, tuple) else (slopes,)
        return value.astype(dtype), tuple(x.astype(dtype) for x in several)

    return call


@pytest.mark.whole
@pytest.mark.sampled(CALLED)
def test_our_own_calls_are_b(loss, form, listed):
    verdict = judged(ours(loss.name), loss.name, form)
    listed(outcomes(verdict, "B"))
    assert all(meets(part.headline(strict=True), "B") for part in verdict.parts.values())


def options_asked(name, form):
    return [set(v.question.call) - {"reduction", "empty"} for v in vectors(name, form)]


@pytest.mark.sampled(CALLED)
def test_every_option_stands_alone(loss, form):
    asked = options_asked(loss.name, form)
    options = set().union(*asked)
    assert {"denominator", "sample_weight", "mask", "upstream"} <= options
    assert all({option} in asked for option in options - {"smoothing"})  # it says how label_smoothing acts


@pytest.mark.parametrize("name", STANDING)
def test_every_two_options_stand_together(name, form):
    asked = options_asked(name, form)
    for pair in itertools.combinations(sorted(set().union(*asked)), 2):
        if set(pair) != {"ignore_index", "target_form"}:  # an index that is ignored is not a one-hot row
            assert any(set(pair) <= found for found in asked), pair


def test_every_reason_is_asked(form):
    several = (*STANDING, "huber")  # which has a parameter
    assert {v.question.flag for name in several for v in vectors(name, form)} >= set(batches.REASONS)


def test_one_loss_stands_for_each_kind_of_target():
    assert sorted(catalog.get(name).target for name in STANDING) == ["class", "number", "probability", "sign", "weights"]


def test_parameters_kinks_and_hessians_are_asked_of_calls(form):
    asked = vectors("huber", form)
    assert any("delta" in v.question.options for v in asked)
    assert any(v.answer.gradient["prediction"].interval for v in vectors("hinge", form))
    assert any(v.answer.hessian for v in asked)


def test_a_mean_does_not_overflow_and_its_order_does_not_matter():
    assert lossref.value("absolute_error", [1.7e308] * 4, [0.0] * 4, reduction="mean") == 1.7e308
    assert lossref.value("squared_error", [1.5e154, 2.0], [0.0, 0.0], reduction="mean", denominator=4) == 5.625000000000001e307
    rng = np.random.default_rng(3)
    f, y = rng.normal(size=500) * 2.0 ** rng.integers(-40, 40, 500), rng.normal(size=500)
    weights = rng.uniform(size=500)
    once = lossref.value("squared_error", f, y, reduction="mean", sample_weight=weights)
    order = rng.permutation(500)
    assert lossref.value("squared_error", f[order], y[order], reduction="mean", sample_weight=weights[order]) == once


def test_zero_weight_hides_what_is_not_a_number():
    logits, target = [[np.nan, 0.0], [1.0, 0.0]], [7, 0]
    for hide in ({"mask": [False, True]}, {"sample_weight": [0, 1]}, {"ignore_index": 7}):
        value, slope = lossref.value_and_gradient("softmax_cross_entropy", logits, target, reduction="mean", **hide)
        assert value == lossref.value("softmax_cross_entropy", logits[1], 0)
        assert slope[0].tolist() == [0, 0]


@pytest.mark.parametrize("name", ["squared_error", "softmax_cross_entropy"])
def test_the_slope_of_a_mean_over_nothing_that_is_nan_is_not_judged(name, form):
    nothing = [v for v in vectors(name, form) if v.question.flag == "left_out" and np.isnan(v.answer.value.rounded).any()]
    assert nothing
    assert all(has_answer(v, "value") and not has_answer(v, "gradient") for v in nothing)


def test_losses_of_one_argument_and_options_of_each_example_are_reduced_too():
    assert lossref.value("entropy", [[0.5, 0.5], [1.0, 0.0]], reduction="mean", denominator="count") == np.log(2) / 2
    assert lossref.gradient("l2_penalty", [[3.0, 4.0]], reduction="sum").tolist() == [[3, 4]]
    value, slope = lossref.value_and_gradient("huber", [1.0, 5.0, 9.0], [0.0] * 3, delta=[1.0, 2.0, 3.0], reduction="sum", mask=[1, 0, 1])
    assert value == lossref.value("huber", 1.0, 0.0, delta=1.0) + lossref.value("huber", 9.0, 0.0, delta=3.0)
    assert slope.tolist() == [1, 0, 3]


@pytest.mark.whole
@pytest.mark.sampled(CALLED)
def test_the_oracle_answers_calls_like_the_golden_set(loss, form, listed):
    """Over mpmath, apart from the certifier that wrote them; a batch is given as plain lists."""
    wrong = []
    for v in vectors(loss.name, form)[::7]:
        found, slopes = v.answer.value.rounded, [part.rounded for part in v.answer.gradient.values()]
        if v.question.flag in ("hidden", "single") or None in slopes or not all(map(math.isfinite, flat((found, slopes)))):
            continue
        answer = lossref.oracle(loss.name, digits=30, **v.question.inputs, **v.question.options)
        gradient = answer.gradient.values() if len(loss.differentiable) > 1 else [answer.gradient]
        exact = [*flat(answer.value), *(g for slope in gradient for g in flat(slope))]
        if [rounded(y, form) for y in exact] != [*found, *(g for slope in slopes for g in slope)]:
            wrong.append((v.question.options, exact, found, slopes))
    listed(wrong)


def rounded(y, form):
    """An mpmath number in a format: 0 where it is so small that it has no fraction of reasonable size."""
    return 0.0 if y and mpmath.mag(y) < -20_000 else float(form.round(fraction(y)))


def test_the_oracle_of_a_call_says_what_it_cannot_take():
    hidden = lossref.oracle("huber", ["nan", 1], [0, 0], reduction="sum", mask=[False, True], certified=find_spec("flint") is not None)
    assert (float(hidden.value), tuple(map(float, hidden.gradient))) == (0.5, (0, 1))
    assert lossref.oracle("hinge", [1, 2], [1, 1], reduction="sum").interval == ((-1, 0), (0, 0))
    assert math.isnan(lossref.oracle("huber", [1], [1], reduction="mean", mask=[False]).value)
    assert lossref.oracle("hinge", 1, 1, reduction="sum").interval == ((-1, 0),)
    assert [float(x) for x in lossref.oracle("huber", ["inf", 0.5], [0, 0], reduction="sum").gradient] == [1, 0.5]
    with pytest.raises(ValueError, match="takes NaN only where a mask or a weight of 0 hides it"):
        lossref.oracle("huber", ["nan", 1], [0, 0], reduction="sum")
    with pytest.raises(ValueError, match=re.escape("target must be -1 or 1, and is 2.0 at index 1")):
        lossref.oracle("hinge", [1, 1], [1, 2], reduction="sum")


def returns(answer):
    def call(prediction, target, **options):
        print("hello from the implementation")
        return answer(prediction, target), None

    return call


def spoil(prediction, target):
    prediction[:] = 0
    return np.abs(prediction - target).mean()


@pytest.mark.parametrize(("answer", "words"), [
    (lambda prediction, target: np.array("abc"), "returned <U3 where floats are wanted"),
    (lambda prediction, target: np.abs(prediction - target).mean() + 0j, "returned complex128 where floats are wanted"),
    (spoil, "changed its input prediction in place"),
], ids=["text", "complex", "in place"])  # fmt: skip
def test_what_is_no_answer_to_a_call_is_said(capsys, monkeypatch, answer, words):
    strangers = types.ModuleType("strangers")
    strangers.mine = types.SimpleNamespace(value=None, call=returns(answer))
    monkeypatch.setitem(sys.modules, "strangers", strangers)
    assert main(["calls", "strangers:mine", "--loss", "absolute_error", "--json"]) == 1
    (entry,) = json.loads(capsys.readouterr().out)["losses"]
    assert words in entry["parts"]["value"]["worst"][0]["got"]


def test_leading_axes_stay():
    logits, target = np.zeros((2, 3, 4)), np.zeros((2, 3), int)
    value, slope = lossref.value_and_gradient("softmax_cross_entropy", logits, target, reduction="mean", denominator="batch")
    assert value == pytest.approx(6 * np.log(4) / 2, rel=1e-12, abs=0)
    assert slope.shape == logits.shape
    assert lossref.value("softmax_cross_entropy", logits, target, reduction="none").shape == (2, 3)
    assert np.isnan(lossref.value("squared_error", [], [], reduction="mean"))
    assert lossref.value("squared_error", [], [], reduction="mean", empty="zero") == 0


@pytest.mark.whole
def test_the_command_shows_grades_and_a_line_for_each_worst_call(capsys, monkeypatch):
    assert main(["calls", "lossref", "--level", "B", "--strict", *(f"--loss={name}" for name in CALLED[::12])]) == 0
    assert "conforms at level B" in capsys.readouterr().out
    strangers = types.ModuleType("strangers")
    strangers.mine = types.SimpleNamespace(value=None, call=partial(cross_entropy, fault="mean_over_all"))
    monkeypatch.setitem(sys.modules, "strangers", strangers)
    assert main(["calls", "strangers:mine", "--loss", "softmax_cross_entropy", "--json"]) == 1
    (entry,) = json.loads(capsys.readouterr().out)["losses"]
    assert (entry["parts"]["value"]["grade"], entry["refused"]) == ("F", 0)
    worst = entry["parts"]["value"]["worst"]
    assert worst
    assert all("strangers.mine.call(logits=np.array(" in found["line"] for found in worst)
    assert main(["calls", "strangers:mine", "--loss", "softmax_cross_entropy"]) == 1
    assert "differs at level B" in capsys.readouterr().out
    assert main(["calls", "scipy"]) == 2
    assert "makes no calls of these losses" in capsys.readouterr().err


@pytest.mark.skipif(not find_spec("torch"), reason="torch is not installed")
def test_torch_divides_and_weighs_as_its_options_say(capsys, form):
    """What torch has options for conforms at C; the slope of a mean over nothing is not judged; its mean overflows with its sum.

    What does not: autograd through the documented clamp, the eps that cosine_embedding_loss adds and does not document (not in
    float32, where it failed at a vector of zeros alone, of which its documentation says nothing), and soft_margin_loss, whose exp
    overflows far on the wrong side of the margin.
    """
    assert main(["calls", "torch", "--level", "C", "--format", form.name, "--json"]) == 1
    losses = json.loads(capsys.readouterr().out)["losses"]
    below = {(entry["loss"], part) for entry in losses for part, found in entry["parts"].items() if not found["conforms"]}
    assert {("logistic", "value"), ("logistic", "gradient")} <= below
    assert (("cosine_embedding", "gradient") in below) == (form.name == "float64")
    others = {(loss, part) for loss, part in below if loss != "logistic"}
    assert others - {("cosine_embedding", "value")} <= {("binary_cross_entropy", "hessian"), ("cosine_embedding", "gradient")}
    assert main(["calls", "torch", "--format", form.name, "--loss", "half_squared_error", "--strict", "--json"]) == 1
    (entry,) = json.loads(capsys.readouterr().out)["losses"]
    worst = entry["parts"]["value"]["worst"][0]
    assert (worst["flag"], worst["got"]["decimal"]) == ("overflow", "inf")
    assert printed_by(worst["line"]).startswith("tensor(inf")


def printed_by(line):
    return subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=True).stdout.strip()


BAD = [
    ("softmax_cross_entropy", {"reduction": "avg"}, "reduction must be one of none, sum, mean, and is 'avg'"),
    ("softmax_cross_entropy", {"reduction": "mean", "denominator": "n"}, "denominator must be one of weights, kept, count, batch"),
    ("softmax_cross_entropy", {"reduction": "mean", "denominator": 0}, "denominator must be a number above 0"),
    ("softmax_cross_entropy", {"label_smoothing": 1.5}, "label_smoothing must be a number in [0, 1], and is 1.5"),
    ("softmax_cross_entropy", {"sample_weight": [1, np.inf]}, "sample_weight must be finite everywhere"),
    ("softmax_cross_entropy", {"sample_weight": [1, 1, 1]}, "sample_weight must have the shape of the batch, (2,), and has (3,)"),
    ("softmax_cross_entropy", {"class_weight": [1, 1]}, "class_weight must have one entry for each of 3 classes"),
    ("softmax_cross_entropy", {"pos_weight": 2.0}, "takes no pos_weight: its target has nothing that it could act on"),
    ("softmax_cross_entropy", {"target_form": "sign"}, "target_form must be one of index, one_hot, soft, and is 'sign'"),
    ("softmax_cross_entropy", {"target_form": "one_hot"}, "target must have one entry a class in target_form one_hot"),
    ("negative_log_likelihood", {"label_smoothing": 0.1}, "takes no label_smoothing: its target is one class"),
    ("hinge", {"label_smoothing": 0.1}, "takes no label_smoothing: its target has nothing"),
    ("hinge", {"target_form": "binary"}, "in target_form binary a target must be 0 or 1, and is -1.0"),
    ("squared_error", {"class_weight": [1.0]}, "takes no class_weight"),
    ("squared_error", {"upstream": [1.0, 2.0, 3.0]}, "upstream must have the shape of the value, (2,), and has (3,)"),
]
ARGUMENTS = {
    "softmax_cross_entropy": ([[1.0, 2.0, 3.0]] * 2, [0, 1]),
    "negative_log_likelihood": ([[-1.0, -2.0, -3.0]] * 2, [0, 1]),
    "hinge": ([1.0, 2.0], [-1, 1]),
    "squared_error": ([1.0, 2.0], [1.0, 2.0]),
}


@pytest.mark.parametrize(("name", "options", "words"), BAD)
def test_bad_options_are_named(name, options, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        lossref.value_and_gradient(name, *ARGUMENTS[name], **options)

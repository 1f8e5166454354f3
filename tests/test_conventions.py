"""Declared conventions: the verdict is that of exactly the declared function, no more lenient, and none is declared for nothing."""

import json
import sys
import types
from dataclasses import replace
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from declaring import (
    BINARY,
    EPS,
    KERAS,
    SIGMOID,
    THROUGH,
    TORCH,
    UNCLIPPED,
    asked,
    counted,
    floored,
    grades,
    ours,
    scaled,
    shifted,
    slope,
    value,
    vectors,
    verdict,
    wide,
    with_another_axis,
)

import lossref
from lossref import catalog
from lossref.cli import main
from lossref.conventions.formula import ConventionError
from lossref.conventions.grammar import parse
from lossref.exact import balls
from lossref.formats import FLOAT64
from lossref.judge.declared import declared
from lossref.judge.measure import meets


def ends(p, eps=EPS):
    return float(p.dtype.type(eps)), float(p.dtype.type(1) - p.dtype.type(eps))


def torch_value(probabilities, target):
    p, y = map(np.float64, (probabilities, target))
    return -(y * np.maximum(np.log(p), -100) + (1 - y) * np.maximum(np.log1p(-p), -100))


def torch_gradient(probabilities, target):
    p, y = np.float64(probabilities), np.float64(target)
    return (p - y) / np.maximum(p * (1 - p), float(probabilities.dtype.type(1e-12)))


def clipped_value(probabilities, target, eps=EPS):
    return lossref.value(BINARY, np.clip(np.float64(probabilities), *ends(probabilities, eps)), target)


def clipped_at_eps(probabilities, target):
    return clipped_value(probabilities, target, np.finfo(probabilities.dtype).eps)


def clipped_gradient(probabilities, target, eps=EPS, outside=0.0):
    low, high = ends(probabilities, eps)
    inside = (probabilities >= low) & (probabilities <= high)
    return np.where(inside, 1.0, outside) * lossref.gradient(BINARY, np.clip(np.float64(probabilities), low, high), target)


def keras_categorical(probabilities, target):
    low, high = ends(probabilities)
    p = np.float64(probabilities)
    p = np.clip(p / p.sum(axis=1, keepdims=True), low, high)
    return -np.where(target > 0, target * np.log(p), 0).sum(axis=1)


def added_value(probabilities, target):
    p, y, eps = np.float64(probabilities), np.float64(target), ends(probabilities)[0]
    other = np.where(p > 0.5, np.log((1 - p) + eps), np.log1p(eps - p))
    return -y * np.log1p((p - 1) + eps) * (p > 0.5) - y * np.log(p + eps) * (p <= 0.5) - (1 - y) * other


def added_gradient(probabilities, target):
    p, y, eps = np.float64(probabilities), np.float64(target), ends(probabilities)[0]
    return ((p - y) + eps * (1 - 2 * y)) / ((p + eps) * ((1 - p) + eps))


def flushed(function):
    return lambda **arrays: (lambda y: np.where(np.abs(y) < np.finfo(y.dtype).tiny, 0, y))(function(**arrays))


def flushing_inputs(function):
    def small(x):
        return np.where(np.abs(x) < np.finfo(x.dtype).tiny, x.dtype.type(0), x) if x.dtype.kind == "f" else x

    return lambda **arrays: function(**{name: small(x) for name, x in arrays.items()})


CASES = {  # a right implementation of a convention: loss, what is declared, the parts
    "torch": (BINARY, TORCH, {"value": wide(torch_value), "gradient": wide(torch_gradient)}),
    "clamp": (BINARY, "clamp log at -100", {"value": wide(torch_value)}),
    "keras": (BINARY, KERAS, {"value": wide(clipped_value), "gradient": wide(clipped_gradient)}),
    "through": (BINARY, THROUGH, {"value": wide(clipped_value), "gradient": wide(lambda **a: clipped_gradient(**a, outside=1.0))}),
    "unclipped": (BINARY, UNCLIPPED, {"value": wide(clipped_value), "gradient": ours("gradient")}),
    "sklearn": (BINARY, "clip probabilities to [eps, 1 - eps]", {"value": wide(clipped_at_eps)}),
    "smoothing": (BINARY, "add 1e-7 inside log", {"value": wide(added_value), "gradient": wide(added_gradient)}),
    "inside the root": ("triplet_margin", "add 1e-6 inside sqrt", {part: with_another_axis(part) for part in ("value", "gradient")}),
    "in each difference": ("triplet_margin", "add 1e-6 to anchor", {part: shifted(part) for part in ("value", "gradient")}),
    "floor": ("gaussian_nll", "clip variance to [1e-6, inf], gradient through", {part: floored(part) for part in ("value", "gradient")}),
    "half": ("squared_error", "factor 1/2", scaled(0.5, "squared_error")),
    "bits": (BINARY, "log base 2", scaled(1 / np.log(2), BINARY)),
    "flush answers": (SIGMOID, "flush subnormal answers to zero", {p: flushed(ours(p, SIGMOID)) for p in ("value", "gradient")}),
    "flush inputs": ("xlogy", "flush subnormal inputs to zero", {"value": flushing_inputs(ours("value", "xlogy"))}),
    "constant Hessian": ("absolute_error", "hessian 1", {"hessian": lambda prediction, target: np.ones_like(prediction)}),
    "Hessian floor": (SIGMOID, "hessian at least 1e-16", {"hessian": lambda **a: np.maximum(ours("hessian", SIGMOID)(**a), 1e-16)}),
    "Hessian factor": ("softplus", "hessian times 2", {"hessian": lambda **arrays: 2 * ours("hessian", "softplus")(**arrays)}),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.whole
def test_right_implementation_meets_b_with_its_convention_declared_and_not_without(case, form):
    name, sentence, parts = CASES[case]
    of = vectors(name, form)[:: 12 if catalog.get(name).arguments[catalog.get(name).first].axes else 1]  # vectors take long to certify
    found = verdict(name, parts, sentence, form=form, of=of)
    assert meets(counted(found), "B"), grades(found, strict=True)
    assert [d.needless for d in found.declarations] == [""]
    assert not meets(counted(verdict(name, parts, form=form, of=of)), "B")


LIMITS = (EPS, 1 - EPS)
BUGS = {  # in code that computes the convention, but for one fault
    "another eps": (BINARY, KERAS, {"value": wide(lambda **arrays: clipped_value(**arrays, eps=1.1e-7))}),
    "slope outside": (BINARY, KERAS, {"value": wide(clipped_value), "gradient": wide(lambda **a: clipped_gradient(**a, outside=1.0))}),
    "one end only": (BINARY, KERAS, {"value": lambda probabilities, target: lossref.value(BINARY, np.maximum(probabilities, EPS), target)}),
    "digits lost": (BINARY, KERAS, {"value": lambda probabilities, target: -np.log(np.abs(1 - target - np.clip(probabilities, *LIMITS)))}),
    "another clamp": (BINARY, TORCH, {"value": lambda **a: np.minimum(torch_value(**a), 99)}),
    "exact gradient": (BINARY, TORCH, {"value": torch_value, "gradient": ours("gradient")}),
    "one term": (BINARY, "add 1e-7 inside log", {"value": lambda probabilities, target: -target * np.log(probabilities + EPS)}),
    "slope not halved": ("squared_error", "factor 1/2", {**CASES["half"][2], "gradient": ours("gradient", "squared_error")}),
    "another constant": ("absolute_error", "hessian 1", {"hessian": lambda prediction, target: np.full_like(prediction, 2.0)}),
}


@pytest.mark.parametrize("case", BUGS)
def test_a_bug_inside_a_declared_function_is_still_found(case):
    name, sentence, parts = BUGS[case]
    assert not meets(counted(verdict(name, parts, sentence)), "B")


def hinge_with(at_kink):
    def gradient(prediction, target):
        margin = target * prediction
        return np.where(margin == 1, -at_kink * target, np.where(margin < 1, -target, 0.0))

    return {"gradient": gradient}


@pytest.mark.parametrize(("rule", "share"), [("flatter", 0.0), ("steeper", 1.0), ("middle", 0.5)])
def test_a_kink_choice_asks_for_exactly_that_slope(rule, share):
    sentence = f"at a kink the {rule} slope"
    for other in (0.0, 0.5, 1.0):
        assert grades(verdict("hinge", hinge_with(other)))["gradient"] == "A+"  # undeclared, all of the box is right
        found = verdict("hinge", hinge_with(other), sentence)
        assert found.declarations[0].needless == ""
        assert (grades(found)["gradient"] == "A+") == (share == other)


def test_kink_ends_are_lower_and_upper_whatever_their_size():
    loss = catalog.get("absolute_error")
    corners = [v for v in vectors(loss.name) if slope(v).rounded is None and slope(v).interval]
    for rule, chosen in (("lower", -1.0), ("upper", 1.0), ("middle", 0.0), ("flatter", 0.0)):
        (corner,) = declared(loss, (parse(f"at a kink the {rule} slope"),), corners[:1], FLOAT64)
        assert (slope(corner).rounded, slope(corner).interval) == ((chosen,), None)
    with pytest.raises(ConventionError, match="equally steep"):
        declared(loss, (parse("at a kink the steeper slope"),), corners, FLOAT64)


def by_hand(m, p, y, sentence):
    """Binary cross-entropy under a convention, in 80 digits."""
    low, high = Fraction(EPS), Fraction(1 - EPS)
    if sentence == KERAS:
        p = min(max(p, low), high)
    terms = []
    for weight, q in ((y, p), (1 - y, 1 - p)):
        if "add" in sentence:
            q += low
        logarithm = m.log(m.mpf(q.numerator) / q.denominator) if q else m.mpf("-inf")
        if "clamp" in sentence:
            logarithm = max(logarithm, m.mpf(-100))
        terms.append(m.mpf(weight.numerator) / weight.denominator * logarithm if weight else m.mpf(0))
    return -sum(terms) / (m.log(2) if "base" in sentence else 1)


@pytest.mark.parametrize("sentence", [TORCH, KERAS, "add 1e-7 inside log", "log base 2"])
def test_declared_answers_are_the_correctly_rounded_ones_of_the_declared_formula(sentence):
    with mpmath.workdps(80):
        found = [v for v in declared(catalog.get(BINARY), (parse(sentence),), vectors(BINARY), FLOAT64) if v.region != "special"]
        assert len(found) > 95
        for v in found:
            p, y = (Fraction(v.question.inputs[name]) for name in ("probabilities", "target"))
            right = by_hand(mpmath.mp, p, y, sentence)
            assert value(v) == float(right), v
            if mpmath.isfinite(right) and value(v):
                exact = v.answer.value.exact(0, FLOAT64)
                assert abs(exact - Fraction(int(right * 2**200), 2**200)) <= FLOAT64.ulp(exact) / 2**16 + Fraction(1, 2**199)


@pytest.mark.parametrize("sentence", [TORCH, KERAS])
def test_where_a_convention_does_nothing_the_vector_is_the_golden_one(sentence):
    """Answers, residuals, intervals, allowances and sizes, so errors there are judged as they were; a slope in words has no Hessian."""
    inside = [v for v in vectors(BINARY) if 1e-6 < v.question.inputs["probabilities"] < 1 - 1e-6]
    without = [replace(v, answer=replace(v.answer, hessian={})) for v in inside] if sentence == TORCH else inside
    assert declared(catalog.get(BINARY), (parse(sentence),), inside, FLOAT64) == without


def test_a_slope_given_in_words_brings_its_own_allowance_and_promises_no_hessian():
    """Where p (1 - p) < d the gradient is (p - y) / d: it moves by 1 / d with p, and with a soft y."""
    below = [v for v in vectors(BINARY) if 0 < v.question.inputs["probabilities"] < 1e-13]
    assert len(below) > 5
    for v in declared(catalog.get(BINARY), (parse(TORCH),), below, FLOAT64):
        ulps = [FLOAT64.ulp(Fraction(x)) for x in v.question.inputs.values() if x not in (0, 1)]
        assert slope(v).K[0] == pytest.approx(float(sum(ulps)) / 1e-12, rel=1e-15, abs=0)
        assert not v.answer.hessian


def test_at_infinite_inputs_a_declared_function_has_its_own_limits():
    special = [v for v in vectors("huber") if v.region == "special" and not np.isnan(value(v))]
    doubled = declared(catalog.get("huber"), (parse("factor 2"),), special, FLOAT64)
    assert [(value(v), *slope(v).rounded) for v in doubled] == [(2 * value(v), *(2 * g for g in slope(v).rounded)) for v in special]
    (raised,) = declared(catalog.get("sigmoid_cross_entropy"), (parse("clip logits to [-30, inf]"),),
                         [asked(catalog.get("sigmoid_cross_entropy"), {"logits": float("-inf"), "target": 1.0})], FLOAT64)  # fmt: skip
    assert (value(raised), slope(raised).rounded) == (30.000000000000094, (0.0,))


def test_sum_and_clip_act_in_this_order_however_they_are_declared():
    both = ("divide probabilities by their sum", KERAS)
    parts = {"value": wide(keras_categorical)}
    for sentences in (both, both[::-1]):
        found = verdict("categorical_cross_entropy", parts, *sentences, of=vectors("categorical_cross_entropy")[-60:])
        assert meets(grades(found)["value"], "B")
        assert [d.needless for d in found.declarations][sentences.index(KERAS)] == ""


def test_slopes_of_a_division_by_the_sum_vanish_along_the_vector():
    """L(c p) = L(p), so sum p_j dL/dp_j = 0: Euler's identity, which the undeclared gradient breaks."""
    loss = catalog.get("categorical_cross_entropy")
    for v in declared(loss, (parse("divide probabilities by their sum"),), vectors(loss.name)[:40], FLOAT64):
        if v.region != "special" and all(map(np.isfinite, slope(v).rounded)):
            terms = [Fraction(p) * Fraction(g) for p, g in zip(v.question.inputs["probabilities"], slope(v).rounded, strict=True)]
            assert abs(sum(terms)) <= sum(map(abs, terms)) * Fraction(2) ** -50


def outside():
    """How many golden vectors KERAS cuts."""
    return sum(not EPS <= v.question.inputs["probabilities"] <= 1 - EPS and v.region != "special" for v in vectors(BINARY))


def test_cost_is_the_share_of_vectors_moved_by_more_than_the_level():
    (keras,) = verdict(BINARY, CASES["keras"][2], KERAS).declarations
    assert keras.moved("B") == outside()
    assert len(keras.shifts) == len(vectors(BINARY))
    assert keras.moved("D") <= keras.moved("C") <= keras.moved("B") <= keras.moved("A+")
    (kink,) = verdict("hinge", hinge_with(0.0), "at a kink the flatter slope").declarations
    assert kink.moved("B") == 0


NEEDLESS = [
    (BINARY, {"value": ours("value"), "gradient": ours("gradient")}, KERAS, "not needed"),
    (BINARY, {"value": ours("value")}, "clamp log at -1e6", "not needed"),
    (BINARY, {"value": ours("value")}, "clip target to [0, 1]", "moves none"),
    (BINARY, {"value": ours("value")}, "hessian 1", "moves none"),
    ("squared_error", {"value": ours("value", "squared_error")}, "factor 1", "moves none"),
    ("squared_error", {"value": ours("value", "squared_error")}, "factor 2", "not needed"),
    ("squared_error", scaled(1 + 2**-52, "squared_error"), "factor 1.0000000000000002", "not needed"),
    ("squared_error", {"gradient": ours("gradient", "squared_error")}, "at a kink the lower slope", "moves none"),
    (BINARY, {"value": ours("value"), "gradient": ours("gradient")}, "add 1e-300 inside log", "not needed"),
]


@pytest.mark.parametrize(("name", "parts", "sentence", "words"), NEEDLESS)
def test_a_declaration_that_is_not_needed_is_told(name, parts, sentence, words):
    (found,) = verdict(name, parts, sentence).declarations
    assert words in found.needless


def test_of_two_declarations_the_idle_one_is_named():
    needed, idle = verdict(BINARY, CASES["keras"][2], KERAS, "clamp log at -100").declarations
    assert needed.needless == ""
    assert "clamp log at -100" in idle.needless


@pytest.fixture
def module(monkeypatch):
    strangers = types.ModuleType("strangers")
    strangers.mine = types.SimpleNamespace(value=clipped_value, gradient=clipped_gradient)
    monkeypatch.setitem(sys.modules, "strangers", strangers)
    return strangers


def check(capsys, *arguments):
    status = main(["check", "strangers:mine", "--loss", BINARY, "--level", "B", *arguments])
    captured = capsys.readouterr()
    return status, captured.out or captured.err


@pytest.mark.usefixtures("module")
def test_the_command_line_declares_and_prints_the_cost(capsys):
    assert check(capsys)[0] == 1
    status, text = check(capsys, "--convention", f"{BINARY}: {KERAS}")
    assert status == 0
    moved, total = outside(), len(vectors(BINARY))  # its calls are left out: it has no options
    cost = f"it moves {moved} of {total} vectors ({moved / total:.1%}) by more than level B allows"
    assert f"declares '{parse(KERAS).sentence}': {cost}" in text
    status, out = check(capsys, "--convention", f"{BINARY}: {KERAS}", "--json")
    (entry,) = json.loads(out)["losses"]
    facts = {"sentence": parse(KERAS).sentence, "moved": moved, "vectors": total, "share": moved / total, "needless": False}
    assert entry["conventions"] == [facts]


UNUSABLE = {
    "hinge: factor 2": "not judged in this run",
    KERAS: "LOSS: SENTENCE",
    f"{BINARY}: clip": "what can be said: clip ARGUMENT to",
    f"{BINARY}: clip p to [0, 1]": "has no argument p",
}


@pytest.mark.usefixtures("module")
@pytest.mark.parametrize(("declaration", "words"), UNUSABLE.items())
def test_the_command_line_answers_bad_declarations_in_one_line(capsys, declaration, words):
    status, message = check(capsys, "--convention", declaration)
    assert (status, message.count("\n")) == (2, 1)
    assert words in message


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    ("sentence", "words"), [("factor 1", "declared for nothing"), ("clip probabilities to [0, 1]", "not needed")]
)
def test_a_needless_declaration_is_a_remark_and_fails_only_a_strict_run(capsys, monkeypatch, sentence, words, strict):
    strangers = types.ModuleType("strangers")
    strangers.mine = types.SimpleNamespace(value=ours("value"), gradient=ours("gradient"))
    monkeypatch.setitem(sys.modules, "strangers", strangers)
    status, text = check(capsys, "--convention", f"{BINARY}: {sentence}", *(["--strict-declarations"] if strict else []))
    assert status == int(strict)
    assert words in text


@pytest.mark.usefixtures("module")
def test_a_needless_declaration_hides_no_failure(capsys):
    """A clip that the code gets wrong moves nothing: the failure is shown."""
    status, text = check(capsys, "--convention", f"{BINARY}: factor 2")
    assert status == 1
    assert f"differs at level B in float64: {BINARY} falls below it" in text


@pytest.mark.usefixtures("module")
def test_the_same_answers_are_graded_as_declared_and_by_the_formula(capsys):
    declaration = ("--convention", f"{BINARY}: {KERAS}", "--json")
    (entry,) = json.loads(check(capsys, *declaration)[1])["losses"]
    (plain,) = json.loads(check(capsys, "--json")[1])["losses"]
    assert entry["conforms"]
    for part, found in entry["parts"].items():
        assert meets(found["grade"], "B")
        assert found["mathematics"] == plain["parts"][part]["grade"] == plain["parts"][part]["mathematics"]
        assert not meets(found["mathematics"], "B")


def test_without_python_flint_the_declared_function_is_the_same(monkeypatch):
    chosen = vectors(BINARY)[:10]
    proved = declared(catalog.get(BINARY), (parse(KERAS),), chosen, FLOAT64)
    monkeypatch.setattr(balls, "INSTALLED", False)
    assert [v.answer for v in declared(catalog.get(BINARY), (parse(KERAS),), chosen, FLOAT64)] == [v.answer for v in proved]
    assert len(declared(catalog.get("hinge"), (parse("at a kink the flatter slope"),), vectors("hinge"), FLOAT64)) == len(vectors("hinge"))
    jumps = vectors("xlogy")
    assert len(declared(catalog.get("xlogy"), (parse("at a jump any slope"),), jumps, FLOAT64)) == len(jumps)

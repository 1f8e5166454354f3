"""Branches past a documented point: the declared answers are those of another formula there, and of the loss before; and jumps."""

from dataclasses import replace

import mpmath
import numpy as np
import pytest
from declaring import counted, grades, ours, slope, value, vectors, verdict, wide

import lossref
from lossref import catalog, golden
from lossref.conventions.formula import Clip, Convention, ConventionError
from lossref.conventions.grammar import parse
from lossref.exact.answer import answer
from lossref.formats import FLOAT64
from lossref.judge.declared import declared, leaves
from lossref.judge.measure import meets
from lossref.spec import Vector

ABOVE, BELOW = "x itself above 20", "x itself below -10"
LINEAR, EASY = "the cosine less m sin m past an angle of pi - m", "the cosine itself past a right angle"


def beyond(part, name, at):
    """1 for the slope and 0 for the bend of x itself."""
    other = {"value": lambda x: x, "gradient": np.ones_like, "hessian": np.zeros_like}[part]
    return lambda x: np.where(np.sign(at) * x > abs(at), other(x), ours(part, name)(x=x))


def angular(part, rule):
    """Past the point the loss is am_softmax, whose margin is taken off the cosine: m sin m, or nothing."""

    def of(cosines, target, margin, scale):
        c = np.take_along_axis(cosines, target[:, None], axis=1)[:, 0]
        less, is_past = (0.0, c <= 0) if rule == EASY else (margin * np.sin(margin), c <= -np.cos(margin))
        given = np.float64(cosines), target
        inner = getattr(lossref, part)("arcface", *given, margin=margin, scale=scale)
        outer = getattr(lossref, part)("am_softmax", *given, margin=less, scale=scale)
        return np.where(is_past if part == "value" else is_past[:, None], outer, inner)

    return wide(of)


SIGMOIDS, SOFTMAXES = "clip sigmoid to [1e-7, 1 - 1e-7]", "clip softmax to [1e-7, 1 - 1e-7]"


def ends(x):
    return float(x.dtype.type(1e-7)), float(x.dtype.type(1) - x.dtype.type(1e-7))


def cut_sigmoid(part):
    """At a bound the loss is that of the probability there, and flat."""

    def of(logits, target):
        low, high = ends(logits)
        p = 1 / (1 + np.exp(-np.float64(logits)))
        inner = getattr(lossref, part)("sigmoid_cross_entropy", np.float64(logits), target)
        outer = lossref.value("binary_cross_entropy", np.clip(p, low, high), target) if part == "value" else 0
        return np.where((p < low) | (p > high), outer, inner)

    return wide(of)


def cut_softmax(part):
    def of(logits, target):
        value = lossref.value("softmax_cross_entropy", np.float64(logits), target)
        low, high = -np.log(ends(logits))[::-1]
        inside = (value > low) & (value < high)
        return np.clip(value, low, high) if part == "value" else inside[:, None] * lossref.gradient("softmax_cross_entropy", logits, target)

    return wide(of)


def cut_focal(part):
    """A loss that sees the share twice: the loss of the share at a bound, and flat."""

    def of(logits, target, gamma, alpha):
        cross, (low, high) = lossref.value("softmax_cross_entropy", np.float64(logits), target), ends(logits)
        inside, share = (cross > -np.log(high)) & (cross < -np.log(low)), np.clip(np.exp(-cross), low, high)
        own = getattr(lossref, part)("categorical_focal_cross_entropy", np.float64(logits), target, gamma=gamma, alpha=alpha)
        outer = -alpha * np.where(share < 0.5, np.exp(gamma * np.log1p(-share)), (1 - share) ** gamma) * np.log(share)
        return np.where(inside, own, outer) if part == "value" else inside[:, None] * own

    return wide(of)


CASES = {
    "focal": ("categorical_focal_cross_entropy", SOFTMAXES, {part: cut_focal(part) for part in ("value", "gradient")}),
    "sigmoid": ("sigmoid_cross_entropy", SIGMOIDS, {part: cut_sigmoid(part) for part in ("value", "gradient")}),
    "softmax": ("softmax_cross_entropy", SOFTMAXES, {part: cut_softmax(part) for part in ("value", "gradient")}),
    "softplus": ("softplus", ABOVE, {part: beyond(part, "softplus", 20) for part in ("value", "gradient", "hessian")}),
    "log_sigmoid": ("log_sigmoid", BELOW, {part: beyond(part, "log_sigmoid", -10) for part in ("value", "gradient")}),
    "linear": ("arcface", LINEAR, {part: angular(part, LINEAR) for part in ("value", "gradient")}),
    "easy": ("arcface", EASY, {part: angular(part, EASY) for part in ("value", "gradient")}),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.whole
def test_code_with_the_branch_meets_b_with_it_declared_and_not_without(case, form):
    name, sentence, parts = CASES[case]
    found = verdict(name, parts, sentence, form=form, of=vectors(name, form))
    assert meets(counted(found), "B"), grades(found, strict=True)
    assert [d.needless for d in found.declarations] == [""]
    assert not meets(counted(verdict(name, parts, form=form, of=vectors(name, form))), "B")


WRONG = {
    "no branch": ("softplus", ABOVE, {"value": ours("value", "softplus")}),
    "another threshold": ("softplus", ABOVE, {"value": lambda x: np.where(x > 20.5, x, ours("value", "softplus")(x=x))}),
    "slope of the formula": ("softplus", ABOVE, {"gradient": ours("gradient", "softplus")}),
    "no margin": ("arcface", LINEAR, {"value": angular("value", EASY)}),
}


@pytest.mark.parametrize("case", WRONG)
def test_another_branch_is_found(case):
    name, sentence, parts = WRONG[case]
    assert not meets(counted(verdict(name, parts, sentence, of=vectors(name))), "B")


@pytest.mark.parametrize("sentence", [LINEAR, EASY])
def test_declared_values_of_arcface_are_those_of_its_code_in_80_digits(sentence):
    past = 0
    with mpmath.workdps(80):
        for v in declared(catalog.get("arcface"), (parse(sentence),), vectors("arcface"), FLOAT64):
            given = v.question.inputs | v.question.parameters
            c, m = mpmath.mpf(given["cosines"][given["target"]]), mpmath.mpf(given["margin"])
            if v.region == "special" or c > (0 if sentence == EASY else -mpmath.cos(m)):
                continue
            past += 1
            turned = c - (0 if sentence == EASY else m * mpmath.sin(m))
            gaps = [given["scale"] * (x - turned) for j, x in enumerate(given["cosines"]) if j != given["target"]]
            assert value(v) == float(mpmath.log1p(sum(map(mpmath.exp, gaps)))), v.question
    assert past >= 8


@pytest.mark.parametrize("sentence", [SIGMOIDS, SOFTMAXES])
def test_declared_values_are_those_of_the_clipped_probabilities_in_80_digits(sentence):
    name = "sigmoid_cross_entropy" if sentence == SIGMOIDS else "softmax_cross_entropy"
    low, high = ends(np.float64(0))
    with mpmath.workdps(80):
        for v in declared(catalog.get(name), (parse(sentence),), vectors(name), FLOAT64):
            z, y = v.question.inputs.values()
            if v.region == "special" or (name == "softmax_cross_entropy" and len(z) > 9):
                continue
            logits = (0.0, z) if sentence == SIGMOIDS else z
            powers = [mpmath.exp(x - mpmath.mpf(max(logits))) for x in logits]
            p = powers[1 if sentence == SIGMOIDS else y] / sum(powers)
            cut = min(max(p, mpmath.mpf(low)), mpmath.mpf(high))
            weight = mpmath.mpf(y if sentence == SIGMOIDS else 1)
            assert value(v) == float(-weight * mpmath.log(cut) - (1 - weight) * mpmath.log(1 - cut)), v.question


def test_at_the_threshold_itself_the_formula_stands():
    (at,) = [v for v in vectors("softplus") if v.question.inputs["x"] == 20]
    (found,) = declared(catalog.get("softplus"), (parse(ABOVE),), [at], FLOAT64)
    assert (value(found), slope(found).rounded) == (value(at), slope(at).rounded)


@pytest.mark.parametrize(("name", "sentence"), [("logistic", ABOVE), ("logsumexp", ABOVE), ("softplus", LINEAR), ("am_softmax", EASY),
                                                ("hinge", SIGMOIDS), ("sigmoid_cross_entropy", SOFTMAXES)])  # fmt: skip
def test_a_branch_that_a_loss_cannot_have_is_refused(name, sentence):
    with pytest.raises(ConventionError, match="does not fit"):
        declared(catalog.get(name), (parse(sentence),), vectors(name), FLOAT64)


JUMP = "at a jump any slope"


@pytest.mark.parametrize("at_jump", [0.0, -np.inf, -5.0, 1.0, np.inf, np.nan])
def test_where_x_log_y_jumps_any_slope_from_its_limit_to_0_is_right_and_nan_is_not(at_jump):
    corner = [v for v in vectors("xlogy") if v.question.inputs == {"x": 0.0, "y": 0.0}]
    gradient = {"gradient": lambda x, y: np.where((x == 0) & (y == 0), at_jump, np.log(y))}
    assert len(corner) == 1
    assert (grades(verdict("xlogy", gradient, JUMP, of=corner))["gradient"] == "A+") == (at_jump <= 0)
    assert (grades(verdict("xlogy", gradient, of=corner))["gradient"] == "A+") == (at_jump == -np.inf)


@pytest.mark.parametrize("name", ["entropy", "xlogy", "arcface"])
def test_an_infinite_slope_is_left_where_the_value_does_not_jump(name):
    """p log p is steep at 0, and x log y at y = 0 infinite all along."""
    steep = [v for v in vectors(name) if np.isinf(slope(v).rounded or ()).any() and v.question.inputs != {"x": 0.0, "y": 0.0}]
    assert len(steep) > 1
    assert declared(catalog.get(name), (parse(JUMP),), steep, FLOAT64) == steep


@pytest.mark.parametrize("sentence", [ABOVE, BELOW, LINEAR, EASY, JUMP, SIGMOIDS, SOFTMAXES])
def test_a_branch_is_printed_as_it_is_read(sentence):
    assert parse(parse(sentence).sentence) == parse(sentence)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("gaussian_nll", "clip variance to [1e-06, inf], gradient through"),
        ("cross_entropy_lambda", "clip target to [1e-07, 1 - 1e-07], gradient zero outside"),
        ("sigmoid_cross_entropy", "clip logits to [-2, 3], gradient unclipped"),
    ],
)
def test_what_a_clip_does_not_reach_has_the_answer_that_is_computed_anew(monkeypatch, name, sentence):
    """Beside its bounds slopes meet, and some options of calls change a label before it is cut."""
    clip, loss = parse(sentence), catalog.get(name)
    batches = [v for v in golden.read(loss, FLOAT64) if v.question.is_call][::4]
    beside = [v for v in vectors(name) if v.region == "ordinary"][:1]
    for bound in (float(b.of(FLOAT64)) for b in (clip.low, clip.high) if not isinstance(b.of(FLOAT64), float)):
        for ulps in range(-10, 11):
            question = replace(beside[0].question, inputs={**beside[0].question.inputs, clip.argument: FLOAT64.step(bound, ulps)})
            beside.append(Vector(question, answer(loss, question.inputs, question.options, FLOAT64)))
    found = declared(loss, (clip,), batches + beside, FLOAT64)
    assert sum(not clip.moves(v.question.inputs, FLOAT64) for v in batches + beside) > 5
    monkeypatch.setattr(Clip, "moves", Convention.moves)
    assert repr(found) == repr(declared(loss, (clip,), batches + beside, FLOAT64))


@pytest.mark.parametrize(
    ("name", "sentences"),
    [
        ("sigmoid_cross_entropy", ("clip target to [1e-07, 1 - 1e-07], gradient zero outside", "clip logits to [-2, 3], gradient through")),
        ("squared_logarithmic_error", ("clip prediction to [0.5, inf], gradient zero outside", "clip target to [0.25, inf]")),
        ("binary_cross_entropy", ("clip target to [1e-07, 1 - 1e-07]", "clip probabilities to [0.125, 0.875]")),
        ("categorical_cross_entropy", ("divide probabilities by their sum", "clip probabilities to [1e-07, 1 - 1e-07]")),
    ],
)
def test_what_a_cut_leaves_is_declared_alike_without_it(name, sentences):
    """Labels of calls are smoothed and weighted before they are cut, and a cut of what is divided first says nothing of that."""
    loss, (one, other) = catalog.get(name), map(parse, sentences)
    asked = [v for v in golden.read(loss, FLOAT64) if v.question.is_call][::3] + vectors(name)[::3]
    whole = {v.id: v for v in declared(loss, (one, other), asked, FLOAT64)}
    left = 0
    for chosen, beside in (((one,), (other,)), ((other,), (one,))):
        alike = [v for v in asked if leaves(beside, chosen, v, FLOAT64)]
        found = {v.id: v for v in declared(loss, chosen, alike, FLOAT64)}
        assert {identifier: repr(v.answer) for identifier, v in found.items()} == {v.id: repr(whole[v.id].answer) for v in alike}
        left += len(alike)
    assert (left > 5) == all(c.cuts for c in (one, other))

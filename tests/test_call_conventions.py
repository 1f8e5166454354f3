"""Conventions of whole calls: they are what the same conventions make of examples, and what a library does with a batch."""

import sys
import types
from dataclasses import replace

import pytest
from declaring import (
    BINARY,
    KERAS,
    SIGMOID,
    SOFTMAX,
    THROUGH,
    TORCH,
    UNCLIPPED,
    asked,
    calls,
    counted,
    grades,
    ours,
    scaled,
    slope,
    value,
    vectors,
    verdict,
)

from lossref import catalog
from lossref.cli import main
from lossref.conventions.grammar import parse
from lossref.formats import FLOAT64
from lossref.judge.declared import declared
from lossref.judge.measure import meets
from lossref.options import PROBABILITY
from lossref.spaces import Unit
from lossref.spec import Loss

pytestmark = pytest.mark.sampled

P, Y = (1e-9, 0.25, 1e-13, 1 - 2**-40), (1.0, 0.25, 0.0, 0.0)
WEIGHTS, UPSTREAM = (0.5, 2.0, 1.0, 4.0), (1.0, -2.0, 0.25, -1.0)  # powers of two, which round nothing
OF_ONE = (TORCH, KERAS, THROUGH, UNCLIPPED, "clamp log at -10", "add 1e-7 inside log", "log base 2", "factor 1/2", "hessian 1",
          "hessian times 2", "hessian at least 1e16")  # fmt: skip


@pytest.mark.parametrize("sentence", OF_ONE)
def test_a_declared_call_is_made_of_declared_examples(sentence):
    """Its values are theirs times the weights; its slopes and bends theirs times the weights and the upstream gradient."""
    loss = catalog.get(BINARY)
    call = asked(loss, {"probabilities": P, "target": Y}, reduction="none", sample_weight=WEIGHTS, upstream=UPSTREAM)
    alone = [asked(loss, {"probabilities": p, "target": y}) for p, y in zip(P, Y, strict=True)]
    whole, *examples = (v.answer for v in declared(loss, (parse(sentence),), [call, *alone], FLOAT64))
    factors = [w * u for w, u in zip(WEIGHTS, UPSTREAM, strict=True)]
    for part, shares in (("value", WEIGHTS), ("gradient", factors), ("hessian", factors)):
        if part == "hessian" and "denominator" in sentence:  # a slope in words promises none
            assert not whole.hessian
            continue
        (found,) = whole.part(part).values()
        theirs = [next(iter(example.part(part).values())).rounded[0] for example in examples]
        assert found.rounded == tuple(share * x for share, x in zip(shares, theirs, strict=True)), part


@pytest.mark.parametrize(("rule", "chosen"), [("lower", (-2, 1, 1)), ("upper", (2, 1, -1)), ("middle", (0, 1, 0)), ("flatter", (0, 1, 0))])
def test_an_upstream_gradient_multiplies_the_slope_that_is_chosen_at_a_kink(rule, chosen):
    loss = catalog.get("absolute_error")
    numbers = {"prediction": (1.0, 2.0, 3.0), "target": (1.0, 1.0, 3.0)}
    call = asked(loss, numbers, reduction="none", upstream=(2.0, 1.0, -1.0))
    assert slope(call).interval == ((-2, 2), (1, 1), (-1, 1))
    (narrowed,) = declared(loss, (parse(f"at a kink the {rule} slope"),), [call], FLOAT64)
    assert (slope(narrowed).rounded, slope(narrowed).interval) == (chosen, None)


def test_in_a_batch_only_what_is_at_a_kink_is_chosen_there():
    """Two ulps beside it the slope is known, though the interval of the batch reaches over the kink."""
    loss = catalog.get("absolute_error")
    near = 1 + 2**-52
    call = asked(loss, {"prediction": (1.0, 1.0, near), "target": (1.0, near, 1.0)}, reduction="sum")
    assert slope(call).interval == ((-1, 1),) * 3
    (narrowed,) = declared(loss, (parse("at a kink the flatter slope"),), [call], FLOAT64)
    assert slope(narrowed).rounded == (0, -1, 1)


@pytest.mark.parametrize(("sentence", "option"), [
    ("smoothing over others", "label_smoothing"), ("mean over count", "reduction"), ("nothing gives zero", "reduction"),
])  # fmt: skip
@pytest.mark.whole
def test_what_a_call_does_not_see_leaves_it_as_it_is(sentence, option):
    found, examples = calls(SOFTMAX), vectors(SOFTMAX)
    moved = declared(catalog.get(SOFTMAX), (parse(sentence),), found, FLOAT64)
    changed = [v for v, w in zip(found, moved, strict=True) if repr(v.answer) != repr(w.answer)]  # repr: NaN is NaN
    assert changed
    assert all(option in v.question.options for v in changed)
    assert declared(catalog.get(SOFTMAX), (parse(sentence),), examples, FLOAT64) == examples


def test_a_hidden_example_stays_hidden_from_a_declared_function():
    loss = catalog.get(BINARY)
    call = asked(loss, {"probabilities": (float("nan"), 0.5), "target": (1.0, 0.5)}, reduction="sum", mask=(False, True))
    call = replace(call, question=replace(call.question, region="special"))
    (doubled,) = declared(loss, (parse("factor 2"),), [call], FLOAT64)
    assert (value(doubled), doubled.region) == (2 * value(call), "special")


def test_the_slope_of_a_clamped_cross_entropy_is_that_of_anybodys_record():
    """No name is looked for: two arguments, one of them a probability, the loss affine in its target."""
    mine = Loss(name="mine", arguments={"p": Unit(), "target": Unit()}, target=PROBABILITY, is_affine=True,
                definition=lambda m, p, target: catalog.get(BINARY).definition(m, p, target))  # fmt: skip
    (v,) = declared(mine, (parse(TORCH),), [asked(mine, {"p": 0.0, "target": 0.5})], FLOAT64)
    assert (value(v), slope(v).rounded) == (50.0, (-5e11,))


def always(name, **options):
    """Ours as calls, with options that they have whatever they are asked."""

    def of(part):
        return lambda **named: ours(part, name)(**{**named, **(options if "reduction" in named else {})})

    return {"value": of("value"), "gradient": of("gradient")}


def smoothing_over_others(part):
    return lambda **named: ours(part, SOFTMAX)(**{**named, **({"smoothing": "others"} if "label_smoothing" in named else {})})


ALWAYS = [
    (SOFTMAX, always(SOFTMAX, denominator="count"), "mean over count"),
    (SOFTMAX, always(SOFTMAX, denominator=2.5), "mean over 2.5"),
    (SOFTMAX, always(SOFTMAX, denominator="kept"), "mean over kept"),
    (SOFTMAX, always(SOFTMAX, empty="zero"), "nothing gives zero"),
    (SOFTMAX, {part: smoothing_over_others(part) for part in ("value", "gradient")}, "smoothing over others"),
    (SIGMOID, scaled(0.5, SIGMOID), "factor 0.5"),
]


@pytest.mark.whole
@pytest.mark.parametrize(("name", "parts", "sentence"), ALWAYS, ids=[sentence for *_, sentence in ALWAYS])
def test_what_is_declared_is_what_a_call_is_judged_by(name, parts, sentence):
    assert not meets(counted(verdict(name, parts, of=calls(name))), "B")
    found = verdict(name, parts, sentence, of=calls(name))
    (declaration,) = found.declarations
    assert meets(counted(found), "B"), grades(found, strict=True)
    assert (declaration.sentence, declaration.needless) == (sentence, "")
    assert 0 < declaration.moved("B") < len(declaration.shifts) or sentence.startswith("factor")


@pytest.mark.whole
def test_a_fault_beside_what_is_declared_is_still_found():
    parts = always(SOFTMAX, denominator="count", upstream=1.0)
    assert not meets(counted(verdict(SOFTMAX, parts, "mean over count", of=calls(SOFTMAX))), "B")


@pytest.mark.whole
def test_two_conventions_of_calls_together():
    half = {part: lambda f=f, **named: f(**named) / 2 for part, f in always(SIGMOID, denominator="count").items()}
    assert meets(counted(verdict(SIGMOID, half, "mean over count", "factor 1/2", of=calls(SIGMOID))), "B")
    parts = always(SOFTMAX, denominator="count", empty="zero")
    needed, idle = verdict(SOFTMAX, parts, "mean over count", "nothing gives zero", of=calls(SOFTMAX)).declarations
    assert (needed.needless, "nothing gives zero" in idle.needless) == ("", True)  # a batch is never empty by count


@pytest.mark.whole
def test_what_a_call_does_not_need_is_told():
    (found,) = verdict(SOFTMAX, always(SOFTMAX), "mean over count", of=calls(SOFTMAX)).declarations
    assert "not needed" in found.needless


def test_the_command_line_judges_calls_by_what_is_declared(monkeypatch, capsys):
    strangers = types.ModuleType("strangers")
    parts = always(SIGMOID, denominator="count")
    strangers.mine = types.SimpleNamespace(call=lambda **named: (parts["value"](**named), parts["gradient"](**named)))
    monkeypatch.setitem(sys.modules, "strangers", strangers)
    command = ["calls", "strangers:mine", "--loss", SIGMOID, "--level", "B"]
    assert main(command) == 1
    assert main([*command, "--convention", f"{SIGMOID}: mean over count"]) == 0
    assert f"{SIGMOID} declares 'mean over count': it moves" in capsys.readouterr().out

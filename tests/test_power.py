"""Wrong code of every kind is noticed by the golden set: a sample here, all of it by `lossref power`; and what is not noticed is told."""

import json
from itertools import islice

import pytest

from lossref import catalog, golden, questions
from lossref.cli import main
from lossref.formats import FLOAT64
from lossref.implementations.adapters.lossref import implementation
from lossref.mutants import cover, of_calls, operators, source
from lossref.mutants.power import measured, spoilt

SAMPLE = 120  # of the wrong code of a loss, one in so many
QUICK = ("relu", "softplus", "hinge")


@pytest.mark.sampled
def test_a_sample_of_wrong_code_is_noticed(loss, listed):
    place = catalog.names().index(loss.name)
    found = measured(loss, implementation, golden.read(loss, FLOAT64), FLOAT64, place, SAMPLE)
    listed([f"{w.part} {w.argument}: {w.operator}, {w.variant}" for w in found if w.is_shown and "B" not in w.killed])


def test_what_the_golden_set_cannot_notice_is_a_survivor():
    """Without the rungs that were chosen there is no point between 5 and 8."""
    loss = catalog.get("softplus")
    poor = [v for v in golden.read(loss, FLOAT64) if v.question.flag not in questions.rungs(loss)]
    found = [w for w in measured(loss, implementation, poor, FLOAT64) if w.is_shown and "B" not in w.killed]
    assert "x 5 to 8" in {w.variant for w in found}
    assert all(5 < abs(w.witness.inputs["x"]) < 8 for w in found if w.variant == "x 5 to 8")


def test_right_code_is_wrong_nowhere(monkeypatch):
    same = operators.Operator("nothing", lambda loss, part: iter([("at all", lambda right, given: right(**dict(given)))]))
    monkeypatch.setattr(operators, "OPERATORS", (same,))
    loss = catalog.get("huber")
    found = [w for w in measured(loss, implementation, golden.read(loss, FLOAT64), FLOAT64) if w.operator == "nothing"]
    assert [(w.part, w.killed, w.witness) for w in found] == [(part, {}, None) for part in ("value", "gradient", "hessian")]


def test_there_are_enough_pieces_of_wrong_code():
    pieces = (piece for name in catalog.names() for piece in spoilt(catalog.get(name), implementation))
    assert len(list(islice(pieces, 6001))) > 600 * 10


@pytest.mark.parametrize("operator", [*operators.OPERATORS, *of_calls.CALL_OPERATORS], ids=lambda operator: operator.name)
def test_every_operator_spoils_something(operator):
    names = ("softmax_cross_entropy", "sigmoid_cross_entropy", "huber", "binary_cross_entropy")
    made = [variant for name in names for part in ("value", "gradient") for variant, _ in operator.of(catalog.get(name), part)]
    assert made
    for name in names:
        variants = [variant for variant, _ in operator.of(catalog.get(name), "gradient")]
        assert len(variants) == len(set(variants)), name


def test_edits_of_source_change_the_code_and_nothing_else():
    loss = catalog.get("huber")
    for _, edit, edited in source.variants(loss):
        assert edited.definition is loss.definition, edit
        assert any(getattr(edited, part).__code__ != getattr(loss, part).__code__ for part in ("value", "gradient", "hessian")), edit


@pytest.mark.whole
@pytest.mark.parametrize("name", QUICK)
def test_the_choice_is_what_anybody_chooses(name, form):
    loss = catalog.get(name)
    assert cover.chosen(loss, implementation, golden.read(loss, form), form) == questions.chosen()[name][form.name]


def test_the_command_counts_by_operator_and_by_loss(capsys):
    assert main(["power", "--loss", "relu", "--json", "--jobs", "1"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["losses"][-1]["name"] == told["operators"][-1]["name"] == "all"
    assert told["losses"][-1]["made"] == sum(row["made"] for row in told["operators"][:-1])
    assert told["survivors"] == []


@pytest.mark.parametrize("wrong", [["--one-in", "0"], ["--jobs", "0"], ["--loss", "hubber"]])
def test_bad_use_is_a_sentence(wrong, capsys):
    assert main(["power", *wrong]) == 2
    assert "lossref: " in capsys.readouterr().err

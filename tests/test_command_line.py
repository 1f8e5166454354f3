"""The looking commands: list, show, eval, why, help; text and JSON; bad use in one line; and what importing costs."""

import argparse
import json
import re
import subprocess
import sys
from importlib import import_module

import pytest
from typed import run

import lossref
from lossref import catalog, census, cli, families, golden
from lossref.cli import main
from lossref.formats import FLOAT64


def test_list_names_every_loss(capsys):
    assert {e["loss"] for e in json.loads(run(capsys, "list", "--json")[1])} == set(catalog.names())
    text = run(capsys, "list")[1]
    assert all(name in text for name in catalog.names())


def test_show_says_everything(loss, capsys):
    text = run(capsys, "show", loss.name)[1]
    facts = json.loads(run(capsys, "show", loss.name, "--json")[1])
    assert loss.documentation in text
    for hard in families.hard_points(loss):
        assert hard.flag in text
        assert hard.flag in facts["hard"]
    for library in census.elsewhere(loss.name):
        assert library in text
    assert loss.source in text


def test_eval_shows_ours_exact_and_error(capsys):
    text = run(capsys, "eval", "sigmoid_cross_entropy", "--logits", "40", "--target", "1")[1]
    assert "4.248354255291588986304978e-18" in text
    answers = json.loads(run(capsys, "eval", "softmax_cross_entropy", "--logits", "40,0", "--target", "0", "--json")[1])["answers"]
    assert [a["what"] for a in answers] == ["value", "gradient[0]", "gradient[1]"]
    assert all(a["error_in_ulps"] < 1 for a in answers)
    assert "kink" in run(capsys, "eval", "hinge", "--prediction", "1", "--target", "1")[1]
    assert "0.0" in run(capsys, "eval", "sigmoid_cross_entropy", "--logits", "inf", "--target", "1")[1]


def test_eval_takes_negative_numbers_and_overflow(capsys):
    assert "40.0" in run(capsys, "eval", "softmax_cross_entropy", "--logits", "-40,0", "--target", "0")[1]
    assert run(capsys, "eval", "sigmoid_cross_entropy", "--logits", "-inf", "--target", "0")[0] == 0
    answers = json.loads(run(capsys, "eval", "squared_error", "--prediction", "1e300", "--target", "-1", "--json")[1])["answers"]
    assert answers[0]["error_in_ulps"] == 0


def test_eval_digits_are_all_right(capsys):
    answer = json.loads(run(capsys, "eval", "sigmoid_cross_entropy", "--logits", "0", "--target", "0.25", "--digits", "50", "--json")[1])
    assert answer["answers"][0]["exact"] == "0.69314718055994530941723212145817656807550013436026"


@pytest.mark.sampled
def test_why_explains_a_vector(loss, capsys):
    for vector in golden.read(loss, FLOAT64)[::150]:
        text = run(capsys, "why", vector.id)[1]
        assert vector.question.reason in text
        facts = json.loads(run(capsys, "why", vector.id[:10], "--json")[1])
        assert facts["id"] == vector.id
        first = next(iter(facts["answers"].values()))
        assert first["bits"] == FLOAT64.encode(vector.answer.value.rounded[0])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "hing"), "did you mean hinge"),
        (("eval", "hinge", "--prediction", "1"), "needs target"),
        (("eval", "hinge", "--prediction", "1", "--target", "0"), "target must be -1 or 1"),
        (("eval", "hinge", "--prediction", "one", "--target", "1"), "--prediction takes numbers, and is 'one'"),
        (("eval", "hinge", "--logits", "1", "--target", "1"), "hinge has no argument 'logits'"),
        (("eval", "softmax_cross_entropy", "--logits", "1,2", "--target", "0.5"), "--target takes an integer"),
        (("eval", "hinge", "--prediction", "1", "--target", "1", "--digits", "0"), "digits must be"),
        (("why", "000000000000"), "no vector has an id that starts with '000000000000'"),
        (("why", "zzzz"), "an id has hexadecimal digits, at most 12, and is not 'zzzz'"),
        (("why", "a"), "vectors have ids"),
        (("golden", "verify", "/nowhere"), "/nowhere is no folder, and golden data stands in one"),
        (("eval", "hinge", "--predicton", "1", "--target", "1"), "no argument 'predicton', did you mean prediction?"),
        (("check", "tensorflow"), "did you mean keras?"),
        (("check", "scipi"), "did you mean scipy?"),
        (("golden", "generate", "--loss", "hing"), "did you mean hinge"),
        (("vectors", "hubert"), "did you mean huber?"),
        (("serve", "scipy", "--loss", "hing"), "did you mean hinge"),
        (("check", "scipy", "--convention", "log_sofmax: factor 2"), "not judged in this run; did you mean log_softmax?"),
        (("check", "scipy", "--limit", "log_sofmax: labels are hard"), "did you mean log_softmax?"),
        (("check", "scipy", "--timeout", "nan"), "--timeout must be a number of seconds above 0, and is nan"),
        (("check", "scipy", "--today", "yesterday"), "--today must be a day such as 2030-12-31, not 'yesterday'"),
        (("golden", "generate", "--jobs", "0"), "--jobs must be 1 or more"),
        (("report", "a\nfile\x1b"), "a\\nfile\\x1b cannot be read"),
    ],
)
def test_bad_use_is_one_line(capsys, arguments, words):
    status, out, err = run(capsys, *arguments)
    assert status == 2
    assert out == ""
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(("arguments", "words"), [
    (("chekc", "scipy"), "invalid choice: 'chekc'"), (("chekc", "scipy"), "did you mean check?"),
    (("check", "scipy", "--conventoin", "x"), "did you mean --convention?"), (("check", "scipy", "--formt", "x"), "did you mean --format?"),
    (("vectors", "huber", "--part", "valu"), "did you mean value?"), (("check", "scipy", "--format", "flaot32"), "did you mean float32?"),
    (("golden", "verfy"), "did you mean verify?"), (("golden", "generate", "--jbos", "2"), "did you mean --jobs?"),
])  # fmt: skip
def test_misspelt_options_and_choices_are_answered(capsys, arguments, words):
    with pytest.raises(SystemExit) as stopped:
        main([*arguments])
    assert stopped.value.code == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("name", ["mse", "MSELoss", "nn.MSELoss", "mse_loss"])
@pytest.mark.parametrize("arguments", ["show", "eval --prediction 1 --target 3", "vectors", "check lossref --loss"])
def test_names_of_other_libraries_are_understood(capsys, arguments, name):
    assert run(capsys, *arguments.split(), name) == run(capsys, *arguments.split(), "squared_error")


@pytest.mark.parametrize("call", [lossref.value, lossref.oracle])
def test_python_calls_suggest_arguments_and_options(call):
    for name, meant in (("predicton", "prediction"), ("reducton", "reduction")):
        with pytest.raises(TypeError, match=f"hinge has no argument '{name}', did you mean {meant}?"):
            call("hinge", **{"prediction": 1.0, "target": 1.0, name: 1.0})


@pytest.mark.parametrize("call", [lossref.value, lossref.gradient, lossref.oracle])
@pytest.mark.parametrize(("name", "words"), [("mse", "torch calls squared_error so"), ("hing", "did you mean hinge")])
def test_python_calls_suggest_names_too(call, name, words):
    with pytest.raises(KeyError, match=re.escape(words)):
        call(name, 1.0, 1.0)


@pytest.mark.parametrize("command", [(), ("check",), ("eval",), ("golden",), ("golden", "generate")])
def test_help_teaches(capsys, command):
    with pytest.raises(SystemExit) as stopped:
        main([*command, "--help"])
    assert stopped.value.code == 0
    assert len(capsys.readouterr().out) > 200


def test_importing_needs_the_core_alone():
    """No scipy, mpmath, rich or python-flint until they are asked for."""
    code = "import sys, lossref; print(sorted({'scipy', 'mpmath', 'rich', 'flint'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.mark.whole
def test_nothing_but_new_golden_data_and_proofs_needs_an_extra(tmp_path):
    code = """
import sys
from importlib import import_module
for name in ("flint", "jsonschema", "hypothesis", "pytest"):
    sys.modules[name] = None
import lossref
from lossref.cli import main
assert str(lossref.oracle("sigmoid_cross_entropy", 40, 1, digits=20).value).startswith("4.2483542552915")
try:
    lossref.oracle("hinge", 1, 1, certified=True)
except ValueError as error:
    assert "python-flint" in str(error)
assert main(["check", "lossref", "--loss", "huber", "--json"]) == 0
assert main(["golden", "generate"]) == 2
assert main(["golden", "verify"]) == 0
assert main(["folklore", "run"]) == 0
assert main(["folklore", "show", "F23"]) == 0
assert main(["check", "scipy", "--loss", "log_softmax", "--level", "C"]) == 0
assert main(["eval", "hinge", "--prediction", "1", "--target", "1"]) == 0
assert main(["why", "92748ec56cdd"]) == 0
assert main(["judge", sys.argv[1]]) == 0
"""
    recording = tmp_path / "run.jsonl"
    main(["check", "lossref", "--loss", "huber", "--record", str(recording)])
    done = subprocess.run([sys.executable, "-c", code, str(recording)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "59 of 59 caught" in done.stdout
    assert "mpmath's, unproved" in done.stdout
    assert "certified answers need python-flint" in done.stderr


@pytest.mark.parametrize("width", ["5", "30", "80"])
@pytest.mark.parametrize("typed", ["coverage", "coverage scipy", "list", "power --loss relu --one-in 60"])
def test_a_table_cuts_no_word_short(capsys, monkeypatch, typed, width):
    """By a character that a terminal of latin-1 has not."""
    monkeypatch.setenv("COLUMNS", width)
    monkeypatch.setenv("FORCE_COLOR", "1")  # as if it were a terminal
    status, out, _ = run(capsys, *typed.split())
    assert (status, "…" in out) == (0, False)


@pytest.mark.parametrize("group", cli.GROUPS)
def test_a_group_adds_the_commands_that_are_told_of_it(group):
    """So that a command is found without importing those of all others."""
    commands = argparse.ArgumentParser().add_subparsers()
    import_module(f"lossref.commands.{group}").add(commands)
    assert tuple(commands.choices) == cli.GROUPS[group]


def test_the_help_has_every_command_and_a_misspelt_one_is_told(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    assert all(re.search(rf"^    {name}\b", shown, re.MULTILINE) for names in cli.GROUPS.values() for name in names)
    with pytest.raises(SystemExit):
        main(["chek"])
    assert "did you mean check?" in capsys.readouterr().err

"""--write-waivers drafts what --waivers takes once somebody has said why: exactly what fails, shortly, and over nothing that exists."""

import sys
import tomllib
import types
from datetime import date

import numpy as np
import pytest

import lossref
from lossref import golden
from lossref.cli import main
from lossref.formats import FLOAT64
from lossref.judge import waivers

LOSS = "squared_error"


@pytest.fixture(autouse=True)
def strangers(monkeypatch):
    """Small residuals are lost, in value and gradient; those below 1e-8 only in the gradient."""
    module = types.ModuleType("strangers")
    module.mine = types.SimpleNamespace(value=losing(lossref.value, 1e-8), gradient=losing(lossref.gradient, 1e-4))
    monkeypatch.setitem(sys.modules, "strangers", module)
    return module


def losing(right, least):
    def function(prediction, target):
        return np.where(np.abs(prediction - target) < least, 0.0, right(LOSS, prediction=prediction, target=target))

    return function


def check(capsys, *arguments, loss=LOSS):
    status = main(["check", "strangers:mine", "--loss", loss, "--today", "2030-01-01", *map(str, arguments)])
    return status, capsys.readouterr()


def drafted(capsys, path, *arguments):
    status, said = check(capsys, "--write-waivers", path, *arguments)
    assert status == 1
    assert said.err == f"lossref: {path} is a draft: say in it why each is tolerated, and where that is discussed\n"
    return path.read_text()


def filled(text, reason="rounds twice", link="https://example.org/7"):
    return text.replace("TODO: why this is tolerated", reason).replace("TODO: where that is discussed", link)


@pytest.mark.parametrize("more", [(), ("--format", "float32"), ("--strict",), ("--level", "A")], ids=" ".join)
def test_once_filled_in_it_waives_all_that_fails(capsys, tmp_path, more):
    path = tmp_path / "w.toml"
    path.with_suffix(".filled").write_text(filled(drafted(capsys, path, *more)))
    assert check(capsys, "--waivers", path.with_suffix(".filled"), *more)[0] == 0
    assert {table["expires"] for table in tomllib.loads(path.read_text())["waiver"]} == {date(2030, 4, 1)}


@pytest.mark.parametrize(("reason", "link", "words"), [
    ("rounds twice", "TODO: where that is discussed", "its link is still that of the draft; say where that is discussed"),
    ("TODO: why this is tolerated", "https://example.org/7", "its reason is still that of the draft; say why this is tolerated"),
    ("TODO", "https://example.org/7", "its reason is still that of the draft"),
])  # fmt: skip
def test_the_draft_itself_is_refused(capsys, tmp_path, reason, link, words):
    path = tmp_path / "w.toml"
    path.write_text(filled(drafted(capsys, path), reason, link))
    status, said = check(capsys, "--waivers", path)
    assert (status, said.err.count("\n")) == (2, 1)
    assert f"waiver 1: {words}" in said.err


@pytest.mark.parametrize(("count", "names"), [(1, "vectors"), (23, "vectors"), (24, "flag")])
def test_few_are_named_by_id_and_many_by_flag(capsys, tmp_path, strangers, count, names):
    """By a flag only where all fails that has it: nothing new can hide behind it."""
    of_flag = [v.question for v in golden.read(lossref.catalog.get(LOSS), FLOAT64) if v.question.flag == "decades"]
    assert len(of_flag) == 24
    wrong = of_flag[:count]

    def value(prediction, target):
        at = [(prediction == q.inputs["prediction"]) & (target == q.inputs["target"]) for q in wrong]
        return np.where(np.logical_or.reduce(at), -1.0, lossref.value(LOSS, prediction, target))

    strangers.mine = types.SimpleNamespace(value=value)
    (table,) = tomllib.loads(drafted(capsys, tmp_path / "w.toml"))["waiver"]
    selector = {"vectors": [q.id for q in wrong], "part": "value"}
    if names == "flag":
        selector = {"flag": "decades", "loss": LOSS, "part": "value", "format": "float64"}
    assert {key: x for key, x in table.items() if key not in ("reason", "link", "expires")} == selector


def test_it_overwrites_nothing_and_draws_up_nothing_where_nothing_fails(capsys, tmp_path, strangers):
    path = tmp_path / "w.toml"
    path.write_text("mine")
    status, said = check(capsys, "--write-waivers", path)
    assert (status, said.err) == (2, f"lossref: --write-waivers {path} is there already, and nothing overwrites it\n")
    assert path.read_text() == "mine"
    strangers.mine = types.SimpleNamespace(value=lambda **arrays: lossref.value(LOSS, **arrays))
    status, said = check(capsys, "--write-waivers", tmp_path / "none.toml")
    assert (status, said.err) == (0, f"lossref: {tmp_path / 'none.toml'} is not written: nothing fails\n")
    assert [found.name for found in tmp_path.iterdir()] == ["w.toml"]


def test_what_cannot_be_waived_is_told_in_it(capsys, tmp_path, strangers):
    strangers.mine = types.SimpleNamespace(
        value=lambda **arrays: lossref.value(LOSS, **arrays) * 3 - 1, gradient=losing(lossref.gradient, 1e-4)
    )
    path = tmp_path / "w.toml"
    text = filled(drafted(capsys, path))
    assert f"# nothing of the value of {LOSS} meets the level" in text
    path.write_text(text)
    assert len(waivers.read(path, date(2030, 1, 1))) == text.count("[[waiver]]") > 0
    assert check(capsys, "--waivers", path)[0] == 1
    strangers.mine = types.SimpleNamespace(value=lambda **arrays: None)
    assert check(capsys, "--write-waivers", tmp_path / "broke.toml")[0] == 3
    assert f"# {LOSS} broke, which nothing waives" in (tmp_path / "broke.toml").read_text()


def test_a_loss_of_ones_own_has_no_vectors_to_name(capsys, tmp_path):
    (tmp_path / "own.py").write_text(
        "from lossref.spaces import Real\nfrom lossref.spec import Loss\n"
        "LOSS = Loss(arguments={'prediction': Real()}, definition=lambda m, prediction: prediction * prediction)\n"
    )
    given = ["check", "strangers:mine", "--definition", str(tmp_path / "own.py"), "--write-waivers", str(tmp_path / "w.toml")]
    assert main(given) == 2
    assert "leave out --write-waivers" in capsys.readouterr().err


def test_the_command_that_would_pass_is_one_that_can_be_run(capsys, tmp_path):
    _, said = check(capsys, "--write-waivers", tmp_path / "w.toml")
    assert "--write-waivers" not in said.out

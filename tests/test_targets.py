"""Anybody's code as a target: mappings, modules, functions, objects; broken and unfindable ones get a sentence."""

import json
import sys
import types
import warnings

import numpy as np
import pytest

import lossref
from lossref.cli import main

LOSSES = ("squared_error", "hinge")


def value_of(name):
    return lambda **arrays: lossref.value(name, **arrays)


def gradient_of(name):
    return lambda **arrays: lossref.gradient(name, **arrays)


class Both:
    @staticmethod
    def value_and_gradient(prediction, target):
        return (prediction - target) ** 2, 2 * (prediction - target)


@pytest.fixture
def module(monkeypatch):
    """A module of a stranger, importable as `strangers`."""
    strangers = types.ModuleType("strangers")
    monkeypatch.setitem(sys.modules, "strangers", strangers)
    return strangers


def check(capsys, *arguments):
    status = main(["check", *arguments, "--json"])
    captured = capsys.readouterr()
    return status, json.loads(captured.out) if captured.out else captured.err


def test_mapping_of_functions_is_judged_on_values(module, capsys):
    module.table = {name: value_of(name) for name in LOSSES} | {"something else": 1}
    status, found = check(capsys, "strangers:table")
    assert status == 0
    assert [e["loss"] for e in found["losses"]] == ["hinge", "squared_error"]
    assert all(set(e["parts"]) == {"value"} for e in found["losses"])
    assert "import strangers; print(strangers.table[\"squared_error\"](" in found["losses"][1]["parts"]["value"]["worst"][0]["line"]


def test_module_and_objects_are_judged_on_both(module, capsys):
    module.squared_error = Both
    module.hinge = types.SimpleNamespace(value=value_of("hinge"), gradient=gradient_of("hinge"))
    status, found = check(capsys, "strangers")
    assert status == 0
    assert all({"value", "gradient"} <= set(e["parts"]) for e in found["losses"])


def test_one_function_needs_a_loss(module, capsys):
    module.mine = value_of("hinge")
    status, message = check(capsys, "strangers:mine")
    assert status == 2
    assert "--loss" in message
    assert check(capsys, "strangers:mine", "--loss", "hinge")[0] == 0


def test_arguments_come_by_keyword_as_batches(module, capsys):
    seen = []

    def softmax_cross_entropy(logits, target):
        seen.append((logits.dtype, logits.ndim, target.dtype, target.ndim, len(logits) == len(target)))
        return lossref.value("softmax_cross_entropy", logits, target)

    def huber(prediction, target, delta):
        assert isinstance(delta, float)
        assert prediction.shape == target.shape
        return lossref.value("huber", prediction, target, delta=delta).astype(np.float32)

    module.softmax_cross_entropy, module.huber = softmax_cross_entropy, huber
    assert check(capsys, "strangers", "--format", "float32")[0] == 0
    assert set(seen) == {(np.dtype("float32"), 2, np.dtype("int64"), 1, True)}


def raises(**arrays):
    raise RuntimeError("no kernel\nfor this")


def leaves(**arrays):
    raise SystemExit("bye")


def change_in_place(prediction, target):
    target -= prediction
    return target**2


BROKEN = {
    "leaves": (leaves, "raised SystemExit: bye"),
    "raises": (raises, "raised RuntimeError: no kernel"),
    "mean": (lambda prediction, target: np.mean(prediction), "returned one number where an array of shape (32,) is wanted"),
    "python float": (lambda prediction, target: 0.5, "returned one number where an array"),
    "in place": (change_in_place, "changed its input target in place"),
    "text": (lambda prediction, target: np.full(prediction.shape, "x"), "returned <U1"),
    "column": (lambda prediction, target: prediction[:, None], "returned shape"),
    "nothing": (lambda prediction, target: None, "returned object"),
    "other": (lambda logits, target: logits, "raised TypeError"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_target_is_told_apart(module, capsys, name):
    function, words = BROKEN[name]
    module.mine = function
    status, found = check(capsys, "strangers:mine", "--loss", "squared_error")
    assert status == 3
    assert words in found["losses"][0]["broke"]
    assert main(["check", "strangers:mine", "--loss", "squared_error"]) == 3
    assert "broke" in capsys.readouterr().out


def test_habits_are_remarked_on(module, capsys):
    """Other bits at a second call, warnings and a narrower format cost no grade by themselves, and are said."""
    calls = []

    def moody(prediction, target):
        calls.append(1)
        warnings.warn("an old function", DeprecationWarning, stacklevel=1)
        found = lossref.value("squared_error", prediction, target)
        return (found / 2 if len(calls) == 2 else found).astype(np.float32)

    module.mine = moody
    remarks = check(capsys, "strangers:mine", "--loss", "squared_error")[1]["losses"][0]["remarks"]
    assert remarks == [
        "value: warned: DeprecationWarning: an old function",
        "value: returned float32 for inputs in float64",
        "value: gave other bits when it was asked the same again",
    ]


def test_refusing_nan_is_shown_apart_and_does_not_break(module, capsys):
    def picky(prediction, target):
        if not np.isfinite(prediction * target).all():
            raise ValueError("finite numbers, please")
        return lossref.value("squared_error", prediction, target)

    module.mine = picky
    status, found = check(capsys, "strangers:mine", "--loss", "squared_error")
    assert status == 0
    assert found["losses"][0]["parts"]["value"]["regions"]["special"] == "F"
    assert check(capsys, "strangers:mine", "--loss", "squared_error", "--strict")[0] == 1


def test_a_module_that_exits_gets_a_sentence(tmp_path, monkeypatch, capsys):
    (tmp_path / "quitting.py").write_text("import sys\nsys.exit(0)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    status, message = check(capsys, "quitting")
    assert status == 2
    assert "importing quitting raised SystemExit" in message


def test_what_a_target_prints_stays_out_of_the_report(module, capsys):
    def chatty(prediction, target):
        print("hello")
        return lossref.value("squared_error", prediction, target)

    module.mine = chatty
    assert check(capsys, "strangers:mine", "--loss", "squared_error")[0] == 0


def test_a_broken_target_is_shown_where(module, capsys):
    def picky(prediction, target):
        if (prediction == 5).any():
            raise ValueError("no five")
        return lossref.value("squared_error", prediction, target)

    module.mine = picky
    status, found = check(capsys, "strangers:mine", "--loss", "squared_error")
    assert status == 3
    assert "no five; first at {'prediction': 5.0, 'target': 3.0}" in found["losses"][0]["broke"]


def test_a_module_that_cannot_be_imported_gets_a_sentence(tmp_path, monkeypatch, capsys):
    (tmp_path / "halting.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    status, message = check(capsys, "halting:losses")
    assert status == 2
    assert message == "lossref: importing halting raised ZeroDivisionError: division by zero\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no_such_module"], "neither an adapter"),
        (["numpy:no_such_thing"], "neither an adapter"),
        (["json"], "holds none of the losses"),
        (["numpy:pi", "--loss", "hinge"], "neither a function nor"),
        (["scipy", "--loss", "hinge"], "SciPy ships no hinge loss"),
        (["scipy", "--loss", "hing"], "no loss is called 'hing'"),
        (["scipy", "--worst", "-1"], "--worst must be 0 or more"),
    ],
)
def test_bad_use_gets_one_sentence(capsys, arguments, words):
    status, message = check(capsys, *arguments)
    assert status == 2
    assert words in message
    assert message.count("\n") == 1


def test_a_missing_library_gets_a_sentence(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "lossref.targets.adapters.torch", raising=False)
    status, message = check(capsys, "torch")
    assert status == 2
    assert "torch is not installed here" in message
    assert "pip install torch" in message

"""Anybody's code judged: mappings, modules, functions, objects, files; broken and unfindable ones get a sentence."""

import json
import re
import sys
import types
import warnings

import numpy as np
import pytest

import lossref
from lossref.cli import main
from lossref.implementations import resolve
from lossref.library import Implementation, ImplementationError, Library, NotSupported
from lossref.spaces import Real
from lossref.spec import Loss, Parameter, Question

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
    "nothing": (lambda prediction, target: None, "takes none of the vectors: it gave no value"),
    "other": (lambda logits, target: logits, "raised TypeError"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_implementation_is_told_apart(module, capsys, name):
    function, words = BROKEN[name]
    module.mine = function
    status, found = check(capsys, "strangers:mine", "--loss", "squared_error")
    assert status == 3
    assert words in found["losses"][0]["broke"]
    assert main(["check", "strangers:mine", "--loss", "squared_error"]) == 3
    assert "broke" in capsys.readouterr().out


def test_habits_are_remarked_on(module, capsys):
    """Warnings and a narrower format cost no grade by themselves, and are said."""

    def old(prediction, target):
        warnings.warn("an old function", DeprecationWarning, stacklevel=1)
        return lossref.value("squared_error", prediction, target).astype(np.float32)

    module.mine = old
    remarks = check(capsys, "strangers:mine", "--loss", "squared_error")[1]["losses"][0]["remarks"]
    assert remarks == [
        "value: warned: DeprecationWarning: an old function",
        "value: returned float32 for inputs in float64",
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


def test_what_an_implementation_prints_stays_out_of_the_report(module, capsys):
    def chatty(prediction, target):
        print("hello")
        return lossref.value("squared_error", prediction, target)

    module.mine = chatty
    assert check(capsys, "strangers:mine", "--loss", "squared_error")[0] == 0


def test_a_broken_implementation_is_shown_where(module, capsys):
    def picky(prediction, target):
        if (prediction == 5).any():
            raise ValueError("no five")
        return lossref.value("squared_error", prediction, target)

    module.mine = picky
    status, found = check(capsys, "strangers:mine", "--loss", "squared_error")
    assert status == 3
    broke = found["losses"][0]["broke"]
    assert re.search(r"raised ValueError: no five \(test_implementations.py line \d+\); first at {'prediction': 5.0, 'target': 3.0}", broke)


def test_a_module_that_cannot_be_imported_gets_a_sentence(tmp_path, monkeypatch, capsys):
    (tmp_path / "halting.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    status, message = check(capsys, "halting:losses")
    assert status == 2
    assert message == "lossref: importing halting raised ZeroDivisionError: division by zero (halting.py line 1)\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no_such_module"], "neither an adapter"),
        (["sklern"], "; did you mean sklearn?"),
        (["pytorch"], "; did you mean torch?"),
        (["no_such_file.py:f"], "there is no file no_such_file.py"),
        ([""], "Empty module name"),
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
    monkeypatch.delitem(sys.modules, "lossref.implementations.adapters.torch", raising=False)
    status, message = check(capsys, "torch")
    assert status == 2
    assert "torch is not installed here" in message
    assert "pip install torch" in message


def call(loss, **options):
    """A call of two examples of a loss of two numbers."""
    return Question(loss, "float64", {"prediction": (1.0, 3.0), "target": (0.0, 0.0)}, options, "reduction", "own")


def example(loss, **parameters):
    return Question(loss, "float64", {"prediction": 3.0, "target": 0.0}, parameters, "ordinary", "own")


def residual(prediction, target, delta=1.0, reduction="mean", sample_weight=None):
    found = np.abs(prediction - target) * delta * (1 if sample_weight is None else sample_weight)
    return found if reduction == "none" else getattr(np, reduction)(found)


def test_the_parameters_of_a_signature_are_the_options(module):
    module.huber = residual
    found = resolve("strangers").implementations["huber"]
    assert found.takes(example("huber", delta=2.0)) == ""
    assert found.takes(call("huber", reduction="mean", sample_weight=(1.0, 0.5), empty="nan", mask=None)) == ""
    assert found.takes(call("huber", reduction="mean", mask=(True, False))) == "it has no option mask"
    assert found.takes(call("huber", reduction="mean", denominator="count")) == "it has no option denominator"
    arrays = {"prediction": np.array([1.0, 3.0]), "target": np.zeros(2)}
    assert found.parts["value"](**arrays, delta=2.0).tolist() == [2, 6]  # one by one, whatever its default
    assert found.parts["value"](**arrays, reduction="sum", empty="nan", mask=None) == 4
    assert found.line("value", example("huber", delta=2.0)).endswith(
        'import strangers; print(strangers.huber(prediction=np.array([3.0]), target=np.array([0.0]), delta=2.0, reduction="none"))'
    )
    module.huber = lambda prediction, target: prediction
    found = resolve("strangers").implementations["huber"]
    assert found.takes(example("huber", delta=1.0)) == ""
    assert found.takes(example("huber", delta=2.0)) == "it has no option delta"
    assert found.takes(call("huber", reduction="none")) == "it has no option reduction"
    module.huber = lambda **everything: everything["prediction"]
    assert resolve("strangers").implementations["huber"].takes(example("huber", delta=2.0)) == ""
    assert resolve("strangers").implementations["huber"].takes(call("huber", reduction="none")) == "it has no option reduction"


def test_an_object_with_call_answers_calls_and_examples(module, capsys):
    class Calling:
        @staticmethod
        def call(prediction, target, reduction="none"):
            return lossref.value_and_gradient("squared_error", prediction, target, reduction=reduction)

    module.squared_error = Calling
    found = resolve("strangers").implementations["squared_error"]
    assert set(found.parts) == {"value", "gradient"}
    assert found.takes(call("squared_error", reduction="mean")) == found.takes(example("squared_error")) == ""
    assert found.takes(call("squared_error", reduction="mean", upstream=2.0)) == "it has no option upstream"
    assert found.parts["gradient"](prediction=np.array([3.0]), target=np.zeros(1)).tolist() == [6]
    assert found.line("gradient", call("squared_error", reduction="mean")).endswith(
        'strangers.squared_error.call(prediction=np.array([1.0, 3.0]), target=np.array([0.0, 0.0]), reduction="mean")[1])'
    )
    status, report = check(capsys, "strangers")
    (entry,) = report["losses"]
    assert status == 0
    assert entry["calls"] > 3
    assert entry["refusals"]["it has no option mask"] > 3


def test_call_is_asked_for_calls_and_the_parts_for_examples(module):
    class Split:
        @staticmethod
        def value(prediction, target):
            return prediction * 0 + 1

        @staticmethod
        def call(prediction, target, **options):
            return len(options), None

    module.hinge = Split()
    found = resolve("strangers").implementations["hinge"]
    arrays = {"prediction": np.zeros(2), "target": np.ones(2)}
    assert found.parts["value"](**arrays).tolist() == [1, 1]
    assert found.parts["value"](**arrays, reduction="sum", mask=np.ones(2, bool)) == 2
    assert found.takes(call("hinge", reduction="sum", mask=(True, True))) == ""
    module.hinge = types.SimpleNamespace(value=residual, gradient=lambda prediction, target: prediction)
    single = resolve("strangers").implementations["hinge"].parts["gradient"]
    with pytest.raises(NotSupported, match="it has no option reduction"):
        single(**arrays, reduction="sum")


FILE = "import math\n\n\ndef mine(prediction, target):\n    return abs(prediction - target)\n"


def test_a_file_is_found_by_its_path(tmp_path, monkeypatch):
    (tmp_path / "some_losses.py").write_text(FILE)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "some_losses", raising=False)
    found = resolve(f"{tmp_path}/some_losses.py:mine", "absolute_error").implementations["absolute_error"]
    assert found.parts["value"](prediction=np.array([3.0]), target=np.zeros(1)).tolist() == [3]
    assert f'sys.path.insert(0, "{tmp_path}"); import some_losses; ' in found.line("value", example("absolute_error"))
    monkeypatch.chdir(tmp_path)
    found = resolve("some_losses.py:mine", "absolute_error").implementations["absolute_error"]
    assert found.line("value", example("absolute_error")).startswith("import numpy as np; import some_losses; ")


def test_a_loss_of_ones_own_is_judged_by_its_record(module):
    own = Loss(
        name="mine",
        arguments={"prediction": Real(), "target": Real()},
        parameters={"power": Parameter(space=Real(), default=2.0, grid=(2.0, 3.0))},
        definition=lambda m, prediction, target, power: abs(prediction - target),
    )
    module.mine = lambda prediction, target, power: abs(prediction - target) ** power
    module.hinge = module.mine
    for name in ("strangers", "strangers:mine"):
        library = resolve(name, own)
        assert set(library.implementations) == {"mine"}
        assert library.implementations["mine"].takes(example("mine", power=3.0)) == ""
        assert library.implementations["mine"].parts["value"](prediction=np.array([3.0]), target=np.zeros(1), power=2.0) == 9
    with pytest.raises(ImplementationError, match="holds none of the losses: mine"):
        resolve("json", own)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import not_there_at_all\n", r"ModuleNotFoundError: No module named 'not_there_at_all' \(broken.py line 1\)"),
        ("\nfrom math import no_such_name\n", r"ImportError: cannot import name 'no_such_name' .* \(broken.py line 2\)"),
        ("import json\njson.loads('{')\n", r"JSONDecodeError: .* \(broken.py line 2\)"),
        ("def f(:\n", r"SyntaxError: .*broken.py, line 1\)"),
    ],
)
def test_what_a_module_raises_while_it_is_imported_is_said_as_such(tmp_path, monkeypatch, text, words):
    (tmp_path / "broken.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("broken", "broken:losses", f"{tmp_path}/broken.py:losses"):
        monkeypatch.delitem(sys.modules, "broken", raising=False)
        with pytest.raises(ImplementationError, match=f"^importing .*broken.* raised {words}$"):
            resolve(name)


def test_a_library_that_takes_nothing_of_a_format_is_a_bad_use_and_says_why(capsys, monkeypatch):
    """As xgboost in float64: nothing broke, and nothing differs."""
    single = Implementation(parts={"value": lambda **_: None}, line=lambda *_: "", takes=lambda question: "single precision only")
    library = Library(name="single", title="single", implementations={"hinge": single})
    monkeypatch.setattr("lossref.commands.check.resolve", lambda *_: library)
    assert main(["check", "single"]) == 2
    assert "single takes none of the vectors in float64: single precision only" in capsys.readouterr().err

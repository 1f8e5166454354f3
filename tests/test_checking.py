"""lossref.check: an object at hand is judged, and the report is an object that shows itself."""

from __future__ import annotations

import json
from importlib.util import find_spec

import numpy as np
import pytest

import lossref
from lossref.cli import main
from lossref.library import ImplementationError
from lossref.options import PROBABILITY
from lossref.spaces import Real, Unit
from lossref.spec import Loss


def softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def stable(logits, target):
    return np.where(target == 1, softplus(-logits), np.where(target == 0, softplus(logits), softplus(logits) - target * logits))


def naive(logits, target):
    p = 1 / (1 + np.exp(-logits))
    return -target * np.log(p) - (1 - target) * np.log(1 - p)


def test_a_function_is_judged_like_on_the_command_line(capsys, tmp_path, monkeypatch):
    (tmp_path / "at_hand.py").write_text("import lossref\ndef f(x):\n    return lossref.value('tanh', x)\n")
    monkeypatch.chdir(tmp_path)
    main(["check", "at_hand.py:f", "--loss", "tanh", "--json", "--worst", "1"])
    typed = json.loads(capsys.readouterr().out)["losses"]
    mine = lossref.check(lambda x: lossref.value("tanh", x), "tanh").data["losses"]
    for entry in (*typed, *mine):
        for part in entry["parts"].values():
            for wrong in part["worst"]:
                del wrong["line"], wrong["command"]
    assert typed == mine


def test_the_report_shows_itself_and_says_whether_it_conforms():
    good, bad = lossref.check(stable, "BCEWithLogitsLoss", level="C"), lossref.check(naive, "sigmoid_cross_entropy")
    assert good.conforms
    assert not bad.conforms
    assert list(bad.grades) == ["sigmoid_cross_entropy"]
    assert repr(bad) == str(bad)
    assert str(bad).startswith("naive differs at level B in float64: sigmoid_cross_entropy falls below it")
    assert "try     print(f(logits=np.array([" in str(bad)
    html = bad._repr_html_()
    assert html.startswith("<pre")
    assert "color:" in html


def test_the_name_may_say_which_loss_it_is():
    def mse_loss(prediction, target):
        return (prediction - target) ** 2

    assert lossref.check(mse_loss).grades == lossref.check(mse_loss, "MSELoss").grades == {"squared_error": {"value": "B"}}
    with pytest.raises(KeyError, match=r"no loss is called 'naive'"):
        lossref.check(naive)


def test_a_library_by_name_has_all_its_losses():
    grades = lossref.check("scipy").grades
    assert {"softplus", "sigmoid"} <= set(grades)
    assert set(lossref.check("scipy", "expit").grades) == {"sigmoid"}


def test_conventions_and_limits_are_sentences():
    def clipped(probabilities, target):
        p = np.clip(probabilities, 1e-7, 1 - 1e-7)
        return np.where(target == 1, -np.log(p), np.where(target == 0, -np.log1p(-p), -target * np.log(p) - (1 - target) * np.log1p(-p)))

    plain = lossref.check(clipped, "binary_cross_entropy")
    declared = lossref.check(clipped, "binary_cross_entropy", conventions="clip probabilities to [1e-7, 1 - 1e-7]")
    assert not plain.conforms
    assert "convention='clip probabilities to [1e-7, 1 - 1e-7]" in plain.data["losses"][0]["cause"]
    assert declared.conforms
    assert declared.data["losses"][0]["parts"]["value"]["mathematics"] == plain.grades["binary_cross_entropy"]["value"]
    limited = lossref.check(stable, "sigmoid_cross_entropy", limits=["labels are hard"])
    assert limited.data["losses"][0]["limits"] == ["labels are hard"]


def test_a_loss_of_ones_own_is_a_record():
    def definition(m, logits, target):
        p, q = m.exp(logits) / (1 + m.exp(logits)), 1 / (1 + m.exp(logits))
        return -target * m.log(p) - (1 - target) * m.log(q)

    own = Loss(name="mine", arguments={"logits": Real(), "target": Unit()}, definition=definition, target=PROBABILITY)
    assert set(lossref.check(naive, own).grades) == {"mine"}


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"level": "Z"}, ValueError, "level must be one of A\\+"),
        ({"format": "float128"}, ValueError, "format must be one of float64"),
        ({"framework": "theano"}, ValueError, "framework must be one of numpy, torch"),
        ({"loss": "sigmod"}, KeyError, "did you mean sigmoid"),
        ({"conventions": "clamp it"}, Exception, "is no convention; what can be said"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(given, error, said):
    with pytest.raises(error, match=said):
        lossref.check(naive, **{"loss": "sigmoid_cross_entropy", **given})


def test_what_is_no_implementation_is_said():
    with pytest.raises(ImplementationError, match="neither a function nor"):
        lossref.check(3, "huber")


@pytest.mark.skipif(not find_spec("torch"), reason="PyTorch is not installed here")
def test_a_newcomer_with_a_module_of_torch_has_a_grade_at_once():
    import torch

    report = lossref.check(torch.nn.BCEWithLogitsLoss())
    assert report.grades == {"sigmoid_cross_entropy": {"value": "D", "gradient": "C"}}

    def mse(x, y):
        return torch.mean((x - y) ** 2)

    assert lossref.check(mse).grades == {"squared_error": {"value": "B", "gradient": "B"}}

    def focal(logits, target):
        p = torch.sigmoid(logits)
        return -torch.log(torch.where(target == 1, p, 1 - p)).mean()

    text = str(lossref.check(focal, "sigmoid_cross_entropy", limits="labels are hard"))
    assert "torch's own binary_cross_entropy_with_logits " in text

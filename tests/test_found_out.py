"""Losses of tensors whose labels, results, names or reductions are not as ours: found out by asking, judged and reproduced all the same."""

from __future__ import annotations

import re
import shlex
from importlib.util import find_spec

import pytest
import strangers

from lossref.cli import main

pytestmark = pytest.mark.skipif(not find_spec("torch"), reason="PyTorch is not installed here")

THEIRS = '''
import functools
import torch
from torch import nn
from torch.nn import functional as F


def keywords(*, input, labels):
    return F.binary_cross_entropy_with_logits(input, labels)


def beside(logits, target):
    return F.cross_entropy(logits, target), (logits.argmax(1) == target).double().mean()


def named(logits, target):
    return {"accuracy": (logits.argmax(1) == target).double().mean(), "loss": F.cross_entropy(logits, target)}


def nameless(logits, target):
    return {"a": F.cross_entropy(logits, target), "b": 0}


def whole(logits, labels):
    return (torch.ones(2, dtype=logits.dtype)[labels] * F.softplus((1 - 2 * labels) * logits)).mean()


def rows(logits, labels):
    assert labels.shape == logits.shape
    return -(labels * F.log_softmax(logits, 1)).sum(1).mean()


def rows_over_classes(logits, labels):
    assert labels.shape == logits.shape
    return -(labels * F.log_softmax(logits, 1)).mean(1).mean()


def floating(logits, labels):
    assert labels.dtype.is_floating_point
    return F.cross_entropy(logits, labels.long())


def hinge_of_bits(output, labels):
    return (1 - output * (2 * labels - 1)).clamp(min=0).mean()


def exchanged(labels, probabilities):
    return F.binary_cross_entropy(probabilities, labels)


def number(prediction, target):
    return F.mse_loss(prediction, target).item()


def detached(prediction, target):
    return F.mse_loss(prediction.detach(), target)


def single(prediction, target):
    if prediction.dtype != torch.float32:
        raise TypeError("float32 alone")
    return F.mse_loss(prediction, target)


def loud(prediction, target):
    print("loss")
    return F.mse_loss(prediction, target)


class Deaf(nn.Module):
    def __init__(self, reduction="mean"):
        super().__init__()

    def forward(self, prediction, target):
        return F.mse_loss(prediction, target)


class Dice(nn.Module):
    def __init__(self, smooth=1e-5):
        super().__init__()
        self.smooth = smooth

    def forward(self, x, y):
        x, y = x.reshape(-1), y.reshape(-1)
        return 1 - (2 * (x * y).sum() + self.smooth) / (x.sum() + y.sum() + self.smooth)


def channels(x, y, smooth=1.0):
    both = (x * y).sum(dim=2).sum(dim=2)
    return (1 - (2 * both + smooth) / (x.sum(dim=2).sum(dim=2) + y.sum(dim=2).sum(dim=2) + smooth)).mean()


class SmoothL1(nn.Module):
    def __init__(self, beta=1.0):
        super().__init__()
        self.beta = beta

    def forward(self, x, y):
        return F.smooth_l1_loss(x, y, beta=self.beta)


class Counted(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.count = num_classes

    def forward(self, x, y):
        return -(F.one_hot(y, self.count) * F.log_softmax(x, 1)).sum(1).mean()


class Positive(nn.Module):
    def __init__(self, pos_weight=3.0):
        super().__init__()
        self.register_buffer("pos_weight", torch.as_tensor(pos_weight))

    def forward(self, x, y):
        return F.binary_cross_entropy_with_logits(x, y, pos_weight=self.pos_weight)


def weighed_by_count(input, target, weight=None):
    return F.cross_entropy(input, target, weight=weight, reduction="sum") / len(target)


def over_the_batch(prediction, target):
    return ((prediction[:, None] - target) ** 2).mean()


def of_the_means(prediction, target):
    return (prediction.mean() - target.mean()) ** 2


partial = functools.partial(F.huber_loss, delta=2.0)
positive = Positive(2.0)
weights = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 0.5]))
weights_unreduced = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 0.5]), reduction="none")
ignoring = nn.CrossEntropyLoss(ignore_index=0)
of_examples = nn.BCELoss(weight=torch.tensor([2.0]))
'''
# what is typed after `check`, the grades of value and gradient, and what is declared by asking
CASES = {
    "arguments by keyword alone": ("keywords --as sigmoid_cross_entropy", "DC", []),
    "the loss first of several": ("beside --as cross_entropy", "CC", []),
    "the loss by name": ("named --as cross_entropy", "CC", []),
    "whole numbers for labels": ("whole --as sigmoid_cross_entropy", "DD", ["labels are hard"]),
    "one-hot rows for labels": ("rows --as cross_entropy", "CC", []),
    "one-hot rows, and a mean over classes": ("rows_over_classes --as cross_entropy", "FF", []),
    "floating-point numbers for labels": ("floating --as cross_entropy", "CC", []),
    "0 and 1 for -1 and 1": ("hinge_of_bits --as hinge", ("A", "A+"), []),
    "float32 alone": ("single --as mse_loss", "BA", []),
    "prints": ("loud --as mse_loss", "BB", []),
    "a reduction that does nothing": ("Deaf --as mse_loss", "BB", []),
    "one map for the whole batch": ("Dice --as dice", "CB", []),
    "maps with a channel": ("channels --as dice", "CB", []),
    "beta that is not delta": ("SmoothL1 --as huber", ("A", "A+"), []),
    "made for a number of classes": ("'Counted(num_classes=3)' --as cross_entropy", "CC", ["exactly 3 classes"]),
    "a weight of label 1 by default": ("Positive --as sigmoid_cross_entropy", "DC", []),
    "a weight of label 1 for good": ("positive --as sigmoid_cross_entropy", "DC", ["weight of label 1 2"]),
    "class weights for good": ("weights --as cross_entropy", "CC", ["class weights 1, 2, 0.5 in means", "exactly 3 classes"]),
    "class weights, unreduced": ("weights_unreduced --as cross_entropy", "CC", ["class weights 1, 2, 0.5", "exactly 3 classes"]),
    "a class ignored for good": ("ignoring --as cross_entropy", "CC", ["ignored class 0"]),
    "a mean by count under class weights": ("weighed_by_count --as cross_entropy", "FF", []),
    "a mean by count that is declared": (
        "weighed_by_count --as cross_entropy --convention 'softmax_cross_entropy: mean over count'", "CC", ["mean over count"],
    ),
    "a partial": ("partial --as huber", "BA", ["delta is 2"]),
    "right for one example, and not for a batch": ("of_the_means --as mse_loss", "FF", []),
    "every prediction with every target": ("over_the_batch --as mse_loss", "FF", []),
}


PACKAGE = {
    "package/__init__.py": "",
    "package/base.py": "def square(x):\n    return x * x\n",
    "package/losses.py": "from .base import square\n\n\ndef mse_loss(x, y):\n    return square(x - y)\n",
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    with strangers.folder(tmp_path, monkeypatch, {"theirs.py": THEIRS, **PACKAGE}):
        yield


@pytest.mark.parametrize("name", CASES)
def test_a_loss_is_judged_as_it_wants_to_be_asked(name, capsys):
    typed, grades, declared = CASES[name]
    quote = "'" * typed.startswith("'")
    found = strangers.report(capsys, f"{quote}torch:theirs.py:{typed.removeprefix(quote)}")
    assert tuple(found["parts"][part]["grade"] for part in found["parts"]) == tuple(grades), found["remarks"]
    assert [convention["sentence"] for convention in found["conventions"]] + found["limits"] == declared


@pytest.mark.parametrize("typed", ["keywords --as sigmoid_cross_entropy", "named --as cross_entropy", "whole --as sigmoid_cross_entropy",
                                   "rows --as cross_entropy", "weights --as cross_entropy"])  # fmt: skip
def test_the_printed_line_says_it_again(typed, capsys):
    strangers.assert_said_again(strangers.report(capsys, f"torch:theirs.py:{typed}"))


def test_a_file_of_a_package_has_its_relative_imports(capsys):
    found = strangers.report(capsys, "torch:package/losses.py:mse_loss")
    assert found["parts"]["value"]["grade"] == "B"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("exchanged --as binary_cross_entropy", r"right if the arguments are exchanged: it takes \(target, probabilities\)"),
        ("number --as mse_loss", "it returns float where a tensor is wanted"),
        ("nameless --as cross_entropy", "it returns a, b by name, of which none is called loss"),
        ("single --as mse_loss --format float64", "computes in float32, and not in float64"),
        ("of_examples --as BCELoss", "has weights of examples, which fit one batch alone"),
    ],
)
def test_what_cannot_be_judged_is_said_in_one_sentence(typed, said, capsys):
    assert main(["check", *shlex.split(f"torch:theirs.py:{typed}")]) == 2
    shown = capsys.readouterr()
    assert re.search(said, shown.err), shown.err
    assert len(shown.err.strip().splitlines()) == 1


def test_a_detached_result_is_called_so(capsys):
    assert main(["check", "torch:theirs.py:detached", "--as", "mse_loss"]) == 3
    assert "what it returns has no gradient: somewhere it is detached" in re.sub(r"\s+", " ", capsys.readouterr().out)

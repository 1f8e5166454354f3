"""Losses of tensors as strangers write them: found, asked and judged as they stand, by one short command."""

from __future__ import annotations

import re
import shlex
from importlib.util import find_spec

import pytest
import strangers

from lossref.cli import main

pytestmark = pytest.mark.skipif(not find_spec("torch"), reason="PyTorch is not installed here")

THEIRS = '''
import torch
from torch import nn
from torch.nn import functional as F


class SmoothedLoss(nn.Module):
    def __init__(self, smoothing=0.1):
        super().__init__()
        self.smoothing = smoothing

    def forward(self, logits, target):
        log_p = F.log_softmax(logits, 1)
        right = -log_p.gather(1, target[:, None])[:, 0]
        return ((1 - self.smoothing) * right - self.smoothing * log_p.mean(1)).mean()


class WrongAxis(SmoothedLoss):
    def forward(self, logits, target):
        log_p = F.log_softmax(logits, 1)
        right = -log_p.gather(1, target[:, None])[:, 0]
        return ((1 - self.smoothing) * right - self.smoothing * log_p.sum(1) / len(log_p)).mean()


class Maps(nn.Module):
    def forward(self, logits, target):
        n, c, h, w = logits.shape
        return F.cross_entropy(logits, target)


def summed(z, y):
    return F.binary_cross_entropy_with_logits(z, y, reduction="sum")


def columns(z, y):
    if z.ndim != 2:
        raise ValueError("two axes are wanted")
    return F.binary_cross_entropy_with_logits(z, y)


def one_example(logits, target):
    return -torch.log_softmax(logits, 0)[target]


def focal(inputs, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    p = torch.sigmoid(inputs)
    ce = F.binary_cross_entropy_with_logits(inputs, targets, reduction="none")
    loss = ce * (1 - (p * targets + (1 - p) * (1 - targets))) ** gamma * (alpha * targets + (1 - alpha) * (1 - targets))
    return {"none": loss, "sum": loss.sum(), "mean": loss.mean()}[reduction]


def gradient_off(z, y):
    return F.mse_loss(z.detach() + (z - z.detach()) * 0.5, y)


def broken(z, y):
    raise RuntimeError("no kernel for this")


def steady(z, y):
    return torch.where(z >= 0, z, 0) - z * y + torch.log1p(torch.exp(-z.abs()))


instance = SmoothedLoss(0.2)
plain = nn.BCEWithLogitsLoss()
'''
# what is typed after `check`, then the grades of value and gradient
CASES = {
    "a module class with a mean and smoothing": ("torch:mine.py:SmoothedLoss --as softmax_cross_entropy", "C", "C"),
    "smoothing over the wrong axis": ("torch:mine.py:WrongAxis --as softmax_cross_entropy", "F", "F"),
    "an instance, its smoothing fixed": ("torch:mine.py:instance --as CrossEntropyLoss", "B", "C"),
    "an instance of torch's": ("torch:mine.py:plain --as BCEWithLogitsLoss", "D", "C"),
    "a class of torch's by its name": ("torch:torch.nn:BCEWithLogitsLoss", "D", "C"),
    "a class called with arguments": ("'torch:torch.nn:HuberLoss(delta=0.5)'", "B", "A"),
    "maps, the classes along axis 1": ("torch:mine.py:Maps --as cross_entropy", "C", "C"),
    "a sum": ("torch:mine.py:summed --as sigmoid_cross_entropy", "D", "C"),
    "columns": ("torch:mine.py:columns --as sigmoid_cross_entropy", "D", "C"),
    "one example at a time": ("torch:mine.py:one_example --as softmax_cross_entropy", "C", "C"),
    "a function with options": ("torch:mine.py:focal --as sigmoid_focal_loss", "D", "F"),
    "half the gradient": ("torch:mine.py:gradient_off --as mse_loss", "B", "F"),
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    with strangers.folder(tmp_path, monkeypatch, {"mine.py": THEIRS}):
        yield


@pytest.mark.parametrize("name", CASES)
def test_a_strangers_loss_is_judged_by_one_short_command(name, capsys):
    typed, value, gradient = CASES[name]
    assert len(f"lossref check {typed}") < 80
    found = strangers.report(capsys, typed)
    assert {part: found["parts"][part]["grade"] for part in found["parts"]} == {"value": value, "gradient": gradient}, found["remarks"]


@pytest.mark.parametrize("name", ["a module class with a mean and smoothing", "maps, the classes along axis 1", "a function with options"])
def test_the_printed_line_says_it_again_without_lossref(name, capsys):
    typed, *_ = CASES[name]
    strangers.assert_said_again(strangers.report(capsys, typed))


def test_what_is_fixed_is_judged_as_it_is(capsys):
    found = strangers.report(capsys, "torch:mine.py:instance --as softmax_cross_entropy")
    (convention,) = found["conventions"]
    assert convention["sentence"] == "label smoothing 0.2"
    assert found["refusals"]["its label_smoothing is fixed"]
    assert not any("reduction mean" in reason for reason in found["refusals"])  # its mean is asked


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("torch:mine.py:broken --as mse_loss", r"it raised RuntimeError: no kernel for this \(mine.py line \d+\)"),
        ("torch:mine.py:focal", "say which loss focal is with --as: .*means .*sigmoid_focal_cross_entropy in .*: say which by our name"),
        ("torch:mine.py:absent --as mse_loss", "mine.py has no absent"),
        ("torch:absent_module:f --as mse_loss", "absent_module"),
        ("'torch:mine.py:SmoothedLoss(gamma=1)' --as softmax_cross_entropy", "has no parameter gamma, only smoothing"),
        ("'torch:mine.py:SmoothedLoss(1+)' --as softmax_cross_entropy", "keywords with plain values"),
        ("torch:mine.py:plain --as mse_loss --device nowhere", "--device nowhere: "),
        ("torch:mine.py:plain --as BCEWithLogitLoss", "no loss is called 'BCEWithLogitLoss'; did you mean sigmoid_cross_entropy"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_sentence(typed, said, capsys):
    assert main(["check", *shlex.split(typed)]) == 2
    shown = capsys.readouterr()
    assert not shown.out
    assert re.search(said, shown.err), shown.err
    assert len(shown.err.strip().splitlines()) == 1

"""Adapters make whole calls as the library does, take those that it documents and no others, and show lines that reproduce them."""

import re
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

from lossref import callpoints, callvectors, catalog
from lossref.batches import REDUCTIONS
from lossref.formats import FLOAT64
from lossref.judge.calls import arrays_of, judge_calls
from lossref.judge.grades import meets
from lossref.judge.grammar import parse
from lossref.targets import resolve
from lossref.targets.calling import divides_alike
from lossref.targets.target import ADAPTERS

PACKAGES = {"torch_func": "torch"}  # an adapter that is called otherwise than the package it needs


def installed(names):
    missing = {name for name in names if not find_spec(PACKAGES.get(name, name))}
    return [pytest.param(name, marks=pytest.mark.skipif(name in missing, reason=f"{name} is not installed")) for name in names]


CALLING = ("onnx", "sklearn", "torch", "torch_func")


def called(name):
    """Each loss of a target that has calls, with them."""
    found = resolve(name).implementations
    return {loss: found[loss].calls for loss in callpoints.losses() if loss in found and found[loss].calls}


def vectors(loss, form=FLOAT64):
    return callvectors.read(catalog.get(loss), form)


def same(a, b):
    a, b = np.asarray(a), np.asarray(b)
    np.testing.assert_array_equal(a, b)
    assert (a.shape, a.dtype) == (b.shape, b.dtype)
    np.testing.assert_array_equal(np.signbit(a), np.signbit(b))


def torch_value(loss, x, y, reduction):
    """The value as somebody writes it who knows torch and not this project."""
    from torch import nn

    modules = {
        "squared_error": nn.MSELoss, "absolute_error": nn.L1Loss, "huber": nn.HuberLoss, "logistic": nn.SoftMarginLoss,
        "binary_cross_entropy": nn.BCELoss, "sigmoid_cross_entropy": nn.BCEWithLogitsLoss, "negative_log_likelihood": nn.NLLLoss,
        "softmax_cross_entropy": nn.CrossEntropyLoss, "soft_target_cross_entropy": nn.CrossEntropyLoss,
    }  # fmt: skip
    if loss == "half_squared_error":
        return 0.5 * nn.MSELoss(reduction=reduction)(x, y)
    if loss == "kl_divergence":
        value = nn.KLDivLoss(reduction="batchmean" if reduction == "mean" else reduction)(x.log(), y)
        return value.sum(dim=1) if reduction == "none" else value
    return modules[loss](reduction=reduction)(x, y)


def by_hand_torch(loss, x, y, reduction):
    import torch

    x = torch.tensor(x, requires_grad=True)
    value = torch_value(loss, x, torch.tensor(y), reduction)
    value.sum().backward()
    return value.detach().numpy(), x.grad.numpy()


def by_hand_torch_func(loss, x, y, reduction):
    """Not the numbers of plain autograd: torch.func takes some losses apart into other operations."""
    import torch

    value, back = torch.func.vjp(lambda x: torch_value(loss, x, torch.tensor(y), reduction), torch.tensor(x))
    return value.numpy(), back(torch.ones_like(value))[0].numpy()


def by_hand_sklearn(loss, x, y, reduction):
    from sklearn import metrics
    from sklearn._loss import loss as losses

    of_metrics = {
        ("squared_error", "mean"): lambda: metrics.mean_squared_error(y, x),
        ("absolute_error", "mean"): lambda: metrics.mean_absolute_error(y, x),
        ("hinge", "mean"): lambda: metrics.hinge_loss(y, x),
        ("binary_cross_entropy", "mean"): lambda: metrics.log_loss(y, x),
        ("binary_cross_entropy", "sum"): lambda: metrics.log_loss(y, x, normalize=False),
    }
    if (loss, reduction) in of_metrics:
        return of_metrics[loss, reduction](), None
    found = {
        "absolute_error": losses.AbsoluteError, "half_squared_error": losses.HalfSquaredError,
        "huber": lambda: losses.HuberLoss(delta=1.0), "exponential": losses.ExponentialLoss,
        "sigmoid_cross_entropy": losses.HalfBinomialLoss, "softmax_cross_entropy": lambda: losses.HalfMultinomialLoss(n_classes=3),
    }[loss]()  # fmt: skip
    y = ((y == 1) if loss == "exponential" else y).astype(x.dtype)
    if reduction == "mean":
        return np.average(found.loss(y, x)), None
    return found.loss_gradient(y, x)  # not the value of found.loss, which it computes otherwise


def by_hand_onnx(loss, x, y, reduction):
    from onnx import helper, reference

    operator = {"softmax_cross_entropy": "SoftmaxCrossEntropyLoss", "negative_log_likelihood": "NegativeLogLikelihoodLoss"}[loss]
    node = helper.make_node(operator, inputs=["a", "b"], outputs=["c"], reduction=reduction)
    return reference.ReferenceEvaluator(node).run(["c"], {"a": x, "b": y})[0], None


BY_HAND = {"torch": by_hand_torch, "torch_func": by_hand_torch_func, "sklearn": by_hand_sklearn, "onnx": by_hand_onnx}


@pytest.mark.parametrize("name", installed(CALLING))
def test_a_plain_call_is_the_library_called_by_hand(name, form):
    seen = set()
    for loss, calls in called(name).items():
        for vector in vectors(loss, form):
            if vector.flag == "plain" and calls.accepts(vector.options):
                arrays, reduction = arrays_of(vector, form), vector.options["reduction"]
                value, gradient = calls.make(**{k: x.copy() for k, x in arrays.items()}, reduction=reduction)
                wanted, slope = BY_HAND[name](loss, *arrays.values(), reduction)
                same(value, wanted)
                assert (gradient is None) == (slope is None)
                if slope is not None:
                    same(gradient, slope)
                seen.add((loss, reduction))
    assert {loss for loss, _ in seen} == set(called(name))
    assert {reduction for _, reduction in seen} == set(REDUCTIONS)


GOOD = {
    "onnx": ("softmax_cross_entropy", "negative_log_likelihood"),
    "sklearn": ("binary_cross_entropy", "hinge", "squared_error"),
    "torch": ("softmax_cross_entropy", "soft_target_cross_entropy", "negative_log_likelihood", "kl_divergence", "logistic"),
    "torch_func": ("softmax_cross_entropy", "soft_target_cross_entropy", "negative_log_likelihood", "kl_divergence", "logistic"),
}


@pytest.mark.parametrize("name", installed(CALLING))
def test_good_calls_are_found_good(name, listed):
    """Ordinary calls of every loss are B, and so are all calls of losses that divide and weigh as they document."""
    missed = []
    for loss, calls in called(name).items():
        asked = [v for v in vectors(loss) if loss in GOOD[name] or v.flag in ("plain", "single", "upstream")]
        asked = [v for v in asked if v.region != "range" and (loss in GOOD[name] or "sample_weight" not in v.options)]
        verdict = judge_calls(calls.make, asked, FLOAT64, calls.accepts)
        assert verdict.headline("value") is not None
        missed += [(loss, o.part, o.grade, dict(o.vector.options), o.got) for o in verdict.worst() if not meets(o.grade, "B")]
    listed(missed)


NUMBER = re.compile(r"(?<![\w.])-?(?:inf|nan|\d+\.?\d*(?:e[-+]?\d+)?)(?![\w(])")
PRINT_ALL = """
import sys
import numpy
numpy.set_printoptions(precision=17, floatmode="unique")
if "torch" in sys.argv:
    import torch
    torch.set_printoptions(precision=17)
"""


@pytest.mark.parametrize("name", installed(CALLING))
def test_the_line_of_a_call_prints_what_the_call_gave(name, form):
    """The plain call of each loss, and the accepted one with the most options, in one fresh process."""
    lines, answers = [], []
    for loss, calls in called(name).items():
        accepted = [v for v in vectors(loss, form) if calls.accepts(v.options) and v.flag not in ("hidden", "overflow")]
        for vector in (accepted[0], max(accepted, key=lambda v: len(v.options))):
            lines.append(calls.line(vector.batch, vector.options, form))
            options = {k: np.array(x) if isinstance(x, tuple) else x for k, x in vector.options.items()}
            with np.errstate(all="ignore"):  # a mean over nothing
                found = calls.make(**arrays_of(vector, form), **options)
            answers.append(np.concatenate([np.ravel(x) for x in found if x is not None]))
    assert not any("lossref" in line or "'" in line for line in lines)
    script = PRINT_ALL + '\nprint("next")\n'.join(lines)
    command = [sys.executable, "-W", "ignore", "-c", script, PACKAGES.get(name, name)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("next\n")
    for text, line, answer in zip(printed, lines, answers, strict=True):
        numbers = [float(x) for x in NUMBER.findall(re.sub(r"dtype=\S+|grad_fn=\S+", "", text))]
        # torch prints a number of decimals, which ends above the last bits of what is small
        np.testing.assert_allclose(np.array(numbers, answer.dtype), answer, rtol=1e-15, atol=1e-17, err_msg=line)


WEIGHED, MASK, MEAN = {"sample_weight": (0.5, 2.0, 0.0, 3.0)}, {"mask": (True, False, True, True)}, {"reduction": "mean"}
REFUSED = [
    # what no torch function has, a mean over nothing that is 0, and weighted means that divide by other things than documented
    ("torch", "squared_error", MEAN | MASK),
    ("torch", "squared_error", MEAN | {"empty": "zero"}),
    ("torch", "huber", MEAN | WEIGHED),
    ("torch", "squared_error", MEAN | WEIGHED | {"denominator": "count"}),
    ("torch", "squared_error", MEAN | {"denominator": 8.0}),
    ("torch", "binary_cross_entropy", MEAN | WEIGHED),
    ("torch", "binary_cross_entropy", MEAN | {"label_smoothing": 0.125}),
    ("torch", "logistic", {"reduction": "none"} | WEIGHED),
    ("torch", "softmax_cross_entropy", MEAN | {"target_form": "one_hot"}),
    ("torch", "softmax_cross_entropy", MEAN | {"class_weight": (1.0, 2.0, 3.0), "denominator": "kept"}),
    ("torch", "softmax_cross_entropy", MEAN | {"ignore_index": -100, "denominator": "count"}),
    ("torch", "negative_log_likelihood", MEAN | {"label_smoothing": 0.125}),
    ("torch", "soft_target_cross_entropy", MEAN | {"ignore_index": -100}),
    ("torch_func", "kl_divergence", MEAN | {"label_smoothing": 0.125}),
    ("sklearn", "hinge", {"reduction": "none"}),
    ("sklearn", "hinge", MEAN | {"sample_weight": (0.25,)}),
    ("sklearn", "squared_error", {"reduction": "sum"}),
    ("sklearn", "squared_error", MEAN | {"sample_weight": (0.0,) * 4}),
    ("sklearn", "squared_error", MEAN | WEIGHED | {"denominator": "count"}),
    ("sklearn", "sigmoid_cross_entropy", {"reduction": "none", "upstream": 2.0}),
    ("sklearn", "binary_cross_entropy", MEAN | {"pos_weight": 3.0}),
    ("onnx", "softmax_cross_entropy", MEAN | {"upstream": 2.0}),
    ("onnx", "softmax_cross_entropy", MEAN | {"label_smoothing": 0.125}),
    ("onnx", "softmax_cross_entropy", MEAN | WEIGHED),
    ("onnx", "negative_log_likelihood", MEAN | {"ignore_index": -100, "denominator": "count"}),
]
TAKEN = [
    ("torch", "huber", MEAN | WEIGHED | {"denominator": "count"}),
    ("torch", "squared_error", MEAN | WEIGHED),
    ("torch", "binary_cross_entropy", MEAN | WEIGHED | {"denominator": "kept", "upstream": -2.0}),
    ("torch", "sigmoid_cross_entropy", {"reduction": "sum", "pos_weight": 3.0} | WEIGHED),
    ("torch", "softmax_cross_entropy", MEAN | {"class_weight": (1.0, 2.0, 3.0), "ignore_index": -100, "label_smoothing": 0.125}),
    ("torch", "softmax_cross_entropy", MEAN | {"class_weight": (1.0, 2.0, 3.0), "target_form": "soft", "denominator": "count"}),
    ("torch", "soft_target_cross_entropy", MEAN | {"class_weight": (1.0, 2.0, 3.0), "denominator": "count"}),
    ("torch_func", "negative_log_likelihood", MEAN | {"ignore_index": -100, "denominator": "kept"}),
    ("sklearn", "hinge", MEAN | WEIGHED | {"target_form": "binary"}),
    ("sklearn", "binary_cross_entropy", {"reduction": "sum", "target_form": "sign"} | WEIGHED),
    ("sklearn", "softmax_cross_entropy", {"reduction": "none"} | WEIGHED),
    ("onnx", "softmax_cross_entropy", MEAN | {"class_weight": (1.0, 2.0, 3.0), "ignore_index": -100}),
    ("onnx", "negative_log_likelihood", MEAN | {"denominator": "count"}),
]


@pytest.mark.parametrize("name", installed(CALLING))
def test_what_a_library_documents_is_taken_and_nothing_else(name):
    calls = called(name)
    for target, loss, options in REFUSED:
        assert target != name or not calls[loss].accepts(options), (loss, options)
    for target, loss, options in TAKEN:
        assert target != name or calls[loss].accepts(options), (loss, options)


def test_denominators_are_one_where_nothing_tells_them_apart():
    for options, by_class, groups in [
        ({}, True, "weights kept count batch"),
        ({"ignore_index": 0}, True, "weights kept, count batch"),
        ({"sample_weight": 1}, True, "weights, kept count batch"),
        ({"class_weight": 1}, True, "weights, kept count batch"),
        ({"class_weight": 1}, False, "weights kept count batch"),
        ({"class_weight": 1, "target_form": "soft"}, True, "weights kept count batch"),
        ({"class_weight": 1, "mask": 1}, True, "weights, kept, count batch"),
    ]:
        group = {name: k for k, names in enumerate(groups.split(", ")) for name in names.split()}
        for used in ("weights", "kept", "count"):
            for asked in group:
                found = divides_alike(used, {"reduction": "mean", "denominator": asked} | options, by_class)
                assert found == (group[used] == group[asked]), (options, used, asked)
    assert not divides_alike("count", {"reduction": "mean", "denominator": 8.0})
    assert divides_alike("count", {"reduction": "sum", "sample_weight": 1})


def test_a_target_without_gradients_shows_a_dash(form):
    """Value alone is judged where the gradient is None, also where a call raises; a gradient of a wrong shape is a fault."""

    def values_only(prediction, target, **options):
        if options["reduction"] == "none":
            raise TypeError("no such reduction")
        return np.abs(prediction - target).sum(), None

    asked = [v for v in vectors("absolute_error", form) if v.flag == "plain"]
    verdict = judge_calls(values_only, asked, form)
    assert (verdict.headline("value"), verdict.headline("gradient")) == ("F", None)
    assert {o.vector.id for o in verdict.outcomes} == {v.id for v in asked}
    flat = judge_calls(lambda prediction, target, **options: (np.abs(prediction - target).sum(), np.ones(1)), asked[1:2], form)
    assert flat.headline("gradient") == "F"


@pytest.mark.parametrize("name", installed(["torch", "torch_func"]))
def test_hessian_diagonals_are_those_of_the_library(name):
    import torch

    found = resolve(name).implementations["softmax_cross_entropy"].parts["hessian"]
    logits, target = np.array([[0.5, -2.0, 1.0], [3.0, 0.0, -1.0]]), np.array([2, 0])
    for got, z, y in zip(found(logits=logits.copy(), target=target), logits, target, strict=True):
        whole = torch.autograd.functional.hessian(
            lambda x, y=y: torch.nn.functional.cross_entropy(x[None], torch.tensor([y])), torch.tensor(z)
        )
        np.testing.assert_allclose(got, whole.diagonal().numpy(), rtol=1e-14)
    bend = resolve(name).implementations["huber"].parts["hessian"]
    assert bend(prediction=np.array([0.5, 3.0, -3.0]), target=np.zeros(3), delta=1.0).tolist() == [1, 0, 0]


@pytest.mark.parametrize("name", installed(ADAPTERS))
def test_what_is_documented_can_be_said_of_the_loss(name):
    if name == "keras" and not any(map(find_spec, ("jax", "torch", "tensorflow"))):
        pytest.skip("keras has no backend here")
    for loss, implementation in resolve(name).implementations.items():
        for sentence in implementation.documented:
            convention = parse(sentence)
            assert convention.sentence == sentence
            assert convention.misfit(catalog.get(loss)) == ""

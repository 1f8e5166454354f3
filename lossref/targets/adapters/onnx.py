"""ONNX: its reference evaluator, one node a loss; values only, for the evaluator differentiates nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from onnx.helper import make_node
from onnx.reference import ReferenceEvaluator

from lossref.batches import REDUCTIONS
from lossref.targets.calling import numpy_calls
from lossref.targets.source import numpy_implementation
from lossref.targets.target import Target, title

IMPORTS = "from onnx.helper import make_node; from onnx.reference import ReferenceEvaluator"


def softmax_cross_entropy(logits, target):
    return ReferenceEvaluator(make_node("SoftmaxCrossEntropyLoss", ["z", "y"], ["L"], reduction="none")).run(
        None, {"z": logits, "y": target}
    )[0]


def negative_log_likelihood(log_probabilities, target):
    return ReferenceEvaluator(make_node("NegativeLogLikelihoodLoss", ["l", "y"], ["L"], reduction="none")).run(
        None, {"l": log_probabilities, "y": target}
    )[0]


def softmax_cross_entropy_call(logits, target, reduction, ignore_index=None):
    return ReferenceEvaluator(make_node("SoftmaxCrossEntropyLoss", ["z", "y"], ["L"], reduction=reduction, ignore_index=ignore_index)).run(
        None, {"z": logits, "y": target}
    )[0]


def softmax_cross_entropy_weighted(logits, target, reduction, class_weight, ignore_index=None):
    return ReferenceEvaluator(
        make_node("SoftmaxCrossEntropyLoss", ["z", "y", "w"], ["L"], reduction=reduction, ignore_index=ignore_index)
    ).run(None, {"z": logits, "y": target, "w": class_weight})[0]


def negative_log_likelihood_call(log_probabilities, target, reduction, ignore_index=None):
    return ReferenceEvaluator(
        make_node("NegativeLogLikelihoodLoss", ["l", "y"], ["L"], reduction=reduction, ignore_index=ignore_index)
    ).run(None, {"l": log_probabilities, "y": target})[0]


def negative_log_likelihood_weighted(log_probabilities, target, reduction, class_weight, ignore_index=None):
    return ReferenceEvaluator(
        make_node("NegativeLogLikelihoodLoss", ["l", "y", "w"], ["L"], reduction=reduction, ignore_index=ignore_index)
    ).run(None, {"l": log_probabilities, "y": target, "w": class_weight})[0]


def sigmoid(x):
    return ReferenceEvaluator(make_node("Sigmoid", ["x"], ["f"])).run(None, {"x": x})[0]


def softplus(x):
    return ReferenceEvaluator(make_node("Softplus", ["x"], ["f"])).run(None, {"x": x})[0]


def relu(x):
    return ReferenceEvaluator(make_node("Relu", ["x"], ["f"])).run(None, {"x": x})[0]


def tanh(x):
    return ReferenceEvaluator(make_node("Tanh", ["x"], ["f"])).run(None, {"x": x})[0]


def logsumexp(x):
    return ReferenceEvaluator(make_node("ReduceLogSumExp", ["x", "axes"], ["f"], keepdims=0)).run(None, {"x": x, "axes": np.array([1])})[0]


def softmax(x, index):
    return np.take_along_axis(
        ReferenceEvaluator(make_node("Softmax", ["x"], ["f"], axis=1)).run(None, {"x": x})[0], index[:, None], axis=1
    )[:, 0]


def log_softmax(x, index):
    return np.take_along_axis(
        ReferenceEvaluator(make_node("LogSoftmax", ["x"], ["f"], axis=1)).run(None, {"x": x})[0], index[:, None], axis=1
    )[:, 0]


CALLED = {
    "softmax_cross_entropy": (softmax_cross_entropy_call, softmax_cross_entropy_weighted),
    "negative_log_likelihood": (negative_log_likelihood_call, negative_log_likelihood_weighted),
}
# The mean divides by the sum of the weights that are applied, which are 0 where the class index is ignored
CALLS = {
    name: numpy_calls(IMPORTS, dict.fromkeys(REDUCTIONS, functions), by_class=True, forms={None: {}, "index": {}})
    for name, functions in CALLED.items()
}
OFFERS = {"SoftmaxCrossEntropyLoss": "softmax_cross_entropy", "NegativeLogLikelihoodLoss": "negative_log_likelihood"}


def target() -> Target:
    shipped = (
        softmax_cross_entropy, negative_log_likelihood, sigmoid, softplus, relu, tanh, logsumexp, softmax, log_softmax
    )  # fmt: skip
    implementations = {function.__name__: numpy_implementation(IMPORTS, value=function) for function in shipped}
    return Target(
        name="onnx",
        title=f"{title('onnx')} reference evaluator",
        implementations={name: replace(found, calls=CALLS.get(name)) for name, found in implementations.items()},
        reasons={"sigmoid_cross_entropy": "ONNX has no operator for it"},
        offers=OFFERS,
    )

"""ONNX: its reference evaluator, one node a loss; values only, for the evaluator differentiates nothing."""

from __future__ import annotations

import numpy as np
from onnx.helper import make_node
from onnx.reference import ReferenceEvaluator

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


OFFERS = {"SoftmaxCrossEntropyLoss": "softmax_cross_entropy", "NegativeLogLikelihoodLoss": "negative_log_likelihood"}


def target() -> Target:
    shipped = (
        softmax_cross_entropy, negative_log_likelihood, sigmoid, softplus, relu, tanh, logsumexp, softmax, log_softmax
    )  # fmt: skip
    return Target(
        name="onnx",
        title=f"{title('onnx')} reference evaluator",
        implementations={function.__name__: numpy_implementation(IMPORTS, value=function) for function in shipped},
        reasons={"sigmoid_cross_entropy": "ONNX has no operator for it"},
        offers=OFFERS,
    )

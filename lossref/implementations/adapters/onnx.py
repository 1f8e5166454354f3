"""ONNX: its reference evaluator, one node a loss; values only, for the evaluator differentiates nothing."""

import numpy as np
from onnx.helper import make_node
from onnx.reference import ReferenceEvaluator

from lossref.implementations.engines.numpy_like import implementation
from lossref.implementations.engines.written import all_written, implements, library_of, title
from lossref.library import Library

IMPORTS = "from onnx.helper import make_node; from onnx.reference import ReferenceEvaluator"


def _softmax_cross_entropy_weighted(logits, target, class_weight, reduction="none", ignore_index=None):
    return ReferenceEvaluator(
        make_node("SoftmaxCrossEntropyLoss", ["z", "y", "w"], ["L"], reduction=reduction, ignore_index=ignore_index)
    ).run(None, {"z": logits, "y": target, "w": class_weight})[0]


def _negative_log_likelihood_weighted(log_probabilities, target, class_weight, reduction="none", ignore_index=None):
    return ReferenceEvaluator(
        make_node("NegativeLogLikelihoodLoss", ["l", "y", "w"], ["L"], reduction=reduction, ignore_index=ignore_index)
    ).run(None, {"l": log_probabilities, "y": target, "w": class_weight})[0]


# The means divide by the sum of the weights that are applied, which are 0 where the class index is ignored.
@implements(otherwise=(_softmax_cross_entropy_weighted,))
def softmax_cross_entropy(logits, target, reduction="none", ignore_index=None):
    return ReferenceEvaluator(make_node("SoftmaxCrossEntropyLoss", ["z", "y"], ["L"], reduction=reduction, ignore_index=ignore_index)).run(
        None, {"z": logits, "y": target}
    )[0]


@implements(otherwise=(_negative_log_likelihood_weighted,))
def negative_log_likelihood(log_probabilities, target, reduction="none", ignore_index=None):
    return ReferenceEvaluator(
        make_node("NegativeLogLikelihoodLoss", ["l", "y"], ["L"], reduction=reduction, ignore_index=ignore_index)
    ).run(None, {"l": log_probabilities, "y": target})[0]


@implements()
def sigmoid(x):
    return ReferenceEvaluator(make_node("Sigmoid", ["x"], ["f"])).run(None, {"x": x})[0]


@implements()
def softplus(x):
    return ReferenceEvaluator(make_node("Softplus", ["x"], ["f"])).run(None, {"x": x})[0]


@implements()
def relu(x):
    return ReferenceEvaluator(make_node("Relu", ["x"], ["f"])).run(None, {"x": x})[0]


@implements()
def tanh(x):
    return ReferenceEvaluator(make_node("Tanh", ["x"], ["f"])).run(None, {"x": x})[0]


@implements()
def logsumexp(x):
    return ReferenceEvaluator(make_node("ReduceLogSumExp", ["x", "axes"], ["f"], keepdims=0)).run(None, {"x": x, "axes": np.array([1])})[0]


@implements()
def softmax(x, index):
    return np.take_along_axis(
        ReferenceEvaluator(make_node("Softmax", ["x"], ["f"], axis=1)).run(None, {"x": x})[0], index[:, None], axis=1
    )[:, 0]


@implements()
def log_softmax(x, index):
    return np.take_along_axis(
        ReferenceEvaluator(make_node("LogSoftmax", ["x"], ["f"], axis=1)).run(None, {"x": x})[0], index[:, None], axis=1
    )[:, 0]


def library() -> Library:
    return library_of(
        "onnx",
        f"{title('onnx')} reference evaluator",
        all_written(globals()),
        lambda found: implementation(found, IMPORTS),
        reasons={"sigmoid_cross_entropy": "ONNX has no operator for it"},
    )

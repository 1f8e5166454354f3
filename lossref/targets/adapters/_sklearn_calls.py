"""Whole calls of scikit-learn: its metrics, which give values only, and the losses behind its boosted trees and linear models.

Those give value and gradient of each example times its weight, and called as functions the weighted mean of the values.
"""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-incomplete-defs

from collections.abc import Mapping
from typing import Any

from sklearn._loss.loss import AbsoluteError, ExponentialLoss, HalfBinomialLoss, HalfMultinomialLoss, HalfSquaredError, HuberLoss
from sklearn.metrics import hinge_loss, log_loss, mean_absolute_error, mean_squared_error

from lossref.targets.calling import numpy_calls
from lossref.targets.target import Calls

LOSSES = "from sklearn._loss.loss import *"
METRICS = "from sklearn.metrics import hinge_loss, log_loss, mean_absolute_error, mean_squared_error"


def squared_error_mean(prediction, target, sample_weight=None):
    return mean_squared_error(target, prediction, sample_weight=sample_weight)


def absolute_error_mean(prediction, target, sample_weight=None):
    return mean_absolute_error(target, prediction, sample_weight=sample_weight)


def absolute_error(prediction, target, sample_weight=None):
    return AbsoluteError().loss_gradient(y_true=target, raw_prediction=prediction, sample_weight=sample_weight)


def half_squared_error(prediction, target, sample_weight=None):
    return HalfSquaredError().loss_gradient(y_true=target, raw_prediction=prediction, sample_weight=sample_weight)


def half_squared_error_mean(prediction, target, sample_weight=None):
    return HalfSquaredError()(y_true=target, raw_prediction=prediction, sample_weight=sample_weight)


def huber(prediction, target, sample_weight=None):
    return HuberLoss(delta=1).loss_gradient(y_true=target, raw_prediction=prediction, sample_weight=sample_weight)


def huber_mean(prediction, target, sample_weight=None):
    return HuberLoss(delta=1)(y_true=target, raw_prediction=prediction, sample_weight=sample_weight)


def exponential(prediction, target, shift, scale, sample_weight=None):
    return ExponentialLoss().loss_gradient(y_true=(target + shift) / scale, raw_prediction=prediction, sample_weight=sample_weight)


def exponential_mean(prediction, target, shift, scale, sample_weight=None):
    return ExponentialLoss()(y_true=(target + shift) / scale, raw_prediction=prediction, sample_weight=sample_weight)


def sigmoid_cross_entropy(logits, target, sample_weight=None):
    return HalfBinomialLoss().loss_gradient(y_true=target, raw_prediction=logits, sample_weight=sample_weight)


def sigmoid_cross_entropy_mean(logits, target, sample_weight=None):
    return HalfBinomialLoss()(y_true=target, raw_prediction=logits, sample_weight=sample_weight)


def softmax_cross_entropy(logits, target, sample_weight=None):
    return HalfMultinomialLoss(n_classes=logits.shape[1]).loss_gradient(
        y_true=target.astype(logits.dtype), raw_prediction=logits, sample_weight=sample_weight
    )


def softmax_cross_entropy_mean(logits, target, sample_weight=None):
    return HalfMultinomialLoss(n_classes=logits.shape[1])(
        y_true=target.astype(logits.dtype), raw_prediction=logits, sample_weight=sample_weight
    )


def hinge_mean(prediction, target, sample_weight=None):
    return hinge_loss(target, prediction, sample_weight=sample_weight)


def binary_cross_entropy_mean(probabilities, target, labels, sample_weight=None):
    return log_loss(target, probabilities, labels=labels, sample_weight=sample_weight)


def binary_cross_entropy_sum(probabilities, target, labels, sample_weight=None):
    return log_loss(target, probabilities, labels=labels, sample_weight=sample_weight, normalize=False)


def weighs_nothing(options: Mapping[str, Any]) -> bool:
    """A mean with weights that sum to 0 is refused with a ZeroDivisionError."""
    return options["reduction"] == "mean" and not any(options.get("sample_weight", (1,)))


def one_label(options: Mapping[str, Any]) -> bool:
    """hinge_loss asks for two unique labels, and calls the only one it sees negative: one example cannot have both."""
    return weighs_nothing(options) or len(options.get("sample_weight", (1, 1))) == 1


ZERO_ONE_FROM_SIGN = {None: {"shift": 1, "scale": 2}, "sign": {"shift": 1, "scale": 2}, "binary": {"shift": 0, "scale": 1}}
CALLS: Mapping[str, Calls] = {
    "squared_error": numpy_calls(METRICS, {"mean": squared_error_mean}, never=weighs_nothing),
    "absolute_error": numpy_calls(f"{LOSSES}; {METRICS}", {"none": absolute_error, "mean": absolute_error_mean}, never=weighs_nothing),
    "half_squared_error": numpy_calls(LOSSES, {"none": half_squared_error, "mean": half_squared_error_mean}, never=weighs_nothing),
    "huber": numpy_calls(LOSSES, {"none": huber, "mean": huber_mean}, never=weighs_nothing),
    "exponential": numpy_calls(LOSSES, {"none": exponential, "mean": exponential_mean}, forms=ZERO_ONE_FROM_SIGN, never=weighs_nothing),
    "sigmoid_cross_entropy": numpy_calls(LOSSES, {"none": sigmoid_cross_entropy, "mean": sigmoid_cross_entropy_mean}, never=weighs_nothing),
    "softmax_cross_entropy": numpy_calls(LOSSES, {"none": softmax_cross_entropy, "mean": softmax_cross_entropy_mean}, never=weighs_nothing),
    "hinge": numpy_calls(METRICS, {"mean": hinge_mean}, forms={None: {}, "sign": {}, "binary": {}}, never=one_label),
    "binary_cross_entropy": numpy_calls(
        METRICS,
        {"mean": binary_cross_entropy_mean, "sum": binary_cross_entropy_sum},
        forms={None: {"labels": [0, 1]}, "sign": {"labels": [-1, 1]}},
        never=weighs_nothing,
    ),
}

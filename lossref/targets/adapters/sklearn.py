"""scikit-learn: the compiled losses behind its boosted trees and linear models (private modules of the library), and metrics.

A metric is a mean over samples; each example is judged as a batch of its own, its means and sums as calls.
"""

from dataclasses import replace

import numpy as np
from sklearn._loss.loss import (
    AbsoluteError,
    ExponentialLoss,
    HalfBinomialLoss,
    HalfMultinomialLoss,
    HalfSquaredError,
    HuberLoss,
)
from sklearn.linear_model._sgd_fast import Hinge
from sklearn.metrics import log_loss, zero_one_loss

from lossref.targets.adapters._sklearn_calls import CALLS
from lossref.targets.source import numpy_implementation
from lossref.targets.target import Target, title

IMPORTS = "from sklearn._loss.loss import *"
SGD = "from sklearn.linear_model._sgd_fast import Hinge"
METRICS = "from sklearn.metrics import log_loss, zero_one_loss"


def squared_error(prediction, target):
    return 2 * HalfSquaredError().loss(y_true=target, raw_prediction=prediction)


def squared_error_gradient(prediction, target):
    return 2 * HalfSquaredError().gradient(y_true=target, raw_prediction=prediction)


def half_squared_error(prediction, target):
    return HalfSquaredError().loss(y_true=target, raw_prediction=prediction)


def half_squared_error_gradient(prediction, target):
    return HalfSquaredError().gradient(y_true=target, raw_prediction=prediction)


def half_squared_error_hessian(prediction, target):
    return HalfSquaredError().gradient_hessian(y_true=target, raw_prediction=prediction)[1]


def exponential(prediction, target):
    return ExponentialLoss().loss(y_true=(target + 1) / 2, raw_prediction=prediction)


def exponential_gradient(prediction, target):
    return ExponentialLoss().gradient(y_true=(target + 1) / 2, raw_prediction=prediction)


def exponential_hessian(prediction, target):
    return ExponentialLoss().gradient_hessian(y_true=(target + 1) / 2, raw_prediction=prediction)[1]


def absolute_error(prediction, target):
    return AbsoluteError().loss(y_true=target, raw_prediction=prediction)


def absolute_error_gradient(prediction, target):
    return AbsoluteError().gradient(y_true=target, raw_prediction=prediction)


def huber(prediction, target, delta):
    return HuberLoss(delta=delta).loss(y_true=target, raw_prediction=prediction)


def huber_gradient(prediction, target, delta):
    return HuberLoss(delta=delta).gradient(y_true=target, raw_prediction=prediction)


def huber_hessian(prediction, target, delta):
    return HuberLoss(delta=delta).gradient_hessian(y_true=target, raw_prediction=prediction)[1]


def sigmoid_cross_entropy(logits, target):
    return HalfBinomialLoss().loss(y_true=target, raw_prediction=logits)


def sigmoid_cross_entropy_gradient(logits, target):
    return HalfBinomialLoss().gradient(y_true=target, raw_prediction=logits)


def sigmoid_cross_entropy_hessian(logits, target):
    return HalfBinomialLoss().gradient_hessian(y_true=target, raw_prediction=logits)[1]


def softmax_cross_entropy(logits, target):
    return HalfMultinomialLoss(n_classes=logits.shape[1]).loss(y_true=target.astype(logits.dtype), raw_prediction=logits)


def softmax_cross_entropy_gradient(logits, target):
    return HalfMultinomialLoss(n_classes=logits.shape[1]).gradient(y_true=target.astype(logits.dtype), raw_prediction=logits)


def softmax_cross_entropy_hessian(logits, target):
    return HalfMultinomialLoss(n_classes=logits.shape[1]).gradient_hessian(y_true=target.astype(logits.dtype), raw_prediction=logits)[1]


def hinge(prediction, target):
    return np.array([Hinge(1.0).py_loss(f, y) for f, y in zip(prediction, target, strict=True)], dtype=prediction.dtype)


def hinge_gradient(prediction, target):
    return np.array([Hinge(1.0).py_dloss(f, y) for f, y in zip(prediction, target, strict=True)], dtype=prediction.dtype)


def perceptron(prediction, target):
    return np.array([Hinge(0.0).py_loss(f, y) for f, y in zip(prediction, target, strict=True)], dtype=prediction.dtype)


def perceptron_gradient(prediction, target):
    return np.array([Hinge(0.0).py_dloss(f, y) for f, y in zip(prediction, target, strict=True)], dtype=prediction.dtype)


def zero_one(prediction, target):
    return np.array([zero_one_loss(y, f) for f, y in zip(prediction[:, None], target[:, None], strict=True)])


def binary_cross_entropy(probabilities, target):
    return np.array([log_loss(y, p, labels=[0, 1]) for p, y in zip(probabilities[:, None], target[:, None], strict=True)])


OFFERS = {
    "AbsoluteError": "absolute_error",
    "ExponentialLoss": "exponential",
    "HalfBinomialLoss": "sigmoid_cross_entropy",
    "HalfMultinomialLoss": "softmax_cross_entropy",
    "HalfSquaredError": "half_squared_error",
    "HuberLoss": "huber",
    "Hinge (SGD)": "hinge",
    "Hinge(threshold=0) (SGD perceptron)": "perceptron",
    "log_loss": "binary_cross_entropy",
    "zero_one_loss": "zero_one",
    "mean_squared_error": "squared_error",
    "mean_absolute_error": "absolute_error",
    "hinge_loss": "hinge",
    "NMF beta_loss=frobenius": "reached only by fitting a factorisation",
    "NMF beta_loss=kullback-leibler": "reached only by fitting a factorisation",
    "NMF beta_loss=itakura-saito": "reached only by fitting a factorisation",
    **dict.fromkeys(
        (
            "HalfGammaLoss", "HalfPoissonLoss", "HalfTweedieLoss", "HalfTweedieLossIdentity", "PinballLoss",
            "SquaredHinge (SGD)", "ModifiedHuber (SGD)", "EpsilonInsensitive (SGD)", "SquaredEpsilonInsensitive (SGD)",
            "mean_pinball_loss", "max_error", "median_absolute_error", "root_mean_squared_error",
            "mean_absolute_percentage_error", "mean_squared_log_error", "root_mean_squared_log_error", "hamming_loss",
            "brier_score_loss", "mean_poisson_deviance", "mean_gamma_deviance", "mean_tweedie_deviance", "coverage_error",
            "label_ranking_loss",
        ),
        "not in the catalogue yet",
    ),
}  # fmt: skip


def target() -> Target:
    softmax = numpy_implementation(
        IMPORTS, value=softmax_cross_entropy, gradient=softmax_cross_entropy_gradient, hessian=softmax_cross_entropy_hessian
    )
    classes = numpy_implementation(METRICS, value=zero_one)
    logarithmic = numpy_implementation(METRICS, value=binary_cross_entropy)
    implementations = {
        "squared_error": numpy_implementation(IMPORTS, value=squared_error, gradient=squared_error_gradient),
        "half_squared_error": numpy_implementation(
            IMPORTS, value=half_squared_error, gradient=half_squared_error_gradient, hessian=half_squared_error_hessian
        ),
        "exponential": numpy_implementation(
            IMPORTS,
            composed="labels 0 and 1 from -1 and 1",
            value=exponential,
            gradient=exponential_gradient,
            hessian=exponential_hessian,
        ),
        "absolute_error": numpy_implementation(IMPORTS, value=absolute_error, gradient=absolute_error_gradient),
        "huber": numpy_implementation(IMPORTS, value=huber, gradient=huber_gradient, hessian=huber_hessian),
        "sigmoid_cross_entropy": numpy_implementation(
            IMPORTS,
            value=sigmoid_cross_entropy,
            gradient=sigmoid_cross_entropy_gradient,
            hessian=sigmoid_cross_entropy_hessian,
        ),
        "softmax_cross_entropy": replace(
            softmax,
            accepts=lambda arguments: np.size(arguments["logits"]) > 1,
            refusal="HalfMultinomialLoss needs at least two classes",
        ),
        "hinge": numpy_implementation(SGD, value=hinge, gradient=hinge_gradient),
        "perceptron": numpy_implementation(SGD, value=perceptron, gradient=perceptron_gradient),
        "zero_one": replace(
            classes,
            accepts=lambda arguments: all(abs(x) < 2**53 and x == int(x) for x in arguments.values()),
            refusal="zero_one_loss takes classes only: numbers that are whole",
        ),
        "binary_cross_entropy": replace(
            logarithmic,
            accepts=lambda arguments: arguments["target"] in (0, 1),
            refusal="log_loss takes the labels 0 and 1 only",
            documented=("clip probabilities to [eps, 1 - eps], gradient zero outside",),
        ),
    }
    return Target(
        name="sklearn",
        title=title("scikit-learn"),
        implementations={name: replace(found, calls=CALLS.get(name)) for name, found in implementations.items()},
        reasons={
            "categorical_cross_entropy": "log_loss takes indices, not a weight for every class",
            "kl_divergence": "scikit-learn ships no elementwise divergence with arguments in this form",
        },
        offers=OFFERS,
    )

"""scikit-learn: the compiled losses behind its boosted trees and linear models (a private module of the library)."""

import numpy as np
from sklearn._loss.loss import (
    AbsoluteError,
    ExponentialLoss,
    HalfBinomialLoss,
    HalfMultinomialLoss,
    HalfSquaredError,
    HuberLoss,
)

from lossref.targets.source import numpy_implementation
from lossref.targets.target import Implementation, Target, title

IMPORTS = "from sklearn._loss.loss import *"


def squared_error(prediction, target):
    return 2 * HalfSquaredError().loss(y_true=target, raw_prediction=prediction)


def squared_error_gradient(prediction, target):
    return 2 * HalfSquaredError().gradient(y_true=target, raw_prediction=prediction)


def half_squared_error(prediction, target):
    return HalfSquaredError().loss(y_true=target, raw_prediction=prediction)


def half_squared_error_gradient(prediction, target):
    return HalfSquaredError().gradient(y_true=target, raw_prediction=prediction)


def exponential(prediction, target):
    return ExponentialLoss().loss(y_true=(target + 1) / 2, raw_prediction=prediction)


def exponential_gradient(prediction, target):
    return ExponentialLoss().gradient(y_true=(target + 1) / 2, raw_prediction=prediction)


def absolute_error(prediction, target):
    return AbsoluteError().loss(y_true=target, raw_prediction=prediction)


def absolute_error_gradient(prediction, target):
    return AbsoluteError().gradient(y_true=target, raw_prediction=prediction)


def huber(prediction, target, delta):
    return HuberLoss(delta=delta).loss(y_true=target, raw_prediction=prediction)


def huber_gradient(prediction, target, delta):
    return HuberLoss(delta=delta).gradient(y_true=target, raw_prediction=prediction)


def sigmoid_cross_entropy(logits, target):
    return HalfBinomialLoss().loss(y_true=target, raw_prediction=logits)


def sigmoid_cross_entropy_gradient(logits, target):
    return HalfBinomialLoss().gradient(y_true=target, raw_prediction=logits)


def sigmoid_cross_entropy_hessian(logits, target):
    return HalfBinomialLoss().gradient_hessian(y_true=target, raw_prediction=logits)[1]


def softmax_cross_entropy(logits, target):
    return HalfMultinomialLoss(n_classes=logits.shape[1]).loss(y_true=target.astype(logits.dtype), raw_prediction=logits)


def softmax_cross_entropy_gradient(logits, target):
    return HalfMultinomialLoss(n_classes=logits.shape[1]).gradient(
        y_true=target.astype(logits.dtype), raw_prediction=logits
    )


def target() -> Target:
    softmax = numpy_implementation(IMPORTS, value=softmax_cross_entropy, gradient=softmax_cross_entropy_gradient)
    return Target(
        name="sklearn",
        title=title("scikit-learn"),
        implementations={
            "squared_error": numpy_implementation(IMPORTS, value=squared_error, gradient=squared_error_gradient),
            "half_squared_error": numpy_implementation(
                IMPORTS, value=half_squared_error, gradient=half_squared_error_gradient
            ),
            "exponential": numpy_implementation(
                IMPORTS, composed="labels 0 and 1 from -1 and 1", value=exponential, gradient=exponential_gradient
            ),
            "absolute_error": numpy_implementation(IMPORTS, value=absolute_error, gradient=absolute_error_gradient),
            "huber": numpy_implementation(IMPORTS, value=huber, gradient=huber_gradient),
            "sigmoid_cross_entropy": numpy_implementation(
                IMPORTS,
                value=sigmoid_cross_entropy,
                gradient=sigmoid_cross_entropy_gradient,
                hessian=sigmoid_cross_entropy_hessian,
            ),
            "softmax_cross_entropy": Implementation(
                parts=softmax.parts,
                line=softmax.line,
                accepts=lambda arguments: np.size(arguments["logits"]) > 1,
                refusal="HalfMultinomialLoss needs at least two classes",
            ),
        },
        reasons={
            "hinge": "scikit-learn ships a hinge loss only as a mean over samples",
            "zero_one": "scikit-learn ships a zero-one loss only as a mean over samples",
            "binary_cross_entropy": "log_loss is a mean over samples, and clips",
            "kl_divergence": "scikit-learn ships no elementwise divergence with arguments in this form",
        },
    )

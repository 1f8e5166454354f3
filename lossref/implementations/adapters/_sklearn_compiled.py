"""The compiled losses behind scikit-learn's boosted trees and linear models: private modules of the library.

They give value, gradient and Hessian of each example times its weight, and called as functions the weighted mean of the values.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs, allow-untyped-calls

from sklearn import metrics
from sklearn._loss.loss import (
    AbsoluteError,
    ExponentialLoss,
    HalfBinomialLoss,
    HalfGammaLoss,
    HalfMultinomialLoss,
    HalfPoissonLoss,
    HalfSquaredError,
    HalfTweedieLoss,
    HuberLoss,
    PinballLoss,
)

from lossref.implementations.engines.written import implements
from lossref.values import flat


def _few_classes(question):
    return "" if len(flat(question.inputs["logits"])) > 1 else "HalfMultinomialLoss needs at least two classes"


def _half_squared_slope(prediction, target, sample_weight=None):
    return HalfSquaredError().gradient(y_true=target, raw_prediction=prediction, sample_weight=sample_weight)


def _half_squared_bend(prediction, target, sample_weight=None):
    return HalfSquaredError().gradient_hessian(y_true=target, raw_prediction=prediction, sample_weight=sample_weight)[1]


@implements(gradient=_half_squared_slope, hessian=_half_squared_bend)
def half_squared_error(prediction, target, reduction="none", sample_weight=None):
    return (HalfSquaredError().loss if reduction == "none" else HalfSquaredError())(
        y_true=target, raw_prediction=prediction, sample_weight=sample_weight
    )


def _exponential_slope(prediction, target, sample_weight=None, target_form="sign"):
    return ExponentialLoss().gradient(
        y_true=(target + 1) / 2 if target_form == "sign" else target, raw_prediction=prediction, sample_weight=sample_weight
    )


def _exponential_bend(prediction, target, sample_weight=None, target_form="sign"):
    return ExponentialLoss().gradient_hessian(
        y_true=(target + 1) / 2 if target_form == "sign" else target, raw_prediction=prediction, sample_weight=sample_weight
    )[1]


@implements(gradient=_exponential_slope, hessian=_exponential_bend, forms={"binary": ()})
def exponential(prediction, target, reduction="none", sample_weight=None, target_form="sign"):
    return (ExponentialLoss().loss if reduction == "none" else ExponentialLoss())(
        y_true=(target + 1) / 2 if target_form == "sign" else target, raw_prediction=prediction, sample_weight=sample_weight
    )


def _absolute_slope(prediction, target, sample_weight=None):
    return AbsoluteError().gradient(y_true=target, raw_prediction=prediction, sample_weight=sample_weight)


@implements(gradient=_absolute_slope)
def absolute_error(prediction, target, reduction="none", sample_weight=None):
    return (
        AbsoluteError().loss(y_true=target, raw_prediction=prediction, sample_weight=sample_weight)
        if reduction == "none"
        else metrics.mean_absolute_error(target, prediction, sample_weight=sample_weight)
    )


def _huber_slope(prediction, target, delta, sample_weight=None):
    return HuberLoss(delta=delta).gradient(y_true=target, raw_prediction=prediction, sample_weight=sample_weight)


def _huber_bend(prediction, target, delta, sample_weight=None):
    return HuberLoss(delta=delta).gradient_hessian(y_true=target, raw_prediction=prediction, sample_weight=sample_weight)[1]


@implements(gradient=_huber_slope, hessian=_huber_bend)
def huber(prediction, target, delta, reduction="none", sample_weight=None):
    return (HuberLoss(delta=delta).loss if reduction == "none" else HuberLoss(delta=delta))(
        y_true=target, raw_prediction=prediction, sample_weight=sample_weight
    )


def _one_sided(question):
    return "" if 0 < question.options.get("tau", 0.5) < 1 else "PinballLoss takes a quantile strictly between 0 and 1"


def _quantile_slope(prediction, target, tau, sample_weight=None):
    return PinballLoss(quantile=tau).gradient(y_true=target, raw_prediction=prediction, sample_weight=sample_weight)


@implements(gradient=_quantile_slope, never=_one_sided)
def quantile(prediction, target, tau, reduction="none", sample_weight=None):
    return (
        PinballLoss(quantile=tau).loss(y_true=target, raw_prediction=prediction, sample_weight=sample_weight)
        if reduction == "none"
        else metrics.mean_pinball_loss(target, prediction, alpha=tau, sample_weight=sample_weight)
    )


def _sigmoid_slope(logits, target, sample_weight=None):
    return HalfBinomialLoss().gradient(y_true=target, raw_prediction=logits, sample_weight=sample_weight)


def _sigmoid_bend(logits, target, sample_weight=None):
    return HalfBinomialLoss().gradient_hessian(y_true=target, raw_prediction=logits, sample_weight=sample_weight)[1]


# What linear models call gives value and gradient at once, and computes this value otherwise than `loss` does.
def _sigmoid_call(logits, target, reduction, sample_weight=None):
    return (
        HalfBinomialLoss().loss_gradient(y_true=target, raw_prediction=logits, sample_weight=sample_weight)[0]
        if reduction == "none"
        else HalfBinomialLoss()(y_true=target, raw_prediction=logits, sample_weight=sample_weight)
    )


@implements(gradient=_sigmoid_slope, hessian=_sigmoid_bend, otherwise=(_sigmoid_call,))
def sigmoid_cross_entropy(logits, target):
    return HalfBinomialLoss().loss(y_true=target, raw_prediction=logits)


def _softmax_slope(logits, target, sample_weight=None):
    return HalfMultinomialLoss(n_classes=logits.shape[1]).gradient(
        y_true=target.astype(logits.dtype), raw_prediction=logits, sample_weight=sample_weight
    )


def _softmax_bend(logits, target, sample_weight=None):
    return HalfMultinomialLoss(n_classes=logits.shape[1]).gradient_hessian(
        y_true=target.astype(logits.dtype), raw_prediction=logits, sample_weight=sample_weight
    )[1]


@implements(gradient=_softmax_slope, hessian=_softmax_bend, never=_few_classes)
def softmax_cross_entropy(logits, target, reduction="none", sample_weight=None):
    return (HalfMultinomialLoss(n_classes=logits.shape[1]).loss if reduction == "none" else HalfMultinomialLoss(n_classes=logits.shape[1]))(
        y_true=target.astype(logits.dtype), raw_prediction=logits, sample_weight=sample_weight
    )


def _poisson_slope(log_rate, target, sample_weight=None):
    return HalfPoissonLoss().gradient(y_true=target, raw_prediction=log_rate, sample_weight=sample_weight)


def _poisson_bend(log_rate, target, sample_weight=None):
    return HalfPoissonLoss().gradient_hessian(y_true=target, raw_prediction=log_rate, sample_weight=sample_weight)[1]


@implements(gradient=_poisson_slope, hessian=_poisson_bend)
def poisson(log_rate, target, reduction="none", sample_weight=None):
    return (HalfPoissonLoss().loss if reduction == "none" else HalfPoissonLoss())(
        y_true=target, raw_prediction=log_rate, sample_weight=sample_weight
    )


def _gamma_slope(log_mean, target, sample_weight=None):
    return HalfGammaLoss().gradient(y_true=target, raw_prediction=log_mean, sample_weight=sample_weight)


def _gamma_bend(log_mean, target, sample_weight=None):
    return HalfGammaLoss().gradient_hessian(y_true=target, raw_prediction=log_mean, sample_weight=sample_weight)[1]


@implements(gradient=_gamma_slope, hessian=_gamma_bend)
def gamma(log_mean, target, reduction="none", sample_weight=None):
    return (HalfGammaLoss().loss if reduction == "none" else HalfGammaLoss())(
        y_true=target, raw_prediction=log_mean, sample_weight=sample_weight
    )


def _tweedie_slope(log_mean, target, power, sample_weight=None):
    return HalfTweedieLoss(power=power).gradient(y_true=target, raw_prediction=log_mean, sample_weight=sample_weight)


def _tweedie_bend(log_mean, target, power, sample_weight=None):
    return HalfTweedieLoss(power=power).gradient_hessian(y_true=target, raw_prediction=log_mean, sample_weight=sample_weight)[1]


@implements(gradient=_tweedie_slope, hessian=_tweedie_bend)
def tweedie(log_mean, target, power, reduction="none", sample_weight=None):
    return (HalfTweedieLoss(power=power).loss if reduction == "none" else HalfTweedieLoss(power=power))(
        y_true=target, raw_prediction=log_mean, sample_weight=sample_weight
    )

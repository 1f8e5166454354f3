"""scikit-learn: the compiled losses behind its boosted trees and linear models, those of its SGD, and metrics.

A metric is a mean over samples: each example is judged as a batch of its own, its means and sums as calls.
"""

from sklearn import metrics
from sklearn.linear_model._sgd_fast import (
    EpsilonInsensitive,
    Hinge,
    ModifiedHuber,
    SquaredEpsilonInsensitive,
    SquaredHinge,
)

from lossref.implementations.adapters import _sklearn_compiled as compiled
from lossref.implementations.adapters._undocumented import undirected
from lossref.implementations.engines.numpy_like import implementation
from lossref.implementations.engines.written import all_written, implements, library_of, title
from lossref.library import Library
from lossref.values import flat, rows

SGD = "EpsilonInsensitive, Hinge, ModifiedHuber, SquaredEpsilonInsensitive, SquaredHinge"
IMPORTS = f"from sklearn import metrics; from sklearn._loss.loss import *; from sklearn.linear_model._sgd_fast import {SGD}"
MEAN = {"weights": "mean"}


def _weighs_nothing(question):
    weights = question.options.get("sample_weight") or (1,)
    return "" if any(weights) or question.options.get("reduction") != "mean" else "weights of a mean that sum to 0 are refused"


def _fractions(question):
    whole = all(abs(x) < 2**53 and x == int(x) for x in flat(question.inputs))
    return "" if whole else "zero_one_loss takes classes only: numbers that are whole"


def _soft(question):
    return "" if set(flat(question.inputs["target"])) <= {-1, 0, 1} else "log_loss takes the labels 0 and 1 only"


def _one_label(question):
    """What hinge_loss sees of one label only it calls negative."""
    both = not question.is_call or len(set(question.inputs["target"])) > 1
    return "" if both else "hinge_loss needs examples of both labels"


@implements(never=undirected)
def cosine_distance(first, second):
    return metrics.pairwise.paired_cosine_distances(first, second)


@implements(alone=True, reductions=MEAN)
def squared_error(prediction, target, reduction="mean", sample_weight=None):
    return metrics.mean_squared_error(target, prediction, sample_weight=sample_weight)


# "epsilon is an arbitrary small yet strictly positive number": that of float64, whatever the dtype, which is the default floor
@implements(alone=True, reductions=MEAN)
def absolute_percentage_error(prediction, target, reduction="mean", sample_weight=None):
    return metrics.mean_absolute_percentage_error(target, prediction, sample_weight=sample_weight)


@implements(alone=True, reductions=MEAN)
def squared_logarithmic_error(prediction, target, reduction="mean", sample_weight=None):
    return metrics.mean_squared_log_error(target, prediction, sample_weight=sample_weight)


# Of a batch they make one number, which is the loss of one example.
@implements(alone=True)
def root_mean_squared_error(prediction, target):
    return metrics.root_mean_squared_error(target[0], prediction[0])


@implements(alone=True)
def median_absolute_error(prediction, target):
    return metrics.median_absolute_error(target[0], prediction[0])


@implements(alone=True)
def max_error(prediction, target):
    return metrics.max_error(target[0], prediction[0])


@implements(alone=True, reductions=MEAN)
def inverse_gaussian(mean, target, reduction="mean", sample_weight=None):
    return metrics.mean_tweedie_deviance(target, mean, sample_weight=sample_weight, power=3)


def _hinge_slope(prediction, target):
    return Hinge(1.0).py_dloss(prediction[0], target[0])


def _mean_hinge(prediction, target, reduction, sample_weight=None):
    return metrics.hinge_loss(target, prediction, sample_weight=sample_weight)


@implements(
    alone=True,
    gradient=_hinge_slope,
    otherwise=(_mean_hinge,),
    forms={"binary": ()},
    reductions=MEAN,
    never=_one_label,
)
def hinge(prediction, target):
    return Hinge(1.0).py_loss(prediction[0], target[0])


def _perceptron_slope(prediction, target):
    return Hinge(0.0).py_dloss(prediction[0], target[0])


@implements(alone=True, gradient=_perceptron_slope)
def perceptron(prediction, target):
    return Hinge(0.0).py_loss(prediction[0], target[0])


def _squared_hinge_slope(prediction, target):
    return SquaredHinge(1.0).py_dloss(prediction[0], target[0])


@implements(alone=True, gradient=_squared_hinge_slope)
def squared_hinge(prediction, target):
    return SquaredHinge(1.0).py_loss(prediction[0], target[0])


def _modified_huber_slope(prediction, target):
    return ModifiedHuber().py_dloss(prediction[0], target[0])


@implements(alone=True, gradient=_modified_huber_slope)
def modified_huber(prediction, target):
    return ModifiedHuber().py_loss(prediction[0], target[0])


def _insensitive_slope(prediction, target, epsilon):
    return EpsilonInsensitive(epsilon).py_dloss(prediction[0], target[0])


@implements(alone=True, gradient=_insensitive_slope)
def epsilon_insensitive(prediction, target, epsilon):
    return EpsilonInsensitive(epsilon).py_loss(prediction[0], target[0])


def _squared_insensitive_slope(prediction, target, epsilon):
    return SquaredEpsilonInsensitive(epsilon).py_dloss(prediction[0], target[0])


@implements(alone=True, gradient=_squared_insensitive_slope)
def squared_epsilon_insensitive(prediction, target, epsilon):
    return SquaredEpsilonInsensitive(epsilon).py_loss(prediction[0], target[0])


def _two_classes(question):
    row = question.inputs["scores"]
    return "" if len(row[0] if isinstance(row[0], tuple) else row) > 2 else "hinge_loss wants one score for two classes, not two"


# hinge_loss of two classes stands at hinge; its documentation names Crammer and Singer for several.
@implements(alone=True, reductions=MEAN, never=_two_classes)
def multiclass_hinge(scores, target, reduction="mean", sample_weight=None):
    return metrics.hinge_loss(target, scores, labels=range(scores.shape[1]), sample_weight=sample_weight)


@implements(alone=True, never=_fractions)
def zero_one(prediction, target):
    return metrics.zero_one_loss(target, prediction)


def _bits(question):
    return "" if set(flat(question.inputs)) <= {0, 1} else "hamming_loss takes labels of 0 and 1 only"


@implements(alone=True, reductions=MEAN, never=_bits)
def hamming(prediction, target, reduction="mean", sample_weight=None):
    return metrics.hamming_loss(target, prediction, sample_weight=sample_weight)


def _one_label_alone(question):
    return "" if all(len(row) > 1 for row in rows(question.inputs["target"])) else "one label alone is no row of labels"


@implements(alone=True, reductions=MEAN, never=_one_label_alone)
def label_ranking(scores, target, reduction="mean", sample_weight=None):
    return metrics.label_ranking_loss(target, scores, sample_weight=sample_weight)


@implements(alone=True, reductions=MEAN, never=_one_label_alone)
def coverage(scores, target, reduction="mean", sample_weight=None):
    return metrics.coverage_error(target, scores, sample_weight=sample_weight)


@implements(
    alone=True,
    forms={"sign": ()},
    reductions={"sum": "sum", **MEAN},
    never=_soft,
    documented=("clip probabilities to [eps, 1 - eps], gradient zero outside",),
)
def binary_cross_entropy(probabilities, target, reduction="mean", sample_weight=None, target_form="probability"):
    return metrics.log_loss(
        target,
        probabilities,
        labels=[0, 1] if target_form == "probability" else [-1, 1],
        sample_weight=sample_weight,
        normalize=reduction == "mean",
    )


def _one_class(question):
    row = question.inputs["probabilities"]
    return "" if len(row[0] if isinstance(row[0], tuple) else row) > 1 else "log_loss wants two classes"


# The same of several classes.
@implements(
    alone=True,
    reductions={"sum": "sum", **MEAN},
    never=_one_class,
    documented=("clip probabilities to [eps, 1 - eps], gradient zero outside",),
)
def sparse_categorical_cross_entropy(probabilities, target, reduction="mean", sample_weight=None):
    return metrics.log_loss(
        target, probabilities, labels=range(probabilities.shape[1]), sample_weight=sample_weight, normalize=reduction == "mean"
    )


OTHERS = {
    "HalfTweedieLossIdentity": "tweedie of the mean itself, not of its logarithm; not judged separately yet",
    **dict.fromkeys(
        ("mean_poisson_deviance", "mean_gamma_deviance", "mean_tweedie_deviance"),
        "a mean of deviances: twice the loss, less its least; not judged separately yet",
    ),
    "root_mean_squared_log_error": "the root of a mean of squared_logarithmic_error; not judged separately",
    "brier_score_loss": "squared_error of a probability and a label 0 or 1; not judged separately",
    "NMF beta_loss=frobenius": "reached only by fitting a factorisation",
    "NMF beta_loss=kullback-leibler": "reached only by fitting a factorisation",
    "NMF beta_loss=itakura-saito": "reached only by fitting a factorisation",
}  # fmt: skip


def library() -> Library:
    reductions, written = {"none": "none", **MEAN}, all_written({**vars(compiled), **globals()})
    return library_of(
        "sklearn",
        title("scikit-learn"),
        written,
        lambda found: implementation(found, IMPORTS, reductions, _weighs_nothing),
        others=OTHERS,
        reasons={
            "categorical_cross_entropy": "log_loss takes indices, not a weight for every class",
            "kl_divergence": "scikit-learn ships no elementwise divergence with arguments in this form",
        },
    )

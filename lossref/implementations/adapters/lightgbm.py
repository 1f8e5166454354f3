"""LightGBM: its metrics, each on one example before any boosting, where the score is the initial score; values only.

Its gradients cannot be read: a leaf has 1e-15 added to its Hessian and is 0 below 1e-35, which would pass for lost tails.
"""

import lightgbm as lgb
import numpy as np

from lossref.implementations.engines.numpy_like import implementation
from lossref.implementations.engines.written import all_written, implements, library_of, title
from lossref.library import Library
from lossref.values import flat

IMPORTS = "import lightgbm as lgb"


def _metric(parameters, label, score, weight=None):
    return lgb.Booster(parameters, lgb.Dataset(np.zeros((1, 1)), label=label, init_score=score, weight=weight)).eval_train()[0][2]


@implements(alone=True)
def squared_error(prediction, target):
    return _metric({"objective": "regression", "metric": "l2", "verbose": -1}, target, prediction)


@implements(alone=True)
def absolute_error(prediction, target):
    return _metric({"objective": "regression_l1", "metric": "l1", "verbose": -1}, target, prediction)


@implements(alone=True)
def huber(prediction, target, delta):
    return _metric({"objective": "huber", "metric": "huber", "alpha": delta, "verbose": -1}, target, prediction)


def _one_sided(question):
    return "" if 0 < question.options.get("tau", 0.5) < 1 else "LightGBM wants an alpha strictly between 0 and 1"


@implements(alone=True, never=_one_sided)
def quantile(prediction, target, tau):
    return _metric({"objective": "quantile", "metric": "quantile", "alpha": tau, "verbose": -1}, target, prediction)


# Its documentation names no denominator; the source of its metric (MAPEMetric) has max(1, |label|).
@implements(alone=True, documented=("floor is 1",))
def absolute_percentage_error(prediction, target):
    return _metric({"objective": "mape", "metric": "mape", "verbose": -1}, target, prediction)


@implements(alone=True)
def sigmoid_cross_entropy(logits, target):
    return _metric({"objective": "cross_entropy", "metric": "cross_entropy", "verbose": -1}, target, logits)


# "xentlambda": its source takes the weight of an example for how long, or how often, the event could come
@implements(alone=True)
def cross_entropy_lambda(prediction, target, exposure):
    return _metric(
        {"objective": "cross_entropy_lambda", "metric": "cross_entropy_lambda", "verbose": -1}, target, prediction, exposure
    )  # fmt: skip


@implements(alone=True)
def softmax_cross_entropy(logits, target):
    return _metric({"objective": "multiclass", "metric": "multi_logloss", "num_class": logits.shape[1], "verbose": -1}, target, logits)


def _no_event(question):
    return "" if any(flat(question.inputs["target"])) else "LightGBM wants counts whose sum is not 0"


@implements(alone=True, never=_no_event)
def poisson(log_rate, target):
    return _metric({"objective": "poisson", "metric": "poisson", "verbose": -1}, target, log_rate)


@implements(alone=True)
def gamma(log_mean, target):
    return _metric({"objective": "gamma", "metric": "gamma", "verbose": -1}, target, log_mean)


def _not_tweedie(question):
    return _no_event(question) if question.options.get("power", 1.5) < 2 else "LightGBM wants a power of at least 1 and below 2"


@implements(alone=True, never=_not_tweedie)
def tweedie(log_mean, target, power):
    return _metric({"objective": "tweedie", "metric": "tweedie", "tweedie_variance_power": power, "verbose": -1}, target, log_mean)


@implements(alone=True)
def fair(prediction, target, scale):
    return _metric({"objective": "fair", "metric": "fair", "fair_c": scale, "verbose": -1}, target, prediction)


OTHERS = {
    "binary": "cross_entropy with hard labels; not judged separately",
    "multiclassova": "its slopes are those of the loss, its metric is the logarithm of the true class alone",
}  # fmt: skip


def _never(question):
    """Labels and weights are kept in float32, and up to 1e38."""
    first, *others = (flat(x) for x in question.inputs.values())
    held = all(abs(y) < 1e38 and float(np.float32(y)) == y for x in others for y in x)
    one_class = isinstance(next(iter(question.inputs.values())), tuple) and len(first) == 1
    fits = held and all(abs(x) < 1e300 for x in first) and not one_class
    return "" if fits else "LightGBM keeps labels and weights in float32, clips them at 1e38 and scores at 1e300, and wants two classes"


def library() -> Library:
    return library_of(
        "lightgbm",
        title("lightgbm"),
        all_written(globals()),
        lambda found: implementation(found, IMPORTS, never=_never),
        others=OTHERS,
        reasons={"half_squared_error": "LightGBM reports the squared error without the factor 1/2"},
    )

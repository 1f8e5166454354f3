"""CatBoost: its metrics, each on one example, where the raw prediction is given; values only.

What it trains by, the slopes, no function of its returns.
"""

import math

import catboost
import numpy as np
from catboost.utils import eval_metric

from lossref.implementations.engines.numpy_like import implementation
from lossref.implementations.engines.written import all_written, implements, library_of
from lossref.library import Library
from lossref.values import flat

IMPORTS = "import numpy as np; from catboost.utils import eval_metric"


@implements(alone=True)
def absolute_error(prediction, target):
    return eval_metric(target, prediction, "MAE")[0]


# By default residuals within 1e-6 of 0 count as 0: delta.
@implements(alone=True)
def quantile(prediction, target, tau):
    return eval_metric(target, prediction, f"Quantile:alpha={tau};delta=0")[0]


@implements(alone=True)
def loglin_quantile(log_prediction, target, tau):
    return eval_metric(target, log_prediction, f"LogLinQuantile:alpha={tau}")[0]


# Of a query CatBoost makes one number, which is the loss of one example.
@implements(alone=True)
def query_rmse(prediction, target):
    return eval_metric(target[0], prediction[0], "QueryRMSE", group_id=np.zeros(len(target[0]), int))[0]


# The quantile drops out: deviations from a mean sum to 0.
@implements(alone=True)
def group_quantile(prediction, target):
    return eval_metric(target[0], prediction[0], "GroupQuantile:delta=0", group_id=np.zeros(len(target[0]), int))[0]


def _other_shift(question):
    """CatBoost finds the offset itself, and takes none for a query of one class."""
    scores, labels, shift = (question.inputs[name] for name in ("scores", "target", "shift"))
    expected = math.fsum(1 / (1 + math.exp(-(s + shift))) if abs(s + shift) < 700 else float(s + shift > 0) for s in scores)
    is_best = 0 < math.fsum(labels) < len(labels) and abs(expected - math.fsum(labels)) < 2**-48 * len(labels)
    return "" if is_best else "CatBoost finds the offset of a query itself"


@implements(alone=True, never=_other_shift)
def query_cross_entropy(scores, target, alpha):
    return eval_metric(target[0], scores[0], f"QueryCrossEntropy:alpha={alpha}", group_id=np.zeros(len(target[0]), int))[0]


@implements(alone=True)
def expectile(prediction, target, tau):
    return eval_metric(target, prediction, f"Expectile:alpha={tau}")[0]


@implements(alone=True)
def huber(prediction, target, delta):
    return eval_metric(target, prediction, f"Huber:delta={delta}")[0]


@implements(alone=True)
def lq(prediction, target, power):
    return eval_metric(target, prediction, f"Lq:q={power}")[0]


@implements(alone=True)
def log_cosh(prediction, target):
    return eval_metric(target, prediction, "LogCosh")[0]


# "MAPE: the sum of |a - t| / max(1, |t|)"
@implements(alone=True, documented=("floor is 1",))
def absolute_percentage_error(prediction, target):
    return eval_metric(target, prediction, "MAPE")[0]


@implements(alone=True)
def poisson(log_rate, target):
    return eval_metric(target, log_rate, "Poisson")[0]


@implements(alone=True)
def sigmoid_cross_entropy(logits, target):
    return eval_metric(target, logits, "CrossEntropy")[0]


def _tied(question):
    times = flat(question.inputs["time"])
    return "CatBoost takes equal times as they come, and says nothing of them" if len({*times}) < len(times) else ""


# The logarithm of the likelihood, which is to be large. A negative time is one without an event.
@implements(alone=True, never=_tied)
def cox(log_hazard, event, time):
    return -eval_metric(np.where(event == 1, time + 1, -1 - time)[0], log_hazard[0], "Cox")[0]


OTHERS = {
    "RMSE": "the root of a mean of squared_error; not judged separately",
    "Logloss": "CrossEntropy with hard labels; not judged separately",
    "MultiQuantile": "several of Quantile; not judged separately",
    "MultiClassOneVsAll": "one_vs_all_logistic, divided by the number of classes; not judged separately",
    "Focal": "sigmoid_focal_cross_entropy; not judged yet",
    "LambdaMart": "lambdarank, whose slopes no function of CatBoost returns",
    "YetiRank": "yetirank, whose slopes no function of CatBoost returns",
    "YetiRankPairwise": "yetirank, whose slopes no function of CatBoost returns",
}


def _never(question):
    parameters = [x for name, x in question.options.items() if name in ("tau", "delta", "alpha", "power")]
    held = all(abs(y) < 1e38 and float(np.float32(y)) == y for y in (*flat(question.inputs.get("target", ())), *parameters))
    return "" if held else "CatBoost keeps labels and parameters in float32"


def library() -> Library:
    return library_of(
        "catboost",
        f"catboost {catboost.__version__}",
        all_written(globals()),
        lambda found: implementation(found, IMPORTS, never=_never),
        others=OTHERS,
        reasons={"squared_error": "CatBoost's metric is its root, RMSE"},
    )

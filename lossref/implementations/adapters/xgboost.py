"""XGBoost on the CPU: gradients and Hessians as one round of boosting from a base margin stores them; no values.

One example makes a tree of one leaf, which stores the Hessian h and the weight -g / h, both in float32; g is their product,
so up to an ulp of its error is ours. XGBoost computes in float32 whatever it is given, and is judged in float32 only. Its
metrics come out as text with 17 decimals, where a small value is lost in print only: they are left alone.
"""

import json
import math

import numpy as np
import xgboost as xgb

from lossref.implementations.engines.numpy_like import implementation
from lossref.implementations.engines.written import all_written, implements, library_of, title
from lossref.library import Library
from lossref.values import flat

IMPORTS = "import json; import xgboost as xgb"
STEP = {"lambda": 0, "min_child_weight": 0, "base_score": 0.5, "verbosity": 0, "nthread": 1}
QUIET = {"disable_default_eval_metric": 1}


def _trees(parameters, label, margin):
    return json.loads(
        xgb.train(parameters, xgb.DMatrix(np.zeros((1, 1)), label=label, base_margin=margin), 1).save_raw("json")
    )["learner"]["gradient_booster"]["model"]["trees"]


def _slopes(parameters, label, margin):
    return [-t["base_weights"][0] * t["sum_hessian"][0] for t in _trees(parameters, label, margin)]


def _hessians(parameters, label, margin):
    return [t["sum_hessian"][0] for t in _trees(parameters, label, margin)]


def _half_squared_bend(prediction, target):
    return _hessians({"objective": "reg:squarederror", **STEP}, target, prediction)


@implements(gives="gradient", hessian=_half_squared_bend, alone=True)
def half_squared_error(prediction, target):
    return _slopes({"objective": "reg:squarederror", **STEP}, target, prediction)


def _pseudo_huber_bend(prediction, target, delta):
    return _hessians({"objective": "reg:pseudohubererror", "huber_slope": delta, **STEP}, target, prediction)


def _flat(question):
    """Whether the Hessian, (delta / |r|)^3 far off, vanishes, and the weight of the leaf with it."""
    first, labels = (flat(x) for x in question.inputs.values())
    is_seen = all(abs(x - y) < 2.0**40 * question.options.get("delta", 1.0) for x, y in zip(first, labels, strict=True))
    return "" if is_seen else "where the Hessian is next to 0 the leaf does not show the gradient"


@implements(gives="gradient", hessian=_pseudo_huber_bend, alone=True, never=_flat)
def pseudo_huber(prediction, target, delta):
    return _slopes({"objective": "reg:pseudohubererror", "huber_slope": delta, **STEP}, target, prediction)


def _squared_logarithmic_bend(prediction, target):
    return _hessians({"objective": "reg:squaredlogerror", **STEP}, target, prediction)


# Learning task parameters: "regression with squared log loss 1/2[log(pred + 1) - log(label + 1)]^2"; it does not say that the
# Hessian is at least 1e-6, nor that predictions are at least -1 + 1e-6: both are found as faults.
@implements(gives="gradient", hessian=_squared_logarithmic_bend, alone=True, documented=("factor 1/2",))
def squared_logarithmic_error(prediction, target):
    return _slopes({"objective": "reg:squaredlogerror", **STEP}, target, prediction)


@implements(gives="gradient", alone=True)
def hinge(prediction, target):
    return _slopes({"objective": "binary:hinge", **STEP}, (target + 1) / 2, prediction)


def _sigmoid_bend(logits, target):
    return _hessians({"objective": "binary:logistic", **STEP}, target, logits)


@implements(gives="gradient", hessian=_sigmoid_bend, alone=True)
def sigmoid_cross_entropy(logits, target):
    return _slopes({"objective": "binary:logistic", **STEP}, target, logits)


def _softmax_bend(logits, target):
    return _hessians({"objective": "multi:softprob", "num_class": logits.shape[1], **STEP}, target, logits)


# "An upper bound on the Hessian with diagonal structure": its demonstration of this objective has 2 p (1 - p)
@implements(gives="gradient", hessian=_softmax_bend, alone=True, documented=("hessian times 2",))
def softmax_cross_entropy(logits, target):
    return _slopes({"objective": "multi:softprob", "num_class": logits.shape[1], **STEP}, target, logits)


# max_delta_step, 0.7 unless it is said, multiplies the Hessian of count:poisson by exp(0.7), and limits what a leaf stores.
def _steep(question):
    logarithms = flat(next(iter(question.inputs.values())))
    return "" if all(-80 < z < 80 for z in logarithms) else "a leaf -g / h does not show g where h is next to 0 or infinite"


def _poisson_bend(log_rate, target):
    return _hessians({"objective": "count:poisson", "max_delta_step": 0, **STEP}, target, log_rate)


@implements(gives="gradient", hessian=_poisson_bend, alone=True, never=_steep)
def poisson(log_rate, target):
    return _slopes({"objective": "count:poisson", "max_delta_step": 0, **STEP}, target, log_rate)


def _gamma_bend(log_mean, target):
    return _hessians({"objective": "reg:gamma", **STEP}, target, log_mean)


@implements(gives="gradient", hessian=_gamma_bend, alone=True, never=_steep)
def gamma(log_mean, target):
    return _slopes({"objective": "reg:gamma", **STEP}, target, log_mean)


# The name of its metric has six digits of the power: one next to 2 would become 2 there, which is refused.
def _not_tweedie(question):
    return _steep(question) if question.options.get("power", 1.5) < 2 else "XGBoost wants a power of at least 1 and below 2"


def _tweedie_bend(log_mean, target, power):
    return _hessians({"objective": "reg:tweedie", "tweedie_variance_power": power, **STEP, **QUIET}, target, log_mean)


@implements(gives="gradient", hessian=_tweedie_bend, alone=True, never=_not_tweedie)
def tweedie(log_mean, target, power):
    return _slopes({"objective": "reg:tweedie", "tweedie_variance_power": power, **STEP, **QUIET}, target, log_mean)


# Of one in a cohort, whose tree the others have no weight in.
def _tree_of_one(parameters, label, margin, weight):
    return json.loads(
        xgb.train(parameters, xgb.DMatrix(np.zeros((len(label), 1)), label=label, base_margin=margin, weight=weight), 1).save_raw("json")
    )["learner"]["gradient_booster"]["model"]["trees"][0]


def _hidden(question):
    """Whether someone's share of the hazards at risk is next to 0 or 1."""
    hazards = flat(question.inputs["log_hazard"])
    return "" if max(hazards) - min(hazards) < 12 else "where the Hessian is next to 0 the leaf does not show the gradient"


def _cox_label(event, time):
    return np.where(event == 1, time + 1, -1 - time)[0]


def _cox_bend(log_hazard, event, time):
    return [[
        _tree_of_one({"objective": "survival:cox", **STEP}, _cox_label(event, time), log_hazard[0], one)["sum_hessian"][0]
        for one in np.eye(log_hazard.shape[1])
    ]]  # fmt: skip


# "Negative values are considered right censored"; of equal times a comment in the source says that they are taken by Breslow's method.
@implements(gives="gradient", hessian=_cox_bend, alone=True, never=_hidden)
def cox(log_hazard, event, time):
    return [[
        -t["base_weights"][0] * t["sum_hessian"][0]
        for t in [_tree_of_one({"objective": "survival:cox", **STEP}, _cox_label(event, time), log_hazard[0], one)
                  for one in np.eye(log_hazard.shape[1])]
    ]]  # fmt: skip


OTHERS = {
    "reg:logistic": "binary:logistic with another metric; not judged separately",
    "binary:logitraw": "binary:logistic with another prediction; not judged separately",
    "multi:softmax": "multi:softprob with another prediction; not judged separately",
    "reg:absoluteerror": "leaves are medians and do not show the gradient",
    "reg:quantileerror": "leaves are quantiles and do not show the gradient",
    "reg:expectileerror": "expectile, in versions from 3.3 on; not judged yet",
}  # fmt: skip


def _never(question):
    if question.format != "float32":
        return "XGBoost computes in float32: judge it with --format float32"
    first, *others = (flat(x) for x in question.inputs.values())
    one_class = isinstance(next(iter(question.inputs.values())), tuple) and len(first) == 1
    fits = not one_class and all(math.isfinite(y) for x in others for y in x)
    return "" if fits else "XGBoost wants finite labels and at least two classes"


def library() -> Library:
    return library_of(
        "xgboost",
        title("xgboost"),
        all_written(globals()),
        lambda found: implementation(found, IMPORTS, never=_never),
        others=OTHERS,
        reasons={
            "squared_error": "XGBoost ships half of it",
            "absolute_error": "leaves of reg:absoluteerror are medians and do not show the gradient",
            "quantile": "leaves of reg:quantileerror are quantiles and do not show the gradient",
        },
        formats=("float32",),
    )

"""XGBoost on the CPU: gradients and Hessians as one round of boosting from a base margin stores them; no values.

One example makes a tree of one leaf, which stores the Hessian h and the weight -g / h, both in float32; g is their product,
so up to an ulp of its error is ours. XGBoost computes in float32 whatever it is given, and is judged in float32 only. Its
metrics come out as text with 17 decimals, where a small value is lost in print only: they are left alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import xgboost as xgb

from lossref.formats import Format
from lossref.spec import Values
from lossref.targets.source import written_out
from lossref.targets.target import Implementation, Target, literal, title

IMPORTS = "import json; import numpy as np; import xgboost as xgb"
STEP = {"lambda": 0, "min_child_weight": 0, "base_score": 0.5, "verbosity": 0, "nthread": 1}


def half_squared_error_gradient(prediction, target):
    return [
        -t["base_weights"][0] * t["sum_hessian"][0]
        for t in json.loads(
            xgb.train(
                {"objective": "reg:squarederror", **STEP}, xgb.DMatrix(np.zeros((1, 1)), label=target, base_margin=prediction), 1
            ).save_raw("json")
        )["learner"]["gradient_booster"]["model"]["trees"]
    ]


def half_squared_error_hessian(prediction, target):
    return [
        t["sum_hessian"][0]
        for t in json.loads(
            xgb.train(
                {"objective": "reg:squarederror", **STEP}, xgb.DMatrix(np.zeros((1, 1)), label=target, base_margin=prediction), 1
            ).save_raw("json")
        )["learner"]["gradient_booster"]["model"]["trees"]
    ]


def hinge_gradient(prediction, target):
    return [
        -t["base_weights"][0] * t["sum_hessian"][0]
        for t in json.loads(
            xgb.train(
                {"objective": "binary:hinge", **STEP},
                xgb.DMatrix(np.zeros((1, 1)), label=(target + 1) / 2, base_margin=prediction),
                1,
            ).save_raw("json")
        )["learner"]["gradient_booster"]["model"]["trees"]
    ]


def sigmoid_cross_entropy_gradient(logits, target):
    return [
        -t["base_weights"][0] * t["sum_hessian"][0]
        for t in json.loads(
            xgb.train(
                {"objective": "binary:logistic", **STEP}, xgb.DMatrix(np.zeros((1, 1)), label=target, base_margin=logits), 1
            ).save_raw("json")
        )["learner"]["gradient_booster"]["model"]["trees"]
    ]


def sigmoid_cross_entropy_hessian(logits, target):
    return [
        t["sum_hessian"][0]
        for t in json.loads(
            xgb.train(
                {"objective": "binary:logistic", **STEP}, xgb.DMatrix(np.zeros((1, 1)), label=target, base_margin=logits), 1
            ).save_raw("json")
        )["learner"]["gradient_booster"]["model"]["trees"]
    ]


def softmax_cross_entropy_gradient(logits, target):
    return [
        -t["base_weights"][0] * t["sum_hessian"][0]
        for t in json.loads(
            xgb.train(
                {"objective": "multi:softprob", "num_class": logits.shape[1], **STEP},
                xgb.DMatrix(np.zeros((1, 1)), label=target, base_margin=logits),
                1,
            ).save_raw("json")
        )["learner"]["gradient_booster"]["model"]["trees"]
    ]


NOT_YET = "not in the catalogue yet"
OFFERS = {
    "reg:squarederror": "half_squared_error",
    "binary:hinge": "hinge",
    "reg:logistic": "binary:logistic with another metric; not judged separately",
    "binary:logistic": "sigmoid_cross_entropy",
    "binary:logitraw": "binary:logistic with another prediction; not judged separately",
    "multi:softprob": "softmax_cross_entropy",
    "multi:softmax": "multi:softprob with another prediction; not judged separately",
    "reg:absoluteerror": "leaves are medians and do not show the gradient",
    **dict.fromkeys(
        (
            "reg:quantileerror", "reg:pseudohubererror", "reg:expectileerror", "reg:squaredlogerror", "count:poisson",
            "reg:tweedie", "reg:gamma", "rank:pairwise", "rank:ndcg", "rank:map", "survival:cox", "survival:aft",
        ),
        NOT_YET,
    ),
}  # fmt: skip


def target() -> Target:
    return Target(
        name="xgboost",
        title=title("xgboost"),
        implementations={
            "half_squared_error": _implementation(
                "reg:squarederror", gradient=half_squared_error_gradient, hessian=half_squared_error_hessian
            ),
            "hinge": _implementation("binary:hinge; labels 0 and 1 from -1 and 1", gradient=hinge_gradient),
            "sigmoid_cross_entropy": _implementation(
                "binary:logistic", gradient=sigmoid_cross_entropy_gradient, hessian=sigmoid_cross_entropy_hessian
            ),
            "softmax_cross_entropy": _implementation("multi:softprob", gradient=softmax_cross_entropy_gradient),
        },
        reasons={
            "squared_error": "XGBoost ships half of it",
            "absolute_error": "leaves of reg:absoluteerror are medians and do not show the gradient",
        },
        offers=OFFERS,
    )


def _implementation(composed: str, **functions: Callable[..., Any]) -> Implementation:
    def part(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(**arrays: Any) -> Any:
            first = next(iter(arrays.values()))
            if first.dtype != np.float32:
                raise TypeError("XGBoost computes in float32: judge it with --format float32")
            rows = [function(**{name: x[i : i + 1] for name, x in arrays.items()}) for i in range(len(first))]
            return np.array(rows, dtype=np.float32).reshape(first.shape)

        return call

    def line(name: str, arguments: Values, parameters: Values, form: Format) -> str:
        sources = {key: literal(x, form) for key, x in arguments.items()} | {"STEP": repr(STEP)}
        return f"{IMPORTS}; print({written_out(functions[name], sources)})"

    return Implementation(
        parts={name: part(function) for name, function in functions.items()},
        line=line,
        composed=composed,
        accepts=_takes,
        refusal="XGBoost wants finite labels and at least two classes",
    )


def _takes(arguments: Mapping[str, Any]) -> bool:
    first = next(iter(arguments.values()))
    return bool(np.isfinite(arguments["target"])) and (not isinstance(first, tuple) or len(first) > 1)

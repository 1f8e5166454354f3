"""LightGBM: its metrics, each on one example before any boosting, where the score is the initial score; values only.

Its gradients cannot be read: a leaf has 1e-15 added to its Hessian and is 0 below 1e-35, which would pass for lost tails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import lightgbm as lgb
import numpy as np

from lossref.formats import Format
from lossref.spec import Values
from lossref.targets.source import written_out
from lossref.targets.target import Implementation, Target, literal, title

IMPORTS = "import numpy as np; import lightgbm as lgb"


def squared_error(prediction, target):
    return [
        float(
            lgb.Booster(
                {"objective": "regression", "metric": "l2", "verbose": -1},
                lgb.Dataset(np.zeros((1, 1)), label=target, init_score=prediction),
            ).eval_train()[0][2]
        )
    ]


def absolute_error(prediction, target):
    return [
        float(
            lgb.Booster(
                {"objective": "regression", "metric": "l1", "verbose": -1},
                lgb.Dataset(np.zeros((1, 1)), label=target, init_score=prediction),
            ).eval_train()[0][2]
        )
    ]


def huber(prediction, target, delta):
    return [
        float(
            lgb.Booster(
                {"objective": "huber", "metric": "huber", "alpha": delta, "verbose": -1},
                lgb.Dataset(np.zeros((1, 1)), label=target, init_score=prediction),
            ).eval_train()[0][2]
        )
    ]


def sigmoid_cross_entropy(logits, target):
    return [
        float(
            lgb.Booster(
                {"objective": "cross_entropy", "metric": "cross_entropy", "verbose": -1},
                lgb.Dataset(np.zeros((1, 1)), label=target, init_score=logits),
            ).eval_train()[0][2]
        )
    ]


def softmax_cross_entropy(logits, target):
    return [
        float(
            lgb.Booster(
                {"objective": "multiclass", "metric": "multi_logloss", "num_class": logits.shape[1], "verbose": -1},
                lgb.Dataset(np.zeros((1, 1)), label=target, init_score=logits),
            ).eval_train()[0][2]
        )
    ]


OFFERS = {
    "regression": "squared_error",
    "regression_l1": "absolute_error",
    "huber": "huber",
    "binary": "cross_entropy with hard labels; not judged separately",
    "cross_entropy": "sigmoid_cross_entropy",
    "multiclass": "softmax_cross_entropy",
    **dict.fromkeys(
        (
            "fair", "poisson", "quantile", "mape", "gamma", "tweedie", "multiclassova", "cross_entropy_lambda", "lambdarank",
            "rank_xendcg",
        ),
        "not in the catalogue yet",
    ),
}  # fmt: skip


def target() -> Target:
    metrics: dict[Callable[..., Any], str] = {
        squared_error: "l2",
        absolute_error: "l1",
        huber: "huber",
        sigmoid_cross_entropy: "cross_entropy",
        softmax_cross_entropy: "multi_logloss",
    }
    return Target(
        name="lightgbm",
        title=title("lightgbm"),
        implementations={f.__name__: _implementation(f, f"the metric {metric} of one example") for f, metric in metrics.items()},
        reasons={"half_squared_error": "LightGBM reports the squared error without the factor 1/2"},
        offers=OFFERS,
    )


def _implementation(function: Callable[..., Any], composed: str) -> Implementation:
    def value(**arrays: Any) -> Any:
        first = next(iter(arrays.values()))
        rows = [{k: x[i : i + 1] if hasattr(x, "shape") else x for k, x in arrays.items()} for i in range(len(first))]
        return np.concatenate([function(**row) for row in rows]).astype(first.dtype)

    def line(part: str, arguments: Values, parameters: Values, form: Format) -> str:
        sources = {k: literal(x, form) for k, x in arguments.items()} | {k: repr(x) for k, x in parameters.items()}
        return f"{IMPORTS}; print({written_out(function, sources)})"

    return Implementation(
        parts={"value": value},
        line=line,
        composed=composed,
        accepts=_takes,
        refusal="LightGBM keeps labels in float32, clips them at 1e38 and scores at 1e300, and wants two classes",
    )


def _takes(arguments: Mapping[str, Any]) -> bool:
    first, label = arguments.values()
    held = abs(label) < 1e38 and float(np.float32(label)) == label  # LightGBM keeps labels in float32, and up to 1e38
    return held and bool(np.all(np.abs(first) < 1e300)) and (not isinstance(first, tuple) or len(first) > 1)

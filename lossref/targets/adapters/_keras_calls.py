"""Whole calls of Keras: its loss classes with their reductions, sample weights, masks, ignored class and label smoothing.

Keras's `sum_over_batch_size` divides by the number of examples, under a mask by the number that is kept;
`mean_with_sample_weight` divides by the sum of the weights. Its mean over nothing is 0. A mask is what a layer puts on its
output: here Lambda, which documents how to give it one.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs, allow-untyped-calls

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lossref.formats import Format
from lossref.spec import Values
from lossref.targets.adapters._keras_backend import BACKEND, DIFFERENTIATES, array, keras, precision, start, tensor, value_and_slope
from lossref.targets.calling import divides_alike, split
from lossref.targets.source import written_out
from lossref.targets.target import Calls


def squared_error(prediction, target, reduction, sample_weight=None):
    return keras.losses.MeanSquaredError(reduction=reduction)(target, prediction, sample_weight=sample_weight)


def absolute_error(prediction, target, reduction, sample_weight=None):
    return keras.losses.MeanAbsoluteError(reduction=reduction)(target, prediction, sample_weight=sample_weight)


def huber(prediction, target, reduction, sample_weight=None, delta=1.0):
    return keras.losses.Huber(delta=delta, reduction=reduction)(target, prediction, sample_weight=sample_weight)


def hinge(prediction, target, reduction, sample_weight=None):
    return keras.losses.Hinge(reduction=reduction)(target, prediction, sample_weight=sample_weight)


def binary_cross_entropy(probabilities, target, reduction, sample_weight=None, label_smoothing=0.0):
    return keras.losses.BinaryCrossentropy(label_smoothing=label_smoothing, reduction=reduction)(
        target, probabilities, sample_weight=sample_weight
    )


def sigmoid_cross_entropy(logits, target, reduction, sample_weight=None, label_smoothing=0.0):
    return keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=label_smoothing, reduction=reduction)(
        target, logits, sample_weight=sample_weight
    )


def logistic_of_signs(prediction, target, reduction, sample_weight=None):
    return keras.losses.BinaryCrossentropy(from_logits=True, reduction=reduction)((target + 1) / 2, prediction, sample_weight=sample_weight)


def logistic(prediction, target, reduction, sample_weight=None):
    return keras.losses.BinaryCrossentropy(from_logits=True, reduction=reduction)(target, prediction, sample_weight=sample_weight)


def categorical_cross_entropy(probabilities, target, reduction, sample_weight=None, label_smoothing=0.0):
    return keras.losses.CategoricalCrossentropy(label_smoothing=label_smoothing, reduction=reduction)(
        target, probabilities, sample_weight=sample_weight
    )


def softmax_cross_entropy(logits, target, reduction, sample_weight=None, ignore_index=None):
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=ignore_index, reduction=reduction)(
        target, logits, sample_weight=sample_weight
    )


def soft_target_cross_entropy(logits, target, reduction, sample_weight=None, label_smoothing=0.0):
    return keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=label_smoothing, reduction=reduction)(
        target, logits, sample_weight=sample_weight
    )


def kl_divergence(probabilities, target, reduction, sample_weight=None):
    return keras.losses.KLDivergence(reduction=reduction)(target, probabilities, sample_weight=sample_weight)


CHOSEN = {"reduction", "denominator", "empty", "target_form", "upstream"}  # options that are no parameter of a loss
FORMS: Mapping[str, Mapping[str, Callable[..., Any]]] = {  # loss -> target form -> what takes it; the first is the loss's own
    "squared_error": {"": squared_error},
    "absolute_error": {"": absolute_error},
    "huber": {"": huber},
    "hinge": {"sign": hinge, "binary": hinge},
    "binary_cross_entropy": {"probability": binary_cross_entropy},
    "sigmoid_cross_entropy": {"probability": sigmoid_cross_entropy},
    "logistic": {"sign": logistic_of_signs, "binary": logistic},
    "categorical_cross_entropy": {"": categorical_cross_entropy},
    "softmax_cross_entropy": {
        "index": softmax_cross_entropy,
        "one_hot": soft_target_cross_entropy,
        "soft": soft_target_cross_entropy,
    },
    "soft_target_cross_entropy": {"": soft_target_cross_entropy},
    "kl_divergence": {"": kl_divergence},
}


def reduction(options: Mapping[str, Any]) -> str | None:
    """Keras's reduction that divides as the options say; KeyError where it has none."""
    if options["reduction"] != "mean":
        return {"none": None, "sum": "sum"}[options["reduction"]]
    for name, divisor in {"sum_over_batch_size": "kept", "mean_with_sample_weight": "weights"}.items():
        if divides_alike(divisor, options):
            return name
    raise KeyError(options["denominator"])


def calls_of(loss: str, value_only: bool) -> Calls:
    """The calls of a loss; gradients and upstream gradients by the backend, where they are judged."""
    forms = FORMS[loss]
    value_only = value_only or not DIFFERENTIATES

    def chosen(options: Mapping[str, Any]) -> Callable[..., Any]:
        return forms[options.get("target_form") or next(iter(forms))]

    def accepts(options: Mapping[str, Any]) -> bool:
        try:
            known = inspect.signature(chosen(options)).parameters
            reduction(options)
        except KeyError:
            return False
        empty = options.get("empty", "nan" if _is_empty(options) else "zero")
        return options.keys() <= {*CHOSEN, "mask", *known} and empty == "zero"

    def make(**named: Any) -> tuple[Any, Any]:
        batch, options = split(named)
        first, x = next(iter(batch.items()))
        with precision(batch):
            tensors = {name: tensor(y if x.ndim > 1 else y[:, None]) if hasattr(y, "shape") else y for name, y in batch.items()}
            arguments = tensors | _given(chosen(options), options)
            if "sample_weight" in options:
                arguments["sample_weight"] = keras.ops.array(options["sample_weight"], dtype=x.dtype.name)

            def call(y: Any) -> Any:
                if "mask" in options:
                    mask = keras.ops.array(options["mask"], dtype="bool")
                    y = keras.layers.Lambda(lambda x: x, mask=mask, dtype=x.dtype.name)(y)  # the default stays as first used
                return chosen(options)(**arguments | {first: y})

            def upstream(value: Any) -> Any:
                given = options.get("upstream", 1.0)
                return keras.ops.array(given, dtype=x.dtype.name) if np.ndim(given) else keras.ops.full_like(value, given)

            if value_only:
                return keras.ops.convert_to_numpy(call(tensors[first])), None
            value, slope = value_and_slope(call, tensors[first], upstream)
            return keras.ops.convert_to_numpy(value), keras.ops.convert_to_numpy(slope).reshape(x.shape)

    def line(batch: Values, options: Mapping[str, Any], form: Format) -> str:
        function, first = chosen(options), next(iter(batch))
        column = not isinstance(batch[first][0], tuple)
        sources = {name: repr(parameter.default) for name, parameter in inspect.signature(function).parameters.items()}
        sources |= {name: repr(x) for name, x in _given(function, options).items()}
        sources |= {name: array(tuple((y,) for y in x) if column else x, form) for name, x in batch.items()}
        if "sample_weight" in options:
            sources["sample_weight"] = array(options["sample_weight"], form)
        called = "x"
        if "mask" in options:
            called = f'keras.layers.Lambda(lambda x: x, mask={array(options["mask"], form)}, dtype="{form.name}")(x)'
        called = written_out(function, sources | {first: called})
        given = options.get("upstream", 1.0)
        upstream = array(given, form) if isinstance(given, tuple) else f"keras.ops.full_like(v, {given!r})"
        begin = f"{start(form, not value_only)}; x = {sources[first]}"
        if value_only:
            return f"{begin}; print({called})"
        if BACKEND == "jax":
            return f"{begin}; v, pull = jax.vjp(lambda x: {called}, x); print(v, pull({upstream})[0])"
        return f"{begin}.requires_grad_(); v = {called}; v.backward({upstream}); print(v.detach(), x.grad)"

    return Calls(make=make, line=line, accepts=accepts)


def _given(function: Callable[..., Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that Keras's class takes, in its words."""
    known = inspect.signature(function).parameters
    return {name: x for name, x in options.items() if name in known} | {"reduction": reduction(options)}


def _is_empty(options: Mapping[str, Any]) -> bool:
    """Whether the options alone leave a mean nothing to divide by."""
    if options["reduction"] != "mean":
        return False
    kept = np.asarray(options.get("mask", True))
    weights = np.asarray(options["sample_weight"]) if reduction(options) == "mean_with_sample_weight" else 1
    return not np.any(kept * weights)

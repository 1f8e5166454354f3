"""Keras: the functions behind keras.losses and keras.ops, example by example, on the first backend that is installed.

KERAS_BACKEND chooses another one. Gradients by the backend's own differentiation, where that is JAX or PyTorch. float64 is
judged with floatx float64 and JAX's 64-bit mode on; even so Keras computes every mean in float32, unless on TensorFlow.
Examples are called one by one, as the printed line does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import numpy as np

from lossref.formats import Format
from lossref.spec import Values
from lossref.targets.source import written_out
from lossref.targets.target import Implementation, Target, TargetError, numbers, title

chosen = os.environ.get("KERAS_BACKEND") or next(filter(find_spec, ("jax", "torch", "tensorflow")), None)
if chosen:
    os.environ["KERAS_BACKEND"] = chosen
elif find_spec("keras"):
    raise TargetError("keras has no backend here; try: pip install jax")

import keras  # noqa: E402

BACKEND = keras.backend.backend()
IMPORTS = f'import os; os.environ["KERAS_BACKEND"] = "{BACKEND}"; import keras'


def squared_error(prediction, target):
    return keras.losses.mean_squared_error(target[:, None], prediction[:, None])


def absolute_error(prediction, target):
    return keras.losses.mean_absolute_error(target[:, None], prediction[:, None])


def huber(prediction, target, delta):
    return keras.losses.huber(target[:, None], prediction[:, None], delta=delta)


def hinge(prediction, target):
    return keras.losses.hinge(target[:, None], prediction[:, None])


def binary_cross_entropy(probabilities, target):
    return keras.losses.binary_crossentropy(target[:, None], probabilities[:, None])


def sigmoid_cross_entropy(logits, target):
    return keras.losses.binary_crossentropy(target[:, None], logits[:, None], from_logits=True)


def logistic(prediction, target):
    return keras.losses.binary_crossentropy((target[:, None] + 1) / 2, prediction[:, None], from_logits=True)


def categorical_cross_entropy(probabilities, target):
    return keras.losses.categorical_crossentropy(target, probabilities)


def softmax_cross_entropy(logits, target):
    return keras.losses.sparse_categorical_crossentropy(target, logits, from_logits=True)


def soft_target_cross_entropy(logits, target):
    return keras.losses.categorical_crossentropy(target, logits, from_logits=True)


def kl_divergence(probabilities, target):
    return keras.losses.kl_divergence(target, probabilities)


def l2_penalty(weights, strength):
    return keras.ops.stack([keras.regularizers.L2(strength / 2)(row) for row in weights])


def sigmoid(x):
    return keras.ops.sigmoid(x)


def log_sigmoid(x):
    return keras.ops.log_sigmoid(x)


def softplus(x):
    return keras.ops.softplus(x)


def relu(x):
    return keras.ops.relu(x)


def tanh(x):
    return keras.ops.tanh(x)


def logsumexp(x):
    return keras.ops.logsumexp(x, axis=1)


def softmax(x, index):
    return keras.ops.take_along_axis(keras.ops.softmax(x, axis=1), index[:, None], axis=1)[:, 0]


def log_softmax(x, index):
    return keras.ops.take_along_axis(keras.ops.log_softmax(x, axis=1), index[:, None], axis=1)[:, 0]


NOT_YET = "not in the catalogue yet"
OFFERS = {
    "MeanSquaredError": "squared_error",
    "MeanAbsoluteError": "absolute_error",
    "Huber": "huber",
    "Hinge": "hinge",
    "BinaryCrossentropy": "binary_cross_entropy",
    "BinaryCrossentropy(from_logits=True)": "sigmoid_cross_entropy",
    "CategoricalCrossentropy": "categorical_cross_entropy",
    "CategoricalCrossentropy(from_logits=True)": "soft_target_cross_entropy",
    "SparseCategoricalCrossentropy": "an index into probabilities has no entry in the catalogue yet",
    "SparseCategoricalCrossentropy(from_logits=True)": "softmax_cross_entropy",
    "KLDivergence": "kl_divergence",
    **dict.fromkeys(
        (
            "LogCosh", "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "CategoricalHinge", "SquaredHinge",
            "BinaryFocalCrossentropy", "CategoricalFocalCrossentropy", "CategoricalGeneralizedCrossEntropy", "Poisson",
            "CosineSimilarity", "Circle", "Dice", "Tversky", "CTC",
        ),
        NOT_YET,
    ),
}  # fmt: skip


def target() -> Target:
    shipped = (
        squared_error, absolute_error, huber, hinge, binary_cross_entropy, sigmoid_cross_entropy, softmax_cross_entropy,
        soft_target_cross_entropy, kl_divergence, sigmoid, log_sigmoid, softplus, relu, tanh, logsumexp, softmax, log_softmax,
    )  # fmt: skip
    rescaled = "probabilities are divided by their sum first; the gradient, that of another function, is left out"
    return Target(
        name="keras",
        title=f"{title('keras')} on {title(BACKEND)}",
        implementations={
            **{function.__name__: _implementation(function) for function in shipped},
            "categorical_cross_entropy": _implementation(categorical_cross_entropy, composed=rescaled, value_only=True),
            "logistic": _implementation(logistic, composed="binary_crossentropy of labels 0 and 1 from -1 and 1"),
            "l2_penalty": _implementation(l2_penalty, composed="regularizers.L2 of half the strength"),
        },
        reasons={
            "half_squared_error": "Keras ships the squared error without the factor 1/2",
            "negative_log_likelihood": "Keras takes probabilities or logits, not their logarithms",
            "perceptron": "Keras ships no perceptron loss",
        },
        offers=OFFERS,
    )


def _implementation(function: Callable[..., Any], composed: str = "", value_only: bool = False) -> Implementation:
    def value(**arrays: Any) -> Any:
        with _precision(arrays):
            return np.concatenate([keras.ops.convert_to_numpy(function(**row)) for row in _rows(arrays)])

    def gradient(**arrays: Any) -> Any:
        first = next(iter(arrays))
        with _precision(arrays):
            return np.concatenate([_gradient(function, first, row) for row in _rows(arrays)])

    def line(part: str, arguments: Values, parameters: Values, form: Format) -> str:
        sources = {name: _array(x, form) for name, x in arguments.items()} | {k: repr(x) for k, x in parameters.items()}
        first = next(iter(arguments))
        double = form.name == "float64"
        start = IMPORTS + ('; keras.config.set_floatx("float64")' if double else "")
        if BACKEND == "jax" and (double or part == "gradient"):
            start += "; import jax" + ('; jax.config.update("jax_enable_x64", True)' if double else "")
        if part == "value":
            return f"{start}; print({written_out(function, sources)})"
        called = f"{written_out(function, sources | {first: 'x'})}.sum()"
        if BACKEND == "jax":
            return f"{start}; print(jax.grad(lambda x: {called})({sources[first]}))"
        return f"{start}; x = {sources[first]}.requires_grad_(); {called}.backward(); print(x.grad)"

    parts = {"value": value} if value_only or BACKEND not in ("jax", "torch") else {"value": value, "gradient": gradient}
    return Implementation(parts=parts, line=line, composed=composed)


def _gradient(function: Callable[..., Any], first: str, row: dict[str, Any]) -> Any:
    if BACKEND == "jax":
        import jax

        return jax.grad(lambda x: function(**row | {first: x}).sum())(row[first])
    row[first].requires_grad_()
    function(**row).sum().backward()
    return row[first].grad.numpy()


@contextmanager
def _precision(arrays: dict[str, Any]) -> Iterator[None]:
    """Keras and JAX set up for the format of a batch."""
    double = any(getattr(x, "dtype", None) == "float64" for x in arrays.values())
    before = keras.config.floatx()
    keras.config.set_floatx("float64" if double else "float32")
    try:
        if BACKEND == "jax":
            import jax

            with jax.enable_x64(double):
                yield
        else:
            yield
    finally:
        keras.config.set_floatx(before)


def _rows(arrays: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Batches of one example as the backend's tensors, with the parameters as they are."""
    for i in range(len(next(iter(arrays.values())))):
        yield {k: keras.ops.array(x[i : i + 1], dtype=_dtype(x.dtype.name)) if hasattr(x, "shape") else x for k, x in arrays.items()}


def _array(x: Any, form: Format) -> str:
    return f'keras.ops.array({numbers(x)}, dtype="{"int32" if isinstance(x, int) else form.name}")'


def _dtype(name: str) -> str:
    return {"int64": "int32"}.get(name, name)  # Keras's own integers

"""Keras: the functions behind keras.losses and keras.ops, example by example, on the first backend that is installed.

KERAS_BACKEND chooses another one. Gradients by the backend's own differentiation, where that is JAX or PyTorch. float64 is
judged with floatx float64 and JAX's 64-bit mode on; even so Keras computes every mean in float32, unless on TensorFlow.
Examples are called one by one, as the printed line does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from lossref.formats import Format
from lossref.spec import Values
from lossref.targets.adapters._keras_backend import BACKEND, DIFFERENTIATES, array, keras, precision, start, tensor, value_and_slope
from lossref.targets.adapters._keras_calls import FORMS, calls_of
from lossref.targets.source import written_out
from lossref.targets.target import Implementation, Target, title


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


# keras.config.epsilon: a fuzz factor of 1e-7; what kl_divergence clips is in its example.
CLIPPED = "clip probabilities to [1e-07, 1 - 1e-07], gradient zero outside"
DOCUMENTED = {
    binary_cross_entropy: (CLIPPED,),
    categorical_cross_entropy: (CLIPPED,),
    kl_divergence: ("clip probabilities to [1e-07, 1], gradient zero outside", "clip target to [1e-07, 1], gradient zero outside"),
}
# "The Sharp Bits" of JAX, subnormal numbers: flushed to zero on CPUs. Said of what it makes another function of in both formats.
JAX_DOCUMENTED = {
    **dict.fromkeys(
        (sigmoid_cross_entropy, logistic, sigmoid, log_sigmoid, softplus, tanh, logsumexp), ("flush subnormal numbers to zero",)
    ),
    relu: ("at a kink the flatter slope",),  # jax.nn.relu: "under differentiation, we take" 0 at 0
}

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
    implementations = {
        **{function.__name__: _implementation(function) for function in shipped},
        "categorical_cross_entropy": _implementation(categorical_cross_entropy, composed=rescaled, value_only=True),
        "logistic": _implementation(logistic, composed="binary_crossentropy of labels 0 and 1 from -1 and 1"),
        "l2_penalty": _implementation(l2_penalty, composed="regularizers.L2 of half the strength"),
    }
    called = {name: replace(implementations[name], calls=calls_of(name, "gradient" not in implementations[name].parts)) for name in FORMS}
    return Target(
        name="keras",
        title=f"{title('keras')} on {title(BACKEND)}",
        implementations=implementations | called,
        reasons={
            "half_squared_error": "Keras ships the squared error without the factor 1/2",
            "negative_log_likelihood": "Keras takes probabilities or logits, not their logarithms",
            "perceptron": "Keras ships no perceptron loss",
        },
        offers=OFFERS,
    )


def _implementation(function: Callable[..., Any], composed: str = "", value_only: bool = False) -> Implementation:
    def value(**arrays: Any) -> Any:
        with precision(arrays):
            return np.concatenate([keras.ops.convert_to_numpy(function(**row)) for row in _rows(arrays)])

    def gradient(**arrays: Any) -> Any:
        first = next(iter(arrays))
        with precision(arrays):
            return np.concatenate([_gradient(function, first, row) for row in _rows(arrays)])

    def line(part: str, arguments: Values, parameters: Values, form: Format) -> str:
        sources = {name: array((x,), form) for name, x in arguments.items()} | {k: repr(x) for k, x in parameters.items()}
        first = next(iter(arguments))
        begin = start(form, part == "gradient")
        if part == "value":
            return f"{begin}; print({written_out(function, sources)})"
        called = f"{written_out(function, sources | {first: 'x'})}.sum()"
        if BACKEND == "jax":
            return f"{begin}; print(jax.grad(lambda x: {called})({sources[first]}))"
        return f"{begin}; x = {sources[first]}.requires_grad_(); {called}.backward(); print(x.grad)"

    parts = {"value": value, "gradient": gradient} if DIFFERENTIATES and not value_only else {"value": value}
    documented = (DOCUMENTED | (JAX_DOCUMENTED if BACKEND == "jax" else {})).get(function, ())
    return Implementation(parts=parts, line=line, composed=composed, documented=documented)


def _gradient(function: Callable[..., Any], first: str, row: dict[str, Any]) -> Any:
    return keras.ops.convert_to_numpy(value_and_slope(lambda x: function(**row | {first: x}), row[first], keras.ops.ones_like)[1])


def _rows(arrays: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Batches of one example as the backend's tensors, with the parameters as they are."""
    for i in range(len(next(iter(arrays.values())))):
        yield {name: tensor(x[i : i + 1]) if hasattr(x, "shape") else x for name, x in arrays.items()}

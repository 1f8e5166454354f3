"""optax and the functions of JAX that losses are made of, on the CPU, operation by operation; gradients by jax.grad.

float64 is judged with JAX's 64-bit mode on, as it must be to hold float64 at all, float32 with the mode off, as it is by
default. XLA's CPU code flushes subnormal numbers to zero. Examples are called one by one, as the printed line does: XLA
compiles every operation again for every length of a batch. Whole calls are judged unreduced, as optax returns them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from lossref.formats import Format
from lossref.spec import Values
from lossref.targets.adapters._optax_calls import (
    FORMS,
    IMPORTS,
    X64,
    calls_of,
    half_squared_error,
    hinge,
    huber,
    kl_divergence,
    logistic_of_signs,
    perceptron,
    sigmoid_cross_entropy,
    squared_error,
)
from lossref.targets.source import written_out
from lossref.targets.target import Implementation, Target, numbers, title


def softmax_cross_entropy(logits, target):
    return optax.softmax_cross_entropy_with_integer_labels(logits, target)


def soft_target_cross_entropy(logits, target):
    return optax.softmax_cross_entropy(logits, target)


def l2_penalty(weights, strength):
    return strength * optax.l2_loss(weights).sum(axis=1)


def entropy(probabilities, base):
    return jax.scipy.special.entr(probabilities).sum(axis=1) / (1 if base == 1 else jnp.log(base))


def xlogy(x, y):
    return jax.scipy.special.xlogy(x, y)


def sigmoid(x):
    return jax.nn.sigmoid(x)


def log_sigmoid(x):
    return jax.nn.log_sigmoid(x)


def softplus(x):
    return jax.nn.softplus(x)


def log1mexp(x):
    return jax.nn.log1mexp(0 - x)  # not of -0.0: there the slope has the other sign


def relu(x):
    return jax.nn.relu(x)


def tanh(x):
    return jnp.tanh(x)


def logsumexp(x):
    return jax.nn.logsumexp(x, axis=1)


def softmax(x, index):
    return jnp.take_along_axis(jax.nn.softmax(x, axis=1), index[:, None], axis=1)[:, 0]


def log_softmax(x, index):
    return jnp.take_along_axis(jax.nn.log_softmax(x, axis=1), index[:, None], axis=1)[:, 0]


# "The Sharp Bits" of JAX, subnormal numbers: flushed to zero on CPUs. Said of what it makes another function of in both formats.
FLUSHED = (
    perceptron, sigmoid_cross_entropy, logistic_of_signs, xlogy, sigmoid, log_sigmoid, softplus, log1mexp, tanh, logsumexp,
)  # fmt: skip
DOCUMENTED = {
    **dict.fromkeys(FLUSHED, ("flush subnormal numbers to zero",)),
    relu: ("at a kink the flatter slope",),  # jax.nn.relu: "under differentiation, we take" 0 at 0
}

NOT_YET = "not in the catalogue yet"
OFFERS = {
    "squared_error": "squared_error",
    "l2_loss": "half_squared_error",
    "huber_loss": "huber",
    "hinge_loss": "hinge",
    "perceptron_loss": "perceptron",
    "sigmoid_binary_cross_entropy": "sigmoid_cross_entropy",
    "softmax_cross_entropy_with_integer_labels": "softmax_cross_entropy",
    "softmax_cross_entropy": "soft_target_cross_entropy",
    "safe_softmax_cross_entropy": "softmax_cross_entropy with another answer at logits of -inf; not judged separately yet",
    "kl_divergence": "kl_divergence",
    "kl_divergence_with_log_targets": "kl_divergence of logarithms on both sides; not judged separately yet",
    **dict.fromkeys(
        (
            "generalized_kl_divergence", "log_cosh", "multiclass_hinge_loss", "multiclass_perceptron_loss", "sigmoid_focal_loss",
            "poly_loss_cross_entropy", "sparsemax_loss", "multiclass_sparsemax_loss", "make_fenchel_young_loss", "ntxent",
            "triplet_margin_loss", "cosine_similarity", "cosine_distance", "dice_loss", "binary_dice_loss",
            "multiclass_generalized_dice_loss", "ctc_loss", "ctc_loss_with_forward_probs", "ranking_softmax_loss",
        ),
        NOT_YET,
    ),
}  # fmt: skip


def target() -> Target:
    shipped = (
        squared_error, half_squared_error, huber, hinge, perceptron, sigmoid_cross_entropy, softmax_cross_entropy,
        soft_target_cross_entropy, xlogy, sigmoid, log_sigmoid, softplus, relu, tanh, logsumexp, softmax, log_softmax,
    )  # fmt: skip
    implementations = {
        **{function.__name__: _implementation(function) for function in shipped},
        "logistic": _implementation(logistic_of_signs, composed="sigmoid_binary_cross_entropy of labels 0 and 1 from -1 and 1"),
        "kl_divergence": _implementation(kl_divergence, composed="kl_divergence of the logarithm"),
        "l2_penalty": _implementation(l2_penalty, composed="strength times the sum of l2_loss"),
        "entropy": _implementation(entropy, composed="a sum of jax.scipy.special.entr"),
        "log1mexp": _implementation(log1mexp, composed="jax.nn.log1mexp of -x"),
    }
    called = {name: replace(implementations[name], calls=calls_of(name)) for name in FORMS}
    return Target(
        name="optax",
        title=f"{title('optax')} on {title('jax')}",
        implementations=implementations | called,
        reasons={
            "binary_cross_entropy": "optax takes logits only",
            "categorical_cross_entropy": "optax takes logits only",
            "absolute_error": "optax ships no absolute error",
        },
        offers=OFFERS,
    )


def _implementation(function: Callable[..., Any], composed: str = "") -> Implementation:
    def value(**arrays: Any) -> Any:
        with jax.enable_x64(_is_double(arrays)):
            return np.concatenate([function(**row) for row in _rows(arrays)])

    def gradient(**arrays: Any) -> Any:
        first = next(iter(arrays))
        with jax.enable_x64(_is_double(arrays)):
            return np.concatenate([jax.grad(lambda x, row=row: function(**row | {first: x}).sum())(row[first]) for row in _rows(arrays)])

    def line(part: str, arguments: Values, parameters: Values, form: Format) -> str:
        start = f"{IMPORTS}; {X64}" if form.name == "float64" else IMPORTS
        sources = {name: _array(x, form) for name, x in arguments.items()} | {k: repr(x) for k, x in parameters.items()}
        if part == "value":
            return f"{start}; print({written_out(function, sources)})"
        first = next(iter(arguments))
        return f"{start}; print(jax.grad(lambda x: {written_out(function, sources | {first: 'x'})}.sum())({sources[first]}))"

    parts, documented = {"value": value, "gradient": gradient}, DOCUMENTED.get(function, ())
    return Implementation(parts=parts, line=line, composed=composed, documented=documented)


def _is_double(arrays: dict[str, Any]) -> bool:
    return any(getattr(x, "dtype", None) == "float64" for x in arrays.values())


def _rows(arrays: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Batches of one example as arrays of JAX, with the parameters as they are."""
    for i in range(len(next(iter(arrays.values())))):
        yield {name: jnp.asarray(x[i : i + 1]) if hasattr(x, "shape") else x for name, x in arrays.items()}


def _array(x: Any, form: Format) -> str:
    return f"jnp.array({numbers(x)}{'' if isinstance(x, int) else f', dtype=jnp.{form.name}'})"

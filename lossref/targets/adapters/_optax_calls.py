"""Whole calls of optax: unreduced losses with their masks (`where`) and smoothed labels; upstream gradients by jax.vjp.

optax reduces nothing itself: a sum or mean is composed, of jnp.sum, jnp.mean and jnp.average, whose mean over nothing is NaN.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs, allow-untyped-calls

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from lossref.formats import Format
from lossref.spec import Values
from lossref.targets.calling import divides_alike, split
from lossref.targets.source import written_out
from lossref.targets.target import Calls, flattened, listed

IMPORTS = "import jax; import jax.numpy as jnp; import optax"
X64 = 'jax.config.update("jax_enable_x64", True)'


def squared_error(prediction, target):
    return optax.squared_error(prediction, target)


def half_squared_error(prediction, target):
    return optax.l2_loss(prediction, target)


def huber(prediction, target, delta=1.0):
    return optax.huber_loss(prediction, target, delta=delta)


def hinge(prediction, target):
    return optax.hinge_loss(prediction, target)


def perceptron(prediction, target):
    return optax.losses.perceptron_loss(prediction, target)


def sigmoid_cross_entropy(logits, target):
    return optax.sigmoid_binary_cross_entropy(logits, target)


def logistic_of_signs(prediction, target):
    return optax.sigmoid_binary_cross_entropy(prediction, (target + 1) / 2)


def logistic(prediction, target):
    return optax.sigmoid_binary_cross_entropy(prediction, target)


def softmax_cross_entropy(logits, target, where=None):
    return optax.softmax_cross_entropy_with_integer_labels(logits, target, where=where)


def safe_softmax_cross_entropy(logits, target):
    return optax.safe_softmax_cross_entropy(logits, target)


def soft_target_cross_entropy(logits, target, where=None):
    return optax.softmax_cross_entropy(logits, target, where=where)


def smoothed_cross_entropy(logits, target, label_smoothing=0.0, where=None):
    return optax.softmax_cross_entropy(logits, optax.smooth_labels(target, label_smoothing), where=where)


def kl_divergence(probabilities, target):
    return optax.kl_divergence(jnp.log(probabilities), target)


def kl_divergence_of_some(probabilities, target, where):
    return optax.kl_divergence(jnp.log(probabilities), target, where=where[:, None])


CHOSEN = {"reduction", "denominator", "empty", "target_form", "upstream"}  # options that are no parameter of a loss
ROWS = (soft_target_cross_entropy, smoothed_cross_entropy)
# Loss -> form of the target, the loss's own first -> what takes it; of those that have the options, the one that uses most.
FORMS: Mapping[str, Mapping[str, tuple[Callable[..., Any], ...]]] = {
    "squared_error": {"": (squared_error,)},
    "half_squared_error": {"": (half_squared_error,)},
    "huber": {"": (huber,)},
    "hinge": {"sign": (hinge,)},
    "perceptron": {"sign": (perceptron,)},
    "sigmoid_cross_entropy": {"probability": (sigmoid_cross_entropy,)},
    "logistic": {"sign": (logistic_of_signs,), "binary": (logistic,)},
    "softmax_cross_entropy": {"index": (softmax_cross_entropy,), "one_hot": (safe_softmax_cross_entropy, *ROWS), "soft": ROWS},
    "soft_target_cross_entropy": {"": ROWS},
    "kl_divergence": {"": (kl_divergence, kl_divergence_of_some)},
}


def none(loss):
    return loss


def total(loss, where=None):
    return jnp.sum(loss, where=where)


def mean(loss, where=None):
    return jnp.mean(loss, where=where)


def average(loss, weights):
    return jnp.average(loss, weights=weights)


def reduction(options: Mapping[str, Any]) -> Callable[..., Any]:
    """JAX's function that divides as the options say; KeyError where it has none."""
    if options["reduction"] != "mean":
        return {"none": none, "sum": total}[options["reduction"]]
    for function, divisor in {mean: "kept", average: "weights"}.items():
        if divides_alike(divisor, options) and (function is average) == ("sample_weight" in options):
            return function
    raise KeyError(options["denominator"])


def calls_of(loss: str) -> Calls:
    forms = FORMS[loss]

    def chosen(options: Mapping[str, Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
        """The loss and the reduction that have the options; KeyError where none have."""
        reduce, given = reduction(options), _renamed(options).keys() - CHOSEN
        able = [f for f in forms[options.get("target_form") or next(iter(forms))] if given <= _known(f) | _known(reduce)]
        if not able:
            raise KeyError(*given)
        return max(able, key=lambda function: len(given & _known(function))), reduce

    def accepts(options: Mapping[str, Any]) -> bool:
        try:
            chosen(options)
        except KeyError:
            return False
        return any(options.get("sample_weight", (1,))) and options.get("empty", "nan") == "nan"  # an average needs some weight

    def make(**named: Any) -> tuple[Any, Any]:
        batch, options = split(named)
        function, reduce = chosen(options)
        first, dtype = next(iter(batch)), next(iter(batch.values())).dtype
        with jax.enable_x64(dtype == "float64"):
            arrays = {name: jnp.asarray(x) if hasattr(x, "shape") else x for name, x in batch.items()}
            kinds = {"where": bool, "weights": dtype}
            others = {name: jnp.asarray(x, kinds[name]) if name in kinds else x for name, x in _renamed(options).items()}

            def call(x: Any) -> Any:
                return reduce(function(**arrays | {first: x}, **_own(function, others)), **_own(reduce, others))

            value, pull = jax.vjp(call, arrays[first])
            upstream = jnp.broadcast_to(jnp.asarray(options.get("upstream", 1.0), dtype), value.shape)
            return np.asarray(value), np.asarray(pull(upstream)[0])

    def line(batch: Values, options: Mapping[str, Any], form: Format) -> str:
        function, reduce = chosen(options)
        first = next(iter(batch))
        others = {name: _array(x, form) if isinstance(x, tuple) else repr(x) for name, x in _renamed(options).items()}
        arrays = {name: _array(x, form) for name, x in batch.items()}
        sources = {name: repr(parameter.default) for f in (function, reduce) for name, parameter in inspect.signature(f).parameters.items()}
        sources |= others | arrays | {first: "x"}
        called = written_out(reduce, sources | {"loss": written_out(function, sources)})
        given = options.get("upstream", 1.0)
        upstream = _array(given, form) if isinstance(given, tuple) else f"jnp.full_like(v, {given!r})"
        start = f"{IMPORTS}; {X64}" if form.name == "float64" else IMPORTS
        return f"{start}; x = {arrays[first]}; v, pull = jax.vjp(lambda x: {called}, x); print(v, pull({upstream})[0])"

    return Calls(make=make, line=line, accepts=accepts, composed="optax reduces nothing: jnp.sum, jnp.mean and jnp.average do")


def _renamed(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options in the words of JAX."""
    return {{"mask": "where", "sample_weight": "weights"}.get(name, name): x for name, x in options.items()}


def _own(function: Callable[..., Any], options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in _known(function) if name in options}


def _known(function: Callable[..., Any]) -> set[str]:
    return set(inspect.signature(function).parameters)


def _array(x: Any, form: Format) -> str:
    kind = "" if isinstance(flattened(x)[0], int) else f", dtype=jnp.{form.name}"  # a bool is an int
    return f"jnp.array({listed(x)}{kind})"

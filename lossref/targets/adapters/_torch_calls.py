"""Whole calls of PyTorch's losses: which options each has, what its mean divides by, and the gradient two ways."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from lossref.batches import REDUCTIONS
from lossref.formats import Format
from lossref.spec import Values
from lossref.targets.adapters import _torch_functions as functions
from lossref.targets.calling import Function, divides_alike, fitting, split
from lossref.targets.source import written_out
from lossref.targets.target import Calls, flattened, listed

# older versions have no weights in mse_loss, l1_loss and huber_loss
WEIGHS = "weight" in inspect.signature(torch.nn.functional.mse_loss).parameters


def _any(*candidates: Function) -> dict[str, tuple[Function, ...]]:
    return dict.fromkeys(REDUCTIONS, candidates)


def _where_weighed(function: Function) -> tuple[Function, ...]:
    return (function,) if WEIGHS else ()


# Loss -> what its mean divides by, and the functions for each reduction, the first that has the options asked
# for. The weighted mse_loss and l1_loss divide by the sum of the weights, though documented like huber_loss, which does not.
CALLED: Mapping[str, tuple[str, Mapping[str, Function | tuple[Function, ...]]]] = {
    "squared_error": ("weights", _any(functions.squared_error_call, *_where_weighed(functions.squared_error_weighted))),
    "half_squared_error": ("count", _any(functions.half_squared_error_call)),
    "absolute_error": ("weights", _any(functions.absolute_error_call, *_where_weighed(functions.absolute_error_weighted))),
    "huber": ("count", _any(functions.huber_call, *_where_weighed(functions.huber_weighted))),
    "logistic": ("count", _any(functions.logistic_call)),
    "binary_cross_entropy": ("count", _any(functions.binary_cross_entropy_call, functions.binary_cross_entropy_weighted)),
    "sigmoid_cross_entropy": ("count", _any(functions.sigmoid_cross_entropy_call)),
    "softmax_cross_entropy": ("weights", _any(functions.softmax_cross_entropy_call)),
    "soft_target_cross_entropy": ("count", _any(functions.soft_target_cross_entropy_call)),
    "negative_log_likelihood": ("weights", _any(functions.negative_log_likelihood_call)),
    "kl_divergence": (
        "count",
        {"none": functions.kl_divergence_each, "sum": functions.kl_divergence_sum, "mean": functions.kl_divergence_mean},
    ),
}
FORMS: Mapping[str, tuple[str | None, ...]] = {"softmax_cross_entropy": (None, "index", "soft")}


@dataclass(frozen=True)
class Differentiation:
    """One way to the gradient: `pull(function, x, upstream)` gives value and gradient, `source` is the same as text."""

    pull: Callable[[Callable[[Any], Any], Any, Any], tuple[Any, Any]]
    source: str


def _backward(function: Callable[[Any], Any], x: Any, upstream: Any) -> tuple[Any, Any]:
    value = function(x.requires_grad_())
    value.backward(upstream.expand(value.shape))
    return value.detach(), x.grad


def _pullback(function: Callable[[Any], Any], x: Any, upstream: Any) -> tuple[Any, Any]:
    value, pull = torch.func.vjp(function, x)
    return value, *pull(upstream.expand(value.shape))


AUTOGRAD = Differentiation(
    _backward, "x = {x}.requires_grad_(); v = {call}; v.backward({upstream}.expand(v.shape)); print(v.detach(), x.grad)"
)
FUNCTIONAL = Differentiation(_pullback, "v, pull = torch.func.vjp(lambda x: {call}, {x}); print(v, *pull({upstream}.expand(v.shape)))")


def calls(loss: str, through: Differentiation) -> Calls:
    """Calls of a loss; an option that no function of it has a parameter for is refused."""
    divides, reductions = CALLED[loss]

    def chosen(options: Mapping[str, Any]) -> Function | None:
        return fitting(reductions[options["reduction"]], {name: x for name, x in options.items() if name != "upstream"})

    def accepts(options: Mapping[str, Any]) -> bool:
        """An empty mean is NaN in torch, never 0."""
        named = options.get("target_form") in FORMS.get(loss, (None,)) and options.get("empty", "nan") == "nan"
        return named and divides_alike(divides, options, by_class=True) and chosen(options) is not None

    def own(options: Mapping[str, Any]) -> tuple[Function, dict[str, Any]]:
        function = chosen(options)
        assert function is not None
        return function, {name: x for name, x in options.items() if name in inspect.signature(function).parameters}

    def make(**named: Any) -> tuple[Any, Any]:
        batch, options = split(named)
        function, settings = own(options)
        arrays = {name: torch.from_numpy(x) for name, x in batch.items()}
        first = next(iter(arrays))
        x = arrays.pop(first)
        weights = {name: torch.as_tensor(w).to(x.dtype) for name, w in settings.items() if name.endswith("_weight")}
        upstream = torch.as_tensor(options.get("upstream", 1.0)).to(x.dtype)
        value, slope = through.pull(lambda x: function(**{first: x}, **arrays, **settings | weights), x, upstream)
        return value.numpy(), slope.numpy()

    def line(batch: Values, options: Mapping[str, Any], form: Format) -> str:
        function, settings = own(options)
        defaults = {name: repr(parameter.default) for name, parameter in inspect.signature(function).parameters.items()}
        given = {name: tensor(x, form) if name.endswith("_weight") else repr(x) for name, x in settings.items()}
        sources = {name: tensor(x, form) for name, x in batch.items()}
        first = next(iter(batch))
        call = written_out(function, defaults | given | sources | {first: "x"})
        upstream = tensor(options.get("upstream", 1.0), form)
        return f"{functions.IMPORTS}; {through.source.format(x=sources[first], call=call, upstream=upstream)}"

    return Calls(make=make, line=line, accepts=accepts)


def tensor(x: Any, form: Format) -> str:
    """Nested tuples as the source of a tensor in the format, or of class indices."""
    return f"torch.tensor({listed(x)}{'' if isinstance(flattened(x)[0], int) else f', dtype=torch.{form.name}'})"

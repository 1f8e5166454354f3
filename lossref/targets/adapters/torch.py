"""PyTorch on the CPU: torch.nn.functional, gradients by its own autograd."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import torch
from torch.nn import functional as F

from lossref.formats import Format
from lossref.spec import Values
from lossref.targets.source import written_out
from lossref.targets.target import Calls, Implementation, Target, flattened, listed, numbers

IMPORTS = "import torch; from torch.nn import functional as F"


def squared_error(prediction, target):
    return F.mse_loss(prediction, target, reduction="none")


def absolute_error(prediction, target):
    return F.l1_loss(prediction, target, reduction="none")


def huber(prediction, target, delta):
    return F.huber_loss(prediction, target, reduction="none", delta=delta)


def binary_cross_entropy(probabilities, target):
    return F.binary_cross_entropy(probabilities, target, reduction="none")


def sigmoid_cross_entropy(logits, target):
    return F.binary_cross_entropy_with_logits(logits, target, reduction="none")


def softmax_cross_entropy(logits, target):
    return F.cross_entropy(logits, target, reduction="none")


def kl_divergence(probabilities, target):
    return F.kl_div(probabilities.log(), target, reduction="none").sum(1)


def soft_target_cross_entropy(logits, target):
    return F.cross_entropy(logits, target, reduction="none")


def negative_log_likelihood(log_probabilities, target):
    return F.nll_loss(log_probabilities, target, reduction="none")


def logistic(prediction, target):
    return F.soft_margin_loss(prediction, target, reduction="none")


def sigmoid(x):
    return torch.sigmoid(x)


def log_sigmoid(x):
    return F.logsigmoid(x)


def softplus(x):
    return F.softplus(x)


def relu(x):
    return torch.relu(x)


def tanh(x):
    return torch.tanh(x)


def xlogy(x, y):
    return torch.special.xlogy(x, y)


def logsumexp(x):
    return torch.logsumexp(x, 1)


def softmax(x, index):
    return torch.softmax(x, 1).gather(1, index[:, None])[:, 0]


def log_softmax(x, index):
    return torch.log_softmax(x, 1).gather(1, index[:, None])[:, 0]


def half_squared_error(prediction, target):
    return F.mse_loss(prediction, target, reduction="none") / 2


def entropy(probabilities, base):
    return torch.special.entr(probabilities).sum(1) / (1 if base == 1 else torch.tensor(base, dtype=probabilities.dtype).log())


NOT_YET = "not in the catalogue yet"
OFFERS = {
    "mse_loss": "squared_error",
    "l1_loss": "absolute_error",
    "huber_loss": "huber",
    "binary_cross_entropy": "binary_cross_entropy",
    "binary_cross_entropy_with_logits": "sigmoid_cross_entropy",
    "cross_entropy": "softmax_cross_entropy",
    "cross_entropy (target of the logits' shape)": "soft_target_cross_entropy",
    "nll_loss": "negative_log_likelihood",
    "kl_div": "kl_divergence",
    "soft_margin_loss": "logistic",
    **dict.fromkeys(
        (
            "smooth_l1_loss", "hinge_embedding_loss", "multi_margin_loss", "multilabel_margin_loss",
            "multilabel_soft_margin_loss", "linear_cross_entropy", "AdaptiveLogSoftmaxWithLoss", "poisson_nll_loss",
            "gaussian_nll_loss", "triplet_margin_loss", "triplet_margin_with_distance_loss", "cosine_embedding_loss",
            "margin_ranking_loss", "ctc_loss",
        ),
        NOT_YET,
    ),
}  # fmt: skip


def target() -> Target:
    shipped = (
        squared_error, absolute_error, huber, binary_cross_entropy, sigmoid_cross_entropy, softmax_cross_entropy,
        soft_target_cross_entropy, negative_log_likelihood, logistic,
        sigmoid, log_sigmoid, softplus, relu, tanh, xlogy, logsumexp, softmax, log_softmax,
    )  # fmt: skip
    return Target(
        name="torch",
        title=f"torch {torch.__version__}",
        implementations={
            **{function.__name__: _implementation(function) for function in shipped},
            **{f.__name__.removesuffix("_call"): replace(_implementation(CALLED[f]), calls=_calls(f)) for f in CALLED},
            "half_squared_error": _implementation(half_squared_error, composed="half of mse_loss"),
            "entropy": _implementation(entropy, composed="a sum of special.entr"),
            "kl_divergence": _implementation(kl_divergence, composed="kl_div of the logarithm, summed"),
        },
        reasons={"hinge": "torch ships no two-class hinge max(0, 1 - y f): hinge_embedding_loss is another function"},
        offers=OFFERS,
    )


def softmax_cross_entropy_call(logits, target, reduction, class_weight=None, label_smoothing=0.0, ignore_index=-100):
    return F.cross_entropy(
        logits, target, reduction=reduction, weight=class_weight, label_smoothing=label_smoothing, ignore_index=ignore_index
    )


def sigmoid_cross_entropy_call(logits, target, reduction, pos_weight=None):
    return F.binary_cross_entropy_with_logits(logits, target, reduction=reduction, pos_weight=pos_weight)


def absolute_error_call(prediction, target, reduction):
    return F.l1_loss(prediction, target, reduction=reduction)


CALLED = {
    softmax_cross_entropy_call: softmax_cross_entropy,
    sigmoid_cross_entropy_call: sigmoid_cross_entropy,
    absolute_error_call: absolute_error,
}


def _calls(function: Callable[..., Any]) -> Calls:
    """Calls of a function that takes what it has options for; upstream gradients by autograd."""
    known = set(inspect.signature(function).parameters)

    def accepts(options: Mapping[str, Any]) -> bool:
        """torch divides by the weights of what is kept; it has no zero for an empty mean, and takes soft rows, not one-hot ones."""
        forms = options.get("target_form") in (None, "soft")
        named = options.get("denominator", "weights") == "weights" and options.get("empty", "nan") == "nan"
        return forms and named and options.keys() - {"upstream", "denominator", "empty", "target_form"} <= known

    def given(batch: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
        arrays = {name: torch.from_numpy(x) for name, x in batch.items()}
        dtype = next(iter(arrays.values())).dtype
        chosen = {name: x for name, x in options.items() if name in known}
        for name in ("class_weight", "pos_weight"):
            if name in chosen:
                chosen[name] = torch.as_tensor(chosen[name]).to(dtype)
        return arrays | chosen

    def make(**named: Any) -> tuple[Any, Any]:
        batch = {name: x for name, x in named.items() if name in ("logits", "prediction", "target")}
        arguments = given(batch, {name: x for name, x in named.items() if name not in batch})
        first = next(iter(arguments))
        arguments[first].requires_grad_()
        value = function(**arguments)
        value.backward(torch.as_tensor(named.get("upstream", 1.0)).to(value.dtype).expand(value.shape))
        return value.detach().numpy(), arguments[first].grad.numpy()

    def line(batch: Values, options: Mapping[str, Any], form: Format) -> str:
        def tensor(x: Any) -> str:
            return f"torch.tensor({listed(x)}{'' if isinstance(flattened(x)[0], int) else f', dtype=torch.{form.name}'})"

        parameters = inspect.signature(function).parameters
        sources = {name: repr(p.default) for name, p in parameters.items()} | {name: tensor(x) for name, x in batch.items()}
        sources |= {name: tensor(x) if "weight" in name else repr(x) for name, x in options.items() if name in known}
        upstream = tensor(options.get("upstream", 1.0))
        first = next(iter(batch))
        start = f"{IMPORTS}; x = {sources[first][:-1]}, requires_grad=True); v = {written_out(function, sources | {first: 'x'})}"
        return f"{start}; v.backward({upstream}.expand(v.shape)); print(v.detach(), x.grad)"

    return Calls(make=make, line=line, accepts=accepts)


def _implementation(function: Callable[..., Any], composed: str = "") -> Implementation:
    def tensors(arrays: dict[str, Any]) -> dict[str, Any]:
        return {name: torch.from_numpy(x) if hasattr(x, "shape") else x for name, x in arrays.items()}

    def value(**arrays: Any) -> Any:
        return function(**tensors(arrays)).numpy()

    def gradient(**arrays: Any) -> Any:
        named = tensors(arrays)
        first = next(iter(named))
        named[first].requires_grad_()
        function(**named).sum().backward()
        return named[first].grad.numpy()

    def line(part: str, arguments: Values, parameters: Values, form: Format) -> str:
        sources = {name: _tensor(x, form) for name, x in arguments.items()} | {k: repr(x) for k, x in parameters.items()}
        if part == "value":
            return f"{IMPORTS}; print({written_out(function, sources)})"
        first = next(iter(arguments))
        start = f"{IMPORTS}; x = {sources[first][:-1]}, requires_grad=True)"
        return f"{start}; {written_out(function, sources | {first: 'x'})}.sum().backward(); print(x.grad)"

    return Implementation(parts={"value": value, "gradient": gradient}, line=line, composed=composed)


def _tensor(x: Any, form: Format) -> str:
    return f"torch.tensor({numbers(x)}{'' if isinstance(x, int) else f', dtype=torch.{form.name}'})"

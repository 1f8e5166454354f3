"""PyTorch on the CPU: torch.nn.functional, gradients and Hessian diagonals by its own autograd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from lossref import catalog
from lossref.formats import Format
from lossref.spec import Values
from lossref.targets.adapters import _torch_functions as functions
from lossref.targets.adapters._torch_calls import AUTOGRAD, CALLED, calls
from lossref.targets.source import written_out
from lossref.targets.target import Implementation, Target, numbers

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


SHIPPED: tuple[Callable[..., Any], ...] = (
    functions.squared_error, functions.absolute_error, functions.huber, functions.binary_cross_entropy,
    functions.sigmoid_cross_entropy, functions.softmax_cross_entropy, functions.soft_target_cross_entropy,
    functions.negative_log_likelihood, functions.logistic, functions.sigmoid, functions.log_sigmoid, functions.softplus,
    functions.relu, functions.tanh, functions.xlogy, functions.logsumexp, functions.softmax, functions.log_softmax,
)  # fmt: skip
COMPOSED: dict[Callable[..., Any], str] = {
    functions.half_squared_error: "half of mse_loss",
    functions.entropy: "a sum of special.entr",
    functions.kl_divergence: "kl_div of the logarithm, summed",
}
DOCUMENTED = {
    # BCELoss: "clamps its log function outputs to be greater than or equal to -100"; its backward pass, EPSILON = 1e-12 in float32
    "binary_cross_entropy": ("clamp log at -100, gradient denominator at least 9.999999960041972e-13",),
    # Autograd mechanics, gradients for non-differentiable functions: of a convex one "the sub-gradient of minimum norm"
    "absolute_error": ("at a kink the flatter slope",),
    "relu": ("at a kink the flatter slope",),
}


def target() -> Target:
    return Target(
        name="torch",
        title=f"torch {torch.__version__}",
        implementations={f.__name__: _implementation(f) for f in (*SHIPPED, *COMPOSED)},
        reasons={"hinge": "torch ships no two-class hinge max(0, 1 - y f): hinge_embedding_loss is another function"},
        offers=OFFERS,
    )


def _implementation(function: Callable[..., Any]) -> Implementation:
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

    def hessian(**arrays: Any) -> Any:
        named = tensors(arrays)
        x = next(iter(named.values())).requires_grad_()
        (slope,) = torch.autograd.grad(function(**named).sum(), x, create_graph=True)
        return _diagonal(slope, x).numpy()

    def line(part: str, arguments: Values, parameters: Values, form: Format) -> str:
        sources = {name: _tensor(x, form) for name, x in arguments.items()} | {k: repr(x) for k, x in parameters.items()}
        if part == "value":
            return f"{functions.IMPORTS}; print({written_out(function, sources)})"
        first = next(iter(arguments))
        start = f"{functions.IMPORTS}; x = {sources[first][:-1]}, requires_grad=True)"
        call = written_out(function, sources | {first: "x"})
        if part == "gradient":
            return f"{start}; {call}.sum().backward(); print(x.grad)"
        scalar = not isinstance(arguments[first], tuple)
        return f"{start}; g, = torch.autograd.grad({call}.sum(), x, create_graph=True); print({DIAGONALS[scalar]})"

    name = function.__name__
    bends = name in catalog.names() and catalog.get(name).hessian
    return Implementation(
        parts={"value": value, "gradient": gradient} | ({"hessian": hessian} if bends else {}),
        line=line,
        composed=COMPOSED.get(function, ""),
        documented=DOCUMENTED.get(name, ()),
        calls=calls(name, AUTOGRAD) if name in CALLED else None,
    )


DIAGONALS = {
    True: "torch.autograd.grad(g.sum(), x)[0]",
    False: "torch.stack([torch.autograd.grad(g[:, k].sum(), x, retain_graph=True)[0][:, k] for k in range(x.shape[1])], 1)",
}


def _diagonal(slope: Any, x: Any) -> Any:
    """The derivative of each component of the slope in that component; examples do not act on each other."""
    if x.ndim == 1:
        return torch.autograd.grad(slope.sum(), x)[0]
    columns = [torch.autograd.grad(slope[:, k].sum(), x, retain_graph=True)[0][:, k] for k in range(x.shape[1])]
    return torch.stack(columns, 1)


def _tensor(x: Any, form: Format) -> str:
    return f"torch.tensor({numbers(x)}{'' if isinstance(x, int) else f', dtype=torch.{form.name}'})"

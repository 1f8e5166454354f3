"""PyTorch's functional transforms on the CPU: the functions of `torch`, one example at a time under torch.func.

vmap maps an example's loss over the batch, grad and jacrev differentiate it; whole calls go through vjp.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lossref import catalog
from lossref.formats import Format
from lossref.spec import Values
from lossref.targets.source import written_out
from lossref.targets.target import Implementation, Target, TargetError

try:
    import torch

    from lossref.targets.adapters import torch as plain
    from lossref.targets.adapters._torch_calls import CALLED, FUNCTIONAL, calls, tensor
    from lossref.targets.adapters._torch_functions import IMPORTS
except ModuleNotFoundError as error:  # the package that is missing is not called torch_func
    raise TargetError(f"torch_func is not installed here ({error}); try: pip install torch") from None

BY_EXAMPLE = {
    "value": "torch.func.vmap(lambda {names}: ({call})[0])({arrays})",
    "gradient": "torch.func.vmap(torch.func.grad(lambda {names}: ({call})[0]))({arrays})",
    "hessian": "torch.func.vmap(torch.func.jacrev(torch.func.jacrev(lambda {names}: ({call})[0])))({arrays})",
}


def target() -> Target:
    return replace(
        plain.target(),
        name="torch_func",
        title=f"torch.func of {torch.__version__}",
        implementations={f.__name__: _implementation(f) for f in (*plain.SHIPPED, *plain.COMPOSED)},
    )


def _implementation(function: Callable[..., Any]) -> Implementation:
    def mapped(transform: Callable[..., Any], arrays: dict[str, Any]) -> Any:
        batch = {name: torch.from_numpy(x) for name, x in arrays.items() if hasattr(x, "shape")}
        parameters = {name: x for name, x in arrays.items() if name not in batch}

        def one(*example: Any) -> Any:
            rows = {name: x[None] for name, x in zip(batch, example, strict=True)}
            return function(**rows, **parameters)[0]

        with warnings.catch_warnings():  # what has no batching rule is mapped in a loop, to the same numbers
            warnings.filterwarnings("ignore", "There is a performance drop")
            return torch.func.vmap(transform(one))(*batch.values())

    def value(**arrays: Any) -> Any:
        return mapped(lambda one: one, arrays).numpy()

    def gradient(**arrays: Any) -> Any:
        return mapped(torch.func.grad, arrays).numpy()

    def hessian(**arrays: Any) -> Any:
        # reverse over reverse, as the documentation of torch.func.hessian advises: forward mode lacks soft_margin_loss
        found = mapped(lambda one: torch.func.jacrev(torch.func.jacrev(one)), arrays)
        return (found if found.ndim == 1 else found.diagonal(dim1=1, dim2=2)).numpy()

    def line(part: str, arguments: Values, parameters: Values, form: Format) -> str:
        sources = {name: f"{name}[None]" for name in arguments} | {name: repr(x) for name, x in parameters.items()}
        arrays = ", ".join(tensor((x,), form) for x in arguments.values())
        found = BY_EXAMPLE[part].format(names=", ".join(arguments), call=written_out(function, sources), arrays=arrays)
        vector = isinstance(next(iter(arguments.values())), tuple)
        return f"{IMPORTS}; print({found}{'.diagonal(dim1=1, dim2=2)' if part == 'hessian' and vector else ''})"

    name = function.__name__
    bends = name in catalog.names() and catalog.get(name).hessian
    return Implementation(
        parts={"value": value, "gradient": gradient} | ({"hessian": hessian} if bends else {}),
        line=line,
        composed=plain.COMPOSED.get(function, ""),
        documented=plain.DOCUMENTED.get(name, ()),
        calls=calls(name, FUNCTIONAL) if name in CALLED else None,
    )

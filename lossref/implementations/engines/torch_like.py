"""PyTorch tensors and their autograd, in code and in source: what every library on top of PyTorch speaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch

from lossref.formats import Format
from lossref.implementations.engines.tensors import Dialect, Differentiation, Text, implementation, itself
from lossref.implementations.engines.written import all_written, library_of, title
from lossref.implementations.source import bracketed, first, listed
from lossref.library import FailedError, ImplementationError, Library

COUNT = {"none": "none", "sum": "sum", "count": "mean"}
WEIGHTS = {"none": "none", "sum": "sum", "weights": "mean"}
DIAGONALS = {  # of the derivative g of each component in that component; examples do not act on each other
    True: "torch.autograd.grad(g.sum(), {x})[0]",
    False: "torch.stack([torch.autograd.grad(g.flatten(1)[:, k].sum(), {x}, retain_graph=True)[0].flatten(1)[:, k]"
    " for k in range({x}[0].numel())], 1)",
}


def dialect(imports: str, reductions: Mapping[str, Any] = COUNT, **facts: Any) -> Dialect:
    """How a library on top of PyTorch is spoken to; its reductions are words, with what its mean divides by."""
    return Dialect(
        begin=lambda form, part: imports,
        reductions=reductions,
        **{
            "differentiation": AUTOGRAD,
            "tensor": torch.from_numpy,
            "spelled": spelled,
            "array": lambda x: x.numpy(force=True),  # a slope that torch knows to be 0 everywhere is a tensor without numbers
            **facts,
        },
    )


def library(package: str, imports: str, names: Mapping[str, Any], others: Mapping[str, str] | None = None) -> Library:
    """A package on top of PyTorch: the losses that are written among the names of its adapter."""
    spoken = dialect(imports)
    return library_of(
        package.replace("-", "_"),
        title(package),
        all_written(names),
        lambda found: implementation(found, spoken),
        others=others,
        reasons={},
    )


def of_ones_own(start: str, device: str) -> Dialect:
    """How code of somebody's own is spoken to, which `start` imports: on a device, without words for reductions."""
    if device:
        try:
            torch.zeros(1, device=device)
        except (RuntimeError, AssertionError, NotImplementedError) as error:
            raise ImplementationError(f"--device {device}: {str(error).splitlines()[0]}") from None

    def there(x: Any, form: Format) -> str:
        return f'{spelled(x, form)}.to("{device}")' if device else spelled(x, form)

    return dialect(
        f"{start}import torch",
        tensor=lambda x: torch.from_numpy(x).to(device or "cpu"),
        spelled=there,
        array=lambda x: x.numpy(force=True),
    )


def spelled(x: Any, form: Format) -> str:
    """Nested tuples as the source of a tensor in the format, or of whole numbers or truth values."""
    return f"torch.tensor({listed(x)}{'' if isinstance(first(x), int) else f', dtype=torch.{form.name}'})"


def _pull(total: Callable[..., Any], tensors: Mapping[str, Any]) -> list[Any]:
    leaves = {name: x.requires_grad_() for name, x in tensors.items()}
    found = total(**leaves)
    if not found.requires_grad:
        raise FailedError("what it returns has no gradient: somewhere it is detached, or left the tensors of torch")
    found.backward()
    return [torch.zeros_like(x) if x.grad is None else x.grad for x in leaves.values()]  # what it does not depend on


def _pulled(total: Text, tensors: Mapping[str, str]) -> str:
    leaves = "; ".join(f"{name} = {source}.requires_grad_()" for name, source in tensors.items())
    return f"{leaves}; {bracketed(total(itself(tensors)))}.backward(); print({', '.join(f'{name}.grad' for name in tensors)})"


def _bend(total: Callable[[Any], Any], x: Any) -> Any:
    (g,) = torch.autograd.grad(total(x.requires_grad_()), x, create_graph=True)
    if x.ndim == 1:
        return torch.autograd.grad(g.sum(), x)[0]
    columns = range(x[0].numel())
    return torch.stack([torch.autograd.grad(g.flatten(1)[:, k].sum(), x, retain_graph=True)[0].flatten(1)[:, k] for k in columns], 1)


def _bent(total: Text, name: str, source: str, rank: int) -> str:
    start = f"{name} = {source}.requires_grad_(); g, = torch.autograd.grad({total({name: name})}, {name}, create_graph=True)"
    return f"{start}; print({DIAGONALS[rank == 0].format(x=name)})"


AUTOGRAD = Differentiation(pull=_pull, pulled=_pulled, bend=_bend, bent=_bent)

"""PyTorch tensors and their autograd, in code and in source: what every library on top of PyTorch speaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lossref.bits import ADDED, dtype
from lossref.formats import JUDGED, Format
from lossref.implementations.engines.tensors import Dialect, Differentiation, Text, implementation, itself
from lossref.implementations.engines.written import all_written, library_of, title
from lossref.implementations.source import bracketed, first, listed
from lossref.library import FailedError, ImplementationError, Library, NoFormatError, first_line

COUNT = {"none": "none", "sum": "sum", "count": "mean"}
WEIGHTS = {"none": "none", "sum": "sum", "weights": "mean"}
DIAGONALS = {  # of the derivative g of each component in that component; examples do not act on each other
    True: "torch.autograd.grad(g.sum(), {x})[0]",
    False: "torch.stack([torch.autograd.grad(g.flatten(1)[:, k].sum(), {x}, retain_graph=True)[0].flatten(1)[:, k]"
    " for k in range({x}[0].numel())], 1)",
}


def dialect(imports: str, device: str = "", reductions: Mapping[str, Any] = COUNT, **facts: Any) -> Dialect:
    """How a library on top of PyTorch is spoken to, on a device; its reductions are words, with what its mean divides by."""
    if device:
        try:
            torch.zeros(1, device=device)
        except (RuntimeError, AssertionError, NotImplementedError) as error:
            raise ImplementationError(f"--device {device}: {str(error).splitlines()[0]}") from None
    usual = {
        "differentiation": AUTOGRAD,
        "tensor": lambda x: tensor(x).to(device or "cpu"),
        "spelled": partial(spelled, device=device),
        "array": array,
        "setting": declining,
    }
    return Dialect(begin=lambda form, part: imports, reductions=reductions, **{**usual, **facts})


def library(package: str, imports: str, names: Mapping[str, Any], others: Mapping[str, str] | None = None, device: str = "") -> Library:
    """A package on top of PyTorch: the losses that are written among the names of its adapter."""
    spoken = dialect(imports, device)
    return library_of(
        package.replace("-", "_"),
        title(package),
        all_written(names),
        lambda found: implementation(found, spoken),
        others=others,
        reasons={},
        formats=JUDGED,
    )


def of_ones_own(start: str, device: str) -> Dialect:
    """How code of somebody's own is spoken to, which `start` imports: on a device, without words for reductions."""
    return dialect(f"{start}import torch", device)


def tensor(x: NDArray[Any]) -> torch.Tensor:
    """An array as a tensor of the same bits; torch reads no bfloat16 and no float8 of NumPy's."""
    if x.dtype.name not in ADDED:
        return torch.from_numpy(x)
    return torch.from_numpy(x.view(f"i{x.itemsize}")).view(getattr(torch, x.dtype.name))


def array(x: torch.Tensor) -> NDArray[Any]:
    """A tensor as an array of the same bits. A slope that torch knows to be 0 everywhere is a tensor without numbers."""
    name = str(x.dtype).removeprefix("torch.")
    if name not in ADDED:
        return np.asarray(x.numpy(force=True))
    bits = x.contiguous().view(torch.int16 if x.itemsize == 2 else torch.int8)
    return np.asarray(bits.numpy(force=True).view(dtype(name)))


@contextmanager
def declining(form: Format) -> Iterator[None]:
    """What torch has not in a format is not asked: that is no wrong answer."""
    try:
        yield
    except RuntimeError as error:
        if "not implemented for" in str(error):
            raise NoFormatError(f"torch has {first_line(error)}") from None
        raise


def spelled(x: Any, form: Format, device: str = "") -> str:
    """Nested tuples as the source of a tensor in the format, or of whole numbers or truth values."""
    kind = "" if isinstance(first(x), int) else f", dtype=torch.{form.name}"
    place = f', device="{device}"' if device else ""
    return f"torch.tensor({listed(x)}{kind}{place})"


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
    # Each column of ones is what the sum of a column in DIAGONALS hands back, without the calls that take and add it.
    ones = torch.eye(x[0].numel(), dtype=g.dtype, device=g.device).reshape(-1, 1, *x.shape[1:])
    slopes = (torch.autograd.grad(g, x, one.expand_as(g), retain_graph=True)[0].flatten(1)[:, k] for k, one in enumerate(ones))
    return torch.stack([*slopes], 1)


def _bent(total: Text, name: str, source: str, rank: int) -> str:
    start = f"{name} = {source}.requires_grad_(); g, = torch.autograd.grad({total({name: name})}, {name}, create_graph=True)"
    return f"{start}; print({DIAGONALS[rank == 0].format(x=name)})"


AUTOGRAD = Differentiation(pull=_pull, pulled=_pulled, bend=_bend, bent=_bent)

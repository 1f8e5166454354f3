"""Arrays of JAX and its differentiation, in code and in source: what every library on top of JAX speaks.

float64 is judged with JAX's 64-bit mode on, as it must be to hold float64 at all, float32 with the mode off, as it is by default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lossref.formats import Format
from lossref.implementations.engines.tensors import Dialect, Differentiation, Text, by_place, itself, places
from lossref.implementations.source import first, listed
from lossref.library import ImplementationError, first_line

X64 = '; jax.config.update("jax_enable_x64", True)'


def dialect(imports: str, reductions: Mapping[str, Any], device: str = "", **facts: Any) -> Dialect:
    """How a library on top of JAX is spoken to, on a device. XLA compiles every operation again for every length of a batch."""
    try:
        there = jax.devices(device)[0] if device else None
    except RuntimeError as error:
        raise ImplementationError(f"--device {device}: {first_line(error)}") from None
    usual = {
        "begin": lambda form, part: imports + (X64 if form.name == "float64" else ""),
        "tensor": partial(jnp.asarray, device=there),
        "spelled": partial(spelled, device=device),
        "array": np.asarray,
        "alone": True,
        "setting": lambda form: jax.enable_x64(form.name == "float64"),
    }
    return Dialect(reductions=reductions, differentiation=REVERSE, **{**usual, **facts})


def of_ones_own(start: str, device: str) -> Dialect:
    """How code of somebody's own is spoken to, which `start` imports, on a device."""
    return dialect(f"{start}import jax; import jax.numpy as jnp", {}, device)


def spelled(x: Any, form: Format, device: str = "") -> str:
    """Nested tuples as the source of an array in the format, or of whole numbers or truth values; on a device."""
    place = f', device=jax.devices("{device}")[0]' if device else ""
    return f"jnp.array({listed(x)}{'' if isinstance(first(x), int) else f', dtype=jnp.{form.name}'}{place})"


def _pull(total: Callable[..., Any], tensors: Mapping[str, Any]) -> Any:
    return jax.grad(by_place(total, tensors), tuple(range(len(tensors))))(*tensors.values())


def _pulled(total: Text, tensors: Mapping[str, str]) -> str:
    return f"print(jax.grad(lambda {', '.join(tensors)}: {total(itself(tensors))}{places(tensors)})({', '.join(tensors.values())}))"


REVERSE = Differentiation(pull=_pull, pulled=_pulled)

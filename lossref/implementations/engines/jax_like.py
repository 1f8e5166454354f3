"""Arrays of JAX and its differentiation, in code and in source: what every library on top of JAX speaks.

float64 is judged with JAX's 64-bit mode on, as it must be to hold float64 at all, float32 with the mode off, as it is by default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lossref.formats import Format
from lossref.implementations.engines.tensors import Dialect, Differentiation, Text, by_place, itself, places
from lossref.implementations.source import first, listed

X64 = '; jax.config.update("jax_enable_x64", True)'


def dialect(imports: str, reductions: Mapping[str, Any], **facts: Any) -> Dialect:
    """How a library on top of JAX is spoken to. XLA compiles every operation again for every length of a batch."""
    usual = {
        "begin": lambda form, part: imports + (X64 if form.name == "float64" else ""),
        "tensor": jnp.asarray,
        "spelled": spelled,
        "array": np.asarray,
        "alone": True,
        "setting": lambda form: jax.enable_x64(form.name == "float64"),
    }
    return Dialect(reductions=reductions, differentiation=REVERSE, **{**usual, **facts})


def of_ones_own(start: str) -> Dialect:
    """How code of somebody's own is spoken to, which `start` imports."""
    return dialect(f"{start}import jax; import jax.numpy as jnp", {})


def spelled(x: Any, form: Format) -> str:
    """Nested tuples as the source of an array in the format, or of whole numbers or truth values."""
    return f"jnp.array({listed(x)}{'' if isinstance(first(x), int) else f', dtype=jnp.{form.name}'})"


def _pull(total: Callable[..., Any], tensors: Mapping[str, Any]) -> Any:
    return jax.grad(by_place(total, tensors), tuple(range(len(tensors))))(*tensors.values())


def _pulled(total: Text, tensors: Mapping[str, str]) -> str:
    return f"print(jax.grad(lambda {', '.join(tensors)}: {total(itself(tensors))}{places(tensors)})({', '.join(tensors.values())}))"


REVERSE = Differentiation(pull=_pull, pulled=_pulled)

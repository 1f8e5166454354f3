"""The backend of Keras: which one, its tensors, its differentiation, and how a line says all that."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from lossref.formats import Format
from lossref.targets.target import TargetError, listed

chosen = os.environ.get("KERAS_BACKEND") or next(filter(find_spec, ("jax", "torch", "tensorflow")), None)
if chosen:
    os.environ["KERAS_BACKEND"] = chosen
elif find_spec("keras"):
    raise TargetError("keras has no backend here; try: pip install jax")

import keras as keras  # noqa: E402 - others take it from here, where its backend is chosen

BACKEND = keras.backend.backend()
DIFFERENTIATES = BACKEND in ("jax", "torch")  # and says how to here
IMPORTS = f'import os; os.environ["KERAS_BACKEND"] = "{BACKEND}"; import keras'


@contextmanager
def precision(arrays: Mapping[str, Any]) -> Iterator[None]:
    """Keras and JAX set up for the format of a batch."""
    double = any(getattr(x, "dtype", None) == "float64" for x in arrays.values())
    before = keras.config.floatx()
    keras.config.set_floatx("float64" if double else "float32")
    try:
        if BACKEND == "jax":
            import jax

            with jax.enable_x64(double):
                yield
        else:
            yield
    finally:
        keras.config.set_floatx(before)


def value_and_slope(function: Callable[[Any], Any], x: Any, upstream: Callable[[Any], Any]) -> tuple[Any, Any]:
    """f(x), and the gradient of the sum of f(x) times what `upstream` makes of it."""
    if BACKEND == "jax":
        import jax

        value, pull = jax.vjp(function, x)
        return value, pull(upstream(value))[0]
    x.requires_grad_()
    value = function(x)
    value.backward(upstream(value))
    return value.detach(), x.grad


def start(form: Format, differentiated: bool) -> str:
    """What a line begins with."""
    double = form.name == "float64"
    line = IMPORTS + ('; keras.config.set_floatx("float64")' if double else "")
    if BACKEND == "jax" and (double or differentiated):
        line += "; import jax" + ('; jax.config.update("jax_enable_x64", True)' if double else "")
    return line


def tensor(x: Any) -> Any:
    """An array as the backend's tensor of the same dtype; integers are Keras's own."""
    return keras.ops.array(x, dtype={"int64": "int32"}.get(x.dtype.name, x.dtype.name))


def array(x: Any, form: Format) -> str:
    """Nested tuples as the source of a tensor."""
    first = x
    while isinstance(first, tuple):
        first = first[0]
    kind = "bool" if isinstance(first, bool) else "int32" if isinstance(first, int) else form.name
    return f'keras.ops.array({listed(x)}, dtype="{kind}")'

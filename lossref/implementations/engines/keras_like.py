"""Tensors of Keras on the first backend that is installed, in code and in source; KERAS_BACKEND chooses another one.

Gradients by the backend's own differentiation, where that is JAX or PyTorch. float64 is judged with floatx float64 and JAX's 64-bit
mode on. A mask is what a layer puts on its output: here Lambda, which documents how to give it one.
"""

# mypy: allow-untyped-calls

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from lossref.formats import Format
from lossref.implementations.engines.tensors import Dialect, Differentiation
from lossref.implementations.source import first, listed
from lossref.library import ImplementationError

chosen = os.environ.get("KERAS_BACKEND") or next(filter(find_spec, ("jax", "torch", "tensorflow")), None)
if chosen:
    os.environ["KERAS_BACKEND"] = chosen
elif find_spec("keras"):
    raise ImplementationError("keras has no backend here; try: pip install jax")

import keras as keras  # noqa: E402 - others take it from here, where its backend is chosen

BACKEND = keras.backend.backend()
ON_JAX = BACKEND == "jax"
IMPORTS = f'import os; os.environ["KERAS_BACKEND"] = "{BACKEND}"; import keras'
REDUCTIONS = {"none": None, "sum": "sum", "kept": "sum_over_batch_size", "weights": "mean_with_sample_weight"}


def dialect() -> Dialect:
    """How Keras is spoken to. Its losses reduce the last axis, so that numbers are columns; its mean over nothing is 0."""
    return Dialect(
        begin=_begin,
        tensor=lambda x: keras.ops.array(x, dtype={"int64": "int32"}.get(x.dtype.name, x.dtype.name)),
        spelled=spelled,
        array=keras.ops.convert_to_numpy,
        reductions=REDUCTIONS,
        differentiation=_differentiation(),
        empty="zero",
        masked=_masked,
        alone=True,
        columns=True,
        setting=setting,
    )


def spelled(x: Any, form: Format) -> str:
    """Nested tuples as the source of a tensor in the format, or of whole numbers or truth values."""
    kind = "bool" if isinstance(first(x), bool) else "int32" if isinstance(first(x), int) else form.name
    return f'keras.ops.array({listed(x)}, dtype="{kind}")'


@contextmanager
def setting(form: Format) -> Iterator[None]:
    """Keras and JAX set up for a format."""
    before = keras.config.floatx()
    keras.config.set_floatx(form.name)
    try:
        if ON_JAX:
            import jax

            with jax.enable_x64(form.name == "float64"):
                yield
        else:
            yield
    finally:
        keras.config.set_floatx(before)


def _begin(form: Format, part: str) -> str:
    double = form.name == "float64"
    line = IMPORTS + ('; keras.config.set_floatx("float64")' if double else "")
    if ON_JAX and (double or part == "gradient"):
        line += "; import jax" + ('; jax.config.update("jax_enable_x64", True)' if double else "")
    return line


def _masked(x, mask):  # type: ignore[no-untyped-def]
    return keras.layers.Lambda(lambda same: same, mask=mask, dtype=keras.backend.standardize_dtype(x.dtype))(x)


def _differentiation() -> Differentiation:
    if ON_JAX:
        from lossref.implementations.engines import jax_like

        return jax_like.REVERSE
    if BACKEND == "torch":
        from lossref.implementations.engines import torch_like

        return Differentiation(pull=torch_like.AUTOGRAD.pull, pulled=torch_like.AUTOGRAD.pulled)
    return Differentiation()

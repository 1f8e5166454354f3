"""Anybody's arrays as exact numbers and the format they came in: NumPy, torch, jax, the array API; none of them imported.

The format is read off the name of the dtype. Python numbers and lists of them mean float64.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref.bits import widened, written
from lossref.formats import FLOAT64, FORMATS, Format

BY_NUMPY = ("float64", "float32", "float16")  # the formats that NumPy has by itself
WIDTHS = ("float64", "float32", "float16", "bfloat16")  # the formats that tests are judged in


@dataclass(frozen=True)
class Numbers:
    """An array of float64 that holds the numbers exactly, or of integers. `form` is None for integers.

    A `bare` number came as a Python number: it takes the format of the arrays beside it.
    """

    array: NDArray[Any]
    form: Format | None
    bare: bool = False


def read(name: str, x: Any) -> Numbers:
    """The numbers of an array, a tensor (tracking gradients or not, on any device), a list or a number.

    Raises TypeError for what is not an array of real numbers of a format that is judged here.
    """
    bare = isinstance(x, (int, float)) and not hasattr(x, "dtype")
    named = kind(x)
    if callable(getattr(x, "detach", None)):  # a torch tensor
        x = x.detach().cpu()
        if named in FORMATS and named not in BY_NUMPY:
            x = x.float()
    try:
        array = np.from_dlpack(x) if not hasattr(x, "__array__") and hasattr(x, "__dlpack__") else np.asarray(x)
    except (TypeError, ValueError, RuntimeError, BufferError) as error:
        raise TypeError(f"{name} cannot be read as an array: {error}") from None
    named = named or array.dtype.name
    if named in WIDTHS:
        return Numbers(widened(array), FORMATS[named], bare)
    if array.dtype.kind in "biu":
        return Numbers(array.astype(np.int64) if array.dtype.kind != "u" else array, None, bare)
    raise TypeError(f"{name} must be real numbers in {', '.join(WIDTHS)} or integers, not {named}")


def common_format(given: Mapping[str, Numbers]) -> Format:
    """The one format of several arrays: float64 where all are integers or Python numbers.

    Raises ValueError for two formats, and for an integer or a Python number that the format does not hold.
    """
    kinds: dict[str, str] = {}
    for name, x in given.items():
        if x.form and not x.bare:
            kinds.setdefault(x.form.name, name)
    if len(kinds) > 1:
        found = " and ".join(f"{name} is {kind}" for kind, name in kinds.items())
        raise ValueError(f"{found}: all inputs must be of one format, the one that the answer was computed from")
    form = FORMATS[next(iter(kinds), FLOAT64.name)]
    for name, x in given.items():
        if x.bare or x.form is None:
            for y in np.ravel(x.array).tolist():
                if np.isfinite(y) and not form.holds(y):
                    raise ValueError(f"{name} holds {written(y)}, which is not a number of {form.name}, the format of the other inputs")
    return form


def kind(x: Any) -> str:
    """`float32` of a dtype that calls itself float32, torch.float32 or array_api.float32; nothing where there is no dtype."""
    dtype = getattr(x, "dtype", None)
    return str(getattr(dtype, "name", None) or dtype).rpartition(".")[2] if dtype is not None else ""

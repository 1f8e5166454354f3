"""Anybody's arrays as exact numbers and the format they came in: NumPy, torch, jax, the array API; none of them imported.

The format is read off the name of the dtype. Python numbers and lists of them mean float64. Whatever anybody's object raises when it
is read is told in one sentence.
"""

from __future__ import annotations

import array as buffers
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from operator import index
from reprlib import Repr
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref.bits import ADDED, narrowed, widened, written
from lossref.formats import FLOAT64, FORMATS, JUDGED, Format

AXES = 24  # more than anybody has
_PLAIN = {type(None), bool, int, float, complex, str, bytes, Fraction, Decimal}  # what is shown as it is; others run their own code
_EXACT = {bool, int, float, Fraction, Decimal}
_REPR = Repr()
_REPR.maxstring = _REPR.maxother = 60


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
    try:
        array, named = plain(name, x), kind(x)
    except ValueError as error:
        raise TypeError(f"{error}; arrays in {', '.join(JUDGED)}, or integers, are read") from None
    bare = type(x) in (bool, int, float)
    named = named if named in JUDGED else array.dtype.name
    if named in JUDGED:
        return Numbers(widened(array), FORMATS[named], bare)
    if array.dtype.kind in "biu":
        return Numbers(array.astype(np.int64) if array.dtype.kind != "u" else array, None, bare)
    raise TypeError(f"{name} must be real numbers in {', '.join(JUDGED)} or integers, not {named}")


def plain(name: str, x: Any, *, exact: bool = False) -> NDArray[Any]:
    """Anybody's array, tensor, list or number as a NumPy array of real numbers, of its own dtype; what NumPy has not as float32, which
    holds it and knows its name.

    Fractions, Decimals and integers of any size are taken where `exact` ones are wanted, and rounded to float64.
    Raises ValueError for a masked array and for what is not made of real numbers.
    """
    try:
        array = _array(x)
        if exact and array.dtype.kind == "O" and all(type(y) in _EXACT or isinstance(y, np.generic) for y in array.flat):
            array = array.astype(np.float64)
        is_real = array.dtype.kind in "biuf" and array.dtype.isbuiltin != 2  # which types of other packages are
    except Exception:  # anybody's object may raise anything
        is_real = False
    if not is_real:
        raise ValueError(f"{name} must be real numbers, and is {shown(x)}")
    if array.ndim > AXES:
        raise ValueError(f"{name} must have at most {AXES} axes, and has {array.ndim}")
    return array


def doubles(name: str, x: Any) -> NDArray[np.float64]:
    """The same as float64, exact numbers rounded to it."""
    with np.errstate(all="ignore"):
        return widened(plain(name, x, exact=True))


def listed(name: str, x: Any, depth: int = 0) -> Any:
    """Arrays, tensors and lists of them as nested lists of the numbers that they hold, whatever kind these are; others as they are.

    Raises ValueError for a masked array, and for one of anything but numbers and texts.
    """
    if depth > AXES:
        raise ValueError(f"{name} must be real numbers, and is a list of more than {AXES} levels")
    if isinstance(x, (list, tuple)):
        return [listed(name, y, depth + 1) for y in x]
    if type(x) in _PLAIN:
        return x
    try:
        array = _array(x) if _is_array(x) else None
        found = x if array is None else _exact(array).tolist()
        is_fine = array is None or (array.dtype.kind not in "VcmM" and array.ndim <= AXES)
    except Exception:  # anybody's object may raise anything
        is_fine = False
    if not is_fine:
        raise ValueError(f"{name} must be real numbers, and is {shown(x)}")
    return found


def exact_array(name: str, x: Any) -> NDArray[Any]:
    """Nested lists of exact numbers as an array of objects; ValueError for rows of different lengths."""
    rows = listed(name, x)
    try:
        return np.array(rows, object)
    except ValueError:
        raise ValueError(f"{name} must be real numbers in rows of one length, and is {shown(x)}") from None


def shown(x: Any) -> str:
    """What a message says that an argument is: plain numbers and texts as they are, everything else by its type."""
    if isinstance(x, np.ma.MaskedArray):
        return "a masked array, whose hidden numbers would count: pass its filled() and a mask"
    if isinstance(x, np.ndarray):
        return f"an array of {x.dtype}"
    if type(x) is int and x.bit_length() > 1024:
        return "an integer beyond float64"
    rows = x[:AXES] if type(x) in (list, tuple) else []
    if other := [y for y in rows if type(y) not in _PLAIN or (type(y) is int and y.bit_length() > 1024)]:
        inner = "rows of other things" if isinstance(other[0], (list, tuple)) else shown(other[0])
        return f"a {type(x).__name__} that holds {inner}"
    try:
        text = _REPR.repr(x) if type(x) in (*_PLAIN, list, tuple) else ""
    except ValueError:  # an integer of too many digits
        text = ""
    return text if text and text.isprintable() else f"an object of type {type(x).__name__}"


def integer(name: str, x: Any, allowed: str = "a whole number", least: float = -math.inf, most: float = math.inf) -> int:
    """A whole number of whatever type; ValueError for what is none, truth values among them, or lies beyond the ends that are allowed."""
    try:
        found = None if isinstance(x, bool) else index(x)
    except Exception:  # anybody's number may raise anything
        found = None
    if found is None or not least <= found <= most:
        raise ValueError(f"{name} must be {allowed}, and is {shown(x)}")
    return found


def _is_array(x: Any) -> bool:
    known = ("__array__", "__dlpack__", "__array_interface__", "__array_struct__")
    return isinstance(x, (memoryview, buffers.array)) or any(hasattr(type(x), name) for name in known)


def _exact(array: NDArray[Any]) -> NDArray[Any]:
    """Floats as float64, and long doubles as fractions, for no Python float holds them."""
    if array.dtype.kind != "f" or array.dtype.itemsize <= 8:
        return widened(array) if array.dtype.kind == "f" else array
    numbers = [Fraction(*map(int, y.as_integer_ratio())) if np.isfinite(y) else float(y) for y in array.reshape(-1)]
    exact = np.empty(len(numbers), object)
    exact[:] = numbers
    return exact.reshape(array.shape)


def _is_masked(x: Any, depth: int = AXES) -> bool:
    """Whether it is, or holds somewhere in lists, a masked array, of which NumPy would read the hidden numbers too, or make NaN of them."""
    if not isinstance(x, (list, tuple)):
        return isinstance(x, np.ma.MaskedArray)
    kinds = set(map(type, x))
    if any(issubclass(y, np.ma.MaskedArray) for y in kinds):
        return True
    return depth > 0 and any(issubclass(y, (list, tuple)) for y in kinds) and any(_is_masked(y, depth - 1) for y in x)


def _array(x: Any) -> NDArray[Any]:
    """An object as NumPy reads it; what cannot be read raises whatever it likes."""
    if type(x) is np.ndarray and x.dtype.kind in "biuf" and x.dtype.isbuiltin == 1:  # nearly always, and what follows is slow
        return x
    if _is_masked(x):
        raise TypeError
    named = kind(x)
    if callable(getattr(x, "detach", None)):  # a torch tensor
        x = x.detach().cpu()
        if named in ADDED:
            x = x.float()
    array = np.from_dlpack(x) if not hasattr(x, "__array__") and hasattr(x, "__dlpack__") else np.asarray(x)
    return array.astype(np.dtype(np.float32, metadata={"format": named})) if named in ADDED else array


def precision(array: NDArray[Any]) -> int:
    """Significant bits of the format that an array was given in; what came as float64 may have been float32, if that holds it."""
    if array.dtype.metadata and "format" in array.dtype.metadata:
        return FORMATS[array.dtype.metadata["format"]].precision
    if array.dtype.kind == "f" and array.dtype != np.float64:
        return int(np.finfo(array.dtype).nmant) + 1
    with np.errstate(all="ignore"):
        return 24 if array.dtype.kind == "f" and (np.isnan(array) | (array.astype(np.float32) == array)).all() else 53


def rounded(x: NDArray[np.float64], form: Format) -> NDArray[np.float64]:
    """The nearest numbers of a format, ties to even, an infinity beyond its largest: as `Format.nearest` has each of them."""
    if form is FLOAT64:
        return x
    with np.errstate(all="ignore"):
        if form.name == "float32":
            return x.astype(np.float32).astype(np.float64)
        last = np.ldexp(1.0, np.maximum(np.frexp(x)[1] - form.precision, form.least_exponent))
        near = np.rint(x / last) * last  # powers of two: neither is rounded again
        return np.where(np.abs(near) > float(form.largest), np.copysign(math.inf, x), near)


def as_format(x: NDArray[np.float64], form: Format) -> NDArray[Any]:
    """The nearest numbers of a format as an array of it; NaN beyond the largest of one that has no infinity."""
    near = rounded(x, form)
    return narrowed(near if form.specials == "ieee" else np.where(np.isinf(near), np.nan, near), form.name)


def judged(name: str, form: Any) -> Format:
    """A format that code is asked in, by its name; ValueError for another."""
    if not isinstance(form, str) or form not in JUDGED:
        raise ValueError(f"{name} must be one of {', '.join(JUDGED)}, and is {shown(form)}")
    return FORMATS[form]


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

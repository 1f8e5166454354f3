"""A grammar of arguments: good ones of a loss in every array kind and layout, odd ones, and bad ones."""

from __future__ import annotations

import array
import math
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from fuzzing.world import JAX, TORCH
from lossref import options
from lossref.options import FORMS
from lossref.spaces import Space
from lossref.spec import Loss

Nested = Any  # a number, or lists of them
NUMBERS = (0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.25, -7.5, 40.0, -745.0, 1e-3, 0.1, 1e300, -1e-310, 5e-324, 1e16, 700.0)
MILD = tuple(x for x in NUMBERS if x == 0 or 1e-9 < abs(x) < 100)  # where time is not the question: scripts/hunt.py asks that
SPECIAL = (math.nan, math.inf, -math.inf)
SHAPES: tuple[tuple[int, ...], ...] = ((), (), (1,), (3,), (2, 2), (3, 1), (0,))


def good(chance: random.Random, loss: Loss, batch: tuple[int, ...], mild: bool = False) -> dict[str, Nested]:
    """Arguments of a loss as nested lists of Python numbers, inside its domain for the most part."""
    axes = {axis for space in loss.arguments.values() for axis in space.axes}
    small = mild and loss.spaces[loss.first].rank > 1
    sizes = {axis: chance.choice((1, 2) if small else (1, 2, 3, 3, 4)) for axis in sorted(axes)}
    found = {}
    for name, space in loss.arguments.items():
        inner = tuple(sizes[axis] for axis in space.axes)
        classes = sizes[loss.arguments[space.label_of].axes[-1]] if space.label_of else 0
        found[name] = nested(batch, lambda s=space, i=inner, c=classes: _example(chance, s, i, c, MILD if mild else NUMBERS))  # type: ignore[misc]
    return found


def nested(shape: tuple[int, ...], one: Callable[[], Nested]) -> Nested:
    return [nested(shape[1:], one) for _ in range(shape[0])] if shape else one()


def _example(chance: random.Random, space: Space, shape: tuple[int, ...], classes: int, numbers: tuple[float, ...]) -> Nested:
    if space.sums_to_one and shape:
        return nested(shape[:-1], lambda: _shares(chance, shape[-1]))
    return nested(shape, lambda: _number(chance, space, classes, numbers))


def _shares(chance: random.Random, count: int) -> list[float]:
    cuts = sorted(chance.choice((0.0, 0.25, 0.5, 0.625, 1.0)) for _ in range(count - 1))
    return [b - a for a, b in zip([0.0, *cuts], [*cuts, 1.0], strict=True)]


def _number(chance: random.Random, space: Space, classes: int, numbers: tuple[float, ...]) -> float | int:
    if classes:
        return chance.randrange(classes)
    if space.choices:
        return chance.choice(space.choices)
    if chance.random() < 0.02 and (numbers is NUMBERS or space.rank < 2):
        return chance.choice(SPECIAL)
    inside = [x for x in numbers if space.low <= x <= space.high and not (space.low_is_open and x == space.low)]
    return chance.choice(inside or [space.high])


def dressed(chance: random.Random, x: Nested) -> Any:
    """The same numbers as another kind of array, or in another layout; whoever reads them gets the numbers of `np.array(x)`."""
    dress = chance.choice(DRESSES)
    try:
        return dress(chance, x)
    except (TypeError, ValueError, OverflowError, ArithmeticError, RuntimeError):
        return np.array(x)  # what that kind does not hold


def _array(chance: random.Random, x: Nested) -> Any:
    return np.array(x)


def _fortran(chance: random.Random, x: Nested) -> Any:
    return np.asfortranarray(np.array(x)) if isinstance(x, list) else np.array(x)


def _reversed(chance: random.Random, x: Nested) -> Any:
    y = np.array(x)
    return np.flip(np.flip(y).copy())


def _strided(chance: random.Random, x: Nested) -> Any:
    y = np.array(x)
    wide = np.zeros((*y.shape, 2), y.dtype)
    wide[..., 1] = y
    return wide[..., 1]


def _read_only(chance: random.Random, x: Nested) -> Any:
    y = np.array(x)
    y.flags.writeable = False
    return y


def _broadcast(chance: random.Random, x: Nested) -> Any:
    y = np.array(x)
    return np.broadcast_to(y[:1], y.shape) if y.ndim and y.shape[0] and (y == y[:1]).all() else np.broadcast_to(y, y.shape)


def _of_type(chance: random.Random, x: Nested) -> Any:
    """Of another dtype, if that holds the same numbers."""
    y = np.array(x)
    dtype = chance.choice(("float16", "float32", "longdouble", ">f8", ">f4", "<f8", "int8", "uint8", "int64", "uint64", "bool", ">i4"))
    with np.errstate(all="ignore"):
        other = y.astype(dtype)
        same = dtype[0] == "l" or (np.abs(y) < 2.0**53).all()
        same = same and np.array_equal(other.astype(np.float64), y.astype(np.float64), equal_nan=True)
    return other if same else y


def _subclass(chance: random.Random, x: Nested) -> Any:
    return np.array(x).view(Plain)


def _tensor(chance: random.Random, x: Nested) -> Any:
    if TORCH is None:
        return np.array(x)
    y = TORCH.tensor(x, dtype=None if np.array(x).dtype.kind in "iub" else TORCH.float64)
    if y.is_floating_point():
        kind = chance.choice((TORCH.float64, TORCH.float32, TORCH.float16, TORCH.bfloat16))
        y = y.to(kind) if TORCH.equal(y.to(kind).double(), y) else y
        kind = chance.randrange(4)
        if kind == 1:
            y = y.requires_grad_()
        elif kind == 2:
            y = TORCH.nn.Parameter(y) * 1
        elif kind == 3 and y.ndim:
            y = y.flip(0).flip(0)
    return y


def _jax(chance: random.Random, x: Nested) -> Any:
    if JAX is None:
        return np.array(x)
    y = np.array(x)
    return JAX.numpy.asarray(y) if y.dtype.kind in "b" else _jax_of(chance, y)


def _jax_of(chance: random.Random, y: np.ndarray[Any, Any]) -> Any:
    if y.dtype.kind in "iu":
        return JAX.numpy.asarray(y.astype(np.int32))
    kind = chance.choice(("float32", "bfloat16", "float16"))
    with np.errstate(all="ignore"):
        narrow = y.astype(np.float32)
    if not np.array_equal(narrow.astype(np.float64), y, equal_nan=True):
        return y
    found = JAX.numpy.asarray(narrow).astype(kind)
    return found if np.array_equal(np.asarray(found.astype("float32")), narrow, equal_nan=True) else JAX.numpy.asarray(narrow)


def _tuples(chance: random.Random, x: Nested) -> Any:
    return tuple(_tuples(chance, y) for y in x) if isinstance(x, list) else x


def _scalars(chance: random.Random, x: Nested) -> Any:
    return [_scalars(chance, y) for y in x] if isinstance(x, list) else np.float64(x) if isinstance(x, float) else np.int64(x)


DRESSES: tuple[Callable[[random.Random, Nested], Any], ...] = (
    _array,
    _array,
    lambda c, x: x,
    _fortran,
    _reversed,
    _strided,
    _read_only,
    _broadcast,
    _of_type,
    _of_type,
    _of_type,
    _subclass,
    _tensor,
    _tensor,
    _jax,
    _tuples,
    _scalars,
    lambda c, x: Giving(np.array(x)),
    lambda c, x: Lent(np.array(x)),
    lambda c, x: memoryview(np.ascontiguousarray(np.array(x)).data) if isinstance(x, list) and x else x,
    lambda c, x: array.array("d", x),
    lambda c, x: np.array(x)[()],
)


def option(chance: random.Random, name: str, loss: Loss, shape: tuple[int, ...], classes: int) -> Any:
    """A value of an option that fits, for the most part."""

    def an_example(*numbers: float) -> Any:
        return dressed(chance, nested(shape, lambda: chance.choice(numbers)))

    good: dict[str, Callable[[], Any]] = {
        "reduction": lambda: chance.choice(options.REDUCTIONS),
        "empty": lambda: chance.choice(("nan", "zero")),
        "denominator": lambda: chance.choice((*options.DENOMINATORS, 3, 0.5, Fraction(1, 3), np.float32(2), 1e-300)),
        "sample_weight": lambda: an_example(0.0, 1.0, 0.25, 3.0),
        "class_weight": lambda: dressed(chance, [chance.choice((0.0, 1.0, 2.5)) for _ in range(classes)]),
        "pos_weight": lambda: an_example(0.0, 1.0, 2.5),
        "label_smoothing": lambda: chance.choice((0.0, 0.1, 0.25, 1.0, Fraction(1, 3))),
        "smoothing": lambda: chance.choice(options.SMOOTHINGS),
        "ignore_index": lambda: chance.choice((0, 1, -100, np.int64(2))),
        "mask": lambda: an_example(True, False),
        "target_form": lambda: chance.choice(FORMS.get(loss.target, ("index",))),
        "upstream": lambda: chance.choice((2.0, an_example(0.0, 1.0, -2.5))),
    }
    return good[name]()


def described(x: Any) -> str:
    """An argument in a few words, whatever its own representation does."""
    try:
        return f"{type(x).__name__}:{repr(x).replace(chr(10), ' ')[:80]}"
    except Exception:
        return type(x).__name__


class Plain(np.ndarray[Any, Any]):
    """A subclass of arrays that does nothing else."""


class Giving:
    """An object that gives an array when it is asked for one."""

    def __init__(self, x: Any) -> None:
        self.x = x

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.x if self.x is None or isinstance(self.x, str) else np.asarray(self.x, dtype)


class Lent:
    """An object that speaks DLPack alone."""

    def __init__(self, x: Any) -> None:
        self.x = x

    def __dlpack__(self, **given: Any) -> Any:
        return self.x.__dlpack__(**given)

    def __dlpack_device__(self) -> Any:
        return self.x.__dlpack_device__()

"""The float64 code of a loss on checked arguments: the arrays of value, gradient and Hessian, one number for each of an argument's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from inspect import signature
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref.float64 import recorded
from lossref.float64.arguments import Arguments, checked, leading_shape
from lossref.float64.replay import replay
from lossref.spec import Loss

Array = NDArray[np.float64]
Parts = dict[tuple[str, str], Array]  # (part, argument) -> its numbers; the value is of no argument
BLOCK = 1 << 16  # numbers of the first argument worked on at a time


def computed(
    loss: Loss,
    part: str,
    values: Mapping[str, Any],
    given: Mapping[str, Any],
    outside: str,
    *,
    exact: bool = True,
    rooms: Sequence[Any] = (),
) -> Parts:
    """A part (value and gradient are two) in its full shape; NaN in every example that is outside the domain or holds a NaN.

    ValueError where the loss has no such code, where shapes do not fit, and where `outside` is "raise" for points outside. `given` has
    the arguments before they were encoded. What fits is written to `rooms`, arrays in the order of the answers.
    """
    function, keys = _code(loss, part, exact), _keys(loss, part)
    with np.errstate(all="ignore"):
        if not rooms or len(rooms) != len(keys) or any(np.may_share_memory(room, x) for room in rooms for x in values.values()):
            rooms = [None] * len(keys)
        if (replayed := _replayed(loss, function, values, rooms)) is not None:
            return dict(zip(keys, replayed, strict=True))
        arguments = checked(loss, values, given, outside)
        shapes = [arguments.shape(loss, of) for _, of in keys]
        found = _in_blocks(function, loss, arguments, shapes, rooms)
    return {key: _voided(y, arguments, shape) for key, y, shape in zip(keys, found, shapes, strict=True)}


def assembled(part: str, parts: Mapping[tuple[str, str], Any]) -> Any:
    """What a caller gets of a part: one array, or a tuple of them."""
    slopes = tuple(y for (of, _), y in parts.items() if of == "gradient")
    gradient = slopes[0] if len(slopes) == 1 else slopes
    if part == "value_and_gradient":
        return parts["value", ""], gradient
    return gradient if part == "gradient" else next(iter(parts.values()))


def _keys(loss: Loss, part: str) -> list[tuple[str, str]]:
    """What a function of a part returns, in its order."""
    if part == "hessian":
        return [("hessian", loss.first)]
    values = [("value", "")] if part != "gradient" else []
    return values + [("gradient", name) for name in loss.differentiable] if part != "value" else values


def flat(found: Any) -> list[Any]:
    """Arrays in tuples, nested or not, one after the other."""
    return [y for x in found for y in flat(x)] if isinstance(found, tuple) else [found]


def _room(given: Any, shape: tuple[int, ...]) -> Array:
    """The array that is there for an answer, or a new one where that has another shape, type or order, or cannot be written to."""
    fits = type(given) is np.ndarray and given.shape == shape and given.dtype == np.float64 and given.flags.carray
    return given if fits else np.empty(shape)


def _replayed(loss: Loss, function: Callable[..., Any], values: Mapping[str, Any], rooms: Sequence[Any]) -> list[Array] | None:
    """The same of large arrays of single numbers, of one shape, in their domains, by a plan; None where there is none."""
    if not (loss.is_of_numbers and loss.is_ours):
        return None
    arrays, chosen = [values[name] for name in loss.arguments], {name: values[name] for name in loss.parameters}
    if type(arrays[0]) is not np.ndarray or arrays[0].size < recorded.LEAST or not all(map(_is_number, chosen.values())):
        return None
    shape = arrays[0].shape
    if any(type(x) is not np.ndarray or x.shape != shape for x in arrays):
        return None
    parameters = tuple((name, loss.parameters[name].space, float(x)) for name, x in chosen.items())
    plan = recorded.plan_of(function, tuple(loss.arguments), parameters)
    if plan is None:
        return None
    doubles: list[Array] = []
    for x, space, shows_nan in zip(arrays, loss.arguments.values(), plan.shows_nan, strict=True):
        if (row := recorded.doubles(x, space, shows_nan)) is None:
            return None
        doubles.append(row)

    def careful(start: int, end: int) -> list[Array]:
        block = dict(zip(loss.arguments, (x[start:end] for x in doubles), strict=True)) | chosen
        arguments = checked(loss, block, block, "nan")
        return [np.asarray(y) for y in flat(function(**arguments.arrays))]

    answers = [_room(room, shape) for room in rooms]
    replay(plan, doubles, [y.reshape(-1) for y in answers], careful)
    return answers


def _is_number(x: Any) -> bool:
    return type(x) is float or (type(x) is np.ndarray and x.shape == () and x.dtype.kind in "if" and x.dtype.itemsize <= 8)


def _code(loss: Loss, part: str, exact: bool = True) -> Callable[..., Any]:
    """The function of a part; ValueError where the loss has none."""
    if loss.value is None:
        raise ValueError(f"{loss.name} has no float64 code; lossref.oracle answers it")
    if loss.plain is not None and not exact and part != "hessian":
        return _of_both(loss.plain, part)
    function: Callable[..., Any] | None = getattr(loss, part)
    if part == "value_and_gradient" and function is None:
        return _both(_code(loss, "value"), _code(loss, "gradient"))
    if function is None:
        raise ValueError(f"{loss.name} has no {part}")
    return function


@cache
def _both(value: Callable[..., Any], gradient: Callable[..., Any]) -> Callable[..., Any]:
    """One function of both, the same one each time."""
    return lambda **arrays: (value(**arrays), gradient(**arrays))


@cache
def _of_both(both: Callable[..., Any], part: str) -> Callable[..., Any]:
    """A part of a function of value and gradient, the same function each time."""
    return both if part == "value_and_gradient" else lambda **arrays: both(**arrays)[part == "gradient"]


def _in_blocks(
    function: Callable[..., Any], loss: Loss, arguments: Arguments, shapes: Sequence[tuple[int, ...]], rooms: Sequence[Any]
) -> list[Array]:
    """Call a function on as many rows at a time as fit in a processor's cache: several times faster on large batches.

    One that takes `out` does so itself, and writes its answers where they are wanted.
    """
    arrays, size = arguments.arrays, arguments.arrays[loss.first].size
    leading = {leading_shape(loss, name, arrays[name]) for name in loss.arguments}
    if size <= BLOCK or len(leading) > 1 or not arguments.batch or any(arrays[name].ndim for name in loss.parameters):
        return flat(function(**arrays))
    whole = [_room(room, shape) for room, shape in zip(rooms, shapes, strict=True)]
    if _takes_out(function):
        return flat(function(**arrays, out=whole))
    rows = arguments.batch[0]
    step = max(1, BLOCK * rows // size)
    for start in range(0, rows, step):
        block = {name: x[start : start + step] if name in loss.arguments else x for name, x in arrays.items()}
        for y, found in zip(whole, flat(function(**block)), strict=True):
            y[start : start + step] = found
    return whole


@cache
def _takes_out(function: Callable[..., Any]) -> bool:
    return "out" in signature(function).parameters


def _voided(y: Any, arguments: Arguments, shape: tuple[int, ...]) -> Array:
    """An array of its full shape with NaN in every example that has no answer."""
    array: Array = np.asarray(y, np.float64)
    if array.shape != shape:
        array = np.broadcast_to(array, shape)
    if not array.flags.writeable:  # nor is it an argument itself
        array = array.copy()
    if arguments.void.any():
        inner = (1,) * (len(shape) - len(arguments.batch))
        array = np.where(arguments.void.reshape((*arguments.batch, *inner)), np.nan, array)
    return array

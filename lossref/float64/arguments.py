"""The arguments of a call as float64 arrays: their shapes fitted together, their domains checked, each mistake named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref.arrays import plain, precision
from lossref.options import WEIGHTS
from lossref.spaces import Space, lengths
from lossref.spec import Loss

Array = NDArray[Any]
EXACT = 2**53  # float64 holds every integer up to here
LEAST_INTEGER = -(2**63)  # its bits are those of -0
LARGE = 1 << 15  # numbers that are not copied needlessly
SHOWN = 8  # numbers of a long array in a message


@dataclass(frozen=True)
class Arguments:
    """Arrays by name, the leading axes that they share, and which examples have no answer: NaN, or a point outside the domain."""

    arrays: dict[str, Array]
    batch: tuple[int, ...]
    void: NDArray[np.bool_]

    def shape(self, loss: Loss, name: str) -> tuple[int, ...]:
        """The shape of whatever has a number for each of one argument, in every example; the value's for no argument."""
        return self.batch + (example_shape(loss, name, self.arrays[name]) if name else ())


def checked(loss: Loss, values: Mapping[str, Any], given: Mapping[str, Any], outside: str) -> Arguments:
    """The arguments and parameters of a loss; ValueError for what does not fit, and where `outside` is "raise" for points outside.

    `given` has the arguments before they were encoded: their format says how nearly probabilities sum to 1.
    """
    arrays = {name: _array(loss, name, x) for name, x in values.items()}
    batch = _batch(loss, arrays, given)
    void: Any = np.zeros(batch, np.bool_)
    for name, space in loss.spaces.items():
        x = arrays[name]
        classes = arrays[space.label_of].shape[-1] if space.label_of else 0
        inside = space.contains(x, precision=precision(np.asarray(given[name])) if space.sums_to_one else 53, classes=classes)
        if name in loss.parameters:
            inside = inside & np.isfinite(x)
        if outside == "raise" and not inside.all():
            raise ValueError(_complaint(loss, name, space, x, inside))
        if not inside.all():
            void = void | ~inside
        if x.size and np.isnan(x.max()):  # a maximum hands a NaN on
            void = void | np.isnan(x.max(axis=tuple(range(x.ndim - space.rank, x.ndim))))
    return Arguments(arrays, batch, void)


def example_shape(loss: Loss, name: str, x: Array) -> tuple[int, ...]:
    """The shape of one example of an argument."""
    return x.shape[x.ndim - loss.arguments[name].rank :]


def leading_shape(loss: Loss, name: str, x: Array) -> tuple[int, ...]:
    """The axes before those of one example."""
    return x.shape[: x.ndim - loss.arguments[name].rank]


def real_numbers(loss: Loss, name: str, x: Any) -> Array:
    """An argument as an array of its own type."""
    return plain(f"{loss.name}: {name}", x)


def class_indices(loss: Loss, name: str, x: Array) -> Array:
    """Labels as integers; whole numbers in a floating-point format are taken, and ValueError is raised for others."""
    if x.dtype.kind not in "biu" and not (np.isfinite(x).all() and (x == np.rint(x)).all() and (np.abs(x) < EXACT).all()):
        raise ValueError(f"{loss.name}: {name} must be integers ({loss.arguments[name].description}), not {x.dtype}")
    return x.astype(np.int64)


def check_ranks(loss: Loss, arrays: Mapping[str, Array], given: Mapping[str, Any]) -> None:
    """ValueError where an argument has fewer axes than one example of it, or is an index for a row or a row for an index."""
    if loss.target == WEIGHTS and arrays["target"].ndim < arrays[loss.first].ndim and np.asarray(given["target"]).dtype.kind in "iub":
        description = loss.arguments["target"].description
        raise ValueError(f"{loss.name}: target is {description}; class indices become such rows by lossref.functions.one_hot")
    for name, x in arrays.items():
        space = loss.arguments[name]
        if x.ndim < space.rank:
            what = "a single number" if x.ndim == 0 else f"an array of shape {x.shape}"
            raise ValueError(f"{loss.name}: {name} is {space.description}; {what} was given")
    for name, x in arrays.items():
        if (of := loss.arguments[name].label_of) and not loss.arguments[name].rank and x.ndim and x.shape == arrays[of].shape:
            raise ValueError(
                f"{loss.name}: {name} has the shape of {of}, {x.shape}, and must be one class index an example "
                "(one-hot rows become indices by argmax)"
            )


def _array(loss: Loss, name: str, x: Any) -> Array:
    space = loss.spaces[name]
    array = real_numbers(loss, name, x)
    if space.label_of:
        return class_indices(loss, name, array)
    if array.dtype.kind in "iu" and array.size and not -EXACT <= int(array.min()) <= int(array.max()) <= EXACT:
        raise ValueError(f"{loss.name}: {name} holds integers beyond 2**53, which float64 cannot tell apart")
    if array.dtype == np.float64 and array.size > LARGE and loss.is_ours and array.view(np.int64).min() != LEAST_INTEGER:
        array = array.view()
        array.flags.writeable = False
        return array
    return np.asarray(np.add(array, 0.0, dtype=np.float64))  # -0 becomes 0: the sign of an infinite slope must not hang on it


def _batch(loss: Loss, arrays: Mapping[str, Array], given: Mapping[str, Any]) -> tuple[int, ...]:
    """The leading axes of the arguments, broadcast; ValueError where shapes do not fit."""
    arguments = {name: arrays[name] for name in loss.arguments}
    check_ranks(loss, arguments, given)
    leading = [leading_shape(loss, name, x) for name, x in arguments.items()]
    try:
        batch = np.broadcast_shapes(*leading)
    except ValueError:
        raise _misfit(loss, arrays) from None
    for name in loss.parameters:
        if arrays[name].ndim and not _fits(arrays[name].shape, batch):
            raise ValueError(f"{loss.name}: {name} must be one number, or one an example: {batch}, and has shape {arrays[name].shape}")
    try:
        axes = lengths(loss.arguments, {name: example_shape(loss, name, x) for name, x in arguments.items()})
    except ValueError as error:
        raise ValueError(f"{loss.name}: {error}") from None
    if 0 in axes.values():
        raise ValueError(f"{loss.name}: a vector without components has no {loss.name}")
    if batch not in leading and not loss.is_function:  # a column against a row makes a table, which nobody wants of a loss
        raise _misfit(loss, arrays)
    return batch


def _misfit(loss: Loss, arrays: Mapping[str, Array]) -> ValueError:
    """The error for leading axes that do not belong together."""
    shapes = ", ".join(f"{name} {arrays[name].shape}" for name in loss.arguments)
    return ValueError(f"{loss.name}: these shapes do not fit together: {shapes}")


def _fits(shape: tuple[int, ...], batch: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(shape, batch) == batch
    except ValueError:
        return False


def _complaint(loss: Loss, name: str, space: Space, x: Array, inside: NDArray[np.bool_]) -> str:
    """What is wrong with the first example outside its domain."""
    where = tuple(int(i) for i in np.argwhere(~inside)[0])
    place = f" at index {', '.join(map(str, where))}" if where else ""
    found = x[where]
    if space.sums_to_one and ((found >= space.low) & (found <= space.high)).all():
        sums = np.atleast_1d(found.sum(axis=-1))
        return f"{loss.name}: {name} must sum to 1 along the last axis, and sum to {float(sums[np.abs(sums - 1).argmax()])!r}{place}"
    hint = f" ({space.hint})" if space.hint else ""
    return f"{loss.name}: {name} must be {space.description}, and is {_shown(found)}{place}{hint}"


def _shown(x: Array) -> str:
    """An array as text, the first numbers of a long one."""
    if x.size <= SHOWN:
        return str(x.tolist())
    return f"[{', '.join(map(str, x.reshape(-1)[:SHOWN].tolist()))}, ...], {x.size} numbers"

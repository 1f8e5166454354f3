"""Batches whose classes lie along another axis than the last, as in PyTorch's (N, C, H, W): moved there, and the slopes moved back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lossref.arrays import exact_array, plain, shown
from lossref.spec import Loss

LAST = -1


def is_moved(axis: Any) -> bool:
    """Whether the classes lie elsewhere than last; ValueError for what is no whole number."""
    if isinstance(axis, bool) or not isinstance(axis, (int, np.integer)):
        raise ValueError(f"class_axis must be a whole number, and is {shown(axis)}")
    return bool(axis != LAST)


def classes_last(loss: Loss, values: Mapping[str, Any], axis: int) -> dict[str, Any]:
    """The arguments with the axis of their rows last; labels that are rows too. ValueError for a loss of no rows, or no such axis."""
    if all(loss.arguments[name].rank != 1 for name in loss.arguments):
        raise ValueError(f"{loss.name} has no axis of classes, and takes no class_axis")
    axes = np.ndim(_array(f"{loss.name}: {loss.first}", values[loss.first]))
    if not -axes <= axis < axes:
        raise ValueError(f"{loss.name}: class_axis {axis} is none of the {axes} axes of {loss.first}")
    moved = dict(values)
    for name, space in loss.arguments.items():
        array = _array(f"{loss.name}: {name}", values[name])
        if array.ndim == axes and (space.rank == 1 or space.label_of):
            moved[name] = np.moveaxis(array, axis, -1)
    return moved


def classes_back(loss: Loss, part: str, found: Any, axis: int) -> Any:
    """The reverse, of an answer of the float64 code: slopes and bends are shaped like their arguments."""
    if part == "value":
        return found
    if part == "value_and_gradient":
        return found[0], classes_back(loss, "gradient", found[1], axis)
    names = loss.differentiable if part == "gradient" else (loss.first,)
    arrays = found if isinstance(found, tuple) else (found,)
    moved = tuple(moved_back(loss, name, x, axis) for name, x in zip(names, arrays, strict=True))
    return moved if isinstance(found, tuple) else moved[0]


def moved_back(loss: Loss, name: str, x: Any, axis: int) -> Any:
    """An array shaped like one argument."""
    return np.moveaxis(x, -1, axis) if loss.arguments[name].rank == 1 else x


def _array(name: str, x: Any) -> Any:
    """Numbers as an array: in their own format, exact ones as they are."""
    try:
        return plain(name, x)
    except ValueError:
        return exact_array(name, x)

"""Calling a loss's float64 code: arguments bound and checked, NaN carried through, no warnings; unreduced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref import batches, catalog
from lossref.spaces import Space
from lossref.spec import Loss

Array = NDArray[np.float64]
EXACT = 2**53  # float64 holds every integer up to here
BLOCK = 1 << 15  # numbers of the first argument worked on at a time


def value(loss: str, *arguments: Any, **named: Any) -> Any:
    """The loss of each example, in float64.

    `loss` is a name of `lossref list`. Arguments follow positionally (prediction, target) or by name, parameters by
    name; numbers or arrays, leading axes broadcast, vectors lie along the last axis. Raises KeyError for an unknown
    loss, TypeError for missing or unknown arguments, ValueError for a point outside the domain or for shapes that do not
    fit. NaN in an argument gives NaN. Options for batches (reduction, denominator, sample_weight, class_weight, pos_weight,
    label_smoothing, ignore_index, mask, target_form, upstream, empty) are those of `lossref.batches.Options`.
    """
    return _call("value", loss, arguments, named)


def gradient(loss: str, *arguments: Any, **named: Any) -> Any:
    """The derivative of the loss of each example in its first argument, shaped like it; arguments as for `value`."""
    return _call("gradient", loss, arguments, named)


def hessian(loss: str, *arguments: Any, **named: Any) -> Any:
    """The diagonal of the second derivative in the first argument; ValueError where the loss has none to offer."""
    return _call("hessian", loss, arguments, named)


def value_and_gradient(loss: str, *arguments: Any, **named: Any) -> tuple[Any, Any]:
    """Both, sharing their work where the loss can; arguments as for `value`."""
    result: tuple[Any, Any] = _call("value_and_gradient", loss, arguments, named)
    return result


def bind(loss: Loss, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> dict[str, Any]:
    """Every argument and parameter by name, defaults filled in; TypeError names what is missing or unknown."""
    allowed = (*loss.arguments, *loss.parameters)
    if len(arguments) > len(loss.arguments):
        raise TypeError(f"{loss.name} takes {len(loss.arguments)} positional arguments, {len(arguments)} were given")
    values = dict(zip(loss.arguments, arguments, strict=False))
    for name, x in named.items():
        if name not in allowed:
            raise TypeError(f"{loss.name} has no argument {name!r}; it takes {', '.join(allowed)}")
        if name in values:
            raise TypeError(f"{loss.name}: {name} was given twice")
        values[name] = x
    if missing := [name for name in loss.arguments if name not in values]:
        raise TypeError(f"{loss.name} needs {' and '.join(missing)}")
    return {name: values[name] if name in values else loss.parameters[name].default for name in allowed}


def evaluate(loss: Loss, part: str, values: Mapping[str, Any], *, outside: str = "nan", given: Mapping[str, Any] | None = None) -> Any:
    """One part of the float64 code on bound arguments; points outside the domain give NaN, or raise ValueError.

    `given` has the arguments before they were encoded: their format says how nearly probabilities sum to 1.
    """
    arrays = {name: _array(loss, name, x) for name, x in values.items()}
    classes = arrays[loss.differentiable].shape[-1] if loss.arguments[loss.differentiable].rank else 0
    _check_shapes(loss, arrays, values)
    void: Any = np.bool_(False)
    for name, x in arrays.items():
        space = loss.arguments[name] if name in loss.arguments else loss.parameters[name].space
        inside = space.contains(x, precision=_precision((given or values)[name]), classes=classes)
        if name in loss.parameters:
            inside = inside & np.isfinite(x)
        if outside == "raise" and not inside.all():
            raise ValueError(_complaint(loss, name, space, x, inside))
        void = void | ~inside | np.isnan(x.max(axis=-1) if space.rank else x)  # a maximum hands a NaN on
    if part == "value_and_gradient" and loss.value_and_gradient is None:
        return tuple(evaluate(loss, p, values, outside=outside, given=given) for p in ("value", "gradient"))
    if (function := getattr(loss, part)) is None:
        raise ValueError(f"{loss.name} has no {part}")
    with np.errstate(all="ignore"):
        found = _in_blocks(function, loss, arrays)
    return tuple(_voided(y, void) for y in found) if isinstance(found, tuple) else _voided(found, void)


def _in_blocks(function: Callable[..., Any], loss: Loss, arrays: Mapping[str, NDArray[Any]]) -> Any:
    """Call a function on as many rows at a time as fit in a processor's cache: several times faster on large batches."""
    size = arrays[loss.differentiable].size
    leading = {arrays[name].shape[: arrays[name].ndim - space.rank] for name, space in loss.arguments.items()}
    shape = leading.pop()
    if size <= BLOCK or leading or not shape or any(arrays[name].ndim for name in loss.parameters):
        return function(**arrays)
    step = max(1, BLOCK * shape[0] // size)
    blocks = [
        function(**{name: x[start : start + step] if name in loss.arguments else x for name, x in arrays.items()})
        for start in range(0, shape[0], step)
    ]
    if isinstance(blocks[0], tuple):
        return tuple(np.concatenate(parts) for parts in zip(*blocks, strict=True))
    return np.concatenate(blocks)


def _call(part: str, name: str, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
    loss = catalog.get(name)
    chosen = {key: x for key, x in named.items() if key in batches.NAMES}
    values = bind(loss, arguments, {key: x for key, x in named.items() if key not in chosen})
    if not chosen:
        return evaluate(loss, part, values, outside="raise")
    return _of_a_batch(loss, part, values, batches.Options(**chosen))


def _of_a_batch(loss: Loss, part: str, values: Mapping[str, Any], options: batches.Options) -> Any:
    """A call with options: each row that is kept evaluated, weighted and reduced."""
    if part == "hessian":
        raise ValueError(f"{loss.name}: the Hessian is given for each example alone, without options for batches")
    rows = batches.prepare(loss, values, options)
    active = {name: x[rows.active] if np.ndim(x) else x for name, x in rows.values.items()}
    both = {p: evaluate(rows.loss, p, active, outside="raise", given=values) for p in ("value", "gradient") if p in part}
    beyond = {p: _beyond(rows.loss, p, active, y) for p, y in both.items()}
    shape = np.shape(values[loss.differentiable])
    found = [batches.reduce_values(rows, both["value"], options, beyond["value"])] if "value" in both else []
    if "gradient" in both:
        found += [batches.scale_gradients(rows, both["gradient"], options, shape, beyond["gradient"])]
    return tuple(found) if len(found) > 1 else found[0]


def _beyond(loss: Loss, part: str, values: Mapping[str, Any], found: Any) -> dict[int, Any]:
    """The exact answers of the rows whose own overflow, by their place: a weight or a mean may bring them back.

    Each costs a call of the oracle, and few rows are ever that large.
    """
    exact = {}
    for i in np.flatnonzero(~np.isfinite(found).all(axis=tuple(range(1, found.ndim)))):
        row = {name: x[i] if np.ndim(x) else x for name, x in values.items()}
        if all(np.isfinite(x).all() for x in row.values()):
            from lossref.ask import fraction, oracle

            answer = oracle(loss.name, digits=30, **row)
            numbers = (answer.value,) if part == "value" else answer.gradient
            numbers = numbers if isinstance(numbers, tuple) else (numbers,)
            if all(y is not None and y - y == 0 for y in numbers):
                exact[int(i)] = fraction(answer.value) if part == "value" else [fraction(y) for y in numbers]
    return exact


def _precision(x: Any) -> int:
    """Significant bits of the format that an argument was given in."""
    dtype = np.asarray(x).dtype
    return int(np.finfo(dtype).nmant) + 1 if dtype.kind == "f" else 53


def _array(loss: Loss, name: str, x: Any) -> NDArray[Any]:
    space = loss.arguments.get(name)
    array = np.asarray(x)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{loss.name}: {name} must be real numbers, not {array.dtype}")
    if space is not None and space.label_of:
        if array.dtype.kind == "f":
            raise ValueError(f"{loss.name}: {name} must be integers ({space.description}), not {array.dtype}")
        return array.astype(np.int64)
    if space is not None and array.ndim < space.rank:
        raise ValueError(f"{loss.name}: {name} is {space.description}; a single number was given")
    if array.dtype.kind in "iu" and array.size and not -EXACT <= int(array.min()) <= int(array.max()) <= EXACT:
        raise ValueError(f"{loss.name}: {name} holds integers beyond 2**53, which float64 cannot tell apart")
    return array.astype(np.float64) + 0.0  # -0 becomes 0: the sign of an infinite slope must not hang on it


def _check_shapes(loss: Loss, arrays: Mapping[str, NDArray[Any]], given: Mapping[str, Any]) -> None:
    ranks = {name: loss.arguments[name].rank for name in loss.arguments}
    lengths = {arrays[name].shape[-1] for name, rank in ranks.items() if rank}
    leading = [arrays[name].shape[: arrays[name].ndim - rank] for name, rank in ranks.items()]
    try:
        batch = np.broadcast_shapes(*leading)
    except ValueError:
        batch = None
    if batch not in leading:  # a column against a row makes a table, which nobody wants of a loss
        lengths = {-1, -2}
    first = arrays[loss.differentiable]
    for name, space in loss.arguments.items():
        if space.rank and arrays[name].ndim < first.ndim and np.asarray(given[name]).dtype.kind in "iub":
            raise ValueError(f"{loss.name}: {name} is {space.description}; class indices become such rows by lossref.functions.one_hot")
    for name in loss.parameters:
        if batch is not None and len(arrays[name].shape) and not _fits(arrays[name].shape, batch):
            raise ValueError(f"{loss.name}: {name} must be one number, or one an example: {batch}, and has shape {arrays[name].shape}")
    for name, space in loss.arguments.items():
        if space.label_of and arrays[name].ndim and arrays[name].shape == arrays[space.label_of].shape:
            raise ValueError(
                f"{loss.name}: {name} has the shape of {space.label_of}, {arrays[name].shape}, and must be one class index an "
                "example (one-hot rows become indices by argmax)"
            )
    if 0 in lengths:
        raise ValueError(f"{loss.name}: a vector without components has no {loss.name}")
    if len(lengths) > 1:
        shapes = ", ".join(f"{name} {arrays[name].shape}" for name in loss.arguments)
        raise ValueError(f"{loss.name}: these shapes do not fit together: {shapes}")


def _fits(shape: tuple[int, ...], batch: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(shape, batch) == batch
    except ValueError:
        return False


def _complaint(loss: Loss, name: str, space: Space, x: NDArray[Any], inside: NDArray[np.bool_]) -> str:
    where = tuple(int(i) for i in np.argwhere(~inside)[0])
    place = f" at index {', '.join(map(str, where))}" if where else ""
    found = x[where]
    if space.sums_to_one and ((found >= space.low) & (found <= space.high)).all():
        return f"{loss.name}: {name} must sum to 1 along the last axis, and sum to {float(found.sum())!r}{place}"
    hint = f" ({space.hint})" if space.hint else ""
    return f"{loss.name}: {name} must be {space.description}, and is {found.tolist()}{place}{hint}"


def _voided(y: Any, void: Any) -> Any:
    """NaN in every row that is outside the domain or holds a NaN."""
    y = np.asarray(y, np.float64)
    if np.any(void):
        rows = np.reshape(void, (*np.shape(void), *(1,) * (y.ndim - np.ndim(void))))
        y = np.where(rows, np.nan, y)
    return y[()]

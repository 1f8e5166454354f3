"""What users call: value, gradient and Hessian of a loss in float64, of each example or of a whole call with options."""

from __future__ import annotations

import difflib
import operator
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from lossref import catalog, options
from lossref.arrays import as_format, judged, shown
from lossref.float64.arguments import real_numbers
from lossref.float64.layout import LAST, classes_back, classes_last, is_moved
from lossref.float64.options import derivative, prepare, reduced
from lossref.float64.parts import assembled, computed, flat
from lossref.float64.reach import recovered
from lossref.formats import FLOAT64, Format
from lossref.spec import Loss


class Way(NamedTuple):
    """How a caller wants the answers: where classes lie, the format, whether exact sums are worth their time, and arrays to write to."""

    class_axis: int
    dtype: str
    exact: bool
    out: Any


def value(
    loss: str | Loss, *arguments: Any, class_axis: int = LAST, dtype: str = "float64", exact: bool = True, out: Any = None, **named: Any
) -> Any:
    """The loss of each example, computed in float64.

    `loss` is a name of `lossref list`, or a record of one's own. Arguments follow positionally (prediction, target) or by name,
    parameters by name; numbers, lists, arrays or tensors, leading axes broadcast, the axes of one example come last. Raises KeyError for
    an unknown loss, TypeError for missing or unknown arguments, ValueError for a point outside the domain, for shapes that do not fit and
    for what holds no real numbers (texts, masked arrays). NaN in an argument gives NaN. What is done with a batch (reduction,
    denominator, sample_weight, class_weight, pos_weight, label_smoothing, ignore_index, mask, target_form, upstream, empty) is explained
    by `help(lossref.options.Options)`.
    `class_axis` says where the classes of a batch lie that has them elsewhere than last: 1 for PyTorch's (N, C, H, W).
    `dtype` is the format that the answer is rounded to, once, and comes as an array of: float64, float32, float16, and with ml_dtypes
    bfloat16, float8_e5m2 and float8_e4m3fn (which has no infinity: what is beyond it is NaN).
    `exact=False` is for speed: sums and means of calls are compensated and not rounded once, and softmax cross-entropy of class indices
    is computed plainly; what a loss is graded by, `exact=True`, is the other way.
    `out` is an array of float64 that the answer is written to, of its shape, as NumPy has it.
    """
    return _call("value", loss, arguments, named, Way(class_axis, dtype, exact, out))


def gradient(
    loss: str | Loss, *arguments: Any, class_axis: int = LAST, dtype: str = "float64", exact: bool = True, out: Any = None, **named: Any
) -> Any:
    """The derivative of the loss of each example, shaped like the first argument; arguments as for `value`.

    A loss that is differentiable in several arguments gives a tuple, one array for each, and takes such a tuple as `out`.
    """
    return _call("gradient", loss, arguments, named, Way(class_axis, dtype, exact, out))


def hessian(
    loss: str | Loss, *arguments: Any, class_axis: int = LAST, dtype: str = "float64", exact: bool = True, out: Any = None, **named: Any
) -> Any:
    """The diagonal of the second derivative in the first argument; ValueError where the loss has none to offer."""
    return _call("hessian", loss, arguments, named, Way(class_axis, dtype, exact, out))


def value_and_gradient(
    loss: str | Loss, *arguments: Any, class_axis: int = LAST, dtype: str = "float64", exact: bool = True, out: Any = None, **named: Any
) -> tuple[Any, Any]:
    """Both, sharing their work where the loss can; arguments as for `value`, `out` a pair."""
    result: tuple[Any, Any] = _call("value_and_gradient", loss, arguments, named, Way(class_axis, dtype, exact, out))
    return result


def bind(loss: Loss, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> dict[str, Any]:
    """Every argument and parameter by name, defaults filled in; TypeError names what is missing or unknown."""
    allowed = (*loss.arguments, *loss.parameters)
    if len(arguments) > len(loss.arguments):
        raise TypeError(f"{loss.name} takes {len(loss.arguments)} positional arguments, {len(arguments)} were given")
    values = dict(zip(loss.arguments, arguments, strict=False))
    for name, x in named.items():
        if name not in allowed:
            near = difflib.get_close_matches(name, (*allowed, *options.NAMES), n=1)
            meant = f", did you mean {near[0]}?" if near else ""
            raise TypeError(f"{loss.name} has no argument {name!r}{meant}; it takes {', '.join(allowed)}")
        if name in values:
            raise TypeError(f"{loss.name}: {name} was given twice")
        values[name] = x
    if missing := [name for name in loss.arguments if name not in values]:
        raise TypeError(f"{loss.name} needs {' and '.join(missing)}")
    return {name: values[name] if name in values else loss.parameters[name].default for name in allowed}


def evaluate(loss: Loss, part: str, values: Mapping[str, Any], *, outside: str = "nan") -> Any:
    """One part of the float64 code on bound arguments; points outside the domain give NaN, or raise ValueError."""
    return assembled(part, {key: y[()] for key, y in computed(loss, part, values, values, outside).items()})


def _call(part: str, asked: str | Loss, arguments: tuple[Any, ...], named: Mapping[str, Any], way: Way) -> Any:
    loss, form = catalog.find(asked), judged("dtype", way.dtype)
    rooms = _rooms(way) if way.exact is not True or way.out is not None else []
    own, call = options.split(named)
    values = {name: real_numbers(loss, name, x) for name, x in bind(loss, arguments, own).items()}
    if not is_moved(way.class_axis):
        found = _in_format(_answered(loss, part, values, call, way.exact, rooms), form)
    else:
        moved = _answered(loss, part, classes_last(loss, values, way.class_axis), call, way.exact, [])
        found = _in_format(classes_back(loss, part, moved, way.class_axis), form)
    if way.out is None:
        return found
    _fill(loss, rooms, flat(found))
    return way.out


def _rooms(way: Way) -> list[Any]:
    """The arrays that answers are written to; ValueError for what is no such way."""
    if not isinstance(way.exact, (bool, np.bool_)):
        raise ValueError(f"exact must be True or False, and is {shown(way.exact)}")
    rooms = [] if way.out is None else flat(way.out)
    if any(not isinstance(room, np.ndarray) or not room.flags.writeable for room in rooms):
        raise ValueError(f"out must be an array that can be written to, or a tuple of them, and is {shown(way.out)}")
    if any(np.shares_memory(*pair) for pair in combinations(rooms, 2)):
        raise ValueError("out must be arrays that share no memory")
    return rooms


def _in_format(found: Any, form: Format) -> Any:
    """Arrays, in a tuple where there are several, rounded once from float64."""
    if form is FLOAT64:
        return found
    return tuple(_in_format(x, form) for x in found) if isinstance(found, tuple) else as_format(np.asarray(found), form)[()]


def _fill(loss: Loss, rooms: Sequence[Any], found: Sequence[Any]) -> None:
    """Write answers to the arrays that are there for them, where they are not there already; ValueError where one does not fit."""
    if len(rooms) == len(found) and all(map(operator.is_, rooms, found)):
        return
    answers = [np.asarray(x) for x in found]
    if [(x.dtype, x.shape) for x in rooms] != [(x.dtype, x.shape) for x in answers]:
        raise ValueError(f"{loss.name}: out must be {_arrays(answers)}, and is {_arrays(rooms)}")
    for room, answer in zip(rooms, answers, strict=True):
        if room is not answer:
            room[...] = answer


def _arrays(of: Sequence[Any]) -> str:
    return " and ".join(f"a {x.dtype} array of shape {x.shape}" for x in of)


def _answered(loss: Loss, part: str, values: Mapping[str, Any], call: Mapping[str, Any], exact: bool, rooms: Sequence[Any]) -> Any:
    if not call:
        found = computed(loss, part, values, values, "raise", exact=exact, rooms=rooms)
        return assembled(part, {key: y if y.ndim else y[()] for key, y in found.items()})
    chosen = options.Options(**call)
    options.check(loss, chosen)
    with np.errstate(all="ignore"):
        return _of_a_batch(loss, part, values, chosen, exact)


def _of_a_batch(loss: Loss, part: str, values: Mapping[str, Any], chosen: options.Options, exact: bool) -> Any:
    """A call with options: each row that is kept evaluated, weighted and reduced."""
    rows = prepare(loss, values, chosen)
    parts = computed(rows.loss, part, rows.values, values, "raise", exact=exact)
    if len(set(map(id, parts.values()))) < len(parts):  # one array for two slopes: each is weighted where it is
        parts = {key: y.copy() for key, y in parts.items()}
    found = recovered(rows.loss, part, rows.values, parts)
    wanted = ("", *loss.differentiable)  # a loss that takes soft labels may have more slopes than the one that takes an index
    whole = {
        (of, name): derivative(rows, name, x, chosen, np.shape(values[name]), exact) if name else reduced(rows, x, chosen, exact)
        for (of, name), x in found.items()
        if name in wanted
    }
    return assembled(part, whole)

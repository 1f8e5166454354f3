"""Asking a target: vectors grouped into batches, its functions called, and whatever is wrong with what they return told apart."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np

from lossref.formats import Format
from lossref.golden import Vector
from lossref.spec import Loss, Values
from lossref.targets import NotSupportedError, TargetBrokeError, TargetFailedError

APART = ("range", "special")  # shown beside the headline grade; --strict counts them
Function = Callable[..., Any]
CHANGED = "changed its input"


@dataclass
class Asked:
    """What a target did beside answering: vectors it takes not (with its reasons), and habits worth a remark."""

    refused: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def remark(self, sentence: str) -> None:
        if sentence not in self.remarks:
            self.remarks.append(sentence)


def batches(vectors: Sequence[Vector]) -> Iterator[list[Vector]]:
    """Vectors that fit in one call each: of one region, of equal widths, with equal parameters."""

    def alike(v: Vector) -> tuple[Any, ...]:
        return (v.region in APART, v.region, tuple(map(np.size, v.arguments.values())), tuple(v.parameters.items()))

    yield from (list(group) for _, group in groupby(sorted(vectors, key=alike), key=alike))


def answers(
    loss: Loss, part: str, function: Function, vectors: Sequence[Vector], form: Format, asked: Asked
) -> Iterator[tuple[Vector, Any]]:
    """Each vector with its answer as float64, or with a sentence that says how the target failed.

    A batch that fails is asked again one by one. TargetBrokeError where a target fails on inputs that it must take. The
    first batch is asked twice: a pure function gives the same bits.
    """
    for k, batch in enumerate(batches(vectors)):
        try:
            found = _rows(loss, part, function, batch, form, asked)
            if k == 0 and not isinstance(found, str):
                again = _rows(loss, part, function, batch, form, asked)
                if isinstance(again, str) or again.tobytes() != found.tobytes():
                    asked.remark(f"{part}: gave other bits when it was asked the same again")
        except NotSupportedError as error:
            asked.refused |= {v.id: str(error) for v in batch}
            continue
        if isinstance(found, str):
            yield from _one_by_one(loss, part, function, batch, form, asked, found)
        else:
            yield from zip(batch, found, strict=True)


def batch_of(values: Sequence[Any], form: Format) -> Any:
    """A NumPy array of one argument: integer labels as int64, numbers in the format."""
    return np.array(values, dtype=np.int64 if isinstance(values[0], int) else form.name)


def _one_by_one(
    loss: Loss, part: str, function: Function, batch: Sequence[Vector], form: Format, asked: Asked, complaint: str
) -> Iterator[tuple[Vector, Any]]:
    explained = False
    for vector in batch:
        try:
            found = _rows(loss, part, function, [vector], form, asked)
        except NotSupportedError as error:
            asked.refused[vector.id] = str(error)
            explained = True
            continue
        if isinstance(found, str):
            explained = True
            if vector.region not in APART:
                raise TargetBrokeError(f"{part}: {complaint}; first at {dict(vector.arguments)}, vector {vector.id}")
            yield vector, found
        else:
            yield vector, found[0]
    if not explained and batch[0].region not in APART:
        raise TargetBrokeError(f"{part}: {complaint}; in a batch, not alone")


def _rows(loss: Loss, part: str, function: Function, batch: Sequence[Vector], form: Format, asked: Asked) -> Any:
    """Rows of the answer as float64, or a sentence that says how the target failed."""
    arrays = {name: batch_of([v.arguments[name] for v in batch], form) for name in loss.arguments}
    found = ask(loss, part, function, arrays, batch[0].parameters, form, asked)
    return found if isinstance(found, str) else found.astype(np.float64).reshape(len(batch), -1)


def ask(
    loss: Loss, part: str, function: Function, arrays: Mapping[str, Any], parameters: Values, form: Format, asked: Asked
) -> Any:
    """The array that a target answers, or a sentence that says how it failed."""
    before = {name: x.tobytes() for name, x in arrays.items()}
    first = arrays[loss.differentiable]
    shape = first.shape[:1] if part == "value" else first.shape
    try:
        with np.errstate(all="ignore"), redirect_stdout(sys.stderr), warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")  # what a target prints is not our report, and its warnings are a remark
            returned = function(**arrays, **parameters)
            answer = np.asarray(returned)
    except (KeyboardInterrupt, NotSupportedError):
        raise
    except TargetFailedError as error:
        return str(error)
    except BaseException as error:  # whatever a stranger's code raises is its verdict, not our traceback
        return f"raised {type(error).__name__}: {_first_line(error)}"
    for warning in warned:
        asked.remark(f"{part}: warned: {warning.category.__name__}: {_first_line(warning.message)}")
    if changed := [name for name, x in arrays.items() if x.tobytes() != before[name]]:
        return f"{CHANGED} {changed[0]} in place"
    if answer.shape == () and isinstance(returned, (int, float, np.generic)):
        return f"returned one number where an array of shape {shape} is wanted, an answer for each example"
    if complaint := unfit(answer, shape):
        return complaint
    if answer.dtype.kind == "f" and answer.dtype.itemsize < np.dtype(form.name).itemsize:
        asked.remark(f"{part}: returned {answer.dtype} for inputs in {form.name}")
    return answer


def unfit(answer: Any, shape: tuple[int, ...]) -> str:
    """Why an array is no answer of this shape; empty if it is one."""
    if answer.dtype.kind not in "fiub":
        return f"returned {answer.dtype} where floats are wanted"
    return "" if answer.shape == shape else f"returned shape {answer.shape} where {shape} is wanted"


def _first_line(error: object) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else ""



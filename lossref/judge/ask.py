"""Asking an implementation: questions grouped into batches, a function called, and whatever is wrong with an answer told apart."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref import floating
from lossref.bits import Shown, dtype, is_floating, narrowed, widened
from lossref.formats import Format
from lossref.library import FailedError, LacksError, NarrowError, NoFormatError, NotSupported, first_line, where
from lossref.spec import APART, Loss, Values, Vector
from lossref.values import flat, mapped, shape

Function = Callable[..., Any]
CHANGED = "changed its input"
SMALL = 1 << 14  # numbers among which nothing is shared


@dataclass
class Asked:
    """What an implementation did beside answering: by part the vectors that it declined, and those that ask for what it lacks, with the
    reasons; habits worth a remark; and by part which vectors it gave other bits for when they were asked otherwise."""

    declined: dict[str, dict[str, str]] = field(default_factory=dict)
    lacking: dict[str, dict[str, str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    varied: dict[str, dict[str, None]] = field(default_factory=dict)
    floating: list[str] = field(default_factory=list)  # what it changed of how the processor computes, and in which call
    absent: str = ""  # what it said of a format that it has not
    narrow: set[str] = field(default_factory=set)  # the parts that it answers in the shorter format of their inputs

    def decline(self, part: str, vector: Vector, error: NotSupported) -> None:
        if isinstance(error, NoFormatError):
            self.absent = str(error)
        if isinstance(error, NarrowError):
            self.narrow.add(part)
        (self.lacking if isinstance(error, LacksError) else self.declined).setdefault(part, {})[vector.id] = str(error)

    def emptied(self, parts: Iterable[str]) -> list[str]:
        """The parts that were declined wherever they were asked, beside those that answered; what comes as None is not there at all."""
        return [part for part, by in self.declined.items() if part not in parts and set(by.values()) != {nothing(part)}]

    def declined_by(self, parts: Iterable[str]) -> dict[str, str]:
        """The vectors that were declined, by a part that answers others; with the reasons."""
        return {identifier: reason for part in parts for identifier, reason in self.declined.get(part, {}).items()}

    def other_bits(self) -> Iterator[str]:
        """A sentence for each part that gave other bits when it was asked otherwise."""
        for part, found in self.varied.items():
            yield f"{part}: gave other bits for {len(found)} vectors when asked again, alone or among many: first for {next(iter(found))}"

    def remark(self, sentence: str) -> None:
        if sentence not in self.remarks:
            self.remarks.append(sentence)


def batches(vectors: Sequence[Vector]) -> Iterator[list[Vector]]:
    """Vectors that fit in one call each: single examples of one region, of equal shapes, with equal parameters; then each call."""

    def alike(v: Vector) -> tuple[Any, ...]:
        question = v.question
        return (v.region in APART, v.region, tuple(map(shape, question.inputs.values())), tuple(question.options.items()))

    single = sorted((v for v in vectors if not v.question.is_call), key=alike)
    yield from (list(group) for _, group in groupby(single, key=alike))
    yield from ([v] for v in vectors if v.question.is_call)


def asked_of(batch: Sequence[Vector]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arrays and the options that a function is called with for a batch."""
    question, form = batch[0].question, batch[0].question.given
    if question.is_call:
        arrays = {name: array(x, form) for name, x in question.inputs.items()}
    else:
        arrays = {name: array([v.question.inputs[name] for v in batch], form) for name in question.inputs}
    return arrays, {name: array(x, question.given_to(name)) if isinstance(x, tuple) else x for name, x in question.options.items()}


def array(x: Any, form: Format) -> Any:
    """Nested numbers as a NumPy array: class indices as int64, truth values as such, numbers in the format."""
    first = next(iter(flat(x)), 0.0)
    return np.array(x, np.bool_ if isinstance(first, bool) else np.int64) if isinstance(first, int) else narrowed(x, form.name)


def shapes(loss: Loss, part: str, arrays: Mapping[str, Any], options: Values) -> tuple[tuple[int, ...], ...]:
    """The shape of each array that a part is answered with: one, or one for each argument that the gradient is taken in."""
    if part == "value":
        return (arrays[loss.first].shape[:1] if options.get("reduction", "none") == "none" else (),)
    return tuple(arrays[name].shape for name in (loss.differentiable if part == "gradient" else (loss.first,)))


def ask(
    loss: Loss, part: str, function: Function, arrays: Mapping[str, Any], options: Values, form: Format, asked: Asked
) -> list[NDArray[Any]] | str:
    """The arrays that an implementation answers, or a sentence that says how it failed; NotSupported where it declines."""
    given = {name: x for name, x in (*arrays.items(), *options.items()) if hasattr(x, "tobytes")}
    before = {name: x.tobytes() for name, x in given.items()}
    wanted, state, depth = shapes(loss, part, arrays, options), floating.state(), sys.getrecursionlimit()
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")  # its warnings are a remark
            with _few_threads(arrays):
                returned = function(**arrays, **options)
            several = returned is not None and (len(wanted) > 1 or (isinstance(returned, tuple) and len(returned) == 1))
            found = [np.asarray(x) for x in (_each(loss, returned) if several else (returned,))] if returned is not None else []
    except (KeyboardInterrupt, NotSupported):
        raise
    except FailedError as error:
        return str(error)
    except BaseException as error:  # whatever a stranger's code raises is its verdict, not our traceback
        return f"raised {type(error).__name__}: {first_line(error)}{where(error)}"
    finally:
        sys.setrecursionlimit(depth)
        if floating.state() != state:
            asked.floating += floating.since(state, f"{loss.name} {part} at {_point(arrays)}")
    if returned is None:
        raise NotSupported(nothing(part))
    for warning in warned:
        asked.remark(f"{part}: warned: {warning.category.__name__}: {first_line(warning.message)}")
    if changed := [name for name, x in given.items() if x.tobytes() != before[name]]:
        return f"{CHANGED} {changed[0]} in place"
    if len(found) != len(wanted):
        return f"returned {len(found)} arrays where one for each of {', '.join(loss.differentiable)} is wanted"
    for answer, fitting in zip(found, wanted, strict=True):
        if answer.shape == () and fitting and isinstance(returned, (int, float, np.generic)):
            return f"returned one number where an array of shape {fitting} is wanted, an answer for each example"
        if complaint := unfit(answer, fitting):
            return complaint
        if is_floating(answer.dtype) and answer.dtype.itemsize < dtype(form.name).itemsize:
            if answer.dtype == arrays[loss.first].dtype:
                raise NarrowError(f"it answers in {answer.dtype}, as its inputs are")
            asked.remark(f"{part}: returned {answer.dtype} for inputs in {form.name}")
    return found


@contextmanager
def _few_threads(arrays: Mapping[str, Any]) -> Iterator[None]:
    """One thread of PyTorch for small arrays: it shares them among several, which wait for each other wherever other work keeps a
    processor busy, for longer than all else takes. Large ones are shared as they always are, for the rows at the borders of the shares."""
    torch: Any = sys.modules.get("torch")
    if not hasattr(torch, "set_num_threads") or sum(x.size for x in arrays.values()) > SMALL:
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def nothing(part: str) -> str:
    """The reason of what came as None, behind a pipe too."""
    return f"it gave no {part}"


def _point(arrays: Mapping[str, Any]) -> str:
    """The first example of a batch."""
    rows = {name: (widened(x[:1]) if is_floating(x.dtype) else x[:1]).tolist() for name, x in arrays.items()}
    return ", ".join(f"{name} {mapped(Shown, row[0]) if row else row}" for name, row in rows.items())


def unfit(answer: Any, shape: tuple[int, ...]) -> str:
    """Why an array is no answer of this shape; empty if it is one."""
    if answer.dtype.kind not in "iub" and not is_floating(answer.dtype):
        return f"returned {answer.dtype} where floats are wanted"
    return "" if answer.shape == shape else f"returned shape {answer.shape} where {shape} is wanted"


def _each(loss: Loss, returned: Any) -> Sequence[Any]:
    """One array for each argument, given in their order or by name."""
    if isinstance(returned, Mapping):
        return [returned[name] for name in loss.differentiable]
    return returned if isinstance(returned, (tuple, list)) else (returned,)

"""Ten vectors for a new program, and what usually makes answers come out like that."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lossref import catalog, golden
from lossref.calls import evaluate
from lossref.formats import FLOAT64, FORMATS, Format
from lossref.golden import Vector
from lossref.judge.asking import batch_of, batches
from lossref.report import data
from lossref.spec import Loss
from lossref.targets import NotSupportedError, Target, TargetFailedError

VECTORS = 10
Rows = np.ndarray[Any, np.dtype[np.float64]]  # an answer a row


@dataclass(frozen=True)
class Answer:
    """One answer, its exact counterpart, and in words what is wrong with it; no words if nothing is."""

    loss: str
    part: str
    inputs: str
    got: str
    exact: str
    diagnosis: str

    @property
    def is_fine(self) -> bool:
        return not self.diagnosis


def examine(target: Target) -> list[Answer]:
    """Answers to ten easy vectors, from as many losses and parts as fit; in float32 where a program has no float64."""
    pairs = [(name, part) for name, found in target.implementations.items() for part in found.parts if part != "hessian"]
    pairs = pairs[: VECTORS // 2]
    if not pairs:
        return [Answer(next(iter(target.implementations)), "hessian", "", "nothing", "", "it has neither values nor gradients to try")]
    counts = [len(range(k, VECTORS, len(pairs))) for k in range(len(pairs))]
    return [y for (name, part), count in zip(pairs, counts, strict=True) for y in _tried(target, catalog.get(name), part, count)]


def _tried(target: Target, loss: Loss, part: str, count: int) -> list[Answer]:
    reason = ""
    for form in (FLOAT64, FORMATS["float32"]):
        try:
            return list(_asked(target, loss, part, form, count))
        except NotSupportedError as error:
            reason = reason or str(error)
    return [Answer(loss.name, part, "", "unsupported", "", f"it says that it does not take this: {reason}")]


def _asked(target: Target, loss: Loss, part: str, form: Format, count: int) -> Iterator[Answer]:
    defaults = {name: parameter.default for name, parameter in loss.parameters.items()}
    easy = [v for v in golden.read(loss, form) if v.region == "ordinary" and (part == "value" or v.gradient) and v.value]
    plain = [v for v in easy if all(v.parameters[name] == x for name, x in defaults.items())] or easy
    chosen = max(batches(plain), key=len)[:count]
    arrays = {name: batch_of([v.arguments[name] for v in chosen], form) for name in loss.arguments}
    exact = np.array([[v.value] if part == "value" else list(v.gradient or ()) for v in chosen], float)
    try:
        found = target.implementations[loss.name].parts[part](**arrays, **chosen[0].parameters)
    except TargetFailedError as error:
        yield Answer(loss.name, part, _inputs(chosen[0]), "no answer", _shown(exact[0]), str(error))
        return
    got = np.asarray(found, float).reshape(exact.shape)
    right = (np.abs(got - exact) <= 2.0 ** -(form.precision // 2) * np.abs(exact)).all(axis=1)
    cause = "" if right.all() else _cause(loss, part, chosen, got, exact, form)
    for vector, mine, truth, fine in zip(chosen, got, exact, right, strict=True):
        yield Answer(loss.name, part, _inputs(vector), _shown(mine), _shown(truth), "" if fine else cause)


def _cause(loss: Loss, part: str, vectors: Sequence[Vector], got: Rows, exact: Rows, form: Format) -> str:
    """The first mistake that turns the exact answers into what came back."""
    count = len(exact)

    def same(a: Any, b: Any = got) -> bool:
        with np.errstate(all="ignore"):
            return bool(np.allclose(b, a, rtol=2.0 ** -(form.precision // 2), atol=0, equal_nan=False))

    def own(part: str, change: Callable[[str, Any], Any] = lambda name, x: x) -> Any:
        columns = {name: np.array([v.arguments[name] for v in vectors]) for name in loss.arguments}
        changed = {name: change(name, x) for name, x in columns.items()}
        return np.reshape(evaluate(loss, part, {**changed, **vectors[0].parameters}), (count, -1))

    target = tuple(loss.arguments)[-1]
    signed = loss.arguments[target].values == (-1.0, 1.0)
    mistakes: list[tuple[Callable[[], Any], str]] = [
        (lambda: -exact, "the sign is the opposite"),
        (lambda: exact.mean(axis=0), "each is the mean of the batch: answers are not reduced, one for each example"),
        (lambda: exact.sum(axis=0), "each is the sum of the batch: answers are not reduced, one for each example"),
        (lambda: exact / count, "each is divided by the number of examples: answers are not reduced"),
        (lambda: exact[::-1], "the answers are in the reverse order of the examples"),
        (lambda: exact * 2, "each is twice the exact answer"),
        (lambda: exact / 2, "each is half the exact answer: a factor 1/2 belongs to another loss"),
        (lambda: exact / math.log(2), "each is in bits: the logarithm is the natural one"),
        (lambda: exact / math.log(10), "each has the logarithm to base 10: it is the natural one"),
        (lambda: own("value"), "these are values"),
        (lambda: own("gradient"), "these are gradients"),
        (lambda: own(part, lambda n, x: x if n != target else -x if signed else 1 - x), "right for the other label: is 0 taken for 1?"),
        (lambda: own(part, lambda n, x: 1 / (1 + np.exp(-x)) if n == "logits" else x), "right if the logits went through a sigmoid first"),
    ]
    with np.errstate(all="ignore"):
        turned = got.astype(form.name).byteswap().astype(float)
    if same(exact, turned):
        return "the bytes are in the wrong order: the most significant digits come first"
    for make, sentence in mistakes:
        try:
            if same(make()):
                return sentence
        except (ValueError, IndexError):
            continue
    if np.isnan(got).any():
        return "NaN at ordinary inputs"
    with np.errstate(all="ignore"):
        return f"relative error up to {np.nanmax(np.abs(got - exact) / np.abs(exact)):.1e} at ordinary inputs"


def _inputs(vector: Vector) -> str:
    return ", ".join(f"{name} {x}" for name, x in data.inputs(vector).items())


def _shown(numbers: Rows) -> str:
    return ", ".join(f"{x:.6g}" for x in numbers[:4]) + (", ..." if len(numbers) > 4 else "")

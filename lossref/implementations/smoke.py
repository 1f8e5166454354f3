"""Ten vectors for a new program, and what usually makes answers come out like that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lossref import catalog, golden
from lossref.formats import FLOAT64, FORMATS, Format
from lossref.judge import mistakes
from lossref.judge.ask import asked_of, batches
from lossref.judge.mistakes import Rows
from lossref.library import FailedError, LacksError, Library, NotSupported
from lossref.spec import Loss, Vector

VECTORS = 10


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


def examine(library: Library) -> list[Answer]:
    """Answers to ten easy vectors, from as many losses and parts as fit; in float32 where a program has no float64."""
    pairs = [(name, part) for name, found in library.implementations.items() for part in found.parts if part != "hessian"]
    pairs = pairs[: VECTORS // 2]
    if not pairs:
        return [Answer(next(iter(library.implementations)), "hessian", "", "nothing", "", "it has neither values nor gradients to try")]
    counts = [len(range(k, VECTORS, len(pairs))) for k in range(len(pairs))]
    return [y for (name, part), count in zip(pairs, counts, strict=True) for y in _tried(library, catalog.get(name), part, count)]


def _tried(library: Library, loss: Loss, part: str, count: int) -> list[Answer]:
    reason = ""
    for form in (FLOAT64, FORMATS["float32"]):
        try:
            return list(_asked(library, loss, part, form, count))
        except NotSupported as error:
            reason = reason or str(error)
    return [Answer(loss.name, part, "", "unsupported", "", f"it says that it does not take this: {reason}")]


def _asked(library: Library, loss: Loss, part: str, form: Format, count: int) -> Iterator[Answer]:
    implementation = library.implementations[loss.name]
    easy = [v for v in golden.read(loss, form) if v.region == "ordinary" and not v.question.is_call and _is_plain(v, part)]
    plain = [v for v in easy if dict(v.question.parameters) == loss.defaults] or easy
    chosen = max(batches(plain), key=len)[:count]
    if reason := implementation.takes(chosen[0].question):
        raise LacksError(reason)
    exact = np.array([[x for found in v.answer.part(part).values() for x in found.rounded or ()] for v in chosen])
    arrays, parameters = asked_of(chosen)
    try:
        found = implementation.parts[part](**arrays, **parameters)
    except FailedError as error:
        yield Answer(loss.name, part, _inputs(chosen[0]), "no answer", _shown(exact[0]), str(error))
        return
    parts = found if isinstance(found, tuple) else (found,)
    got = np.concatenate([np.asarray(x, float).reshape(len(chosen), -1) for x in parts], axis=1)
    right = (np.abs(got - exact) <= 2.0 ** -(form.precision // 2) * np.abs(exact)).all(axis=1)
    cause = "" if right.all() else mistakes.of_batch(loss, part, chosen, got, exact, form)
    for vector, mine, truth, fine in zip(chosen, got, exact, right, strict=True):
        yield Answer(loss.name, part, _inputs(vector), _shown(mine), _shown(truth), "" if fine else cause)


def _is_plain(v: Vector, part: str) -> bool:
    """Whether it has one answer, and a value that is not 0."""
    value, asked = v.answer.value.rounded, v.answer.part(part)
    return bool(value and value[0] and asked) and all(found.rounded for found in asked.values())


def _inputs(vector: Vector) -> str:
    given = {**vector.question.inputs, **vector.question.parameters}
    return ", ".join(f"{name} {list(x) if isinstance(x, tuple) else x}" for name, x in given.items())


def _shown(numbers: Rows) -> str:
    return ", ".join(f"{x:.6g}" for x in numbers[:4]) + (", ..." if len(numbers) > 4 else "")

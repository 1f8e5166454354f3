"""Answers at inputs of one's own choosing, judged: each example certified where it stands, each number measured."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lossref import arrays, questions
from lossref.exact import balls
from lossref.exact.answer import answer
from lossref.exact.numbers import NoAnswerError
from lossref.float64.arguments import checked
from lossref.float64.evaluate import bind
from lossref.formats import Format
from lossref.golden.write import region
from lossref.judge.verdict import Outcome, has_answer, outcome
from lossref.spec import Answer, Loss, Part, Question, Vector
from lossref.values import flat, places, plain

ANY = (-math.inf, math.inf)  # where no exact answer is certain an answer is held only to being a number


@dataclass(frozen=True)
class Inputs:
    """The examples of a batch with their exact answers, and the shape that the examples had."""

    loss: Loss
    form: Format
    vectors: tuple[Vector, ...]
    shape: tuple[int, ...]
    widths: Mapping[str, tuple[int, ...]]  # the shape of each argument of one example


def read_inputs(loss: Loss, named: Mapping[str, Any]) -> Inputs:
    """Arguments and parameters by name, broadcast to examples, each certified.

    Raises TypeError for missing, unknown or unreadable arguments, ValueError for different formats, for shapes that do not fit
    and for points outside the domain.
    """
    bound = bind(loss, (), named)
    labels = [name for name, space in loss.arguments.items() if space.label_of]
    given = {name: arrays.read(f"{loss.name}: {name}", x) for name, x in bound.items()}
    form = arrays.common_format({name: x for name, x in given.items() if name in loss.arguments and name not in labels})
    numbers = {name: x.array for name, x in given.items()}
    shape = checked(loss, numbers, numbers, "nan").batch
    ranks = {name: space.rank if name in loss.arguments else 0 for name, space in loss.spaces.items()}
    widths = {name: x.shape[x.ndim - ranks[name] :] for name, x in numbers.items()}
    for name, x in numbers.items():
        space = loss.spaces[name]
        classes = widths[space.label_of][-1] if space.label_of else 0
        inside = space.contains(x, precision=form.precision, classes=classes)
        inside = inside if name in loss.arguments else inside & np.isfinite(x)
        if not inside.all():
            place = tuple(map(int, np.argwhere(~inside)[0]))
            hint = f" ({space.hint})" if space.hint else ""
            raise ValueError(f"{loss.name}: {name} must be {space.description}, and is {x[place].tolist()} at {list(place)}{hint}")
    spread = {name: np.broadcast_to(x, shape + widths[name]).reshape(-1, *widths[name]) for name, x in numbers.items()}
    rows = [{name: plain(x[i].tolist()) for name, x in spread.items()} for i in range(math.prod(shape))]
    vectors = tuple(_certified(loss, form, row, place) for row, place in zip(rows, places(shape), strict=True))
    return Inputs(loss, form, vectors, shape, widths)


def check(inputs: Inputs, part: str, found: Any) -> Iterator[Outcome]:
    """What came back for a part, example by example, measured; nothing where the loss jumps and has no slope.

    Raises AssertionError for an answer of the wrong shape.
    """
    __tracebackhide__ = True
    loss = inputs.loss
    names = ("",) if part == "value" else loss.differentiable
    several = found if len(names) > 1 else (found,)
    if len(several) != len(names):
        raise AssertionError(f"{loss.name}: the {part} has {len(several)} arrays, and one for each of {', '.join(names)} is wanted")
    columns = []
    for name, x in zip(names, several, strict=True):
        read = arrays.read(part, x).array
        wanted = inputs.shape + (inputs.widths[name] if name else ())
        if read.shape != wanted:
            of = f"one slope for each number of {name}" if name else "one loss an example, unreduced"
            raise AssertionError(f"{loss.name}: the {part} has shape {read.shape}, and {wanted} is wanted: {of}")
        columns.append(read.reshape(len(inputs.vectors), -1))
    for vector, row in zip(inputs.vectors, np.concatenate(columns, axis=1), strict=True):
        if has_answer(vector, part):
            yield outcome(vector, part, row, inputs.form)


def _certified(loss: Loss, form: Format, row: Mapping[str, Any], place: tuple[int, ...]) -> Vector:
    """One example with its exact answer; where none is certain any number is right."""
    inputs = {name: row[name] for name in loss.arguments}
    question = questions.of_inputs(loss, form.name, inputs, {name: float(row[name]) for name in loss.parameters}, place)
    try:
        found = answer(loss, inputs, question.options, form, proved=balls.INSTALLED)
    except NoAnswerError as error:
        if not all(map(math.isfinite, flat(inputs))):
            raise ValueError(str(error)) from None
        found = _open(loss, question)
    if any(math.isinf(end) for part in found.gradient.values() for ends in part.interval or () for end in ends):
        found = Answer(found.value, _open(loss, question).gradient)
    # Nobody chose these inputs for being hard: only a kink is told from the rest.
    return Vector(replace(question, region="kink" if region(question, found) == "kink" else "ordinary"), found)


def _open(loss: Loss, question: Question) -> Answer:
    def part(width: int) -> Part:
        return Part(None, None, (0.0,) * width, (0.0,), (ANY,) * width)

    return Answer(part(1), {name: part(len(flat(question.inputs[name]))) for name in loss.differentiable})

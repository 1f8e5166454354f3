"""Answers at inputs of one's own choosing, judged: each example certified where it stands, each number measured.

Of a call, each example's share is certified, and the value is their exact sum. Equal examples are certified once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossref import arrays, catalog, options, questions
from lossref.bits import as_float, as_fraction, order
from lossref.conventions.formula import Convention, ConventionError, fitting
from lossref.conventions.grammar import parse
from lossref.exact.settle import correct_rational
from lossref.float64.arguments import checked, class_indices
from lossref.float64.evaluate import bind
from lossref.float64.layout import LAST, classes_last, is_moved, moved_back
from lossref.float64.options import prepare
from lossref.formats import FLOAT64, RESIDUAL_STEPS, Format
from lossref.golden.write import region
from lossref.judge.outcome import Outcome, has_answer, outcome
from lossref.judge.shares import Shares, opened
from lossref.options import EMPTY, Options
from lossref.spec import Answer, Loss, Part, Question, Vector
from lossref.values import plain

Flat = NDArray[Any]


@dataclass(frozen=True)
class Asked:
    """What a test asks: a loss, its arguments and options by name, declared conventions, and where the classes lie."""

    loss: Loss
    named: Mapping[str, Any]
    sentences: tuple[str, ...] = ()
    class_axis: int = LAST


@dataclass(frozen=True)
class Inputs:
    """The examples of a batch with their exact answers, equal ones once, and the shape that the examples had.

    `which` says for each example which of the vectors it is. `total` is the value of a call that is reduced to one number.
    """

    asked: Asked
    form: Format
    vectors: tuple[Vector, ...]
    which: NDArray[np.int64]
    shape: tuple[int, ...]
    widths: Mapping[str, tuple[int, ...]]  # the shape of each argument of one example
    total: Vector | None = None
    denominator: float = 1.0

    @property
    def loss(self) -> Loss:
        return self.asked.loss

    @property
    def size(self) -> int:
        """How many numbers the distinct examples have."""
        return len(self.vectors) * sum(map(math.prod, self.widths.values()))


@dataclass(frozen=True)
class Measured:
    """An outcome, and how many examples had it: equal answers to equal examples are measured once."""

    outcome: Outcome
    times: int


def read_inputs(asked: Asked) -> Inputs:
    """Arguments, parameters and options by name, taken apart into examples, each certified.

    Raises TypeError for missing, unknown or unreadable arguments, ValueError for different formats, for shapes and options that do not
    fit, for conventions that cannot be read or do not fit, and for points outside the domain.
    """
    loss = asked.loss
    conventions = _conventions(loss, asked.sentences)
    given, chosen = options.split(asked.named)
    for convention in conventions:
        chosen = dict(convention.options(chosen))
    chosen = {name: arrays.listed(name, x) for name, x in chosen.items()}
    call = Options(**chosen) if chosen else None
    read = {name: arrays.read(f"{loss.name}: {name}", x) for name, x in bind(loss, (), given).items()}
    labels = [name for name, space in loss.arguments.items() if space.label_of and getattr(call, "target_form", None) != "soft"]
    form = arrays.common_format({name: x for name, x in read.items() if name in loss.arguments and name not in labels})
    numbers = {name: class_indices(loss, name, x.array) if name in labels else x.array for name, x in read.items()}
    if is_moved(asked.class_axis):
        numbers = classes_last(loss, numbers, asked.class_axis)
    examples = _single(loss, numbers) if call is None else _of_a_call(loss, numbers, call)
    _check_domain(loss, numbers, examples, call, form)
    return _certified(asked, examples, Shares(loss, conventions, call, form), form)


def check(inputs: Inputs, part: str, found: Any) -> Iterator[Measured]:
    """What came back for a part, example by example, measured; nothing where the loss jumps and has no slope.

    Raises AssertionError for an answer of the wrong shape.
    """
    __tracebackhide__ = True
    loss, axis = inputs.loss, inputs.asked.class_axis
    if part == "value" and inputs.total is not None:
        got = _shaped(loss, part, "", found, (), "one number, the call reduced")
        yield Measured(outcome(_undecided(inputs.total, float(got), inputs.form), part, [got]), 1)
        return
    names = ("",) if part == "value" else loss.differentiable
    several = found if len(names) > 1 else (found,)
    if not isinstance(several, (tuple, list)) or len(several) != len(names):
        count = len(several) if isinstance(several, (tuple, list)) else 1
        raise AssertionError(f"{loss.name}: the {part} has {count} arrays, and one for each of {', '.join(names)} is wanted")
    columns = []
    for name, x in zip(names, several, strict=True):
        wanted = inputs.shape + (inputs.widths[name] if name else ())
        if axis != LAST and name and loss.arguments[name].rank == 1:
            outer = moved_back(loss, name, np.empty(wanted, np.bool_), axis).shape
            read = np.moveaxis(_shaped(loss, part, name, x, outer, ""), axis, -1)
        else:
            read = _shaped(loss, part, name, x, wanted, "one loss an example, unreduced")
        columns.append(read.reshape(len(inputs.which), math.prod(inputs.widths[name]) if name else 1))
    rows = np.ascontiguousarray(np.concatenate(columns, axis=1))
    _, firsts, times = _grouped(np.column_stack([inputs.which.astype(np.float64), rows]))
    for first, many in zip(firsts, times, strict=True):
        vector = inputs.vectors[inputs.which[first]]
        if has_answer(vector, part):
            placed = Vector(replace(vector.question, flag=_flag(first, inputs.shape)), vector.answer)
            yield Measured(outcome(placed, part, rows[first]), many)


@dataclass(frozen=True)
class _Examples:
    """A batch taken apart: what counts in it, and each example's weight, positive weight and upstream slope."""

    shape: tuple[int, ...]
    columns: dict[str, Flat]  # by argument and parameter, one row an example
    widths: dict[str, tuple[int, ...]]
    active: NDArray[np.bool_]
    extra: dict[str, Flat]  # options with an entry an example
    denominator: Fraction = Fraction(1)


def _single(loss: Loss, numbers: Mapping[str, Flat]) -> _Examples:
    shape = checked(loss, numbers, numbers, "nan").batch
    ranks = {name: space.rank if name in loss.arguments else 0 for name, space in loss.spaces.items()}
    widths = {name: x.shape[x.ndim - ranks[name] :] for name, x in numbers.items()}
    count = math.prod(shape)
    spread = {name: np.broadcast_to(x, shape + widths[name]).reshape(count, *widths[name]) for name, x in numbers.items()}
    return _Examples(shape, spread, widths, np.ones(count, np.bool_), {})


def _of_a_call(loss: Loss, numbers: Mapping[str, Flat], call: Options) -> _Examples:
    options.check(loss, call)
    rows = prepare(loss, numbers, call)  # it says what does not fit, and counts
    shape, count = rows.shape, math.prod(rows.shape)
    leading = {name: 0 if name in loss.parameters and not x.ndim else len(shape) for name, x in numbers.items()}
    widths = {name: x.shape[leading[name] :] for name, x in numbers.items()}
    spread = {name: np.broadcast_to(x, shape + widths[name]).reshape(count, *widths[name]) for name, x in numbers.items()}
    extra = {}
    for name in ("sample_weight", "pos_weight", "upstream"):
        if (x := getattr(call, name)) is not None:
            fitting_shape = () if name == "upstream" and call.reduction != "none" else shape
            try:
                extra[name] = np.broadcast_to(np.broadcast_to(np.asarray(x, np.float64), fitting_shape), shape).reshape(count)
            except ValueError:
                of = "the value" if name == "upstream" else "the batch"
                raise ValueError(f"{name} must have the shape of {of}, {fitting_shape}, and has {np.shape(x)}") from None
    if not np.isfinite(extra.get("upstream", np.zeros(1))).all():
        raise ValueError("upstream must be finite everywhere")
    return _Examples(shape, spread, widths, rows.active, extra, rows.denominator)


def _check_domain(loss: Loss, numbers: Mapping[str, Flat], examples: _Examples, call: Options | None, form: Format) -> None:
    """ValueError for the first point outside; labels in another form than the loss's own were looked at when they were read."""
    for name, x in numbers.items():
        space = loss.spaces[name]
        if name == "target" and call is not None and call.target_form not in (None, *options.forms(loss)[:1]):
            if call.target_form != "soft":
                continue
            space = catalog.get(loss.soft_target).arguments["target"]
        single = call is None or (name in loss.parameters and not x.ndim)
        shown = x if single else examples.columns[name][examples.active]
        classes = examples.widths[space.label_of][-1] if space.label_of else 0
        inside = space.contains(shown, precision=form.precision, classes=classes)
        inside = inside if name in loss.arguments else inside & np.isfinite(shown)
        if not inside.all():
            at = tuple(map(int, np.argwhere(~inside)[0]))
            outer = at if single else (*np.unravel_index(np.flatnonzero(examples.active)[at[0]], examples.shape), *at[1:])
            hint = f" ({space.hint})" if space.hint else ""
            place = list(map(int, outer))
            raise ValueError(f"{loss.name}: {name} must be {space.description}, and is {shown[at].tolist()} at {place}{hint}")


def _certified(asked: Asked, examples: _Examples, shares: Shares, form: Format) -> Inputs:
    """Each distinct example certified, and their sum where the call is reduced to one number."""
    loss, count = asked.loss, len(examples.active)
    shares.check_width(math.prod(examples.widths[loss.first]))
    columns = (*examples.columns.values(), *examples.extra.values(), examples.active)
    table = [x.reshape(count, math.prod(x.shape[1:])).astype(np.float64) for x in columns]
    which, firsts, times = _grouped(np.column_stack(table))
    vectors = []
    for first in firsts:
        row = {name: plain(x[first].tolist()) for name, x in examples.columns.items()}
        inputs = {name: row[name] for name in loss.arguments}
        parameters = {name: float(row[name]) for name in loss.parameters}
        extra = {name: float(x[first]) for name, x in examples.extra.items()}
        flag = _flag(first, examples.shape)
        question, answered = shares.answer(inputs, parameters, extra, bool(examples.active[first]), examples.denominator, flag)
        if question.region != "special":  # nobody chose these inputs for being hard: only a kink is told from the rest
            question = replace(question, region="kink" if region(question, answered) == "kink" else "ordinary")
        vectors.append(Vector(question, answered))
    total = None
    if shares.call is not None and shares.call.reduction != "none":
        total = _total(loss, vectors, times, shares.call, examples, form)
    return Inputs(asked, form, tuple(vectors), which, examples.shape, examples.widths, total, as_float(examples.denominator))


def _total(loss: Loss, vectors: Sequence[Vector], times: Sequence[int], call: Options, examples: _Examples, form: Format) -> Vector:
    """The value of a reduced call: the sum of its examples' exact shares, each known to half a residual's step."""
    question = Question(loss.name, form.name, {"examples": int(sum(times))}, {"reduction": call.reduction}, "ordinary", "", questions.OWN)
    if call.reduction == "mean" and examples.denominator == 0:
        return Vector(question, Answer(Part((EMPTY[call.empty],), (0,), (0.0,), (0.0,)), {}))
    exact, blur, K, S, special = Fraction(0), Fraction(0), Fraction(0), Fraction(0), 0.0
    for vector, many in zip(vectors, times, strict=True):
        value = vector.answer.value
        x = value.exact(0, form)
        if x is None:
            return Vector(question, opened(0))
        if isinstance(x, float):
            special += x
            continue
        exact += many * x
        blur += many * form.ulp(x) / (2 * RESIDUAL_STEPS) if x and value.K[0] else 0
        K += many * as_fraction(value.K[0])
        S += many * as_fraction(value.S[0])
    if special != 0 or special != special:
        return Vector(replace(question, region="special"), Answer(Part((special,), (0,), (0.0,), (0.0,)), {}))
    found = correct_rational(exact, form)
    try:
        allowance, size = (FLOAT64.step(as_float(x), 1) if x else 0.0 for x in (K + 2 * blur, S))
    except OverflowError:
        return Vector(question, opened(0))
    return Vector(question, Answer(Part((as_float(found.rounded),), (found.residual,), (allowance,), (size,)), {}))


def _undecided(total: Vector, got: float, form: Format) -> Vector:
    """Where the sum is known to lie near the middle of two numbers, the one that came back is as well rounded as the other."""
    value = total.answer.value
    if value.residual and abs(abs(value.residual[0]) - RESIDUAL_STEPS // 2) <= 2 and value.rounded is not None:
        x, other = value.rounded[0], form.step(value.rounded[0], 1 if value.residual[0] > 0 else -1)
        if order(got) == order(other) != order(x):
            residual = value.residual[0] - RESIDUAL_STEPS * (1 if value.residual[0] > 0 else -1)
            return Vector(total.question, Answer(replace(value, rounded=(other,), residual=(residual,)), {}))
    return total


def _conventions(loss: Loss, sentences: Sequence[str]) -> list[Convention]:
    try:
        return fitting(loss, [parse(sentence) for sentence in sentences])
    except ConventionError as error:
        raise ValueError(f"convention: {error}") from None


def _shaped(loss: Loss, part: str, name: str, x: Any, wanted: tuple[int, ...], of: str) -> Flat:
    """What came back, as an array of the shape that is wanted."""
    __tracebackhide__ = True
    read = arrays.read(part, x).array
    if read.shape != wanted:
        meant = f"one slope for each number of {name}" if name else of
        raise AssertionError(f"{loss.name}: the {part} has shape {read.shape}, and {wanted} is wanted: {meant}")
    return read


def _grouped(table: Flat) -> tuple[NDArray[np.int64], list[int], list[int]]:
    """For each row which of the distinct ones it is, in the order in which they come; where each stands first, and how often."""
    wide = np.ascontiguousarray(table)
    known: dict[bytes, int] = {}
    keys: Any = wide.view(np.dtype((np.void, wide.dtype.itemsize * wide.shape[1]))).reshape(-1).tolist() if wide.size else []
    which = np.array([known.setdefault(key, len(known)) for key in keys], np.int64)
    _, first, times = np.unique(which, return_index=True, return_counts=True)
    return which, first.tolist(), times.tolist()


def _flag(i: int, shape: tuple[int, ...]) -> str:
    return f"example {', '.join(str(int(k)) for k in np.unravel_index(i, shape))}" if shape else "example"

"""The oracle that users import: exact value and gradient of a loss at one point, to as many digits as asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from lossref import catalog, options
from lossref.arrays import integer, listed
from lossref.conventions.formula import ConventionError, changed, fitting
from lossref.conventions.grammar import parse, sentences
from lossref.digits import bits_of, kept
from lossref.exact import balls
from lossref.exact.balls import Balls
from lossref.exact.evaluate import branches
from lossref.exact.limits import limits
from lossref.exact.nearest import ball_to_bits, enclosure, mpf, nearest_told, to_bits
from lossref.exact.numbers import NoAnswerError, Number
from lossref.exact.reduce import whole
from lossref.exact.settle import CAP, UnsettledError, settle
from lossref.exact.systems import Base
from lossref.exact.traced import slopes
from lossref.exact_inputs import as_array, axes, batch, check_domain, check_parameters, exactly, rows, table
from lossref.float64.evaluate import bind, value_and_gradient
from lossref.float64.layout import LAST, classes_last, is_moved, moved_back
from lossref.formats import FLOAT64
from lossref.options import Options
from lossref.spec import Loss, Values
from lossref.values import filled, flat, mapped

FAR = 2**17  # bits, for what is still undecided; what is so then is given as its nearest float64
MOST_DIGITS = 10_000  # a quarter of those bits, so that numbers of them are told in seconds
SPARE_BITS = 48  # beyond those, so that most balls round one way at once


@dataclass(frozen=True)
class Answer:
    """The exact answer of one question, as mpmath numbers right to `digits` digits, which they show and compute with.

    `float(answer.value)` is the nearest float64, and `answer.value.rounded("float16")` the nearest number of another format.
    `gradient` is one number, or nested tuples shaped like the argument that it is taken in; where a loss is differentiable in
    several arguments, a mapping from each to its own. It is None at a kink, where `interval` holds the least and the greatest one-sided
    derivative of each component, flat, and None with no interval where the loss jumps. `certified` says whether a proof was asked
    for and is given. `enclosure` then has (low, high) for the value and for each gradient component, flat; where no proof was asked for it
    has those of numbers too small for their digits, None for the others. Without a proof the digits rest on Arb where python-flint is
    installed, and elsewhere on mpmath's own accuracy.
    """

    loss: str
    digits: int
    value: Any
    gradient: Any
    interval: tuple[tuple[Any, Any], ...] | None
    certified: bool
    enclosure: tuple[tuple[Any, Any] | None, ...] | None = None
    hessian: Any = None

    def __post_init__(self) -> None:
        for name in ("value", "gradient", "interval", "enclosure", "hessian"):
            object.__setattr__(self, name, kept(getattr(self, name), self.digits))


class Wanted(NamedTuple):
    """What is asked of the oracle beside the question."""

    digits: int
    certified: bool
    hessian: bool


def oracle(
    loss: str | Loss,
    *arguments: Any,
    digits: int = 50,
    certified: bool = False,
    hessian: bool = False,
    convention: str | Sequence[str] = (),
    class_axis: int = LAST,
    **named: Any,
) -> Answer:
    """Exact value and gradient of a loss at one point, of each example of a batch, or of one call of it, to `digits` digits.

    `loss` is a name of `lossref list`, or a record of one's own. Arguments, options (`lossref.options.Options`) and shapes are those of
    `lossref.value`; numbers may be Fraction or Decimal (taken exactly), strings (the nearest float64), arrays and tensors. Of a batch
    the answer's value is nested tuples unless it is reduced, and its gradient is shaped like the argument.
    `hessian=True` adds the diagonal of the second derivative in the first argument, None at a kink and at infinite inputs.
    `convention` is a sentence, or several, of `lossref check --help` (`"clip logits to [-30, 30], gradient through"`): the answer is that
    of the function which does so, with bounds rounded to float64.
    `certified=True` needs python-flint and adds an enclosure that is proved to hold the truth. NaN gives NaN; an infinite input gives
    the limit, with all else held fixed, and NaN where there is none. A number too small for its digits to
    be told (a probability of exp(-1e6)) is its nearest float64, with an enclosure. Raises KeyError for an unknown loss, TypeError
    for missing or unknown arguments, and ValueError for a point outside the domain, for what is no number, for a limit that the rule
    does not tell, for more digits than can be settled, and for more than 10,000.
    """
    record = catalog.find(loss)
    wanted = Wanted(integer("digits", digits, f"a whole number from 1 to {MOST_DIGITS}", 1, MOST_DIGITS), certified, hessian)
    given, chosen = options.split(named)
    bound = bind(record, arguments, given)
    plain = {name: listed(name, x) for name, x in chosen.items()}
    said = sentences("convention", convention)
    placed = classes_last(record, bound, class_axis) if is_moved(class_axis) else bound
    found = _declared(record, said, placed, plain, wanted) if said else _asked(record, placed, plain, wanted)
    return found if class_axis == LAST else _laid_out(record, placed, found, class_axis)


def _laid_out(loss: Loss, placed: Mapping[str, Any], found: Answer, axis: int) -> Answer:
    """An answer whose classes lie along an axis again; intervals and enclosures are in the order of the slopes."""
    order: list[int] = []
    for name in loss.differentiable:
        places = len(order) + np.arange(np.size(placed[name])).reshape(np.shape(placed[name]))
        order += moved_back(loss, name, places, axis).reshape(-1).tolist()

    def turned(name: str, x: Any) -> Any:
        if x is None:
            return None
        array = moved_back(loss, name, np.array(x, object), axis)
        return table(array.reshape(-1), array.shape)

    slopes = found.gradient if isinstance(found.gradient, dict) else {loss.differentiable[0]: found.gradient}
    gradient = {name: turned(name, x) for name, x in slopes.items()}
    count = len(flat(found.value))
    return replace(
        found,
        gradient=gradient if isinstance(found.gradient, dict) else gradient[loss.differentiable[0]],
        hessian=turned(loss.first, found.hessian),
        interval=found.interval and tuple(found.interval[i] for i in order),
        enclosure=found.enclosure and (*found.enclosure[:count], *(found.enclosure[count + i] for i in order)),
    )


def _declared(loss: Loss, said: Sequence[str], given: Mapping[str, Any], chosen: Mapping[str, Any], wanted: Wanted) -> Answer:
    """The answer of the function that the sentences declare: of its value, and of each part that is no derivative of that."""
    try:
        conventions = fitting(loss, [parse(sentence) for sentence in said])
    except ConventionError as error:
        raise ValueError(f"convention: {error}") from None
    for c in conventions:
        if c.is_of_answers:
            raise ValueError(f"convention: {c.sentence!r} is about rounded answers, which are judged; the oracle has exact ones")
        chosen = c.options(chosen)
    found = _asked(changed(loss, conventions, "value", FLOAT64), given, chosen, wanted)
    for part in ("gradient", "hessian")[: 1 + wanted.hessian]:
        if any(part in c.splits for c in conventions):
            own = _asked(changed(loss, conventions, part, FLOAT64), given, chosen, wanted)
            count = len(flat(found.value))
            ends = found.enclosure and own.enclosure and found.enclosure[:count] + own.enclosure[count:]
            slopes = {"gradient": own.gradient, "interval": own.interval, "enclosure": ends} if part == "gradient" else {}
            found = replace(found, hessian=own.hessian, **slopes)
    return found


def _asked(loss: Loss, given: Mapping[str, Any], chosen: Mapping[str, Any], wanted: Wanted) -> Answer:
    """The answer to one example, to each of a batch, or to a call."""
    if chosen:
        return _of_a_batch(loss, given, Options(**chosen), wanted)
    values = {name: exactly(loss, name, x) for name, x in given.items()}
    if any(len(axes(f"{loss.name}: {name}", x)) > loss.spaces[name].rank for name, x in values.items()):
        return _of_each(loss, values, given, wanted)
    return _of_one(loss, values, given, wanted)


def _settled(loss: Loss, values: Values, wanted: Wanted, *, keep: bool = False) -> Answer:
    """The answer at exact finite numbers, by a recording of the definition if that can be."""
    bits = bits_of(wanted.digits)
    if wanted.certified and not balls.INSTALLED:
        raise ValueError(f"certified=True: {balls.MISSING}")

    def numbers(found: list[Any], base: Balls) -> tuple[list[Any], list[Any]] | None:
        row = [ball_to_bits(base, x, bits) for x in found]
        return None if None in row else (row, [enclosure(base, Number(base, x)) for x in found] if wanted.certified else [])

    is_traced = balls.INSTALLED and _start(bits) <= CAP and not wanted.hessian
    if is_traced and (traced := slopes(loss, values, numbers, start=_start(bits), keep=keep)) is not None:
        row, ends = traced
        return Answer(loss.name, wanted.digits, row[0], _shaped(loss, row[1:], values), None, wanted.certified, tuple(ends) or None)
    return _by_jets(loss, values, wanted, bits)


def _by_jets(loss: Loss, values: Values, wanted: Wanted, bits: int) -> Answer:
    """The same by jets over the exact layer, which know kinks and ties; what has no digits is its nearest float64 with an enclosure."""
    count = sum(len(flat(values[name])) for name in loss.differentiable)
    width = 1 + count + (len(flat(values[loss.first])) if wanted.hessian else 0)

    def compute(base: Base) -> tuple[list[list[Any]], bool, list[Any]] | None:
        found = list(branches(loss, values, base, order=2 if wanted.hessian else 1))
        is_last = base.precision == FAR and 2 * bits <= FAR
        digits = [[to_bits(base, n, bits) for n in branch.numbers[:width]] for branch in found]
        rows = [
            [nearest_told(base, n, bits) if x is None and is_last else x for x, n in zip(row, branch.numbers[:width], strict=True)]
            for row, branch in zip(digits, found, strict=True)
        ]
        if any(x is None for row in rows for x in row):
            return None
        told = zip(found[0].numbers, digits[0][: count + 1], strict=False)
        return rows, bool(found[0].exact_ties), [enclosure(base, n) if wanted.certified or x is None else None for n, x in told]

    system = balls.strongest()
    try:
        try:
            rows, tied, ends = settle(system, compute)
        except UnsettledError:
            rows, tied, ends = settle(system, compute, start=FAR)
    except NoAnswerError as error:
        raise ValueError(f"{loss.name}: {wanted.digits} digits cannot be settled here: {error}") from None
    first = rows[0]
    interval = tuple((min(column), max(column)) for column in zip(*(row[1 : count + 1] for row in rows), strict=True))
    kink = tied and any(low != high for low, high in interval)
    jumps = tied and any(row[0] != first[0] for row in rows)
    gradient = None if kink or jumps else _shaped(loss, first[1 : count + 1], values)
    bends = filled(values[loss.first], iter(first[count + 1 :])) if wanted.hessian and gradient is not None else None
    return Answer(loss.name, wanted.digits, first[0], gradient, interval if kink else None, wanted.certified, _any(ends), bends)


def _start(bits: int) -> int:
    """The least precision at which numbers of so many bits can be told."""
    return -(-(bits + SPARE_BITS) // 64) * 64


def _any(ends: Sequence[Any]) -> tuple[Any, ...] | None:
    """Enclosures, if any number has one."""
    return tuple(ends) if any(ends) else None


def _joined(values: Sequence[Answer], sloped: Sequence[Answer], width: int) -> tuple[Any, ...] | None:
    """The enclosures of the values of some answers, then those of the slopes of others, so many each."""
    slopes = (e for a in sloped for e in (a.enclosure[1:] if a.enclosure else (None,) * width))
    return _any([*(a.enclosure[0] if a.enclosure else None for a in values), *slopes])


def _shaped(loss: Loss, numbers: Sequence[Any], values: Values) -> Any:
    """Numbers in the shape of the argument that the gradient is taken in, or of each of several."""
    remaining = iter(numbers)
    found = {name: filled(values[name], remaining) for name in loss.differentiable}
    return found if len(found) > 1 else found[loss.differentiable[0]]


def _of_each(loss: Loss, values: Values, given: Mapping[str, Any], wanted: Wanted) -> Answer:
    """The answers to the examples of a batch, as one."""
    shape = batch(loss, values)
    check_parameters(loss, values, shape)
    columns = {name: rows(x, len(axes(name, x)) - loss.spaces[name].rank, shape) for name, x in values.items()}
    answers = [_of_one(loss, dict(zip(columns, row, strict=True)), given, wanted) for row in zip(*columns.values(), strict=True)]
    if not answers:
        raise ValueError(f"{loss.name}: the oracle needs at least one example")

    def gathered(name: str) -> Any:
        return table((a.gradient[name] if len(loss.differentiable) > 1 else a.gradient for a in answers), shape)

    gradient = None
    if all(a.gradient is not None for a in answers):
        found = {name: gathered(name) for name in loss.differentiable}
        gradient = found if len(found) > 1 else found[loss.differentiable[0]]
    met = any(a.interval for a in answers)
    intervals = tuple(e for a in answers for e in a.interval or [(g, g) for g in flat(a.gradient)]) if met and _bounded(answers) else None
    width = sum(len(flat(columns[name][0])) for name in loss.differentiable)
    bends = table((a.hessian for a in answers), shape) if all(a.hessian is not None for a in answers) else None
    value = table((a.value for a in answers), shape)
    return Answer(loss.name, wanted.digits, value, gradient, intervals, wanted.certified, _joined(answers, answers, width), bends)


def _bounded(answers: Sequence[Answer]) -> bool:
    """Whether each has a gradient, or an interval of it."""
    return all(a.interval or a.gradient is not None for a in answers)


def _of_one(loss: Loss, values: Values, given: Mapping[str, Any], wanted: Wanted) -> Answer:
    """The answer to one example."""
    check_domain(loss, values, given)
    if any(isinstance(y, float) for y in flat(values)):
        return _special(loss, values, wanted)
    return _settled(loss, values, wanted, keep=True)


def _of_a_batch(loss: Loss, given: Mapping[str, Any], asked: Options, wanted: Wanted) -> Answer:
    """The answer of a call: its terms are exact, and reduced exactly."""
    kind = catalog.get(loss.soft_target) if asked.target_form == "soft" and loss.soft_target else loss
    values = {name: exactly(kind, name, x) for name, x in given.items()}
    options.check(loss, asked)
    for name, x in values.items():
        axes(f"{loss.name}: {name}", x)  # rows of different lengths are no array
    if loss.value is not None:  # it says what is not allowed
        value_and_gradient(loss, **{name: as_array(f"{loss.name}: {name}", x, given[name]) for name, x in values.items()}, **vars(asked))
    first = axes(f"{loss.name}: {loss.first}", values[loss.first])
    shape = first[: len(first) - loss.arguments[loss.first].rank]
    if 0 in first:
        raise ValueError(f"{loss.name}: the oracle needs at least one example")
    if not np.isfinite(np.asarray(asked.upstream or 0.0, float)).all():
        raise ValueError(f"{loss.name}: the oracle of a batch takes finite upstream gradients")
    check_parameters(loss, values, shape)
    columns = {name: rows(x, len(shape), shape) for name, x in values.items() if name in loss.arguments}
    for name in loss.parameters:
        leading = len(axes(name, values[name]))
        columns[name] = rows(values[name], leading, shape) if leading else values[name]
    call = whole(loss, columns, _by_example(asked, shape))
    if call is None:
        nothing, zeros = mpf(options.EMPTY[asked.empty]), {name: mapped(lambda _: mpf(0.0), values[name]) for name in loss.differentiable}
        bends = zeros[loss.first] if wanted.hessian else None
        return Answer(loss.name, wanted.digits, nothing, _shaped(loss, flat(zeros), values), None, wanted.certified, None, bends)
    if any(y != y for y in flat(call.values)):
        raise ValueError(f"{loss.name}: the oracle of a batch takes NaN only where a mask or a weight of 0 hides it")
    for i in (i for i, counts in enumerate(call.counted) if counts):
        check_domain(call.upstream, {name: x[i] if isinstance(x, tuple) else x for name, x in call.values.items()}, given)
    answered = _special if any(isinstance(y, float) and math.isinf(y) for y in flat(call.values)) else _settled  # what is hidden is 0.0
    sloped = answered(call.upstream, call.values, wanted)
    terms = [answered(term, call.values, wanted._replace(hessian=False)) for term in call.terms]
    value = table((term.value for term in terms), shape) if asked.reduction == "none" else terms[0].value
    gradient = None if sloped.gradient is None else _shaped(loss, flat(sloped.gradient), values)
    width = sum(len(flat(values[name])) for name in loss.differentiable)
    bends = None if sloped.hessian is None else filled(values[loss.first], iter(flat(sloped.hessian)))
    return replace(sloped, value=value, gradient=gradient, enclosure=_joined(terms, [sloped], width), hessian=bends)


def _by_example(asked: Options, shape: tuple[int, ...]) -> Options:
    """The same options for a batch of one axis: what has an entry an example in a row."""

    def spread(x: Any) -> Any:
        return x if x is None else tuple(np.broadcast_to(np.asarray(x), shape).reshape(-1).tolist())

    return replace(
        asked,
        sample_weight=spread(asked.sample_weight),
        mask=spread(asked.mask),
        pos_weight=spread(asked.pos_weight),
        upstream=spread(asked.upstream) if asked.reduction == "none" else asked.upstream,
        denominator=(*shape, 1)[0] if asked.denominator == "batch" else asked.denominator,
    )


def _special(loss: Loss, values: Values, wanted: Wanted) -> Answer:
    """NaN, or the limit at this infinite point."""
    pieces = [[mpf(math.nan)] * (1 + sum(len(flat(values[name])) for name in loss.differentiable))]
    if not any(y != y for y in flat(values)):
        bits = bits_of(wanted.digits)
        try:
            pieces = limits(loss, values, balls.strongest(), lambda base, n: to_bits(base, n, bits), mpf(math.nan), _start(bits))
        except NoAnswerError as error:
            raise ValueError(f"{loss.name}: the limit at this infinite point is not known: {error}") from None
    columns = [[*column] for column in zip(*pieces, strict=True)]
    is_one = all(len(set(map(repr, column))) == 1 for column in columns[1:])
    interval = None if is_one else tuple((min(column), max(column)) for column in columns[1:])
    gradient = _shaped(loss, [column[0] for column in columns[1:]], values) if is_one else None
    return Answer(loss.name, wanted.digits, columns[0][0], gradient, interval, False)

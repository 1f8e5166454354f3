"""The vectors of a loss with the answers of the function that an implementation declares, to the same questions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from lossref import values
from lossref.conventions.formula import Convention, changed, fitting
from lossref.conventions.habits import is_bounded
from lossref.exact.answer import answer
from lossref.exact.kinks import at_the_point
from lossref.exact.numbers import NoAnswerError
from lossref.formats import FLOAT64, Format
from lossref.options import split
from lossref.spec import PARTS, Answer, Loss, Part, Region, Values, Vector, encoded

AFTERWARDS = {"reduction", "denominator", "empty", "sample_weight", "mask", "upstream"}  # options that change no argument of the formula


def declared(loss: Loss, conventions: Sequence[Convention], vectors: Iterable[Vector], form: Format) -> list[Vector]:
    """The vectors with the answers of the declared function; those that have no certain one are left out."""
    redone = declaring(loss, conventions, form)
    return [found for v in vectors if (found := redone(v))]


def leaves(these: Sequence[Convention], others: Sequence[Convention], v: Vector, form: Format) -> bool:
    """Whether these leave a question as it is, so that the others have its answer with them as without: of cuts alone it is known."""
    given, call = {**v.question.inputs, **v.question.parameters}, v.question.call
    if not call.keys() <= AFTERWARDS or not all(c.cuts for c in (*these, *others)):
        return False
    return not any(c.narrows or c.moves(given, form) or c.inputs(given, form) is not given or c.options(call) is not call for c in these)


def declaring(loss: Loss, conventions: Sequence[Convention], form: Format) -> Callable[[Vector], Vector | None]:
    """The same of one vector after another: None where there is no certain answer."""
    chosen = fitting(loss, conventions)
    if not chosen:
        return lambda v: v
    functions = {part: changed(loss, chosen, part, form) for part in PARTS}  # made once: each has its recordings
    return lambda v: _redone(functions, loss, chosen, v, form)


def _redone(functions: Mapping[str, Loss], loss: Loss, conventions: Sequence[Convention], v: Vector, form: Format) -> Vector | None:
    if v.region == "special" and not v.question.is_call and all(map(math.isnan, v.answer.value.rounded or ())):
        return v
    try:
        found = _answered(functions, loss, conventions, v, form)
    except NoAnswerError:
        return None
    if found is None:
        return None
    region = _region(v, found, form)
    return Vector(v.question if region == v.region else replace(v.question, region=region), found)


def _answered(functions: Mapping[str, Loss], loss: Loss, conventions: Sequence[Convention], v: Vector, form: Format) -> Answer | None:
    """The declared answer: one for the value, and one for each part that is not its derivative; None where it would take too long."""
    question = v.question
    given, call = {**question.inputs, **question.parameters}, question.call
    for convention in conventions:
        given, call = {**convention.inputs(given, form)}, {**convention.options(call)}
    inputs, chosen = {name: given.pop(name) for name in question.inputs}, {**given, **call}
    is_moved = not call.keys() <= AFTERWARDS or any(c.moves(inputs, form) for c in conventions)
    is_same = encoded((inputs, chosen), FLOAT64) == encoded((question.inputs, question.options), FLOAT64)
    found: dict[str, Answer] = {}
    sloped = loss
    for part in PARTS:
        if part != "value" and all(part not in c.splits for c in conventions):
            found[part] = found[PARTS[PARTS.index(part) - 1]]  # the derivative of the part before it
            continue
        own = functions[part]
        sloped = sloped if part == "hessian" else own
        if is_same and own is loss:
            found[part] = v.answer
        elif _width(loss, v) <= min(c.widest for c in conventions):
            found[part] = _bounded(_asked(own, inputs, chosen, form) if is_moved or not is_same else v.answer)
        else:
            return None
    combined = Answer(found["value"].value, found["gradient"].gradient, found["hessian"].hessian)
    if any(convention.narrows for convention in conventions):
        combined = at_the_point(combined, sloped, inputs, chosen, form)
    for convention in conventions:
        combined = convention.answer(combined, question, sloped)
    return combined


def _asked(loss: Loss, inputs: Values, chosen: Values, form: Format) -> Answer:
    """The answer to a question, or to one example that a convention gives an option of calls: it is a batch of one then."""
    if "reduction" not in chosen and split(chosen)[1]:
        return answer(loss, {name: (x,) for name, x in inputs.items()}, {**chosen, "reduction": "sum"}, form)
    return answer(loss, inputs, chosen, form)


def _width(loss: Loss, v: Vector) -> int:
    """How many components one example of the prediction has."""
    return math.prod(values.shape(v.question.inputs[loss.first])[v.question.is_call :])


def _bounded(found: Answer) -> Answer:
    """Without an interval that has an infinite end, beside a clamped logarithm of 0: not every slope up to infinity is right."""

    def bounded(part: Part) -> Part:
        return part if is_bounded(part) else replace(part, interval=None)

    return replace(found, gradient={name: bounded(part) for name, part in found.gradient.items()})


def _region(v: Vector, found: Answer, form: Format) -> Region:
    """A call keeps its region; an example is at the range's end where an answer is subnormal, and at a kink where it has an interval."""
    if v.question.is_call or v.region == "range":
        return v.region
    numbers = [x for part in (found.value, *found.gradient.values()) for x in part.rounded or ()]
    if any(map(form.is_subnormal, numbers)):
        return "range"
    return "kink" if any(part.interval for part in found.gradient.values()) else v.region

"""Conventions that leave the formula alone: slopes at a kink or a jump, subnormal numbers, the Hessian, what is done with a batch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, ClassVar, Literal

from lossref.bits import as_float, as_fraction, written
from lossref.conventions.formula import Convention, ConventionError, Definition, Factor, spelled
from lossref.exact.answer import answer as exact
from lossref.exact.jets import Jet, Jets
from lossref.exact.numbers import NoAnswerError, Number, System
from lossref.exact.settle import Correct, correct_rational
from lossref.formats import Format
from lossref.options import refusals
from lossref.spec import Answer, Loss, Part, Question, Values
from lossref.values import filled, flat, mapped


@dataclass(frozen=True)
class Kink(Convention):
    """At an exact kink one element of the interval, component by component: an end by size or by steepness, or the middle.

    It is the loss's own slope that is chosen, before an upstream gradient multiplies it.
    """

    rule: Literal["lower", "upper", "middle", "flatter", "steeper"]
    is_of_answers: ClassVar[bool] = True
    narrows: ClassVar[bool] = True

    @property
    def sentence(self) -> str:
        return f"at a kink the {self.rule} slope"

    def answer(self, answer: Answer, question: Question, loss: Loss) -> Answer:
        return replace(answer, gradient={name: self._narrowed(part, question) for name, part in answer.gradient.items()})

    def _narrowed(self, part: Part, question: Question) -> Part:
        if part.rounded is not None or part.interval is None or not is_bounded(part):
            return part
        upstream = flat(question.options.get("upstream", 1.0))  # one for all examples, or one for each
        chosen = []
        for i, ends in enumerate(part.interval):
            sign = -1 if as_fraction(upstream[i * len(upstream) // len(part)]) < 0 else 1
            low, high = sorted(sign * as_fraction(end) for end in ends)
            c = self._chosen(low, high, question.form)
            chosen.append((as_float(sign * c.rounded), sign * c.residual))
        rounded, residual = zip(*chosen, strict=True)
        return replace(part, rounded=rounded, residual=residual, interval=None)

    def _chosen(self, low: Fraction, high: Fraction, form: Format) -> Correct:
        if self.rule == "middle":
            return correct_rational((low + high) / 2, form)
        if self.rule == "flatter":  # 0 where the interval holds it
            return Correct(min(max(low, Fraction(0)), high))
        if self.rule == "steeper" and low == -high != 0:
            raise ConventionError("both slopes of a kink are equally steep: say lower, upper or middle")
        return Correct(low if self.rule == "lower" or (self.rule == "steeper" and -low > high) else high)


@dataclass(frozen=True)
class Jump(Convention):
    """A value that is finite where it is infinite right beside, as x log y is at (0, 0), has any slope from the limit's to 0."""

    is_of_answers: ClassVar[bool] = True

    @property
    def sentence(self) -> str:
        return "at a jump any slope"

    def answer(self, answer: Answer, question: Question, loss: Loss) -> Answer:
        steep = {name: part for name, part in answer.gradient.items() if any(map(math.isinf, part.rounded or ()))}
        if question.is_call or not steep or not math.isfinite((answer.value.rounded or (math.nan,))[0]):
            return answer
        jumping = {name: self._opened(name, part, question, loss) for name, part in steep.items()}
        return replace(answer, gradient={**answer.gradient, **jumping})

    def _opened(self, name: str, part: Part, question: Question, loss: Loss) -> Part:
        slopes = part.rounded or ()
        jumps = [math.isinf(g) and _is_infinite_beside(name, i, question, loss) for i, g in enumerate(slopes)]
        if not any(jumps):
            return part
        ends = tuple((min(g, 0.0), max(g, 0.0)) if jump else (g, g) for g, jump in zip(slopes, jumps, strict=True))
        return replace(part, rounded=None, residual=None, interval=ends)


@dataclass(frozen=True)
class Flush(Convention):
    """Subnormal inputs, answers or both are taken for 0."""

    what: Literal["inputs", "answers", "numbers"]
    is_of_answers: ClassVar[bool] = True

    @property
    def sentence(self) -> str:
        return f"flush subnormal {self.what} to zero"

    def inputs(self, values: Values, form: Format) -> Values:
        def flushed(x: Any) -> Any:
            return 0.0 if isinstance(x, float) and abs(x) < form.least_normal else x

        return values if self.what == "answers" else {name: mapped(flushed, x) for name, x in values.items()}

    def answer(self, answer: Answer, question: Question, loss: Loss) -> Answer:
        if self.what == "inputs":
            return answer
        form = question.form
        gradient, hessian = ({name: _flushed(part, form) for name, part in parts.items()} for parts in (answer.gradient, answer.hessian))
        return Answer(_flushed(answer.value, form), gradient, hessian)


@dataclass(frozen=True)
class Hessian(Convention):
    """What a boosting library calls the Hessian of an example: a constant, or the true diagonal times a factor."""

    rule: Literal["constant", "factor"]
    amount: Fraction
    stage: ClassVar[int] = -1  # whatever the function is
    kind: ClassVar[str] = "hessian"
    splits: ClassVar[frozenset[str]] = frozenset({"hessian"})

    @property
    def sentence(self) -> str:
        return f"hessian {'times ' * (self.rule == 'factor')}{spelled(self.amount)}"

    def definition(self, inner: Definition, part: str, form: Format) -> Definition:
        if part != "hessian":
            return inner
        if self.rule == "factor":
            return Factor(self.amount).definition(inner, part, form)
        amount = as_fraction(form.nearest(self.amount))
        return _with_bends(lambda m, **values: m.lift(0), lambda base, bend: base.lift(amount))


@dataclass(frozen=True)
class HessianFloor(Convention):
    """What a boosting library calls the Hessian of an example is at least a number, rounded to the format."""

    least: Fraction
    stage: ClassVar[int] = -2
    splits: ClassVar[frozenset[str]] = frozenset({"hessian"})

    @property
    def sentence(self) -> str:
        return f"hessian at least {spelled(self.least)}"

    def definition(self, inner: Definition, part: str, form: Format) -> Definition:
        least = as_fraction(form.nearest(self.least))
        return _with_bends(inner, lambda base, bend: base.max(bend, least)) if part == "hessian" else inner


@dataclass(frozen=True)
class Always(Convention):
    """An option of calls that a library has always set so, whatever it is asked."""

    option: Literal["denominator", "empty", "smoothing", "label_smoothing", "pos_weight", "ignore_index"]
    value: str | float
    _words: ClassVar[Mapping[str, str]] = {
        "denominator": "mean over",
        "empty": "nothing gives",
        "smoothing": "smoothing over",
        "label_smoothing": "label smoothing",
        "pos_weight": "weight of label 1",
        "ignore_index": "ignored class",
    }

    @property
    def sentence(self) -> str:
        return f"{self._words[self.option]} {self.value if isinstance(self.value, str) else written(self.value).removesuffix('.0')}"

    @property
    def kind(self) -> str:
        return self.option

    def misfit(self, loss: Loss) -> str:
        if loss.is_function:
            return "it is a function, which no batch is made of"
        return refusals(loss).get("label_smoothing" if self.option == "smoothing" else self.option, "")

    def options(self, chosen: Values) -> Values:
        of_means = self.option in ("denominator", "empty")
        acts = chosen.get("reduction") == "mean" if of_means else self.option != "smoothing" or "label_smoothing" in chosen
        return {**chosen, self.option: self.value} if acts else chosen


@dataclass(frozen=True)
class ClassWeights(Convention):
    """Weights of the classes that a library has always set; a mean that divides by their sum has none in one example."""

    weights: tuple[float, ...]
    in_means: bool

    @property
    def sentence(self) -> str:
        return f"class weights {', '.join(written(x).removesuffix('.0') for x in self.weights)}{' in means' * self.in_means}"

    @property
    def kind(self) -> str:
        return "class_weight"

    def misfit(self, loss: Loss) -> str:
        return refusals(loss).get("class_weight", "")

    def options(self, chosen: Values) -> Values:
        return chosen if self.in_means and chosen.get("reduction") != "mean" else {**chosen, "class_weight": self.weights}


@dataclass(frozen=True)
class Fixed(Convention):
    """A parameter that an implementation has for good, whatever is asked."""

    parameter: str
    amount: Fraction

    @property
    def sentence(self) -> str:
        return f"{self.parameter} is {spelled(self.amount)}"

    @property
    def kind(self) -> str:
        return f"fixed {self.parameter}"

    def misfit(self, loss: Loss) -> str:
        return "" if self.parameter in loss.parameters else f"its parameters are {', '.join(loss.parameters) or 'none'}"

    def inputs(self, values: Values, form: Format) -> Values:
        return {**values, self.parameter: form.nearest(self.amount)}


def is_bounded(part: Part) -> bool:
    """Whether its interval, if it has one, has finite ends."""
    return all(map(math.isfinite, flat(part.interval or ())))


def _is_infinite_beside(name: str, i: int, question: Question, loss: Loss) -> bool:
    """Whether the value is infinite at the next numbers on both sides of a component."""

    def is_infinite(side: float) -> bool:
        numbers = flat(question.inputs[name])
        numbers[i] = math.nextafter(numbers[i], side)
        moved = {**question.inputs, name: filled(question.inputs[name], iter(numbers))}
        try:
            return any(map(math.isinf, exact(loss, moved, question.options, question.form).value.rounded or ()))
        except NoAnswerError:  # outside of its domain
            return False

    return is_infinite(-math.inf) and is_infinite(math.inf)


def _flushed(part: Part, form: Format) -> Part:
    def kept(x: float) -> float:
        return 0.0 if form.is_subnormal(x) else x

    rounded = part.rounded and tuple(map(kept, part.rounded))
    residual = part.residual and tuple(rest * (not form.is_subnormal(x)) for x, rest in zip(part.rounded or (), part.residual, strict=True))
    interval = part.interval and tuple((kept(low), kept(high)) for low, high in part.interval)
    return replace(part, rounded=rounded, residual=residual, interval=interval)


def _with_bends(inner: Definition, bend: Callable[[System, Number], Number]) -> Definition:
    """The same function of the prediction, which comes first, but for its second derivative in each component."""

    def bent(m: System, **values: Any) -> Number:
        own = list(_indices(next(iter(values.values()))))
        jet: Jet = m.lift(inner(m, **values)).data
        assert isinstance(m, Jets)
        zero = m.base.lift(0)
        slopes = {**dict.fromkeys(own, zero), **jet.slopes}  # known ones, so that no weight takes the whole for a constant 0
        bends = {(i, i): bend(m.base, jet.curvatures.get((i, i), zero)) for i in own}
        return Number(m, Jet(jet.value, slopes, {**jet.curvatures, **bends}))

    return bent


def _indices(x: Any) -> Iterator[int]:
    return (i for y in flat(x) for i in y.data.slopes)

"""Conventions: what a library does that changes the mathematics of a loss, as typed data. Here are those that change the formula.

Each is spelled in one way, its `sentence`, which the report prints and `grammar.parse` reads, and each holds for single examples
and for calls alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, ClassVar, Literal

from lossref.bits import as_float, as_fraction, order, written
from lossref.exact.jets import Jet, Jets
from lossref.exact.numbers import Number, System
from lossref.formats import Format
from lossref.options import PROBABILITY
from lossref.spec import Answer, Loss, Question, Values
from lossref.values import flat, mapped

Definition = Callable[..., Any]
NEAR = 8  # numbers of the format within which a bound counts as met: more than the two ulps within which a kink does


class ConventionError(Exception):
    """A convention that cannot be read, does not fit its loss, or is declared for nothing; one sentence."""


@dataclass(frozen=True)
class Bound:
    """A number as code has it: `amount` rounded to the format, or 1 minus that, rounded again; None is the format's epsilon.

    An infinite bound bounds nothing.
    """

    amount: Fraction | float | None
    from_one: bool = False

    def of(self, form: Format) -> Fraction | float:
        if isinstance(self.amount, float):
            return self.amount
        amount = 2 * form.unit if self.amount is None else as_fraction(form.nearest(self.amount))
        return as_fraction(form.nearest(1 - amount)) if self.from_one else amount

    def __str__(self) -> str:
        return ("1 - " if self.from_one else "") + ("eps" if self.amount is None else spelled(self.amount))


@dataclass(frozen=True)
class Convention:
    """One departure from the formula, or from what is asked. What a kind does not override it leaves as it is."""

    stage: ClassVar[int] = 0  # what acts on a definition, from the outside in, whatever the order of declaring
    is_of_answers: ClassVar[bool] = False  # says what becomes of inputs and answers, not what function is computed
    narrows: ClassVar[bool] = False  # picks one of several right answers: more is asked with it, and no implementation needs it
    cuts: ClassVar[bool] = False  # gives one answer to all inputs beyond a bound
    widest: ClassVar[int] = 65  # components of an example that an answer is certified for within a second or so: the most on a rung

    @property
    def sentence(self) -> str:
        """What is declared, as it is typed."""
        raise NotImplementedError

    @property
    def kind(self) -> str:
        """A loss has at most one convention of a kind."""
        return type(self).__name__

    @property
    def splits(self) -> frozenset[str]:
        """The parts that are no derivatives of the value: "gradient", which brings its own Hessian, or "hessian"."""
        return frozenset()

    def misfit(self, loss: Loss) -> str:
        """Why it says nothing of this loss, if so."""
        return ""

    def definition(self, inner: Definition, part: str, form: Format) -> Definition:
        """The function whose value, gradient or Hessian is declared, given the one without this convention."""
        return inner

    def inputs(self, values: Values, form: Format) -> Values:
        """What is computed with in place of the arguments and parameters."""
        return values

    def moves(self, values: Values, form: Format) -> bool:
        """Whether the function may be another one at these arguments and parameters, or so near that a slope there meets another."""
        return True

    def options(self, chosen: Values) -> Values:
        """What is done with a batch in place of what is asked; the same where it does not act."""
        return chosen

    def answer(self, answer: Answer, question: Question, loss: Loss) -> Answer:
        """What becomes of the exact answer to what the other hooks say."""
        return answer


def fitting(loss: Loss, conventions: Sequence[Convention]) -> list[Convention]:
    """The conventions in the order in which they act; ConventionError says which does not fit the loss, or another one."""
    for k, convention in enumerate(conventions):
        if problem := convention.misfit(loss):
            raise ConventionError(f"{loss.name}: {convention.sentence!r} does not fit: {problem}")
        if clash := next((c for c in conventions[:k] if c.kind == convention.kind), None):
            raise ConventionError(f"{loss.name}: {clash.sentence!r} and {convention.sentence!r} cannot both be declared")
    return sorted(conventions, key=lambda c: c.stage)


def changed(loss: Loss, conventions: Sequence[Convention], part: str, form: Format) -> Loss:
    """The loss whose part is the declared one; the same where no convention, of those in order, changes that."""
    definition = loss.definition
    for convention in reversed(conventions):
        definition = convention.definition(definition, part, form)
    return loss if definition is loss.definition else replace(loss, definition=definition)


@dataclass(frozen=True)
class Clip(Convention):
    """An argument cut to [low, high]. Outside, the gradient is 0, the derivative of the cut; or passes through a cut that the
    backward pass does not see, from the loss at the bound; or is that of the loss never cut."""

    argument: str
    low: Bound
    high: Bound
    gradient: Literal["zero outside", "through", "unclipped"] = "zero outside"
    stage: ClassVar[int] = 2
    cuts: ClassVar[bool] = True

    @property
    def sentence(self) -> str:
        return f"clip {self.argument} to [{self.low}, {self.high}], gradient {self.gradient}"

    @property
    def kind(self) -> str:
        return f"clip {self.argument}"

    @property
    def splits(self) -> frozenset[str]:
        return frozenset() if self.gradient == "zero outside" else frozenset({"gradient"})

    def misfit(self, loss: Loss) -> str:
        return _no_number(loss, self.argument)

    def definition(self, inner: Definition, part: str, form: Format) -> Definition:
        low, high = self.low.of(form), self.high.of(form)
        through = self.gradient == "through" and part != "value"

        def cut(m: System, x: Any) -> Any:
            y = x if isinstance(high, float) else m.min(x, high)
            y = y if isinstance(low, float) else m.max(low, y)
            return Number(y.system, Jet(y.data.value, x.data.slopes, x.data.curvatures)) if through else y

        if self.gradient == "unclipped" and part != "value":
            return inner
        return _on(self.argument, inner, lambda m, x: mapped(lambda y: cut(m, y), x))

    def moves(self, values: Values, form: Format) -> bool:
        low, high = form.step(as_float(self.low.of(form)), NEAR), form.step(as_float(self.high.of(form)), -NEAR)
        return not all(order(low) < order(x) < order(high) for x in flat(values[self.argument]))


@dataclass(frozen=True)
class DivideBySum(Convention):
    """A vector divided by its sum, before it is clipped; its slopes are those of the quotient (Keras)."""

    argument: str
    stage: ClassVar[int] = 1
    widest: ClassVar[int] = 16  # every slope depends on every component

    @property
    def sentence(self) -> str:
        return f"divide {self.argument} by their sum"

    def misfit(self, loss: Loss) -> str:
        return _no_number(loss, self.argument) or ("" if loss.arguments[self.argument].rank else f"{self.argument} is no vector")

    def definition(self, inner: Definition, part: str, form: Format) -> Definition:
        def divided(m: System, x: Any) -> Any:
            if isinstance(x[0], (list, tuple)):
                return [divided(m, y) for y in x]
            total = m.sum(x)
            return [y / total for y in x]

        return _on(self.argument, inner, divided)


@dataclass(frozen=True)
class ClampLog(Convention):
    """Every logarithm at least `at`. With a `denominator` the gradient is (p - y) / max(p (1 - p), denominator), a quotient of
    somebody's own that promises nothing of a second derivative."""

    at: Fraction
    denominator: Fraction | None = None
    kind: ClassVar[str] = "log"
    cuts: ClassVar[bool] = True
    stage: ClassVar[int] = 3

    @property
    def sentence(self) -> str:
        least = "" if self.denominator is None else f", gradient denominator at least {spelled(self.denominator)}"
        return f"clamp log at {spelled(self.at)}{least}"

    @property
    def splits(self) -> frozenset[str]:
        return frozenset() if self.denominator is None else frozenset({"gradient"})

    def misfit(self, loss: Loss) -> str:
        first = loss.arguments[loss.first]
        is_one_probability = first.kind == "unit" and not first.axes and len(loss.spaces) == 2
        if self.denominator is None or (is_one_probability and loss.target == PROBABILITY and loss.is_affine):
            return ""
        return "only the cross-entropy of one probability p divides by p (1 - p)"

    def definition(self, inner: Definition, part: str, form: Format) -> Definition:
        at = as_fraction(form.nearest(self.at))
        if self.denominator is None or part == "value":
            # compared before the logarithm is taken, which may be -infinity
            return _with(inner, "log", lambda m, x: m.log(x) if x > m.exp(at) else m.lift(at))
        least = as_fraction(form.nearest(self.denominator))

        def sloped(m: System, **values: Any) -> Any:
            p, y = values.values()  # the prediction comes first
            if m.sign(p * (1 - p) - least) > 0:  # nothing jumps, so the exact order decides
                return inner(m, **values)
            return _with_slope(p, ((1 - y) * p - y * (1 - p)) / least)  # p - y

        return sloped

    def answer(self, answer: Answer, question: Question, loss: Loss) -> Answer:
        return answer if self.denominator is None else replace(answer, hessian={})


@dataclass(frozen=True)
class AddInside(Convention):
    """A number, rounded to the format, added to what every logarithm, or every root, is taken of."""

    eps: Bound
    function: Literal["log", "sqrt"]
    stage: ClassVar[int] = 3

    @property
    def sentence(self) -> str:
        return f"add {self.eps} inside {self.function}"

    @property
    def kind(self) -> str:
        return self.function

    def definition(self, inner: Definition, part: str, form: Format) -> Definition:
        return _with(inner, self.function, lambda m, x: getattr(m, self.function)(x + self.eps.of(form)))


@dataclass(frozen=True)
class AddTo(Convention):
    """A number, rounded to the format, added to every entry of an argument: to a difference, if it is one term of it."""

    eps: Bound
    argument: str
    stage: ClassVar[int] = 1

    @property
    def sentence(self) -> str:
        return f"add {self.eps} to {self.argument}"

    @property
    def kind(self) -> str:
        return f"add to {self.argument}"

    def misfit(self, loss: Loss) -> str:
        return _no_number(loss, self.argument)

    def definition(self, inner: Definition, part: str, form: Format) -> Definition:
        eps = self.eps.of(form)
        return _on(self.argument, inner, lambda m, x: mapped(lambda y: y + eps, x))


@dataclass(frozen=True)
class Factor(Convention):
    """The loss times an exact number, and over the logarithm of a base where the logarithms are not natural."""

    factor: Fraction = Fraction(1)
    base: Fraction | None = None

    @property
    def sentence(self) -> str:
        return f"factor {spelled(self.factor)}" if self.base is None else f"log base {spelled(self.base)}"

    @property
    def kind(self) -> str:
        return "factor" if self.base is None else "log base"

    def definition(self, inner: Definition, part: str, form: Format) -> Definition:
        if self.base is None:
            return lambda m, **values: inner(m, **values) * self.factor
        return lambda m, **values: inner(m, **values) / m.log(self.base)


def spelled(x: Fraction | float) -> str:
    """A number as it is typed: the shortest decimal that is equal, or a quotient."""
    if isinstance(x, float):
        return str(x)
    return short if Fraction(short := written(as_float(x)).removesuffix(".0")) == x else str(x)


def _on(argument: str, inner: Definition, change: Callable[[System, Any], Any]) -> Definition:
    return lambda m, **values: inner(m, **{**values, argument: change(m, values[argument])})


def _with(inner: Definition, name: str, rule: Callable[[System, Number], Number]) -> Definition:
    return lambda m, **values: inner(_Other(m, name, rule), **values)


@dataclass(frozen=True)
class _Other:
    """A number system in which one function is another; numbers themselves stay those of the system."""

    system: System
    name: str
    rule: Callable[[System, Number], Number]

    def __getattr__(self, name: str) -> Any:
        if name == self.name:
            return lambda x: self.rule(self.system, self.system.lift(x))
        return getattr(self.system, name)


def _with_slope(x: Number, slope: Number) -> Number:
    """0, with `slope` for its derivative in x, itself of slopes only: what is differentiated again is `slope`."""
    assert isinstance(x.system, Jets)
    first = {i: slope.data.value * s for i, s in x.data.slopes.items()}
    second = {(min(i, j), max(i, j)): t * s for i, s in x.data.slopes.items() for j, t in slope.data.slopes.items()}
    return Number(x.system, Jet(x.system.base.lift(0), first, second))


def _no_number(loss: Loss, argument: str) -> str:
    space = loss.arguments.get(argument)
    if space is None:
        return f"it has no argument {argument}, but {' and '.join(loss.arguments)}"
    return f"{argument} is not a real number" if space.is_discrete else ""

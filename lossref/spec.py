"""What a loss is, what is asked of it, and what an answer is: frozen records that everything else passes around."""

from __future__ import annotations

import hashlib
import json
import math
import struct
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from lossref import options
from lossref.bits import as_fraction
from lossref.formats import FORMATS, RESIDUAL_STEPS, Format, Rounded
from lossref.options import NONE, TargetKind
from lossref.spaces import Space

if TYPE_CHECKING:
    from lossref.exact.numbers import Operand, System
    from lossref.laws import Law
    from lossref.stream import Stream

Region = Literal["ordinary", "tail", "cancellation", "kink", "option", "reduction", "range", "special"]
REGIONS: tuple[Region, ...] = ("ordinary", "tail", "cancellation", "kink", "option", "reduction", "range", "special")
APART: tuple[Region, ...] = ("range", "special")  # shown beside the headline grade; --strict counts them
ORDERED = ("t", "s")  # axes of sequences, of steps and of what they spell: entries along them have an order
SPATIAL = ("x", "xy")  # axes of coordinates: a line has one, the plane two, space three
TOLD_APART = ("xy",)  # those of which it counts which coordinate is which
PARTS = ("value", "gradient", "hessian")
Values = Mapping[str, Any]  # argument, parameter or option -> a number, an integer label, a word, or nested tuples of numbers


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """An argument with a default, not differentiated; `grid` is where it is tested."""

    space: Space
    default: float
    grid: tuple[float, ...]


@dataclass(frozen=True)
class Hard:
    """A family of points where implementations break, and how: `draw` makes one from a stream, `count` are drawn."""

    flag: str
    region: Region
    reason: str
    draw: Callable[[Stream], Values]
    count: int = 8


@dataclass(frozen=True)
class Known:
    """An answer known without us: a closed form over the number system, or a decimal with all the digits that are printed.

    With an infinite input it states the limit, which a test approaches. With options such as `reduction` it is that of a
    whole call. `row` names the line of a text that asks for it; such a value may be None where only a slope is printed.
    """

    at: Values
    value: Callable[[System], Operand] | str | None
    reason: str
    gradient: str | tuple[str | None, ...] | None = None
    row: str = ""
    region: Region = "ordinary"


@dataclass(frozen=True, kw_only=True)
class Loss:
    """A loss: its arguments (prediction first), its definition, its float64 code, and its facts.

    Only `definition` and `arguments` are required. `definition(m, ...)` is the formula for one example over a number system m.
    `value`, `gradient` and `hessian` (the diagonal in the first argument) are float64 NumPy, vectorised and unreduced; the gradient is one
    array, or a tuple in the order of `differentiable`. `target` is the kind of the argument of that name; `is_affine` says
    whether the loss is affine in it. `soft_target` names the loss that takes a weight for each class where this one takes an index.
    `plain` is value and gradient without compensated sums, for a caller who chooses speed: `exact=False`. It and `value_and_gradient` may
    take `out`, a list of the arrays that large answers are written to.
    One loss `stands_for_its_kind` of target: options act on targets and weights, not on formulas, and only of it every pair is asked.
    """

    arguments: Mapping[str, Space]
    definition: Callable[..., Any]
    name: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    differentiable: tuple[str, ...] = ()
    target: TargetKind = NONE
    is_affine: bool = False
    soft_target: str = ""
    stands_for_its_kind: bool = False
    value: Callable[..., Any] | None = None
    gradient: Callable[..., Any] | None = None
    value_and_gradient: Callable[..., Any] | None = None
    hessian: Callable[..., Any] | None = None
    plain: Callable[..., Any] | None = None
    laws: tuple[Law, ...] = ()
    hard: tuple[Hard, ...] = ()
    known: tuple[Known, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        if not self.differentiable:
            object.__setattr__(self, "differentiable", tuple(self.arguments)[:1])

    @property
    def first(self) -> str:
        """The first argument: the prediction."""
        return next(iter(self.arguments))

    @property
    def target_space(self) -> Space | None:
        """The space of the label; None where the loss has none."""
        return self.arguments["target"] if self.target != NONE else None

    @property
    def spaces(self) -> dict[str, Space]:
        """The space of every argument and parameter."""
        return {**self.arguments, **{name: parameter.space for name, parameter in self.parameters.items()}}

    @property
    def defaults(self) -> dict[str, float]:
        return {name: parameter.default for name, parameter in self.parameters.items()}

    @property
    def family(self) -> str:
        """The folder of its file; `own` for a user's."""
        parts = self.definition.__module__.split(".")
        return parts[-2] if parts[:2] == ["lossref", "losses"] else "own"

    @cached_property
    def is_of_numbers(self) -> bool:
        """Whether each of its arguments is one number an example."""
        return not any(space.axes or space.label_of for space in self.arguments.values())

    @cached_property
    def is_ours(self) -> bool:
        """Whether all its float64 code is the package's: somebody's own may change what it is given, or read what changes between calls."""
        code = (self.value, self.gradient, self.hessian, self.value_and_gradient, self.plain)
        return all(getattr(function, "__module__", "").startswith("lossref.") for function in code if function is not None)

    @property
    def is_function(self) -> bool:
        """A function that losses are made of: it has no batch to reduce."""
        return self.family == "function"

    @property
    def free_axes(self) -> set[str]:
        """The axes of its arguments that may be of any length: those of coordinates may not."""
        return {axis for space in self.arguments.values() for axis in space.axes} - {*SPATIAL}

    @property
    def is_called(self) -> bool:
        """Whether whole calls are asked of it: not of a function, nor where one example is a batch, with an axis n, or a sequence."""
        return not self.is_function and not any({"n", *ORDERED} & {*space.axes} for space in self.arguments.values())

    @property
    def documentation(self) -> str:
        """The docstring of the loss file: formula, arguments, conventions."""
        return (sys.modules[self.definition.__module__].__doc__ or "").strip()


@dataclass(frozen=True)
class Question:
    """One thing to ask: a loss at inputs of a format, with options, and why it is asked.

    `options` has the parameters, and what a call does with a batch (`lossref.options.Options`). Without any of the latter the inputs are
    one example; with them each has an entry an example. `drawn` has the options of a command by which it is drawn again, where no golden
    file holds it. `stored` is the format of the arrays that an implementation is given, where it is a shorter one than that of the answers.
    """

    loss: str
    format: str
    inputs: Values
    options: Values
    region: Region
    flag: str
    reason: str = ""
    drawn: str = ""
    stored: str = ""

    @property
    def is_call(self) -> bool:
        return "reduction" in self.options

    @property
    def parameters(self) -> dict[str, Any]:
        return options.split(self.options)[0]

    @property
    def call(self) -> dict[str, Any]:
        """What is done with the batch; nothing for one example."""
        return options.split(self.options)[1]

    @property
    def form(self) -> Format:
        return FORMATS[self.format]

    @property
    def given(self) -> Format:
        """The format of the arrays that an implementation is given."""
        return FORMATS[self.stored or self.format]

    def given_to(self, option: str) -> Format:
        """That of an option: what gradients are multiplied with is nowhere computed with in 8 bits."""
        return FORMATS["float32"] if option == "upstream" and self.given.width == 8 else self.given

    @cached_property
    def id(self) -> str:
        """A hash of what is asked, so that adding a question renumbers none."""
        return identify(self.loss, self.format, encoded(self.inputs, self.form), encoded(self.options, self.form))


def identify(loss: str, form: str, inputs: Mapping[str, Any], chosen: Mapping[str, Any]) -> str:
    """The id of a question from its encoded inputs and options."""
    question = json.dumps([loss, form, inputs, chosen], separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(question.encode()).hexdigest()[:12]


def encoded(x: Any, form: Format) -> Any:
    """Numbers as their bits, nested tuples as lists; whole numbers, truth values and words stay."""
    if isinstance(x, Mapping):
        return {name: encoded(y, form) for name, y in x.items()}
    if isinstance(x, (list, tuple)):
        keys = [struct.pack("d", y) if type(y) is float else id(y) for y in x]  # a wide row has many alike, and bits are never flushed
        known = {key: encoded(y, form) for key, y in dict(zip(keys, x, strict=True)).items()}
        return [known[key] for key in keys]
    return form.encode(form.nearest(x)) if isinstance(x, (float, Fraction)) else x


def decoded(x: Any, form: Format) -> Any:
    """The reverse for inputs and for one option; words are told by their names (`options.TEXTS`)."""
    if isinstance(x, list):
        return tuple(decoded(y, form) for y in x)
    return form.decode(x) if isinstance(x, str) else x


@dataclass(frozen=True)
class Part:
    """The components of one part of an answer, row after row, each correctly rounded to the format.

    An exact component is rounded + residual parts (1 / RESIDUAL_STEPS) of its ulp. Where a slope has no single answer, at an
    exact kink, `rounded` is None and `interval` has the least and the greatest one-sided derivative of each component; within two ulps
    of a kink both are there; where the loss jumps neither is. `K` is the allowance for inputs rounded to the format, `S` the size of the
    terms that the definition adds, one for each component or one for all; both float64 numbers just above the exact ones.
    """

    rounded: tuple[float, ...] | None
    residual: tuple[int, ...] | None
    K: tuple[float, ...]
    S: tuple[float, ...]
    interval: tuple[tuple[float, float], ...] | None = None

    def __len__(self) -> int:
        return len(self.K)

    @property
    def is_judged(self) -> bool:
        """Whether there is anything to compare with."""
        return self.rounded is not None or self.interval is not None

    def exact(self, i: int, form: Format) -> Rounded | None:
        """The exact component to 1/131072 of an ulp; an infinity or NaN as a float; None at an exact kink."""
        if self.rounded is None or self.residual is None:
            return None
        x = self.rounded[i]
        if not math.isfinite(x):
            return x
        return (y := as_fraction(x)) + form.ulp(y) * Fraction(self.residual[i], RESIDUAL_STEPS)

    def size(self, i: int) -> float:
        return self.S[i if len(self.S) > 1 else 0]


@dataclass(frozen=True)
class Answer:
    """The exact answer to a question: its value (one, or one an example), and by argument the gradient and the Hessian's diagonal."""

    value: Part
    gradient: Mapping[str, Part]
    hessian: Mapping[str, Part] = field(default_factory=dict)

    def part(self, name: str) -> dict[str, Part]:
        """The parts of that name by argument; the value is of no argument."""
        return {"": self.value} if name == "value" else dict(self.gradient if name == "gradient" else self.hessian)


@dataclass(frozen=True)
class Vector:
    """A question with its exact answer: a row of golden data.

    `unspoilt` is the answer as it is right too where a NaN among the inputs does not reach; it is found when that is judged.
    """

    question: Question
    answer: Answer
    unspoilt: Answer | None = None

    @property
    def id(self) -> str:
        return self.question.id

    @property
    def region(self) -> Region:
        return self.question.region

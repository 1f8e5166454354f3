"""A definition recorded: run once over numbers that remember their operations, at a point that decides its comparisons.

Each operation of the definition is a step with its place on a tape; a step that depends on a variable has derivatives. A comparison is
decided by the exact layer at the point recorded and becomes a guard: elsewhere the recording holds where the same sign is proved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lossref.bits import unflushed
from lossref.exact.balls import Balls
from lossref.exact.numbers import Number, Operand, System
from lossref.exact.sizes import Sized, Sizes
from lossref.exact.tape import HandedOverError, Tape

MANY, REPEATED = 256, 4  # from so many numbers on equal ones are computed with once, where each stands so often in the mean


@dataclass(slots=True)
class Step:
    """An operation of the definition: its operands' places, its number on the tape, and whether all its slopes are sure to be 0."""

    op: str
    operands: tuple[int, ...]
    number: Number
    varies: bool
    is_flat: bool = True


@dataclass(slots=True)
class Guard:
    """A comparison that was made: the step compared with 0, its sign, and whether a kink there is as wide as the inputs are."""

    step: int
    sign: int
    is_kink: bool


class Recorder(System):
    """The number system that a definition is run over to be recorded."""

    def __init__(self, base: Balls, under: Tape | TapeSizes, tape: Tape) -> None:
        self.base, self.under, self.tape = base, under, tape
        self.steps: list[Step] = []
        self.guards: dict[tuple[int, bool], Guard] = {}
        self.variables: dict[int, int] = {}  # step -> which one it is
        self.inputs: list[int] = []  # where each variable stands among what is given
        self._places: dict[Any, int] = {}
        self._points: dict[int, Number] = {}

    # Leaves.

    def lift(self, x: Operand) -> Number:
        if isinstance(x, Number):
            if x.system is not self:
                raise HandedOverError("a number of another system")
            return x
        key = ("const", unflushed(x))
        if key not in self._places:
            self._add(key, Step("const", (), self.under.lift(x), varies=False))
            self._points[self._places[key]] = self.base.lift(x)
        return Number(self, self._places[key])

    def given(self, k: int, x: float | Fraction, *, varies: bool) -> Number:
        """The k-th number that is given, as data; one that is exactly 0 is a constant of the recording, even where it varies."""
        number = self.under.lift(self.tape.node("in", k)) if x else self.under.lift(0)
        place = self._add(("in", k), Step("in", (), number, varies, is_flat=not varies))
        self._points[place] = self.base.lift(x)
        if varies:
            self.variables[place] = len(self.variables)
            self.inputs.append(k)
        return Number(self, place)

    # Operations, with the zeros that annihilate as the jets have them.

    def add(self, a: Number, b: Number) -> Number:
        return self.sum((a, b))

    def sum(self, terms: Iterable[Operand]) -> Number:
        places = tuple(self.lift(x).data for x in terms)
        return self._recorded("sum", places, lambda: total(self.under, [self.steps[place].number for place in places]))

    def negate(self, a: Number) -> Number:
        x = self.steps[a.data]
        return self._recorded("neg", (a.data,), lambda: -x.number)

    def multiply(self, a: Number, b: Number) -> Number:
        for x in (a, b):
            if self.known_zero(x):
                return x
        left, right = self.steps[a.data], self.steps[b.data]
        return self._recorded("mul", (a.data, b.data), lambda: left.number * right.number)

    def divide(self, a: Number, b: Number) -> Number:
        x = self.steps[b.data]
        return self.multiply(a, self._recorded("inv", (b.data,), lambda: 1 / x.number))

    def apply(self, function: str, a: Number) -> Number:
        x = self.steps[a.data]
        return self._recorded(function, (a.data,), lambda: self.under.apply(function, x.number))

    def known_zero(self, a: Number) -> bool:
        step = self.steps[a.data]
        return not step.varies and self.under.known_zero(step.number)

    # Comparisons.

    def sign(self, a: Number) -> int:
        return self._decided(a, is_kink=False)

    def compare(self, a: Number, b: Operand) -> int:
        gap = a - b
        return self._decided(gap, is_kink=self.steps[gap.data].varies)

    def _decided(self, a: Number, *, is_kink: bool) -> int:
        step = self.steps[a.data]
        sign = self.base.sign(self._at_the_point(a.data))
        if step.varies and sign == 0:
            if self._is_zero(a.data) and step.is_flat:
                return 0  # along every axis, wherever this recording holds
            raise HandedOverError("an exact tie")
        if step.varies or self.tape.known(plain(step.number)) is None:
            self.guards[a.data, is_kink] = Guard(a.data, sign, is_kink)
        return sign

    def _at_the_point(self, root: int) -> Number:
        """A step over exact numbers and balls at the point recorded, so that ties are known to be ties."""
        stack = [root]
        while stack:
            place = stack.pop()
            step = self.steps[place]
            missing = [x for x in step.operands if x not in self._points]
            if missing:
                stack += [place, *missing]
            elif place not in self._points:
                x = [self._points[y] for y in step.operands]
                self._points[place] = (
                    self.base.sum(x) if step.op == "sum" else -x[0] if step.op == "neg" else x[0] * x[1] if step.op == "mul"
                    else 1 / x[0] if step.op == "inv" else self.base.apply(step.op, x[0])
                )  # fmt: skip
        return self._points[root]

    def _recorded(self, op: str, operands: tuple[int, ...], number: Callable[[], Number]) -> Number:
        key = (op, operands)
        if key not in self._places:
            varies = any(self.steps[place].varies for place in operands)
            steps = [self.steps[place] for place in operands]
            is_flat = all(x.is_flat for x in steps)
            if op == "mul" and not is_flat:
                is_flat = all(x.is_flat or self._is_zero(y) for x, y in zip(steps, operands[::-1], strict=True))
            self._add(key, Step(op, operands, number(), varies, is_flat))
        return Number(self, self._places[key])

    def _is_zero(self, place: int) -> bool:
        """Whether a step is 0 wherever this recording holds."""
        return self.tape.known(plain(self.steps[place].number)) == 0

    def _add(self, key: Any, step: Step) -> int:
        place = self._places[key] = len(self.steps)
        self.steps.append(step)
        return place


def alike(inputs: Sequence[float | Fraction]) -> list[int] | None:
    """For each of many numbers the first that is equal, where few are different; a recording of such holds where they are equal."""
    if len(inputs) < MANY:
        return None
    first: dict[float | Fraction, int] = {}
    found = [first.setdefault(x, k) for k, x in enumerate(inputs)]
    return found if len(first) * REPEATED <= len(inputs) else None


class TapeSizes(Sizes):
    """Sizes of the terms, on a tape. What was computed is found again: equal inputs are one number, and so is all that is made of them."""

    def __init__(self, tape: Tape) -> None:
        self.base: Any = tape
        self._lifted: dict[Any, Number] = {}
        self._found: dict[Any, tuple[Any, ...]] = {}  # by what is done and to which objects, which are kept

    def lift(self, x: Operand) -> Number:
        if isinstance(x, Number) and x.system is self:
            return x
        key = ("place", x.data) if isinstance(x, Number) else unflushed(x)
        if (found := self._lifted.get(key)) is None:
            found = self._lifted[key] = super().lift(x)
        return found

    def add(self, a: Number, b: Number) -> Number:
        return self._once(super().add, "add", a, b)

    def multiply(self, a: Number, b: Number) -> Number:
        return self._once(super().multiply, "mul", a, b)

    def divide(self, a: Number, b: Number) -> Number:
        return self._once(super().divide, "div", a, b)

    def negate(self, a: Number) -> Number:
        return self._once(super().negate, "neg", a)

    def apply(self, function: str, a: Number) -> Number:
        return self._once(lambda x: super(TapeSizes, self).apply(function, x), function, a)

    def _once(self, compute: Callable[..., Number], name: str, *numbers: Number) -> Number:
        key = (name, *map(id, numbers))
        if (known := self._found.get(key)) is None:
            known = self._found[key] = (compute(*numbers), *numbers)
        found: Number = known[0]
        return found


def plain(n: Number) -> Number:
    """A number of the tape, without its size."""
    return n.data.number if isinstance(n.data, Sized) else n


def total(under: Tape | TapeSizes, terms: list[Number]) -> Number:
    """What adding one term after another gives, sizes too, as one operation of the tape."""
    if isinstance(under, Tape):
        return under.total(terms)
    if len(terms) < 3:
        return under.sum(terms)
    kept = [x for x in terms if not (x.data.is_data and under.known_zero(x))] or terms[-1:]
    if len(kept) > 1 and kept[0].data.is_data and kept[1].data.is_data:  # data is added as data
        kept = [kept[0] + kept[1], *kept[2:]]
    if len(kept) < 3:
        return under.sum(kept)
    tape: Tape = under.base
    numbers, sizes = ([getattr(x.data, name) for x in kept] for name in ("number", "size"))
    return Number(under, Sized(tape.total(numbers), tape.total(sizes)))

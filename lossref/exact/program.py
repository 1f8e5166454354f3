"""A recorded definition made ready to run: what is to be given, what comes out, and what must be proved of it at each point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Literal

from lossref.exact import balls
from lossref.exact.adjoint import Adjoint, reach
from lossref.exact.allowances import allowances, value_allowance
from lossref.exact.balls import Balls, ball
from lossref.exact.evaluate import REACH, is_variable
from lossref.exact.margins import Near, functions, near
from lossref.exact.numbers import Number, Operand, UndecidedError
from lossref.exact.record import Recorder, TapeSizes, alike, plain
from lossref.exact.schedule import Schedule
from lossref.exact.tape import HandedOverError, Tape
from lossref.spec import Loss, Values
from lossref.values import flat

RECORDED_AT = 256  # bits of the point that decides the comparisons
Scope = Literal["slopes", "value", "all"]  # value and slopes alone; the value with its K and S; all of that, and the Hessian's diagonal
SENSITIVITY = ("allowances", "value_size", "gradient_sizes", "hessian_sizes")


class ElsewhereError(ArithmeticError):
    """A comparison goes the other way here than where it was recorded."""


@dataclass(frozen=True)
class Found:
    """What a run over balls gives: value, slopes and bends, and what judging allows around them."""

    numbers: list[Any]
    allowances: list[Any]
    value_size: list[Any]
    gradient_sizes: list[Any]
    hessian_sizes: list[Any]


class Program:
    """One path of a definition, made ready to give what the scope names."""

    def __init__(self, loss: Loss, values: Values, scope: Scope) -> None:
        judged = scope != "slopes"
        with Balls.working(RECORDED_AT):
            recorder, root = _recorded(loss, values, judged)
            tape = recorder.tape
            asked, self.own, self.width = _outputs(loss, values, recorder, root, scope)
            guards = list(recorder.guards.values())
            ulps = [tape.node("ulp", k) * REACH for k in recorder.inputs]
            gaps = [plain(recorder.steps[guard.step].number).data for guard in guards]
            reaches = [reach(recorder, guard.step, ulps).data if guard.is_kink and judged else None for guard in guards]
            self._guards = [(guard.sign, wide is not None) for guard, wide in zip(guards, reaches, strict=True)]
            checked = [place for pair in zip(gaps, reaches, strict=True) for place in pair if place is not None]
            proved = tape.to_prove()
            numbers = asked.pop("numbers")
            self._schedule = Schedule(tape, numbers, [*asked.values(), checked, proved])
        self.size = len(tape.nodes)
        for used in (recorder.under, recorder, tape):
            vars(used).clear()  # numbers and their systems refer to each other: searching for what nobody needs took a tenth of the time
        self._run = self._schedule.over(_ball_functions())
        self._balls_at: dict[int, list[Any]] = {}
        self._margins_at: dict[int, tuple[Callable[..., Any], list[Near]]] = {}

    def balls(self, inputs: Sequence[float | Fraction], ulps: Sequence[float | Fraction], precision: int) -> Found:
        """The enclosures, at the precision that Arb is set to; raises unless they prove that the recording holds here."""
        if precision not in self._balls_at:
            self._balls_at[precision] = [ball(x) for x in self._schedule.constants]
        *found, checked, apart = self._run(list(map(ball, inputs)), list(map(ball, ulps)), self._balls_at[precision])
        if self._guards:
            self._check(iter(checked))
        for x in apart:
            _prove_apart(x)
        return Found(*found)

    def margins(self, inputs: Sequence[float | Fraction], precision: int) -> list[Near]:
        """The same numbers by the same operations over mpmath, with their margins."""
        if precision not in self._margins_at:
            self._margins_at[precision] = self._schedule.over(functions(precision)), [near(x, precision) for x in self._schedule.constants]
        run, constants = self._margins_at[precision]
        numbers: list[Near] = run([near(x, precision) for x in inputs], None, constants)
        return numbers

    def _check(self, checked: Any) -> None:
        for sign, is_wide in self._guards:
            gap = next(checked)
            width = next(checked) if is_wide else 0
            if sign == 0:
                if not gap.is_zero():
                    raise ElsewhereError if gap > 0 or gap < 0 else UndecidedError("a tie")
                continue
            if (gap if sign > 0 else -gap) > width:
                continue
            if gap.is_zero() and not is_wide:
                raise ElsewhereError
            if abs(gap) <= width:
                raise HandedOverError("a kink within reach")
            if abs(gap) > width:
                raise ElsewhereError
            raise UndecidedError("a comparison")


def _prove_apart(x: Any) -> None:
    """That a ball excludes 0: its radius is at most 2**-accuracy of its middle."""
    if x.is_zero():
        raise HandedOverError("an exact zero")
    if x.rel_accuracy_bits() < 1:
        raise UndecidedError("a number that may be 0")


def _apart(numbers: Sequence[Any]) -> Any:
    """The sum, where no partial sum may be 0."""
    whole = numbers[0]
    for x in numbers[1:]:
        _prove_apart(whole)
        whole = whole + x
    return whole


def _spread(numbers: Sequence[Any]) -> Any:
    """A difference that is not 0."""
    differences = [x - numbers[0] for x in numbers[1:]]
    for x in differences:
        if not x.is_zero() and x.rel_accuracy_bits() > 0:
            return x
    raise HandedOverError("equal exponents") if all(x.is_zero() for x in differences) else UndecidedError("equal exponents")


@cache
def _ball_functions() -> dict[str, Any]:
    """What a tape names, over balls."""
    return {**balls.functions(), "sum": lambda numbers: sum(numbers[1:], numbers[0]), "total": _apart, "spread": _spread}


def _recorded(loss: Loss, values: Values, judged: bool) -> tuple[Recorder, int]:
    tape = Tape()
    recorder = Recorder(Balls(RECORDED_AT), TapeSizes(tape) if judged else tape, tape)
    count = 0
    labels = {name for name, space in loss.arguments.items() if space.is_discrete}
    numbers = [y for name in (*loss.arguments, *loss.parameters) if name not in labels for y in flat(values[name])]
    first = alike(numbers) or range(len(numbers))

    def place(name: str, x: Any) -> Any:
        nonlocal count
        if isinstance(x, (tuple, list)):
            return [place(name, y) for y in x]
        if name in labels:  # which are part of the recording
            return recorder.lift(x) if isinstance(x, (float, Fraction)) else x
        count += 1
        space = loss.arguments.get(name)
        varies = is_variable(loss, name, x)
        is_exact = space is not None and not varies  # at the edge of its space, which is part of the recording too
        return recorder.lift(x) if is_exact else recorder.given(first[count - 1], x, varies=varies)

    returned = loss.definition(recorder, **{name: place(name, values[name]) for name in (*loss.arguments, *loss.parameters)})
    if not isinstance(returned, Operand):
        raise TypeError(f"the definition returned a {type(returned).__name__}, and one number is wanted")
    return recorder, recorder.lift(returned).data


def _outputs(
    loss: Loss, values: Values, recorder: Recorder, root: int, scope: Scope
) -> tuple[dict[str, list[int]], int, int]:
    """The nodes of everything wanted, by name; how many slopes there are, and how many bends."""
    tape, adjoint = recorder.tape, Adjoint(recorder, root, sized=scope == "all")
    slopes = adjoint.gradient()
    names = [name for name in loss.arguments for x in flat(values[name]) if is_variable(loss, name, x)]
    own = [i for i, name in enumerate(names) if name in loss.differentiable]
    width = len(flat(values[loss.first]))
    if own[:width] != list(range(width)):
        raise HandedOverError("a first argument that is not differentiated")
    value, gradient = recorder.steps[root].number, [slopes[i] for i in own]
    if scope == "slopes":
        return {"numbers": _places([value, *gradient]), **{name: [] for name in SENSITIVITY}}, len(own), 0
    if scope == "value":
        own, gradient, terms, hessian = [], [], [], []
    else:
        terms = adjoint.terms()
        hessian = adjoint.diagonal(terms, width)
    tape.is_followed = False
    spaces = [loss.arguments[name] for name in names]
    points = [x for name in loss.arguments for x in flat(values[name]) if is_variable(loss, name, x)]
    ulps = [tape.lift(0) if s.is_edge(x) else tape.node("ulp", k) for s, x, k in zip(spaces, points, recorder.inputs, strict=True)]
    found = {
        "numbers": [value, *gradient, *hessian],
        "allowances": [value_allowance(slopes, tape, ulps), *allowances(terms, tape, ulps, own)],
        "value_size": [value],
        "gradient_sizes": gradient,
        "hessian_sizes": hessian,
    }
    return {name: _places(numbers, of_sizes=name.endswith(("size", "sizes"))) for name, numbers in found.items()}, len(own), len(hessian)


def _places(numbers: Sequence[Number], *, of_sizes: bool = False) -> list[int]:
    return [n.data.size.data if of_sizes else plain(n).data for n in numbers]

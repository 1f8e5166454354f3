"""Answers by recorded definitions: a definition is recorded once for each path of its comparisons, and run wherever the recording holds.

What no recording answers is for the jets over the exact layer: exact ties and kinks within reach, exact zeros, infinities, roots of 0, and
what does not settle within LIMIT bits. Every answer is settled over Arb and confirmed over mpmath, whose margins must meet each ball.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar

from lossref.bits import order
from lossref.exact import balls
from lossref.exact.balls import Balls
from lossref.exact.margins import Near
from lossref.exact.numbers import UndecidedError
from lossref.exact.program import Found, Program, Scope
from lossref.exact.recordings import Recordings, given
from lossref.exact.rounding import above, rounded, ulp
from lossref.exact.settle import CAP, START, AllowanceOverflowError
from lossref.exact.tape import HandedOverError
from lossref.formats import Format
from lossref.spec import Answer, Loss, Part, Values
from lossref.values import flat

LIMIT = 2048  # bits

T = TypeVar("T")


class DisagreementError(ArithmeticError):
    """mpmath and Arb enclose different numbers: one of them, or this code, is wrong."""


RECORDINGS = Recordings()


def answered(loss: Loss, values: Values, form: Format, scope: Scope = "all", *, keep: bool = True) -> Answer | None:
    """The certified answer at finite numbers; None where the jets have to answer. What is asked once need not be kept."""
    if not balls.INSTALLED:
        return None
    try:
        inputs, key = given(loss, values)
        return RECORDINGS.find(loss, key, values, scope, lambda program: _judged(loss, values, form, program, inputs, scope), keep=keep)
    except HandedOverError:
        return None


def slopes(loss: Loss, values: Values, use: Callable[[list[Any], Balls], T | None], *, start: int, keep: bool = True) -> T | None:
    """What `use` makes of the balls of value and gradient, first order only; None where the jets have to answer."""

    def run(program: Program) -> T:
        return settled(lambda bits: program.balls(inputs, [0.0] * len(inputs), bits), lambda found, base: use(found.numbers, base), start)

    try:
        inputs, key = given(loss, values)
        return RECORDINGS.find(loss, key, values, "slopes", run, keep=keep)
    except HandedOverError:
        return None


@cache
def _base(precision: int) -> Balls:
    """What rounds, one for each precision: only its holder of Arb's precision uses it."""
    return Balls(precision)


def settled(run: Callable[[int], Found], use: Callable[[Found, Balls], T | None], start: int = START) -> T:
    """What `use` makes of the balls of a run, at the first precision at which that is not None."""
    precision = start
    while precision <= min(max(LIMIT, 4 * start), CAP):
        with Balls.working(precision):
            try:
                found = use(run(precision), _base(precision))
            except UndecidedError:
                found = None
        if found is not None:
            return found
        precision *= 2
    raise HandedOverError("unsettled")


def _judged(loss: Loss, values: Values, form: Format, program: Program, inputs: Sequence[float | Fraction], scope: Scope) -> Answer:
    slices, ulps = _slices(loss, values), [ulp(x, form) for x in inputs]

    def use(found: Found, base: Balls) -> Answer | None:
        answer = _assembled(found, slices, loss.first, form, base)
        if answer is not None:
            _confirm(found.numbers, lambda bits: program.margins(inputs, bits), base.precision, f"{loss.name} at {dict(values)}")
        return answer

    try:
        return settled(lambda bits: program.balls(inputs, ulps, bits), use)
    except AllowanceOverflowError as error:
        raise HandedOverError(str(error)) from error


def _assembled(found: Found, slices: Mapping[str, slice], first: str, form: Format, base: Balls) -> Answer | None:
    """The answer that these balls round to, by where each argument's slopes stand among the numbers; None while one rounds apart.

    Without bends it is the value alone.
    """
    numbers = _each(lambda x: rounded(x, form, base), found.numbers)
    if None in numbers:
        return None
    allowed = _each(lambda x: above(x, base), found.allowances)
    whole = (*(found.gradient_sizes[own] for own in slices.values()), found.hessian_sizes) if found.hessian_sizes else ()
    sizes = [_largest(x, base) for x in (found.value_size, *whole)]
    if None in allowed or None in sizes:
        return None
    value = _part(numbers[:1], allowed[:1], sizes[0])
    if not whole:
        return Answer(value, {})
    end = 1 + len(found.gradient_sizes)
    slopes, bends = numbers[1:end], numbers[end:]
    gradient = {name: _part(slopes[own], allowed[1:][own], size) for (name, own), size in zip(slices.items(), sizes[1:-1], strict=True)}
    return Answer(value, gradient, {first: _part(bends, [0.0] * len(bends), sizes[-1])})


def _each(function: Callable[[Any], T], numbers: Sequence[Any]) -> list[T]:
    """The function of each number, once where one stands for many, as for equal inputs."""
    known = {id(x): x for x in numbers}
    found = {key: function(x) for key, x in known.items()}
    return [found[id(x)] for x in numbers]


def _slices(loss: Loss, values: Values) -> dict[str, slice]:
    """Where each argument's slopes stand in the gradient."""
    found, start = {}, 0
    for name in loss.differentiable:
        x = values[name]
        found[name] = slice(start, start := start + (1 if type(x) is float else len(flat(x))))
    return found


def _part(numbers: Sequence[Any], allowed: Sequence[Any], size: float | None) -> Part:
    rounded, residuals = zip(*numbers, strict=True)
    assert size is not None
    return Part(rounded, residuals, tuple(allowed), (size,))


def _largest(sizes: Sequence[Any], base: Balls) -> float | None:
    """The float64 above the largest; only those near it are rounded."""
    sizes = list({id(x): x for x in sizes}.values())
    if len(sizes) == 1:
        return above(sizes[0], base)
    if all(x.rel_accuracy_bits() > 40 for x in sizes):
        middles = [float(x) for x in sizes]
        least = max(middles) * (1 - 2.0**-30)
        sizes = [x for x, middle in zip(sizes, middles, strict=True) if middle >= least]
    found = [above(x, base) for x in sizes]
    return None if None in found else max((x for x in found if x is not None), key=order)


def _confirm(ours: Sequence[Any], margins: Callable[[int], Sequence[Near]], precision: int, where: str) -> None:
    """Every enclosure over mpmath, at twice the bits or more, must meet the ball."""
    bits = 2 * precision
    while bits <= 4 * LIMIT:
        try:
            theirs = margins(bits)
        except UndecidedError:
            bits *= 2
            continue
        if not all(meets(a, b) for a, b in {(id(a), id(b)): (a, b) for a, b in zip(ours, theirs, strict=True)}.values()):
            raise DisagreementError(f"{where}: Arb and mpmath disagree at {precision} bits")
        return
    raise HandedOverError("unconfirmed")


def meets(ours: Any, theirs: Near) -> bool:
    """Whether a ball and an enclosure over mpmath overlap."""
    middle, radius = theirs.ends
    return bool(ours.overlaps(balls.around(middle, radius)))

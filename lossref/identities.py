"""Laws a loss may claim. Each is checked on the exact oracle, so what it tests is the definition itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lossref.spec import Loss, Values

SLACK = Fraction(1, 10**30)  # the oracle is asked for 40 digits


@dataclass(frozen=True)
class Exact:
    """An oracle's answer as rationals, right to 40 digits, or infinite; the gradient always a tuple."""

    value: Any
    gradient: tuple[Fraction, ...]


Ask = Callable[[Values], Exact]


@dataclass(frozen=True)
class Identity:
    """A named law; `holds(loss, ask, values)` tries it at one point with exact inputs, away from kinks."""

    name: str
    law: str
    holds: Callable[[Loss, Ask, Values], bool]


def _close(a: Fraction, b: Fraction, scale: Fraction = Fraction(0)) -> bool:
    return abs(a - b) <= SLACK * max(abs(a), abs(b), scale)


def _nonnegative(loss: Loss, ask: Ask, values: Values) -> bool:
    return bool(ask(values).value >= 0)


def _convex(loss: Loss, ask: Ask, values: Values) -> bool:
    name = loss.differentiable
    x = values[name]
    if isinstance(x, tuple):
        other: Any = tuple(reversed(x))
        middle: Any = tuple((a + b) / 2 for a, b in zip(x, other, strict=True))
    else:
        other = (1 - x) / 2 if loss.arguments[name].high > 0 else 2 * x - 1
        middle = (x + other) / 2
    ends = ask(values).value + ask({**values, name: other}).value
    return bool(ask({**values, name: middle}).value * 2 <= ends + SLACK * abs(ends))


def _concave(loss: Loss, ask: Ask, values: Values) -> bool:
    def upside_down(values: Values) -> Exact:
        return Exact(-ask(values).value, ())

    return _convex(loss, upside_down, values)


def _shift_invariant(loss: Loss, ask: Ask, values: Values) -> bool:
    name = loss.differentiable
    here, there = ask(values), ask({**values, name: tuple(x + Fraction(7, 3) for x in values[name])})
    return _close(here.value, there.value) and _close(sum(here.gradient, Fraction(0)), Fraction(0), max(map(abs, here.gradient)))


def _symmetric(loss: Loss, ask: Ask, values: Values) -> bool:
    first, second = loss.arguments
    return _close(ask(values).value, ask({**values, first: values[second], second: values[first]}).value)


def _even_in_residual(loss: Loss, ask: Ask, values: Values) -> bool:
    first, second = loss.arguments
    here = ask(values)
    there = ask({**values, first: Fraction(5, 7) - values[first], second: Fraction(5, 7) - values[second]})
    return _close(here.value, there.value) and _close(here.gradient[0], -there.gradient[0])


def _gibbs(loss: Loss, ask: Ask, values: Values) -> bool:
    first, second = loss.arguments
    return bool(ask(values).value >= sum(values[second]) - sum(values[first]))


def _odd(loss: Loss, ask: Ask, values: Values) -> bool:
    name = loss.differentiable
    here, there = ask(values), ask({**values, name: -values[name]})
    return _close(here.value, -there.value) and _close(here.gradient[0], there.gradient[0])


def _mirror_complement(loss: Loss, ask: Ask, values: Values) -> bool:
    name = loss.differentiable
    here, there = ask(values), ask({**values, name: -values[name]})
    return _close(here.value + there.value, Fraction(1)) and _close(here.gradient[0], there.gradient[0])


nonnegative = Identity("nonnegative", "L >= 0", _nonnegative)
convex = Identity("convex", "L is convex in its first argument", _convex)
concave = Identity("concave", "L is concave in its first argument", _concave)
shift_invariant = Identity("shift_invariant", "L(z + c) = L(z), so the gradient sums to 0", _shift_invariant)
symmetric = Identity("symmetric", "L(a, b) = L(b, a)", _symmetric)
odd = Identity("odd", "L(-x) = -L(x), so the gradient is even", _odd)
mirror_complement = Identity("mirror_complement", "L(x) + L(-x) = 1, so the gradient is even", _mirror_complement)
even_in_residual = Identity("even_in_residual", "L(c - f, c - y) = L(f, y): only |f - y| counts", _even_in_residual)
gibbs = Identity("gibbs", "L >= sum(target) - sum(probabilities), 0 on the simplex", _gibbs)


def mirror(law: str, image: Callable[..., Values], slope: int) -> Identity:
    """L(image of a point) = L(point), and the gradient is multiplied by `slope`."""

    def holds(loss: Loss, ask: Ask, values: Values) -> bool:
        here, there = ask(values), ask({**values, **image(**values)})
        return _close(here.value, there.value) and _close(here.gradient[0], slope * there.gradient[0])

    return Identity("mirror", law, holds)

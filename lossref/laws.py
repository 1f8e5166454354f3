"""Laws a loss may claim. Each is checked on the exact oracle, so what it tests is the definition itself."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lossref.bits import as_fraction
from lossref.spec import PARTS, Loss, Values
from lossref.values import filled, flat, mapped

SLACK = Fraction(1, 10**30)  # the oracle is asked for 40 digits


@dataclass(frozen=True)
class Exact:
    """An oracle's answer as rationals, right to 40 digits, or infinite; the gradient in the first argument, number by number."""

    value: Any
    gradient: tuple[Fraction, ...]


Ask = Callable[[Values], Exact]


@dataclass(frozen=True)
class Law:
    """A named law; `holds(loss, ask, values)` tries it at one point with exact inputs, away from kinks."""

    name: str
    law: str
    holds: Callable[[Loss, Ask, Values], bool]


def _close(a: Fraction, b: Fraction, scale: Fraction = Fraction(0)) -> bool:
    return abs(a - b) <= SLACK * max(abs(a), abs(b), scale)


def _are_close(a: tuple[Fraction, ...], b: tuple[Fraction, ...]) -> bool:
    return all(_close(x, y) for x, y in zip(a, b, strict=True))


def _nonnegative(loss: Loss, ask: Ask, values: Values) -> bool:
    return bool(ask(values).value >= 0)


def _convex(loss: Loss, ask: Ask, values: Values) -> bool:
    name = loss.first
    x = values[name]
    if isinstance(x, tuple):
        other: Any = (*x[1:], *x[:1])  # turned, not mirrored: the middle of a mirrored pair has ties
    else:
        space = loss.arguments[name]
        other = x + 1 if space.low > -math.inf and space.high > 1 else (1 - x) / 2 if space.high > 0 else 2 * x - 1
    middle = filled(x, ((a + b) / 2 for a, b in zip(flat(x), flat(other), strict=True)))
    ends = ask(values).value + ask({**values, name: other}).value
    return bool(ask({**values, name: middle}).value * 2 <= ends + SLACK * abs(ends))


def _concave(loss: Loss, ask: Ask, values: Values) -> bool:
    def upside_down(values: Values) -> Exact:
        return Exact(-ask(values).value, ())

    return _convex(loss, upside_down, values)


def _shift_invariant(loss: Loss, ask: Ask, values: Values) -> bool:
    name = loss.first
    here, there = ask(values), ask({**values, name: mapped(lambda x: x + Fraction(7, 3), values[name])})
    return _close(here.value, there.value) and _close(sum(here.gradient, Fraction(0)), Fraction(0), max(map(abs, here.gradient)))


def _symmetric(loss: Loss, ask: Ask, values: Values) -> bool:
    first, second = list(loss.arguments)[:2]
    return _close(ask(values).value, ask({**values, first: values[second], second: values[first]}).value)


def _even_in_residual(loss: Loss, ask: Ask, values: Values) -> bool:
    first, second = list(loss.arguments)[:2]
    turned = {name: mapped(lambda x: Fraction(5, 7) - x, values[name]) for name in (first, second)}
    return _mirrored(ask(values), ask({**values, **turned}), -1)


def _gibbs(loss: Loss, ask: Ask, values: Values) -> bool:
    first, second = list(loss.arguments)[:2]
    return bool(ask(values).value >= sum(flat(values[second])) - sum(flat(values[first])))


def _negated(loss: Loss, values: Values) -> dict[str, Any]:
    return {**values, loss.first: mapped(lambda x: -x, values[loss.first])}


def _odd(loss: Loss, ask: Ask, values: Values) -> bool:
    here, there = ask(values), ask(_negated(loss, values))
    return _close(here.value, -there.value) and _are_close(here.gradient, there.gradient)


def _odd_about_half(loss: Loss, ask: Ask, values: Values) -> bool:
    here, there = ask(values), ask({**values, loss.first: mapped(lambda x: 1 - x, values[loss.first])})
    return _close(here.value, -there.value) and _are_close(here.gradient, there.gradient)


def _mirror_complement(loss: Loss, ask: Ask, values: Values) -> bool:
    here, there = ask(values), ask(_negated(loss, values))
    return _close(here.value + there.value, Fraction(1)) and _are_close(here.gradient, there.gradient)


def of_equal_value(law: str, image: Callable[..., Values]) -> Law:
    """L(image of a point) = L(point); nothing is said of slopes."""

    def holds(loss: Loss, ask: Ask, values: Values) -> bool:
        return _close(ask(values).value, ask({**values, **image(**{**loss.defaults, **values})}).value)

    return Law("of_equal_value", law, holds)


def _mirrored(here: Exact, there: Exact, slope: int) -> bool:
    return _close(here.value, there.value) and _are_close(here.gradient, tuple(slope * g for g in there.gradient))


def mirror(law: str, image: Callable[..., Values], slope: int) -> Law:
    """L(image of a point) = L(point), and the gradient is multiplied by `slope`."""

    def holds(loss: Loss, ask: Ask, values: Values) -> bool:
        return _mirrored(ask(values), ask({**values, **image(**values)}), slope)

    return Law("mirror", law, holds)


other_side = mirror(
    "L(-f, -y; 1 - tau) = L(f, y; tau)",
    lambda prediction, target, tau: {"prediction": -prediction, "target": -target, "tau": 1 - tau}, -1,
)  # fmt: skip
nonnegative = Law("nonnegative", "L >= 0", _nonnegative)
convex = Law("convex", "L is convex in its first argument", _convex)
concave = Law("concave", "L is concave in its first argument", _concave)
shift_invariant = Law("shift_invariant", "L(z + c) = L(z), so the gradient sums to 0", _shift_invariant)
symmetric = Law("symmetric", "L(a, b) = L(b, a)", _symmetric)
odd = Law("odd", "L(-x) = -L(x), so the gradient is even", _odd)
odd_about_half = Law("odd_about_half", "L(1 - x) = -L(x), so the gradient is the same", _odd_about_half)
mirror_complement = Law("mirror_complement", "L(x) + L(-x) = 1, so the gradient is even", _mirror_complement)
even_in_residual = Law("even_in_residual", "L(c - f, c - y) = L(f, y): only |f - y| counts", _even_in_residual)
even_in_both = mirror(
    "L(-f, -y) = L(f, y)", lambda prediction, target, **parameters: {"prediction": -prediction, "target": -target}, -1
)
gibbs = Law("gibbs", "L >= sum(target) - sum(probabilities), 0 on the simplex", _gibbs)


@dataclass(frozen=True)
class Homogeneous(Law):
    """The law that inputs times c multiply the loss by a power of c > 0; `scaled` names the arguments and parameters that c goes to."""

    degree: int
    scaled: tuple[str, ...]

    def degree_of(self, part: str, name: str) -> int:
        """The power of c that a part of an answer, its slopes in one argument, is multiplied by."""
        return self.degree - PARTS.index(part) * (name in self.scaled)


def homogeneous(degree: int, *scaled: str) -> Homogeneous:
    """L(c x) = c**degree L(x) for c > 0, with x all that is named: float64 code reaches an overflowing term by it."""

    def holds(loss: Loss, ask: Ask, values: Values) -> bool:
        c, known = Fraction(7, 2), {**loss.defaults, **values}
        larger = {name: mapped(lambda x: c * as_fraction(x), known[name]) for name in scaled}
        here, there, slope = ask(values), ask({**values, **larger}), c ** (degree - (loss.first in scaled))
        return _close(there.value, c**degree * here.value) and _are_close(there.gradient, tuple(slope * g for g in here.gradient))

    return Homogeneous("homogeneous", f"L(c x) = c^{degree} L(x), x being {', '.join(scaled)}", holds, degree, scaled)

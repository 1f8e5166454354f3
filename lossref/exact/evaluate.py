"""A definition at one point, over one number system: value, gradient, Hessian, allowances and term sizes.

Nothing is rounded here. `certify` raises the precision until what it wants of these numbers is settled.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lossref.exact.jets import Jet, Jets
from lossref.exact.numbers import NoValueError, Number, Operand, System, lifted
from lossref.exact.sizes import Sizes
from lossref.exact.systems import Base
from lossref.formats import Format
from lossref.spec import Loss, Values
from lossref.values import flat

REACH = 2  # ulps of the inputs within which a kink counts as met, when an implementation is judged


@dataclass(frozen=True)
class Sensitivity:
    """What judging needs beside the answer: K of value and gradient, S of value, gradient and Hessian."""

    value_allowance: Number
    gradient_allowance: list[Number]
    value_size: Number
    gradient_sizes: list[Number]
    hessian_sizes: list[Number]


@dataclass(frozen=True)
class Branch:
    """The smooth piece of a loss at a point; at a kink there are several.

    The gradient has the components of every argument that it is taken in, one argument after the other; the Hessian's
    diagonal those of the first argument.
    """

    value: Number
    gradient: list[Number]
    hessian: list[Number]
    sensitivity: Sensitivity | None
    exact_ties: int

    @property
    def numbers(self) -> list[Number]:
        return [self.value, *self.gradient, *self.hessian]


def branches(
    loss: Loss, values: Values, base: Base, form: Format | None = None, *, order: int = 2, allowed: bool = True
) -> Iterator[Branch]:
    """The piece the point lies on, then, where a comparison is open, those that lie along the axes, either way: each once.

    With a format a comparison within REACH ulps of the inputs is open, and every branch carries its sensitivity if what is `allowed`
    around the numbers is wanted; without one the inputs are exact and only exact ties are open. Of order 1 no bends are wanted.
    """
    first, piece = _branch(loss, values, base, form, None, order, allowed)
    yield piece
    known = [first]
    for direction in ({i: side} for i in _own(loss, values) if i in first.met for side in (-1, 1)):  # along the others the first goes on
        if any(jets.leads_here(direction) for jets in known):
            continue
        order = 2 if known[-1].is_directed else order
        jets, piece = _branch(loss, values, base, form, direction, order, allowed)
        if jets.is_directed and order == 1:
            jets, piece = _branch(loss, values, base, form, direction, 2, allowed)
        known.append(jets)
        yield piece


def _branch(
    loss: Loss, values: Values, base: Base, form: Format | None, direction: Mapping[int, int] | None, order: int, allowed: bool
) -> tuple[Jets, Branch]:
    variables, movable = _variables(loss, values)
    ulps = [form.ulp(Fraction(x)) if form else Fraction(0) for x in variables]
    sized = form is not None and allowed
    under = Sizes(base) if sized else base
    jets = Jets(under, order, direction=direction, ulps=ulps, reach=REACH if form else 0)
    indices = iter(range(len(variables)))

    def place(name: str, x: Any) -> Any:
        if isinstance(x, (tuple, list)):
            return [place(name, y) for y in x]
        return jets.variable(x, next(indices)) if is_variable(loss, name, x) else lifted(jets, x)

    placed = {name: place(name, values[name]) for name in (*loss.arguments, *loss.parameters)}
    returned = loss.definition(jets, **placed)
    if not isinstance(returned, Operand):
        raise TypeError(f"the definition returned a {type(returned).__name__}, and one number is wanted")
    result: Jet = jets.lift(returned).data
    own = _own(loss, values)
    slopes = [_slopes(under, result, i, jets.sides.get(i, 0)) for i in own]
    gradient, hessian = [list(column) for column in zip(*slopes, strict=True)]
    hessian = hessian[: len(flat(values[loss.first]))]
    sensitivity = None
    if sized:
        rounded = [u if ok else Fraction(0) for u, ok in zip(ulps, movable, strict=True)]
        sensitivity = _sensitivity(base, result, own, gradient, hessian, rounded)
        gradient, hessian = ([n.data.number for n in numbers] for numbers in (gradient, hessian))
    value = result.value.data.number if sized else result.value
    return jets, Branch(value, gradient, hessian, sensitivity, jets.exact_ties)


def _slopes(system: System, result: Jet, i: int, side: int) -> tuple[Number, Number]:
    """First and second derivative in x_i. A root of its distance to that side rises, or falls, infinitely fast."""
    zero = system.lift(0)
    if (root := result.slopes.get(~i)) is None:
        return result.slopes.get(i, zero), result.curvatures.get((i, i), zero)
    if system.known_zero(root):
        raise NoValueError("a square root of 0 that cancels")
    sign = system.sign(root)
    return system.lift(math.inf * sign * side), system.lift(-math.inf * sign)


def _sensitivity(
    base: Base, result: Jet, own: list[int], gradient: list[Number], hessian: list[Number], ulps: list[Fraction]
) -> Sensitivity:
    """K sums |derivative| * ulp over the components that are rounded numbers; in a root of a distance, the ulp's root."""

    def moved(n: Number, i: int) -> Number:
        return base.magnitude(n.data.number) * (ulps[i] if i >= 0 else base.sqrt(ulps[~i]))

    gradient_terms: dict[int, list[Number]] = {i: [] for i in own}
    for (i, j), c in result.curvatures.items():
        for here, other in {(i, j), (j, i)}:
            if here in gradient_terms:
                gradient_terms[here].append(moved(c, other))
    return Sensitivity(
        value_allowance=base.sum(moved(s, i) for i, s in result.slopes.items()),
        gradient_allowance=[base.sum(terms) for terms in gradient_terms.values()],
        value_size=result.value.data.size,
        gradient_sizes=[n.data.size for n in gradient],
        hessian_sizes=[n.data.size for n in hessian],
    )


def _variables(loss: Loss, values: Values) -> tuple[list[float], list[bool]]:
    """The components to differentiate in, argument after argument, and whether each is a rounded number."""
    numbers, movable = [], []
    for name, space in loss.arguments.items():
        for y in flat(values[name]):
            if is_variable(loss, name, y):
                numbers.append(y)
                movable.append(not space.is_edge(y))
    return numbers, movable


def _own(loss: Loss, values: Values) -> list[int]:
    """The places, among the variables, of the components that the gradient is taken in."""
    place = 0
    found: list[int] = []
    for name in loss.arguments:
        count = sum(is_variable(loss, name, y) for y in flat(values[name]))
        if name in loss.differentiable:
            found += range(place, place + count)
        place += count
    return found


def is_variable(loss: Loss, name: str, x: Any) -> bool:
    """What the gradient is taken in, always; another argument unless it is exact data; a parameter never."""
    space = loss.arguments.get(name)
    if space is None or space.is_discrete:
        return False
    return name in loss.differentiable or not space.is_edge(x)

"""Derivatives of a definition: sparse forward jets, and comparisons that one direction decides at a kink."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from lossref.exact.numbers import DERIVATIVE, NoValueError, Number, Operand, System, computed_one


@dataclass(slots=True)
class Jet:
    """A value, its slopes {i: d/dx_i} and curvatures {(i, j): d2/dx_i dx_j, i <= j}; what is absent is 0.

    Where a square root meets 0 at the edge of x_i's space, the slope under ~i is in the root of the distance from there.
    """

    value: Number
    slopes: dict[int, Number] = field(default_factory=dict)
    curvatures: dict[tuple[int, int], Number] = field(default_factory=dict)


class Jets(System):
    """Taylor arithmetic to first or second order over another system.

    A comparison of a and b is *open* when a - b is exactly 0, or lies within `reach` ulps of the inputs: a kink is as
    wide as the inputs are uncertain. Where `direction` leads decides all open ties alike, so they agree with one
    another; without a direction the exact order stands.
    """

    def __init__(
        self,
        base: System,
        order: int = 2,
        *,
        direction: Mapping[int, int] | None = None,
        ulps: Sequence[Fraction] = (),
        reach: int = 0,
    ) -> None:
        self.base, self.order = base, order
        self.direction, self.ulps, self.reach = direction, ulps, reach
        self.exact_ties = 0
        self.met: set[int] = set()  # the variables that open ties depend on: along any other one nothing is decided
        self.decided: list[tuple[Jet | None, int]] = []  # each open tie's gap and sign; no gap at a norm, where each direction is apart
        self.sides: dict[int, int] = {}  # on which side of its point a variable keeps roots real

    def lift(self, x: Operand) -> Number:
        return x if isinstance(x, Number) and x.system is self else Number(self, Jet(self.base.lift(x)))

    def variable(self, x: Operand, i: int) -> Number:
        return Number(self, Jet(self.base.lift(x), {i: computed_one(self.base)}))

    def sign(self, a: Number) -> int:
        return self.base.sign(a.data.value)

    def known_zero(self, a: Number) -> bool:
        return not a.data.slopes and self.base.known_zero(a.data.value)

    def compare(self, a: Number, b: Operand) -> int:
        gap: Jet = (a - b).data
        roots = [s for i, s in gap.slopes.items() if i < 0]
        if roots and self.base.known_zero(gap.value):  # there is one side only, and the root decides there
            return self.base.sign(self.base.sum(roots))
        if not gap.slopes or not self._open(gap):
            return self.base.sign(gap.value)
        self.met |= {i for i, s in gap.slopes.items() if not self.base.known_zero(s)}  # along the others the tie stays one
        self.exact_ties += self.base.known_zero(gap.value)
        sign = self._leaning(gap, self.direction)
        self.decided.append((gap, sign))
        return sign

    def _leaning(self, gap: Jet, direction: Mapping[int, int] | None) -> int:
        """The sign of an open tie's gap where a direction leads; of the gap as it is where that does not move it."""
        lean = self.base.sign(self.base.sum(s * direction.get(i, 0) for i, s in gap.slopes.items())) if direction else 0
        return lean or self.base.sign(gap.value)

    def leads_here(self, direction: Mapping[int, int]) -> bool:
        """Whether in another direction all that was computed is the same, because every open tie is decided as it was."""
        return all(gap is not None and self._leaning(gap, direction) == sign for gap, sign in self.decided)

    @property
    def open_ties(self) -> int:
        return len(self.decided)

    @property
    def is_directed(self) -> bool:
        """Whether more than the signs of ties hangs on the direction: at a norm of 0, which needs bends there."""
        return any(gap is None for gap, _ in self.decided)

    def _open(self, gap: Jet) -> bool:
        if not self.reach:
            return self.base.known_zero(gap.value)
        moving = ((s, self.ulps[i]) for i, s in gap.slopes.items() if i >= 0)
        width = self.base.sum(self.base.magnitude(s) * (self.reach * ulp) for s, ulp in moving)
        return self.base.compare(self.base.magnitude(gap.value), width) <= 0

    def add(self, a: Number, b: Number) -> Number:
        return self.sum((a, b))

    def sum(self, terms: Iterable[Operand]) -> Number:
        value = self.base.lift(0)
        slopes: dict[int, Number] = {}
        curvatures: dict[tuple[int, int], Number] = {}
        for x in terms:
            jet: Jet = self.lift(x).data
            value = value + jet.value
            for i, s in jet.slopes.items():
                slopes[i] = slopes[i] + s if i in slopes else s
            for ij, c in jet.curvatures.items():
                curvatures[ij] = curvatures[ij] + c if ij in curvatures else c
        return Number(self, Jet(value, slopes, curvatures))

    def negate(self, a: Number) -> Number:
        jet: Jet = a.data
        slopes = {i: -s for i, s in jet.slopes.items()}
        return Number(self, Jet(-jet.value, slopes, {ij: -c for ij, c in jet.curvatures.items()}))

    def multiply(self, a: Number, b: Number) -> Number:
        for x in (a, b):
            if self.known_zero(x):  # a constant zero annihilates the derivatives too
                return x
        x, y = a.data, b.data
        for p, q in ((x, y), (y, x)):
            alone = len(p.slopes) == 1 and p.slopes.keys() == q.slopes.keys()
            if alone and self.base.known_zero(p.value) and self.base.known_infinite(q.value):
                # t log t at t = 0: of (t log t)' = log t + 1 the second term is nothing beside the first; t'' is 1 / t.
                ((i, s),) = p.slopes.items()
                return Number(self, Jet(p.value, {i: self._scaled(s, q.value)}, {(i, i): self._scaled(s, q.slopes[i])}))
        return self._chain(x.value * y.value, ((x, y.value), (y, x.value)), product=(x, y))

    def divide(self, a: Number, b: Number) -> Number:
        if not b.data.slopes:
            return self._chain(a.data.value / b.data.value, ((a.data, 1 / b.data.value),))
        y = 1 / b.data.value
        return self.multiply(a, self._chain(y, ((b.data, -y * y),), bend=2 * y * y * y))

    def apply(self, function: str, a: Number) -> Number:
        jet: Jet = a.data
        y = self.base.apply(function, jet.value)
        if not jet.slopes:
            return Number(self, Jet(y))
        if self.base.known_infinite(jet.value):  # so what is infinite and has slopes is made of logarithms, as t log t needs
            raise NoValueError(f"{function} of a logarithm of 0")
        if function == "sqrt" and self.base.known_zero(jet.value) and all(map(self.base.known_zero, jet.slopes.values())):
            return self._norm_at_zero(jet, y)
        if function in ("log", "sqrt") and self.base.known_zero(jet.value):  # approached from inside
            if function == "sqrt" and len(jet.slopes) == 1 and not self.base.known_zero(next(iter(jet.slopes.values()))):
                ((i, s),) = jet.slopes.items()
                side = self.base.sign(s)
                if self.sides.setdefault(i, side) != side:
                    raise NoValueError("square roots of 0 from either side")
                return Number(self, Jet(y, {~i: self.base.sqrt(self.base.magnitude(s))}))
            return self._chain(y, ((jet, self.base.lift(math.inf)),), bend=self.base.lift(-math.inf))
        slope = self.base.lift(DERIVATIVE[function](jet.value, y))
        if self.order == 1:
            return self._chain(y, ((jet, slope),))
        inner = Jets(self.base, order=1)  # the derivative of the derivative, from the same table
        t, ft = inner.variable(jet.value, 0), Number(inner, Jet(y, {0: slope}))
        bend: Jet = inner.lift(DERIVATIVE[function](t, ft)).data
        return self._chain(y, ((jet, slope),), bend=bend.slopes[0])

    def _norm_at_zero(self, jet: Jet, y: Number) -> Number:
        """The root of squares that are all 0, a kink: along x_i it is |t| sqrt(H_ii / 2), and its slopes are H_ij / 2 over that root."""
        self.decided.append((None, 0))
        self.met |= jet.slopes.keys()
        self.exact_ties += 1
        if not self.direction:
            return Number(self, Jet(y, dict.fromkeys(jet.slopes, self.base.lift(0))))
        ((i, side),) = self.direction.items()
        bend = jet.curvatures.get((i, i), self.base.lift(0))
        halves = {j: jet.curvatures.get((min(i, j), max(i, j)), self.base.lift(0)) / 2 for j in jet.slopes}
        if self.base.known_zero(bend):  # the direction leads nowhere in this norm
            if not all(map(self.base.known_zero, halves.values())):
                raise NoValueError("a square root of 0 that is no norm: on one side it is that of a negative number")
            return Number(self, Jet(y, dict.fromkeys(jet.slopes, self.base.lift(0))))
        root = self.base.sqrt(bend / 2)
        return Number(self, Jet(y, {j: side * half / root for j, half in halves.items()}))

    def _power_of_zero(self, zero: Number, exponent: Number) -> Number:
        """Approached from inside, as a root is: its slope is 0 or infinite, and so is its bend but for a square."""
        jet, beside_1, beside_2 = zero.data, self.compare(exponent, 1), self.compare(exponent, 2)
        if beside_2 == 0:
            return zero * zero
        slope = self.base.lift(0 if beside_1 > 0 else math.inf)
        bend = self.base.lift(0 if beside_2 > 0 else math.inf if beside_1 > 0 else -math.inf)
        return self._chain(self.base.lift(0), ((jet, slope),), bend=bend)

    def _chain(
        self,
        value: Number,
        parts: Iterable[tuple[Jet, Number]],
        bend: Number | None = None,
        product: tuple[Jet, Jet] | None = None,
    ) -> Number:
        """value, with slopes sum(factor * slopes of part), and the second-order terms of f(part) or of a product."""
        slopes: dict[int, Number] = {}
        curvatures: dict[tuple[int, int], Number] = {}
        parts = tuple(parts)
        for part, factor in parts:
            for i, s in part.slopes.items():
                s = self._scaled(factor, s)
                slopes[i] = slopes[i] + s if i in slopes else s
            for ij, c in part.curvatures.items():
                c = self._scaled(factor, c)
                curvatures[ij] = curvatures[ij] + c if ij in curvatures else c
        if self.order == 2 and bend is not None:
            items = sorted(parts[0][0].slopes.items())
            for k, (i, s) in enumerate(items):
                bent = self._scaled(bend, s)
                for j, t in items[k:]:
                    c = self._scaled(bent, t)
                    curvatures[i, j] = curvatures[i, j] + c if (i, j) in curvatures else c
        if self.order == 2 and product is not None:
            for i, s in product[0].slopes.items():
                for j, t in product[1].slopes.items():
                    ij, c = (min(i, j), max(i, j)), self._scaled(s, t)
                    c = c + c if i == j else c
                    curvatures[ij] = curvatures[ij] + c if ij in curvatures else c
        return Number(self, Jet(value, slopes, curvatures))

    def _scaled(self, factor: Number, x: Number) -> Number:
        """factor * x, where 0 times infinity has no value: in a derivative neither annihilates the other."""
        for a, b in ((factor, x), (x, factor)):
            if self.base.known_infinite(a) and self.base.known_zero(b):
                raise NoValueError("0 times infinity in a derivative")
        return factor * x

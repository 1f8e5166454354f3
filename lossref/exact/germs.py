"""Numbers that grow: what a formula does as its infinite inputs go there, as sums of exp(b T) T**a (log T)**l with numbers before them.

T is above every number. A germ is a few terms and a bound of the rest, so that limits follow by rule: inf - inf is what is left when
T - T is taken away. What cancels beyond the terms that are kept has no answer; it is never a guess.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from lossref.exact.numbers import NoAnswerError, NoValueError, Number, Operand, System
from lossref.exact.systems import Base

TERMS = 8  # of an expansion
Exponent = int | Fraction  # an int where it is whole, which adds and compares faster
Monomial = tuple[Exponent | float, Exponent, Exponent]  # (b, a, l), which are ordered as the monomials grow
ONE: Monomial = (0, 0, 0)
T: Monomial = (0, 1, 0)
LOG_T: Monomial = (0, 0, 1)
NOTHING: Monomial = (-math.inf, 0, 0)  # smaller than every exp(b T)


class Germ:
    """The sum of coefficient times monomial, and something of the order of `rest`; None is nothing."""

    __slots__ = ("rest", "terms")

    def __init__(self, terms: dict[Monomial, Number], rest: Monomial | None = None) -> None:
        kept = sorted((m for m in terms if rest is None or m > rest), reverse=True)
        if len(kept) > TERMS:
            rest = kept[TERMS]
        self.terms, self.rest = {m: terms[m] for m in kept[:TERMS]}, rest


class Germs(System):
    """Germs with coefficients of a base; what does not grow is computed there."""

    def __init__(self, base: Base) -> None:
        self.base = base

    def lift(self, x: Operand) -> Number:
        if isinstance(x, Number) and x.system is self:
            return x
        n = self.base.lift(x)
        return Number(self, Germ({} if self.base.known_zero(n) else {ONE: n}))

    def growing(self, rate: int) -> Number:
        """rate times T."""
        return Number(self, Germ({T: self.base.lift(rate)}))

    def limit(self, a: Number) -> Number:
        """What it goes to: a number of the base, or an infinity."""
        germ: Germ = a.data
        largest = self._leading(germ) if germ.rest is None or germ.rest >= ONE or germ.terms else None
        if largest is None or largest < ONE:
            return self.base.lift(0)
        coefficient = germ.terms[largest]
        return coefficient if largest == ONE else self.base.lift(math.inf * self.base.sign(coefficient))

    def add(self, a: Number, b: Number) -> Number:
        if (constants := self._constants(a, b)) is not None:
            return self.lift(self.base.add(*constants))
        terms = dict(a.data.terms)
        for m, c in b.data.terms.items():
            terms[m] = terms[m] + c if m in terms else c
        return self._germ(terms, [a.data.rest, b.data.rest])

    def negate(self, a: Number) -> Number:
        return Number(self, Germ({m: -c for m, c in a.data.terms.items()}, a.data.rest))

    def multiply(self, a: Number, b: Number) -> Number:
        if (constants := self._constants(a, b)) is not None:
            return self.lift(self.base.multiply(*constants))
        if self.known_zero(a) or self.known_zero(b):
            return self.lift(0)
        p, q = a.data, b.data
        rest = max((_times(x.rest, max((*y.terms, *([y.rest] if y.rest else [])))) for x, y in ((p, q), (q, p)) if x.rest), default=None)
        factors: dict[Monomial, list[tuple[Number, Number]]] = {}
        for m, c in p.terms.items():
            for n, d in q.terms.items():
                factors.setdefault(_times(m, n), []).append((c, d))
        terms: dict[Monomial, Number] = {}
        for m in sorted(factors, reverse=True):
            if rest is not None and m <= rest:
                break
            if len(terms) == TERMS:
                rest = m
                break
            if not self.base.known_zero(total := self.base.sum(c * d for c, d in factors[m])):
                terms[m] = total
        return Number(self, Germ(terms, rest))

    def divide(self, a: Number, b: Number) -> Number:
        if (constants := self._constants(a, b)) is not None:
            return self.lift(self.base.divide(*constants))
        m, c, small = self._around(b)
        return self.multiply(self._shifted(self._series(small, lambda k: Fraction((-1) ** k)), _power(m, -1), 1 / c), a)

    def sign(self, a: Number) -> int:
        largest = self._leading(a.data)
        return 0 if largest is None else self.base.sign(a.data.terms[largest])

    def magnitude(self, a: Number) -> Number:
        return a if self.sign(a) >= 0 else -a

    def known_zero(self, a: Number) -> bool:
        return not a.data.terms and a.data.rest is None

    def known_infinite(self, a: Number) -> bool:
        return any(self.base.known_infinite(c) for c in a.data.terms.values())

    def apply(self, function: str, a: Number) -> Number:
        if (constants := self._constants(a)) is not None:
            return self.lift(self.base.apply(function, *constants))
        if function == "exp":
            return self._exp(a.data)
        if function in ("cos", "sin"):
            return self._turned(function, a.data)
        if function == "arctan":
            return self._arctan(a)
        m, c, small = self._around(a)
        if self.base.sign(c) < 0:
            raise NoValueError(f"{function} of a negative number")
        if function == "sqrt":
            return self._shifted(self._series(small, lambda k: _binomial(Fraction(1, 2), k)), _power(m, Fraction(1, 2)), self.base.sqrt(c))
        if m[2]:
            raise NoAnswerError("the logarithm of a logarithm of what grows")
        series = self._series(small, lambda k: Fraction((-1) ** (k + 1), k) if k else Fraction(0))
        whole = {T: self.base.lift(Fraction(m[0])), LOG_T: self.base.lift(m[1]), ONE: self.base.log(c)}
        return self.add(self._germ(whole, []), series)

    def _exp(self, germ: Germ) -> Number:
        large = {m: c for m, c in germ.terms.items() if m > ONE}
        if germ.rest is not None and germ.rest >= ONE:
            raise NoAnswerError("exp of what is not known well enough")
        if large.keys() - {T, LOG_T} or not all(isinstance(c.data, Fraction) for c in large.values()):
            if self.base.sign(large[max(large)]) > 0:
                raise NoAnswerError("what grows faster than an exponential")
            return Number(self, Germ({}, NOTHING))
        b, a = (_whole(large[m].data) if m in large else 0 for m in (T, LOG_T))
        small = Number(self, Germ({m: c for m, c in germ.terms.items() if m < ONE}, germ.rest))
        series = self._series(small, lambda k: Fraction(1, math.factorial(k)))
        return self._shifted(series, (b, a, 0), self.base.exp(germ.terms.get(ONE, 0)))

    def _turned(self, function: str, germ: Germ) -> Number:
        if any(m > ONE for m in germ.terms) or (germ.rest is not None and germ.rest >= ONE):
            raise NoValueError(f"{function} of infinity")
        at = self.base.lift(germ.terms.get(ONE, 0))
        small = Number(self, Germ({m: c for m, c in germ.terms.items() if m < ONE}, germ.rest))
        cosine = self._series(small, lambda k: Fraction((-1) ** (k // 2), math.factorial(k)) if k % 2 == 0 else Fraction(0))
        sine = self._series(small, lambda k: Fraction((-1) ** (k // 2), math.factorial(k)) if k % 2 else Fraction(0))
        if function == "cos":
            return cosine * self.base.cos(at) - sine * self.base.sin(at)
        return cosine * self.base.sin(at) + sine * self.base.cos(at)

    def _arctan(self, a: Number) -> Number:
        """Of a tangent at a finite place, and of what goes to 0 beside it: arctan(c + s) = arctan c + arctan(s / (1 + c (c + s)))."""
        if self.known_zero(a):
            return a
        if any(m > ONE for m in a.data.terms):
            return self.apply("arctan", self.lift(math.inf * self.sign(a))) - self._arctan(1 / a)
        at = self.lift(a.data.terms.get(ONE, 0))
        small = (a - at) / (1 + at * a)
        whole = self.lift(self.base.arctan(a.data.terms.get(ONE, 0)))
        return whole + self._series(small, lambda k: Fraction((-1) ** (k // 2), k) if k % 2 else Fraction(0))

    def _around(self, a: Number) -> tuple[Monomial, Number, Number]:
        """The largest monomial, its coefficient, and what is left of the germ over both, less 1: it goes to 0."""
        m = self._leading(a.data)
        if m is None:
            raise NoValueError("x / 0")
        c = a.data.terms[m]
        others = Number(self, Germ({n: d for n, d in a.data.terms.items() if n != m}, a.data.rest))
        return m, c, self._shifted(others, _power(m, -1), 1 / c)

    def _series(self, small: Number, coefficient: Callable[[int], Fraction]) -> Number:
        """The sum of coefficient(k) small**k; the first power that is left out bounds the rest."""
        total, power = self.lift(coefficient(0)), self.lift(1)
        if self.known_zero(small):
            return total
        for k in range(1, TERMS):
            power = power * small
            total = total + power * coefficient(k)
        largest = max((*small.data.terms, *([small.data.rest] if small.data.rest else [])))
        return self._germ(total.data.terms, [total.data.rest, _power(largest, TERMS)])

    def _shifted(self, a: Number, by: Monomial, factor: Number) -> Number:
        rest = None if a.data.rest is None else _times(a.data.rest, by)
        return Number(self, Germ({_times(m, by): c * factor for m, c in a.data.terms.items()}, rest))

    def _germ(self, terms: dict[Monomial, Number], rests: Sequence[Monomial | None]) -> Number:
        known = [rest for rest in rests if rest is not None]
        nonzero = {m: c for m, c in terms.items() if not self.base.known_zero(c)}
        return Number(self, Germ(nonzero, max(known) if known else None))

    def _leading(self, germ: Germ) -> Monomial | None:
        """The monomial that grows fastest, none for 0."""
        if germ.terms:
            return next(iter(germ.terms))
        if germ.rest is not None:
            raise NoAnswerError("a limit that cancels further than it is expanded")
        return None

    def _constants(self, *numbers: Number) -> list[Number] | None:
        """All of them as numbers of the base, if none grows, or shrinks."""
        if any(n.data.rest is not None or n.data.terms.keys() - {ONE} for n in numbers):
            if any(map(self.known_infinite, numbers)):
                raise NoValueError("an infinite number beside one that grows")
            return None
        return [n.data.terms.get(ONE, self.base.lift(0)) for n in numbers]


def _times(m: Monomial, n: Monomial) -> Monomial:
    return m[0] + n[0], m[1] + n[1], m[2] + n[2]


def _power(m: Monomial, k: Exponent) -> Monomial:
    b, a, log = m
    return b * k if isinstance(b, float) else _whole(b * k), _whole(a * k), _whole(log * k)


def _whole(x: Exponent) -> Exponent:
    return x.numerator if x.denominator == 1 else x


def _binomial(power: Fraction, k: int) -> Fraction:
    return math.prod(((power - j) / (j + 1) for j in range(k)), start=Fraction(1))

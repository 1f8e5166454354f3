"""Exact numbers while they last: rationals, infinities, and rational combinations of logarithms and exponentials.

What no longer fits becomes an enclosure of a backend (`balls`, `floats`). So zeros, ties and midpoints are decided
exactly: log p - log p is 0, exp(z) / exp(z) is 1, and a rational loss never sees an enclosure at all. A rational is not added
to an enclosure before that is needed: the logarithm of 1 + x, and exp x - 1, are enclosed as well as a tiny x is.
"""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any

from lossref.bits import as_fraction
from lossref.exact.numbers import NoValueError, Number, Operand, System, UndecidedError, is_infinite

EXACT_BITS = 40_000  # a longer rational becomes an enclosure

Atom = tuple[str, Fraction]  # ("one", 1), ("log", r > 1), ("exp", r != 0) or, where roots are kept, ("sqrt", r > 0)
ONE: Atom = ("one", Fraction(1))


class Form:
    """sum of coefficient * atom, with rational coefficients and at least one atom that is not 1."""

    __slots__ = ("enclosure", "terms")

    def __init__(self, terms: dict[Atom, Fraction]) -> None:
        self.terms, self.enclosure = terms, None


class Beside:
    """rational + enclosure."""

    __slots__ = ("enclosure", "rational", "rest")

    def __init__(self, rational: Fraction, rest: Any) -> None:
        self.rational, self.rest, self.enclosure = rational, rest, None


EXACT = (Fraction, Form)  # Fraction is asked for by type(x): isinstance would ask an abstract class, a quarter of the jets' time


class Base(System):
    """Fraction, infinity or Form while exact; afterwards whatever the backend below encloses numbers with."""

    keeps_roots = False  # whether the root of a rational stays exact, so that what it is taken from itself is 0

    def __init__(self, precision: int) -> None:
        self.precision = precision
        self.atoms: dict[Atom, Any] = {ONE: self.enclose(Fraction(1))}

    # What a backend supplies; its enclosures bring + - * / and unary minus.

    @staticmethod
    def working(precision: int) -> AbstractContextManager[object]:
        """The context in which a computation at this precision runs."""
        raise NotImplementedError

    def enclose(self, x: Fraction) -> Any:
        raise NotImplementedError

    def enclosed(self, function: str, x: Any) -> Any:
        raise NotImplementedError

    def is_small(self, x: Any) -> bool:
        """Whether all of an enclosure is within 1/2."""
        raise NotImplementedError

    def enclosed_sign(self, x: Any) -> int:
        raise NotImplementedError

    def enclosed_magnitude(self, x: Any) -> Any:
        raise NotImplementedError

    def ends(self, x: Any) -> tuple[tuple[int, int], tuple[int, int]]:
        """Both ends of an enclosure, as (mantissa, exponent)."""
        raise NotImplementedError

    # The exact layer.

    def lift(self, x: Operand) -> Number:
        if isinstance(x, Number):
            return x
        return Number(self, x if is_infinite(x) else as_fraction(x))

    def near(self, x: Any) -> Any:
        """The backend's enclosure of any finite data."""
        if isinstance(x, Form):
            if x.enclosure is None:
                parts = [self.enclose(c) * self._atom(atom) for atom, c in x.terms.items()]
                x.enclosure = sum(parts[1:], parts[0])
            return x.enclosure
        if isinstance(x, Beside):
            if x.enclosure is None:
                x.enclosure = self.enclose(x.rational) + x.rest
            return x.enclosure
        return self.enclose(x) if type(x) is Fraction else x

    def add(self, a: Number, b: Number) -> Number:
        p, q = a.data, b.data
        if type(p) is Fraction and type(q) is Fraction:
            return self._rational(p + q)
        if is_infinite(p) or is_infinite(q):
            if is_infinite(p) and is_infinite(q) and p != q:
                raise NoValueError("inf - inf")
            return a if is_infinite(p) else b
        if type(p) in EXACT and type(q) in EXACT:
            terms = dict(_terms(p))
            for atom, c in _terms(q).items():
                terms[atom] = terms.get(atom, Fraction(0)) + c
            return self._form(terms)
        if p == 0 or q == 0:
            return b if p == 0 else a
        (r, x), (s, y) = self._split(p), self._split(q)
        return self._beside(r + s, y if x is None else x if y is None else x + y)

    def negate(self, a: Number) -> Number:
        if isinstance(a.data, Form):
            return self._form({atom: -c for atom, c in a.data.terms.items()})
        if isinstance(a.data, Beside):
            return Number(self, Beside(-a.data.rational, -a.data.rest))
        return Number(self, -a.data)

    def multiply(self, a: Number, b: Number) -> Number:
        p, q = a.data, b.data
        p_is_rational, q_is_rational = type(p) is Fraction, type(q) is Fraction
        if p_is_rational and (p == 0 or p == 1):
            return a if p == 0 else b  # an exact zero annihilates, log 0 included
        if q_is_rational and (q == 0 or q == 1):
            return b if q == 0 else a
        if p_is_rational and q_is_rational:
            return self._rational(p * q)
        if is_infinite(p) or is_infinite(q):
            return Number(self, math.inf * self.sign(a) * self.sign(b))
        for x, y in ((p, q), (q, p)):
            if type(x) is Fraction and isinstance(y, Form):
                return self._form({atom: x * c for atom, c in y.terms.items()})
        if (m := _power(p)) and (n := _power(q)):
            return self._form({_exp_atom(m[0] + n[0]): m[1] * n[1]})
        if (m := _power(p, "sqrt")) and (n := _power(q, "sqrt")) and m[0] == n[0]:
            return self._rational(m[0] * m[1] * n[1])
        return Number(self, self.near(p) * self.near(q))

    def divide(self, a: Number, b: Number) -> Number:
        p, q = a.data, b.data
        if is_infinite(q):
            if is_infinite(p):
                raise NoValueError("inf / inf")
            return self.lift(0)
        if type(q) is Fraction:
            if q == 0:
                raise NoValueError("x / 0")
            return self.multiply(a, Number(self, 1 / q))
        if n := _power(q):
            return self.multiply(a, self._form({_exp_atom(-n[0]): 1 / n[1]}))
        if n := _power(q, "sqrt"):
            return self.multiply(a, self._form({("sqrt", n[0]): 1 / (n[0] * n[1])}))
        if p == 0 or is_infinite(p):
            return Number(self, p * self.sign(b))
        return Number(self, self.near(p) / self.near(q))

    def sign(self, a: Number) -> int:
        x = a.data
        if type(x) is Fraction or isinstance(x, float):
            return (x > 0) - (x < 0)
        if isinstance(x, Form):
            signs = {c > 0 for c in x.terms.values()}  # every atom is positive
            if len(signs) == 1:
                return 1 if signs.pop() else -1
        return self.enclosed_sign(self.near(x))

    def known_zero(self, a: Number) -> bool:
        return type(a.data) is Fraction and a.data == 0

    def known_infinite(self, a: Number) -> bool:
        return is_infinite(a.data)

    def magnitude(self, a: Number) -> Number:
        try:
            return a if self.sign(a) >= 0 else -a
        except UndecidedError:
            return Number(self, self.enclosed_magnitude(self.near(a.data)))

    def apply(self, function: str, a: Number) -> Number:
        x = a.data
        if function == "exp":
            if is_infinite(x):
                return self.lift(math.inf if x > 0 else 0)
            if type(x) is Fraction:
                return self._form({_exp_atom(x): Fraction(1)})
            if self.is_small(x := self.near(x)):
                return Number(self, Beside(Fraction(1), self.enclosed("expm1", x)))
        elif function in ("cos", "sin"):
            if is_infinite(x):
                raise NoValueError(f"{function} of infinity")
            if x == 0:
                return self.lift(1 if function == "cos" else 0)
        elif function == "arctan":
            if is_infinite(x):
                return self.multiply(self.lift(2 if x > 0 else -2), self.apply(function, self.lift(1)))
            if type(x) is Fraction:
                return self._form({("arctan", abs(x)): Fraction(self.sign(a))})
        else:
            if self._certainly_negative(a):
                raise NoValueError(f"{function} of a negative number")
            if is_infinite(x):
                return a
            if type(x) is Fraction and x == 0:
                return self.lift(-math.inf if function == "log" else 0)
            if function == "log" and type(x) is Fraction:
                return self._form(_log_terms(x))
            if function == "log" and (n := _power(x)):
                return self.add(self.lift(n[0]), self._form(_log_terms(n[1])))
            if function == "log" and (rest := self._beyond_one(x)) is not None:
                return Number(self, self.enclosed("log1p", rest))
            if function == "sqrt" and type(x) is Fraction:
                root = Fraction(math.isqrt(x.numerator), math.isqrt(x.denominator))
                if root * root == x:
                    return self.lift(root)
                if self.keeps_roots:
                    return self._form({("sqrt", x): Fraction(1)})
        return Number(self, self.enclosed(function, self.near(x)))

    def _certainly_negative(self, a: Number) -> bool:
        try:
            return self.sign(a) < 0
        except UndecidedError:
            return False

    def _split(self, x: Any) -> tuple[Fraction, Any]:
        """A rational and an enclosure, or none, whose sum is x."""
        if type(x) is Fraction:
            return x, None
        return (x.rational, x.rest) if isinstance(x, Beside) else (Fraction(0), self.near(x))

    def _beside(self, rational: Fraction, rest: Any) -> Number:
        exact = self._rational(rational).data
        if type(exact) is not Fraction:
            return Number(self, exact + rest)
        return Number(self, Beside(exact, rest) if exact else rest)

    def _beyond_one(self, x: Any) -> Any:
        """x - 1, if that is known better than x is."""
        if isinstance(x, Form) and x.terms.get(ONE) == 1:
            rest = Form({atom: c for atom, c in x.terms.items() if atom != ONE})
        elif isinstance(x, Beside) and x.rational == 1:
            rest = x.rest
        else:
            return None
        return near if self.is_small(near := self.near(rest)) else None

    def _rational(self, x: Fraction) -> Number:
        long = x.numerator.bit_length() + x.denominator.bit_length() > EXACT_BITS
        return Number(self, self.enclose(x) if long else x)

    def _form(self, terms: dict[Atom, Fraction]) -> Number:
        terms = {atom: c for atom, c in terms.items() if c}
        if not terms.keys() - {ONE}:
            return self._rational(terms.get(ONE, Fraction(0)))
        return Number(self, Form(terms))

    def _atom(self, atom: Atom) -> Any:
        if atom not in self.atoms:
            self.atoms[atom] = self.enclosed(atom[0], self.enclose(atom[1]))
        return self.atoms[atom]


def _terms(x: Fraction | Form) -> dict[Atom, Fraction]:
    return x.terms if isinstance(x, Form) else {ONE: x}


def _exp_atom(r: Fraction) -> Atom:
    return ("exp", r) if r else ONE


def _log_terms(r: Fraction) -> dict[Atom, Fraction]:
    """log r for a positive rational, by an atom above 1 so that every atom is positive."""
    return {} if r == 1 else {("log", r): Fraction(1)} if r > 1 else {("log", 1 / r): Fraction(-1)}


def _power(x: Any, function: str = "exp") -> tuple[Fraction, Fraction] | None:
    """(a, c) where x is c * exp(a), or c times another function of a, and nothing else."""
    if isinstance(x, Form) and len(x.terms) == 1:
        ((name, r), c) = next(iter(x.terms.items()))
        return (r, c) if name == function else None
    return None

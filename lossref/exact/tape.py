"""A tape: a number system that computes nothing and writes down what is to be computed, each operation once.

A number of it is the place of a node (operation, operands), where operands come before what uses them. Constants are folded and
0 and 1 vanish, as the exact layer of the number systems has it. What is asked about a node that only its value can answer, whether
it is exactly 0, is answered with no and written down in `asked`: a run of the tape holds only where its enclosures prove that.
Nothing is written down of an enclosure, which the exact layer never knows to be 0; so each node has a kind:

    rational    a Fraction of the exact layer, if a square root in it is one
    power       c exp(r), with rational c and r
    several     a sum of two powers of different r, or more, all of one sign: no function of it but a rational multiple is exact
    form        what else may be exact: logarithms of rationals, sums that may cancel
    enclosure   never exact
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from lossref.bits import as_fraction, unflushed
from lossref.exact.numbers import Number, Operand, System, is_infinite

Node = tuple[Any, ...]
LEAVES = ("in", "ulp", "const")
ZERO, ONE, MINUS_ONE = 0, 1, 2  # the nodes of these constants
NEVER_ZERO = ("in", "ulp", "exp")  # an input of 0 is a constant of the tape
NEVER_NEGATIVE = ("exp", "abs", "sqrt", "ulp", "others")
AT_ZERO = {"exp": 1, "cos": 1, "sin": 0, "sqrt": 0, "arctan": 0}


class HandedOverError(ArithmeticError):
    """What no tape can answer, which the jets over the exact layer do."""


class Tape(System):
    """Nodes, each stored once."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.asked: dict[int, None] = {}
        self._places: dict[Node, int] = {}
        self._products: dict[tuple[int, int], Number] = {}
        self._magnitudes: dict[int, Number] = {}
        self.never_negative: list[bool] = []  # what the structure of each node proves
        self.never_zero: list[bool] = []
        self.kinds: list[str] = []
        self.is_followed = True  # while what is written down is asked about later
        self.spreads: dict[tuple[int, ...], None] = {}  # exponents that must not all be equal
        self._exponents: dict[int, int] = {}  # of powers, where that is one node
        self._lifted: dict[Operand, Number] = {}
        for x in (0, 1, -1):
            self.lift(x)

    def node(self, *key: Any) -> Number:
        return Number(self, self._place(key))

    def lift(self, x: Operand) -> Number:
        if isinstance(x, Number):
            return x
        key = unflushed(x)
        if key not in self._lifted:
            if is_infinite(x) or x != x:
                raise HandedOverError("an infinity")
            self._lifted[key] = self.node("const", as_fraction(x))
        return self._lifted[key]

    def known(self, a: Number) -> Fraction | None:
        """The value of a constant."""
        node = self.nodes[a.data]
        return node[1] if node[0] == "const" else None

    def to_prove(self) -> list[int]:
        """The nodes that must not be 0 where the tape is run."""
        return [*self.asked, *(self._place(("spread", *exponents)) for exponents in self.spreads)]

    # Arithmetic.

    def add(self, a: Number, b: Number) -> Number:
        if a.data == ZERO or b.data == ZERO:
            return b if a.data == ZERO else a
        x, y = self.known(a), self.known(b)
        if x is not None and y is not None:
            return self.lift(x + y)
        return self.node("add", a.data, b.data)

    def total(self, terms: Iterable[Number]) -> Number:
        """The sum of many, as one operation; one in which partial sums may be exactly 0 proves by itself that none is."""
        kept = [x for x in terms if x.data != ZERO]
        if len(kept) > 2 and len(kept) > len(times := Counter(x.data for x in kept)):
            kept = [Number(self, place) * many for place, many in times.items()]  # equal terms, where equal inputs are one
        if len(kept) < 3:
            return self.sum(kept)
        exact = next((k for k, x in enumerate(kept) if self.kinds[x.data] == "enclosure"), len(kept))
        if exact < 2 or all(self.never_negative[x.data] for x in kept):
            return self.node("sum", *(x.data for x in kept))
        if exact == len(kept):
            return self.node("total", *(x.data for x in kept))
        first = self.total(kept[:exact])
        self.known_zero(first)
        return self.total([first, *kept[exact:]])

    def negate(self, a: Number) -> Number:
        op, *rest = self.nodes[a.data]
        return self.lift(-rest[0]) if op == "const" else Number(self, rest[0]) if op == "neg" else self.node("neg", a.data)

    def multiply(self, a: Number, b: Number) -> Number:
        i, j = a.data, b.data
        if (known := self._products.get((i, j))) is None:
            known = self._products[i, j] = self._product(a, b)
        return known

    def _product(self, a: Number, b: Number) -> Number:
        i, j = a.data, b.data
        if i <= MINUS_ONE:
            return a if i == ZERO else b if i == ONE else -b
        if j <= MINUS_ONE:
            return b if j == ZERO else a if j == ONE else -a
        x, y = self.nodes[i], self.nodes[j]
        is_negative = (x[0] == "neg") != (y[0] == "neg")
        if x[0] == "neg":
            i, x = x[1], self.nodes[x[1]]
        if y[0] == "neg":
            j, y = y[1], self.nodes[y[1]]
        product = self.lift(x[1] * y[1]) if x[0] == y[0] == "const" else self.node("mul", i, j) if i <= j else self.node("mul", j, i)
        return -product if is_negative else product

    def divide(self, a: Number, b: Number) -> Number:
        return self.multiply(a, self.inverse(b))

    def inverse(self, a: Number) -> Number:
        x = self.known(a)
        if x == 0:
            raise HandedOverError("x / 0")
        if x is not None:
            return self.lift(1 / x)
        op, *rest = self.nodes[a.data]
        if op == "neg":
            return -self.inverse(Number(self, rest[0]))
        if op == "mul":
            left, right = (self.inverse(Number(self, place)) for place in rest)
            return self.multiply(left, right)
        return Number(self, rest[0]) if op == "inv" else self.node("inv", a.data)

    def apply(self, function: str, a: Number) -> Number:
        x = self.known(a)
        if x == 0:
            if function not in AT_ZERO:
                raise HandedOverError(f"{function} of 0")
            return self.lift(AT_ZERO[function])
        if x is not None and function in ("log", "sqrt"):
            if x < 0:
                raise HandedOverError(f"{function} of a negative number")
            if x == 1:
                return self.lift(0 if function == "log" else 1)
            root = Fraction(math.isqrt(x.numerator), math.isqrt(x.denominator))
            if function == "sqrt" and root * root == x:
                return self.lift(root)
        return self.node(function, a.data)

    def magnitude(self, a: Number) -> Number:
        if self.never_negative[a.data]:
            return a
        if (known := self._magnitudes.get(a.data)) is None:
            known = self._magnitudes[a.data] = self._magnitude(a)
        return known

    def _magnitude(self, a: Number) -> Number:
        op, *rest = self.nodes[a.data]
        if op == "const":
            return self.lift(-rest[0])
        if op == "neg":
            return self.magnitude(Number(self, rest[0]))
        if op == "mul":
            left, right = (self.magnitude(Number(self, place)) for place in rest)
            return self.multiply(left, right)
        return self.node("abs", a.data)

    def sign(self, a: Number) -> int:
        x = self.known(a)
        if x is None:
            raise HandedOverError("the sign of a number that is not known yet")
        return (x > 0) - (x < 0)

    def known_zero(self, a: Number) -> bool:
        if self.nodes[a.data][0] != "const":
            self._ask(a.data)
        return bool(a.data == ZERO)

    def known_infinite(self, a: Number) -> bool:
        return False

    def _ask(self, place: int) -> None:
        """Whether a node is 0 is whether one of its factors is."""
        if place in self.asked or self.never_zero[place]:
            return  # what vanishes with one of its factors is asked about these
        op, *rest = self.nodes[place]
        if op in ("neg", "abs", "sqrt", "mul"):
            for part in rest:
                self._ask(part)
        elif op != "inv" and self.kinds[place] != "enclosure":
            self.asked[place] = None

    def _place(self, key: Node) -> int:
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self.nodes)
            self.nodes.append(key)
            op, *rest = key
            self.never_negative.append(self._is_never_negative(op, rest))
            self.never_zero.append(self._is_never_zero(op, rest))
            self.kinds.append(self._kind(op, rest, place))
        return place

    def _is_never_negative(self, op: str, rest: list[Any]) -> bool:
        if op in NEVER_NEGATIVE or (op == "const" and rest[0] >= 0):
            return True
        if op == "mul" and rest[0] == rest[1]:
            return True
        return op in ("mul", "add", "sum", "inv") and all(map(self.never_negative.__getitem__, rest))

    def _is_never_zero(self, op: str, rest: list[Any]) -> bool:
        if op in NEVER_ZERO or (op == "const" and rest[0] != 0):
            return True
        if op in ("neg", "abs", "sqrt", "inv", "mul"):
            return all(map(self.never_zero.__getitem__, rest))
        return op in ("add", "sum") and self.never_negative[-1] and any(map(self.never_zero.__getitem__, rest))

    def _kind(self, op: str, rest: list[Any], place: int) -> str:
        if op in LEAVES:
            return "rational"
        if op in ("list", "others", "spread"):
            return "enclosure"
        for x in rest:
            if self.kinds[x] == "enclosure":
                return "enclosure"
        kinds = {self.kinds[x] for x in rest}
        first: str = self.kinds[rest[0]]
        if op in ("neg", "abs"):
            return first
        if op in ("add", "sum", "total"):
            return "rational" if kinds == {"rational"} else self._kind_of_sum(rest, place)
        if op == "mul" and "rational" in kinds:
            other = next((x for x in rest if self.kinds[x] != "rational"), rest[0])
            if other in self._exponents:
                self._exponents[place] = self._exponents[other]
            kind: str = self.kinds[other]
            return kind
        if op == "mul":
            return "enclosure" if "several" in kinds else "power" if kinds == {"power"} else "form"
        if op == "inv":
            return "enclosure" if first == "several" else first
        if op == "exp" and first == "rational":
            self._exponents[place] = rest[0]
            return "power"
        if op == "sqrt":
            return "rational" if first == "rational" else "form" if first == "form" else "enclosure"
        if op in ("exp", "log", "arctan"):
            return "enclosure" if first == "several" or (op, first) == ("exp", "power") else "form"
        return "form" if first == "form" else "enclosure"

    def _kind_of_sum(self, rest: list[Any], place: int) -> str:
        """Several where all terms are of one sign and two of their exponents differ, which a run has to prove."""
        if not all(self.never_negative[x] for x in rest):
            return "form"
        if any(self.kinds[x] == "several" for x in rest):
            return "several"
        if any(self.kinds[x] == "form" or (self.kinds[x] == "power" and x not in self._exponents) for x in rest):
            return "form"
        exponents = tuple(dict.fromkeys(self._exponents.get(x, ZERO) for x in rest))
        if len(exponents) == 1:
            self._exponents[place] = exponents[0]
            return "power"
        if self.is_followed and not (ZERO in exponents and any(self.never_zero[e] for e in exponents)):
            self.spreads[exponents] = None
        return "several"

"""What follows from a recording, on the same tape: the gradient by one pass back, and the terms of the second order.

The second-order terms are sums of c r s': one for each curved step, with c what the step weighs in the result and r, s the rows of its
operands' derivatives. Derivatives carry their sizes where the recording does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from lossref.exact.numbers import Number, Operand, computed_one
from lossref.exact.record import Recorder, TapeSizes, plain, total
from lossref.exact.tape import Tape

Row = dict[int, Number]  # variable -> derivative

# f'(x) and f''(x), given x and y = f(x), written apart from the jets' table, which is their test.
SLOPE: dict[str, Callable[[Number, Number], Number]] = {
    "exp": lambda x, y: y,
    "log": lambda x, y: 1 / x,
    "sqrt": lambda x, y: 1 / (2 * y),
    "inv": lambda x, y: -(y * y),
    "cos": lambda x, y: -x.system.sin(x),
    "sin": lambda x, y: x.system.cos(x),
    "arctan": lambda x, y: 1 / (x * x + 1),
}
BEND: dict[str, Callable[[Number, Number], Number]] = {
    "exp": lambda x, y: y,
    "log": lambda x, y: -((1 / x) * (1 / x)),
    "sqrt": lambda x, y: -2 * (1 / (2 * y)) * (1 / (2 * y)) * (1 / (2 * y)),
    "inv": lambda x, y: 2 * y * y * y,
    "cos": lambda x, y: -x.system.cos(x),
    "sin": lambda x, y: -x.system.sin(x),
    "arctan": lambda x, y: -2 * x * (1 / (x * x + 1)) * (1 / (x * x + 1)),
}


@dataclass(frozen=True)
class Term:
    """c r s', or c r r' where s is r; a product's other half is meant where it is not."""

    factor: Number
    left: Row
    right: Row

    @property
    def is_square(self) -> bool:
        return self.left is self.right


class Adjoint:
    """Derivatives of one step of a recording; with `sized` they carry sizes."""

    def __init__(self, recorder: Recorder, root: int, *, sized: bool) -> None:
        self.recorder = recorder
        self.under: Tape | TapeSizes = recorder.under if sized else recorder.tape
        self.sized = sized
        self.weights = self._weights(root)
        self._rows: dict[int, Row] = {}

    def gradient(self) -> list[Number]:
        zero = self.under.lift(0)
        return [self.weights.get(place, zero) for place in self.recorder.variables]

    def _number(self, place: int) -> Number:
        number = self.recorder.steps[place].number
        return number if self.sized else plain(number)

    def _weights(self, root: int) -> dict[int, Number]:
        """d(root)/d(step) for every step below, what comes of several uses added in the order in which the definition made them."""
        steps, found = self.recorder.steps, {}
        parts: dict[int, list[Number]] = {root: [computed_one(self.under)]}
        left = [-root] if steps[root].varies else []  # the last first, and none that the root is not made of
        while left:
            place = -heappop(left)
            weight = found[place] = total(self.under, parts[place][::-1])
            op, operands = steps[place].op, steps[place].operands
            for x, passed in zip(operands[::-1], self._passed(op, operands, place, weight)[::-1], strict=True):
                if steps[x].varies:
                    if x not in parts:
                        heappush(left, -x)
                    parts.setdefault(x, []).append(passed)
        return found

    def _passed(self, op: str, operands: tuple[int, ...], place: int, weight: Number) -> list[Number]:
        if op == "in":
            return []
        if op == "sum":
            return [weight] * len(operands)
        if op == "neg":
            return [-weight]
        if op == "mul":
            return [weight * self._number(operands[1]), weight * self._number(operands[0])]
        return [weight * SLOPE[op](self._number(operands[0]), self._number(place))]

    # Second order.

    def terms(self) -> list[Term]:
        found = []
        for place, weight in sorted(self.weights.items()):
            step = self.recorder.steps[place]
            if step.op in ("in", "sum", "neg"):
                continue
            rows = [self._row(x) for x in step.operands]
            if step.op == "mul" and rows[0] is not rows[1]:
                if rows[0] and rows[1]:
                    found.append(Term(weight, *rows))
            elif step.op == "mul":
                found.append(Term(weight + weight, rows[0], rows[0]))
            else:
                bend = BEND[step.op](self._number(step.operands[0]), self._number(place))
                found.append(Term(weight * bend, rows[0], rows[0]))
        return found

    def _row(self, root: int) -> Row:
        """The derivatives of a step in the variables."""
        steps, stack = self.recorder.steps, [root]
        while stack:
            place = stack[-1]
            step = steps[place]
            if place in self._rows or (missing := [x for x in step.operands if steps[x].varies and x not in self._rows]) == []:
                if place not in self._rows:
                    self._rows[place] = self._own_row(place)
                stack.pop()
            else:
                stack += missing
        return self._rows[root]

    def _own_row(self, place: int) -> Row:
        step = self.recorder.steps[place]
        if not step.varies:
            return {}
        if step.op == "in":
            return {self.recorder.variables[place]: computed_one(self.under)}
        parts: dict[int, list[Number]] = {}
        x = step.operands[0]
        pairs: list[tuple[int, Number | None]]
        if step.op == "mul":
            pairs = [(x, self._number(step.operands[1])), (step.operands[1], self._number(x))]
        elif step.op in ("sum", "neg"):
            pairs = [(y, None) for y in step.operands]
        else:
            pairs = [(x, SLOPE[step.op](self._number(x), self._number(place)))]
        for y, factor in pairs:
            for j, r in self._rows.get(y, {}).items():
                parts.setdefault(j, []).append(-r if step.op == "neg" else r if factor is None else factor * r)
        return {j: total(self.under, own) for j, own in parts.items()}

    def diagonal(self, terms: Sequence[Term], width: int) -> list[Number]:
        """The Hessian's diagonal in the first variables."""
        parts: dict[int, list[Number]] = {j: [] for j in range(width)}
        for term in terms:
            few, many = sorted((term.left, term.right), key=len)
            for j in few:
                if j < width and j in many:
                    product = term.factor * term.left[j] * term.right[j]
                    parts[j].append(product if term.is_square else product + product)
        return [total(self.under, parts[j]) for j in range(width)]


def reach(recorder: Recorder, place: int, ulps: Sequence[Operand]) -> Number:
    """How near 0 a comparison's gap counts as met: what so many ulps of every input move it by."""
    tape, variables = recorder.tape, recorder.variables
    weights = Adjoint(recorder, place, sized=False).weights
    return tape.total(tape.magnitude(weights[x]) * ulps[variables[x]] for x in sorted(weights.keys() & variables.keys()))

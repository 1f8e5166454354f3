"""A tape in the order in which it is run: operations of one kind at one level are one step, which maps over lists.

A run has one list of registers: the inputs and constants, then what each step gives, appended. Numbers of every kind that know + * -
and abs are run so; their functions, and how many of them are added, come as a mapping by the names that the tape has for them.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from itertools import accumulate
from operator import itemgetter
from typing import Any

from lossref.exact.tape import LEAVES, Node, Tape

Registers = list[Any]
Step = Callable[[Registers], None]
Made = Callable[[Mapping[str, Any]], Step]  # what makes a step of functions by name
OPERATORS: dict[str, Callable[..., Any]] = {"add": operator.add, "mul": operator.mul, "neg": operator.neg, "abs": abs}
OF_MANY = ("sum", "total", "spread", "list")  # operations that take one sequence of numbers


def others(numbers: Sequence[Any]) -> list[Any]:
    """For each number the sum of all the others, without subtracting."""
    before, after = list(accumulate(numbers, operator.add)), list(accumulate(reversed(numbers), operator.add))[::-1]
    return [after[1], *map(operator.add, before, after[2:]), before[-2]]


class Schedule:
    """The steps for the nodes of `first`, and, where the ulps of the inputs are given, for the lists of `then`."""

    def __init__(self, tape: Tape, first: Sequence[int], then: Sequence[Sequence[int]]) -> None:
        self._nodes: list[Node] = tape.nodes
        self._at: dict[int, int] = {}  # in which register a node is
        self._levels: dict[int, int] = {}
        before = self._needed(first, ())
        after = self._needed([place for places in then for place in places], before)
        self._inputs = _picked(self._leaves("in", [*before, *after]))
        self.constants = self._leaves("const", [*before, *after])
        self._before = self._steps(before)
        self._ulps = _picked(self._leaves("ulp", after))
        self._after = self._steps(after)
        self._first, *self._then = (_picked([self._at[place] for place in places]) for places in (first, *then))
        del self._nodes, self._at, self._levels

    def over(self, functions: Mapping[str, Any]) -> Callable[..., Any]:
        """The function of inputs, their ulps and constants over one kind of numbers; without ulps it gives the list of `first` alone."""
        known = {**OPERATORS, **functions, "inv": partial(operator.truediv, functions["one"]), "list": others}
        before: list[Step] = [made(known) for made in self._before]
        after: list[Step] = []

        def run(inputs: Sequence[Any], ulps: Sequence[Any] | None, constants: Sequence[Any]) -> Any:
            registers = [*self._inputs(inputs), *constants]
            for step in before:
                step(registers)
            if ulps is None:
                return self._first(registers)
            if not after:
                after.extend(made(known) for made in self._after)
            registers += self._ulps(ulps)
            for step in after:
                step(registers)
            return self._first(registers), *(listed(registers) for listed in self._then)

        return run

    def _needed(self, places: Sequence[int], known: Collection[int]) -> list[int]:
        """These nodes and what they are made of, operands first, without what is known."""
        found, waiting, known = set(), list(places), set(known)
        while waiting:
            place = waiting.pop()
            if place not in found and place not in known:
                found.add(place)
                waiting += self._operands(place)
        return sorted(found)

    def _operands(self, place: int) -> Sequence[Any]:
        op, *rest = self._nodes[place]
        return () if op in LEAVES else rest[:1] if op == "others" else rest

    def _leaves(self, op: str, places: Sequence[int]) -> list[Any]:
        """What stands in the leaves of one kind, each in the next register."""
        leaves = [place for place in places if self._nodes[place][0] == op]
        for place in leaves:
            self._at[place], self._levels[place] = len(self._at), 0
        return [self._nodes[place][1] for place in leaves]

    def _steps(self, places: Sequence[int]) -> list[Made]:
        """One step for each operation at each level; of many numbers, and of one list, each is a step."""
        groups = defaultdict(list)
        for place in places:
            op, *rest = self._nodes[place]
            if op not in LEAVES:
                level = self._levels[place] = 1 + max(self._levels[x] for x in self._operands(place))
                groups[level, op, (place if op in OF_MANY else rest[0] if op == "others" else 0)].append(place)
        steps: list[Made] = []
        for (_, op, _), members in sorted(groups.items()):
            operands = [self._nodes[place][1:] for place in members]
            for place in members:
                self._at[place] = len(self._at)
            if op == "others":
                steps.append(partial(_entries, self._at[operands[0][0]], _picked([i for _, i in operands])))
                continue
            columns = operands if op in OF_MANY else zip(*operands, strict=True)
            steps.append(_step(op, [[self._at[x] for x in column] for column in columns]))
        return steps


def _step(op: str, columns: Sequence[Sequence[int]]) -> Made:
    """The operation over the registers of its columns, to be made of a function of that name."""
    if op in OF_MANY:
        return partial(_of_many, op, _picked(columns[0]))
    if len(columns[0]) == 1:
        return partial(_alone, op, [column[0] for column in columns])
    return partial(_of_each, op, [itemgetter(*column) for column in columns])


def _of_many(op: str, numbers: Callable[[Registers], Any], known: Mapping[str, Any]) -> Step:
    function = known[op]
    return lambda registers: registers.append(function(numbers(registers)))


def _alone(op: str, places: Sequence[int], known: Mapping[str, Any]) -> Step:
    function, (a, *rest) = known[op], places
    if not rest:
        return lambda registers: registers.append(function(registers[a]))
    (b,) = rest
    return lambda registers: registers.append(function(registers[a], registers[b]))


def _of_each(op: str, columns: Sequence[Callable[[Registers], Any]], known: Mapping[str, Any]) -> Step:
    function, (left, *rest) = known[op], columns
    if not rest:
        return lambda registers: registers.extend(map(function, left(registers)))
    (right,) = rest
    return lambda registers: registers.extend(map(function, left(registers), right(registers)))


def _entries(of: int, picked: Callable[[Sequence[Any]], list[Any]], known: Mapping[str, Any]) -> Step:
    """Some entries of the list that a register holds."""
    return lambda registers: registers.extend(picked(registers[of]))


def _picked(indices: Sequence[int]) -> Callable[[Sequence[Any]], list[Any]]:
    """These entries of a list, as a list."""
    if len(indices) < 2:
        return lambda numbers: [numbers[i] for i in indices]
    picked = itemgetter(*indices)
    return lambda numbers: list(picked(numbers))

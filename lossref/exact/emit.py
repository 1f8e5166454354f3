"""A tape as the source of one Python function, the only compiled source of this package: print it to read it.

The function takes the inputs, their ulps and the constants, three lists of numbers that know + * - / and abs, and returns one list
for each list of nodes that is asked for; without ulps the first of these lists alone. Operations of one kind at one level, eight or
more, become a list comprehension.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from operator import add, itemgetter
from types import CodeType
from typing import Any

from lossref.exact.tape import LEAVES, Node, Tape

WIDE = 8
FORMS = {"add": "{} + {}", "mul": "{} * {}", "neg": "-{}", "inv": "one / {}", "abs": "abs({})"}
HOMES = {"in": "x", "ulp": "u"}


def others(numbers: Sequence[Any]) -> list[Any]:
    """For each number the sum of all the others, without subtracting."""
    before, after = list(accumulate(numbers, add)), list(accumulate(reversed(numbers), add))[::-1]
    return [after[1], *map(add, before, after[2:]), before[-2]]


@dataclass(frozen=True)
class Source:
    """The text of the function, its constants, and the selections of list entries that it uses."""

    text: str
    constants: tuple[Fraction, ...]
    selections: Mapping[str, itemgetter[Any]]

    @cached_property
    def _code(self) -> CodeType:
        return compile(self.text, "<a recorded definition>", "exec")

    def build(self, names: Mapping[str, Any]) -> Callable[..., Any]:
        """The function over one kind of numbers: `names` has one, exp, log ..., and how to add many."""
        space = {**names, **self.selections, "others": others}
        exec(self._code, space)
        run: Callable[..., Any] = space["run"]
        return run


def source(tape: Tape, first: Sequence[int], then: Mapping[str, Sequence[int]]) -> Source:
    """The function that gives the nodes of `first`, and with ulps those of `then` too."""
    writer = _Writer(tape)
    writer.write_all(first)
    writer.lines += [f"first = {writer.listed(first)}", "if u is None:", "    return first"]
    writer.write_all([place for places in then.values() for place in places])
    result = ", ".join(["first", *(writer.listed(places) for places in then.values())])
    text = "\n    ".join(["def run(x, u, c):", *writer.lines, f"return {result}"]) + "\n"
    return Source(text, tuple(writer.constants), writer.selections)


class _Writer:
    def __init__(self, tape: Tape) -> None:
        self.nodes: list[Node] = tape.nodes
        self.lines: list[str] = []
        self.constants: list[Fraction] = []
        self.selections: dict[str, itemgetter[Any]] = {}
        self._home: dict[int, tuple[str, int | None]] = {}  # the local that a node is, or its list and place there
        self._level: dict[int, int] = {}
        self._lengths: dict[str, int] = {}

    def write_all(self, places: Sequence[int]) -> None:
        """The lines for these nodes and what they are made of, level by level, without what is there already."""
        for (_, op), members in self._groups(self._needed(list(places))):
            (self._write_sums if op in ("sum", "total", "spread", "list", "others") else self._write)(op, members)

    def _needed(self, places: list[int]) -> list[int]:
        found: set[int] = set()
        while places:
            place = places.pop()
            if place not in found and place not in self._home:
                found.add(place)
                places += self._operands(place)
        return sorted(found)

    def _operands(self, place: int) -> Sequence[int]:
        op, *rest = self.nodes[place]
        return () if op in LEAVES else rest[:1] if op == "others" else rest

    def _groups(self, needed: list[int]) -> list[tuple[tuple[int, str], list[int]]]:
        level = self._level
        groups = defaultdict(list)
        for place in needed:
            op, *rest = self.nodes[place]
            if op in LEAVES:
                level[place] = 0
                if op == "const":
                    self._home[place] = ("c", len(self.constants))
                    self.constants.append(rest[0])
                else:
                    self._home[place] = (HOMES[op], rest[0])
            else:
                level[place] = 1 + max(level[x] for x in self._operands(place))
                groups[level[place], op].append(place)
        return sorted(groups.items())

    def _name(self, place: int) -> str:
        home, i = self._home[place]
        return home if i is None else f"{home}[{i}]"

    def listed(self, places: Sequence[int]) -> str:
        """An expression for the list of these nodes, in runs that one list holds; of many equal ones each is listed once."""
        at = {place: k for k, place in enumerate(dict.fromkeys(places))}
        if len(places) >= WIDE and 2 * len(at) <= len(places):
            return self._selected([at[place] for place in places], self.listed(list(at)))
        runs: list[list[int]] = []
        for place in places:
            home, i = self._home[place]
            if runs and i is not None and self._home[runs[-1][0]][0] == home:
                runs[-1].append(place)
            else:
                runs.append([place])
        parts: list[str] = []
        for run in runs:
            home = self._home[run[0]][0]
            indices = [self._home[place][1] or 0 for place in run]
            if len(run) < WIDE:
                if parts and parts[-1].startswith("[") and parts[-1].endswith("]"):
                    parts[-1] = f"{parts[-1][:-1]}, {', '.join(map(self._name, run))}]"
                else:
                    parts.append(f"[{', '.join(map(self._name, run))}]")
            elif indices == list(range(indices[0], indices[0] + len(run))):
                parts.append(home if len(run) == self._lengths.get(home) else f"{home}[{indices[0]}:{indices[-1] + 1}]")
            else:
                parts.append(self._selected(indices, home))
        return " + ".join(parts) if parts else "[]"

    def _selected(self, indices: Sequence[int], of: str) -> str:
        """An expression for some entries of a list."""
        name = f"select{len(self.selections)}"
        self.selections[name] = itemgetter(*indices)
        return f"list({name}({of}))"

    def _write_sums(self, op: str, members: list[int]) -> None:
        for place in members:
            rest = self.nodes[place][1:]
            if op == "others":
                self._home[place] = (f"o{rest[0]}", rest[1])
                continue
            self._home[place] = (f"{'l' if op == 'list' else 'r'}{place}", None)
            if op == "list":
                self.lines.append(f"l{place} = {self.listed(rest)}")
                self.lines.append(f"o{place} = others(l{place})")
            elif op == "sum" and len(rest) < 2 * WIDE:
                self.lines.append(f"r{place} = {' + '.join(map(self._name, rest))}")
            else:
                self.lines.append(f"r{place} = {op}({self.listed(rest)})")

    def _write(self, op: str, members: list[int]) -> None:
        kinds = defaultdict(list)
        for place in members:
            kinds[tuple(self._home[x][0] for x in self.nodes[place][1:])].append(place)
        for group in kinds.values():
            if len(group) >= WIDE:
                self._write_many(op, group)
                continue
            for place in group:
                self._home[place] = (f"r{place}", None)
                self.lines.append(f"r{place} = {_form(op, [self._name(x) for x in self.nodes[place][1:]])}")

    def _write_many(self, op: str, group: list[int]) -> None:
        home = f"v{len(self._lengths)}"
        names, loops = [], []
        for letter, column in zip("ab", zip(*(self.nodes[place][1:] for place in group), strict=True), strict=False):
            if len(set(column)) == 1:
                names.append(self._name(column[0]))
            else:
                names.append(letter)
                loops.append((letter, self.listed(column)))
        what = ", ".join(letter for letter, _ in loops)
        over = loops[0][1] if len(loops) == 1 else f"zip({', '.join(listed for _, listed in loops)}, strict=True)"
        self.lines.append(f"{home} = [{_form(op, names)} for {what} in {over}]")
        self._lengths[home] = len(group)
        for i, place in enumerate(group):
            self._home[place] = (home, i)


def _form(op: str, names: Sequence[str]) -> str:
    return FORMS.get(op, op + "({})").format(*names)

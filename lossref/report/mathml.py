"""The formulas of a docstring as MathML: what is written for a terminal, read once more for a page.

The notation is that of the loss files. `x_j`, `x_{a b}` and `x^2` are indices and powers; `f(x)` without a space is a function of x, and
`f (x)` with one a product; `1/n` without spaces is a factor, while `a b / (c d)` divides all by all. Six spaces after a comma, or a new
line, part two formulas, and two spaces two cases of one: `0  if x < 0,  1  otherwise`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from xml.etree.ElementTree import Element, tostring

APPLY, TIMES, COMMA = "\u2061", "\u2062", "\u2063"  # what is heard and not seen
GREEK = dict(zip(("alpha", "beta", "gamma", "delta", "epsilon", "lambda", "pi", "tau"), "αβγδελπτ", strict=True))
FUNCTIONS = {"log", "exp", "cos", "arccos", "arctan", "tanh", "sign", "softmax", "clip", "sqrt"}
OVER = {"sum": "∑", "prod": "∏", "max": "max", "min": "min", "median": "median"}  # their range stands below them
NAMES = {"TP", "FP", "FN", "low", "high", "floor"}  # of more than one letter
SIGNS = {"-": "−", "!=": "≠", "<=": "≤", ">=": "≥", "in": "∈", "'": "′"}
CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|"}
BREAKING = {"+", "−", "=", "<", ">", "≠", "≤", "≥"}
NARROW, WIDE = ".17em", "1em"

TOKEN = re.compile(
    r" *(?:(?P<case>, {2,})|(?P<slope>d[A-Za-z](?:_[a-z])?/d[A-Za-z](?:_[A-Za-z]+)?)|(?P<condition>(?:if|for)\b|(?:otherwise|where)\b.*)"
    r"|(?P<relation>[!<>]=|[=<>:]|in\b)|(?P<name>[A-Za-z]+)|(?P<number>\d+)|(?P<sign>[-+/^_,'|()\[\]{}])|(?P<end>$))"
)


class FormulaError(ValueError):
    """A formula that is not in the notation."""


class Token(NamedTuple):
    kind: str
    text: str
    apart: bool  # from the one before, by a space
    at: int


def parts(documentation: str) -> tuple[str, str, str]:
    """The sentence that a docstring begins with, its formulas, and all that follows."""
    sentence, formulas, rest = documentation.split("\n\n", 2)
    return sentence, formulas, rest


def block(formulas: str) -> str:
    """A piece of HTML, with each formula of a docstring on a line of its own."""
    return f'<div class="formula">{"".join(f"<div>{math(formula)}</div>" for formula in apart(formulas))}</div>'


def apart(formulas: str) -> list[str]:
    """The formulas of a docstring one by one."""
    return [formula for line in formulas.splitlines() for formula in re.split(r", {6,}", line.strip().removesuffix(","))]


def math(formula: str) -> str:
    """One formula in pieces, which a narrow page puts below each other: before a relation, a plus or a minus outside of brackets."""
    pieces: list[list[Element]] = [[]]
    for element in _Reader(formula).formula():
        if pieces[-1] and element.tag == "mo" and element.text in BREAKING and element.get("form") != "prefix":
            element.set("form", "infix")  # as it would not be read where it begins a piece
            pieces.append([])
        pieces[-1].append(element)
    return "<wbr />".join(tostring(_made("math", piece, displaystyle="true"), encoding="unicode") for piece in pieces)


class _Reader:
    """By recursive descent: a method takes what it is named after from the tokens, and returns the row of elements that it makes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.within = [""]  # brackets that are open: a bar closes the one that it is in
        at = 0
        while not self.tokens or self.tokens[-1].kind != "end":
            if not (found := TOKEN.match(text, at)):
                raise FormulaError(f"{text[at:]!r} is not in the notation of formulas, in {text!r}")
            kind = str(found.lastgroup)
            self.tokens.append(Token(kind, found[kind], found.start(kind) > at, found.start(kind)))
            at = found.end()

    def formula(self) -> list[Element]:
        if re.fullmatch("[a-z ]+", self.text):  # a remark
            return [_leaf("mtext", self.text)]
        before, value = self.sides()
        if self.next.kind == "condition":
            rows = [(value, self.condition())]
            while self.meets("case"):
                rows.append((self.sum(), self.condition()))
            cases = _made("mtable", (_made("mtr", (_made("mtd", cell) for cell in row)) for row in rows), displaystyle="true")
            value = [_made("mrow", [_leaf("mo", "{"), cases])] if len(rows) > 1 else [*value, _made("mspace", width=WIDE), *rows[0][1]]
        if self.next.kind != "end":
            raise self.error("what it means is not clear")
        return before + value

    @property
    def next(self) -> Token:
        return self.tokens[0]

    def error(self, words: str) -> FormulaError:
        return FormulaError(f"{words}: {self.text[self.next.at :]!r} of {self.text!r}")

    def meets(self, *wanted: str, close: bool = False) -> Token | None:
        """The next token if it is of these, which is taken then; `close` if it must follow without a space."""
        if {self.next.text, self.next.kind}.isdisjoint(wanted) or (close and self.next.apart):
            return None
        return self.tokens.pop(0)

    def condition(self) -> list[Element]:
        if not (found := self.meets("condition")):
            raise self.error("a case has no condition")
        if found.text not in ("if", "for"):
            return [_leaf("mtext", found.text)]
        return [_leaf("mtext", f"{found.text}\u00a0"), *self.relation()]

    def relation(self) -> list[Element]:
        before, last = self.sides()
        return before + last

    def sides(self) -> tuple[list[Element], list[Element]]:
        """A chain of relations: all up to the last sign, and what follows it."""
        before, last = [], self.sum()
        while found := self.meets("relation"):
            before += [*last, _operator(found.text)]
            last = self.sum()
        return before, last

    def sum(self) -> list[Element]:
        row = [_operator("-", form="prefix")] if self.meets("-") else []
        row += self.quotient()
        while found := self.meets("+", "-"):
            row += [_operator(found.text), *self.quotient()]
        return row

    def quotient(self) -> list[Element]:
        row = self.product()
        if not self.meets("/"):
            return row
        below = self.factor()
        if self.begins_factor() or self.next.text == "/":
            raise self.error("what it is that divides needs brackets")
        return [_fraction(row, below)]

    def product(self) -> list[Element]:
        row = self.factor()
        while self.begins_factor():
            room = {"rspace": NARROW} if self.next.text in {*FUNCTIONS, *OVER, *NAMES, "|"} else {}
            row += [_operator(TIMES, **room), *self.factor()]
        return row

    def begins_factor(self) -> bool:
        opens = self.next.text in CLOSING and (self.next.text, self.within[-1]) != ("|", "|")
        return opens or self.next.kind in ("name", "number", "slope")

    def factor(self) -> list[Element]:
        if found := self.meets("slope"):
            return [_made("mfrac", (_made("mrow", [_leaf("mi", "d"), *_Reader(name[1:]).factor()]) for name in found.text.split("/")))]
        kind, name = self.next.kind, self.next.text
        row = self.scripts(self.atom(), below="munder" if name in OVER else "msub")
        if self.next.text == "(" and not self.next.apart and kind == "name":
            argument = self.atom()
            row = [_made("msqrt", _bare(argument))] if name == "sqrt" else [*row, _operator(APPLY), *argument]
            row = self.scripts(row)
        elif name in ("sum", "prod"):
            return row + self.product()
        elif name in {*FUNCTIONS, *OVER}:
            return [*row, _operator(APPLY, rspace=NARROW), *self.factor()]
        return [_fraction(row, self.atom())] if self.meets("/", close=True) else row

    def atom(self) -> list[Element]:
        if found := self.meets("number"):
            return [_leaf("mn", found.text)]
        if found := self.meets("name"):
            if name := OVER.get(found.text):
                return [_leaf("mo" if len(name) == 1 else "mi", name)]
            if len(found.text) > 1 and found.text not in {*GREEK, *FUNCTIONS, *NAMES}:
                raise FormulaError(f"{found.text!r} is no name that formulas have, in {self.text!r}")
            return [_leaf("mi", GREEK.get(found.text, found.text))]
        if not (found := self.meets(*CLOSING)):
            raise self.error("a number, a name or a bracket is missing")
        self.within.append(found.text)
        row = self.relation()
        while self.meets(","):
            row += [_operator(","), *self.relation()]
        if not self.meets(CLOSING[self.within.pop()]):
            raise self.error(f"{CLOSING[found.text]} is missing")
        return [_made("mrow", [_operator(found.text), *row, _operator(CLOSING[found.text])])]

    def scripts(self, row: list[Element], below: str = "msub") -> list[Element]:
        low, high = [], []
        if row[0].tag == "mi" and self.next.kind == "number" and not self.next.apart:  # c0
            low = self.atom()
        elif self.meets("_", close=True):
            low = self.index()
        if self.meets("'", close=True):
            high = [_operator("'")]
        elif self.meets("^", close=True):
            high = self.factor() if self.next.text in {*FUNCTIONS, *OVER} else _bare(self.scripts(self.atom()))
        if not low and not high:
            return row
        tag = "msubsup" if low and high else below if low else "msup"
        return [_made(tag, map(_one, filter(None, (row, low, high))))]

    def index(self) -> list[Element]:
        name = self.next.text
        if self.next.kind != "name" or len(name) == 1 or name in GREEK:
            return _bare(self.atom(), "{")
        self.meets("name")
        return [piece for k, letter in enumerate(name) for piece in [_operator(COMMA), _leaf("mi", letter)][not k :]]


def _leaf(tag: str, text: str, **attributes: str) -> Element:
    element = Element(tag, attributes)
    element.text = text
    return element


def _operator(text: str, **attributes: str) -> Element:
    return _leaf("mo", SIGNS.get(text, text), **attributes)


def _made(tag: str, inside: Iterable[Element] = (), **attributes: str) -> Element:
    element = Element(tag, attributes)
    element.extend(inside)
    return element


def _one(row: list[Element]) -> Element:
    return row[0] if len(row) == 1 else _made("mrow", row)


def _bare(row: list[Element], bracket: str = "(") -> list[Element]:
    """A row without the brackets around all of it, where the layout says what they say."""
    if len(row) == 1 and row[0].tag == "mrow" and row[0][0].text == bracket:
        return list(row[0])[1:-1]
    return row


def _fraction(above: list[Element], below: list[Element]) -> Element:
    return _made("mfrac", (_one(_bare(above)), _one(_bare(below))))

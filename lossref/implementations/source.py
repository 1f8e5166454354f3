"""One-expression functions as text: the expression that one returns, with what it is asked about written in.

The function is called to judge, and its source is the line that reproduces an answer; so the two cannot drift apart.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import FunctionType
from typing import Any

import numpy as np

from lossref.bits import BY_NUMPY, written
from lossref.formats import Format
from lossref.options import DEFAULTS
from lossref.spec import Loss, Question
from lossref.values import flat
from lossref.widths import LEAST, PERIOD

Function = Callable[..., Any]
PLAIN = (bool, int, float, str, tuple, list, dict)


@cache
def parameters(function: Function) -> dict[str, inspect.Parameter]:
    """The parameters of a function by name: the arguments and options that it has."""
    return dict(inspect.signature(function).parameters)


def written_out(function: Function, sources: Mapping[str, str]) -> str:
    """The expression that a function returns, its parameters replaced by sources, constants and functions of its module by what they are.

    A parameter without a source is at its default; where that is handed on by keyword, the keyword is left out, for the library's
    default is the same. Of `x if test else y` with a test of constants one side is kept. There is no single quote in it, so that a
    shell can be given it between single quotes.
    """
    return ast.unparse(_Fill(function, sources).visit(_expression(function))).replace("'", '"')


class _Fill(ast.NodeTransformer):
    def __init__(self, function: Function, sources: Mapping[str, str]) -> None:
        self.sources = sources
        self.left = {name: p.default for name, p in parameters(function).items() if name not in sources}
        self.constants = {name: x for name, x in function.__globals__.items() if isinstance(x, PLAIN)}
        own = function.__module__
        self.helpers = {name: x for name, x in function.__globals__.items() if isinstance(x, FunctionType) and x.__module__ == own}

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self.sources:
            return _parsed(self.sources[node.id])
        known = self.constants | self.left
        return _parsed(repr(known[node.id])) if node.id in known else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and (helper := self.helpers.get(node.func.id)):
            given = [ast.unparse(self.visit(x)) for x in node.args]
            sources = dict(zip(list(parameters(helper))[: len(given)], given, strict=True))  # what it is not given is at its default
            inner: ast.AST = _Fill(helper, sources).visit(_expression(helper))
            return inner
        node.keywords = [k for k in node.keywords if not (isinstance(k.value, ast.Name) and k.value.id in self.left)]
        return self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        left, right = self.visit(node.left), self.visit(node.comparators[0])
        constant = isinstance(left, ast.Constant)
        if isinstance(node.ops[0], ast.Is):  # an option that is given is not None
            return ast.Constant(constant and left.value is right.value)
        if isinstance(node.ops[0], ast.Eq) and constant and isinstance(right, ast.Constant):
            return ast.Constant(left.value == right.value)
        return ast.Compare(left, node.ops, [right])

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        test = self.visit(node.test)
        if isinstance(test, ast.Constant):
            kept: ast.AST = self.visit(node.body if test.value else node.orelse)
            return kept
        return ast.IfExp(test, self.visit(node.body), self.visit(node.orelse))


def _parsed(source: str) -> ast.expr:
    return ast.parse(source, mode="eval").body


def _expression(function: Function) -> ast.expr:
    definition = ast.parse(_source(function)).body[0]
    assert isinstance(definition, ast.FunctionDef)
    (returned,) = (s for s in definition.body if isinstance(s, ast.Return))
    assert returned.value is not None
    return returned.value


@cache
def _source(function: Function) -> str:
    return textwrap.dedent(inspect.getsource(function))


def bracketed(expression: str) -> str:
    """An expression that a method can be called of."""
    return expression if isinstance(_parsed(expression), (ast.Call, ast.Name)) else f"({expression})"


def listed(x: Any) -> str:
    """Nested tuples as the source of nested lists."""
    if isinstance(x, tuple):
        numbers = list(map(listed, x))
        return _repeated(numbers) or f"[{', '.join(numbers)}]"
    return repr(x) if isinstance(x, (bool, int)) else written(x) if np.isfinite(x) else f'float("{x}")'


def _repeated(numbers: Sequence[str]) -> str:
    """A wide row in few words: the numbers that it repeats, and its own ones by their places; nothing of any other row."""
    repeated = [Counter(numbers[k::PERIOD]).most_common(1)[0][0] for k in range(min(PERIOD, len(numbers)))]
    own = {k: x for k, x in enumerate(numbers) if x != repeated[k % PERIOD]}
    if len(numbers) < LEAST or PERIOD + len(own) > len(numbers) // 2:
        return ""
    apart = ", ".join(f"{k}: {x}" for k, x in own.items())
    return f"[{{{apart}}}.get(k, [{', '.join(repeated)}][k % {PERIOD}]) for k in range({len(numbers)})]"


def array(x: Any, form: Format) -> str:
    """Nested tuples as the source of a NumPy array in the format, or of whole numbers or truth values."""
    named = f"np.{form.name}" if form.name in BY_NUMPY else f'__import__("ml_dtypes").{form.name}'
    return f"np.array({listed(x)}{'' if isinstance(first(x), int) or form.name == 'float64' else f', dtype={named}'})"


def first(x: Any) -> Any:
    """Any number of a nest, which says their kind."""
    return next(iter(flat(x)), 0.0)


def sources(question: Question, spelled: Callable[[Any, Format], str] = array, columns: bool = False) -> dict[str, str]:
    """The arguments and options of a question as source; a single example is a batch of one."""
    batch = {name: x if question.is_call else (x,) for name, x in question.inputs.items()}
    written = {name: spelled(tuple((y,) for y in x) if columns else x, question.given) for name, x in batch.items()}
    for name, x in question.options.items():
        is_array = isinstance(x, tuple) or name == "upstream" or name.endswith("_weight")
        written |= {} if x is None else {name: spelled(x, question.given_to(name)) if is_array else repr(x).replace("'", '"')}
    return written


def keywords(written: Mapping[str, str]) -> str:
    """Sources as arguments by keyword."""
    return ", ".join(f"{name}={source}" for name, source in written.items())


def is_usual(loss: Loss, name: str, x: Any) -> bool:
    """Whether an option or parameter is as it is when nobody names it."""
    usual = {**DEFAULTS, **loss.defaults}
    return name in usual and (x is usual[name] or (np.ndim(x) == 0 and x == usual[name]))

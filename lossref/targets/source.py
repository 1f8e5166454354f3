"""Adapters as data: each loss is one function that returns one expression of a library's own calls.

The function is called to judge, and its source, with the arguments written in, is the line that reproduces an answer;
so the two cannot drift apart.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from lossref.formats import Format
from lossref.spec import Values
from lossref.targets.target import Implementation, literal


def written_out(function: Callable[..., Any], sources: Mapping[str, str]) -> str:
    """The expression that a one-expression function returns, its parameters replaced by the given sources.

    It holds no single quote, so that a shell can be given it between single quotes.
    """

    class Fill(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            return ast.parse(sources[node.id], mode="eval").body if node.id in sources else node

    return ast.unparse(Fill().visit(_expression(function))).replace("'", '"')


@cache
def _source(function: Callable[..., Any]) -> str:
    return textwrap.dedent(inspect.getsource(function))


def _expression(function: Callable[..., Any]) -> ast.expr:
    definition = ast.parse(_source(function)).body[0]
    assert isinstance(definition, ast.FunctionDef)
    (returned,) = (s for s in definition.body if isinstance(s, ast.Return))
    assert returned.value is not None
    return returned.value


def numpy_implementation(imports: str, *, composed: str = "", **parts: Callable[..., Any]) -> Implementation:
    """An implementation whose parts are one-expression functions of NumPy arrays."""

    def line(part: str, arguments: Values, parameters: Values, form: Format) -> str:
        sources = {name: literal(x, form) for name, x in arguments.items()} | {k: repr(x) for k, x in parameters.items()}
        return f"import numpy as np; {imports}; print({written_out(parts[part], sources)})"

    return Implementation(parts=parts, line=line, composed=composed)

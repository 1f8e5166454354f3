"""Operators on source: one edit at one place of a loss's own float64 code, as a slip of the hand or a wrong formula makes it."""

from __future__ import annotations

import ast
import copy
import inspect
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from types import FunctionType
from typing import Any

from lossref.spec import PARTS, Loss

OTHER_COMPARISON: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
CODE = (*PARTS, "value_and_gradient")


def variants(loss: Loss) -> Iterator[tuple[str, str, Loss]]:
    """The operator, the edit by its line, and the loss with code that is edited so; the definition stays."""
    module = sys.modules[loss.definition.__module__]
    tree = ast.parse(inspect.getsource(module))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name != "definition"}
    for name, function in functions.items():
        for place, node in enumerate(ast.walk(function)):
            for operator, edited in _edits(node):
                spoilt = _with(function, place, edited)
                made = _made(loss, module.__dict__, {**functions, name: spoilt})
                before, after = ast.unparse(node), ast.unparse(edited)
                yield operator, f"{name}, line {getattr(node, 'lineno', 0)}: {before} made {after}", made


def _edits(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Call(func=ast.Attribute(attr="log1p"), args=[x]):
            yield "log1p spelt out", _like("np.log(1 + _x)", x)
        case ast.Call(func=ast.Attribute(attr="expm1"), args=[x]):
            yield "expm1 spelt out", _like("np.exp(_x) - 1", x)
        case ast.Call(func=ast.Attribute(attr="abs"), args=[x]):
            yield "a function dropped", x
        case ast.Call(func=ast.Attribute(attr="maximum" | "minimum" | "fmax" | "fmin"), args=[x, y]):
            yield "a bound dropped", x
            yield "a bound dropped", y
        case ast.Call(func=ast.Attribute(attr="where"), args=[_, x, y]):
            yield "a branch for all", x
            yield "a branch for all", y
        case ast.Call(func=ast.Attribute(attr="clip"), args=[x, *_]):
            yield "a bound dropped", x
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in OTHER_COMPARISON:
            yield "the other comparison", ast.Compare(left, [OTHER_COMPARISON[type(op)]()], [right])
            for factor in (1.001, 1.000001):
                yield "a branch point moved", ast.Compare(left, [op], [ast.BinOp(right, ast.Mult(), ast.Constant(factor))])
        case ast.BinOp(left=x, op=ast.Add() | ast.Sub() as op, right=y):
            yield "a sign turned", ast.BinOp(x, ast.Sub() if isinstance(op, ast.Add) else ast.Add(), y)
            yield "a term dropped", x
            yield "a term dropped", y
        case ast.BinOp(left=x, op=ast.Mult(), right=y):
            yield "a factor dropped", x
            yield "a factor dropped", y
        case ast.BinOp(left=x, op=ast.Div(), right=y):
            yield "a factor dropped", x
            yield "multiplied for divided", ast.BinOp(x, ast.Mult(), y)
        case ast.BinOp(left=x, op=ast.Pow(), right=_):
            yield "a factor dropped", x
        case ast.UnaryOp(op=ast.USub(), operand=x) if not isinstance(x, ast.Constant):
            yield "a sign turned", x
        case ast.keyword(arg="axis", value=_):
            yield "another axis", ast.keyword("axis", ast.Constant(0))
        case ast.Constant(value=float() as x) if x:
            yield "a constant off", ast.Constant(x * 1.001)


def _like(pattern: str, x: ast.AST) -> ast.AST:
    """A spelling of an expression in place of `_x`."""

    class Put(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> Any:
            return x if node.id == "_x" else node

    return Put().visit(ast.parse(pattern, mode="eval").body)  # type: ignore[no-any-return]


def _with(function: ast.FunctionDef, place: int, edited: ast.AST) -> ast.FunctionDef:
    """A copy of a function in which one node, by its place in a walk, is another."""
    copied = copy.deepcopy(function)
    node = list(ast.walk(copied))[place]
    for parent in ast.walk(copied):
        for name, child in ast.iter_fields(parent):
            if child is node:
                setattr(parent, name, copy.deepcopy(edited))
            elif isinstance(child, list) and any(each is node for each in child):
                setattr(parent, name, [copy.deepcopy(edited) if each is node else each for each in child])
    return ast.fix_missing_locations(copied)


def _made(loss: Loss, module: dict[str, Any], functions: dict[str, ast.FunctionDef]) -> Loss:
    """The loss with its functions compiled anew, over the names of its file."""
    names = dict(module)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what makes no sense any more
        code = compile(ast.Module(list(functions.values()), type_ignores=[]), f"<{loss.name}, edited>", "exec")
    exec(code, names)  # our own code, with one edit
    parts = {part: names[part] for part in CODE if isinstance(getattr(loss, part), FunctionType) and part in functions}
    return replace(loss, **parts)

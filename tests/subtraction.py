"""Whether a definition adds or subtracts at all: where it does not, nothing can cancel, and no point is asked to show it."""

import ast
import inspect


def subtracts(loss):
    tree = ast.parse(inspect.getsource(loss.definition))
    return any(isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)) for node in ast.walk(tree))

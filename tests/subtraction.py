"""Whether a definition adds or subtracts at all, or compares: where it does not, nothing can cancel, or is open beside a kink."""

import ast
import inspect


def subtracts(loss):
    tree = ast.parse(inspect.getsource(loss.definition))
    return any(isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)) for node in ast.walk(tree))


def compares(loss):
    """A norm does not: its root has a corner at 0, and one slope beside it."""
    tree = ast.parse(inspect.getsource(loss.definition))
    called = {getattr(node.func, "attr", getattr(node.func, "id", "")) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return bool(called & {"abs", "max", "min", "sorted"}) or any(isinstance(node, ast.Compare) for node in ast.walk(tree))

"""A definition shares nothing with the float64 code: no NumPy, no kernel, no helper that value, gradient or hessian use.

The syntax tree is searched, and planted violations show that the search finds them.
"""

import ast
import inspect

import pytest

FORBIDDEN = {"log1p", "expm1", "logaddexp", "where", "clip", "errstate", "softplus", "sigmoid", "isinf", "float", "round"}


def names_used(tree):
    """Every name and attribute that a piece of code mentions."""
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return found | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def reachable(functions, start):
    """The functions of the file that `start` calls, itself included."""
    seen, todo = set(), [start]
    while todo:
        name = todo.pop()
        if name in functions and name not in seen:
            seen.add(name)
            todo += names_used(functions[name])
    return seen


def violations(source):
    """What the definition of a loss file shares with the code it is there to judge."""
    module = ast.parse(source)
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    imported = {alias.asname or alias.name for node in module.body if isinstance(node, ast.Import) for alias in node.names}
    imported |= {alias.asname or alias.name for node in module.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    ours = reachable(functions, "definition")
    theirs = set().union(*(reachable(functions, part) for part in ("value", "gradient", "hessian", "value_and_gradient")))
    used = set().union(*(names_used(functions[name]) for name in ours))
    floats = [node.value for name in ours for node in ast.walk(functions[name]) if isinstance(node, ast.Constant)]
    problems = [f"calls {name}, which the float64 code uses" for name in sorted(ours & theirs)]
    problems += [f"uses the import {name}" for name in sorted(used & imported)]
    problems += [f"uses {name}" for name in sorted(used & FORBIDDEN)]
    problems += [f"holds the float {x}" for x in floats if isinstance(x, float)]
    return problems


def test_definition_is_kept_apart(loss):
    assert violations(inspect.getsource(inspect.getmodule(loss.value))) == []


@pytest.mark.parametrize(
    ("planted", "word"),
    [
        ("def definition(m, z, y):\n    return softplus(z) - y * z", "softplus"),
        ("def definition(m, z, y):\n    return np.log(1 + m.exp(z))", "np"),
        ("def definition(m, z, y):\n    return helper(z)", "helper"),
        ("def definition(m, z, y):\n    return deeper(z)\ndef deeper(z):\n    return helper(z)", "helper"),
        ("def definition(m, z, y):\n    return m.log1p(m.exp(z))", "log1p"),
        ("def definition(m, z, y):\n    return 0.5 * z", "0.5"),
        ("def definition(m, z, y):\n    return value(z, y)", "value"),
    ],
)
def test_a_planted_violation_is_caught(planted, word):
    start = "import numpy as np\nfrom lossref.float64.kernels import softplus\ndef helper(z):\n    return np.exp(z)\n"
    rest = "\ndef value(z, y):\n    return helper(z)\ndef gradient(z, y):\n    return helper(z)\n"
    assert any(word in problem for problem in violations(start + planted + rest))

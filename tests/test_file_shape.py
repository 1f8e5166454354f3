"""A loss is one file and they are all alike: name, order, length; and its facts name things that exist."""

import ast
import inspect

from subtraction import subtracts

ORDER = ("value", "gradient", "value_and_gradient", "hessian", "definition", "LOSS")


def module_of(loss):
    return inspect.getmodule(loss.value)


def test_file_carries_the_name_of_its_loss(loss):
    assert module_of(loss).__name__ == f"lossref.losses.{loss.family}.{loss.name}"


def test_parts_stand_in_one_order(loss):
    body = ast.parse(inspect.getsource(module_of(loss))).body
    named = [node for node in body if isinstance(node, (ast.FunctionDef, ast.Assign))]
    names = [node.name if isinstance(node, ast.FunctionDef) else node.targets[0].id for node in named]
    public = [name for name in names if not name.startswith("_")]
    assert public == [name for name in ORDER if name in public]
    assert {"value", "gradient", "definition", "LOSS"} <= set(public)


def test_file_fits_on_a_screen_or_two(loss):
    assert len(inspect.getsource(module_of(loss)).splitlines()) <= 95


def test_docstring_gives_formula_and_every_argument(loss):
    assert " = " in loss.documentation
    for name in (*loss.arguments, *loss.parameters):
        assert f"\n{name} " in loss.documentation, name


def test_functions_take_the_declared_arguments(loss):
    for part in ("value", "gradient", "hessian", "value_and_gradient"):
        if function := getattr(loss, part):
            wanted = [*loss.arguments, *loss.parameters]
            found = inspect.signature(function).parameters
            assert [name for name in found if name in wanted] == list(found)
            assert list(loss.arguments) == [name for name in found if name in loss.arguments]
            assert {name: p.default for name, p in found.items() if name in loss.parameters} == {
                name: parameter.default for name, parameter in loss.parameters.items() if name in found
            }
    assert list(inspect.signature(loss.definition).parameters) == ["m", *loss.arguments, *loss.parameters]


def test_flags_are_unique_and_explained(loss):
    flags = [hard.flag for hard in loss.hard]
    assert len(set(flags)) == len(flags)
    assert all(len(hard.reason) > 20 and hard.count > 0 for hard in loss.hard)
    wanted = {"tail", "cancellation"} if subtracts(loss) else {"tail"}
    assert wanted <= {hard.region for hard in loss.hard}


def test_loss_has_witnesses_a_source_and_names_elsewhere(loss):
    assert len(loss.witnesses) >= 2
    assert loss.source
    assert loss.also_known_as

"""A loss is one file and they are all alike: name, order, length; and its facts name things that exist."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from subtraction import subtracts

from lossref import catalog, golden
from lossref.families import FAMILIES, hard_points
from lossref.options import CLASS, FORMS, NONE, NUMBER, PROBABILITY, SIGN, WEIGHTS

ORDER = ("value", "gradient", "value_and_gradient", "hessian", "_", "definition", "LOSS")  # _ is a helper
NUMBERS = ("real", "above_minus_one", "nonnegative", "positive", "bit", "unit", "grade")
KINDS = {CLASS: ("label",), SIGN: ("sign",), PROBABILITY: ("unit",), NUMBER: NUMBERS}


def module_of(loss):
    return inspect.getmodule(loss.definition)


def test_file_carries_the_name_of_its_loss(loss):
    assert module_of(loss).__name__ == f"lossref.losses.{loss.family}.{loss.name}"


def test_parts_stand_in_one_order(loss):
    body = ast.parse(inspect.getsource(module_of(loss))).body
    named = [node for node in body if isinstance(node, (ast.FunctionDef, ast.Assign))]
    names = [node.name if isinstance(node, ast.FunctionDef) else node.targets[0].id for node in named]
    found = ["_" if name.startswith("_") else name for name in names]
    assert found == sorted(found, key=ORDER.index)
    assert {"value", "gradient", "definition", "LOSS"} <= set(found)


def stated(unit):
    """The limit that CONTRIBUTING.md states."""
    page = (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text()
    return int(re.search(rf"at most (\d+) {unit}", page)[1])


@pytest.mark.sampled
def test_vectors_are_as_many_as_is_stated(loss, form):
    assert len(golden.read(loss, form)) <= stated("vectors") < 500


def test_file_fits_on_a_screen_or_two(loss):
    assert len(inspect.getsource(module_of(loss)).splitlines()) <= stated("lines")


def test_docstring_gives_formula_and_every_argument(loss):
    assert " = " in loss.documentation
    for name in (*loss.arguments, *loss.parameters):
        assert f"\n{name} " in loss.documentation, name


def test_functions_take_the_declared_arguments(loss):
    for part in ("value", "gradient", "hessian", "value_and_gradient"):
        if function := getattr(loss, part):
            wanted = [*loss.arguments, *loss.parameters, *(("complement",) if loss.is_affine else ())]  # 1 less the target, to more digits
            wanted += ["out"] if part == "value_and_gradient" else []  # where the answers are written to
            found = inspect.signature(function).parameters
            assert [name for name in found if name in wanted] == list(found)
            assert list(loss.arguments) == [name for name in found if name in loss.arguments]
            assert {name: p.default for name, p in found.items() if name in loss.parameters} == {
                name: parameter.default for name, parameter in loss.parameters.items() if name in found
            }
    assert list(inspect.signature(loss.definition).parameters) == ["m", *loss.arguments, *loss.parameters]


def test_kind_of_target_is_that_of_its_space(loss):
    space = loss.target_space
    assert (space is None) == (loss.target == NONE)
    assert space is None or loss.target == WEIGHTS or space.kind in KINDS[loss.target]
    assert loss.target != WEIGHTS or (space.kind in ("weights", "simplex", "bit", "unit") and space.rank)


def test_one_loss_stands_for_each_kind_of_target():
    standing = [catalog.get(name) for name in catalog.names() if catalog.get(name).stands_for_its_kind]
    assert {loss.target for loss in standing} >= {*FORMS, WEIGHTS, NUMBER}
    assert len({loss.target for loss in standing}) == len(standing)


def test_flags_are_unique_and_explained(loss):
    flags = [hard.flag for hard in loss.hard]
    assert len(set(flags)) == len(flags)
    points = hard_points(loss)
    assert all(len(hard.reason) > 20 and hard.count > 0 for hard in points)
    wanted = {"tail", "cancellation"} if subtracts(loss) else {"tail"}
    assert wanted <= {hard.region for hard in points}


def test_every_family_says_its_flags_once_and_the_names_it_is_given():
    for family, kinds in {family: kinds for kinds, family in FAMILIES.items()}.items():
        flags = [hard.flag for hard in family(*"ab"[: len(kinds)])]
        assert len(set(flags)) == len(flags), family


def test_loss_has_known_values_and_a_source(loss):
    assert len(loss.known) >= 2
    assert loss.source

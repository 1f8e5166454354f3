"""Points lie in the spaces of their loss, are numbers of their format, repeat exactly from run to run and never within one."""

import builtins
import dataclasses
import functools
import math
import operator

import numpy as np
import pytest

from lossref import catalog
from lossref.formats import FORMATS
from lossref.golden import SHIPPED_FORMATS
from lossref.points import flat, generate
from lossref.spec import Hard

FURTHER = [name for name in FORMATS if name not in SHIPPED_FORMATS]


def outside(loss, form):
    """Every argument and parameter that leaves its space."""
    spaces = {**loss.arguments, **{name: parameter.space for name, parameter in loss.parameters.items()}}
    for point in generate(loss, form):
        values = {**point.arguments, **point.parameters}
        assert values.keys() == spaces.keys()
        for name, space in spaces.items():
            classes = len(values[space.label_of]) if space.label_of else 0
            if not space.contains(np.asarray(values[name]), precision=form.precision, classes=classes):
                yield point.flag, name, values


def test_every_point_lies_in_its_spaces(loss, form, listed):
    listed(list(outside(loss, form)), "points outside")


def test_no_draw_leaves_its_space_in_a_shipped_format(loss, form, listed, monkeypatch):
    kept = list(generate(loss, form))
    monkeypatch.setattr("lossref.points._is_inside", lambda *_: True)
    listed([p for p in generate(loss, form) if p not in kept and p.flag != "nan"], "points dropped")


@pytest.mark.parametrize("name", FURTHER)
def test_points_of_a_further_format_lie_in_its_spaces(loss, name, listed):
    listed(list(outside(loss, FORMATS[name])), "points outside")


def test_every_point_is_made_of_numbers_of_the_format_and_zeros_have_no_sign(loss, form, listed):
    points = list(generate(loss, form))
    values = [(p.flag, x) for p in points for x in (*flat(p.arguments), *flat(p.parameters))]
    listed([(flag, x) for flag, x in values if not (math.isnan(x) or form.holds(x))], "are no numbers of the format")
    listed([(flag, x) for flag, x in values if x == 0 and math.copysign(1, x) < 0], "are -0")


def test_what_a_loss_draws_is_rounded_to_the_format(form):
    careless = Hard("careless", "ordinary", "", lambda d: {"prediction": 1 / 3, "target": -0.0}, 1)
    loss = dataclasses.replace(catalog.get("squared_error"), hard=(careless,))
    (point,) = [p for p in generate(loss, form) if p.flag == "careless"]
    assert point.arguments["prediction"] == form.nearest(1 / 3)
    assert math.copysign(1, point.arguments["target"]) == 1


def test_points_repeat_exactly_on_a_second_call(loss, form):
    points = list(map(repr, generate(loss, form)))  # repr, for NaN is not equal to itself
    assert points == list(map(repr, generate(loss, form)))
    assert points != list(map(repr, generate(loss, form, "another seed")))


def test_no_point_comes_twice(loss, form, listed):
    seen, misses = set(), []
    for point in generate(loss, form):
        inputs = repr(sorted({**point.arguments, **point.parameters}.items()))
        misses += [point] if inputs in seen else []
        seen.add(inputs)
    listed(misses, "points come again")
    assert len(seen) > 50


def adding(floats):
    """A built-in sum that adds floats so, and everything else one by one."""

    def total(terms, start=0):
        terms = [start, *terms]
        return floats(terms) if any(isinstance(x, float) for x in terms) else one_by_one(terms)

    return total


def one_by_one(terms):
    return functools.reduce(operator.add, terms)


def test_points_do_not_depend_on_how_python_adds_floats(loss, form, monkeypatch, listed):
    """The built-in sum of floats rounds at every step up to Python 3.11, and compensates from 3.12 on."""
    found = []
    for floats in (one_by_one, math.fsum):
        with monkeypatch.context() as patch:
            patch.setattr(builtins, "sum", adding(floats))
            found.append([(p.flag, repr({**p.arguments, **p.parameters})) for p in generate(loss, form)])
    listed([(*one, other[1]) for one, other in zip(*found, strict=True) if one != other], "points change")


def some_of(loss):
    """The 16-bit formats, and two of those with 8 bits in turn: every format meets a quarter of all losses or more."""
    small = [name for name in FURTHER if FORMATS[name].width == 8]
    k = catalog.names().index(loss.name)
    return [name for name in FURTHER if FORMATS[name].width == 16] + [small[(2 * k + i) % len(small)] for i in (0, 1)]


@pytest.mark.parametrize("turn", range(4))
def test_a_further_format_costs_nothing_but_its_name(loss, turn, monkeypatch):
    """Any format of the table can have golden vectors: certified, in its own numbers, and our code is right on them.

    Unless it cannot hold a default, as a scale of 64 where 15.5 is the largest number. (Wide vectors only take time here.)
    """
    from lossref import generate, golden
    from lossref.judge.verdict import judge
    from lossref.targets import resolve

    name = some_of(loss)[turn]
    form = FORMATS[name]
    monkeypatch.setattr("lossref.points.WIDE", 0)
    vectors = golden.parse(generate.content(loss, form), form)
    fits = all(0 < form.nearest(p.default) < math.inf for p in loss.parameters.values())
    assert len(vectors) >= 25 or not fits
    if name == "float16":  # the one that NumPy has
        verdict = judge(loss, resolve("lossref").implementations[loss.name], vectors, form)
        assert {part.headline(strict=True) for part in verdict.parts.values()} <= {"A+", "A", "B"}

"""Questions lie in the spaces of their loss, are numbers of their format, repeat exactly from run to run and never within one."""

import builtins
import dataclasses
import functools
import math
import operator

import numpy as np
import pytest

from lossref import catalog, golden
from lossref.families import FAMILIES, hard_points, kind
from lossref.formats import FORMATS
from lossref.golden import write
from lossref.implementations.resolve import resolve
from lossref.judge.verdict import judge
from lossref.questions import classes_of, generate
from lossref.spaces import Positive, Real, Simplex, Unit, Vector
from lossref.spec import Hard, Loss
from lossref.stream import Stream
from lossref.values import flat, shape

pytestmark = pytest.mark.sampled

FURTHER = [name for name in FORMATS if name not in golden.SHIPPED_FORMATS]


def asked(loss, form, seed="golden"):
    """The single examples."""
    return [question for question in generate(loss, form, seed) if not question.is_call]


def given(question):
    return {**question.inputs, **question.parameters}


def outside(loss, form):
    """Every argument and parameter that leaves its space."""
    for question in asked(loss, form):
        values = given(question)
        assert values.keys() == loss.spaces.keys()
        for name, space in loss.spaces.items():
            if not space.contains(np.asarray(values[name]), precision=form.precision, classes=classes_of(loss, space, values)):
                yield question.flag, name, values


def test_every_point_lies_in_its_spaces(loss, form, listed):
    listed(list(outside(loss, form)), "points outside")


def test_no_draw_leaves_its_space_in_a_shipped_format(loss, form, listed, monkeypatch):
    kept = {repr(question) for question in asked(loss, form)}
    monkeypatch.setattr("lossref.questions.is_inside", lambda *_: True)
    listed([q for q in asked(loss, form) if repr(q) not in kept and q.flag != "nan"], "points dropped")


@pytest.mark.parametrize("name", FURTHER)
def test_points_of_a_further_format_lie_in_its_spaces(loss, name, listed):
    listed(list(outside(loss, FORMATS[name])), "points outside")


def test_every_point_is_made_of_numbers_of_the_format_and_zeros_have_no_sign(loss, form, listed):
    numbers = [(q.flag, x) for q in asked(loss, form) for x in flat(given(q))]
    listed([(flag, x) for flag, x in numbers if not (math.isnan(x) or form.holds(x))], "are no numbers of the format")
    listed([(flag, x) for flag, x in numbers if x == 0 and math.copysign(1, x) < 0], "are -0")


def test_what_a_loss_draws_is_rounded_to_the_format(form):
    careless = Hard("careless", "ordinary", "", lambda d: {"prediction": 1 / 3, "target": -0.0}, 1)
    loss = dataclasses.replace(catalog.get("squared_error"), hard=(careless,))
    (question,) = [q for q in asked(loss, form) if q.flag == "careless"]
    assert question.inputs["prediction"] == form.nearest(1 / 3)
    assert math.copysign(1, question.inputs["target"]) == 1


def test_questions_repeat_exactly_on_a_second_call(loss, form):
    questions = list(map(repr, generate(loss, form)))  # repr, for NaN is not equal to itself
    assert questions == list(map(repr, generate(loss, form)))
    assert questions != list(map(repr, generate(loss, form, "another seed")))


def test_no_question_comes_twice(loss, form, listed):
    seen, misses = set(), []
    for question in generate(loss, form):
        misses += [question] if question.id in seen else []
        seen.add(question.id)
    listed(misses, "questions come again")
    assert len(seen) > 50


def adding(floats):
    """A built-in sum that adds floats so, and everything else one by one."""

    def total(terms, start=0):
        terms = [start, *terms]
        return floats(terms) if any(isinstance(x, float) for x in terms) else one_by_one(terms)

    return total


def one_by_one(terms):
    return functools.reduce(operator.add, terms)


def test_questions_do_not_depend_on_how_python_adds_floats(loss, form, monkeypatch, listed):
    """The built-in sum of floats rounds at every step up to Python 3.11, and compensates from 3.12 on."""
    found = []
    for floats in (one_by_one, math.fsum):
        with monkeypatch.context() as patch:
            patch.setattr(builtins, "sum", adding(floats))
            found.append([(q.flag, repr((q.inputs, q.options))) for q in generate(loss, form)])
    listed([(*one, other[1]) for one, other in zip(*found, strict=True) if one != other], "questions change")


def some_of(loss):
    """One of 16 bits and one of 8 bits, in turn: an 8-bit format meets a seventh of all losses."""
    k = catalog.names().index(loss.name)
    by_width = ([name for name in FURTHER if FORMATS[name].width == width] for width in (16, 8))
    return [names[k % len(names)] for names in by_width]


@pytest.mark.parametrize("turn", range(2))
def test_a_further_format_costs_nothing_but_its_name(loss, turn):
    """Any format of the table can have golden vectors: certified, in its own numbers, and our code is right on them.

    Unless it cannot hold a default, as a scale of 64 where 15.5 is the largest number. An eighth of the points of few numbers is tried.
    """
    name = some_of(loss)[turn]
    form = FORMATS[name]
    small = [question for question in asked(loss, form) if len(flat(question.inputs)) <= 18]
    step = 8 if loss.is_called or loss.is_function else 15  # one example that is a batch takes long
    vectors = [vector for question in small[::step] if (vector := write.certified(loss, question))]
    fits = all(0 < form.nearest(p.default) < math.inf for p in loss.parameters.values())
    assert len(vectors) >= 5 or not fits
    if name == "float16":  # the one that NumPy has
        verdict = judge(loss, resolve("lossref").implementations[loss.name], vectors, form)
        assert {part.headline(strict=True) for part in verdict.parts.values()} <= {"A+", "A", "B"}


OWN = {
    "residual and variance": {"prediction": Real(), "target": Real(), "variance": Positive()},
    "three vectors": {"anchor": Vector("d"), "positive": Vector("d"), "negative": Vector("d")},
    "a map": {"probabilities": Unit("h", "w"), "target": Unit("h", "w")},
    "a batch": {"embeddings": Real("n", "d"), "weights": Positive("n")},
    "two distributions and a number": {"probabilities": Simplex(), "target": Simplex(), "x": Real()},
}


def own(arguments, **facts):
    return Loss(name="own", arguments=arguments, definition=lambda m, **_: m.lift(0), **facts)


@pytest.mark.parametrize("arguments", OWN.values(), ids=OWN)
def test_arguments_alone_bring_points_of_every_argument(arguments, form, listed):
    """Nobody says what is hard: each argument gets numbers near 0, large ones or both, and all keep their shapes and spaces."""
    loss = own(arguments)
    questions = asked(loss, form)
    listed(list(outside(loss, form)), "points outside")
    assert {"tail", "ordinary", "special"} <= {q.region for q in questions}
    for name, space in arguments.items():
        numbers = [abs(x) for q in questions if q.region == "tail" for x in flat(q.inputs[name])]
        if name != "target":  # what is far from it, or near, is far from any number
            assert min(x for x in numbers if x) < 2.0**-10, name
            assert space.high < math.inf or max(numbers) > 2.0**10, name
        assert {len(shape(q.inputs[name])) for q in questions} == {space.rank}


def test_a_points_own_flag_replaces_that_of_the_family():
    mine = Hard("far", "ordinary", "my own reason", lambda d: {"prediction": 5.0}, 1)
    loss = own({"prediction": Real(), "target": Real()}, hard=(mine,))
    (far,) = [hard for hard in hard_points(loss) if hard.flag == "far"]
    assert far.reason == "my own reason"
    drawn = far.draw(Stream("test", FORMATS["float64"]))
    assert drawn["prediction"] == 5
    assert drawn.keys() == {"prediction", "target"}  # what a draw leaves open is ordinary


def test_families_serve_the_catalogue():
    """No family without a loss, but for labels that are 0 or 1 alone and soft labels that must sum to 1."""
    used = {tuple(map(kind, catalog.get(name).arguments.values()))[:2] for name in catalog.names()}
    assert set(FAMILIES) - used <= {("real", "bit"), ("unit", "bit"), ("vector", "simplex")}

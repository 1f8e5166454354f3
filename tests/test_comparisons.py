"""Numbers of every system compare by == and != as by < and >, or say that they cannot; none is hashed, true or a float."""

import operator
from dataclasses import replace

import pytest
from asking import certified, intervals, slopes
from rationals import SYSTEMS

from lossref.exact.answer import answer
from lossref.exact.jets import Jets
from lossref.exact.numbers import NoAnswerError, UndecidedError
from lossref.exact.sizes import Sizes
from lossref.formats import FLOAT64
from lossref.spaces import Bit, Real, Sign
from lossref.spec import Loss

OVER = {"": lambda base: base, " sizes": Sizes, " jets": Jets, " jets of sizes": lambda base: Jets(Sizes(base))}
ALL = [(name + over, system, wrap) for name, system in SYSTEMS.items() for over, wrap in OVER.items()]


@pytest.fixture(params=ALL, ids=[name for name, *_ in ALL])
def m(request):
    _, system, wrap = request.param
    with system.working(128):
        yield wrap(system(128))


EQUAL = {
    "a rational": lambda m: (m.lift(3) / 7, m.lift(6) / 14),
    "a rational and a whole number": lambda m: (m.lift(21) / 7, 3),
    "a rational and a float": lambda m: (m.lift(1) / 8, 0.125),
    "logarithms": lambda m: (m.log(2) + m.log(m.lift(1) / 2), 0),
    "exponentials": lambda m: (m.exp(2) / m.exp(2), 1),
    "arctangents": lambda m: (m.arctan(m.lift(1) / 3) + m.arctan(m.lift(-2) / 6), 0),
    "roots": lambda m: (m.sqrt(m.lift(9) / 4), m.lift(3) / 2),
}
UNEQUAL = {
    "a hair": lambda m: (m.lift(2.0**-1074), 0),
    "logarithms": lambda m: (m.log(2), m.log(3)),
    "enclosures": lambda m: (m.sqrt(2) * m.sqrt(3), 3),
    "an exponential and a whole number": lambda m: (m.exp(1), 2),
}


@pytest.mark.parametrize("pair", EQUAL.values(), ids=EQUAL)
def test_equal_numbers_are_equal(m, pair):
    a, b = pair(m)
    assert (a == b, b == a, a <= b, a >= b) == (True,) * 4
    assert (a != b, b != a, a < b, a > b) == (False,) * 4


@pytest.mark.parametrize("pair", UNEQUAL.values(), ids=UNEQUAL)
def test_others_are_not(m, pair):
    a, b = pair(m)
    assert (a == b, a != b, b == a, b != a) == (False, True, False, True)
    assert (a < b) != (a > b)


def test_what_an_enclosure_of_0_cannot_say_is_no_guess(m):
    nothing = m.log(2) * m.sqrt(2) - m.sqrt(2) * m.log(2) + m.sqrt(3) * m.sqrt(2) - m.sqrt(6)
    for op in (operator.eq, operator.ne):
        with pytest.raises(UndecidedError):
            op(nothing, 0)


def test_a_number_is_no_key_no_condition_and_no_float(m):
    x = m.lift(1)
    with pytest.raises(TypeError, match="unhashable"):
        hash(x)
    with pytest.raises(TypeError, match="write x == 0"):
        bool(x)
    with pytest.raises(TypeError, match="functions of it are those of m"):
        float(x)
    assert x != "1"
    assert x is not None
    assert x != None  # noqa: E711  # a comparison with nothing is answered too


def branching(m, prediction, target):
    """Everything that a label may be compared by; the first wins only where == compares."""
    return prediction if target == 1 else -prediction


def unequal(m, prediction, target):
    return -prediction if target != 1 else prediction


def contained(m, prediction, target):
    return prediction if target in (1, 2) else -prediction


@pytest.mark.parametrize("definition", [branching, unequal, contained])
@pytest.mark.parametrize(("label", "space"), [(1.0, Bit()), (0.0, Bit()), (1.0, Sign()), (-1.0, Sign()), (1.0, Real()), (0.5, Real())])
def test_a_definition_that_compares_a_label_takes_the_right_branch(definition, label, space):
    loss = Loss(name="own", arguments={"prediction": Real(), "target": space}, definition=definition)
    found = answer(loss, {"prediction": 3.0, "target": label}, {}, FLOAT64)
    side = 1 if label == 1 else -1
    assert (found.value.rounded, slopes(found)) == ((3 * side,), [side])
    if space.kind == "real":  # moving the target jumps from one branch to the other
        both = answer(replace(loss, differentiable=("prediction", "target")), {"prediction": 3.0, "target": label}, {}, FLOAT64)
        assert slopes(both) == (None if label == 1 else [-1, 0])


def corner(m, prediction):
    return -prediction if prediction == 0 or prediction < 0 else prediction


def smooth(m, prediction):
    return prediction * prediction if prediction == 0 else prediction**2


def test_equality_opens_a_kink():
    loss = Loss(name="own", arguments={"prediction": Real()}, definition=corner)
    at = answer(loss, {"prediction": 0.0}, {}, FLOAT64)
    assert (at.value.rounded, slopes(at), intervals(at)) == ((0,), None, [(-1, 1)])
    beside = answer(loss, {"prediction": 2.0**-1074}, {}, FLOAT64)
    assert (slopes(beside), intervals(beside)) == ([1], [(-1, 1)])
    same = answer(Loss(name="own", arguments={"prediction": Real()}, definition=smooth), {"prediction": 0.0}, {}, FLOAT64)
    assert (slopes(same), intervals(same)) == ([0], None)


def test_an_equality_that_nothing_decides_is_no_answer():
    def undecided(m, prediction):
        return prediction if m.sqrt(2) * m.sqrt(3) == m.sqrt(6) else -prediction

    with pytest.raises(NoAnswerError, match="bits do not settle it"):
        answer(Loss(name="own", arguments={"prediction": Real()}, definition=undecided), {"prediction": 1.0}, {}, FLOAT64)


def test_the_catalogue_compares_too():
    """zero_one is 1 wherever prediction and target differ, by whatever little."""
    assert certified("zero_one", prediction=1.0, target=1.0).value.rounded == (0,)
    assert certified("zero_one", prediction=1.0, target=FLOAT64.step(1.0, 1)).value.rounded == (1,)

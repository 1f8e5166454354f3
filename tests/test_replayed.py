"""Large arrays are answered by the recorded operations of a loss's code, block by block: with the same bits as by the code itself."""

import math

import numpy as np
import pytest

import lossref
from lossref import catalog
from lossref.float64 import parts, recorded, replay
from lossref.spaces import Real
from lossref.spec import PARTS, Loss

SCALAR = [name for name in catalog.names() if not any(space.axes for space in catalog.get(name).arguments.values())]
UNRECORDED = {  # that index, take numbers apart, or stack: their code is called as it is
    "aft", "apo", "contrastive", "cpo", "cross_entropy_lambda", "dpo", "gaussian_nll", "inverse_gaussian", "ipo", "kto", "loglin_quantile",
    "lq", "margin_mse", "margin_ranking", "nca_pref", "robust_dpo", "sigmoid_focal_cross_entropy", "simpo", "slic", "sppo", "welsch",
}  # fmt: skip
COUNT = replay.BLOCK + 77
TINY = (0.0, -0.0, 5e-324, -5e-324, 1e-310, 1.0, -1.0, 40.0, 1e-160)  # with which plans still hold
SPECIAL = (*TINY, math.inf, -math.inf, 1e308, -1e308, 800.0, -800.0)  # which the careful code answers


def drawn(loss, count=COUNT, special=()):
    """Numbers of each argument's space, most of ordinary size; `special` ones at a few places, where the space holds them."""
    draw, found = np.random.default_rng(len(loss.name)), {}
    for name, space in loss.arguments.items():
        low, high = max(space.low, -1e3), min(space.high, 1e3)
        x = np.clip(draw.normal(0, 1, count) * 2.0 ** draw.integers(-9, 6, count), low, high)
        if space.choices:
            x = draw.choice(space.choices, count)
        if space.low_is_open:
            x = np.where(x <= space.low, space.low + 0.25, x)
        for y in special:
            if space.contains(np.asarray(y), precision=53) and not (space.low_is_open and y == space.low):
                x[draw.integers(0, count, 3)] = y
        found[name] = x
    return found


def answers(loss, part, given):
    found = getattr(lossref, part)(loss.name, **given)
    return [x for y in (found if isinstance(found, tuple) else (found,)) for x in (y if isinstance(y, tuple) else (y,))]


@pytest.mark.parametrize("special", [TINY, SPECIAL, pytest.param((), marks=pytest.mark.whole)], ids=["tiny", "special", "finite"])
@pytest.mark.parametrize("name", SCALAR)
def test_bits_are_those_of_the_code(name, special, monkeypatch, listed):
    loss, wrong = catalog.get(name), []
    given = drawn(loss, special=special)
    for part in (*(part for part in PARTS if getattr(loss, part)), "value_and_gradient"):
        replayed = answers(loss, part, given)
        with monkeypatch.context() as changed:
            changed.setattr(parts, "_replayed", lambda *_: None)
            plain = answers(loss, part, given)
        for x, y in zip(replayed, plain, strict=True):
            differ = np.flatnonzero((x.view(np.uint64) != y.view(np.uint64)) & ~(np.isnan(x) & np.isnan(y)) & ~((x == 0) & (y == 0)))
            wrong += [(part, {key: float(z[k]) for key, z in given.items()}, float(x[k]), float(y[k])) for k in differ[:3]]
    listed(wrong)


QUESTIONS = {  # formulas whose answers are finite on both sides of what a block is asked
    "isinf": (lambda x: np.where(np.isinf(x), 2.0, 1.0 / (1.0 + np.abs(x))), math.inf),
    "isfinite": (lambda x: np.where(np.isfinite(x), np.exp(-np.abs(x)), 3.0), -math.inf),
    "isneginf": (lambda x: np.where(np.isneginf(x), 2.0, np.exp(-np.abs(x))), -math.inf),
    "nan_to_num": (lambda x: np.exp(-np.nan_to_num(np.abs(x))) + np.nan_to_num(0.0 * x), math.inf),
    "greater": (lambda x: np.where(x > 600, 5.0, 0.5 * x), 601.0),
}


def replayed(plan, arguments, careful):
    """The one answer of a plan."""
    found = np.full(arguments[0].size, math.nan)
    replay.replay(plan, arguments, [found], careful)
    return found


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_block_that_is_not_as_the_plan_takes_it_is_answered_by_the_code(name):
    function, special = QUESTIONS[name]
    x = np.linspace(-5, 5, COUNT)
    plan, asked = recorded.planned(function, {"x": np.full(recorded.SAMPLE, 0.5)}, {}), []
    assert any(to is None for *_, to in plan.steps)

    def careful(start, end):
        asked.append(start)
        return [function(x[start:end])]

    with np.errstate(all="ignore"):
        assert np.array_equal(replayed(plan, [x], careful), function(x))
        assert not asked
        x[100] = special
        assert np.array_equal(replayed(plan, [x], careful), function(x))
    assert asked == [0]


def test_most_losses_are_recorded():
    found = set()
    for name in SCALAR:
        loss = catalog.get(name)
        parameters = tuple((key, loss.spaces[key], float(of.default)) for key, of in loss.parameters.items())
        if recorded.plan_of(parts._code(loss, "value_and_gradient"), tuple(loss.arguments), parameters) is None:
            found.add(name)
    assert found == UNRECORDED


@pytest.mark.parametrize("kind", [np.int64, np.int8, bool, np.float32, np.float16])
def test_labels_of_every_type_are_taken(kind):
    logits = np.linspace(-40, 40, COUNT)
    labels = (np.arange(COUNT) % 2).astype(kind)
    wanted = lossref.value_and_gradient("sigmoid_cross_entropy", logits, labels.astype(float))
    found = lossref.value_and_gradient("sigmoid_cross_entropy", logits, labels)
    assert all((x == y).all() for x, y in zip(found, wanted, strict=True))


def test_shapes_and_strides_are_those_of_the_arguments():
    x, y = np.linspace(-9, 9, 4 * COUNT).reshape(4, -1), np.linspace(-2, 5, 4 * COUNT).reshape(-1, 4).T
    value, gradient = lossref.value_and_gradient("huber", x, y)
    assert value.shape == gradient.shape == x.shape
    again = lossref.value_and_gradient("huber", np.ascontiguousarray(x), np.ascontiguousarray(y))
    assert all((a == b).all() for a, b in zip((value, gradient), again, strict=True))
    assert not np.shares_memory(value, gradient)


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("sigmoid_cross_entropy", {"logits": 0.5, "target": 1.5}, "target must be a number in [0, 1], and is 1.5 at index 70"),
        ("hinge", {"prediction": 0.5, "target": 0.0}, "target must be -1 or 1, and is 0.0 at index 70"),
        ("poisson_from_rate", {"rate": -5e-324, "target": 1.0}, "rate must be a number"),
        ("squared_error", {"prediction": 2**60, "target": 2**60}, "integers beyond 2**53"),
        ("poisson_from_rate", {"rate": 2**60, "target": 1}, "integers beyond 2**53"),
    ],
    ids=str,
)
def test_what_lies_outside_is_refused_as_ever(name, given, said):
    arrays = {key: np.full(COUNT, 1 if isinstance(x, int) else 1.0) for key, x in given.items()}
    for key, x in given.items():
        arrays[key][70] = x
    with pytest.raises(ValueError, match=r"^" + name) as error:
        lossref.value(name, **arrays)
    assert said in str(error.value)


def test_a_nan_spoils_its_own_place_alone():
    logits, target = np.linspace(-9, 9, COUNT), np.full(COUNT, 0.25)
    logits[[0, COUNT - 1]], target[5] = math.nan, math.nan
    value, gradient = lossref.value_and_gradient("sigmoid_cross_entropy", logits, target)
    assert np.flatnonzero(np.isnan(value)).tolist() == np.flatnonzero(np.isnan(gradient)).tolist() == [0, 5, COUNT - 1]


def test_parameters_have_plans_of_their_own():
    x = np.linspace(-9, 9, COUNT)
    for delta in (1.0, 1, 0.5, True, np.float64(3)):
        value = lossref.value("huber", x, np.zeros(COUNT), delta=delta)
        assert value.tolist() == [lossref.value("huber", z, 0.0, delta=float(delta)) for z in x.tolist()]
    with pytest.raises(ValueError, match="delta must be"):
        lossref.value("huber", x, x, delta=-1.0)


def test_arguments_are_not_written_to():
    x, y = np.linspace(-9, 9, COUNT), np.linspace(0, 1, COUNT)
    x.flags.writeable = y.flags.writeable = False
    lossref.value_and_gradient("sigmoid_cross_entropy", x, y)


@pytest.mark.parametrize("function", [
    lambda x: x if x.any() else -x,
    lambda x: x[::-1] + 1,
    lambda x: np.cumsum(x) + x,
    lambda x: np.add.reduce(x) + x,
    lambda x: np.copysign(1.0, x),
    lambda x: x.astype(int) + 0.5,
    lambda x: np.arange(2) + x,
    lambda x: x,
])  # fmt: skip
def test_what_is_no_plain_formula_is_not_recorded(function):
    assert recorded.planned(function, {"x": np.full(2, 0.5)}, {}) is None


def swallows(x, y):
    """The product is 0 where x is, also times an infinity: compared, it must not be NaN."""
    return np.where(np.where(np.equal(x, 0), 0.0, x * np.log(y)) < 1, x + 1.0, x - 1.0)


def test_a_product_that_may_be_nan_is_not_compared():
    plan = recorded.planned(swallows, {"x": np.full(2, 0.5), "y": np.full(2, 0.5)}, {})
    x, y = np.array([0.0, 2.0, 0.0]), np.array([0.0, 9.0, 1.0])
    with np.errstate(all="ignore"):
        found = replayed(plan, [x, y], lambda *_: [])
        assert found.tolist() == swallows(x, y).tolist() == [1.0, 1.0, 1.0]


def hides(x, y):
    """What is divided by 0 is infinite, and not the larger of two."""
    return np.minimum(np.where(np.equal(x, 0), -3.0, y / x), 2.0)


def test_a_quotient_that_would_not_show_is_chosen():
    plan = recorded.planned(hides, {"x": np.full(2, 0.5), "y": np.full(2, 0.5)}, {})
    found, x, y = np.empty(3), np.array([0.0, 2.0, 1.0]), np.array([1.0, 9.0, 1.0])
    with np.errstate(all="ignore"):
        replay.replay(plan, [x, y], [found], lambda *_: [])
        assert found.tolist() == hides(x, y).tolist() == [-3.0, 2.0, 1.0]


def test_a_quotient_that_shows_is_divided():
    def shows(x, y):
        return np.where(np.equal(x, 0), -3.0, y / x) * 2.0

    plan = recorded.planned(shows, {"x": np.full(2, 0.5), "y": np.full(2, 0.5)}, {})
    assert [done for done, *_ in plan.steps] == [np.divide, np.multiply]
    found, x, y = np.empty(2), np.array([0.0, 2.0]), np.ones(2)
    with np.errstate(all="ignore"):
        replay.replay(plan, [x, y], [found], lambda start, end: [shows(x[start:end], y[start:end])])
    assert found.tolist() == [-6.0, 1.0]


def test_code_of_somebodys_own_is_called_each_time():
    """It may read what changes in between."""
    factor = {"now": 2.0}
    own = Loss(
        name="own",
        arguments={"prediction": Real(), "target": Real()},
        definition=lambda m, prediction, target: prediction - target,
        value=lambda prediction, target: factor["now"] * (prediction - target),
    )
    ones, zeros = np.ones(COUNT), np.zeros(COUNT)
    assert set(lossref.value(own, ones, zeros).tolist()) == {2.0}
    factor["now"] = 3.0
    assert set(lossref.value(own, ones, zeros).tolist()) == {3.0}

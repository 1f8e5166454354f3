"""What the strategies draw lies in the domain, is of the format, reaches the hard numbers and shrinks to simple ones."""

import subprocess
import sys

import numpy as np
import pytest
from asking import longest
from hypothesis import HealthCheck, find, given, settings

import lossref
from lossref import strategies
from lossref.bits import BY_NUMPY
from lossref.formats import FORMATS, JUDGED
from lossref.spaces import Bit, Label, Positive, Real, Unit, lengths
from lossref.spec import Loss, Parameter
from lossref.testing import assert_matches

pytestmark = pytest.mark.sampled

some = settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
thorough = settings(max_examples=4000, deadline=None, derandomize=True)


@pytest.mark.parametrize("name", JUDGED)
def test_drawn_arguments_lie_in_the_domain_and_format(loss, name):
    known = FORMATS[name]

    @some
    @given(strategies.arguments_for(loss, format=name, batch=3))
    def inside(drawn):
        widths = {key: drawn[key].shape[1:] for key in loss.arguments}
        assert lengths(loss.arguments, widths).keys() == {axis for space in loss.arguments.values() for axis in space.axes}
        for key, space in loss.arguments.items():
            x = drawn[key]
            assert x.shape[0] == 3
            assert x.ndim == 1 + space.rank
            classes = widths[space.label_of][-1] if space.label_of else 0
            assert space.contains(np.asarray(x, float if x.dtype.kind == "f" else int), precision=known.precision, classes=classes).all()
            if not space.label_of:
                assert x.dtype.name == (name if name in BY_NUMPY else "float32")
                assert all(known.holds(y) for y in x.ravel().tolist())
        assert set(drawn) == {*loss.arguments, *loss.parameters}

    inside()


def test_one_example_can_be_asked_and_judged(loss):
    @some
    @given(strategies.arguments_for(loss, max_classes=longest(loss)))
    def matches(drawn):
        assert_matches(lossref.value(loss.name, **drawn), lossref.gradient(loss.name, **drawn), loss.name, **drawn)

    matches()


OWN = Loss(
    arguments={"map": Unit("h", "w"), "points": Real("n", "d"), "mask": Bit("h", "w"), "label": Label("points"), "weights": Positive("n")},
    parameters={"scale": Parameter(space=Positive(), default=1.0, grid=(1.0, 0.5))},
    definition=lambda m, **_: m.lift(0),
)


@pytest.mark.parametrize("batch", [None, 1, 4])
def test_arguments_of_several_axes_fit_together(batch):
    @some
    @given(strategies.arguments_for(OWN, batch=batch, min_classes=2, max_classes=4))
    def fit(drawn):
        leading = () if batch is None else (batch,)
        shapes = {name: np.shape(drawn[name]) for name in OWN.arguments}
        assert {shape[: len(leading)] for shape in shapes.values()} == {leading}
        found = lengths(OWN.arguments, {name: shape[len(leading) :] for name, shape in shapes.items()})
        assert found.keys() == {"h", "w", "n", "d"}
        assert set(found.values()) <= {2, 3, 4}
        assert np.all((np.asarray(drawn["label"]) >= 0) & (np.asarray(drawn["label"]) < found["d"]))
        assert np.isin(drawn["mask"], (0, 1)).all()
        assert np.all(drawn["weights"] > 0)
        assert drawn["scale"] in (1.0, 0.5)

    fit()


HARD = {
    "huge": lambda z: np.abs(z).max() > 1e300,
    "subnormal": lambda z: np.any((z != 0) & (np.abs(z) < 2.3e-308)),
    "tie": lambda z: len(z) > 1 and len(set(z.tolist())) < len(z) and z[0] not in (0.0, 1.0),
    "neighbours on an offset": lambda z: 0 < np.ptp(z) < 1e-12 * np.abs(z).max() and np.abs(z).max() > 2,
    "underflow": lambda z: np.ptp(z) > 750 and np.abs(z).max() < 1e4,
}


@pytest.mark.parametrize("kind", HARD)
def test_logits_reach_what_is_hard(kind):
    assert find(strategies.logits(), HARD[kind], settings=thorough) is not None


@pytest.mark.parametrize("hard", [lambda p: 0 in p and len(p) > 2, lambda p: 0 < min(p) < 1e-15, lambda p: len(set(p)) == 1])
def test_probabilities_reach_what_is_hard(hard):
    assert find(strategies.probabilities(), lambda p: hard(p.tolist()), settings=thorough) is not None


@pytest.mark.whole
def test_failures_shrink_to_round_numbers_and_short_vectors():
    assert find(strategies.logits(), lambda z: z.max() > 36, settings=thorough).tolist() == [0.0, 37.0]
    found = find(strategies.arguments_for("sigmoid_cross_entropy"), lambda drawn: drawn["logits"] < -700, settings=thorough)
    assert found == {"logits": -701.0, "target": 0.0}


def test_sizes_and_formats_are_kept_or_refused():
    assert find(strategies.logits(4, 4, format="float16"), lambda z: True, settings=some).shape == (4,)
    for wrong in (strategies.logits, strategies.probabilities):
        with pytest.raises(ValueError, match="format must be one of"):
            wrong(format="float80")
    with pytest.raises(KeyError, match="no loss is called"):
        strategies.arguments_for("hubert")


def test_missing_hypothesis_is_one_sentence():
    line = "import sys; sys.modules['hypothesis'] = None; import lossref.strategies"
    ran = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True)
    assert "ModuleNotFoundError: lossref.strategies needs hypothesis" in ran.stderr.splitlines()[-1]
    assert "pip install 'lossref[testing]'" in ran.stderr


def test_a_lost_tail_is_found_within_a_hundred_examples():
    @settings(max_examples=100, deadline=None, database=None, derandomize=True)
    @given(strategies.arguments_for("sigmoid_cross_entropy", format="float32"))
    def loses(drawn):
        with np.errstate(over="ignore"):
            slope = 1 / (1 + np.exp(-drawn["logits"])) - drawn["target"]
        assert_matches(None, slope, "sigmoid_cross_entropy", **drawn)

    with pytest.raises(AssertionError, match="sigmoid_cross_entropy gradient: grade C, and level B"):
        loses()

"""Recorded definitions against the jets, which share nothing with them but the number system: every bit of every part.

The points are drawn anew for each seed: LOSSREF_SEED names another one.
"""

import itertools
import os
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import pytest
from mpmath import mp

import lossref
from lossref import catalog, golden, questions
from lossref.exact import adjoint, allowances, answer, margins, sizes, traced
from lossref.exact.balls import Balls
from lossref.exact.numbers import DERIVATIVE, NoAnswerError, Number, UndecidedError
from lossref.exact.program import Program
from lossref.exact.recordings import Recordings, given
from lossref.exact.rounding import above, rounded
from lossref.exact.settle import correct
from lossref.exact.tape import HandedOverError
from lossref.exact.traced import answered
from lossref.formats import FLOAT64, FORMATS
from lossref.spaces import Real
from lossref.spec import Loss
from lossref.values import flat

pytestmark = pytest.mark.sampled

WIDEST = 18  # numbers in a question, beyond which the jets take seconds
SEED = os.environ.get("LOSSREF_SEED", "1")
HUBER = {"prediction": 3.0, "target": 0.3, "delta": 0.5}


@pytest.fixture(autouse=True)
def afresh(monkeypatch):
    monkeypatch.setattr(traced, "RECORDINGS", Recordings())


def by_jets(monkeypatch, loss, inputs, options, form):
    """The answer without any recording, or the name of what refuses it."""
    with monkeypatch.context() as m:
        m.setattr(Recordings, "find", refused)
        return whole(loss, inputs, options, form)


def refused(*asked, **how):
    raise HandedOverError("nothing is recorded")


def whole(loss, inputs, options, form):
    try:
        return answer.answer(loss, inputs, options, form)
    except NoAnswerError as error:
        return type(error).__name__


def at(name, form=FLOAT64, **values):
    return answered(catalog.get(name), values, form)


def few(loss, form, singles, calls):
    """Some of the questions that this seed asks, of every region; infinities are not evaluated."""
    asked = [q for q in questions.generate(loss, form, f"tape {SEED}") if q.is_call or q.region != "special"]
    asked = [q for q in asked if len(flat(q.inputs)) <= WIDEST]
    one, several = [q for q in asked if not q.is_call], [q for q in asked if q.is_call]
    source = random.Random(f"{SEED} {loss.name} {form.name}")
    return source.sample(one, min(singles, len(one))) + source.sample(several, min(calls, len(several)))


def differences(monkeypatch, loss, asked, form):
    misses = []
    for q in asked:
        ours, theirs = whole(loss, q.inputs, q.options, form), by_jets(monkeypatch, loss, q.inputs, q.options, form)
        misses += [] if repr(ours) == repr(theirs) else [(q.inputs, q.options, ours, theirs)]
    return misses


def test_recordings_and_jets_give_the_same_bits(loss, form, monkeypatch, listed):
    listed(differences(monkeypatch, loss, few(loss, form, 5, 1), form))


def test_most_golden_points_are_answered_by_recordings(loss):
    """Kinks, exact ties and exact zeros are left to the jets, and little else."""
    asked = [v.question for v in golden.read(loss, FLOAT64) if v.region not in ("special", "kink") and not v.question.is_call]
    one = [q for q in asked if len(flat(q.inputs)) <= WIDEST][::3]
    found = [answered(loss, {**loss.defaults, **q.parameters, **q.inputs}, FLOAT64) for q in one]
    assert found.count(None) <= 0.4 * len(found)


def test_an_exact_tie_is_recorded_only_where_nothing_moves_it():
    """A corner at 0 has two slopes, and is for the jets; the length of a vector of zeros moves with nothing, to first order."""
    assert at("relu", x=0.0) is None
    assert at("perceptron", prediction=0.0, target=1.0) is None
    views = {"first": ((1.1, 2.3), (0.0, 0.0)), "second": ((0.7, -1.3), (3.1, 1.7))}
    assert at("ntxent", **views, temperature=0.1, at_zero=0.0) is not None


# Broken on purpose, a recording differs from the jets.


@pytest.mark.parametrize(
    ("table", "function", "wrong", "name", "values"),
    [
        (adjoint.BEND, "log", lambda x, y: -(1 / x), "sigmoid_cross_entropy", {"logits": 0.7, "target": 0.25}),
        (adjoint.BEND, "sqrt", lambda x, y: -(1 / y), "triplet_margin",
         {"anchor": (0.1, 0.7), "positive": (1.3, 2.1), "negative": (0.9, 0.2), "margin": 1.0}),
        (adjoint.SLOPE, "sqrt", lambda x, y: 1 / y, "cosine_embedding",
         {"first": (0.1, 0.7), "second": (1.3, 2.1), "target": 1.0, "margin": 0.0, "at_zero": 0.0}),
        (adjoint.SLOPE, "exp", lambda x, y: y + y, "exponential", {"prediction": 0.3, "target": 1.0}),
    ],
)  # fmt: skip
def test_a_wrong_derivative_of_the_tape_is_seen(monkeypatch, table, function, wrong, name, values):
    loss = catalog.get(name)
    right = by_jets(monkeypatch, loss, {n: values[n] for n in loss.arguments}, {n: values[n] for n in loss.parameters}, FLOAT64)
    assert at(name, **values) == right
    traced.RECORDINGS = Recordings()
    monkeypatch.setitem(table, function, wrong)
    assert at(name, **values) != right


def test_a_size_that_is_left_out_is_seen(monkeypatch):
    right = at("sigmoid_cross_entropy", logits=0.7, target=0.25)
    traced.RECORDINGS = Recordings()
    monkeypatch.setattr(sizes.Sizes, "negate", lambda self, a: Number(self, sizes.Sized(-a.data.number, self.base.lift(0))))
    wrong = at("sigmoid_cross_entropy", logits=0.7, target=0.25)
    assert wrong.value.rounded == right.value.rounded
    assert wrong.value.S != right.value.S


def test_both_tables_of_derivatives_are_the_same_functions():
    """The jets' table and the tape's, with the second derivatives that the jets take of theirs, at rational points."""
    assert adjoint.SLOPE.keys() == adjoint.BEND.keys() == DERIVATIVE.keys() | {"inv"}


# What a recording holds for.


@pytest.mark.parametrize("prediction", [3.0, -3.0, 0.4])
def test_each_side_of_a_comparison_is_recorded_once(prediction, monkeypatch):
    loss = catalog.get("huber")
    for _, side in itertools.product(range(2), (1, -1)):
        inputs = {"prediction": side * prediction, "target": 0.3}
        assert at("huber", **inputs, delta=0.5) == by_jets(monkeypatch, loss, inputs, {"delta": 0.5}, FLOAT64)
    ((_, programs),) = traced.RECORDINGS._kept.values()
    assert len(programs) == 2


def test_kinks_within_reach_exact_ties_and_exact_zeros_are_left_to_the_jets():
    kink = HUBER["target"] + HUBER["delta"]
    assert at("huber", **HUBER) is not None
    for values in (
        HUBER | {"prediction": FLOAT64.step(kink, 1)},  # two ulps of the inputs are nearer than the kink
        HUBER | {"prediction": HUBER["target"]},  # |0|
    ):
        assert at("huber", **values) is None
    assert at("hinge", prediction=1.0, target=1.0) is None
    assert at("softmax_cross_entropy", logits=(0.3, 0.3), target=0) is None  # exp z / exp z, exactly
    assert at("xlogy", x=0.0, y=0.0) is None
    assert all(len(programs) == 1 for _, programs in traced.RECORDINGS._kept.values())  # nothing was recorded at a tie


def test_a_recording_holds_where_a_sum_vanishes_that_did_not_before(monkeypatch):
    """S has the terms of a sum that is exactly 0: the exact layer knows that, and a ball never does."""

    def definition(m, a, b):
        return (a - b) + (b - a) * (b - a) * b + b

    loss = Loss(arguments={"a": Real(), "b": Real()}, definition=definition, name="own")
    for a in (0.3, 0.7, 0.3):
        for b in (0.7, 0.3):
            inputs = {"a": a, "b": b}
            assert whole(loss, inputs, {}, FLOAT64) == by_jets(monkeypatch, loss, inputs, {}, FLOAT64)
            assert answered(loss, inputs, FLOAT64) is not None
    assert at("kl_divergence", probabilities=(0.3, 0.7), target=(0.3, 0.7)) is not None  # log p - log p, exactly


def test_what_is_kept_is_bounded_and_the_least_used_goes_first():
    kept, loss = Recordings(nodes=200), catalog.get("softmax_cross_entropy")
    for n in range(2, 12):
        values = {"logits": tuple(k / 7 for k in range(1, n + 1)), "target": 0}
        assert kept.find(loss, given(loss, values)[1], values, "slopes", lambda program: program.size) > 0
        assert kept._size == sum(p.size for _, programs in kept._kept.values() for p in programs) <= 200
    assert 0 < len(kept._kept) < 10
    assert next(reversed(kept._kept))[2] == given(loss, values)[1]


ODD = {
    "returns a float": (lambda m, x: 1.5, "ok"),
    "returns a string": (lambda m, x: "1", TypeError),
    "is a condition": (lambda m, x: x if x else -x, TypeError),
    "takes a float of it": (lambda m, x: m.lift(float(x)), TypeError),
    "reads the jets": (lambda m, x: Number(m, x.data.value), AttributeError),
    "divides by 0": (lambda m, x: 1 / (x - x), NoAnswerError),
    "loops": (lambda m, x: m.sum(x * k for k in range(3)) ** 2, "ok"),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_definitions_say_what_the_jets_say(name, monkeypatch):
    definition, wanted = ODD[name]
    loss = Loss(arguments={"x": Real()}, definition=definition, name="odd")
    found = []
    for how in (refused, Recordings.find):
        monkeypatch.setattr(Recordings, "find", how)
        for _ in range(2):
            try:
                found.append(answer.answer(loss, {"x": 0.3}, {}, FLOAT64))
            except Exception as error:
                found.append((type(error), str(error)))
    assert len({repr(x) for x in found}) == 1
    assert wanted == "ok" or issubclass(found[0][0], wanted)


def test_threads_share_recordings():
    values = [{"logits": (k / 10, 0.25, -k / 20), "target": k % 3} for k in range(1, 40)]
    alone = [at("softmax_cross_entropy", **v) for v in values]
    traced.RECORDINGS = Recordings()
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda v: at("softmax_cross_entropy", **v), values)) == alone


def test_a_program_gives_the_same_over_both_number_systems():
    program = Program(catalog.get("sigmoid_cross_entropy"), {"logits": 0.7, "target": 0.25}, "slopes")
    with Balls.working(128):
        ours = program.balls([0.7, 0.25], [0.0, 0.0], 128).numbers
    assert all(traced.meets(x, y) for x, y in zip(ours, program.margins([0.7, 0.25], 256), strict=True))


def test_only_mutants_are_compiled_from_source():
    folder = Path(lossref.__file__).parent
    texts = {file.relative_to(folder): file.read_text(encoding="utf-8") for file in folder.rglob("*.py")}
    assert [str(file) for file, text in texts.items() if "exec(" in text] == [os.path.join("mutants", "source.py")]


# K: what is summed in linear time is what all pairs give.


@pytest.mark.parametrize("n", [2, 3, 4, 9])
@pytest.mark.parametrize("name", ["softmax_cross_entropy", "soft_target_cross_entropy", "kl_divergence", "cosine_embedding"])
def test_linear_allowances_are_those_of_all_pairs(name, n, monkeypatch):
    loss, source = catalog.get(name), random.Random(f"{name} {n}")
    found = {}
    for wide in (0, 8, sys.maxsize):
        monkeypatch.setattr(allowances, "WIDE", wide)
        traced.RECORDINGS, state = Recordings(), source.getstate()
        rows = [tuple(source.uniform(0.1, 3) for _ in range(n)) for _ in range(2)]
        source.setstate(state)
        second = {"softmax_cross_entropy": 1, "cosine_embedding": rows[1]}.get(name, rows[1])
        more = {"target": 1.0} if name == "cosine_embedding" else {}
        values = {**loss.defaults, **dict(zip(loss.arguments, (rows[0], second), strict=False)), **more}
        found[wide] = answered(loss, values, FLOAT64)
    assert found[0] == found[8] == found[sys.maxsize] is not None


# Rounding and margins.


def test_rounding_by_a_remainder_is_rounding_by_integers():
    source, base = random.Random(SEED), Balls(160)
    with Balls.working(160):
        for _ in range(4000):
            form = FORMATS[source.choice(("float64", "float32", "float16", "bfloat16"))]
            x = source.choice((Balls(160).near(Fraction(source.uniform(-2, 2)) * Fraction(2) ** source.randint(-160, 140)),))
            x = x * source.choice((1, 3, 1 / 3, 1 + 2.0**-24, 2**-24, 1 + 2.0**-53)) + source.choice((0, 2.0**-60, 1)) * x / 2**30
            found = correct(base, Number(base, x), form)
            assert rounded(x, form, base) == (None if found is None else (float(found.rounded), found.residual))
            if found and form is FLOAT64 and x > 0:
                assert above(x, base) == min(FLOAT64.step(float(found.rounded), 1), sys.float_info.max)


def test_margins_hold_the_truth():
    """Random formulas over mpmath's numbers with their bounds, at 60 bits, against 2,000 bits."""
    source, seen = random.Random(SEED), 0
    for _ in range(3000):
        try:
            short, long = _formula(random.Random(seed := source.random()), 60), _formula(random.Random(seed), 2000)
        except UndecidedError:
            continue
        seen += 1
        middle, radius = short.ends
        with mp.workprec(3000):
            v, truth = mp.mpf(middle), mp.make_mpf(long.v)
            assert abs(v - truth) <= mp.mpf(radius)
    assert seen > 1000


def _formula(source, precision):
    named, numbers = margins.functions(precision), [margins.near(Fraction(source.randint(-50, 50), source.choice((1, 8, 7))), precision)]
    two = {"add": lambda x, y: x + y, "sub": lambda x, y: x + -y, "mul": lambda x, y: x * y, "div": lambda x, y: x / y}
    for _ in range(source.randint(2, 12)):
        x, y = source.choice(numbers), source.choice(numbers)
        kind = source.choice((*two, "exp", "log", "sqrt", "cos", "arctan", "sum"))
        if kind in two:
            numbers.append(two[kind](x, y))
        elif kind == "sum":
            numbers.append(margins.total([*numbers, x, -y]))
        else:
            small = x * margins.near(Fraction(1, 64), precision)
            numbers.append(named[kind](small if kind in ("exp", "cos", "arctan") else abs(x)))
        numbers.append(margins.near(Fraction(source.randint(-9, 9), 3), precision))
    return numbers[-2]

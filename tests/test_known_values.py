"""Answers known without us: closed forms, what texts print and the literature against the oracle; limits are approached."""

import dataclasses
import math
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from lossref import catalog, oracle
from lossref.exact.answer import answer, nearest
from lossref.exact.settle import AllowanceOverflowError
from lossref.formats import FLOAT64
from lossref.questions import generate
from lossref.spec import Known
from lossref.values import flat, mapped

ROWS = {f"R{k:02}" for k in range(1, 28)}  # the acceptance numbers of the texts
EXPERIMENTS = {"R20", "R22", "R23", "R24", "R25", "R27"}  # no answer of one loss at a point: examples, mutants, frameworks, all rows


def numbers(known):
    return [x for x in flat(known.at) if isinstance(x, (int, float))]


def cases(loss, infinite):
    return [known for known in loss.known if any(map(math.isinf, numbers(known))) == infinite]


def certified(loss, at):
    """The exact value and gradient in the first argument, as far as a residual tells them."""
    inputs = {name: at[name] for name in loss.arguments}
    found = answer(loss, inputs, {name: x for name, x in at.items() if name not in inputs}, FLOAT64)
    gradient = [part.exact(i, FLOAT64) for part in found.gradient.values() for i in range(len(part))]
    return found.value.exact(0, FLOAT64), gradient


def is_what_is_printed(text, exact):
    """Right to half a unit of the last digit printed; a short number (40, 1.75) is the nearest float64 of the answer."""
    if "inf" in text or not math.isfinite(exact):
        return float(text) == exact
    digits = Decimal(text).as_tuple()
    if len(digits.digits) < 15:
        return FLOAT64.nearest(Fraction(text)) == FLOAT64.nearest(exact)
    return abs(Fraction(text) - exact) <= Fraction(10) ** digits.exponent / 2


def test_finite_known_value_is_the_certified_answer(loss):
    assert cases(loss, infinite=False)
    for known in cases(loss, infinite=False):
        value, gradient = certified(loss, known.at)
        if callable(known.value):
            assert nearest(known.value, FLOAT64) == FLOAT64.nearest(value), known
        elif known.value is not None:
            assert is_what_is_printed(known.value, value), known
        if known.gradient is not None:
            stated = (known.gradient,) if isinstance(known.gradient, str) else known.gradient
            pairs = zip(stated, gradient, strict=True)
            assert all(text is None or is_what_is_printed(text, slope) for text, slope in pairs), known


def at_distance(x, k):
    return mapped(lambda y: math.copysign(2.0**k, y) if isinstance(y, float) and math.isinf(y) else y, x)


def at_a_point(loss, at):
    """Value and slopes as floats, None where a jump has none; from the oracle where allowances overflow and nothing is certified."""
    try:
        value, gradient = certified(loss, at)
        return [x if x is None else float(FLOAT64.nearest(x)) for x in (value, *gradient)]
    except AllowanceOverflowError:
        found = oracle(loss, **at)
        return [float(found.value), *map(float, flat(found.gradient))]


def test_limit_is_approached(loss):
    """Towards 2**k, k = 10, 14, 18: the distance to a finite limit never grows and all but vanishes; to infinity it goes by steps.

    At the end 1 / x is 2**-18, and a logarithm takes steps of at least 1.
    """
    for known in cases(loss, infinite=True):
        answers = [at_a_point(loss, {n: at_distance(x, k) for n, x in known.at.items()}) for k in (10, 14, 18)]
        slopes = (known.gradient,) if isinstance(known.gradient, str) else known.gradient
        for stated, path in zip((known.value, *slopes), zip(*answers, strict=True), strict=True):
            limit = float(stated)
            if math.isinf(limit):
                sizes = [y * math.copysign(1, limit) for y in path]
                assert all(b == math.inf or b >= a + 1 for a, b in pairwise(sizes)), known
            else:
                distances = [abs(y - limit) for y in path]
                assert distances == sorted(distances, reverse=True), known
                assert distances[-1] <= 2.0**-18, known


def test_oracle_states_the_limit(loss):
    for known in cases(loss, infinite=True):
        assert float(oracle(loss, **known.at).value) == float(known.value)


@pytest.mark.sampled
def test_every_known_value_is_asked(loss, form, listed):
    """Alone or as a call, and of a call's examples each alone; a row of a text is found by its id."""
    asked = list(generate(loss, form))
    flags = {question.flag for question in asked}
    listed([known.row for known in loss.known if known.row and known.row not in flags])
    calls = [known for known in loss.known if "reduction" in known.at]
    rows = {question.flag for question in asked if question.is_call}
    listed([known.row for known in calls if known.row not in rows])


def test_no_row_of_the_texts_is_left_out():
    assert {known.row for name in catalog.names() for known in catalog.get(name).known} - {""} == ROWS - EXPERIMENTS


@pytest.mark.parametrize("wrong", ["0.38311921782449303", "0.38311921782449301", "0.38311922"])
def test_a_wrong_last_digit_would_be_noticed(wrong):
    loss = catalog.get("binary_cross_entropy")
    known = next(known for known in loss.known if known.row == "R10")
    value, _ = certified(loss, known.at)
    assert is_what_is_printed(known.value, value)
    assert not is_what_is_printed(wrong, value)


@pytest.mark.parametrize(
    ("test", "wrong"),
    [
        (test_finite_known_value_is_the_certified_answer, Known({"logits": 0.0, "target": 0.25}, lambda m: m.log(3), "")),
        (test_finite_known_value_is_the_certified_answer, Known({"logits": 0.0, "target": 0.25}, lambda m: m.log(2), "", "-0.25")),
        (test_limit_is_approached, Known({"logits": np.inf, "target": 1.0}, "1", "", "0")),
        (test_limit_is_approached, Known({"logits": np.inf, "target": 0.0}, "0", "", "1")),
        (test_limit_is_approached, Known({"logits": -np.inf, "target": 0.0}, "0", "", "1")),
    ],
)
def test_a_wrong_known_value_is_noticed(test, wrong):
    loss = dataclasses.replace(catalog.get("sigmoid_cross_entropy"), known=(wrong,))
    with pytest.raises(AssertionError):
        test(loss)

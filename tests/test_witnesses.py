"""Answers known without us: closed forms and literature against the oracle; limits approached by powers of two."""

import dataclasses
import math
from fractions import Fraction

import numpy as np
import pytest

from lossref import catalog, oracle
from lossref.exact.answers import AllowanceOverflowError
from lossref.exact.certify import certify, nearest
from lossref.formats import FLOAT64
from lossref.points import flat
from lossref.spec import Witness


def cases(loss, infinite):
    return [w for w in loss.witnesses if any(map(math.isinf, flat(w.at))) == infinite]


def full(loss, at):
    return {**{name: p.default for name, p in loss.parameters.items()}, **at}


def number(text):
    return float(text) if "inf" in text else FLOAT64.nearest(Fraction(text))


def test_finite_witness_is_the_certified_answer(loss):
    assert cases(loss, infinite=False)
    for witness in cases(loss, infinite=False):
        answer = certify(loss, full(loss, witness.at), FLOAT64)
        stated = witness.value
        expected = number(stated) if isinstance(stated, str) else nearest(stated, FLOAT64)
        assert answer.value.rounded == expected, witness
        if witness.gradient is not None:
            slopes = (witness.gradient,) if isinstance(witness.gradient, str) else witness.gradient
            assert [g.rounded for g in answer.gradient] == [number(s) for s in slopes], witness


def at_distance(x, k):
    if isinstance(x, tuple):
        return tuple(at_distance(y, k) for y in x)
    return math.copysign(2.0**k, x) if isinstance(x, float) and math.isinf(x) else x


def at_a_point(loss, values):
    """Value and slopes as floats; where the allowances overflow, so that nothing is certified, from the oracle."""
    try:
        answer = certify(loss, values, FLOAT64)
        return [float(answer.value.rounded), *(float(g.rounded) for g in answer.gradient)]
    except AllowanceOverflowError:
        answer = oracle(loss.name, **values)
        return [float(answer.value), *map(float, np.atleast_1d(answer.gradient))]


def test_limit_is_approached(loss):
    """Towards 2**k, k = 10, 14, 18: the distance to a finite limit never grows and ends at 0 in float64; infinity is passed."""
    for witness in cases(loss, infinite=True):
        answers = [at_a_point(loss, full(loss, {n: at_distance(x, k) for n, x in witness.at.items()})) for k in (10, 14, 18)]
        slopes = (witness.gradient,) if isinstance(witness.gradient, str) else witness.gradient
        for stated, path in zip((witness.value, *slopes), zip(*answers, strict=True), strict=True):
            limit = float(stated)
            if math.isinf(limit):
                assert all(y * math.copysign(1, limit) >= 2.0**k / 4 for y, k in zip(path, (10, 14, 18), strict=True)), witness
            else:
                distances = [abs(y - limit) for y in path]
                assert distances == sorted(distances, reverse=True), witness
                assert distances[-1] == 0, witness


def test_oracle_states_the_limit(loss):
    for witness in cases(loss, infinite=True):
        answer = oracle(loss.name, **full(loss, witness.at))
        assert float(answer.value) == float(witness.value)


@pytest.mark.parametrize(
    ("test", "wrong"),
    [
        (test_finite_witness_is_the_certified_answer, Witness({"logits": 0.0, "target": 0.25}, lambda m: m.log(3), "")),
        (test_finite_witness_is_the_certified_answer, Witness({"logits": 0.0, "target": 0.25}, lambda m: m.log(2), "", "-0.25")),
        (test_limit_is_approached, Witness({"logits": np.inf, "target": 1.0}, "1", "", "0")),
        (test_limit_is_approached, Witness({"logits": np.inf, "target": 0.0}, "0", "", "1")),
        (test_limit_is_approached, Witness({"logits": -np.inf, "target": 0.0}, "0", "", "1")),
    ],
)
def test_a_wrong_witness_is_noticed(test, wrong):
    loss = dataclasses.replace(catalog.get("sigmoid_cross_entropy"), witnesses=(wrong,))
    with pytest.raises(AssertionError):
        test(loss)

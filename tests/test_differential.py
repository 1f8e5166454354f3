"""Fresh questions of every loss, answered by the oracle and by plain mpmath at three times the digits, which share the formula alone.

The points are drawn anew for each seed: LOSSREF_SEED names another one. That recordings and jets agree to the bit is another file's test.
"""

import os
import random
from fractions import Fraction

import mpmath
import pytest
from asking import given
from plain import disagreements, evaluated

from lossref import catalog, oracle, questions
from lossref.exact import numbers
from lossref.exact.reduce import whole
from lossref.formats import FLOAT64
from lossref.options import Options, split
from lossref.values import flat

pytestmark = pytest.mark.sampled

SEED = os.environ.get("LOSSREF_SEED", "1")
WIDEST = 12  # numbers in a question
DIGITS = 40
BITS = 2048  # three times the digits where terms cancel by 10**40, and differences over steps of 2**-409


def fresh(loss, singles, calls):
    asked = [q for q in questions.generate(loss, FLOAT64, f"differential {SEED}") if q.region not in ("special", "range")]
    asked = [q for q in asked if len(flat(q.inputs)) <= WIDEST]
    source = random.Random(f"{SEED} {loss.name}")
    chosen = [([q for q in asked if q.is_call == is_call], count) for is_call, count in ((False, singles), (True, calls))]
    return [q for some, count in chosen for q in source.sample(some, min(count, len(some)))]


def plainly(loss, q):
    """Over mpmath: of a call what is differentiated, whose value is the call's where that is one number."""
    parameters, call = split(q.options)
    values = {**loss.defaults, **parameters, **q.inputs}
    if not call:
        return evaluated(loss, values, BITS)
    reduced = whole(loss, values, Options(**call))
    return None if reduced is None else evaluated(reduced.upstream, reduced.values, BITS)


def missed(loss, q):
    found = plainly(loss, q)
    if found is None:
        return []
    answer = oracle(loss.name, digits=DIGITS, **given(q))
    misses = disagreements(answer, found, digits=DIGITS - 2, tiny=mpmath.mpf(2) ** -380, upstream=q.options.get("upstream"))
    return [(q.inputs, q.options, *miss) for miss in misses]


def test_the_oracle_and_plain_mpmath_agree(loss, listed):
    asked = fresh(loss, 20, 5)
    assert len(asked) >= 20
    listed([miss for q in asked for miss in missed(loss, q)])


@pytest.mark.parametrize("function", ["exp", "log", "sqrt"])
def test_a_wrong_derivative_is_seen(function, monkeypatch):
    """Of the jets' table; the tape's tables are held to the jets elsewhere."""
    monkeypatch.setattr("lossref.ask.slopes", lambda *_, **__: None)  # no recordings
    name = {"exp": "exponential", "log": "binary_cross_entropy", "sqrt": "triplet_margin"}[function]
    loss = catalog.get(name)
    asked = fresh(loss, 8, 0)
    assert not [miss for q in asked for miss in missed(loss, q)]
    right = numbers.DERIVATIVE[function]
    monkeypatch.setitem(numbers.DERIVATIVE, function, lambda x, fx: right(x, fx) * (1 + Fraction(1, 2**100)))
    assert [miss for q in asked for miss in missed(loss, q)]

"""Infinite, masked, huge, subnormal and tied inputs of every loss: all are answered, and plain mpmath or the limit approached agrees.

A huge or a subnormal number stands in one place, or everywhere; ties are between all entries, and between an argument and the next.
"""

import math
from itertools import pairwise, repeat

import mpmath
import numpy as np
import pytest
from plain import disagreements, evaluated
from test_limits import DISTANCES, at_a_point, at_distance, by_rule, is_approached

from lossref import catalog, families, oracle
from lossref.exact.answer import nearest
from lossref.formats import FLOAT64
from lossref.stream import Stream
from lossref.values import filled, flat, mapped, places, replaced, shape

pytestmark = pytest.mark.sampled

HUGE = (1.7976931348623157e308, -1e300, 1e160, -2e5)
SMALLEST = (5e-324, -5e-324, 2e-310, 2.0**-1022)
BITS = 1500
ORDERS = ((1, 2, 3, 4), (4, 3, 2, 1), (2, 4, 1, 3), (3, 1, 4, 2))  # each of several is the first in one of these, and the last
RATES = ((1, 1, 1, 1), *ORDERS, *(tuple(97**x for x in order) for order in ORDERS))
WIDEST = 10  # slopes, each of which costs plain mpmath two evaluations


def base(loss, index):
    inputs = families.example(loss, Stream(f"hard/{loss.name}", FLOAT64, index, nearest=nearest))
    return {name: inputs[name] for name in loss.arguments}


def is_inside(loss, at):
    return all(space.contains(np.asarray(at[name]), precision=53, classes=1 << 20).all() for name, space in loss.arguments.items())


def with_number(loss, at, x):
    """The points with x in the first place of an argument, and with x in all of them."""
    for name, space in loss.arguments.items():
        if space.sums_to_one:
            yield {**at, name: (x, 1.0, *[0.0] * (len(at[name]) - 2))}
        elif not space.is_discrete:
            yield {**at, name: replaced(at[name], (0,) * len(shape(at[name])), x)}
            if shape(at[name]):
                yield {**at, name: mapped(lambda _: x, at[name])}


def tied(loss, at):
    """All entries of an argument equal; an argument equal to the next one of its shape."""
    real = [name for name, space in loss.arguments.items() if not space.is_discrete]
    for name in real:
        if loss.arguments[name].sums_to_one:
            yield {**at, name: (0.25,) * 4} if len(at[name]) == 4 else {**at, name: (0.5, 0.5, *[0.0] * (len(at[name]) - 2))}
        elif shape(at[name]):
            yield {**at, name: filled(at[name], repeat(flat(at[name])[0]))}
    for one, other in pairwise(real):
        if shape(at[one]) == shape(at[other]):
            yield {**at, other: at[one]}


def finite(loss):
    at = base(loss, 0)
    for x in (*HUGE, *SMALLEST):
        yield from with_number(loss, at, x)
    yield from tied(loss, at)


def masked(loss):
    """Every pattern of -inf among the first four entries of a vector that may hold it, but for all of them."""
    for name, space in loss.arguments.items():
        if space.rank == 1 and space.low == -math.inf and not space.is_discrete:
            for pattern in range(1, 15):
                at = base(loss, 3)
                hidden = [place for k, place in enumerate(list(places(shape(at[name])))[:4]) if pattern >> k & 1]
                if 0 < len(hidden) < len(flat(at[name])):
                    for place in hidden:
                        at = {**at, name: replaced(at[name], place, -math.inf)}
                    yield at


def test_finite_inputs_are_answered_as_plain_mpmath_answers_them(loss, listed):
    misses, seen = [], 0
    for at in finite(loss):
        if is_inside(loss, at) and sum(len(flat(at[name])) for name in loss.differentiable) <= WIDEST:
            seen += 1
            answer = oracle(loss.name, digits=40, **at)
            found = evaluated(loss, {**loss.defaults, **at}, BITS)
            misses += [(at, *miss) for miss in disagreements(answer, found, digits=38, tiny=mpmath.mpf(2) ** -280)]
    assert seen >= 3
    listed(misses)


@pytest.mark.whole
@pytest.mark.sampled([name for name in catalog.names() if any(masked(catalog.get(name)))])
def test_masked_inputs_have_the_limit_that_is_approached(loss, listed):
    """NaN is right where two of them going there at two rates come to two limits."""
    misses = []
    for at in masked(loss):
        paths = [[at_a_point(loss, away(at, k, rates)) for k in DISTANCES] for rates in RATES]
        for limit, *ways in zip(by_rule(loss, at), *(zip(*path, strict=True) for path in paths), strict=True):
            if math.isnan(limit):
                is_right = len({way[-1] for way in ways}) > 1 or not all(comes_to(way[-1], way) for way in ways)
            else:
                is_right = all(comes_to(limit, way) for way in ways if None not in way)  # along a jump nothing has a slope
            misses += [] if is_right else [(at, limit, ways)]
    listed(misses)


def comes_to(limit, way):
    return is_approached(limit, way) or max(abs(y - limit) for y in way) <= 2.0**-18


def away(at, k, rates):
    """The point with each infinity replaced by a number at a distance of 2**k times its rate."""
    rate = iter(rates)

    def moved(x):
        return next(rate) * at_distance(x, k) if isinstance(x, float) and math.isinf(x) else x

    return {name: mapped(moved, x) for name, x in at.items()}


def test_there_are_two_hundred_of_them():
    losses = [catalog.get(name) for name in catalog.names()]
    inside = sum(is_inside(loss, at) for loss in losses for at in finite(loss))
    assert inside + sum(len(list(masked(loss))) for loss in losses) >= 200

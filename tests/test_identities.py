"""The laws a loss claims hold on the exact oracle, at ordinary and hard points; a law that does not hold is noticed."""

from fractions import Fraction

import mpmath
import pytest

from lossref import catalog, identities, oracle
from lossref.formats import FLOAT64
from lossref.identities import Exact
from lossref.points import generate


def asker(loss):
    def rational(x):
        if mpmath.isinf(x):
            return float(x)
        sign, man, exp, _ = x._mpf_
        return Fraction(int(man)) * Fraction(2) ** int(exp) * (-1 if sign else 1)

    def ask(values):
        answer = oracle(loss.name, digits=40, **values)
        slopes = answer.gradient if isinstance(answer.gradient, tuple) else (answer.gradient,)
        return Exact(rational(answer.value), tuple(map(rational, slopes)))

    return ask


def exactly(x):
    return tuple(map(Fraction, x)) if isinstance(x, tuple) else Fraction(x) if isinstance(x, float) else x


def interior(loss, point):
    """Away from kinks and from infinite answers, where laws about slopes and differences mean what they say."""
    answer = None
    if point.region in ("ordinary", "tail", "cancellation", "option"):
        answer = oracle(loss.name, **point.arguments, **point.parameters)
    if answer is None or answer.gradient is None:
        return False
    slopes = answer.gradient if isinstance(answer.gradient, tuple) else (answer.gradient,)
    return all(mpmath.isfinite(x) for x in (answer.value, *slopes))


def points(loss, every):
    chosen = list(generate(loss, FLOAT64, "identities"))[::every]
    small = [p for p in chosen if all(not isinstance(x, tuple) or len(x) <= 8 for x in p.arguments.values())]
    return [{n: exactly(x) for n, x in {**p.arguments, **p.parameters}.items()} for p in small if interior(loss, p)]


def test_claimed_identities_hold(loss, listed):
    ask, tried = asker(loss), points(loss, 5)
    assert len(tried) >= 10
    assert loss.identities
    listed([(law.name, values) for law in loss.identities for values in tried if not law.holds(loss, ask, values)])


@pytest.mark.parametrize(
    ("name", "law"),
    [
        ("kl_divergence", identities.symmetric),
        ("softmax_cross_entropy", identities.mirror("wrong", lambda logits, target: {"logits": tuple(-z for z in logits)}, 1)),
        ("kl_divergence", identities.nonnegative),
        ("sigmoid_cross_entropy", identities.mirror("wrong", lambda logits, target: {"logits": -logits}, -1)),
    ],
)
def test_a_false_claim_is_noticed(name, law):
    loss = catalog.get(name)
    assert not all(law.holds(loss, asker(loss), values) for values in points(loss, 2))


def test_a_loss_that_is_not_convex_is_noticed():
    loss = catalog.get("squared_error")

    def upside_down(values):
        return Exact(-asker(loss)(values).value, ())

    assert not identities.convex.holds(loss, upside_down, {"prediction": Fraction(3), "target": Fraction(1)})


def test_a_loss_that_is_not_shift_invariant_is_noticed():
    def total(values):
        return Exact(sum(values["logits"]), (Fraction(1),))

    softmax = catalog.get("softmax_cross_entropy")
    assert not identities.shift_invariant.holds(softmax, total, {"logits": (Fraction(1), Fraction(2)), "target": 0})

"""Certified answers at points that can be checked by hand, against closed forms in mpmath at 3000 bits."""

import math
from fractions import Fraction

import flint
import mpmath
import numpy as np
import pytest
from asking import again, certified, intervals, parts
from mpmath import mp
from mpmath.libmp import mpf_mul
from rationals import exact

from lossref import catalog, golden
from lossref.exact import margins
from lossref.exact.floats import Floats, Margin, context
from lossref.exact.settle import UnsettledError
from lossref.exact.traced import DisagreementError
from lossref.formats import FLOAT64, FORMATS, RESIDUAL_STEPS

pytestmark = pytest.mark.sampled

MIDPOINT = {"logits": 100000 + 2.0**-35, "target": 0.25}  # 3/4 z lies between two numbers, exp(-z) decides 144,000 bits on


def sigmoid(z):
    return 1 / (1 + mp.exp(-z))


# Value, gradient and Hessian diagonal of each loss, written out over mpmath.


def squared_error(prediction, target):
    return (prediction - target) ** 2, [2 * (prediction - target)], [2]


def sigmoid_cross_entropy(logits, target):
    p, q = sigmoid(logits), sigmoid(-logits)
    return mp.log(1 + mp.exp(logits)) - target * logits, [p - target], [p * q]


def binary_cross_entropy(probabilities, target):
    p, q, no = probabilities, 1 - probabilities, 1 - target
    return -target * mp.log(p) - no * mp.log(q), [no / q - target / p], [no / q**2 + target / p**2]


def softmax_cross_entropy(logits, target):
    weights = [mp.exp(z - logits[target]) for z in logits]
    p = [w / mp.fsum(weights) for w in weights]
    return mp.log(mp.fsum(weights)), [x - (j == target) for j, x in enumerate(p)], [x * (1 - x) for x in p]


def kl_divergence(probabilities, target):
    pairs = list(zip(probabilities, target, strict=True))
    return mp.fsum(t * mp.log(t / q) for q, t in pairs), [-t / q for q, t in pairs], [t / q**2 for q, t in pairs]


def huber(prediction, target, delta):
    return delta * (prediction - target - delta / 2), [delta], [0]  # right of the threshold


def hinge(prediction, target):
    return 1 - target * prediction, [-target], [0]  # inside the margin


CASES = [
    (squared_error, (0.1, 0.3)),
    *((sigmoid_cross_entropy, at) for at in ((0.3, 0.25), (-40.0, 0.0), (40.0, 1.0), (-100.0, 0.0), (700.0, 0.75))),
    (sigmoid_cross_entropy, (36.7, 1 - 2.0**-24)),
    *((binary_cross_entropy, at) for at in ((2.0**-30, 0.0), (2.0**-30, 1.0), (1 - 2.0**-20, 1.0), (0.25, 0.75), (0.3, 0.25))),
    *((softmax_cross_entropy, at) for at in (((40.0, 0.0), 0), ((1000.0, 999.0, -5.0), 1), ((-300.5, 300.25, 0.125), 0))),
    (kl_divergence, ((0.25, 0.5, 0.25), (0.125, 0.375, 0.5))),
    (huber, (3.0, 0.3, 0.1)),
    (hinge, (-0.1, 1.0)),
]


def nearest(x, dtype):
    """The nearest of a few neighbouring numbers, by distance; what is tested here is never a midpoint."""
    start = dtype(float(x))
    around = [start, np.nextafter(start, dtype(-np.inf)), np.nextafter(start, dtype(np.inf))]
    return float(min((y for y in around if np.isfinite(y)), key=lambda y: abs(Fraction(float(y)) - x)))


def each(change, x):
    """Every real number of an argument changed; an integer label stays."""
    return tuple(map(change, x)) if isinstance(x, tuple) else x if isinstance(x, int) else change(x)


@pytest.mark.parametrize("name", ["float64", "float32"])
@pytest.mark.parametrize(("closed", "at"), CASES, ids=lambda x: getattr(x, "__name__", None) or str(x))
def test_value_gradient_and_hessian_are_the_closed_forms(closed, at, name, listed):
    form, dtype, misses = FORMATS[name], getattr(np, name), []
    at = [each(form.nearest, x) for x in at]
    with mp.workprec(3000):
        value, gradient, hessian = closed(*(each(mp.mpf, x) for x in at))
        truths = [exact(mp.mpf(x)) for x in (value, *gradient, *hessian)]
    loss = catalog.get(closed.__name__)
    found = certified(loss.name, form, **dict(zip([*loss.arguments, *loss.parameters], at, strict=True)))
    ours = [(y, residual) for part in parts(found) for y, residual in zip(part.rounded, part.residual, strict=True)]
    assert intervals(found) is None
    for truth, (rounded, residual) in zip(truths, ours, strict=True):
        wanted = nearest(truth, dtype)
        ulp = Fraction(float(np.spacing(dtype(abs(wanted)))))
        inside = abs(truth - Fraction(rounded) - Fraction(residual, RESIDUAL_STEPS) * ulp) <= ulp / (2 * RESIDUAL_STEPS)
        if rounded != wanted or not inside or abs(residual) > RESIDUAL_STEPS // 2:
            misses.append((rounded, residual, "wanted", wanted, float((truth - Fraction(wanted)) / ulp) * RESIDUAL_STEPS))
    listed(misses)


def test_a_parameter_is_the_very_float_that_was_given():
    found = certified("huber", prediction=3.0, target=0.0, delta=0.1)
    given, meant = (delta * (3 - delta / 2) for delta in (Fraction(0.1), Fraction(1, 10)))
    shown = found.value.exact(0, FLOAT64)
    assert shown == Fraction(found.value.rounded[0]) + Fraction(found.value.residual[0], RESIDUAL_STEPS) * Fraction(math.ulp(0.295))
    assert abs(shown - given) <= Fraction(math.ulp(0.295)) / (2 * RESIDUAL_STEPS) < abs(shown - meant)
    assert (found.gradient["prediction"].rounded, found.gradient["prediction"].residual) == ((0.1,), (0,))


def test_a_structured_midpoint_is_never_guessed():
    with pytest.raises(UnsettledError):
        certified("sigmoid_cross_entropy", **MIDPOINT)
    for ulps in (-1, 1):
        certified("sigmoid_cross_entropy", logits=FLOAT64.step(MIDPOINT["logits"], ulps), target=0.25)


def wrong_functions(monkeypatch, by=1):
    right = Floats.enclosed
    with mp.workprec(100):
        off = (1 + by * mp.mpf(10) ** -20)._mpf_

    def wrong(self, function, x):
        y = right(self, function, x)
        return Margin(y.value * (1 + by * context().mpf(10) ** -20), y.error)

    monkeypatch.setattr(Floats, "enclosed", wrong)
    for name, function in margins.FUNCTIONS.items():  # what recordings are confirmed over
        monkeypatch.setitem(margins.FUNCTIONS, name, lambda x, *how, function=function: mpf_mul(function(x, *how), off, *how))


@pytest.mark.parametrize("by", [-1, 1])
def test_a_wrong_second_opinion_is_a_disagreement(monkeypatch, by):
    certified("sigmoid_cross_entropy", logits=1.0, target=0.25)
    wrong_functions(monkeypatch, by)
    with pytest.raises(DisagreementError, match="sigmoid_cross_entropy"):
        certified("sigmoid_cross_entropy", logits=1.0, target=0.25)
    with pytest.raises(DisagreementError, match="binary_cross_entropy"):
        certified("binary_cross_entropy", probabilities=0.3, target=1.0)
    certified("huber", prediction=3.0, target=0.0, delta=0.1)  # rational: no function, no disagreement


def test_the_precision_of_the_user_stays(monkeypatch):
    flint.ctx.prec, before = 99, flint.ctx.prec
    try:
        with mpmath.workprec(77):
            certified("sigmoid_cross_entropy", logits=1.0, target=0.25)
            with pytest.raises(UnsettledError):
                certified("sigmoid_cross_entropy", **MIDPOINT)
            wrong_functions(monkeypatch)
            with pytest.raises(DisagreementError):
                certified("sigmoid_cross_entropy", logits=1.0, target=0.25)
            assert (mpmath.mp.prec, flint.ctx.prec) == (77, 99)
            assert context() is not mpmath.mp  # not even during the call
    finally:
        flint.ctx.prec = before


def test_without_the_certifier_the_answers_are_the_same(loss, form):
    """Values, slopes, allowances and sizes over mpmath alone, at some golden points and calls."""
    for v in [v for v in golden.read(loss, form) if v.region != "special"][::64]:
        assert repr(again(loss, v, proved=False)) == repr(again(loss, v)) == repr(v.answer)  # NaN equals NaN

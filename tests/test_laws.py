"""What a loss claims of itself holds on the exact oracle, at ordinary and hard points; a law that does not hold is noticed."""

from fractions import Fraction

import mpmath
import pytest

from lossref import catalog, laws, oracle
from lossref.exact_inputs import fraction
from lossref.formats import FLOAT64
from lossref.laws import Exact
from lossref.options import PROBABILITY
from lossref.questions import generate
from lossref.values import flat, mapped, places, replaced, shape

REACH = 2.0**11  # whatever the loss, its slope is settled there


def slopes(loss, answer):
    """The gradient in the first argument, number by number."""
    gradient = answer.gradient if len(loss.differentiable) == 1 else answer.gradient[loss.first]
    return flat(gradient)


def asker(loss):
    def rational(x):
        return float(x) if mpmath.isinf(x) else fraction(x)

    def ask(values):
        answer = oracle(loss, digits=40, **values)
        found = slopes(loss, answer)  # none at a kink, where the middle of two points may lie
        return Exact(rational(answer.value), () if None in found else tuple(map(rational, found)))

    return ask


def exactly(x):
    return x if isinstance(x, int) else Fraction(x)


def interior(loss, question):
    """Away from kinks and from infinite answers, where laws about slopes and differences mean what they say."""
    if question.is_call or question.region not in ("ordinary", "tail", "cancellation", "option"):
        return False
    answer = oracle(loss, **question.inputs, **question.parameters)
    return answer.gradient is not None and all(map(mpmath.isfinite, (answer.value, *slopes(loss, answer))))


def points(loss, count=24):
    """Some of the points of a loss, from all over its list, exact: short ones, and none whose exponentials are out of reach."""
    asked = [q for q in generate(loss, FLOAT64, "laws") if len(flat(q.inputs)) <= 16 and all(abs(x) < REACH for x in flat(q.inputs))]
    chosen = [q for q in asked[:: max(len(asked) // count, 1)] if interior(loss, q)]
    exact = [{name: mapped(exactly, x) for name, x in {**q.inputs, **q.parameters}.items()} for q in chosen]
    assert len(exact) >= 10
    return exact


@pytest.mark.sampled
def test_claimed_laws_hold(loss, listed):
    ask, tried = asker(loss), points(loss)
    assert loss.laws
    listed([(law.name, values) for law in loss.laws for values in tried if not law.holds(loss, ask, values)])


def is_affine(loss, values):
    """L(y) = L(0) + sum_j y_j (L(e_j) - L(0)), with e_j a 1 at label j and 0 at the others; (1 - y) L(0) + y L(1) of one label."""
    ask, y = asker(loss), values["target"]

    def at(target):
        return ask({**values, "target": target}).value

    nowhere = mapped(lambda _: Fraction(0), y)
    ends = [at(replaced(nowhere, place, Fraction(1))) for place in places(shape(y))]
    line = at(nowhere) + sum(t * (end - at(nowhere)) for t, end in zip(flat(y), ends, strict=True))
    return abs(at(y) - line) <= laws.SLACK * (abs(line) + 1)


def test_only_what_is_affine_in_its_target_is_said_to_be(loss):
    if loss.target != PROBABILITY:
        assert not loss.is_affine
        return
    soft = [values for values in points(loss) if any(0 < y < 1 for y in flat(values["target"]))]
    assert all(is_affine(loss, values) for values in soft) == loss.is_affine


@pytest.mark.parametrize(
    ("name", "law"),
    [
        ("kl_divergence", laws.symmetric),
        ("softmax_cross_entropy", laws.mirror("wrong", lambda logits, target: {"logits": tuple(-z for z in logits)}, 1)),
        ("kl_divergence", laws.nonnegative),
        ("sigmoid_cross_entropy", laws.mirror("wrong", lambda logits, target: {"logits": -logits}, -1)),
        ("exponential", laws.odd),
        ("squared_error", laws.mirror_complement),
        ("logsumexp", laws.concave),
    ],
)
def test_a_false_claim_is_noticed(name, law):
    loss = catalog.get(name)
    assert not all(law.holds(loss, asker(loss), values) for values in points(loss, 60))


def test_a_loss_that_is_not_convex_is_noticed():
    loss = catalog.get("squared_error")

    def upside_down(values):
        return Exact(-asker(loss)(values).value, ())

    assert not laws.convex.holds(loss, upside_down, {"prediction": Fraction(3), "target": Fraction(1)})


def test_a_loss_that_is_not_shift_invariant_is_noticed():
    def total(values):
        return Exact(sum(values["logits"]), (Fraction(1),))

    softmax = catalog.get("softmax_cross_entropy")
    assert not laws.shift_invariant.holds(softmax, total, {"logits": (Fraction(1), Fraction(2)), "target": 0})

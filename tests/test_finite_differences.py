"""Value and gradient belong together: finite differences of the float64 code, and of the definition at high precision.

A finite difference shows that and nothing more: a wrong value with its own derivative passes here, and a float64 difference
cannot see a slope that is zeroed or flipped in a tail. Accuracy is judged by exact answers elsewhere.
"""

from fractions import Fraction

import numpy as np
import pytest

from lossref import catalog
from lossref.calls import evaluate
from lossref.exact.balls import Balls
from lossref.exact.certify import certify
from lossref.exact.jets import Jets
from lossref.exact.numbers import lifted
from lossref.formats import FLOAT64
from lossref.points import generate


def points(loss, regions):
    """Points away from kinks and infinities; logits and residuals small enough for a step of 1/16 to be small."""
    for p in generate(loss, FLOAT64, "finite differences"):
        first = p.arguments[loss.differentiable]
        if p.region in regions and np.all(np.abs(first) < 50) and np.size(first) <= 8:
            answer = certify(loss, {**p.arguments, **p.parameters}, FLOAT64)
            if answer.box is None and answer.gradient is not None:
                yield {**p.arguments, **p.parameters}, answer


def along(loss, values, i, step):
    """The point with component i of the first argument moved by step."""
    name = loss.differentiable
    x = values[name]
    moved = tuple(y + step * (k == i) for k, y in enumerate(x)) if isinstance(x, tuple) else x + step
    return {**values, name: moved}


def room(loss, values):
    """The largest step that stays well inside the domain and on one side of every kink."""
    space, x = loss.arguments[loss.differentiable], np.atleast_1d(values[loss.differentiable])
    scale = values.get("scale", 1)  # of the first argument
    width = float(min([1 / 16 / scale, *(np.minimum(x - space.low, space.high - x) / 4)]))
    while width > 1e-4 and meets_a_comparison(loss, values, 2 * width):
        width /= 2
    return width


def meets_a_comparison(loss, values, reach):
    """Whether some comparison of the definition would turn out otherwise within so much of the point."""
    with Balls.working(200):
        name = loss.differentiable
        jets = Jets(Balls(200), order=1, ulps=[Fraction(reach)] * np.size(values[name]), reach=1)
        numbers = [jets.variable(y, i) for i, y in enumerate(np.atleast_1d(values[name]).tolist())]
        first = numbers if isinstance(values[name], tuple) else numbers[0]
        loss.definition(jets, **{n: first if n == name else lifted(jets, y) for n, y in values.items()})
        return jets.open_ties > 0


def richardson(difference, step, orders=6):
    """Central differences at step, step/2 ..., extrapolated; the errors of the plain ones tell the order of convergence."""
    table = [[difference(step / 2**k)] for k in range(orders)]
    for k in range(1, orders):
        for j in range(1, k + 1):
            table[k].append(table[k][j - 1] + (table[k][j - 1] - table[k - 1][j - 1]) / (4**j - 1))
    return table


def test_float64_value_and_gradient_agree(loss, listed):
    """The extrapolated slope of the value code is the gradient code, to what rounding leaves."""
    misses, tried = [], 0
    for values, _ in points(loss, ("ordinary", "option")):
        step = room(loss, values)
        slopes = np.atleast_1d(evaluate(loss, "gradient", values))
        scale = abs(float(evaluate(loss, "value", values))) / max(step, 1e-300) + np.max(np.abs(slopes))
        for i, slope in enumerate(slopes):
            if step < 1e-3:
                continue

            def difference(h, i=i, values=values):
                up, down = (_value(loss, along(loss, values, i, s * h)) for s in (1, -1))
                return (up - down) / (2 * h)

            found = richardson(difference, step)
            tried += 1
            error = abs(found[-1][-1] - slope)
            if error > 2.0**-38 * scale:
                misses.append((error / scale, values, i, found[-1][-1], slope))
    assert tried >= 20
    listed(sorted(misses, key=lambda m: -m[0]))


def convergence(loss):
    """(error ratio of a halved step, point, component) where rounding does not hide it, and how many were tried."""
    ratios, tried = [], 0
    for values, answer in points(loss, ("ordinary", "option")):
        step = room(loss, values)
        for i, slope in enumerate(answer.gradient):
            if step * values.get("scale", 1) < 1 / 64:
                continue

            def error(h, i=i, values=values, slope=slope):
                up, down = (_value(loss, along(loss, values, i, s * h)) for s in (1, -1))
                return abs((up - down) / (2 * h) - float(slope.rounded))

            tried += 1
            if error(step / 2) > 2.0**-44 * (1 + abs(_value(loss, values))) / step:
                ratios.append((error(step) / error(step / 2), values, i))
    return ratios, tried


def test_float64_differences_converge_with_order_two(loss, listed):
    """Halving the step divides the error of a central difference by 4, until rounding or an exact result ends it."""
    ratios, tried = convergence(loss)
    assert tried >= 10
    listed([r for r in ratios if not 3.5 < r[0] < 5.5])


@pytest.mark.parametrize("name", ["binary_cross_entropy", "sigmoid_cross_entropy", "softmax_cross_entropy", "kl_divergence"])
def test_the_order_is_seen_where_a_loss_is_not_quadratic(name):
    assert len(convergence(catalog.get(name))[0]) >= 10


def test_a_one_sided_difference_would_be_noticed():
    errors = [abs((np.exp(h) - 1) / h - 1) for h in (1 / 16, 1 / 32)]
    assert not 3.5 < errors[0] / errors[1] < 5.5


def at(loss, values, base):
    """The definition itself, without derivatives."""
    return base.lift(loss.definition(base, **{name: lifted(base, x) for name, x in values.items()}))


def _value(loss, values):
    """The bare code: a moved probability leaves the simplex, where the public call gives NaN."""
    with np.errstate(all="ignore"):
        return float(loss.value(**{name: np.asarray(x) for name, x in values.items()}))


@pytest.mark.parametrize("order", [1, 2])
def test_definition_and_its_exact_derivatives_agree(loss, listed, order):
    """Differences of the definition itself, on balls of 400 bits with a step of 2**-100: tails and cancellation included."""
    misses, tried = [], 0
    for values, answer in points(loss, ("ordinary", "option", "tail", "cancellation")):
        exactly = {n: tuple(map(Fraction, x)) if isinstance(x, tuple) else Fraction(x) for n, x in values.items()}
        exactly |= {n: x for n, x in values.items() if isinstance(x, int)}
        wanted = answer.gradient if order == 1 else answer.hessian
        space, x = loss.arguments[loss.differentiable], np.atleast_1d(values[loss.differentiable])
        infinite = any(isinstance(g.rounded, float) for g in (answer.value, *answer.gradient))
        if wanted is None or infinite or np.any((x <= space.low) | (x >= space.high)):
            continue
        h = Fraction(1, 2**100) * min([Fraction(1), *(Fraction(abs(y)) for y in x if y)])
        with Balls.working(3000):
            base = Balls(3000)
            for i, slope in enumerate(wanted):
                up, here, down = (at(loss, along(loss, exactly, i, s * h), base) for s in (1, 0, -1))
                number = (up - down) / (2 * h) if order == 1 else (up - 2 * here + down) / (h * h)
                low, high = (Fraction(m) * Fraction(2) ** e for m, e in base.ends(base.near(number.data)))
                tried += 1
                rest = FLOAT64.ulp(slope.rounded)
                if not (low - rest <= slope.rounded <= high + rest):
                    misses.append((float(abs(slope.rounded - low) / rest), values, i))
    assert tried >= 40
    listed(sorted(misses, key=lambda m: -m[0]))

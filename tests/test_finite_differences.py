"""Value and gradient belong together: finite differences of the float64 code, and of the definition at high precision.

A finite difference shows that and nothing more: a wrong value with its own derivative passes here, and a float64 difference
cannot see a slope that is zeroed or flipped in a tail. Accuracy is judged by exact answers elsewhere.
"""

from fractions import Fraction

import numpy as np
import pytest

from lossref import catalog
from lossref.exact.balls import Balls
from lossref.exact.jets import Jets
from lossref.exact.numbers import lifted
from lossref.float64.evaluate import evaluate
from lossref.formats import FLOAT64
from lossref.golden.write import certified
from lossref.questions import generate
from lossref.values import filled, flat, mapped, places, replaced, shape

pytestmark = pytest.mark.sampled


def points(loss, regions, chosen=slice(None)):
    """Single examples away from kinks and infinities; logits and residuals small enough for a step of 1/16 to be small."""
    for q in list(generate(loss, FLOAT64, "finite differences"))[chosen]:
        moving = [x for name in loss.differentiable for x in flat(q.inputs[name])]
        logarithms = [x for name, space in loss.arguments.items() if space.high == 0 for x in flat(q.inputs[name])]
        is_near = np.all(np.abs(moving) < 50) and np.all(np.abs(logarithms) < 1e4)  # exp of others has no fraction that memory holds
        if not q.is_call and q.region in regions and is_near and len(flat(q.inputs[loss.first])) <= 8:
            vector = certified(loss, q)  # none where the allowance overflows: second derivatives of a direction grow as 1 / length^2
            if vector and all(part.rounded is not None and part.interval is None for part in vector.answer.gradient.values()):
                yield {**q.inputs, **q.options}, vector.answer


def components(loss, values):
    """Every component that a gradient is taken in: its argument, its place there, and its number among those of the argument."""
    return [(name, place, i) for name in loss.differentiable for i, place in enumerate(places(shape(values[name])))]


def along(values, name, place, step):
    """The point with one number moved by step."""
    moved = values[name]
    for i in place:
        moved = moved[i]
    return {**values, name: replaced(values[name], place, moved + step)}


def steepness(loss, values):
    """The largest factor by which a positive parameter may multiply an argument, or divide it; one with a small default is a guard."""
    scales = [name for name, x in loss.parameters.items() if (x.space.low, x.space.high) == (0, np.inf) and x.default > 1e-3]
    factors = [values[name] for name in scales if values[name] > 0]
    return max([1.0, *factors, *(1 / x for x in factors)])


def room(loss, values):
    """The largest step that stays well inside the domain and on one side of every kink."""
    width = 1 / 16 / steepness(loss, values)
    for name in loss.differentiable:
        space, x = loss.arguments[name], np.array(flat(values[name]))
        width = float(min([width, *(np.minimum(x - space.low, space.high - x) / 4)]))
    while width > 1e-4 and meets_a_comparison(loss, values, 2 * width):
        width /= 2
    return width


class WithRoots(Jets):
    """A root of nearly 0 bends like a kink, so its argument is compared with 0."""

    def apply(self, function, a):
        if function == "sqrt":
            self.compare(a, 0)
        return super().apply(function, a)


def meets_a_comparison(loss, values, reach):
    """Whether some comparison of the definition would turn out otherwise within so much of the point."""
    with Balls.working(3000):
        numbers = [x for name in loss.differentiable for x in flat(values[name])]
        jets = WithRoots(Balls(3000), order=1, ulps=[Fraction(reach)] * len(numbers), reach=1)
        variables = iter([jets.variable(x, i) for i, x in enumerate(numbers)])
        placed = {n: filled(x, variables) if n in loss.differentiable else lifted(jets, x) for n, x in values.items()}
        loss.definition(jets, **placed)
        return jets.open_ties > 0


def richardson(difference, step, orders=6):
    """Central differences at step, step/2 ..., extrapolated; the errors of the plain ones tell the order of convergence."""
    table = [[difference(step / 2**k)] for k in range(orders)]
    for k in range(1, orders):
        for j in range(1, k + 1):
            table[k].append(table[k][j - 1] + (table[k][j - 1] - table[k - 1][j - 1]) / (4**j - 1))
    return table


def test_float64_value_and_gradient_agree(loss, listed):
    """The extrapolated slope of the value code is the gradient code, to what rounding leaves, in every argument."""
    misses, tried = [], dict.fromkeys(loss.differentiable, 0)
    for values, _ in points(loss, ("ordinary", "option")):
        step = room(loss, values)
        found = evaluate(loss, "gradient", values)
        slopes = dict(zip(loss.differentiable, found if isinstance(found, tuple) else (found,), strict=True))
        size = abs(float(evaluate(loss, "value", values))) / max(step, 1e-300) + max(np.max(np.abs(x)) for x in slopes.values())
        for name, place, _ in components(loss, values) if step >= 1e-3 else ():

            def difference(h, name=name, place=place, values=values):
                up, down = (_value(loss, along(values, name, place, s * h)) for s in (1, -1))
                return (up - down) / (2 * h)

            slope = float(np.asarray(slopes[name])[place])
            last = richardson(difference, step)[-1][-1]
            tried[name] += 1
            error = abs(last - slope)
            scale = size + abs(_value(loss, along(values, name, place, step))) / step  # at a minimum of 0 the size is 0
            if error > 2.0**-38 * scale:
                misses.append((error / scale, values, name, place, last, slope))
    assert min(tried.values()) >= 20
    listed(sorted(misses, key=lambda m: -m[0]))


def convergence(loss):
    """(error ratio of a halved step, exact slope, point, component) where rounding does not hide it, and how many were tried."""
    ratios, tried = [], 0
    for values, found in points(loss, ("ordinary", "option")):
        step = room(loss, values)
        for name, place, i in components(loss, values) if step * steepness(loss, values) >= 1 / 64 else ():

            slope = found.gradient[name].rounded[i]

            def error(h, name=name, place=place, values=values, slope=slope):
                up, down = (_value(loss, along(values, name, place, s * h)) for s in (1, -1))
                return abs((up - down) / (2 * h) - slope)

            tried += 1
            if error(step / 2) > 2.0**-44 * (1 + abs(_value(loss, values))) / step:
                ratios.append((error(step) / error(step / 2), slope, values, name, place))
    return ratios, tried


def test_float64_differences_converge_with_order_two(loss, listed):
    """Halving the step divides the error of a central difference by 4, until rounding or an exact result ends it.

    By 16 where the first three derivatives are 0, as they may be where a slope is exactly 0.
    """
    ratios, tried = convergence(loss)
    assert tried >= 10
    listed([(ratio, *r) for ratio, slope, *r in ratios if not (3.5 < ratio < 5.5 or (slope == 0 and 14 < ratio < 22))])


@pytest.mark.parametrize(
    "name", ["binary_cross_entropy", "sigmoid_cross_entropy", "softmax_cross_entropy", "kl_divergence", "triplet_margin"]
)
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


def difference_at(loss, values, name, place, h, base, order):
    """Both ends of a central difference of the definition."""
    up, here, down = (at(loss, along(values, name, place, s * h), base) for s in (1, 0, -1))
    number = (up - down) / (2 * h) if order == 1 else (up - 2 * here + down) / (h * h)
    ends = base.ends(base.near(number.data))
    return [Fraction(m) * Fraction(2) ** e if e > -100_000 else Fraction(0) for m, e in ends]  # far below any ulp, and too long


@pytest.mark.parametrize("order", [1, 2])
def test_definition_and_its_exact_derivatives_agree(loss, listed, order):
    """Differences of the definition itself, on balls of 400 bits with a step of 2**-100: tails and cancellation included."""
    misses, tried = [], dict.fromkeys(loss.differentiable if order == 1 else (loss.first,), 0)
    for values, found in points(loss, ("ordinary", "option", "tail", "cancellation"), slice(order % 2, None, 3)):
        exactly = mapped_by_name(values)
        wanted = found.gradient if order == 1 else found.hessian
        infinite = any(not np.isfinite(part.rounded).all() for part in (found.value, *found.gradient.values()))
        spaces = {name: loss.arguments[name] for name in loss.differentiable}
        at_end = any(not space.low < x < space.high for name, space in spaces.items() for x in flat(values[name]))
        if not wanted or infinite or at_end:
            continue
        moving = [abs(x) for name in loss.differentiable for x in flat(exactly[name]) if x]
        h = Fraction(1, 2**100) * min([Fraction(1), *moving])
        if meets_a_comparison(loss, values, 2 * h):  # where a loss jumps to a value that is chosen, no difference is its slope
            continue
        with Balls.working(3000):
            base = Balls(3000)
            for name, place, i in components(loss, values):
                if name not in wanted:
                    continue
                low, high = difference_at(loss, exactly, name, place, h, base, order)
                tried[name] += 1
                slope = Fraction(wanted[name].rounded[i])
                ulp = FLOAT64.ulp(slope)
                if slope == 0 and low and high:  # the difference of an exact 0 goes like h^2
                    halved = difference_at(loss, exactly, name, place, h / 2, base, order)
                    ulp = max(ulp, abs(low), abs(high)) if 3 * max(map(abs, halved)) < min(abs(low), abs(high)) else ulp
                if not (low - ulp <= slope <= high + ulp):
                    misses.append((float(min(abs(slope - low) / ulp, Fraction(10**300))), values, name, place))
    assert min(tried.values()) >= 15
    listed(sorted(misses, key=lambda m: -m[0]))


def mapped_by_name(values):
    """Every float as a fraction; class indices stay."""
    return {name: mapped(lambda y: y if isinstance(y, int) else Fraction(y), x) for name, x in values.items()}

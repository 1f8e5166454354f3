"""Right code by other roads, made of our own of any loss by operators: other orders, other forms, wider numbers, inputs rounded again.

A variant is given a loss, a part of our code for it and what it is called with, and answers what an honest implementation could; or
None where it makes no sense. A Hessian's diagonal has no allowance for its inputs (that would take third derivatives): whatever rounds
them again is asked for values and slopes only.
"""

import inspect
import math
from functools import cache

import numpy as np

import lossref
from lossref.float64 import doubled
from lossref.float64.options import prepare
from lossref.formats import FLOAT64, FORMATS
from lossref.options import Options, split
from lossref.spec import ORDERED, PARTS, TOLD_APART
from lossref.stream import Stream

ROWS = ("sample_weight", "pos_weight", "mask", "upstream")  # options with an entry an example


def is_call(given):
    return "reduction" in given


def claims(loss, *names):
    return any(law.name in names or law.law.startswith(names) for law in loss.laws)


def each(change, found):
    """A change of every array of an answer."""
    return tuple(map(change, found)) if isinstance(found, tuple) else change(found)


def by_argument(loss, part, change, found):
    """A change of every array of slopes, which knows its argument."""
    if part == "hessian" or not isinstance(found, tuple):
        return change(loss.first, found)
    return tuple(change(name, x) for name, x in zip(loss.differentiable, found, strict=True))


def order_of(count, seed):
    stream = Stream(seed, FLOAT64)
    return np.array(sorted(range(count), key=lambda _: stream.integer(0, 1 << 64)), dtype=np.int64)


def one_pass(loss, part, right, given):
    """Value and gradient of one pass."""
    if part == "hessian":
        return None
    found = lossref.value_and_gradient(loss.name, **given)[PARTS.index(part)]
    return each(lambda x: np.asarray(x).astype(given[loss.first].dtype), found)


def one_by_one(loss, part, right, given):
    """Each example by itself."""
    if is_call(given):
        return None
    rows = [right(**{k: x[i : i + 1] if k in loss.arguments else x for k, x in given.items()}) for i in range(len(given[loss.first]))]
    return tuple(map(np.concatenate, zip(*rows, strict=True))) if isinstance(rows[0], tuple) else np.concatenate(rows)


def rows_shuffled(loss, part, right, given):
    """The examples in another order."""
    order = order_of(len(given[loss.first]), "rows")
    of_rows = [k for k, x in given.items() if k in loss.arguments or (k in ROWS and np.shape(x)[:1] == order.shape)]
    found = right(**given | {k: given[k][order] for k in of_rows})
    return each(lambda x: x[np.argsort(order)] if np.ndim(x) else x, found)


def components_reversed(loss, part, right, given):
    return _components(loss, part, right, given, lambda axis, length: np.arange(length)[::-1])


def components_shuffled(loss, part, right, given):
    return _components(loss, part, right, given, lambda axis, length: order_of(length, axis))


def _components(loss, part, right, given, order_along):
    """Another order along every axis of an example, classes and labels together; no loss knows an order of these, but of sequences and
    of coordinates that are told apart."""
    spaces = loss.arguments
    lengths = {axis: n for name, space in spaces.items() for axis, n in zip(space.axes, given[name].shape[1:], strict=False)}
    if not lengths:
        return None
    orders = {axis: np.arange(length) if axis in (*ORDERED, *TOLD_APART) else order_along(axis, length) for axis, length in lengths.items()}
    back = {axis: np.argsort(order) for axis, order in orders.items()}

    def taken(x, axes, orders):
        for k, axis in enumerate(axes, np.ndim(x) - len(axes)):
            x = np.take(x, orders[axis], axis=k)
        return x

    def renamed(y, axis):
        inside = (y >= 0) & (y < lengths[axis])
        return np.where(inside, back[axis][np.where(inside, y, 0)], y)

    def turned(name, x):
        space = loss.spaces.get(name)
        if name == "class_weight" or (space and space.label_of and x.ndim > 1 + space.rank):
            return taken(x, spaces[loss.first].axes, orders)
        if name == "ignore_index":
            return renamed(x, spaces[loss.first].axes[-1])[()]
        if space and space.label_of and space.kind != "rank":  # which counts in an order of its own
            return taken(renamed(x, spaces[space.label_of].axes[-1])[()], space.axes, orders)
        return taken(x, space.axes, orders) if space else x

    found = right(**{name: turned(name, x) for name, x in given.items()})
    return found if part == "value" else by_argument(loss, part, lambda name, x: taken(x, spaces[name].axes, back), found)


def less_the_largest(loss, part, right, given):
    """Every row less its largest entry, in the format, as softmax is usually written."""
    if part == "hessian" or not claims(loss, "shift_invariant"):
        return None
    z = given[loss.first]
    return right(**given | {loss.first: z - z.max(axis=-1, keepdims=True)})


def turned_over(loss, part, right, given):
    """At the point that a law of symmetry makes of this one."""
    first, second = [*loss.arguments, None][:2]
    if is_call(given):
        return None
    if claims(loss, "even_in_residual", "L(-f, -y)", "L(-a, -b)"):
        found = right(**given | {first: -given[first], second: -given[second]})
        return by_argument(loss, part, lambda name, x: -x if part == "gradient" and name in (first, second) else x, found)
    if claims(loss, "odd"):
        return each(lambda x: -x if part == "value" else x, right(**given | {first: -given[first]}))
    if claims(loss, "symmetric") and part == "value":
        return right(**given | {first: given[second], second: given[first]})
    return None


def wider_inside(loss, part, right, given):
    """Our formulas on numbers of long double, rounded at the end; those that work in numbers in two parts split them as float64 is."""
    if are_in_two_parts(loss.value, loss.gradient, loss.hessian):
        return None
    wide = {k: x.astype(np.longdouble) if k in loss.arguments and x.dtype.kind == "f" else x for k, x in given.items()}
    return _bare(loss, part, given, wide)


@cache
def are_in_two_parts(*functions):
    """Whether one of them, or a function of ours that it calls, however far away, works in pairs of a number and what rounding left."""
    return any(of.__module__ == doubled.__name__ for of in _called(set(functions) - {None}))


def _called(functions):
    """Functions of ours, and all that are named in their code, and in the code of these."""
    found, new = set(), set(functions)
    while new:
        found |= new
        named = {x for of in new for name in _names(of.__code__) for x in _of_name(of.__globals__, name)}
        new = {x for x in named if inspect.isfunction(x) and x.__module__.startswith("lossref")} - found
    return found


def _names(code):
    return {*code.co_names}.union(*(_names(x) for x in code.co_consts if inspect.iscode(x)))


def _of_name(around, name):
    """What a name may stand for in a module: its own, or that of a module of ours that it imports."""
    ours = [vars(x) for x in around.values() if inspect.ismodule(x) and x.__name__.startswith("lossref")]
    return [inspect.unwrap(of[name]) for of in (around, *ours) if callable(of.get(name))]


def as_given(loss, part, right, given):
    """Our formulas on numbers of the format that is asked about: in float32 most of them never see a wider one."""
    return _bare(loss, part, given, given)


def _bare(loss, part, given, changed):
    if is_call(given):
        return None
    form, found = given[loss.first].dtype, getattr(loss, part)(**changed)
    if part == "value":
        return np.broadcast_to(found, given[loss.first].shape[:1]).astype(form)
    return by_argument(loss, part, lambda name, x: np.broadcast_to(x, given[name].shape).astype(form), found)


def inputs_moved(loss, part, right, given):
    """Every input moved by at most one ulp, as if it came out of a computation; but 0 and what lies at an end of its space are data, and
    none is moved onto an end."""
    if part == "hessian":
        return None
    moved = {}
    for name, x in given.items():
        space = loss.arguments.get(name)
        if space is None or x.dtype.kind != "f" or space.is_discrete or space.sums_to_one or given.get("target_form", name) != name:
            continue
        stream = Stream(f"moved {name}", FORMATS[x.dtype.name])
        towards = np.array([stream.integer(-1, 1) for _ in range(x.size)], x.dtype).reshape(x.shape) * np.inf
        other = np.where(np.isnan(towards), x, np.nextafter(x, towards))
        ends = [end for end in space.ends if math.isfinite(end) and space.ends_are_exact]
        is_data = (x == 0) | np.any([abs(x - end) <= 4 * np.spacing(x) for end in ends], axis=0)
        outside = (other < space.low) | (other > space.high) | ((other == space.low) & space.low_is_open) | ~np.isfinite(other)
        outside |= (other == space.low) | (other == space.high)
        moved[name] = np.where(is_data | outside, x, other).astype(x.dtype)
    return right(**given | moved)


def _divisor(loss, given):
    """What a reduced call divides by, in the format; 0 where nothing is reduced, or divided."""
    reduction, form = given.get("reduction", "none"), given[loss.first].dtype.type
    if reduction != "mean":
        return form(reduction == "sum")
    own, call = split(given)
    return form(float(prepare(loss, {**loss.defaults, **own}, Options(**call)).denominator))


def _unreduced(given):
    return {k: x for k, x in given.items() if k not in ("denominator", "empty", "upstream")} | {"reduction": "none"}


def slopes_of_each(loss, part, right, given):
    """The slopes of a reduced call from those of its examples: what comes after is divided first."""
    divisor = _divisor(loss, given)
    if part == "value" or not divisor:
        return None
    return right(**_unreduced(given), upstream=np.full(len(given[loss.first]), type(divisor)(given.get("upstream", 1)) / divisor))


def _added(add):
    """A reduced call of terms that are rounded to the format, added there in an order, and divided."""

    def variant(loss, part, right, given):
        divisor = _divisor(loss, given) if part == "value" else 0
        return np.asarray(add(right(**_unreduced(given))) / divisor) if divisor else None

    return variant


def _in_turn(terms):
    total = terms.dtype.type(0)
    for x in terms:
        total = total + x
    return total


def _in_halves(terms):
    half = len(terms) // 2
    return _in_halves(terms[:half]) + _in_halves(terms[half:]) if half else _in_turn(terms)


VARIANTS = {function.__name__: function for function in (
    one_pass, one_by_one, rows_shuffled, components_reversed, components_shuffled, less_the_largest, turned_over, wider_inside,
    as_given, inputs_moved, slopes_of_each,
)} | {
    "added in turn": _added(_in_turn),
    "added backwards": _added(lambda terms: _in_turn(terms[::-1])),
    "added by size": _added(lambda terms: _in_turn(terms[np.argsort(np.abs(terms))])),
    "added in halves": _added(_in_halves),
    "added in long double": _added(lambda terms: terms.sum(dtype=np.longdouble).astype(terms.dtype)),
}  # fmt: skip

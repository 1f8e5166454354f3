"""Two boxes, each between two opposite corners, in float64 NumPy: their volumes, of what they share and of their hull, and slopes in ends.

Every side is a difference of two coordinates and a volume is a product of sides: both are in two parts. What one volume has more than
another is added up side by side, of one sign. Each axis is scaled by its own power of two, and volumes and `eps` by one for all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lossref.float64.doubled import Doubled, doubled, each, either, minus, over, plus, times, total
from lossref.float64.kernels import Array, two_difference

NOTHING = doubled(0.0)
NO_SIDE = -5000  # up to here the power of two of a side of 0


class Boxes(NamedTuple):
    """What losses of two boxes are made of, in units of each axis (2**exponent) and of volumes; `eps` is in the unit of volumes."""

    exponent: Array
    power: Array  # of two, from a product of sides to a volume
    eps: Array
    first: Doubled  # sides: of the first box, of what both share, of the hull, the smallest box around both
    both: Doubled
    hull: Doubled
    first_more: Doubled  # by how much each side of the first is longer than that of what is shared, and shorter than the hull's
    lacks: Doubled
    centres: Doubled  # how far the centre of the first lies from the other's, along each axis
    beyond: tuple[Doubled, Doubled]  # the hull's side and twice that way: their sum, and their difference
    shared: Doubled  # volumes: of what is in both, in one of them alone, in the other box alone, in the hull, and in the hull alone
    alone: Doubled
    other_alone: Doubled
    whole: Doubled
    gap: Doubled
    inner: tuple[Array, Array]  # where the lower and the upper ends of the first box bound what is shared
    outer: tuple[Array, Array]  # where they bound the hull, or begin to when they go outwards
    is_turned: Array  # where the corner is the upper end
    own: tuple[Doubled, Array]  # sides of the first box and of the other as mantissas and exponents: beside a long hull they lose nothing
    other_own: tuple[Doubled, Array]


class Faces(NamedTuple):
    """For each axis products of the other sides: of the first box, of what is shared, of the hull; first less second, third less first."""

    first: Doubled
    shared: Doubled
    hull: Doubled
    first_alone: Doubled
    hull_alone: Doubled


def boxes(corner: Array, opposite: Array, target_corner: Array, target_opposite: Array, eps: Array) -> Boxes:
    """Two boxes of any number of axes; NaN where a coordinate is infinite."""
    x = np.stack(np.broadcast_arrays(*(np.asarray(y, float) for y in (corner, opposite, target_corner, target_opposite))))
    largest = np.abs(x).max(axis=(0, -1))[..., None]
    shrink = np.where(largest > 2.0**1000, 2, 0)  # so that no difference overflows
    x = np.where(np.isinf(largest), np.nan, np.ldexp(x, -shrink))
    low, high, t_low, t_high = np.minimum(x[0], x[1]), np.maximum(x[0], x[1]), np.minimum(x[2], x[3]), np.maximum(x[2], x[3])
    width = np.maximum(high, t_high) - np.minimum(low, t_low)
    exponent = np.maximum(np.frexp(width)[1], -500)  # a slope in a unit that is less would be a subnormal number

    def way(a: Array, b: Array) -> Doubled:
        return each(lambda y: np.ldexp(y, -exponent), two_difference(a, b))

    first, other, near, far = way(high, low), way(t_high, t_low), way(low, t_low), way(high, t_high)
    meet = np.minimum(high, t_high) > np.maximum(low, t_low)  # boxes that touch share nothing on one side: its slope is taken
    both = either(meet, way(np.minimum(high, t_high), np.maximum(low, t_low)), NOTHING)
    hull = way(np.maximum(high, t_high), np.minimum(low, t_low))
    # What a side of one box lacks to the hull is what the other has beside what is shared, if there is any.
    lacks, more = _above_0(near, each(np.negative, far)), _above_0(each(np.negative, near), far)
    first_more, other_more = either(meet, more, first), either(meet, lacks, other)
    # h - L + max(0, l - L) + max(0, h - H) and H - l + max(0, L - l) + max(0, H - h), as h, l, H and L are the ends.
    beyond = plus(way(high, t_low), _above_0(near, far)), plus(way(t_high, low), _above_0(each(np.negative, near), each(np.negative, far)))
    exponent = exponent + shrink
    whole, eps = exponent.sum(axis=-1), np.asarray(eps, float)
    unit = np.maximum(whole - 400, np.frexp(eps)[1] - 500)  # so that a small eps beside a large hull is no subnormal number
    power = whole - unit

    _, volume_of_both, first_alone = (lifted(x, power) for x in growth(first, both, first_more))
    other_alone = lifted(growth(other, both, other_more)[2], power)
    volume, _, missing = (lifted(x, power) for x in growth(hull, first, lacks))
    return Boxes(
        exponent, power, np.maximum(np.ldexp(eps, -unit), 2.0**-1000), first, both, hull, first_more, lacks,
        each(lambda y: 0.5 * y, plus(near, far)), beyond,
        volume_of_both, plus(first_alone, other_alone), other_alone, volume, minus(missing, other_alone),
        (meet & (low > t_low), meet & (high < t_high)), (low <= t_low, high >= t_high), x[0] > x[1],
        _by_powers(two_difference(high, low), shrink), _by_powers(two_difference(t_high, t_low), shrink),
    )


def faces(b: Boxes) -> Faces:
    """How fast volumes grow with sides."""
    power = b.power[..., None]
    first, shared, alone = (lifted(x, power) for x in growth(*map(_others, (b.first, b.both, b.first_more), (1, 1, 0))))
    hull, _, more = (lifted(x, power) for x in growth(*map(_others, (b.hull, b.first, b.lacks), (1, 1, 0))))
    return Faces(first, shared, hull, alone, more)


def lifted(x: Doubled, power: Array) -> Doubled:
    return each(lambda y: np.ldexp(y, power), x)


def _above_0(*differences: Doubled) -> Doubled:
    """The sum of two differences, each as far as it is above 0."""
    a, b = (either(x[0] > 0, x, NOTHING) for x in differences)
    return plus(a, b)


def _others(x: Doubled, stand_in: float) -> Doubled:
    """For each axis a row of all sides, in which a number stands for its own."""
    return either(np.eye(np.shape(x[0])[-1], dtype=bool), doubled(stand_in), each(lambda y: y[..., None, :], x))


def growth(larger: Doubled, smaller: Doubled, by: Doubled) -> tuple[Doubled, Doubled, Doubled]:
    """Both products along the last axis, and by how much the larger one is more, from the same of each factor: terms of one sign."""
    while (half := np.shape(larger[0])[-1] // 2) > 0:
        (a, b, odd), (c, d, odd_smaller), (m, n, odd_by) = (_halved(x, half) for x in (larger, smaller, by))
        larger, smaller, by = (
            (np.concatenate([x[0], rest[0]], axis=-1), np.concatenate([x[1], rest[1]], axis=-1))
            for x, rest in ((times(a, b), odd), (times(c, d), odd_smaller), (plus(times(a, n), times(m, d)), odd_by))
        )  # fmt: skip
    first, second, more = (each(lambda y: y[..., 0], x) for x in (larger, smaller, by))
    return first, second, more


def _halved(x: Doubled, half: int) -> tuple[Doubled, Doubled, Doubled]:
    """Two halves along the last axis, and what is over."""
    return each(lambda y: y[..., :half], x), each(lambda y: y[..., half : 2 * half], x), each(lambda y: y[..., 2 * half :], x)


def union(b: Boxes) -> Doubled:
    """The volume of both together, and eps."""
    return plus(plus(b.shared, b.alone), doubled(b.eps))


def apart(b: Boxes) -> Array:
    """1 less the intersection over the union: what is in one box alone, and eps, over the union."""
    return over(plus(b.alone, doubled(b.eps)), union(b))[0]


def column(x: Doubled) -> Doubled:
    """A number for each pair of boxes, beside their axes."""
    return each(lambda y: y[..., None], x)


def more_of_first(b: Boxes, of: Faces, k: int) -> Doubled:
    """How fast the first box grows without what is shared when its lower (k = 0) or upper end goes outwards."""
    return either(b.inner[k], of.first_alone, of.first)


def apart_slopes(b: Boxes, of: Faces, k: int) -> Doubled:
    """Slopes of `apart` in these ends, outwards."""
    # I F / V^2, and within the other box -J ((a - i) F + B + e) / V^2: terms of one sign, a and i sides and F and J products of the others.
    whole, other = column(union(b)), column(plus(plus(b.shared, b.other_alone), doubled(b.eps)))
    rest = each(np.negative, plus(times(b.first_more, of.first), other))
    return _over(times(over(either(b.inner[k], rest, column(b.shared)), whole), either(b.inner[k], of.shared, of.first)), whole, _lift(b))


def gap(b: Boxes) -> Array:
    """What the hull alone has over the hull and eps."""
    return over(b.gap, plus(b.whole, doubled(b.eps)))[0]


def gap_slopes(b: Boxes, of: Faces) -> tuple[Doubled, Doubled]:
    """Slopes of `gap` in the lower and in the upper ends, outwards."""
    hull = column(plus(b.whole, doubled(b.eps)))
    # In an end of the hull, too, (U + e) / (H + e) has two terms that cancel, but for what each box alone has and for eps.
    more = minus(column(b.other_alone), times(of.first, b.lacks))
    in_hull = over(plus(times(of.hull, more), times(column(doubled(b.eps)), of.hull_alone)), hull)
    low, high = (_over(either(b.outer[k], in_hull, each(np.negative, more_of_first(b, of, k))), hull, _lift(b)) for k in (0, 1))
    return low, high


def centres_apart(b: Boxes, eps: Array) -> Array:
    """The square of the distance of both centres over that of the hull's diagonal and eps."""
    _, hull, centres, eps = _by_one_unit(b, eps)
    return over(total(times(centres, centres)), plus(total(times(hull, hull)), doubled(eps)))[0]


def centres_apart_slopes(b: Boxes, eps: Array) -> tuple[Doubled, Doubled]:
    """Slopes of `centres_apart` in the lower and in the upper ends, outwards."""
    back, hull, centres, eps = _by_one_unit(b, eps)
    beyond = [each(lambda y: np.ldexp(y, back), x) for x in b.beyond]
    squares, most = total(times(hull, hull)), total(times(*beyond))
    diagonal, eps, half = column(plus(squares, doubled(eps))), column(doubled(eps)), each(lambda y: 0.5 * y, hull)

    def outwards(k: int, sign: float) -> Doubled:
        # m (c^2 + e) - 2 c r^2 in an end of the hull, whose terms cancel where one box is nearly all: c^2 - 4 r^2 is a sum of products.
        m = each(lambda y: sign * y, centres)
        less = minus(times(half, column(most)), times(each(lambda y: 0.5 * y, beyond[k]), column(squares)))
        return _over(either(b.outer[k], over(plus(less, times(m, eps)), diagonal), m), diagonal, back + _lift(b))

    return outwards(0, -1.0), outwards(1, 1.0)


def _by_one_unit(b: Boxes, eps: Array) -> tuple[Array, Doubled, Doubled, Array]:
    """The exponent of each axis beside one for all, hull and way between centres by that one, and eps by its square."""
    unit = np.maximum(b.exponent.max(axis=-1), np.frexp(eps)[1] // 2 - 400)
    back = b.exponent - unit[..., None]
    hull, centres = (each(lambda y: np.ldexp(y, back), x) for x in (b.hull, b.centres))
    return back, hull, centres, np.ldexp(np.asarray(eps, float), -2 * unit)


def _lift(b: Boxes) -> Array:
    """The power of two by which slopes are more than in units of an axis: of small boxes, beside a large eps, they are next to nothing."""
    return np.maximum(-b.exponent, 0)


def _over(a: Doubled, b: Doubled, lift: Array) -> Doubled:
    """2**lift a / b, without a quotient that underflows before it is lifted."""
    exponent = np.frexp(b[0])[1]
    return over(lifted(a, lift - exponent), lifted(b, -exponent))


def turn(b: Boxes) -> tuple[Array, Array]:
    """By which angle the other box has a larger arctan(w / h), w and h its first and its last side; and its slopes in the first box's."""
    (w, m), (other_w, other_m) = (_side(own, 0) for own in (b.own, b.other_own))
    (h, n), (other_h, other_n) = (_height(own) for own in (b.own, b.other_own))
    most = np.maximum(m + other_m, n + other_n)

    def product(x: Doubled, y: Doubled, exponent: Array) -> Doubled:
        return lifted(times(x, y), np.minimum(exponent - most, 900))  # no float is nearer to a right angle than the arctangent of this

    # arctan x - arctan y is the arctangent of (x - y) / (1 + x y) for x and y of at least 0.
    across = minus(product(other_w, h, other_m + n), product(w, other_h, m + other_n))
    angle = np.arctan(over(across, plus(product(h, other_h, n + other_n), product(w, other_w, m + other_m)))[0])
    longer = np.maximum(m, n)
    x, y = np.ldexp(w[0], m - longer), np.ldexp(h[0], n - longer)
    slopes, square = np.zeros(np.shape(b.exponent)), x * x + y * y
    slopes[..., 0] -= np.where(_has_no_angle(b.own), 0.0, np.ldexp(y / square, -longer))
    slopes[..., -1] += np.ldexp(x / square, -longer)
    return angle, slopes


def _by_powers(side: Doubled, shrink: Array) -> tuple[Doubled, Array]:
    """Sides as mantissas, and the powers of two that they are times: next to nothing for a side of 0."""
    exponent = np.where(side[0] > 0, np.frexp(side[0])[1], NO_SIDE - 2)
    return lifted(side, -exponent), exponent + shrink


def _height(own: tuple[Doubled, Array]) -> tuple[Doubled, Array]:
    """The last side, or 1 of a box whose first and last side are 0: its angle is 0."""
    h, n = _side(own, -1)
    is_none = _has_no_angle(own)
    return either(is_none, doubled(1.0), h), np.where(is_none, 0, n)


def _has_no_angle(own: tuple[Doubled, Array]) -> Array:
    return np.maximum(own[1][..., 0], own[1][..., -1]) <= NO_SIDE


def _side(own: tuple[Doubled, Array], axis: int) -> tuple[Doubled, Array]:
    return each(lambda y: y[..., axis], own[0]), own[1][..., axis]


def trade_off(corner: Array, opposite: Array, target_corner: Array, target_opposite: Array, eps: Array) -> Array:
    """What code of CIoU takes for its factor: v / (1 - I / (U + e) + v + e)."""
    b = boxes(corner, opposite, target_corner, target_opposite, eps)
    v = (turn(b)[0] / (0.5 * np.pi)) ** 2
    return v / (apart(b) + v + eps)


def in_corners(b: Boxes, low: Doubled, high: Doubled) -> tuple[Array, Array]:
    """Slopes in the two corners of the first box, from those in its ends, outwards."""
    back = -b.exponent - _lift(b)
    in_low, in_high = np.ldexp(-low[0], back), np.ldexp(high[0], back)
    return np.where(b.is_turned, in_high, in_low), np.where(b.is_turned, in_low, in_high)

"""Complete IoU (CIoU) of two boxes: what they share, how far their centres are apart, and how differently long their sides are.

    L = 1 - I / (U + e) + r^2 / (c^2 + e) + a v,      v = (4 / pi^2) (arctan(w' / h') - arctan(w / h))^2

corner           one corner of the predicted box, along the last axis: x, y in the plane, any real
opposite         the corner opposite to it, any real
target_corner    one corner of the true box, any real
target_opposite  the corner opposite to it, any real
trade_off        a, a number through which no slope goes, in [0, 1]
eps              e, above 0; 1e-7 by default
I, U, r and c are those of DIoU; w and h are the first and the last side of the predicted box, w' and h' the true one's. Code takes
a = v / (1 - I / (U + e) + v + e) and no slope of it, which no finite difference sees: so a is an argument. The arctangent is a right
angle for a height of 0, and 0 here for a box without either side, where code has NaN. Where ends of both meet, the loss has a corner.
"""

import numpy as np

from lossref.families.boxes import NAMES, moved_or_mirrored, of_intervals, pairs, weighed
from lossref.float64.boxes import apart, apart_slopes, boxes, centres_apart, centres_apart_slopes, faces, in_corners, turn
from lossref.float64.doubled import plus
from lossref.laws import nonnegative, symmetric
from lossref.spaces import Corner, Positive, Unit
from lossref.spec import Hard, Known, Loss, Parameter


def value(corner, opposite, target_corner, target_opposite, trade_off, eps=1e-7):
    b = boxes(corner, opposite, target_corner, target_opposite, eps)
    share = turn(b)[0] / (0.5 * np.pi)
    return apart(b) + centres_apart(b, eps) + trade_off * (share * share)


def gradient(corner, opposite, target_corner, target_opposite, trade_off, eps=1e-7):
    b = boxes(corner, opposite, target_corner, target_opposite, eps)
    of, (angle, slopes) = faces(b), turn(b)
    turned = np.where(b.is_turned, -1.0, 1.0) * ((2.0 * trade_off * angle / (0.25 * np.pi**2))[..., None] * slopes)
    low, high = (plus(apart_slopes(b, of, k), slope) for k, slope in enumerate(centres_apart_slopes(b, eps)))
    return tuple(slope + sign * turned for slope, sign in zip(in_corners(b, low, high), (-1.0, 1.0), strict=True))


def _angle(m, w, h):
    if m.sign(h):
        return m.arctan(w / h)
    return 2 * m.arctan(1) - m.arctan(h / w) if m.sign(w) else m.lift(0)


def _terms(m, corner, opposite, target_corner, target_opposite, eps):
    first, other, shared, distance, diagonal, sides = 1, 1, 1, 0, 0, []
    for a, b, c, d in zip(corner, opposite, target_corner, target_opposite, strict=True):  # of equal ends min and max take the first: both
        low, high, t_low, t_high = m.min(a, b), m.max(b, a), m.min(c, d), m.max(d, c)
        sides.append((high - low, t_high - t_low))
        first, other = first * (high - low), other * (t_high - t_low)
        shared = shared * m.max(0, m.min(high, t_high) - m.max(low, t_low))
        way, hull = (low + high - t_low - t_high) / 2, m.max(t_high, high) - m.min(t_low, low)
        distance, diagonal = distance + way * way, diagonal + hull * hull
    (w, t_w), (h, t_h), pi = sides[0], sides[-1], 4 * m.arctan(1)
    share = (_angle(m, t_w, t_h) - _angle(m, w, h)) * 2 / pi
    return shared / (first + other - shared + eps), distance / (diagonal + eps), share * share


def _of_code(m, corner, opposite, target_corner, target_opposite, eps):
    index, _, v = _terms(m, corner, opposite, target_corner, target_opposite, eps)
    return v / (1 - index + v + eps)


def definition(m, corner, opposite, target_corner, target_opposite, trade_off, eps):
    index, distance, v = _terms(m, corner, opposite, target_corner, target_opposite, eps)
    return 1 - index + distance + trade_off * v


LOSS = Loss(
    name="ciou",
    arguments={**dict.fromkeys(NAMES, Corner("xy")), "trade_off": Unit()},
    differentiable=("corner", "opposite"),
    parameters={"eps": Parameter(space=Positive(), default=1e-7, grid=(1e-7, 1e-3, 1.0, 2.0**-23))},
    value=value,
    gradient=gradient,
    definition=definition,
    laws=(nonnegative, symmetric, *moved_or_mirrored),
    hard=tuple(weighed(hard, _of_code) for hard in (
        *(hard for hard in pairs() if hard.flag not in ("right", "points")),
        Hard("right", "kink", "boxes with the same first sides, at last equal ones, and a corner an ulp or two off: ends of both meet",
             lambda d: of_intervals(d, (d.nudged(1.0), 3.0, 1.0, 3.0), (2.0, 5.0, *((2.0, 5.0) if d.index == 4 else (1.5, 5.5)))), 5),
        Hard("points", "kink", "two boxes without width, apart or at one place: their arctangents are 0",
             lambda d: of_intervals(d, (*[d.cycle(0.0, 1.0)] * 2, 1.0, 1.0), (0.0, 1.0, 0.0, 2.0)), 2),
        Hard("alike", "cancellation", "boxes whose sides are nearly as 1 to 2: two arctangents cancel",
             lambda d: of_intervals(d, (0.0, 1 + d.scaled(-4 * d.index - 4, -4 * d.index - 1), 0.5, 2.5), (0.0, 2.0, -0.5, 3.5)), 10),
    )),
    known=(
        Known({"corner": (0.0, 0.0), "opposite": (0.0, 2.0), "target_corner": (0.0, 0.0), "target_opposite": (2.0, 2.0), "eps": 1.0,
               "trade_off": 0.5}, lambda m: 1 + m.lift(1) / 9 + m.lift(1) / 8, "1 + 1 / (8 + 1) + (1 / 2) (2 arctan(1) / pi)^2"),
        Known({"corner": (2.0,), "opposite": (0.0,), "target_corner": (3.0,), "target_opposite": (7.0,), "trade_off": 1.0, "eps": 1.0},
              "1.32", "along one axis, which is the first and the last: 1 + 4^2 / (7^2 + 1)", ("-0.08", "0.0096")),
    ),
    source="Z. Zheng et al., Distance-IoU Loss: Faster and Better Learning for Bounding Box Regression, 2020, equations 7 to 11",
)
